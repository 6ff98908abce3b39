"""The spoken safety code (short authentication string), PROTOCOL §7.1, level L2.

    counselor -> client   c = H("sas commit", rB, th4)[:32]
    client -> counselor   rA
    counselor -> client   rB, checked against c

    context = H("sas", th4, binding, rA, rB)
    24 bits = Expand(session secret, "sas", context, 3): four indices of 6 bits;
              the client reads the first two words, the counselor the last two
    number  = Expand(session secret, "sas number <reader>", context, 16) mod 10**6

The commitment keeps anyone between from grinding a match. Each reading direction
stands alone: 12 bits as words, 19.9 bits as the six-digit number, which comes
from an expansion of its own and not from folding the words' bits. One comparison
per rA, rB: this module must never be used to try twice with the same values.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from safesession.crypto.encoding import H
from safesession.crypto.entropy import Entropy, shuffled, uniform_below
from safesession.crypto.key_schedule import Label, equal
from safesession.crypto.role import Role
from safesession.crypto.session_keys import SessionKeys
from safesession.errors import LocalProtocolError


REVEAL_BYTES = 32
COMMITMENT_BYTES = 32
WORD_COUNT = 64
NUMBER_DIGITS = 6
CHOICE_COUNT = 4
_INDEX_BITS = 6
_BITS_BYTES = 3
_NUMBER_BYTES = 16
_MAX_TRIES = 1000
_NUMBER_LABELS = {
    Role.CLIENT: Label.SAS_NUMBER_CLIENT,
    Role.COUNSELOR: Label.SAS_NUMBER_COUNSELOR,
}


@dataclass(frozen=True, slots=True)
class SpokenCode:
    """What one person reads aloud: two word indices (0..63), or six digits."""

    words: tuple[int, int] = field(repr=False)
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SafetyBits:
    """The safety code of one comparison, the same at both ends."""

    client: SpokenCode
    counselor: SpokenCode

    def read_by(self, role: Role) -> SpokenCode:
        """Return what this end reads aloud."""
        return self.client if role is Role.CLIENT else self.counselor


@dataclass(frozen=True, slots=True)
class Choices:
    """Four codes to pick the heard one from. `truth_index` stays in the core."""

    options: tuple[SpokenCode, ...]
    truth_index: int = field(repr=False)


def commitment(reveal: bytes, transcript: bytes) -> bytes:
    """Return the counselor's 32-byte commitment to rB under th4."""
    _require_reveal(reveal)
    return H(b"sas commit", reveal, transcript)[:COMMITMENT_BYTES]


def check_commitment(
    untrusted_commitment: bytes, untrusted_reveal: bytes, transcript: bytes
) -> bool:
    """Say whether the reveal opens the commitment."""
    return len(untrusted_reveal) == REVEAL_BYTES and equal(
        untrusted_commitment, commitment(untrusted_reveal, transcript)
    )


def sas_bits(
    keys: SessionKeys, binding: bytes, r_client: bytes, r_counselor: bytes
) -> SafetyBits:
    """Return the code for the opened values and the epoch's channel binding.

    Raises:
        LocalProtocolError: a value is not 32 bytes.
    """
    _require_reveal(r_client)
    _require_reveal(r_counselor)
    context = H(b"sas", keys.transcript, binding, r_client, r_counselor)
    bits = int.from_bytes(keys.derive(Label.SAS, context, _BITS_BYTES), "big")
    first, second, third, fourth = (
        (bits >> shift) & (WORD_COUNT - 1)
        for shift in range(3 * _INDEX_BITS, -1, -_INDEX_BITS)
    )
    return SafetyBits(
        SpokenCode((first, second), _number(keys, Role.CLIENT, context)),
        SpokenCode((third, fourth), _number(keys, Role.COUNSELOR, context)),
    )


def choices(
    truth: SpokenCode, entropy: Entropy, *, own: SpokenCode | None = None
) -> Choices:
    """Return the truth among three decoys, in random order.

    Decoys share nothing with `own`, what this person reads: it would look as if
    they should pick what they said themselves.

    No word stands in two options, whatever its position, and no two numbers
    share a digit in the same place, so half a match cannot be mistaken for one.

    Raises:
        LocalProtocolError: the entropy source never gives three usable decoys.
    """
    options = [truth]
    for _ in range(_MAX_TRIES):
        decoy = _decoy(entropy)
        if decoy.words[0] == decoy.words[1]:
            continue  # the same word twice looks like a mistake
        shown = options if own is None else [*options, own]
        if all(_differs(decoy, other) for other in shown):
            options.append(decoy)
        if len(options) == CHOICE_COUNT:
            break
    else:
        raise LocalProtocolError("the entropy source is broken")
    order = shuffled(tuple(range(CHOICE_COUNT)), entropy)
    return Choices(tuple(options[index] for index in order), order.index(0))


def _number(keys: SessionKeys, reader: Role, context: bytes) -> str:
    drawn = keys.derive(_NUMBER_LABELS[reader], context, _NUMBER_BYTES)
    number = int.from_bytes(drawn, "big") % 10**NUMBER_DIGITS
    return f"{number:0{NUMBER_DIGITS}d}"


def _decoy(entropy: Entropy) -> SpokenCode:
    words = uniform_below(WORD_COUNT, entropy), uniform_below(WORD_COUNT, entropy)
    number = uniform_below(10**NUMBER_DIGITS, entropy)
    return SpokenCode(words, f"{number:0{NUMBER_DIGITS}d}")


def _differs(one: SpokenCode, other: SpokenCode) -> bool:
    return not set(one.words) & set(other.words) and all(
        left != right for left, right in zip(one.number, other.number, strict=True)
    )


def _require_reveal(reveal: bytes) -> None:
    if len(reveal) != REVEAL_BYTES:
        raise LocalProtocolError("reveal length")
