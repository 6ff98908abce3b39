"""The agreed phrase: the counselor asks, the client proves, two phrases fit.

Sans-I/O (PROTOCOL §7.4). The counselor's app holds what Argon2id made of a normal
and of a duress phrase; the client's app holds nothing and is handed the key of what
was typed, made elsewhere, because it takes a tenth of a second.

It must never let a verdict out before the count of wrong tries is on disk, never
do more or less for one outcome than for another, and never show the client whether
the phrase was the one for duress.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from safesession.crypto.handshake import SessionKeys
from safesession.crypto.phrase import (
    NONCE_BYTES,
    AgreedPhrases,
    PhraseCheck,
    PhraseKey,
    PhraseOutcome,
    PhraseProof,
    PhraseRun,
    phrase_context,
)
from safesession.errors import RemoteProtocolError
from safesession.protocol.peer_messages import (
    PhraseAsk,
    PhraseMessage,
    PhraseShare,
    PhraseShares,
    PhraseTags,
    PhraseVerdict,
)


EXCHANGE_LIMIT_S = 30.0
TRIES_PER_SESSION = 3
TRIES_PER_PAIR = 10


@dataclass(frozen=True, slots=True)
class PersistPhraseTries:
    """Durably write the pair's count before anything else of this list happens."""

    pair_tag: bytes = field(repr=False)
    wrong_tries: int = 0


CounselorOutput = PersistPhraseTries | PhraseMessage


class PhraseState(Enum):
    """Where the check stands at one end."""

    IDLE = auto()
    ASKED = auto()  # the client's person is to type
    CHECKING = auto()  # client: share sent; counselor: shares sent
    PROVEN = auto()  # client: tags sent, the verdict is due
    PASSED = auto()
    FAILED = auto()
    LOCKED = auto()  # no more tries in this session, or for this pair


@dataclass(frozen=True, slots=True)
class PhraseView:
    """What the client's window may know: alike for both phrases."""

    state: PhraseState = PhraseState.IDLE
    tries_left: int = TRIES_PER_SESSION


@dataclass(frozen=True, slots=True)
class PhraseCheckView:
    """What the counselor's window may know; `duress` stays for the session."""

    state: PhraseState = PhraseState.IDLE
    tries_left: int = TRIES_PER_SESSION
    duress: bool = False


class PhraseProver:
    """The client's end, across the epochs of a session.

    A false counselor could test two phrases for each answer, so this end counts
    as well: an answer that was not passed, or not answered, is a try.
    """

    def __init__(self, entropy: Callable[[int], bytes]) -> None:
        self._entropy = entropy
        self._context: bytes | None = None
        self._run: PhraseRun | None = None
        self._last_run = 0
        self._proof: PhraseProof | None = None
        self._state = PhraseState.IDLE
        self._wrong_tries = 0
        self.deadline: float | None = None

    @property
    def view(self) -> PhraseView:
        """What the window shows."""
        return PhraseView(self._state, TRIES_PER_SESSION - self._wrong_tries)

    def bind(self, keys: SessionKeys, epoch: int, binding: bytes) -> None:
        """A fresh epoch was bound; what was under way is over."""
        if self._state is PhraseState.PROVEN:
            self._failed()
        self._context = phrase_context(keys, epoch, binding)
        self._last_run = 0
        self._rest(PhraseState.IDLE)

    def submit(self, typed: PhraseKey, now: float) -> list[PhraseMessage]:
        """The person typed a phrase; `typed` is what Argon2id made of it."""
        if self._state is not PhraseState.ASKED or self._run is None:
            return []
        self._proof = PhraseProof(typed, self._run, self._entropy)
        self._state = PhraseState.CHECKING
        self.deadline = now + EXCHANGE_LIMIT_S
        return [PhraseShare(self._run.number, self._proof.share)]

    def receive(self, message: PhraseMessage, now: float) -> list[PhraseMessage]:
        """Take a message of the counselor's app.

        Raises:
            RemoteProtocolError: out of turn, or shares that cannot be honest.
        """
        match message:
            case PhraseAsk():
                self._asked(message)
                return []
            case PhraseShares():
                return self._prove(message, now)
            case PhraseVerdict():
                self._verdict(message)
                return []
            case _:
                raise RemoteProtocolError("phrase role")

    def handle_timeout(self, now: float) -> None:
        """The other end lets it stand."""
        if self.deadline is None or now < self.deadline:
            return
        if self._state is PhraseState.PROVEN:
            self._failed()
        else:
            self._rest(PhraseState.IDLE)

    def _asked(self, message: PhraseAsk) -> None:
        answering = self._state in (PhraseState.PROVEN, PhraseState.LOCKED)
        if self._context is None or answering or message.run <= self._last_run:
            raise RemoteProtocolError("phrase asked out of turn")
        self._rest(PhraseState.ASKED)
        self._last_run = message.run
        self._run = PhraseRun(self._context, message.run, message.nonce)

    def _prove(self, message: PhraseShares, now: float) -> list[PhraseMessage]:
        proof, run = self._expect(PhraseState.CHECKING, message.run), message.run
        try:
            normal, duress = proof.tags((message.normal, message.duress))
        except RemoteProtocolError:
            self._rest(PhraseState.IDLE)  # nothing left us: no try is spent
            raise
        self._state = PhraseState.PROVEN
        self.deadline = now + EXCHANGE_LIMIT_S
        return [PhraseTags(run, normal, duress)]

    def _verdict(self, message: PhraseVerdict) -> None:
        self._expect(PhraseState.PROVEN, message.run)
        if message.verdict == "pass":
            self._rest(PhraseState.PASSED)
        else:
            self._failed()

    def _expect(self, state: PhraseState, run: int) -> PhraseProof:
        if self._state is not state or self._proof is None or run != self._last_run:
            raise RemoteProtocolError("phrase out of turn")
        return self._proof

    def _failed(self) -> None:
        self._wrong_tries += 1
        spent = self._wrong_tries >= TRIES_PER_SESSION
        self._rest(PhraseState.LOCKED if spent else PhraseState.FAILED)

    def _rest(self, state: PhraseState) -> None:
        """Let go of a run. A lock is never undone."""
        self._run = self._proof = None
        self.deadline = None
        if self._state is not PhraseState.LOCKED:
            self._state = state


class PhraseVerifier:
    """The counselor's end, across the epochs of a session.

    `wrong_tries` is what was on disk for this pair; `pair_tag` names it there.
    """

    def __init__(
        self,
        phrases: AgreedPhrases,
        pair_tag: bytes,
        wrong_tries: int,
        entropy: Callable[[int], bytes],
    ) -> None:
        self._phrases = phrases
        self._pair_tag = pair_tag
        self._entropy = entropy
        self._context: bytes | None = None
        self._run: PhraseRun | None = None
        self._last_run = 0
        self._check: PhraseCheck | None = None
        self._wrong_in_session = 0
        self._wrong_of_pair = wrong_tries
        self._duress = False
        self._state = PhraseState.LOCKED if self._spent else PhraseState.IDLE
        self.deadline: float | None = None

    @property
    def view(self) -> PhraseCheckView:
        """What the window shows."""
        left = min(
            TRIES_PER_SESSION - self._wrong_in_session,
            max(0, TRIES_PER_PAIR - self._wrong_of_pair),
        )
        return PhraseCheckView(self._state, left, self._duress)

    def bind(self, keys: SessionKeys, epoch: int, binding: bytes) -> None:
        """A fresh epoch was bound; what was under way is over."""
        self._context = phrase_context(keys, epoch, binding)
        self._last_run = 0
        self._rest(PhraseState.IDLE)

    def ask(self) -> list[CounselorOutput]:
        """The counselor wants to hear the phrase; a question under way is dropped."""
        if self._context is None or self._state is PhraseState.LOCKED:
            return []
        self._rest(PhraseState.ASKED)
        self._last_run += 1
        nonce = self._entropy(NONCE_BYTES)
        self._run = PhraseRun(self._context, self._last_run, nonce)
        return [PhraseAsk(self._last_run, nonce)]

    def receive(self, message: PhraseMessage, now: float) -> list[CounselorOutput]:
        """Take a message of the client's app.

        Raises:
            RemoteProtocolError: out of turn, or a share that cannot be honest.
        """
        if message.run != self._last_run:
            raise RemoteProtocolError("phrase run")
        match message:
            case PhraseShare():
                return self._answer(message, now)
            case PhraseTags():
                return self._decide(message)
            case _:
                raise RemoteProtocolError("phrase role")

    def handle_timeout(self, now: float) -> None:
        """No proof came: nothing was tried, the counselor may ask again."""
        if self.deadline is not None and now >= self.deadline:
            self._rest(PhraseState.IDLE)

    def _answer(self, message: PhraseShare, now: float) -> list[CounselorOutput]:
        if self._state is not PhraseState.ASKED or self._run is None:
            raise RemoteProtocolError("phrase out of turn")
        self._check = PhraseCheck(
            self._phrases, self._run, message.share, self._entropy
        )
        self._state = PhraseState.CHECKING
        self.deadline = now + EXCHANGE_LIMIT_S
        return [PhraseShares(message.run, *self._check.shares)]

    def _decide(self, message: PhraseTags) -> list[CounselorOutput]:
        if self._state is not PhraseState.CHECKING or self._check is None:
            raise RemoteProtocolError("phrase out of turn")
        outcome = self._check.outcome((message.normal, message.duress))
        self._count(outcome)
        passed = outcome is not PhraseOutcome.REFUSED
        self._rest(PhraseState.PASSED if passed else PhraseState.FAILED)
        if self._spent:
            self._state = PhraseState.LOCKED
        # Every outcome writes once and says one word: the other end's clock and
        # wire must not tell them apart.
        return [
            PersistPhraseTries(self._pair_tag, self._wrong_of_pair),
            PhraseVerdict(message.run, "pass" if passed else "fail"),
        ]

    def _count(self, outcome: PhraseOutcome) -> None:
        """No branches: normal and duress must take the same time."""
        wrong = outcome is PhraseOutcome.REFUSED
        self._wrong_of_pair = {
            PhraseOutcome.ACCEPTED: 0,
            # Whoever forced that one out of the client gets no fresh tries.
            PhraseOutcome.DURESS: self._wrong_of_pair,
            PhraseOutcome.REFUSED: self._wrong_of_pair + 1,
        }[outcome]
        self._wrong_in_session += wrong
        self._duress |= outcome is PhraseOutcome.DURESS

    @property
    def _spent(self) -> bool:
        return (
            self._wrong_in_session >= TRIES_PER_SESSION
            or self._wrong_of_pair >= TRIES_PER_PAIR
        )

    def _rest(self, state: PhraseState) -> None:
        """Let go of a run. A lock is never undone."""
        self._run = self._check = None
        self.deadline = None
        if self._state is not PhraseState.LOCKED:
            self._state = state
