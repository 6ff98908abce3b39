"""No order of messages, losses, lies, deaths and commands breaks what we promise.

A hypothesis state machine drives two real sessions; after every step the promises
are checked, and at the end the weather clears and everybody must have somewhere to
go. What a run finds is shrunk and kept as a plain test in `test_session_found`.
"""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    get_state_machine_test,
    initialize,
    invariant,
    precondition,
    rule,
)
from tests.support.middleman import Middleman
from tests.support.profiles import PROFILE
from tests.support.promises import check_always, check_at_rest, check_tapes
from tests.support.sim_pair import Endpoint, SimPair
from tests.support.sim_storm import Middle, SimStorm
from tests.support.wrong_codes import with_another_secret

from safesession.core import inputs
from safesession.core.status import CaptureState, Phase, SafetyCodeState
from safesession.protocol.peer_messages import SafetyAgain, SafetyResult


NAMES = st.sampled_from(["counselor", "client"])
NO_CODE = "0429 1700 0000 0028"
REFUSALS = st.sampled_from(
    ["unavailable", "later", "not_enrolled", "version", "replaced", "closed"]
)
# Hypothesis keeps what it drew for every example of a run, 0.3 MB each, until its end.
PORTION = 500
tried: Counter[str] = Counter()


class Storm(RuleBasedStateMachine):
    """Everything that may happen to a counselor and a client."""

    def __init__(self) -> None:
        super().__init__()
        self.world = SimStorm()
        self.codes: list[str] = []
        self.texts = 0
        self.liars = False  # whether server, network and middle may be hostile

    def end(self, name: str) -> Endpoint:
        return getattr(self.world, name)

    @initialize(
        reached=st.sampled_from(
            ["nothing", "invited", "pairing", "call", "verified", "resumed", "frozen"]
        ),
        hops=st.integers(1, 5),
        liars=st.booleans(),
    )
    def begin(self, reached: str, hops: int, *, liars: bool) -> None:
        self.liars = liars
        if reached == "nothing":
            return
        self.create_invite(3600)
        if reached == "invited":
            return
        self.join(0, old=False)
        if reached == "pairing":
            for _ in range(hops):
                self.envelopes_arrive("client", 1)
                self.envelopes_arrive("counselor", 1)
            return
        self.all_arrives(8)
        if reached != "call":
            self.pick("client", honest=True)
            self.pick("counselor", honest=reached != "frozen")
            self.all_arrives(2)
        if reached == "resumed":
            self.reconnect()

    def all_arrives(self, times: int) -> None:
        for _ in range(times):
            self.everything_arrives("counselor")
            self.everything_arrives("client")

    # --- people ----------------------------------------------------------------------

    @rule(ttl_s=st.sampled_from([3600, 172_800]))
    def create_invite(self, ttl_s: int) -> None:
        self.world.give(self.world.counselor, inputs.CreateInvite(ttl_s))
        invite = self.world.counselor.status.invite
        if invite is not None and invite.code not in self.codes:
            self.codes.append(invite.code)

    @rule(wrong=st.sampled_from([0, 0, 0, 1, 2]), old=st.booleans())
    def join(self, wrong: int, *, old: bool) -> None:
        code = self.codes[0 if old else -1] if self.codes else NO_CODE
        typed = with_another_secret(code, wrong) if wrong else code
        self.world.give(self.world.client, inputs.JoinByCode(typed))

    @rule(wrong=st.sampled_from([0, 0, 0, 1]))
    def meet(self, wrong: int) -> None:
        """A shortcut to where the interesting things are."""
        self.create_invite(3600)
        self.join(wrong, old=False)
        self.all_arrives(6)

    @rule()
    def reconnect(self) -> None:
        """Another one: both lose the connection and resume."""
        self.connection_lost("client", "closed")
        self.connection_lost("counselor", "closed")
        self.time_passes(0.6)
        self.all_arrives(8)

    @rule()
    def try_again_together(self) -> None:
        """And another: out of red, with new words."""
        for name in ("client", "counselor", "client"):
            self.compare(name)
            self.all_arrives(2)

    @rule(name=NAMES)
    def leave(self, name: str) -> None:
        self.world.give(self.end(name), inputs.Leave())

    @precondition(
        lambda self: any(e.status.phase is Phase.ENDED for e in self.world.ends)
    )
    @rule()
    def start_over(self) -> None:
        for end in self.world.ends:
            if end.status.phase is Phase.ENDED:
                self.world.rebirth(end)

    @rule(name=NAMES)
    def retry(self, name: str) -> None:
        self.world.give(self.end(name), inputs.RetryNow())

    @rule(name=NAMES)
    def compare(self, name: str) -> None:
        self.world.give(self.end(name), inputs.StartSafetyCode())

    @rule(name=NAMES, honest=st.sampled_from([True, True, True, False]))
    def pick(self, name: str, *, honest: bool) -> None:
        """Pick what the other person really reads, or none of these."""
        end = self.end(name)
        code = end.status.safety_code
        heard = self.world.other(end).status.safety_code.read_aloud
        choice = code.choices.index(heard) if heard in code.choices else None
        if code.choices:
            self.world.give(end, inputs.PickSafetyCode(choice if honest else None))

    @rule(name=NAMES, count=st.sampled_from([1, 1, 3, 40]))
    def say(self, name: str, count: int) -> None:
        for _ in range(count):
            self.texts += 1
            text = inputs.SendText(f"{self.texts} 您好")
            self.world.give(self.end(name), text)

    @rule(name=NAMES, state=st.sampled_from(list(CaptureState)))
    def devices(self, name: str, state: CaptureState) -> None:
        self.world.give(self.end(name), inputs.CaptureChanged(state, state))

    # --- the relay --------------------------------------------------------------------

    @rule(name=NAMES, count=st.integers(1, 4))
    def envelopes_arrive(self, name: str, count: int) -> None:
        self.world.deliver_relay(self.end(name), count)

    @rule(name=NAMES)
    def everything_arrives(self, name: str) -> None:
        end = self.end(name)
        self.world.deliver_relay(end)
        self.world.deliver_channel(end)
        self.world.run()

    @precondition(lambda self: self.liars)
    @rule(name=NAMES, what=st.sampled_from(["lose", "double", "swap"]))
    def relay_misbehaves(self, name: str, what: str) -> None:
        self.world.hostile |= self.disturb(self.world.mailbox[name], what)

    @precondition(lambda self: self.liars and self.world.heard)
    @rule(
        name=NAMES,
        back=st.integers(0, 40),
        damage=st.sampled_from([None, None, 0, 1, 5, -1]),
        over_channel=st.booleans(),
    )
    def something_old_or_damaged_arrives(
        self, name: str, back: int, damage: int | None, *, over_channel: bool
    ) -> None:
        """A replay, a reflection, or a flipped byte; on either way."""
        heard = self.world.heard
        body = bytearray(heard[max(0, len(heard) - 1 - back)])
        if damage is not None and body:
            body[damage % len(body)] ^= 1
        end = self.end(name)
        self.world.hostile = True
        if over_channel and end.connection is not None:
            event = inputs.ControlReceived(end.connection.epoch, bytes(body))
        else:
            event = inputs.EnvelopeReceived(bytes(body))
        self.world.give(end, event)

    @rule(name=NAMES, up=st.booleans())
    def line_to_server(self, name: str, *, up: bool) -> None:
        event = inputs.ServerLinkChanged(up, None if up else 1.0)
        self.world.give(self.end(name), event)

    @precondition(lambda self: self.liars)
    @rule(name=NAMES, there=st.booleans(), ahead=st.integers(-1, 1))
    def server_lies(self, name: str, ahead: int, *, there: bool) -> None:
        self.world.hostile = True
        attempt = max(0, self.world.attempt + ahead)
        self.world.give(self.end(name), inputs.PeerPresence(there, attempt))

    @precondition(lambda self: self.liars)
    @rule(name=NAMES, reason=REFUSALS)
    def server_refuses(self, name: str, reason: str) -> None:
        self.world.hostile = True
        self.world.give(self.end(name), inputs.RoomRefused(reason, 5.0))

    @rule()
    def server_gives_up(self) -> None:
        self.world.server_gives_up()

    @rule(name=NAMES)
    def no_relay_credentials(self, name: str) -> None:
        self.world.turn_unanswered.symmetric_difference_update({name})

    # --- the peer connection --------------------------------------------------------------

    @rule(name=NAMES, count=st.integers(1, 8))
    def frames_arrive(self, name: str, count: int) -> None:
        self.world.deliver_channel(self.end(name), count)
        self.world.run()

    @precondition(lambda self: self.liars)
    @rule(name=NAMES, what=st.sampled_from(["lose", "double", "swap"]))
    def channel_misbehaves(self, name: str, what: str) -> None:
        self.world.hostile |= self.disturb(self.world.channel[name], what)

    @rule(up=st.booleans())
    def wire(self, *, up: bool) -> None:
        self.world.wire_up = up

    @precondition(lambda self: self.liars)
    @rule(middle=st.sampled_from([*Middle, Middle.NOBODY]))
    def somebody_takes_the_wire(self, middle: Middle) -> None:
        self.world.hostile |= middle is not Middle.NOBODY
        self.world.middle = middle

    @rule(name=NAMES, reason=st.sampled_from(["closed", "no_route"]))
    def connection_lost(self, name: str, reason: str) -> None:
        end = self.end(name)
        if end.connection is not None:
            lost = inputs.PeerConnectionLost(end.connection.epoch, reason)
            self.world.give(end, lost)

    @rule(works=st.booleans())
    def another_path(self, *, works: bool) -> None:
        """Whether what is gathered from now on would carry."""
        self.world.other_path_works = works

    @rule(name=NAMES, second=st.booleans())
    def path_falls_silent(self, name: str, *, second: bool) -> None:
        end = self.end(name)
        if end.connection is not None:
            news = inputs.PathSilent if second else inputs.PathQuiet
            self.world.give(end, news(end.connection.epoch))

    @rule(name=NAMES, change=st.sampled_from(list(inputs.AddressChange)))
    def addresses_change(self, name: str, change: inputs.AddressChange) -> None:
        self.world.give(self.end(name), inputs.LocalAddressesChanged(change))

    @rule(name=NAMES)
    def path_fails(self, name: str) -> None:
        end = self.end(name)
        if end.connection is not None and end.connection.path_tried is not None:
            tried = end.connection.path_tried
            self.world.give(end, inputs.PathFailed(end.connection.epoch, tried))

    # --- time and death --------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.1, 0.6, 1.0, 2.5, 6.0, 21.0, 61.0, 130.0]))
    def time_passes(self, seconds: float) -> None:
        self.world.advance(seconds)

    @rule(name=NAMES)
    def crash(self, name: str) -> None:
        self.world.crash(self.end(name))
        self.world.run()

    @rule(name=NAMES, effects=st.integers(0, 6))
    def doom(self, name: str, effects: int) -> None:
        """Die in the middle of what is decided next."""
        self.world.doom[name] = effects

    @rule()
    def sleep(self) -> None:
        """The clock jumps: a machine slept."""
        self.world.now += 500.0

    # --- promises --------------------------------------------------------------------------

    @invariant()
    def promises(self) -> None:
        tried["steps"] += 1
        check_always(self.world)

    def teardown(self) -> None:
        tried["storms"] += 1
        self.world.calm()
        check_always(self.world)
        check_at_rest(self.world)
        check_tapes(self.world)

    @staticmethod
    def disturb(lane: list, what: str) -> bool:
        if what == "lose" and lane:
            lane.pop(0)
        elif what == "double" and lane:
            lane.insert(0, lane[0])
        elif what == "swap" and len(lane) > 1:
            lane[0], lane[1] = lane[1], lane[0]
        else:
            return False
        return True


class Between(RuleBasedStateMachine):
    """Somebody knows the code, sits between, and is polite or not."""

    PLACES = st.sampled_from(["left", "right"])

    between: Middleman

    @initialize(seed=st.integers(0, 10_000))
    def begin(self, seed: int) -> None:
        self.between = Middleman(f"storm {seed}")

    def place(self, name: str) -> tuple[SimPair, Endpoint, Endpoint]:
        """Return a pair, its honest person and its false one."""
        pair = getattr(self.between, name)
        honest = pair.client if name == "left" else pair.counselor
        return pair, honest, pair.other(honest)

    @rule()
    def compare(self) -> None:
        tried["compared"] += 1
        if self.between.by_chance():
            tried["by chance"] += 1  # nobody could notice
        else:
            self.between.compare()

    @rule(name=PLACES)
    def start(self, name: str) -> None:
        pair, honest, _ = self.place(name)
        pair.give(honest, inputs.StartSafetyCode())

    @rule(name=PLACES)
    def false_one_asks(self, name: str) -> None:
        pair, _, false = self.place(name)
        pair.give(false, inputs.StartSafetyCode())

    @rule(name=PLACES, right=st.booleans())
    def false_one_picks(self, name: str, *, right: bool) -> None:
        pair, _, false = self.place(name)
        choice = false.session.right_safety_choice if right else None
        if false.status.safety_code.choices:
            pair.give(false, inputs.PickSafetyCode(choice))

    @rule(
        name=PLACES, run=st.integers(1, 4), what=st.sampled_from(["again", "yes", "no"])
    )
    def false_one_claims(self, name: str, run: int, what: str) -> None:
        pair, honest, false = self.place(name)
        encounter = false.session._encounter
        if encounter is not None and false.connection is not None:
            again, result = SafetyAgain(run), SafetyResult(run, what == "yes")
            frame = encounter._epoch.seal(again if what == "again" else result)
            event = inputs.ControlReceived(false.connection.epoch, frame)
            pair.give(honest, event)

    @rule(name=PLACES)
    def connection_lost(self, name: str) -> None:
        pair, honest, false = self.place(name)
        for end in (honest, false):
            if end.connection is not None:
                lost = inputs.PeerConnectionLost(end.connection.epoch, "closed")
                pair.queue.append((end, lost))
        pair.run()

    @rule(seconds=st.sampled_from([0.3, 3.0, 31.0, 130.0]))
    def time_passes(self, seconds: float) -> None:
        for pair in (self.between.left, self.between.right):
            pair.advance(seconds)

    @invariant()
    def nobody_is_verified(self) -> None:
        tried["steps"] += 1
        for end in self.between.honest:
            assert not end.status.verified
            state = end.status.safety_code.state
            assert state is not SafetyCodeState.MATCHED

    def teardown(self) -> None:
        tried["storms"] += 1


def storm(machine: type[RuleBasedStateMachine], examples: int, steps: int) -> None:
    """Run a machine in portions, each with a seed of its own, and say how much it was."""
    tried.clear()
    for first in range(0, examples, PORTION):
        count = min(PORTION, examples - first)
        bounds = settings(max_examples=count, stateful_step_count=steps)
        seed(PROFILE.seed + first)(get_state_machine_test(machine, settings=bounds))()
    PROFILE.tell(f"{machine.__name__}: {tried['storms']} runs, {tried['steps']} steps")
    assert tried["storms"] >= examples


@pytest.mark.usefixtures("same_encapsulation")
def test_no_storm_breaks_a_promise() -> None:
    storm(Storm, PROFILE.count(ci=200, soak=4000), PROFILE.count(ci=35, soak=80))


@pytest.mark.usefixtures("same_encapsulation")
def test_nobody_between_is_ever_verified() -> None:
    """Different transcripts, and voices that pass unchanged: but for a known chance."""
    storm(Between, PROFILE.count(ci=40, soak=3000), 25)
    chance, compared = tried["by chance"], tried["compared"]
    PROFILE.tell(f"Between: {compared} comparisons, {chance} with the right words")
    assert chance <= 3 + 4 * compared * 2 / 4096  # either of two people, 12 bits each
