"""Two authenticated endpoints: sealed messages, call, text and safety code.

Sans-I/O. Begins when pairing has yielded session keys and lasts to the goodbye.
Routes between the machines of one epoch (call, safety code) and those that
outlive it (text). It must never send or accept anything unsealed, nor open the
media gate by itself: only the call machine does that, after BIND.
"""

from __future__ import annotations

from dataclasses import replace

from safesession.core import inputs
from safesession.core.call import (
    Bound,
    Call,
    CallFailed,
    CallState,
    Describe,
    LivenessChanged,
)
from safesession.core.call import Output as CallOutput
from safesession.core.contact import Contact
from safesession.core.conversation import Conversation
from safesession.core.effects import Effect, RequestTurn
from safesession.core.epoch import Epoch
from safesession.core.messaging import Output as TextOutput
from safesession.core.outward import Outward, Over
from safesession.core.people import People
from safesession.core.recovery import AskForResume, Recovery
from safesession.core.recovery import Output as RecoveryOutput
from safesession.core.relay_line import RelayLine
from safesession.core.resume import ResumeContext, Resumed
from safesession.core.safety_code import SafetyCode, SafetyMessage
from safesession.core.status import (
    CaptureState,
    EndReason,
    PeerView,
    Phase,
    Problem,
    QualityView,
    SessionStatus,
    TextRoute,
)
from safesession.core.verification import Verification
from safesession.crypto.handshake import SessionKeys
from safesession.crypto.ratchet import TextChains
from safesession.errors import RemoteProtocolError
from safesession.protocol.path_messages import Away
from safesession.protocol.peer_messages import (
    CHANNEL_KINDS,
    Answer,
    Bye,
    FrameKind,
    MediaState,
    Offer,
    PeerMessage,
    ResumePlease,
    unpack_frame,
)


TURN_WAIT_S = 0.5


class Encounter:
    """Everything after pairing, for one pair of endpoints."""

    def __init__(
        self,
        context: ResumeContext,
        keys: SessionKeys,
        peer: PeerView,
        unix_at_zero: float,
    ) -> None:
        role = context.role
        self._role = role
        self._unix_at_zero = unix_at_zero
        self._now = 0.0
        self._epoch = Epoch.begin(role, 0, keys)
        self._contact = Contact()
        self._verification = Verification(SafetyCode(role, context.entropy))
        self._relay = RelayLine(peer_present=peer.present)
        self._recovery = Recovery(context, keys, self._epoch, self._relay)
        self._text = Conversation(self._relay)
        self._turn: inputs.TurnServers | None = None
        self._turn_wait_until: float | None = None
        self._people = People(peer)
        self._out = Outward()
        self._phase = Phase.CONNECTING
        self._problem: Problem | None = None
        self._quality = QualityView()
        self._since: float | None = None
        self.remote_faults = 0

    @property
    def deadline(self) -> float | None:
        """Monotonic seconds at which `handle_timeout` wants to be called."""
        times = [
            self._turn_wait_until,
            self._text.deadline,
            self._contact.deadline,
            self._verification.deadline,
            self._recovery.deadline,
            self._call.deadline,
        ]
        return min((t for t in times if t is not None), default=None)

    @property
    def _call(self) -> Call:
        return self._epoch.call

    @property
    def _safety(self) -> SafetyCode:
        return self._verification.code

    @property
    def right_safety_choice(self) -> int | None:
        """For a headless peer that was told to accept the safety code."""
        return self._safety.right_choice

    def show(self, status: SessionStatus) -> SessionStatus:
        """Write this encounter's part into a snapshot."""
        return replace(
            status,
            phase=self._phase,
            problem=self._problem,
            peer=self._people.peer,
            safety_code=self._safety.view,
            text_route=self._text.route,
            quality=self._quality,
            in_call_since=self._since,
            contact=self._contact.view,
        )

    # --- what may happen -----------------------------------------------------------

    def begin(
        self,
        turn: inputs.TurnServers | None,
        capture: tuple[CaptureState, CaptureState],
        now: float,
    ) -> list[Effect | Over]:
        """Start the text layer and the first peer connection."""
        self._now = now
        self._people.capturing(*capture)
        self._use_route(TextRoute.RELAY, self._epoch.text_chains)
        self._out.add(RequestTurn())
        self._turn_wait_until = now + TURN_WAIT_S
        if turn is not None:
            self._turn_arrived(turn)
        return self._out.take()

    def handle(self, event: inputs.Input, now: float) -> list[Effect | Over]:
        """Take one input that concerns the encounter; others change nothing."""
        self._now = now
        match event:
            case inputs.StartSafetyCode():
                self._start_safety_code()
            case inputs.PickSafetyCode():
                self._pick_safety_code(event.choice)
            case inputs.SendText():
                self._run_text(self._text.send(event.text, now, self._unix()))
            case inputs.Leave() | inputs.Suspend():
                self._out.goodbye(self._epoch)
                self._over(EndReason.LEFT)
            case inputs.CaptureChanged():
                self._people.changed(event)
                if self._phase is Phase.IN_CALL:
                    self._tell(self._people.media_state)
            case (
                inputs.PeerPresence()
                | inputs.RoomJoined()
                | inputs.ServerLinkChanged()
                | inputs.RoomRefused()
            ):
                self._relay_changed(event)
            case inputs.TurnServers():
                self._turn_arrived(event)
            case inputs.RetryNow() if self._verification.lost_at is not None:
                self._run_recovery(self._recovery.want_now(now))
            case _:
                self._from_peer_connection(event)
        return self._done()

    def handle_timeout(self, now: float) -> list[Effect | Over]:
        """Let every machine whose time has come act."""
        self._now = now
        if self._turn_wait_until is not None and now >= self._turn_wait_until:
            self._open_call()
        channel_lives = self._call.state is CallState.BOUND
        self._run_text(self._text.handle_timeout(now, channel_lives=channel_lives))
        # After a sleep the silence is found first, and nobody blamed for it.
        self._run_call(self._call.handle_timeout(now))
        self._contact.handle_timeout(now)
        self._say(self._verification.handle_timeout(now))
        self._after_safety()
        self._run_recovery(self._recovery.handle_timeout(now))
        return self._done()

    def from_relay(
        self, kind: FrameKind, untrusted_body: bytes, now: float
    ) -> list[Effect | Over]:
        """Take a frame that came through the relay."""
        self._now = now
        try:
            if kind is FrameKind.HANDSHAKE:
                self._run_recovery(
                    [*self._recovery.resume.receive(untrusted_body, now)]
                )
            elif kind is FrameKind.PATH:
                self._run_recovery(self._recovery.from_relay(untrusted_body, now))
            else:
                self._sealed(kind, untrusted_body)
        except RemoteProtocolError:
            self.remote_faults += 1
        return self._done()

    def close(
        self, reason: EndReason, problem: Problem, now: float
    ) -> list[Effect | Over]:
        """End it for a reason from outside (opened elsewhere, server refused)."""
        self._now = now
        self._over(reason, problem)
        return self._out.take()

    # --- plumbing -----------------------------------------------------------------

    def _done(self) -> list[Effect | Over]:
        """Hand out what is to be done; a dropout that lasted too long ends it all."""
        # What must be read about a mismatch stays, whatever the line does.
        if self._contact.expired and self._phase is not Phase.FROZEN:
            self._out.goodbye(self._epoch, Bye("dropout"))
            self._over(EndReason.DROPOUT)
        return self._out.take()

    def _unix(self) -> float:
        return self._unix_at_zero + self._now

    def _over(self, reason: EndReason, problem: Problem | None = None) -> None:
        self._run_call(self._call.close())
        self._verification.reset()
        self._recovery.stop()
        self._turn_wait_until = None
        self._text.stop()
        self._contact.close(self._now)
        self._out.add(Over(reason, problem))

    def _turn_arrived(self, turn: inputs.TurnServers) -> None:
        self._turn = turn
        self._recovery.use_turn(turn, self._now)
        if self._turn_wait_until is not None:
            self._open_call()

    def _open_call(self) -> None:
        self._turn_wait_until = None
        self._run_call(self._call.open(self._turn, self._now))

    # --- the safety code -----------------------------------------------------------

    def _start_safety_code(self) -> None:
        self._safety.open_comparison()
        if self._media_alive:
            self._say(self._safety.again(self._now))
            self._after_safety()

    def _pick_safety_code(self, choice: int | None) -> None:
        if self._phase is Phase.IN_CALL:
            self._say(self._safety.pick(choice, self._unix()))
            self._after_safety()

    def _safety_message(self, message: SafetyMessage) -> None:
        if not self._call.bound:
            raise RemoteProtocolError("safety code before BIND")
        self._say(self._safety.receive(message, self._now, self._unix()))
        self._after_safety()

    def _after_safety(self) -> None:
        if self._safety.mismatched and self._phase is not Phase.FROZEN:
            self._phase = Phase.FROZEN
            self._problem = Problem.SAFETY_CODE_MISMATCH
            self._run_call(self._call.hold_gate_shut())
        elif self._phase is Phase.FROZEN and not self._safety.mismatched:
            self._phase = Phase.IN_CALL if self._media_alive else Phase.RECONNECTING
            self._problem = None
            self._run_call(self._call.release_gate())

    def _say(self, messages: list[SafetyMessage]) -> None:
        for message in messages:
            self._tell(message)

    # --- the peer ------------------------------------------------------------------

    def _from_peer_connection(self, event: inputs.Input) -> None:
        match event:
            case inputs.LocalDescription():
                self._run_call(self._call.local_description(event))
            case inputs.ControlChannelOpen():
                self._run_call(self._call.channel_open(event, self._now))
            case inputs.ControlReceived():
                self._from_channel(event)
            case inputs.ChannelProgress():
                if event.epoch == self._epoch.number:
                    self._end_silence()
                self._run_call(self._call.progress(event.epoch, self._now))
            case inputs.PeerConnectionLost():
                self._run_call(self._call.lost(event))
            case inputs.QualityMeasured():
                if self._phase is Phase.IN_CALL:
                    self._quality = event.view
            case _ if isinstance(event, inputs.PathInput):
                self._run_recovery(self._recovery.handle(event, self._now))
            case _:
                pass

    def _from_channel(self, event: inputs.ControlReceived) -> None:
        if event.epoch != self._epoch.number:
            return
        try:
            kind, body = unpack_frame(event.untrusted_body, CHANNEL_KINDS)
            if kind is FrameKind.BIND:
                self._run_call(self._call.bind_received(body, self._now))
                return
            if not self._call.bound:
                raise RemoteProtocolError("channel used before BIND")
            self._end_silence()
            self._run_call(self._call.heard(self._now))
            self._run_recovery(self._recovery.heard(self._now))
            if kind is not FrameKind.HEARTBEAT:
                self._sealed(kind, body)
        except RemoteProtocolError:
            self.remote_faults += 1

    def _end_silence(self) -> None:
        """Something is heard; perhaps after a sleep that no clock noticed."""
        silent_since = self._call.heard_at
        self._say(self._verification.heard(silent_since, self._now))
        self._contact.heard(silent_since, self._now)

    def _sealed(self, kind: FrameKind, untrusted_body: bytes) -> None:
        if kind is FrameKind.TEXT:
            self._run_text(self._text.receive(untrusted_body, self._now, self._unix()))
            if self._call.state is CallState.BOUND and self._text.idle:
                # A detour is over as soon as nothing depends on it.
                self._use_route(TextRoute.DATA_CHANNEL)
            return
        self._peer_message(self._epoch.open(untrusted_body))

    def _peer_message(self, message: PeerMessage) -> None:
        match message:
            case Offer() | Answer():
                self._describe(message)
            case MediaState():
                self._people.told(message)
                self._contact.peer_back()
            case ResumePlease(closed=closed):
                asked = self._recovery.asked(self._now, closed=closed)
                self._run_recovery(asked)
            case Bye():
                # Only whoever misses the other as well can have lost them.
                dropout = message.why == "dropout" and self._contact.view.lost
                self._over(EndReason.DROPOUT if dropout else EndReason.PEER_LEFT)
            case _:
                self._safety_message(message)

    def _describe(self, message: Offer | Answer) -> None:
        try:
            self._run_call(self._call.remote_description(message))
        except RemoteProtocolError:
            # Authentic and yet unacceptable: nothing may be tried with it.
            self.remote_faults += 1
            self._run_call(self._call.fail(Problem.PEER_MISBEHAVED))

    def _tell(self, message: PeerMessage) -> None:
        self._out.tell(self._epoch, message)

    # --- outputs of the machines -----------------------------------------------------

    def _run_call(self, outputs: list[CallOutput]) -> None:
        for output in outputs:
            match output:
                case Describe():
                    self._tell(output.message)
                case Bound():
                    self._bound(output.binding)
                case LivenessChanged():
                    self._liveness(output.state)
                case CallFailed():
                    self._call_failed(output.problem)
                case _:
                    self._out.add(output)

    def _bound(self, binding: bytes) -> None:
        self._since = self._since or self._unix()
        self._problem = None
        self._recovery.resume.cancel()
        self._contact.together(self._now)
        self._use_route(TextRoute.DATA_CHANNEL)
        keys, resumed = self._epoch.keys, self._epoch.number > 0
        messages = self._verification.bound(keys, binding, self._now, resumed=resumed)
        if self._phase is Phase.FROZEN:
            # A mismatch outlives a dropout: still no sound and no picture.
            self._problem = Problem.SAFETY_CODE_MISMATCH
            return
        self._phase = Phase.IN_CALL
        self._say(messages)
        self._tell(self._people.media_state)

    def _liveness(self, state: CallState) -> None:
        if state is CallState.BOUND:
            self._recovery.resume.cancel()
            self._contact.together(self._now)
            self._use_route(TextRoute.DATA_CHANNEL)
            if self._phase is not Phase.FROZEN:
                self._phase = Phase.IN_CALL
            self._say(self._verification.media_back(self._now))
            self._tell(self._people.media_state)
            return
        self._use_route(TextRoute.RELAY)
        if state is CallState.LOST:
            self._lose_media()
        else:
            self._contact.unstable()

    def _call_failed(self, problem: Problem) -> None:
        if problem in (Problem.BIND_FAILED, Problem.PEER_MISBEHAVED):
            self._out.goodbye(self._epoch)
            self._over(EndReason.FAILED, problem)
            return
        if self._relay.gone:
            self._over(EndReason.FAILED, self._relay.problem)
            return
        # No picture and no sound; text goes on over the relay.
        if self._phase is not Phase.FROZEN:
            self._problem = problem
        self._quality = QualityView()
        self._use_route(TextRoute.RELAY)
        self._lose_media()

    def _lose_media(self) -> None:
        self._miss_media()
        if self._phase is not Phase.FROZEN:
            self._phase = Phase.RECONNECTING
        self._out.overtake(self._epoch, self._contact.said(self._now))
        self._run_recovery(self._recovery.media_lost(self._now))

    def _miss_media(self) -> None:
        """Nobody is heard or seen, since the last sign of life."""
        since = self._call.heard_at or self._now
        self._verification.media_lost(since)
        self._contact.lost(since, self._now)

    def _relay_changed(self, event: inputs.SignalingInput) -> None:
        self._relay.take(event)
        self._people.present(self._relay.peer_present)
        self._run_recovery(self._recovery.reachable(self._now))
        if not self._relay.gone:
            return
        if self._call.state in (CallState.WAITING, CallState.CLOSED):
            self._over(EndReason.FAILED, self._relay.problem)
        else:
            self._run_text(self._text.relay_gone(self._now))

    def _run_recovery(self, outputs: list[RecoveryOutput]) -> None:
        for output in outputs:
            match output:
                case Resumed():
                    self._next_epoch(output.keys)
                case Away():
                    self._contact.peer_lost(output, self._now)
                case AskForResume(closed=closed):
                    self._tell(ResumePlease(closed))
                case _:
                    self._out.add(output)

    def _next_epoch(self, keys: SessionKeys) -> None:
        """Everything under the old keys is over; text is sealed anew."""
        self._miss_media()  # perhaps only the other side had noticed
        self._run_call(self._call.close())
        self._epoch = Epoch.begin(self._role, self._epoch.number + 1, keys)
        if self._phase is Phase.FROZEN:
            self._run_call(self._call.hold_gate_shut())
        elif self._phase is Phase.IN_CALL:
            self._phase = Phase.RECONNECTING
        self._out.overtake(self._epoch, self._contact.said(self._now))
        self._recovery.next_epoch(self._epoch)
        self._use_route(TextRoute.RELAY, self._epoch.text_chains)
        self._out.add(RequestTurn())
        self._turn_wait_until = self._now + TURN_WAIT_S

    @property
    def _media_alive(self) -> bool:
        return self._call.state in (CallState.BOUND, CallState.STALE)

    def _use_route(self, route: TextRoute, chains: TextChains | None = None) -> None:
        self._run_text(self._text.use(route, self._now, chains))

    def _run_text(self, outputs: list[TextOutput]) -> None:
        self._out.text(self._epoch, outputs)
