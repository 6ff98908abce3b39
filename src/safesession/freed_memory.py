"""Overwrite what this process has freed: words and keys that nobody holds any more.

Python, Qt and SQLite give memory back without wiping it. `overwrite` fills Python's
free blocks and the C allocator's small pieces, and returns whole pages to the system.
Best effort and for the calling thread's own allocations; what somebody still holds
stays. Never a reason to hold something longer.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from functools import cache


_PYTHON_SMALLEST, _PYTHON_LARGEST, _PYTHON_STEP = 48, 512, 16
_PYTHON_FILL_BYTES = 1 << 20  # of each size
_EMPTY_BYTES = sys.getsizeof(b"")
# Large ones first: they take the large holes, the small ones what is left between.
_C_SIZES = (16376, 8184, 4088, 2040, 1016, 504, 248, 120, 56, 24)
_C_MOST_PIECES = 20_000
_C_ROW = 32  # so many in a row come out of one piece that nobody has split before
_C_CACHED = range(24, 1033, 16)  # glibc keeps a few of each for every thread
_C_CACHED_PIECES = 8
_C_OVERHEAD_BYTES = 8


def overwrite() -> None:
    """Collect garbage, then overwrite what is free. Takes some ten milliseconds."""
    gc.collect()
    _fill_python()
    libc = _libc()
    if libc is not None:
        libc.malloc_trim(0)
        _fill_c(libc)
        libc.malloc_trim(0)


def _fill_python() -> None:
    for size in range(_PYTHON_SMALLEST, _PYTHON_LARGEST + 1, _PYTHON_STEP):
        # Held together, or the same block would be filled again and again.
        filled = [bytes(size - _EMPTY_BYTES) for _ in range(_PYTHON_FILL_BYTES // size)]
        filled.clear()


def _fill_c(libc: ctypes.CDLL) -> None:
    filled = [
        piece
        for size in _C_CACHED
        for _ in range(_C_CACHED_PIECES)
        if (piece := _filled(libc, size))
    ]
    for size in _C_SIZES:
        filled += _fill_holes(libc, size)
    for piece in filled:
        libc.free(piece)


def _fill_holes(libc: ctypes.CDLL, size: int) -> list[int]:
    """Take pieces until they come one after the other, as they do from fresh memory."""
    filled: list[int] = []
    row = 0
    while row < _C_ROW and len(filled) < _C_MOST_PIECES:
        piece = _filled(libc, size)
        if not piece:
            break
        follows = filled and piece - filled[-1] == size + _C_OVERHEAD_BYTES
        row = row + 1 if follows else 0
        filled.append(piece)
    return filled


def _filled(libc: ctypes.CDLL, size: int) -> int:
    piece: int | None = libc.malloc(size)
    if piece is None:
        return 0
    libc.memset(piece, 0, size)
    return piece


@cache
def _libc() -> ctypes.CDLL | None:
    """Return glibc, or None on systems with another allocator."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "malloc_trim"):
        return None
    libc.malloc.restype = ctypes.c_void_p
    libc.malloc.argtypes = (ctypes.c_size_t,)
    libc.memset.restype = ctypes.c_void_p
    libc.memset.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t)
    libc.free.restype = None
    libc.free.argtypes = (ctypes.c_void_p,)
    libc.malloc_trim.argtypes = (ctypes.c_size_t,)
    return libc
