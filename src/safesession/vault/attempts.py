"""Wrong tries at unlocking, counted on disk before each try and slowed down.

One small block, overwritten in place, so that a full disk does not keep anybody
out. Whoever holds the disk can reset it: it slows people at the keyboard, the
derivation's cost slows the others.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from safesession.vault.errors import UnlockTooSoonError
from safesession.vault.files import FILE_MODE, disk_errors


FREE_TRIES = 3
LONGEST_WAIT_S = 300
_BLOCK_BYTES = 2048
_KEPT_TIMES = 100
_DIGEST_BYTES = 32


class _Wire(msgspec.Struct, forbid_unknown_fields=True):
    failed: int
    times_ms: list[int]


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often it failed, and when (the last hundred times)."""

    failed: int = 0
    times_ms: tuple[int, ...] = ()
    damaged: bool = False

    def wait_s(self, now_ms: int) -> int:
        """Return how long to wait before the next try.

        A clock that was set back makes nobody wait longer than the whole pause.
        """
        if self.failed < FREE_TRIES or not self.times_ms:
            return 0
        pause_s = min(LONGEST_WAIT_S, 1 << min(self.failed - FREE_TRIES, 10))
        passed_ms = max(0, now_ms - self.times_ms[-1])
        return max(0, -(-(pause_s * 1000 - passed_ms) // 1000))


class AttemptFile:
    """The counter of one vault's folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Attempts:
        """Return what was counted; a damaged block counts as many tries."""
        with disk_errors():
            try:
                block = self._path.read_bytes()
            except FileNotFoundError:
                return Attempts()
        digest, body = block[:_DIGEST_BYTES], block[_DIGEST_BYTES:].rstrip(b" ")
        whole = len(block) == _BLOCK_BYTES
        if not whole or hashlib.sha256(block[_DIGEST_BYTES:]).digest() != digest:
            return Attempts(FREE_TRIES, (), damaged=True)
        try:
            wire = msgspec.json.decode(body, type=_Wire)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return Attempts(FREE_TRIES, (), damaged=True)
        return Attempts(wire.failed, tuple(wire.times_ms))

    def begin(self, now_ms: int) -> Attempts:
        """Count a try as failed until `succeed`; returns what was there before.

        Raises:
            UnlockTooSoonError: the pause after the last wrong try is not over.
        """
        before = self.read()
        wait_s = before.wait_s(now_ms)
        if wait_s:
            raise UnlockTooSoonError(wait_s)
        times = (*before.times_ms, now_ms)[-_KEPT_TIMES:]
        self._write(_Wire(before.failed + 1, list(times)))
        return before

    def succeed(self) -> None:
        """Forget all tries: the last one was right."""
        self._write(_Wire(0, []))

    def take_back(self, before: Attempts) -> None:
        """The try was not one: nothing was tested."""
        self._write(_Wire(before.failed, list(before.times_ms)))

    def _write(self, wire: _Wire) -> None:
        body = msgspec.json.encode(wire).ljust(_BLOCK_BYTES - _DIGEST_BYTES)
        block = hashlib.sha256(body).digest() + body
        with disk_errors():
            descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR, FILE_MODE)
            with os.fdopen(descriptor, "r+b", buffering=0) as file:
                file.write(block)
                file.truncate()  # whatever else somebody wrote
                os.fsync(file.fileno())
