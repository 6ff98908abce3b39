"""Text that arrives exactly once and in order, whichever way it travels.

Sans-I/O. Ids, acknowledgements, resending and the choice of way live here; the
ratchet that seals each frame is `crypto.ratchet` (PROTOCOL §8). It must never
drop a text the person typed: what is not acknowledged stays in the outbox.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import takewhile

from safesession.core.effects import TextChanged
from safesession.core.status import TextDirection, TextRoute, TextState
from safesession.crypto.chain import FrameFailure
from safesession.crypto.ratchet import RatchetError, TextChains, frame_bytes
from safesession.errors import RemoteProtocolError


MAX_TEXT_CHARACTERS = 10_000
# At most this many sealed frames may be unacknowledged: with as many lost
# acknowledgements the gap stays within the ratchet's skip window of 64.
WINDOW = 32
# Nor more bytes than one of the largest texts and some small ones: what is handed
# over stands in front of every heartbeat and signal, and in the relay's mailbox.
WINDOW_BYTES = 64 * 1024
# A line that still carries speech carries this much beside it.
SLOWEST_LINE_BYTES_PER_S = 8_000
# No honest sender is further ahead than its window.
REORDER_WINDOW = 2 * WINDOW
RESEND_AFTER_S = 2.0
RESEND_RELAY_S = 4.0
RESEND_MAX_S = 60.0
ACK_REPEAT_S = 0.05


@dataclass(frozen=True, slots=True)
class SendTextFrame:
    """Hand a sealed frame to the way named."""

    route: TextRoute
    frame: bytes = field(repr=False)


Output = SendTextFrame | TextChanged


@dataclass(slots=True)
class _Outgoing:
    text: str = field(repr=False)
    at: float
    frame: bytes | None = field(default=None, repr=False)


class Messaging:
    """Both directions of one text conversation, across epochs and routes."""

    def __init__(self) -> None:
        self._chains: TextChains | None = None
        self._route = TextRoute.NONE
        self._next_id = 1
        self._outbox: OrderedDict[int, _Outgoing] = OrderedDict()
        self._received = 0
        self._early: dict[int, str] = {}
        self._ack_frame: tuple[int, bytes] | None = None
        self._ack_sent_at = float("-inf")
        self._resend_at: float | None = None
        self._resend_wait_s = RESEND_AFTER_S

    @property
    def deadline(self) -> float | None:
        """When `handle_timeout` wants to be called, in `now` seconds."""
        return self._resend_at

    @property
    def idle(self) -> bool:
        """Whether the other side has confirmed every text."""
        return not self._outbox

    def rekey(self, chains: TextChains, route: TextRoute, now: float) -> list[Output]:
        """Go on under a new epoch: everything unacknowledged is sealed anew."""
        self._chains = chains
        self._route = route
        self._ack_frame = None
        self._resend_at = None
        self._resend_wait_s = RESEND_AFTER_S
        for outgoing in self._outbox.values():
            outgoing.frame = None
        return self._flush(now)

    def set_route(self, route: TextRoute, now: float) -> list[Output]:
        """Use another way; unacknowledged frames are sent again on it."""
        if route is self._route:
            return []
        if self.stalled(now):
            self._wait_longer()
        else:
            self._resend_wait_s = RESEND_AFTER_S
        self._route = route
        self._resend_at = None
        return self._resend(now) + self._flush(now)

    def send(self, text: str, now: float, at: float) -> list[Output]:
        """Take a text the person wrote. `at` is Unix time in seconds.

        What no text is changes nothing: nothing at all, or more than the limit.
        """
        if not text or len(text) > MAX_TEXT_CHARACTERS:
            return []
        # A pasted half of a surrogate pair has no UTF-8.
        text = text.encode("utf-8", "replace").decode("utf-8")
        message_id = self._next_id
        self._next_id += 1
        self._outbox[message_id] = _Outgoing(text, at)
        shown = TextChanged(TextDirection.SENT, message_id, text, TextState.QUEUED, at)
        return [shown, *self._flush(now)]

    def receive(self, untrusted_frame: bytes, now: float, at: float) -> list[Output]:
        """Open a frame of the peer.

        Raises:
            RemoteProtocolError: when it is forged, of another epoch or absurd;
                nothing was taken or acknowledged then.
        """
        if self._chains is None:
            raise RemoteProtocolError("text before keys")
        try:
            frame = self._chains.open(untrusted_frame)
        except RatchetError as error:
            if error.reason is FrameFailure.REPLAY:
                return self._repeat_ack(now)
            raise RemoteProtocolError(f"text {error.reason.name.lower()}") from None
        if frame.ack >= self._next_id:
            raise RemoteProtocolError("text ack beyond sent")
        if frame.message_id > self._received + REORDER_WINDOW:
            raise RemoteProtocolError("text id too far ahead")
        text = _text(frame.body) if frame.message_id else ""
        outputs = self._acknowledged(frame.ack)
        if frame.message_id:
            outputs += self._take(frame.message_id, text, at)
            outputs += self._send_ack(now)
        outputs += self._flush(now)
        self._arm(now)
        return outputs

    def handle_timeout(self, now: float, *, waits: bool = False) -> list[Output]:
        """Send what stayed unacknowledged again.

        `waits`: the way keeps what it was handed, so once is enough.
        """
        if self._resend_at is None or now < self._resend_at:
            return []
        self._resend_at = None
        if waits:
            self._arm(now)
            return []
        self._wait_longer()
        return self._resend(now)

    def stalled(self, now: float) -> bool:
        """True when the present way should have confirmed something by now."""
        return self._resend_at is not None and now >= self._resend_at

    def stop(self) -> None:
        """The encounter is over: nothing is due any more."""
        self._route = TextRoute.NONE
        self._resend_at = None

    # --- receiving -----------------------------------------------------------

    def _acknowledged(self, ack: int) -> list[Output]:
        outputs: list[Output] = []
        while self._outbox and next(iter(self._outbox)) <= ack:
            message_id, outgoing = self._outbox.popitem(last=False)
            outputs.append(
                TextChanged(
                    TextDirection.SENT,
                    message_id,
                    outgoing.text,
                    TextState.DELIVERED,
                    outgoing.at,
                ),
            )
        if outputs:
            self._resend_at = None
            self._resend_wait_s = (
                RESEND_AFTER_S
                if self._route is TextRoute.DATA_CHANNEL
                else RESEND_RELAY_S
            )
        return outputs

    def _take(self, message_id: int, text: str, at: float) -> list[Output]:
        if message_id <= self._received or message_id in self._early:
            return []
        self._early[message_id] = text
        outputs: list[Output] = []
        while (following := self._early.pop(self._received + 1, None)) is not None:
            self._received += 1
            outputs.append(
                TextChanged(
                    TextDirection.RECEIVED,
                    self._received,
                    following,
                    TextState.DELIVERED,
                    at,
                ),
            )
        return outputs

    def _send_ack(self, now: float) -> list[Output]:
        if self._route is TextRoute.NONE or self._chains is None:
            return []
        # The same acknowledgement is never sealed twice: a lost one must not
        # use up the peer's skip window.
        if self._ack_frame is None or self._ack_frame[0] != self._received:
            frame = self._chains.seal(0, self._received, b"")
            self._ack_frame = (self._received, frame)
        self._ack_sent_at = now
        return [SendTextFrame(self._route, self._ack_frame[1])]

    def _repeat_ack(self, now: float) -> list[Output]:
        if now - self._ack_sent_at < ACK_REPEAT_S:
            return []
        return self._send_ack(now)

    # --- sending ---------------------------------------------------------------

    def _flush(self, now: float) -> list[Output]:
        if self._chains is None or self._route is TextRoute.NONE:
            return []
        outputs: list[Output] = []
        under_way = self._under_way()
        count, size = len(under_way), sum(map(len, under_way))
        for message_id, outgoing in self._outbox.items():
            if outgoing.frame is not None:
                continue
            body = outgoing.text.encode("utf-8")
            size += frame_bytes(len(body))
            if count >= WINDOW or (count and size > WINDOW_BYTES):
                break
            outgoing.frame = self._chains.seal(message_id, self._received, body)
            count += 1
            shown = TextChanged(
                TextDirection.SENT,
                message_id,
                outgoing.text,
                TextState.SENT,
                outgoing.at,
            )
            outputs += [SendTextFrame(self._route, outgoing.frame), shown]
        self._arm(now)
        return outputs

    def _under_way(self) -> list[bytes]:
        """Sealed frames that are not confirmed: always the oldest texts."""
        frames = (outgoing.frame for outgoing in self._outbox.values())
        return [frame for frame in takewhile(bool, frames) if frame is not None]

    def _resend(self, now: float) -> list[Output]:
        if self._route is TextRoute.NONE:
            return []
        outputs: list[Output] = [
            SendTextFrame(self._route, frame) for frame in self._under_way()
        ]
        self._arm(now)
        return outputs

    def _wait_longer(self) -> None:
        self._resend_wait_s = min(self._resend_wait_s * 2, RESEND_MAX_S)

    def _arm(self, now: float) -> None:
        under_way = self._under_way()
        if not under_way or self._route is TextRoute.NONE:
            self._resend_at = None
        elif self._resend_at is None:
            # A slow line needs its time before an acknowledgement can come.
            transfer_s = sum(map(len, under_way)) / SLOWEST_LINE_BYTES_PER_S
            self._resend_at = now + self._resend_wait_s + transfer_s


def _text(untrusted_body: bytes) -> str:
    try:
        text = untrusted_body.decode("utf-8")
    except UnicodeDecodeError:
        raise RemoteProtocolError("text is not UTF-8") from None
    if not 0 < len(text) <= MAX_TEXT_CHARACTERS:
        raise RemoteProtocolError("text length")
    return text


__all__ = ["MAX_TEXT_CHARACTERS", "WINDOW_BYTES", "Messaging", "SendTextFrame"]
