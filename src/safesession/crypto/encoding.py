"""Unambiguous byte strings: length prefixes, the hash H and zero padding.

Every hash, MAC and signature input of the protocol goes through `lv`, so two
different tuples of fields never meet in one byte string. No secrets are kept.
"""

from __future__ import annotations

import hashlib
import struct

from safesession.errors import LocalProtocolError, RemoteProtocolError


_CONTINUATION = 0x80
_LOW_BITS = 0x7F
_LENGTH = struct.Struct(">H")


class PaddingError(RemoteProtocolError):
    """A padded block has an impossible length or bytes where zeros belong."""

    code = "padding"


def prepend_len(data: bytes) -> bytes:
    """Return `data` behind its LEB128 length (draft-irtf-cfrg-cpace, prepend_len)."""
    length = len(data)
    prefix = bytearray()
    while length >= _CONTINUATION:
        prefix.append((length & _LOW_BITS) | _CONTINUATION)
        length >>= 7
    prefix.append(length)
    return bytes(prefix) + data


def lv(*fields: bytes) -> bytes:
    """Return the fields, each behind its length (the draft's lv_cat)."""
    return b"".join(prepend_len(field) for field in fields)


def H(*fields: bytes) -> bytes:  # noqa: N802 (the protocol's own letter)
    """Return SHA-512 over `lv(fields)`: 64 bytes."""
    return hashlib.sha512(lv(*fields)).digest()


def pad(body: bytes, size: int) -> bytes:
    """Return `size` bytes: u16 length, `body`, zeros.

    Raises:
        LocalProtocolError: `body` is longer than `size` - 2.
    """
    if len(body) > size - _LENGTH.size:
        raise LocalProtocolError("too long to pad")
    return _LENGTH.pack(len(body)) + body + bytes(size - _LENGTH.size - len(body))


def pad_to_class(body: bytes, sizes: tuple[int, ...]) -> bytes:
    """Pad to the smallest of the ascending `sizes` that holds `body`.

    Raises:
        LocalProtocolError: no size is large enough.
    """
    for size in sizes:
        if len(body) <= size - _LENGTH.size:
            return pad(body, size)
    raise LocalProtocolError("too long to pad")


def unpad(untrusted_block: bytes) -> bytes:
    """Return the body of a padded block.

    Raises:
        PaddingError: the length does not fit or the padding is not zero.
    """
    if len(untrusted_block) < _LENGTH.size:
        raise PaddingError("no length")
    (length,) = _LENGTH.unpack_from(untrusted_block)
    end = _LENGTH.size + length
    if end > len(untrusted_block):
        raise PaddingError("length beyond the block")
    if any(untrusted_block[end:]):
        raise PaddingError("padding is not zero")
    return untrusted_block[_LENGTH.size : end]
