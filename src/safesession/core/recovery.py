"""What brings media back, and in which order: another path, then fresh keys.

Sans-I/O. Routes between `path_restart` (the same connection and keys) and `resume`
(a new epoch), as `Encounter` routes between the rest. It must never start a new
epoch while the present one may still be led over another path, and it never opens
a gate: what comes back over a path does that, in the call machine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from safesession.core import inputs
from safesession.core.call import Call, CallState
from safesession.core.effects import (
    Effect,
    OpenPath,
    ProbeServer,
    RenewLine,
    RequestTurn,
    SendEnvelope,
)
from safesession.core.epoch import Epoch
from safesession.core.inputs import AddressChange
from safesession.core.path_restart import Output as PathOutput
from safesession.core.path_restart import PathHopeless, PathRestart, PathState
from safesession.core.relay_line import RelayLine
from safesession.core.resume import Resume, ResumeContext, Resumed
from safesession.core.status import Role
from safesession.crypto.handshake import SessionKeys
from safesession.protocol.path_messages import Away, PathAnswer, PathOffer


# Relay credentials are good for two hours.
TURN_FRESH_FOR_S = 3600.0
# Whoever asks for fresh keys may not know yet that the path is back: a heartbeat
# that was sent after the question settles it.
UNDER_WAY_S = 0.5
HEARTBEAT_WITHIN_S = 1.6


@dataclass(frozen=True, slots=True)
class AskForResume:
    """Counselor: only the client can begin RESUME. `closed` as in ResumePlease."""

    closed: bool


Output = Effect | Resumed | AskForResume | Away


class Recovery:
    """The repairs of one encounter's media."""

    def __init__(
        self,
        context: ResumeContext,
        keys: SessionKeys,
        epoch: Epoch,
        relay: RelayLine,
    ) -> None:
        self._context = context
        self._relay = relay
        self._epoch = epoch
        self._path = self._paths_of(epoch)
        self.resume = Resume(context, keys)
        self._turn: inputs.TurnServers | None = None
        self._turn_since = 0.0
        self._asked_at: float | None = None

    @property
    def deadline(self) -> float | None:
        """When `handle_timeout` wants to be called."""
        asked = None if self._asked_at is None else self._asked_at + HEARTBEAT_WITHIN_S
        times = (self._path.deadline, self.resume.deadline, asked)
        return min((t for t in times if t is not None), default=None)

    @property
    def _call(self) -> Call:
        return self._epoch.call

    def _paths_of(self, epoch: Epoch) -> PathRestart:
        return PathRestart(
            self._context.role,
            epoch.number,
            self._context.entropy,
            reachable=self._relay.reaches_peer,
        )

    def next_epoch(self, epoch: Epoch) -> None:
        """Fresh keys stand; nothing of the old connection's paths is left."""
        self._epoch = epoch
        self._path = self._paths_of(epoch)
        self._asked_at = None
        self.resume.renew(epoch.keys)

    def use_turn(self, turn: inputs.TurnServers, now: float) -> None:
        """Later paths ask these servers."""
        self._turn, self._turn_since = turn, now

    def stop(self) -> None:
        """The encounter is over."""
        self._path = self._paths_of(self._epoch)
        self._asked_at = None
        self.resume.cancel()

    # --- media comes and goes ----------------------------------------------------------

    def media_lost(self, now: float) -> list[Output]:
        """The gate is shut: by silence, or because the connection is closed."""
        if not self._call.bound:
            self._path = self._paths_of(self._epoch)
            return self._fresh_keys(now)
        if self._path.state is PathState.HOPELESS:
            return self._fresh_keys(now)
        return self._run(self._path.silent(now), now)

    def heard(self, now: float) -> list[Output]:
        """Something authentic came over the connection."""
        if self._asked_at is not None and now >= self._asked_at + UNDER_WAY_S:
            self._asked_at = None
        return self._run(self._path.heard(), now)

    def reachable(self, now: float) -> list[Output]:
        """The relay's line, or the peer's, came or went."""
        reachable = self._relay.reaches_peer
        self.resume.reachable(reachable, now)
        return self._run(self._path.reachable(reachable, now), now)

    def asked(self, now: float, *, closed: bool) -> list[Output]:
        """The counselor asks for fresh keys."""
        if self._call.state is CallState.BOUND and not closed:
            self._asked_at = now
            return []
        return [*self.resume.asked(now)]

    def want_now(self, now: float) -> list[Output]:
        """The person does not want to wait."""
        if self._context.role is Role.COUNSELOR:
            return [self._question]
        return [*self.resume.ask(now)] if self._relay.reaches_peer else []

    @property
    def _question(self) -> AskForResume:
        return AskForResume(closed=not self._call.bound)

    def _fresh_keys(self, now: float) -> list[Output]:
        """The client starts a fresh epoch; the counselor can only ask for one."""
        if self._context.role is Role.COUNSELOR:
            return [self._question]
        self.resume.schedule(now)
        return []

    # --- another path --------------------------------------------------------------------

    def handle(self, event: inputs.PathInput, now: float) -> list[Output]:
        """Take news of the adapter about paths and addresses."""
        if isinstance(event, inputs.LocalAddressesChanged):
            return self._addresses_changed(event.change, now)
        if event.epoch != self._epoch.number or not self._call.bound:
            return []
        path = self._path
        match event:
            case inputs.PathQuiet():
                return [ProbeServer()] if self._call.media_flows else []
            case inputs.PathSilent():
                flows = self._call.media_flows
                return self._run(path.silent(now), now) if flows else []
            case inputs.PathGathered():
                return self._run(path.gathered(event.generation, event.end, now), now)
            case inputs.PathSwapped():
                return self._run(path.swapped(event.generation, now), now)
            case inputs.PathFailed():
                return self._run(path.failed(event.generation, now), now)

    def _addresses_changed(self, change: AddressChange, now: float) -> list[Output]:
        gone = change is not AddressChange.ADDED
        outputs: list[Output] = [RenewLine()] if gone or self._relay.waits else []
        in_use = change is AddressChange.IN_USE_GONE
        searching = self._path.state is not PathState.REST
        if self._call.bound and (in_use or searching):
            outputs += self._run(self._path.moved(now), now)
        return outputs

    def from_relay(self, untrusted_body: bytes, now: float) -> list[Output]:
        """Take a path frame.

        Raises:
            RemoteProtocolError: forged, replayed, of another epoch, or malformed.
        """
        message = self._epoch.open_path(untrusted_body)
        if isinstance(message, Away):
            return [message]
        if not self._call.bound:
            return []  # of a connection that is gone, or not proven yet
        return self._run(self._path.receive(message, now), now)

    def handle_timeout(self, now: float) -> list[Output]:
        """Let every repair whose time has come act."""
        outputs = self._run(self._path.handle_timeout(now), now)
        if self._asked_at is not None and now >= self._asked_at + HEARTBEAT_WITHIN_S:
            self._asked_at = None
            outputs += self.resume.asked(now)
        return [*outputs, *self.resume.handle_timeout(now)]

    def _run(self, decided: list[PathOutput], now: float) -> list[Output]:
        outputs: list[Output] = []
        for output in decided:
            match output:
                case PathOffer() | PathAnswer():
                    outputs.append(SendEnvelope(self._epoch.seal_path(output)))
                case PathHopeless():
                    if self._call.state is CallState.LOST:
                        outputs += self._fresh_keys(now)
                case OpenPath():
                    outputs += self._open(output, now)
                case _:
                    outputs.append(output)
        return outputs

    def _open(self, path: OpenPath, now: float) -> list[Output]:
        turn = self._turn
        if turn is None:
            return [path]
        led = replace(
            path,
            turn_urls=turn.urls,
            turn_username=turn.username,
            turn_password=turn.password,
        )
        stale = now > self._turn_since + TURN_FRESH_FOR_S
        return [led, RequestTurn()] if stale else [led]
