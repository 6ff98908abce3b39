"""The session: from the person's first command to the goodbye.

Sans-I/O; the one entry point of the core. `handle(event, now)` returns effects in
the order they must be carried out. Invites, the room and pairing are routed here;
once keys exist, an `Encounter` takes over. Remote input never raises; it becomes
effects. No clock, randomness, logging or thread is touched here.
"""

from __future__ import annotations

from dataclasses import replace

from safesession.core import inputs
from safesession.core.effects import (
    ClaimInvite,
    CloseInvite,
    CloseSignaling,
    Effect,
    ForgetInvite,
    ForgiveGuess,
    OpenInvite,
    PersistGuess,
    ReconnectNow,
    ReturnToRoom,
    StatusChanged,
)
from safesession.core.encounter import Encounter
from safesession.core.joining import AskServer, destination
from safesession.core.kept_invite import KeptInvite
from safesession.core.outward import Over
from safesession.core.pairing import (
    GuestPairing,
    HostPairing,
    Paired,
    PairingFailed,
)
from safesession.core.pairing import Output as PairingOutput
from safesession.core.relay_line import problem_of
from safesession.core.resume import PAIR_ID_BYTES, ResumeContext
from safesession.core.session_config import SessionConfig
from safesession.core.status import (
    CaptureState,
    EndReason,
    PeerView,
    Phase,
    Problem,
    Role,
    SafetyCodeView,
    ServerLink,
    SessionStatus,
    TextRoute,
)
from safesession.crypto.handshake import SessionKeys
from safesession.crypto.handshake_payload import HandshakePayload, PayloadError
from safesession.crypto.identity import fingerprint
from safesession.crypto.invite_code import make_invite_code
from safesession.crypto.invite_link import JoinRequest
from safesession.errors import RemoteProtocolError
from safesession.protocol.peer_messages import (
    RELAY_KINDS,
    FrameKind,
    unpack_frame,
)


# Waiting for the counselor's app longer than this means it is away.
ANSWER_EXPECTED_S = 3.0


class Session:
    """One endpoint's whole session, from the code to the goodbye.

    Raises:
        LocalProtocolError: the display name cannot travel.
    """

    def __init__(self, config: SessionConfig) -> None:
        config.payload()  # now rather than in the middle of a meeting
        self._config = config
        self._host: HostPairing | None = None
        self._guest: GuestPairing | None = None
        self._encounter: Encounter | None = None
        self._turn: inputs.TurnServers | None = None
        self._away_at: float | None = None
        self._expires_in_at: float | None = None
        self._capture = (CaptureState.OFF, CaptureState.OFF)
        self._ttl_s = 0
        self._guesses = dict(config.wrong_attempts_by_tag)
        self._remote_faults = 0
        self._effects: list[Effect] = []
        self._now = 0.0
        self.status = SessionStatus(role=config.role, server_origin=config.relay_origin)

    @property
    def deadline(self) -> float | None:
        """Monotonic seconds at which `handle_timeout` wants to be called."""
        times = [
            self._away_at,
            self._expires_in_at,
            self._guest.deadline if self._guest else None,
            self._host.deadline if self._host else None,
            self._encounter.deadline if self._encounter else None,
        ]
        return min((t for t in times if t is not None), default=None)

    @property
    def right_safety_choice(self) -> int | None:
        """For a headless peer that was told to accept the safety code."""
        return self._encounter.right_safety_choice if self._encounter else None

    @property
    def remote_faults(self) -> int:
        """How many inputs of server or peer were refused so far."""
        extra = self._encounter.remote_faults if self._encounter else 0
        return self._remote_faults + extra

    def handle(self, event: inputs.Input, now: float) -> list[Effect]:
        """Take one input and return what must be done, in order."""
        self._now = now
        before = self.status
        if self.status.phase is not Phase.ENDED:
            self._route(event)
        return self._finish(before)

    def handle_timeout(self, now: float) -> list[Effect]:
        """Let every machine whose time has come act."""
        self._now = now
        before = self.status
        if self.status.phase is not Phase.ENDED:
            self._on_time()
        return self._finish(before)

    def abandon(self) -> list[Effect]:
        """End after a fault in this program, without asking any machine."""
        before = self.status
        self._effects = []
        self._set(problem=Problem.INTERNAL)
        self._end(EndReason.FAILED)
        return self._finish(before)

    # --- plumbing -----------------------------------------------------------------

    def _finish(self, before: SessionStatus) -> list[Effect]:
        effects, self._effects = self._effects, []
        if self.status != before:
            effects.append(StatusChanged(self.status))
        return effects

    def _set(self, **changes: object) -> None:
        self.status = replace(self.status, **changes)  # type: ignore[arg-type]

    def _unix(self) -> float:
        return self._config.unix_at_zero + self._now

    def _route(self, event: inputs.Input) -> None:
        match event:
            case inputs.ServerLinkChanged():
                self._server_link(event)
                self._to_encounter(event)
            case inputs.RoomRefused():
                self._refused(event)
            case inputs.EnvelopeReceived():
                self._from_relay(event.untrusted_body)
            case inputs.StateNotSaved():
                if self._host and self._encounter is None:
                    self._effects.append(CloseInvite())
                self._fail(Problem.INTERNAL)
            case inputs.RetryNow():
                self._effects.append(ReconnectNow())
                self._to_encounter(event)
            case inputs.CaptureChanged():
                self._capture = (event.microphone, event.camera)
                self._set(microphone=event.microphone, camera=event.camera)
                self._to_encounter(event)
            case inputs.RoomJoined() | inputs.PeerPresence():
                self._room(event)
                self._to_encounter(event)
            case inputs.TurnServers():
                self._turn = event
                self._to_encounter(event)
            case _ if self._encounter:
                self._to_encounter(event)
            case _:
                self._before_pairing(event)

    def _before_pairing(self, event: inputs.Input) -> None:
        match event:
            case inputs.CreateInvite():
                self._create_invite(event.ttl_s)
            case inputs.TakeUpInvite():
                self._take_up(event.kept)
            case inputs.JoinByCode():
                self._join(event)
            case inputs.InviteOpened():
                self._invite_opened(event)
            case inputs.InstallationDamaged():
                self._fail(Problem.INSTALLATION_DAMAGED)
            case inputs.Suspend() if self._host and self._host.seat_token:
                self._end(EndReason.CANCELLED, forget=False)
            case inputs.Leave() | inputs.Suspend():
                if self._host:
                    self._effects.append(CloseInvite())
                self._end(EndReason.CANCELLED)
            case _:
                pass

    def _to_encounter(self, event: inputs.Input) -> None:
        if self._encounter:
            self._run_encounter(self._encounter.handle(event, self._now))

    def _run_encounter(self, outputs: list[Effect | Over]) -> None:
        if self._encounter:
            self.status = self._encounter.show(self.status)
        for output in outputs:
            if isinstance(output, Over):
                self._set(problem=output.problem)
                self._end(output.reason)
            else:
                self._effects.append(output)

    def _on_time(self) -> None:
        now = self._now
        if self._away_at is not None and now >= self._away_at:
            self._away_at = None
            if self.status.phase is Phase.JOINING:
                self._set(phase=Phase.WAITING)
        if self._expires_in_at is not None and now >= self._expires_in_at:
            self._expires_in_at = None
            # Whoever has proved the code already may finish.
            if self._host and not (self._encounter or self._host.confirming):
                self._effects.append(CloseInvite())
                self._fail(Problem.INVITE_EXPIRED)
                return
        if self._guest:
            present = self._peer_reachable
            self._run_pairing(self._guest.handle_timeout(now, peer_present=present))
        if self._host:
            self._run_pairing(self._host.handle_timeout(now))
        self._show_pairing()
        if self._encounter:
            self._run_encounter(self._encounter.handle_timeout(now))

    @property
    def _peer_reachable(self) -> bool:
        """While our own line is down nobody could answer us."""
        linked = self.status.server_link is ServerLink.UP
        return linked and self.status.peer.present

    # --- invite and room -------------------------------------------------------------

    def _create_invite(self, ttl_s: int) -> None:
        if self._config.role is Role.COUNSELOR and self.status.phase is Phase.IDLE:
            self._set(
                phase=Phase.CREATING_INVITE,
                problem=None,
                server_link=ServerLink.CONNECTING,
            )
            self._ttl_s = ttl_s
            self._effects.append(OpenInvite(ttl_s))

    def _join(self, event: inputs.JoinByCode) -> None:
        if self._config.role is not Role.CLIENT or self.status.phase is not Phase.IDLE:
            return
        match destination(event, self._config.relay_origin):
            case Problem() as problem:
                self._set(problem=problem)
            case AskServer(server):
                self._set(asks_server=server, problem=None)
            case JoinRequest() as target:
                self._claim(target)

    def _claim(self, target: JoinRequest) -> None:
        context = self._config.pairing_context(target.server)
        guest = GuestPairing(context, target.code, target.key_prefix, self._guesses)
        if guest.burned:
            self._set(problem=Problem.TOO_MANY_ATTEMPTS)
            return
        self._guest = guest
        self._set(
            phase=Phase.JOINING,
            problem=None,
            asks_server="",
            server_origin=target.server,
            server_link=ServerLink.CONNECTING,
        )
        self._effects.append(ClaimInvite(target.code.number, target.server))

    def _invite_opened(self, event: inputs.InviteOpened) -> None:
        if self.status.phase is not Phase.CREATING_INVITE:
            return
        config = self._config
        code = make_invite_code(event.number, config.entropy)
        context = config.pairing_context(config.relay_origin)
        # By our own clock: neither the server nor a wrong clock may stretch it.
        expires_at = int(self._unix()) + self._ttl_s
        token = event.seat_token if config.keeps_invites else ""
        self._host = HostPairing(context, code, expires_at, self._guesses, token)
        if self._host.burned:
            self._effects.append(CloseInvite())
            self._fail(Problem.TOO_MANY_ATTEMPTS)
            return
        self._expires_in_at = self._now + self._ttl_s
        view = config.view_of(code, expires_at, self._host)
        self._set(phase=Phase.INVITED, invite=view)
        self._run_pairing(self._host.start())

    def _take_up(self, kept: KeptInvite) -> None:
        config = self._config
        if config.role is not Role.COUNSELOR or self.status.phase is not Phase.IDLE:
            return
        left_s = kept.expires_at - self._unix()
        if left_s <= 0 or kept.origin != config.relay_origin:
            self._effects.append(ForgetInvite())
            self._set(problem=Problem.INVITE_EXPIRED)
            return
        context = config.pairing_context(kept.origin)
        self._host = HostPairing.taken_up(context, kept, self._guesses)
        self._expires_in_at = self._now + left_s
        view = config.view_of(kept.code, kept.expires_at, self._host)
        self._set(phase=Phase.INVITED, invite=view, server_link=ServerLink.CONNECTING)
        self._run_pairing(self._host.start())
        self._effects.append(ReturnToRoom(kept.seat_token))

    def _room(self, event: inputs.RoomJoined | inputs.PeerPresence) -> None:
        if isinstance(event, inputs.RoomJoined):
            present = event.peer_present
        else:
            present = event.present
        if self.status.phase is Phase.IDLE:
            return  # of a room that we have left
        self._set(peer=replace(self.status.peer, present=present))
        if self._host and self._encounter is None:
            self._run_pairing(self._host.new_attempt(event.attempt))
        if self._guest and self.status.phase is Phase.JOINING:
            self._away_at = self._now + ANSWER_EXPECTED_S
        self._show_pairing()

    def _refused(self, event: inputs.RoomRefused) -> None:
        if self.status.phase is Phase.IDLE:
            return
        if self._encounter:
            self._set(server_link=ServerLink.DOWN, retry_in_s=None)
            self._to_encounter(event)
            return
        match event.reason:
            case "later":
                self._set(retry_in_s=event.wait_s)
                self._pairing_failed(Problem.TRY_LATER)
            case "replaced" | "revoked":
                self._fail(problem_of(event.reason))
            case "not_enrolled":
                self._fail(Problem.NOT_ENROLLED)
            case "version":
                self._fail(Problem.SERVER_REFUSED)
            case _ if self._guest:
                self._run_pairing(self._guest.seat_lost())
            case "closed" if self._host and self._host.returning:
                self._fail(Problem.INVITE_EXPIRED)
            case _:
                self._fail(Problem.SERVER_REFUSED)

    def _server_link(self, event: inputs.ServerLinkChanged) -> None:
        if self.status.phase is Phase.IDLE:
            return
        if event.up:
            cleared = self.status.problem is Problem.SERVER_UNREACHABLE
            problem = None if cleared else self.status.problem
            self._set(server_link=ServerLink.UP, problem=problem, retry_in_s=None)
            self._show_pairing()
            return
        self._set(server_link=ServerLink.DOWN, retry_in_s=event.retry_in_s)
        if self._encounter is None and self.status.problem is None:
            self._set(problem=Problem.SERVER_UNREACHABLE)

    def _from_relay(self, untrusted_body: bytes) -> None:
        try:
            kind, body = unpack_frame(untrusted_body, RELAY_KINDS)
        except RemoteProtocolError:
            self._remote_faults += 1
            return
        if self._encounter:
            self._run_encounter(self._encounter.from_relay(kind, body, self._now))
        elif kind is FrameKind.HANDSHAKE:
            self._handshake(body)
        else:
            self._remote_faults += 1

    # --- pairing ---------------------------------------------------------------------

    def _handshake(self, untrusted_body: bytes) -> None:
        if self._host:
            self._run_pairing(self._host.receive(untrusted_body, self._now))
        elif self._guest:
            self._run_pairing(self._guest.receive(untrusted_body, self._now))
        self._show_pairing()

    def _show_pairing(self) -> None:
        """Let the phase say what the pairing machine is at."""
        if self._encounter:
            return
        if self._host and self.status.phase in (Phase.INVITED, Phase.PAIRING):
            there = self.status.peer.present and self._host.under_way
            pairing = there or self._host.confirming
            self._set(phase=Phase.PAIRING if pairing else Phase.INVITED)
        elif self._guest and self._guest.under_way:
            self._away_at = None
            away = self._guest.overdue and not self._peer_reachable
            self._set(phase=Phase.WAITING if away else Phase.PAIRING)

    def _run_pairing(self, outputs: list[PairingOutput]) -> None:
        for output in outputs:
            match output:
                case Paired():
                    self._paired(output.keys)
                case PairingFailed():
                    self._pairing_failed(output.problem)
                case PersistGuess():
                    self._guesses[output.invite_tag] = output.wrong_attempts
                    self._effects.append(output)
                    if self.status.invite:
                        wrong = output.wrong_attempts
                        invite = replace(self.status.invite, wrong_attempts=wrong)
                        self._set(invite=invite)
                case ForgiveGuess():
                    self._guesses[output.invite_tag] -= 1
                    self._effects.append(output)
                case _:
                    self._effects.append(output)

    def _pairing_failed(self, problem: Problem) -> None:
        if self._config.role is Role.CLIENT:
            self._back_to_idle(problem)
        else:
            self._fail(problem)

    def _back_to_idle(self, problem: Problem) -> None:
        """The client may correct the code and try again."""
        self._guest = None
        self._away_at = None
        later = problem is Problem.TRY_LATER
        self._effects.append(CloseSignaling())
        self._set(
            phase=Phase.IDLE,
            problem=problem,
            retry_in_s=self.status.retry_in_s if later else None,
            peer=PeerView(),
            server_link=ServerLink.IDLE,
        )

    def _paired(self, keys: SessionKeys) -> None:
        try:
            name = HandshakePayload.parse(keys.peer_payload).display_name
        except PayloadError:
            self._fail(Problem.PEER_MISBEHAVED)
            return
        self._expires_in_at = self._away_at = None
        peer = PeerView(
            display_name=name, present=True, fingerprint=fingerprint(keys.peer_identity)
        )
        self._set(invite=None)
        config = self._config
        context = ResumeContext(
            role=config.role,
            identity=config.identity,
            relay_origin=self.status.server_origin,
            pair_id=keys.transcript[:PAIR_ID_BYTES],
            entropy=config.entropy,
        )
        self._encounter = Encounter(context, keys, peer, config.unix_at_zero)
        outputs = self._encounter.begin(self._turn, self._capture, self._now)
        self._run_encounter(outputs)

    # --- endings ---------------------------------------------------------------------

    def _fail(self, problem: Problem) -> None:
        if self._encounter:
            outputs = self._encounter.close(EndReason.FAILED, problem, self._now)
            self._run_encounter(outputs)
            return
        self._set(problem=problem)
        self._end(EndReason.FAILED)

    def _end(self, reason: EndReason, *, forget: bool = True) -> None:
        if self.status.phase is Phase.ENDED:
            return
        if forget and self._host and self._host.seat_token:
            self._effects.append(ForgetInvite())
        self._effects.append(CloseSignaling())
        self._set(
            phase=Phase.ENDED,
            ended=reason,
            invite=None,
            text_route=TextRoute.NONE,
            safety_code=SafetyCodeView(),
        )
        self._away_at = self._expires_in_at = None
        self._encounter = None
        self._guest = None
        self._host = None
