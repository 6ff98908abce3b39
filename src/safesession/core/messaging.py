"""Text that arrives exactly once and in order, whichever way it travels.

Sans-I/O. Ids, acknowledgements, resending and the choice of way live here; the
ratchet that seals each frame is `crypto.ratchet` (PROTOCOL §8). It must never
drop a text the person typed: what is not acknowledged stays in the outbox.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from safesession.core.effects import TextChanged
from safesession.core.status import TextDirection, TextRoute, TextState
from safesession.crypto.chain import FrameFailure
from safesession.crypto.ratchet import RatchetError, TextChains
from safesession.errors import RemoteProtocolError


MAX_TEXT_CHARACTERS = 10_000
# At most this many sealed frames may be unacknowledged: with as many lost
# acknowledgements the gap stays within the ratchet's skip window of 64.
WINDOW = 32
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
    def unacknowledged(self) -> int:
        """How many sent texts the other side has not confirmed."""
        return len(self._outbox)

    def rekey(self, chains: TextChains, now: float) -> list[Output]:
        """Go on under a new epoch: everything unacknowledged is sealed anew."""
        self._chains = chains
        self._ack_frame = None
        for outgoing in self._outbox.values():
            outgoing.frame = None
        return self._flush(now)

    def set_route(self, route: TextRoute, now: float) -> list[Output]:
        """Use another way; unacknowledged frames are sent again on it."""
        if route is self._route:
            return []
        if not self.stalled(now):  # else the wait goes on growing
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
        self._resend_wait_s = min(self._resend_wait_s * 2, RESEND_MAX_S)
        return self._resend(now)

    def stalled(self, now: float) -> bool:
        """True when the present way has not confirmed anything for 2 s."""
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
        under_way = sum(1 for out in self._outbox.values() if out.frame is not None)
        for message_id, outgoing in self._outbox.items():
            if outgoing.frame is not None:
                continue
            if under_way >= WINDOW:
                break
            outgoing.frame = self._chains.seal(
                message_id, self._received, outgoing.text.encode("utf-8")
            )
            under_way += 1
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

    def _resend(self, now: float) -> list[Output]:
        if self._route is TextRoute.NONE:
            return []
        outputs: list[Output] = [
            SendTextFrame(self._route, outgoing.frame)
            for outgoing in self._outbox.values()
            if outgoing.frame is not None
        ]
        self._arm(now)
        return outputs

    def _arm(self, now: float) -> None:
        waiting = any(out.frame is not None for out in self._outbox.values())
        if not waiting or self._route is TextRoute.NONE:
            self._resend_at = None
        elif self._resend_at is None:
            self._resend_at = now + self._resend_wait_s


def _text(untrusted_body: bytes) -> str:
    try:
        text = untrusted_body.decode("utf-8")
    except UnicodeDecodeError:
        raise RemoteProtocolError("text is not UTF-8") from None
    if not 0 < len(text) <= MAX_TEXT_CHARACTERS:
        raise RemoteProtocolError("text length")
    return text


__all__ = ["MAX_TEXT_CHARACTERS", "Messaging", "SendTextFrame"]
