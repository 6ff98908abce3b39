"""Whether a client masks its frames, as RFC 6455 §5.1 wants it.

Pure. aiohttp takes unmasked frames, too; a proxy that sees them as plain HTTP can
be made to keep what an attacker wrote. It must never look at a payload.
"""

from __future__ import annotations


_MASKED = 0x80
_MASK_BYTES = 4
_LONG_LENGTHS = {126: 2, 127: 8}


class MaskWatch:
    """Walks from frame head to frame head through one connection's bytes."""

    __slots__ = ("_head", "_payload_left")

    def __init__(self) -> None:
        self._head = bytearray()
        self._payload_left = 0

    def masked(self, untrusted_data: bytes) -> bool:
        """Take what came next; False once a frame is not masked (then stop)."""
        at, end = 0, len(untrusted_data)
        while at < end:
            skipped = min(self._payload_left, end - at)
            if skipped:
                self._payload_left -= skipped
                at += skipped
                continue
            self._head.append(untrusted_data[at])
            at += 1
            if len(self._head) > 1 and not self._head[1] & _MASKED:
                return False
            self._finish_head()
        return True

    def _finish_head(self) -> None:
        head = self._head
        if len(head) < 2:  # noqa: PLR2004 - opcode and length
            return
        length = head[1] & ~_MASKED
        more = _LONG_LENGTHS.get(length, 0)
        if len(head) < 2 + more + _MASK_BYTES:
            return
        self._payload_left = int.from_bytes(head[2 : 2 + more]) if more else length
        head.clear()
