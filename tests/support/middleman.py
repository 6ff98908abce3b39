"""Somebody who knows the code and sits between: two pairs, one in the middle.

The client talks to a false counselor, the counselor to a false client; both false
ones are real sessions, so everything but the words people say is as it should be.
"""

from __future__ import annotations

from tests.support.sim_pair import Endpoint, SimPair, seeded_entropy

from safesession.core import inputs
from safesession.core.session import Session
from safesession.crypto.identity import IdentityKey


class Middleman:
    """`left` is client and false counselor, `right` false client and counselor."""

    def __init__(self, seed: str) -> None:
        self.right = SimPair(seed=seed)
        self.right.give(self.right.counselor, inputs.CreateInvite())
        code = self.right.counselor.status.invite.code
        self.left = SimPair(seed=f"left {seed}")
        false = self.left.counselor
        config = false.session._config
        # Drawing what the counselor drew makes the false invite bear her code.
        drawn = seeded_entropy(f"{seed}|counselor")
        IdentityKey.generate(drawn)
        object.__setattr__(config, "entropy", drawn)
        false.session = Session(config)
        self.left.give(false, inputs.CreateInvite())
        assert false.status.invite.code == code
        self.left.give(self.left.client, inputs.JoinByCode(code))
        self.right.give(self.right.client, inputs.JoinByCode(code))

    @property
    def honest(self) -> tuple[Endpoint, Endpoint]:
        return self.left.client, self.right.counselor

    def by_chance(self) -> bool:
        """Whether somebody would hear the right words: once in 4096 (PROTOCOL §7.1)."""
        client, counselor = self.honest
        return any(
            (words := other.status.safety_code.read_aloud) is not None
            and words in end.status.safety_code.choices
            and end.status.safety_code.choices.index(words)
            == end.session.right_safety_choice
            for end, other in ((client, counselor), (counselor, client))
        )

    def compare(self) -> None:
        """The voices pass unchanged; the false ones always say that it fits."""
        client, counselor = self.honest
        for pair, false in (
            (self.left, self.left.counselor),
            (self.right, self.right.client),
        ):
            right = false.session.right_safety_choice
            pair.give(false, inputs.PickSafetyCode(right))
        heard = {
            client.name: counselor.status.safety_code.read_aloud,
            counselor.name: client.status.safety_code.read_aloud,
        }
        for pair, end in ((self.left, client), (self.right, counselor)):
            choices = end.status.safety_code.choices
            words = heard[end.name]
            choice = choices.index(words) if words in choices else None
            pair.give(end, inputs.PickSafetyCode(choice))
