"""The spoken comparison of words (SAS): commit, share, open, pick.

Sans-I/O (PROTOCOL §7.1). The counselor commits before the client shares, so
nobody can search for matching words. It must never report MATCHED unless this
person picked the right pair *and* the other side said the same of theirs.
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


class SafetyCode:
    """One epoch's comparison; at most three runs, each with fresh words."""

    def __init__(self, role: Role, entropy: Callable[[int], bytes]) -> None:
        self._role = role
        self._entropy = entropy
        self._bound: _Bound | None = None
        self._step = _Step.IDLE
        self._run = 0
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
        """Whether another run is allowed in this epoch."""
        return self._run < MAX_RUNS

    @property
    def right_choice(self) -> int | None:
        """Index of the true pair; for a headless peer told to accept it."""
        return None if self._choices is None else self._choices.truth_index

    def bind(
        self, keys: SessionKeys, binding: bytes, now: float
    ) -> list[SafetyMessage]:
        """Start the first run of a freshly bound epoch."""
        self._bound = _Bound(keys, binding)
        self._run = 0
        return self._begin(1, now)

    def carry_over(self, keys: SessionKeys, binding: bytes) -> None:
        """A short dropout between the same two devices: keep what was confirmed.

        Allowed within PROTOCOL §7.2's limits only; the caller knows the time.
        """
        self._bound = _Bound(keys, binding)

    def reset(self) -> None:
        """Forget everything: the epoch is over and with it the comparison."""
        self._bound = None
        self._step = _Step.IDLE
        self._run = 0
        self._clear()
        self.deadline = None
        self.view = SafetyCodeView()

    def open_comparison(self) -> None:
        """The person looks at the words now."""
        if self.view.state is SafetyCodeState.READY:
            self._show(SafetyCodeState.COMPARING)

    def again(self, now: float) -> list[SafetyMessage]:
        """Ask for a new run after a mismatch."""
        if self.view.state is not SafetyCodeState.MISMATCHED or not self.may_run_again:
            return []
        run = self._run + 1
        return [SafetyAgain(run), *self._begin(run, now)]

    def pick(self, choice: int | None, unix_now: float) -> list[SafetyMessage]:
        """The person chose what they heard, or None for none of these."""
        if self.view.state not in (SafetyCodeState.READY, SafetyCodeState.COMPARING):
            return []
        if self._choices is None:
            raise LocalProtocolError("no words to pick from")
        if choice != self._choices.truth_index:
            self._show(SafetyCodeState.MISMATCHED)
            return [SafetyResult(self._run, matched=False)]
        self._we_matched = True
        self._settle(unix_now)
        return [SafetyResult(self._run, matched=True)]

    def receive(
        self, message: SafetyMessage, now: float, unix_now: float
    ) -> list[SafetyMessage]:
        """Take a message of the peer.

        Raises:
            RemoteProtocolError: out of turn; the run counts as mismatched.
        """
        if self._bound is None:
            raise RemoteProtocolError("safety code before BIND")
        if isinstance(message, SafetyAgain):
            return self._peer_wants_again(message, now)
        if message.run != self._run:
            raise RemoteProtocolError("safety code run")
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
        self.deadline = None
        self._show(SafetyCodeState.MISMATCHED)
        return []

    # --- one run ------------------------------------------------------------------

    def _clear(self) -> None:
        self._own_share = b""
        self._peer_commitment = b""
        self._bits = None
        self._choices = None
        self._we_matched = False
        self._peer_matched = False

    def _begin(self, run: int, now: float) -> list[SafetyMessage]:
        self._clear()
        self._run = run
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

    def _peer_wants_again(
        self, message: SafetyAgain, now: float
    ) -> list[SafetyMessage]:
        if message.run == self._run:
            return []  # both asked at once
        mismatched = self.view.state is SafetyCodeState.MISMATCHED
        if message.run != self._run + 1 or message.run > MAX_RUNS or not mismatched:
            raise RemoteProtocolError("safety code again")
        return self._begin(message.run, now)

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
            self._show(SafetyCodeState.MISMATCHED)
            self._step = _Step.IDLE
            raise RemoteProtocolError("safety code opening")
        self._reveal(r_client=self._own_share, r_counselor=message.share)
        return []

    def _on_result(self, message: SafetyResult, unix_now: float) -> list[SafetyMessage]:
        if self._step is not _Step.WORDS:
            raise RemoteProtocolError("safety code result before words")
        if not message.matched:
            self._show(SafetyCodeState.MISMATCHED)
            return []
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
        if self.view.state is SafetyCodeState.MISMATCHED:
            return
        both = self._we_matched and self._peer_matched
        state = SafetyCodeState.MATCHED if both else SafetyCodeState.WAITING_PEER
        self._show(state, unix_now if both else None)

    def _show(self, state: SafetyCodeState, verified_at: float | None = None) -> None:
        again = state is SafetyCodeState.MISMATCHED and self.may_run_again
        if self._bits is None or self._choices is None:
            self.view = SafetyCodeView(state=state, may_run_again=again)
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
        )

    def _expect(self, step: _Step) -> None:
        if self._step is not step:
            raise RemoteProtocolError("safety code out of turn")

    def _require_bound(self) -> _Bound:
        if self._bound is None:
            raise LocalProtocolError("safety code without binding")
        return self._bound
