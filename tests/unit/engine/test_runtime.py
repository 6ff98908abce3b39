"""The runtime keeps its order, ends a broken session, and never hangs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable

import pytest
from tests.support.sim_pair import ORIGIN, seeded_entropy

from safesession.core import effects, inputs
from safesession.core.effects import StatusChanged
from safesession.core.session import Session
from safesession.core.session_config import SessionConfig
from safesession.core.status import CaptureState, EndReason, Phase, Problem, Role
from safesession.crypto.identity import IdentityKey
from safesession.crypto.invite_code import make_invite_code
from safesession.engine import runtime
from safesession.engine.local_state import LocalState
from safesession.engine.runtime import Runtime
from safesession.errors import StateError


class Line:
    """A signaling connection that only notes what it is told."""

    def __init__(self, deliver) -> None:
        self.deliver = deliver
        self.told: list = []
        self.closed = False
        self.fails_at: type | None = None

    def command(self, effect) -> None:
        self.told.append(effect)
        if self.fails_at and isinstance(effect, self.fails_at):
            raise OSError("broken adapter")

    async def close(self) -> None:
        self.closed = True


class NoPeer:
    def __init__(self, _deliver) -> None:
        self.closed = False

    def execute(self, _effect) -> None:
        """Nothing to do without a network."""

    async def close(self) -> None:
        self.closed = True


class Bench:
    """A runtime around a real session; the adapters are stand-ins."""

    def __init__(self, tmp_path, role: Role) -> None:
        self.role = role
        self.entropy = seeded_entropy("bench")
        self.state = LocalState(tmp_path, os.urandom)
        self.lines: list[Line] = []
        self.shown: list[effects.FrontEvent] = []
        self.runtime = Runtime(self._session, self._line, NoPeer, self.state)
        self.runtime.subscribe(self.shown.append)

    def _session(self, now: float) -> Session:
        return Session(
            SessionConfig(
                role=self.role,
                identity=IdentityKey.generate(self.entropy),
                entropy=self.entropy,
                relay_origin=ORIGIN,
                unix_at_zero=1_700_000_000 - now,
            )
        )

    def _line(self, _server, deliver) -> Line:
        self.lines.append(Line(deliver))
        return self.lines[-1]

    @property
    def code(self) -> str:
        return make_invite_code("042917", self.entropy).digits

    @property
    def status(self):
        return self.runtime.status


@pytest.fixture
async def make(tmp_path) -> AsyncIterator[Callable[[Role], Bench]]:
    made: list[Bench] = []

    def make(role: Role) -> Bench:
        made.append(Bench(tmp_path / role.value, role))
        return made[-1]

    yield make
    for bench in made:
        await bench.runtime.close()


@pytest.fixture
def client(make) -> Bench:
    return make(Role.CLIENT)


@pytest.fixture
def counselor(make) -> Bench:
    return make(Role.COUNSELOR)


@pytest.mark.background_errors
async def test_a_fault_in_an_adapter_ends_the_session_with_a_sentence(client) -> None:
    client.runtime.dispatch(inputs.JoinByCode(client.code))
    client.lines[0].fails_at = effects.ReconnectNow
    client.runtime.dispatch(inputs.RetryNow())
    assert client.status.phase is Phase.ENDED
    assert client.status.problem is Problem.INTERNAL
    assert client.shown[-1] == StatusChanged(client.status)
    await asyncio.sleep(0)
    assert client.lines[0].closed
    # And there is a way on.
    client.runtime.dispatch(inputs.StartOver())
    assert client.status.phase is Phase.IDLE
    client.runtime.dispatch(inputs.JoinByCode(client.code))
    assert client.status.phase is Phase.JOINING


@pytest.mark.background_errors
async def test_a_fault_in_the_core_ends_the_session_too(client, monkeypatch) -> None:
    client.runtime.dispatch(inputs.JoinByCode(client.code))

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(client.runtime.session, "handle", broken)
    client.lines[0].deliver(inputs.RoomJoined())
    assert client.status.problem is Problem.INTERNAL
    assert client.runtime._timer is None


@pytest.mark.background_errors
async def test_a_listener_that_fails_stops_nobody_else(client) -> None:
    def broken(_event: object) -> None:
        raise RuntimeError("the window is gone")

    heard: list = []
    client.runtime.subscribe(broken)
    client.runtime.subscribe(heard.append)
    client.runtime.dispatch(inputs.JoinByCode(client.code))
    assert heard[-1].status.phase is Phase.JOINING
    assert client.runtime._timer is None  # nothing is due, nothing hangs


async def test_a_listener_that_answers_at_once_keeps_the_order(client) -> None:
    """Also from within the timer: the last snapshot shown is the newest."""
    client.runtime.dispatch(inputs.JoinByCode(client.code))
    client.lines[0].deliver(inputs.RoomJoined())
    answered: list = []

    def answer(event: effects.FrontEvent) -> None:
        waiting = isinstance(event, StatusChanged) and (
            event.status.phase is Phase.WAITING
        )
        if waiting and not answered:
            answered.append(True)
            state = inputs.CaptureChanged(CaptureState.ON, CaptureState.ON)
            client.runtime.dispatch(state)

    client.runtime.subscribe(answer)
    client.runtime.session._away_at = 0.0  # three seconds later
    client.runtime._on_timer()
    assert client.status.camera is CaptureState.ON
    assert client.shown[-1] == StatusChanged(client.status)


@pytest.mark.parametrize("role", list(Role))
async def test_a_guess_that_cannot_be_written_down_ends_it(
    role, make, monkeypatch
) -> None:
    bench = make(role)
    if role is Role.CLIENT:
        bench.runtime.dispatch(inputs.JoinByCode(bench.code))
    else:
        bench.runtime.dispatch(inputs.CreateInvite())
        bench.lines[0].deliver(inputs.InviteOpened("042917", 1_700_010_000))

    def full(*_: object) -> None:
        raise StateError("no space")

    monkeypatch.setattr(bench.state, "count_guess", full)
    guess = effects.PersistGuess(b"tag", 1)
    answer = effects.SendEnvelope(b"would answer it")
    monkeypatch.setattr(bench.runtime.session, "_effects", [guess, answer])
    bench.runtime.dispatch(inputs.RetryNow())
    assert bench.status.phase is Phase.ENDED
    assert bench.status.ended is EndReason.FAILED
    assert bench.status.problem is Problem.INTERNAL
    told = [type(effect) for effect in bench.lines[0].told]
    assert answer not in bench.lines[0].told
    assert told[-1] is effects.CloseSignaling
    assert role is Role.CLIENT or told[-2] is effects.CloseInvite


async def test_starting_over_in_the_middle_leaves_first(counselor) -> None:
    counselor.runtime.dispatch(inputs.CreateInvite())
    counselor.lines[0].deliver(inputs.InviteOpened("042917", 1_700_010_000))
    state = inputs.CaptureChanged(CaptureState.ON, CaptureState.OFF)
    counselor.runtime.dispatch(state)
    counselor.runtime.dispatch(inputs.StartOver())
    told = [type(effect) for effect in counselor.lines[0].told]
    assert told[-2:] == [effects.CloseInvite, effects.CloseSignaling]
    assert counselor.status.phase is Phase.IDLE
    assert counselor.status.microphone is CaptureState.ON
    # What the old line still says concerns nobody.
    counselor.lines[0].deliver(inputs.RoomRefused("closed"))
    assert counselor.status.phase is Phase.IDLE


async def test_what_became_due_in_a_sleep_is_found_after_it(
    counselor, monkeypatch
) -> None:
    """The loop's clock stood still for an hour, and ours went on."""
    monkeypatch.setattr(runtime, "LONGEST_TIMER_S", 0.05)
    counselor.runtime.dispatch(inputs.CreateInvite(3600))
    counselor.lines[0].deliver(inputs.InviteOpened("042917", 0))
    assert counselor.status.phase is Phase.INVITED
    ended = asyncio.Event()
    counselor.runtime.subscribe(
        lambda event: ended.set() if counselor.status.problem else None
    )
    awake = runtime.now_s
    monkeypatch.setattr(runtime, "now_s", lambda: awake() + 3601)
    await asyncio.wait_for(ended.wait(), 5)
    assert counselor.status.problem is Problem.INVITE_EXPIRED
