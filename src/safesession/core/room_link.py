"""The client's end of the line to the signaling server, for one room.

Sans-I/O: the session's signaling effects and socket events in, socket effects and
signaling inputs out. It signs in or claims, sits down again after every loss,
keeps each envelope until the server has made it safe, and gives the session each
envelope of the other seat once and in order. What the server says is untrusted:
nonsense closes the line, it never raises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from safesession.core import effects, inputs
from safesession.core.account import CounselorAccount
from safesession.core.backoff import Backoff
from safesession.core.link_events import (
    CloseSocket,
    ConnectFailed,
    FrameReceived,
    OpenSocket,
    SignOfLife,
    SocketClosed,
    SocketEffect,
    SocketEvent,
    SocketOpened,
    TextReceived,
    WriteFrame,
    WritePing,
    WriteText,
)
from safesession.core.link_state import CONNECTED, SEATED, LinkState
from safesession.core.outbox import Outbox
from safesession.core.patience import Patience
from safesession.core.seat_controls import Control, SeatControls
from safesession.errors import RemoteProtocolError
from safesession.protocol import server_messages as wire
from safesession.protocol.close_codes import (
    DEFAULT_WAIT_S,
    REFUSALS,
    CloseCode,
    wait_in_reason,
)
from safesession.protocol.relay_frames import (
    MAX_BODY_BYTES,
    RelayFrame,
    RelayKind,
    decode_frame,
    encode_frame,
    parse_id,
)
from safesession.protocol.server_codec import decode_server_message, encode_message


ANSWER_LIMIT_S = 10.0
ACK_DELAY_S = 0.02
LEAVE_LIMIT_S = 1.0
MAX_FAULTS = 3

LinkOutput = SocketEffect | inputs.SignalingInput
Purpose = effects.OpenInvite | effects.ClaimInvite | effects.ReturnToRoom


class RoomLink:
    """One seat in one room, for as long as it takes.

    `origin` is what a counselor's sign-in is bound to; `start_s` Unix seconds at
    the start of this process; `uniform()` a random float in [0, 1); `account`
    None for a client.
    """

    def __init__(
        self,
        *,
        origin: str,
        start_s: int,
        uniform: Callable[[], float],
        account: CounselorAccount | None = None,
    ) -> None:
        self._origin = origin
        self._account = account
        self._backoff = Backoff(uniform)
        self._outbox = Outbox(start_s)
        self._start_s = start_s
        self._state = LinkState.IDLE
        self._purpose: Purpose | None = None
        self._token: str | None = None
        self._bearer: str | None = None
        self._signed_in = False
        self._invite: inputs.InviteOpened | None = None
        self._received = 0
        self._controls = SeatControls()
        self._wants_turn = False
        self._faults = 0
        self._now = 0.0
        self._joined_at: float | None = None
        self._limit_at: float | None = None  # of WAITING, CONNECTING … and LEAVING
        self._ack_at: float | None = None
        self._patience = Patience()
        self._out: list[LinkOutput] = []

    # --- the contract -------------------------------------------------------------------

    @property
    def state(self) -> LinkState:
        """Where the line stands."""
        return self._state

    @property
    def deadline(self) -> float | None:
        """When `handle_timeout` wants to be called (monotonic seconds)."""
        times = [self._limit_at, self._ack_at]
        if self._state in SEATED:
            times += [self._outbox.deadline(), self._silence_at()]
        known = [time for time in times if time is not None]
        return min(known, default=None)

    def handle(
        self, event: effects.SignalingEffect | SocketEvent, now: float
    ) -> list[LinkOutput]:
        """Take a command of the session or news from the socket."""
        self._now = now
        if isinstance(event, SocketEvent):
            if self._state not in (LinkState.IDLE, LinkState.WAITING):
                self._socket(event)
        else:
            self._command(event)
        return self._take()

    def handle_timeout(self, now: float) -> list[LinkOutput]:
        """Do what is due."""
        self._now = now
        if self._limit_at is not None and now >= self._limit_at:
            self._limit_at = None
            self._too_late()
        if self._ack_at is not None and now >= self._ack_at:
            self._write_frame(RelayKind.ACK)
        if self._state in SEATED:
            if now < self._silence_at():
                self._flush()
            elif self._patience.in_doubt and self._state is LinkState.JOINED:
                self._renew()
            else:
                self._out.append(CloseSocket(CloseCode.GOING_AWAY))
                self._lost()
        return self._take()

    def _take(self) -> list[LinkOutput]:
        out, self._out = self._out, []
        return out

    # --- commands -----------------------------------------------------------------------

    def _command(self, command: effects.SignalingEffect) -> None:
        match command:
            case effects.OpenInvite() | effects.ClaimInvite() | effects.ReturnToRoom():
                if self._state is LinkState.IDLE:
                    self._begin(command)
            case effects.SendEnvelope():
                over = self._state is LinkState.IDLE
                if len(command.body) <= MAX_BODY_BYTES and not over:
                    self._outbox.add(command.body)
                    self._flush()
            case effects.KeepSeat():
                self._control(self._controls.keep())
            case effects.DropSeat():
                self._control(self._controls.drop())
                self._outbox.clear()
            case effects.CloseInvite():
                self._control(self._controls.close_invite())
            case effects.RequestTurn():
                self._wants_turn = True
                self._ask_turn()
            case effects.CloseSignaling():
                self._leave()
            case _:
                self._hasten(command)

    def _begin(self, purpose: Purpose) -> None:
        self._purpose = purpose
        self._token, self._received = None, 0
        if isinstance(purpose, effects.ReturnToRoom):
            self._token = purpose.seat_token
        self._controls = SeatControls()
        self._wants_turn, self._faults = False, 0
        self._outbox = Outbox(self._start_s)
        self._connect()

    def _connect(self) -> None:
        self._enter(LinkState.CONNECTING, self._patience.connect_limit_s)
        self._out.append(OpenSocket())

    def _hasten(self, command: effects.SignalingEffect) -> None:
        match command:
            case effects.ReconnectNow() if self._state is LinkState.WAITING:
                self._connect()
            case effects.ProbeServer() if self._state in SEATED:
                self._patience.probed(self._now)
                self._out.append(WritePing())
            case effects.RenewLine():
                self._renew()
            case _:
                pass

    def _renew(self) -> None:
        """Whatever stands may stand on an address that is gone; try at once."""
        if self._state in (LinkState.IDLE, LinkState.LEAVING):
            return
        self._patience.hurry()
        self._backoff.healthy()  # what failed before failed on another network
        if self._state is not LinkState.WAITING:
            self._out.append(CloseSocket(CloseCode.GOING_AWAY))
            self._lost(at_once=True)
        self._connect()

    def _control(self, control: Control) -> None:
        if self._state in SEATED:
            self._say(control)

    def _ask_turn(self) -> None:
        if self._wants_turn and self._state in SEATED:
            self._say(wire.TurnPlease())

    def _leave(self) -> None:
        if self._state in SEATED and (not self._outbox.empty or self._controls.pending):
            self._enter(LinkState.LEAVING, LEAVE_LIMIT_S)
        else:
            self._finish()

    def _finish(self) -> None:
        """Close what is open and forget the room."""
        if self._ack_at is not None and self._state in SEATED:
            self._write_frame(RelayKind.ACK)
        if self._state in (LinkState.CONNECTING, *CONNECTED):
            self._out.append(CloseSocket())
        self._enter(LinkState.IDLE, None)
        self._ack_at = None
        self._outbox.clear()
        self._controls = SeatControls()
        self._token = None

    # --- the socket ---------------------------------------------------------------------

    def _socket(self, event: SocketEvent) -> None:
        self._patience.heard(self._now)
        match event:
            case SocketOpened():
                self._enter(LinkState.GREETING, ANSWER_LIMIT_S)
            case ConnectFailed():
                self._lost()
            case TextReceived():
                self._untrusted(self._text, event.untrusted_text)
            case FrameReceived():
                self._untrusted(self._frame, event.untrusted_frame)
            case SignOfLife():
                pass
            case SocketClosed():
                self._closed(event)

    def _untrusted(self, take: Callable[[bytes], None], data: bytes) -> None:
        try:
            take(data)
        except RemoteProtocolError:
            self._fault()

    def _fault(self) -> None:
        """The server talks nonsense: leave, and give up when it keeps doing so."""
        self._faults += 1
        if self._faults >= MAX_FAULTS:
            self._refused("version", code=CloseCode.PROTOCOL)
            return
        self._out.append(CloseSocket(CloseCode.PROTOCOL))
        self._lost()

    def _closed(self, event: SocketClosed) -> None:
        match event.code:
            case int(code) if code in REFUSALS:
                self._refused(REFUSALS[code])
            case CloseCode.BEARER_GONE:
                self._bearer = None
                self._lost()
            case CloseCode.TRY_LATER:
                wait_s = wait_in_reason(event.untrusted_reason)
                if self._token is None:
                    self._refused("later", wait_s)
                else:
                    self._lost(at_least_s=wait_s)
            case CloseCode.RESTART:
                self._lost(restart=True)
            case _:
                self._lost()

    def _lost(
        self, *, restart: bool = False, at_least_s: float = 0.0, at_once: bool = False
    ) -> None:
        self._ack_at = None
        if self._state is LinkState.LEAVING:
            self._enter(LinkState.IDLE, None)
            return
        up_for_s = 0.0 if self._joined_at is None else self._now - self._joined_at
        self._joined_at = None
        wait_s = 0.0
        if not at_once:
            wait_s = self._backoff.wait_s(
                up_for_s=up_for_s, restart=restart, at_least_s=at_least_s
            )
        self._enter(LinkState.WAITING, wait_s)
        self._out.append(inputs.ServerLinkChanged(up=False, retry_in_s=wait_s))

    def _refused(
        self,
        reason: str,
        wait_s: float | None = None,
        *,
        code: CloseCode = CloseCode.NORMAL,
    ) -> None:
        """No seat, and asking again in the same way would not help."""
        self._out.append(CloseSocket(code))
        self._enter(LinkState.IDLE, None)
        self._ack_at = None
        self._joined_at = None
        self._token = None
        self._out.append(inputs.RoomRefused(reason, wait_s))

    # --- text messages ----------------------------------------------------------------

    def _text(self, untrusted_text: bytes) -> None:
        message = decode_server_message(untrusted_text)
        match message:
            case wire.Drain():
                pass  # the close code that follows says enough
            case wire.No():
                self._no(message)
            case wire.Welcome() if self._state is LinkState.GREETING:
                self._welcome(message)
            case wire.SignedIn() if self._state is LinkState.JOINING:
                self._signed_in = True
                self._bearer = message.bearer
            case wire.Invite() if self._state is LinkState.JOINING:
                # Told only once we sit there: a number without a seat is worth
                # nothing, and after a loss in between there will be another.
                self._invite = inputs.InviteOpened(message.number, message.exp)
            case wire.Joined() if self._state is LinkState.JOINING:
                self._joined(message)
            case _ if self._state in SEATED:
                self._seated(message)
            case _:
                raise RemoteProtocolError("message out of state")

    def _welcome(self, message: wire.Welcome) -> None:
        if wire.VERSION not in message.v:
            self._refused("version")
            return
        self._enter(LinkState.JOINING, ANSWER_LIMIT_S)
        self._out.append(inputs.ServerLinkChanged(up=True))
        self._signed_in = False
        self._invite = None
        self._say(wire.Hello([wire.VERSION]))
        purpose = self._purpose
        if self._token is not None:
            self._say(wire.Resume(self._token, str(self._received)))
        elif isinstance(purpose, effects.ClaimInvite):
            self._say(wire.Open(purpose.number))
        elif isinstance(purpose, effects.OpenInvite):
            self._sign_in(message, purpose.ttl_s)

    def _sign_in(self, welcome: wire.Welcome, ttl_s: int) -> None:
        account = self._account
        lifetime = wire.as_invite_lifetime(ttl_s)
        if account is None or lifetime is None:
            self._refused("not_enrolled")
            return
        if self._bearer is not None:
            self._say(wire.Bearer(self._bearer))
        else:
            nonce = bytes.fromhex(welcome.nonce)
            signature = account.sign(self._origin, nonce, welcome.time)
            self._say(wire.Auth(account.account_id, welcome.time, signature.hex()))
        self._say(wire.InviteNew(lifetime))

    def _no(self, message: wire.No) -> None:
        if self._state is not LinkState.JOINING:
            return  # of a control that came too late; the room goes on
        if self._token is not None:
            self._refused("closed")
        elif isinstance(self._purpose, effects.ClaimInvite):
            self._refused("unavailable")
        elif self._signed_in:
            self._refused("later", message.wait_s or DEFAULT_WAIT_S)
        else:
            self._refused("not_enrolled")

    def _joined(self, message: wire.Joined) -> None:
        floor = parse_id(message.acc)
        self._token = message.token
        self._faults = 0
        self._joined_at = self._now
        self._patience.relax()
        self._enter(LinkState.JOINED, None)
        self._new_attempt(message.attempt)
        self._outbox.joined(floor, self._now)
        if self._invite is not None:
            self._out.append(replace(self._invite, seat_token=message.token))
            self._invite = None
        attempt = self._controls.attempt
        present = message.peer and message.attempt == attempt
        self._out.append(inputs.RoomJoined(attempt, present))
        for control in self._controls.pending:
            self._say(control)
        self._ask_turn()
        self._flush()

    def _seated(self, message: wire.ServerMessage) -> None:
        match message:
            case wire.Peer():
                if self._new_attempt(message.attempt):
                    # Until we say that we know, the server takes nothing of ours.
                    self._control(self._controls.acknowledge_drop())
                if message.attempt == self._controls.attempt:
                    presence = inputs.PeerPresence(message.present, message.attempt)
                    self._out.append(presence)
            case wire.Ok():
                self._controls.confirmed(message)
                self._leave_if_done()
            case wire.Full() | wire.Retry():
                self._outbox.refused(message.wait_s, self._now)
            case wire.Turn():
                self._wants_turn = False
                turn = inputs.TurnServers(
                    tuple(message.urls), message.username, message.password
                )
                self._out.append(turn)
            case _:
                raise RemoteProtocolError("message out of state")

    def _new_attempt(self, attempt: int) -> bool:
        """Another claimant: what was meant for the last one goes no further."""
        news = self._controls.superseded(attempt) and self._account is not None
        if news:
            self._outbox.clear()
        return news

    # --- envelopes ----------------------------------------------------------------------

    def _frame(self, untrusted_frame: bytes) -> None:
        frame = decode_frame(untrusted_frame)
        if self._state not in SEATED or frame.kind is RelayKind.ACK:
            raise RemoteProtocolError("frame out of state")
        self._outbox.accepted(frame.ack)
        if frame.kind is RelayKind.ENVELOPE:
            if frame.id > self._received:
                self._received = frame.id
                self._out.append(inputs.EnvelopeReceived(frame.body))
            if self._ack_at is None:
                self._ack_at = self._now + ACK_DELAY_S
        self._flush()
        self._leave_if_done()

    def _flush(self) -> None:
        if self._state not in SEATED:
            return
        while (item := self._outbox.next(self._now)) is not None:
            self._patience.asked(self._now)
            self._write_frame(RelayKind.ENVELOPE, *item)

    def _write_frame(self, kind: RelayKind, id_: int = 0, body: bytes = b"") -> None:
        self._ack_at = None
        frame = RelayFrame(kind, id_, self._received, body)
        self._out.append(WriteFrame(encode_frame(frame)))

    def _leave_if_done(self) -> None:
        done = self._outbox.empty and not self._controls.pending
        if self._state is LinkState.LEAVING and done:
            self._finish()

    # --- time ---------------------------------------------------------------------------

    def _enter(self, state: LinkState, limit_s: float | None) -> None:
        self._state = state
        self._limit_at = None if limit_s is None else self._now + limit_s

    def _too_late(self) -> None:
        match self._state:
            case LinkState.WAITING:
                self._connect()
            case LinkState.LEAVING:
                self._finish()
            case _:
                self._out.append(CloseSocket(CloseCode.GOING_AWAY))
                self._lost()

    def _silence_at(self) -> float:
        answer_due = self._outbox.awaiting or bool(self._controls.pending)
        return self._patience.ends_at(answer_due=answer_due)

    def _say(self, message: wire.ClientMessage) -> None:
        self._patience.asked(self._now)
        self._out.append(WriteText(encode_message(message)))
