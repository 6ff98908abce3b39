"""Client and counselor at the agreed phrase, over sealed signals in one epoch.

The machines, the handshake and the seals are the product's own; only the wire and
the disk are a list. Argon2id is left out: keys of phrases are handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.sim_pair import seeded_entropy
from tests.unit.crypto import kit

from safesession.core.phrase_check import (
    CounselorOutput,
    PersistPhraseTries,
    PhraseProver,
    PhraseVerifier,
)
from safesession.crypto.phrase import AgreedPhrases, PhraseKey
from safesession.crypto.role import Role
from safesession.crypto.sealing import SignalOpener, SignalSealer
from safesession.protocol.peer_messages import (
    PhraseMessage,
    decode_phrase,
    encode,
)


NORMAL, DURESS, WRONG = (PhraseKey(letter * 32) for letter in (b"n", b"d", b"w"))
PAIR_TAG = b"t" * 16
BINDING = b"b" * 64

# Who sends, and what; returns what arrives instead.
Tamper = Callable[[Role, PhraseMessage], PhraseMessage]


class Seat:
    """One end of one epoch: seals what its machine says, opens what arrives."""

    def __init__(self, role, keys, epoch, binding=BINDING):
        self.role, self.keys, self.epoch, self.binding = role, keys, epoch, binding
        self.sealer = SignalSealer(role, keys, epoch)
        self.opener = SignalOpener(role, keys, epoch)

    def seal(self, message: PhraseMessage) -> bytes:
        return self.sealer.seal(encode(message))

    def open(self, envelope: bytes) -> PhraseMessage:
        return decode_phrase(self.opener.open(envelope))


def seats(epoch: int = 0, *, seed: str = "room") -> tuple[Seat, Seat]:
    """Return client and counselor after a handshake of their own."""
    run = kit.run_handshake(
        kit.make_initiator(seed=seed), kit.make_responder(seed=seed)
    )
    return (
        Seat(Role.CLIENT, run.initiator.keys, epoch),
        Seat(Role.COUNSELOR, run.responder.keys, epoch),
    )


@dataclass
class PhraseRoom:
    """Both machines; `ask` and `type` are the people."""

    wrong_tries: int = 0
    phrases: AgreedPhrases = field(
        default_factory=lambda: AgreedPhrases(NORMAL, DURESS)
    )
    tamper: Tamper = lambda _role, message: message
    seed: str = "room"

    def __post_init__(self) -> None:
        self.now = 100.0
        self.disk: list[int] = []
        self.sent: dict[Role, list[int]] = {Role.CLIENT: [], Role.COUNSELOR: []}
        self.order: list[str] = []
        self.prover = PhraseProver(seeded_entropy(f"{self.seed}|client"))
        self.verifier = PhraseVerifier(
            self.phrases, PAIR_TAG, self.wrong_tries, seeded_entropy("counselor")
        )
        self.bind(0)

    def bind(self, epoch: int) -> None:
        """Begin an epoch with fresh keys at both ends."""
        self.client, self.counselor = seats(epoch, seed=f"{self.seed}|{epoch}")
        for machine, seat in (
            (self.prover, self.client),
            (self.verifier, self.counselor),
        ):
            machine.bind(seat.keys, seat.epoch, seat.binding)

    def ask(self) -> None:
        self.to_client(self.verifier.ask())

    def type(self, key: PhraseKey) -> None:
        self.to_counselor(self.prover.submit(key, self.now))

    def once(self, key: PhraseKey) -> None:
        """Ask, type, and let everything arrive."""
        self.ask()
        self.type(key)

    def to_client(self, outputs: list[CounselorOutput]) -> None:
        for output in outputs:
            if isinstance(output, PersistPhraseTries):
                self.disk.append(output.wrong_tries)
                self.order.append("disk")
                continue
            self.order.append(type(output).__name__)
            message = self._carry(self.counselor, self.client, output)
            self.to_counselor(self.prover.receive(message, self.now))

    def to_counselor(self, messages: list[PhraseMessage]) -> None:
        for sent in messages:
            message = self._carry(self.client, self.counselor, sent)
            self.to_client(self.verifier.receive(message, self.now))

    def _carry(self, sender: Seat, receiver: Seat, message: PhraseMessage):
        envelope = sender.seal(self.tamper(sender.role, message))
        self.sent[sender.role].append(len(envelope))
        return receiver.open(envelope)
