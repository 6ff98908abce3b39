"""The spoken comparison of words (SAS): commit, share, open, pick.

Sans-I/O (PROTOCOL §7.1). The counselor commits before the client shares, so
nobody can search for matching words. It must never report MATCHED unless this
person picked the right pair *and* the other side said the same of theirs, and
never let the other side alone undo a mismatch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from safesession.core.status import Role, SafetyCodeState, SafetyCodeView
from safesession.crypto.handshake import SessionKeys
from safesession.crypto.sas import (
    Choices,
    SafetyBits,
    check_commitment,
    choices,
    commitment,
    sas_bits,
)
from safesession.errors import LocalProtocolError, RemoteProtocolError
from safesession.protocol.peer_messages import (
    SafetyAgain,
    SafetyCommit,
    SafetyOpen,
    SafetyResult,
    SafetyShare,
)


EXCHANGE_LIMIT_S = 30.0
MAX_RUNS = 3

SafetyMessage = SafetyCommit | SafetyShare | SafetyOpen | SafetyResult | SafetyAgain


class _Step(Enum):
    """Where the exchange of one run stands."""

    IDLE = auto()
    AWAIT_COMMIT = auto()  # client
    AWAIT_SHARE = auto()  # counselor
    AWAIT_OPEN = auto()  # client
    WORDS = auto()  # both have the words


@dataclass(frozen=True, slots=True)
class _Bound:
    keys: SessionKeys
    binding: bytes


_EXCHANGING = (_Step.AWAIT_COMMIT, _Step.AWAIT_SHARE, _Step.AWAIT_OPEN)


class SafetyCode:
    """The comparison across all epochs of an encounter; every run has fresh words.

    Three mismatches are the end of it: a fourth run is refused by both sides. Out
    of a mismatch leads only a run that *both* people asked for.
    """

    def __init__(self, role: Role, entropy: Callable[[int], bytes]) -> None:
        self._role = role
        self._entropy = entropy
        self._bound: _Bound | None = None
        self._step = _Step.IDLE
        self._run = 0
        self._mismatches = 0
        self._we_asked = 0  # the run this person asked for after a mismatch
        self._peer_asked = 0
        self._own_share = b""
        self._peer_commitment = b""
        self._bits: SafetyBits | None = None
        self._choices: Choices | None = None
        self._we_matched = False
        self._peer_matched = False
        self.view = SafetyCodeView()
        self.deadline: float | None = None

    @property
    def may_run_again(self) -> bool:
        """Whether another run is allowed."""
        return self._mismatches < MAX_RUNS

    @property
    def matched(self) -> bool:
        """Whether both people confirmed the words."""
        return self.view.state is SafetyCodeState.MATCHED

    @property
    def mismatched(self) -> bool:
        """Whether the last run failed."""
        return self.view.state is SafetyCodeState.MISMATCHED

    @property
    def right_choice(self) -> int | None:
        """Index of the true pair; for a headless peer told to accept it."""
        return None if self._choices is None else self._choices.truth_index

    def bind(
        self, keys: SessionKeys, binding: bytes, now: float, *, resumed: bool = False
    ) -> list[SafetyMessage]:
        """Start the first run of a freshly bound epoch.

        In a resumed epoch the other side may think that the old confirmation still
        holds; the fresh run wins, so the client says that it wants one.
        """
        self._bound = _Bound(keys, binding)
        self._run = 0
        return self._begin_aloud(now) if resumed else self._begin(1, now)

    def carry_over(self, keys: SessionKeys, binding: bytes) -> None:
        """A short dropout between the same two devices: keep what was found out.

        Allowed within PROTOCOL §7.2's limits only; the caller knows the time. A
        mismatch takes the place of the new epoch's first run.
        """
        self._bound = _Bound(keys, binding)
        self._run = 1 if self.mismatched else 0
        self._we_asked = self._peer_asked = 0
        self._step = _Step.IDLE
        if self.mismatched:
            self._show(SafetyCodeState.MISMATCHED)  # whoever asked must ask again

    def expire(self) -> None:
        """Too long without media: what was confirmed counts no more."""
        if self.matched:
            self._clear()
            self._step = _Step.IDLE
            self.view = SafetyCodeView()

    def pause(self) -> None:
        """Media is gone: nobody is blamed for an exchange that stands still."""
        self.deadline = None

    def go_on(self, now: float) -> list[SafetyMessage]:
        """Media is back in the same epoch."""
        if self._step in _EXCHANGING:
            self.deadline = now + EXCHANGE_LIMIT_S
        elif self._expired and self._bound is not None:
            return self._begin_aloud(now)
        return []

    def reset(self) -> None:
        """Forget everything: the encounter is over and with it the comparison."""
        self._bound = None
        self._step = _Step.IDLE
        self._clear()
        self.deadline = None
        self.view = SafetyCodeView()

    def open_comparison(self) -> None:
        """The person looks at the words now."""
        if self.view.state is SafetyCodeState.READY:
            self._show(SafetyCodeState.COMPARING)

    def again(self, now: float) -> list[SafetyMessage]:
        """This person asks for a new run: after a match at once, else if both do."""
        if self._bound is None or not self.may_run_again:
            return []
        if self.matched:
            run = self._run + 1
            return [SafetyAgain(run), *self._begin(run, now)]
        if not self.mismatched or self._we_asked == self._run + 1:
            return []
        self._we_asked = self._run + 1
        self._show(SafetyCodeState.MISMATCHED)
        asked: list[SafetyMessage] = [SafetyAgain(self._we_asked)]
        return asked + self._begin_if_both_asked(now)

    def pick(self, choice: int | None, unix_now: float) -> list[SafetyMessage]:
        """The person chose what they heard, or None for none of these."""
        if self.view.state not in (SafetyCodeState.READY, SafetyCodeState.COMPARING):
            return []
        if self._choices is None:
            raise LocalProtocolError("no words to pick from")
        if choice != self._choices.truth_index:
            return self._mismatch()
        self._we_matched = True
        self._settle(unix_now)
        return [SafetyResult(self._run, matched=True)]

    def receive(
        self, message: SafetyMessage, now: float, unix_now: float
    ) -> list[SafetyMessage]:
        """Take a message of the peer.

        Raises:
            RemoteProtocolError: out of turn; nothing has changed.
        """
        if self._bound is None:
            raise RemoteProtocolError("safety code before BIND")
        if isinstance(message, SafetyAgain):
            return self._peer_wants_again(message, now)
        if self._begins_unasked(message):
            self._begin(message.run, now)  # they do not rely on the old one
        if message.run != self._run:
            raise RemoteProtocolError("safety code run")
        if self.mismatched:
            # Said again for a peer that has not heard it, and never taken back.
            told = isinstance(message, SafetyResult) or self._we_asked > self._run
            return [] if told else [SafetyResult(self._run, matched=False)]
        match message:
            case SafetyCommit():
                return self._on_commit(message)
            case SafetyShare():
                return self._on_share(message)
            case SafetyOpen():
                return self._on_open(message)
            case SafetyResult():
                return self._on_result(message, unix_now)

    def handle_timeout(self, now: float) -> list[SafetyMessage]:
        """An exchange that does not finish counts as a mismatch."""
        if self.deadline is None or now < self.deadline:
            return []
        return self._mismatch()

    # --- one run ------------------------------------------------------------------

    def _clear(self) -> None:
        self._own_share = b""
        self._peer_commitment = b""
        self._bits = None
        self._choices = None
        self._we_matched = False
        self._peer_matched = False

    @property
    def _expired(self) -> bool:
        """Whether nothing is compared, under way or waited for."""
        return self._step is _Step.IDLE and self.view.state is SafetyCodeState.NOT_YET

    def _begins_unasked(self, message: SafetyMessage) -> bool:
        """Whether the peer is in a next run whose beginning we have not heard of."""
        if message.run != self._run + 1 or not (self.matched or self._expired):
            return False
        if isinstance(message, SafetyResult):
            return not message.matched
        return isinstance(message, SafetyCommit) and self._role is Role.CLIENT

    def _begin(self, run: int, now: float) -> list[SafetyMessage]:
        self._clear()
        self._run = run
        self._we_asked = self._peer_asked = 0
        self.view = SafetyCodeView()
        self.deadline = now + EXCHANGE_LIMIT_S
        self._own_share = self._entropy(32)
        if self._role is Role.CLIENT:
            self._step = _Step.AWAIT_COMMIT
            return []
        self._step = _Step.AWAIT_SHARE
        bound = self._require_bound()
        digest = commitment(self._own_share, bound.keys.transcript)
        return [SafetyCommit(run, digest)]

    def _begin_aloud(self, now: float) -> list[SafetyMessage]:
        """Begin the next run; the counselor's commitment says so by itself."""
        run = self._run + 1
        begun = self._begin(run, now)
        return [SafetyAgain(run)] if self._role is Role.CLIENT else begun

    def _begin_if_both_asked(self, now: float) -> list[SafetyMessage]:
        run = self._run + 1
        both = self._we_asked == self._peer_asked == run
        return self._begin(run, now) if both else []

    def _mismatch(self) -> list[SafetyMessage]:
        """End the run as failed, and tell the other side."""
        self._mismatches += 1
        self._step = _Step.IDLE
        self.deadline = None
        self._show(SafetyCodeState.MISMATCHED)
        return [SafetyResult(self._run, matched=False)]

    def _peer_wants_again(
        self, message: SafetyAgain, now: float
    ) -> list[SafetyMessage]:
        if message.run == self._run:
            # Both asked at once; or they begin what we know to be mismatched.
            known = self.mismatched and not self._we_asked
            return [SafetyResult(self._run, matched=False)] if known else []
        if message.run != self._run + 1 or not self.may_run_again:
            raise RemoteProtocolError("safety code again")
        if self.matched or self._expired:
            return self._begin(message.run, now)
        if not self.mismatched:
            raise RemoteProtocolError("safety code again")
        # Sound and picture come back only when this person asks as well.
        self._peer_asked = message.run
        return self._begin_if_both_asked(now)

    def _on_commit(self, message: SafetyCommit) -> list[SafetyMessage]:
        self._expect(_Step.AWAIT_COMMIT)
        self._peer_commitment = message.commitment
        self._step = _Step.AWAIT_OPEN
        return [SafetyShare(self._run, self._own_share)]

    def _on_share(self, message: SafetyShare) -> list[SafetyMessage]:
        self._expect(_Step.AWAIT_SHARE)
        self._reveal(r_client=message.share, r_counselor=self._own_share)
        return [SafetyOpen(self._run, self._own_share)]

    def _on_open(self, message: SafetyOpen) -> list[SafetyMessage]:
        self._expect(_Step.AWAIT_OPEN)
        transcript = self._require_bound().keys.transcript
        if not check_commitment(self._peer_commitment, message.share, transcript):
            return self._mismatch()
        self._reveal(r_client=self._own_share, r_counselor=message.share)
        return []

    def _on_result(self, message: SafetyResult, unix_now: float) -> list[SafetyMessage]:
        if not message.matched:
            self._mismatch()
            return []
        if self._step is not _Step.WORDS:
            raise RemoteProtocolError("safety code result before words")
        self._peer_matched = True
        if self._we_matched:
            self._settle(unix_now)
        return []

    def _reveal(self, *, r_client: bytes, r_counselor: bytes) -> None:
        bound = self._require_bound()
        bits = sas_bits(bound.keys, bound.binding, r_client, r_counselor)
        self._bits = bits
        own, heard = bits.read_by(self._role), bits.read_by(self._role.other)
        self._choices = choices(heard, self._entropy, own=own)
        self._step = _Step.WORDS
        self.deadline = None
        self._show(SafetyCodeState.READY)

    def _settle(self, unix_now: float) -> None:
        if self.matched:
            return
        both = self._we_matched and self._peer_matched
        state = SafetyCodeState.MATCHED if both else SafetyCodeState.WAITING_PEER
        self._show(state, unix_now if both else None)

    def _show(self, state: SafetyCodeState, verified_at: float | None = None) -> None:
        failed = state is SafetyCodeState.MISMATCHED
        asked = failed and self._we_asked > self._run
        again = failed and self.may_run_again and not asked
        if self._bits is None or self._choices is None:
            self.view = SafetyCodeView(
                state=state, may_run_again=again, asked_again=asked
            )
            return
        own = self._bits.read_by(self._role)
        self.view = SafetyCodeView(
            state=state,
            read_aloud=own.words,
            choices=tuple(choice.words for choice in self._choices.options),
            read_number=own.number,
            choice_numbers=tuple(choice.number for choice in self._choices.options),
            verified_at=verified_at,
            may_run_again=again,
            asked_again=asked,
        )

    def _expect(self, step: _Step) -> None:
        if self._step is not step:
            raise RemoteProtocolError("safety code out of turn")

    def _require_bound(self) -> _Bound:
        if self._bound is None:
            raise LocalProtocolError("safety code without binding")
        return self._bound
