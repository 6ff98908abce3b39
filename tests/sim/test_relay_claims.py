"""One number, many claimants: each meets the counselor alone, in a clean room.

A claimant gets only what the counselor sent for their own attempt; the counselor
hears them one after the other; whoever is kept is never displaced.
"""

from __future__ import annotations

import pytest
from tests.support.sim_relay import SimEnd, SimRelay

from safesession.core import effects, inputs
from safesession.core.room_link import LinkState


class Meeting:
    """A counselor who greets every new attempt, and claimants who answer."""

    def __init__(self, seed: int) -> None:
        self.world = SimRelay(seed)
        self.random = self.world.random
        self.attempt = -1
        self.claimants: list[SimEnd] = []
        self.counselor = self.world.counselor()
        self.counselor.on_input = self.counselor_hears
        self.counselor.feed(effects.OpenInvite(172_800))
        self.world.settle(0.2)
        self.number = self.counselor.all(inputs.InviteOpened)[0].number

    def greet(self, attempt: int) -> None:
        if attempt > self.attempt:
            self.attempt = attempt
            for part in range(3):
                self.counselor.feed(effects.SendEnvelope(b"%d %d" % (attempt, part)))

    def counselor_hears(self, event: inputs.SignalingInput) -> None:
        if isinstance(event, inputs.PeerPresence | inputs.RoomJoined):
            self.greet(event.attempt)
        if isinstance(event, inputs.EnvelopeReceived):
            # Whoever speaks to us now is the claimant of our attempt.
            self.counselor.feed(effects.SendEnvelope(b"%d reply" % self.attempt))

    def new_claimant(self) -> None:
        claimant = self.world.client(f"claimant {len(self.claimants)}")
        tag = len(self.claimants)

        def hear(event: inputs.SignalingInput) -> None:
            if (
                isinstance(event, inputs.EnvelopeReceived)
                and self.random.random() < 0.7
            ):
                claimant.feed(effects.SendEnvelope(b"from %d" % tag))

        claimant.on_input = hear
        claimant.feed(effects.ClaimInvite(self.number))
        self.claimants.append(claimant)

    def check(self) -> None:
        assert self.world.seated() <= 2
        for claimant in self.claimants:
            for body in claimant.bodies():
                attempt = int(body.split()[0])
                joined = {e.attempt for e in claimant.all(inputs.RoomJoined)}
                assert joined == {attempt}, "meant for somebody else"
        tags = [int(body.split()[1]) for body in self.counselor.bodies()]
        order = list(dict.fromkeys(tags))
        assert tags == sorted(tags, key=order.index), "an older claimant spoke again"


@pytest.mark.parametrize("seed", range(16))
def test_claimants_come_and_go(seed: int) -> None:
    meeting = Meeting(seed)
    world, random = meeting.world, meeting.random
    for _ in range(60):
        everybody = [meeting.counselor, *meeting.claimants]
        match random.randrange(14):
            case 0 | 1:
                meeting.new_claimant()
            case 2:
                meeting.counselor.feed(effects.DropSeat())
            case 3 if meeting.claimants:
                random.choice(meeting.claimants).feed(effects.CloseSignaling())
            case 4:
                socket = random.choice(everybody).socket
                if socket is not None:
                    socket.lose(server_notices=random.random() < 0.7)
            case 5 if random.random() < 0.4:
                world.kill()
            case 6:
                world.advance(random.choice([1.0, 31.0, 125.0]))
            case 7:
                world.store.commit(random.randrange(1, 4), fail=True)
            case 8 | 9:
                world.settle(0.1)
            case _:
                for _ in range(random.randrange(12)):
                    world.step()
                world.store.commit(random.randrange(1, 6))
        meeting.check()
    world.settle(40.0)
    meeting.check()

    # In good weather the next one always gets in, and to stay.
    for claimant in meeting.claimants:
        claimant.feed(effects.CloseSignaling())
    world.settle(70.0)
    meeting.new_claimant()
    last = meeting.claimants[-1]
    world.settle(5.0)
    assert last.link.state is LinkState.JOINED, last.got
    assert last.bodies()[:3] == [b"%d %d" % (meeting.attempt, n) for n in range(3)]
    meeting.counselor.feed(effects.KeepSeat())
    world.settle(1.0)
    meeting.new_claimant()
    world.settle(200.0)
    refused = meeting.claimants[-1].all(inputs.RoomRefused)
    assert refused[0].reason in ("unavailable", "later")
    assert last.link.state is LinkState.JOINED
    meeting.check()


def test_a_kept_seat_survives_what_frees_a_provisional_one() -> None:
    meeting = Meeting(0)
    world = meeting.world
    meeting.new_claimant()
    world.settle(1.0)
    meeting.counselor.feed(effects.KeepSeat())
    world.settle(1.0)
    client = meeting.claimants[0]
    # A drop for the same claimant that arrives late changes nothing any more.
    meeting.counselor.feed(effects.DropSeat())
    world.settle(1.0)
    client.socket.lose(server_notices=True)
    world.advance(300.0)
    world.kill()
    world.settle(30.0)
    assert client.link.state is LinkState.JOINED
    assert not client.all(inputs.RoomRefused)


def test_a_claimant_without_progress_is_dropped_after_thirty_seconds() -> None:
    meeting = Meeting(0)
    world = meeting.world
    meeting.counselor.on_input = lambda _event: None
    sitter = world.client("sitter")
    sitter.feed(effects.ClaimInvite(meeting.number))
    world.settle(29.0)
    assert sitter.link.state is LinkState.JOINED
    world.settle(2.0)
    assert sitter.all(inputs.RoomRefused) == [inputs.RoomRefused("closed")]
    assert inputs.PeerPresence(present=False, attempt=1) in meeting.counselor.got


def test_while_the_counselor_is_away_a_claimant_may_wait() -> None:
    meeting = Meeting(0)
    world = meeting.world
    meeting.counselor.socket.lose(server_notices=True)
    world.ends.remove(meeting.counselor)  # the machine sleeps: no timer runs
    world.settle(0.5)
    meeting.new_claimant()
    world.settle(600.0)
    client = meeting.claimants[0]
    assert client.link.state is LinkState.JOINED
    assert len(client.bodies()) == 3
    world.ends.append(meeting.counselor)
    world.settle(5.0)
    assert b"from 0" in meeting.counselor.bodies()


def test_what_was_under_way_for_the_last_claimant_reaches_nobody() -> None:
    """The server drops a claimant while the counselor's answer is on the wire."""
    meeting = Meeting(0)
    world, counselor = meeting.world, meeting.counselor
    counselor.on_input = lambda _event: None
    meeting.new_claimant()
    world.settle(1.0)
    world.now += 40.0  # nobody moves for 40 s
    counselor.feed(effects.SendEnvelope(b"0 for the first claimant only"))
    world.service.tick(world.instant())  # the drop overtakes the envelope
    meeting.new_claimant()
    counselor_socket = counselor.socket
    while counselor_socket.step_server():
        pass
    second = meeting.claimants[1]
    while second.socket.step_server() or second.socket.step_client():
        world.store.commit()
        while world.store.report():
            pass
    counselor.on_input = meeting.counselor_hears
    world.settle(2.0)
    assert second.link.state is LinkState.JOINED
    assert second.bodies()[0] == b"1 0"
    assert all(body.startswith(b"1 ") for body in second.bodies())


def test_a_keep_meant_for_the_last_claimant_does_not_keep_the_next() -> None:
    meeting = Meeting(0)
    world, counselor = meeting.world, meeting.counselor
    counselor.on_input = lambda _event: None
    meeting.new_claimant()
    world.settle(1.0)
    counselor.feed(effects.KeepSeat())  # on the wire …
    world.now += 40.0
    world.service.tick(world.instant())  # … when the server drops the claimant
    meeting.new_claimant()
    second = meeting.claimants[1]
    while second.socket.step_server():
        world.store.commit()
        while world.store.report():
            pass
    world.settle(2.0)
    assert second.link.state is LinkState.JOINED
    world.settle(40.0)
    assert second.all(inputs.RoomRefused) == [inputs.RoomRefused("closed")]


def test_a_confirmed_drop_survives_a_kill() -> None:
    """`ok` means for good: the dropped claimant never sits down again."""
    meeting = Meeting(0)
    world, counselor = meeting.world, meeting.counselor
    counselor.on_input = lambda _event: None
    meeting.new_claimant()
    world.settle(1.0)
    guesser = meeting.claimants[0]
    counselor.feed(effects.DropSeat())
    while world.step():  # every message arrives, nothing is committed
        pass
    pending = counselor.link._controls.pending
    assert pending, "told done for good before it was committed"
    world.kill()
    world.settle(40.0)
    assert not pending
    assert guesser.link.state is not LinkState.JOINED
    assert counselor.link._controls.attempt == 1
    meeting.new_claimant()
    world.settle(2.0)
    assert meeting.claimants[1].link.state is LinkState.JOINED


def test_a_drop_the_disk_refuses_is_confirmed_once_it_takes_it() -> None:
    meeting = Meeting(0)
    world, counselor = meeting.world, meeting.counselor
    counselor.on_input = lambda _event: None
    meeting.new_claimant()
    world.settle(1.0)
    counselor.feed(effects.DropSeat())
    while world.step() or world.store.pending:
        world.store.commit(fail=True)
    assert counselor.link._controls.pending
    world.settle(2.0)
    assert not counselor.link._controls.pending
