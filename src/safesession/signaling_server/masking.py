"""Whether a client masks its frames (RFC 6455 §5.1), and how many it sends.

Pure. aiohttp takes unmasked frames, too; a proxy that sees them as plain HTTP can
be made to keep what an attacker wrote. And it takes any number of pings and empty
fragments without telling us. This must never look at a payload.
"""

from __future__ import annotations


_MASKED = 0x80
_MASK_BYTES = 4
_SHORTEST = 2  # opcode and length
_LONG_LENGTHS = {126: 2, 127: 8}


class MaskWatch:
    """Walks from frame head to frame head through one connection's bytes."""

    __slots__ = ("_head", "_payload_left", "_wanted", "frames")

    def __init__(self) -> None:
        self._head = bytearray()
        self._wanted = _SHORTEST
        self._payload_left = 0
        self.frames = 0  # heads seen so far, fragments and pings too

    def masked(self, untrusted_data: bytes) -> bool:
        """Take what came next; False once a frame is not masked (then stop)."""
        at, end = 0, len(untrusted_data)
        head = self._head
        while at < end:
            if self._payload_left:
                skipped = min(self._payload_left, end - at)
                self._payload_left -= skipped
                at += skipped
                continue
            more = untrusted_data[at : at + self._wanted - len(head)]
            head += more
            at += len(more)
            if len(head) == _SHORTEST and not head[1] & _MASKED:
                return False
            if len(head) == self._wanted:
                self._next_part()
        return True

    def _next_part(self) -> None:
        """What was wanted of the head is there: the rest of it, or the payload."""
        head = self._head
        length = head[1] & ~_MASKED
        more = _LONG_LENGTHS.get(length, 0)
        if self._wanted == _SHORTEST:
            self._wanted = _SHORTEST + more + _MASK_BYTES
            return
        self._payload_left = int.from_bytes(head[2 : 2 + more]) if more else length
        self._wanted = _SHORTEST
        head.clear()
        self.frames += 1
