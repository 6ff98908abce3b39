"""The agreed phrase (PROTOCOL §7.4): CPace again, over the live channel.

    key     = Argon2id(phrase, salt = H("phrase salt", pair id)[:16], 64 MiB, 3 passes)
    context = H("phrase", th4, epoch u32, binding)
    sid     = H("phrase sid", context, run u32, nonce)[:32]
    tag i   = HMAC(ISK i, lv("phrase client", i, context))[:32]     i = 0 normal, 1 duress

The counselor makes one share for each of two phrases, the client answers with one
tag for each. Both tags are always computed and compared. The index stands inside
what is authenticated, so that both ends mean the same share by "normal" and what
was swapped on the way proves nothing.

Nothing made from a phrase may leave this module except shares and tags, which tell
nothing to somebody who does not know it. `derive_phrase_key` takes a tenth of a
second on purpose and must never run on an event loop.
"""

from __future__ import annotations

import struct
import unicodedata
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from nacl import pwhash

from safesession.crypto import cpace
from safesession.crypto.encoding import H, lv
from safesession.crypto.entropy import Entropy, draw
from safesession.crypto.key_schedule import equal, mac
from safesession.crypto.role import Role
from safesession.crypto.session_keys import SessionKeys
from safesession.errors import LocalProtocolError, SafeSessionError


NONCE_BYTES = 32
TAG_BYTES = 32
MIN_PAIR_ID_BYTES = 16
_KEY_BYTES = 32
_SALT_BYTES = 16
_SESSION_ID_BYTES = 32
_ARGON2_PASSES = 3
_ARGON2_MEMORY_BYTES = 64 * 2**20
_KEPT_CATEGORIES = "LMN"  # letters, the marks that belong to them, digits
_U32 = struct.Struct(">I")

Shares = tuple[bytes, bytes]  # normal, duress
Tags = tuple[bytes, bytes]


class PhraseUnusableError(SafeSessionError):
    """Nothing is left of a phrase once spaces and punctuation are gone."""

    code: ClassVar[str] = "phrase_unusable"


class PhraseOutcome(Enum):
    """What the counselor's app found; the client is told pass or fail only."""

    ACCEPTED = "accepted"
    DURESS = "duress"
    REFUSED = "refused"


# Looked up and not decided by branches: a pass must take as long as the other.
_OUTCOMES = (
    (PhraseOutcome.REFUSED, PhraseOutcome.DURESS),
    (PhraseOutcome.ACCEPTED, PhraseOutcome.ACCEPTED),
)


@dataclass(frozen=True, slots=True)
class PhraseKey:
    """What Argon2id made of a phrase: 32 bytes, good for one pair."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != _KEY_BYTES:
            raise LocalProtocolError("not a phrase key")


@dataclass(frozen=True, slots=True)
class AgreedPhrases:
    """What the counselor keeps of one pair. Without a duress phrase none fits."""

    normal: PhraseKey
    duress: PhraseKey | None = None

    def __post_init__(self) -> None:
        if self.duress is not None and equal(self.normal.secret, self.duress.secret):
            raise LocalProtocolError("the two phrases are the same")


def normalise(phrase: str) -> str:
    """Return letters and digits alone, in one width and case.

    Raises:
        PhraseUnusableError: nothing is left.
    """
    folded = unicodedata.normalize("NFKC", phrase).casefold()
    # Folding may take apart what was composed; spelling must not matter.
    composed = unicodedata.normalize("NFKC", folded)
    kept = "".join(
        letter
        for letter in composed
        if unicodedata.category(letter)[0] in _KEPT_CATEGORIES
    )
    if not kept:
        raise PhraseUnusableError
    return kept


def derive_phrase_key(phrase: str, pair_id: bytes) -> PhraseKey:
    """Run Argon2id (0.1 s, 64 MiB). Belongs into a worker thread.

    Raises:
        PhraseUnusableError: no letter and no digit in it.
        LocalProtocolError: the pair id is too short to be a salt.
    """
    if len(pair_id) < MIN_PAIR_ID_BYTES:
        raise LocalProtocolError("pair id")
    secret = pwhash.argon2id.kdf(
        _KEY_BYTES,
        normalise(phrase).encode("utf-8", "surrogatepass"),
        H(b"phrase salt", pair_id)[:_SALT_BYTES],
        opslimit=_ARGON2_PASSES,
        memlimit=_ARGON2_MEMORY_BYTES,
    )
    return PhraseKey(secret)


@dataclass(frozen=True, slots=True)
class PhraseRun:
    """One question: it belongs to one epoch, one run and one nonce."""

    context: bytes = field(repr=False)
    number: int
    nonce: bytes = field(repr=False)

    @property
    def session_id(self) -> bytes:
        """The CPace sid of this run."""
        number = _U32.pack(self.number)
        return H(b"phrase sid", self.context, number, self.nonce)[:_SESSION_ID_BYTES]


def phrase_context(keys: SessionKeys, epoch: int, binding: bytes) -> bytes:
    """Return what ties a proof to one epoch: both identities and its channel."""
    return H(b"phrase", keys.transcript, _U32.pack(epoch), binding)


class PhraseProof:
    """The client's half of one run. The phrase key is not kept."""

    __slots__ = ("_run", "_share")

    def __init__(self, key: PhraseKey, run: PhraseRun, entropy: Entropy) -> None:
        self._run = run
        self._share = cpace.make_share(key.secret, run.context, run.session_id, entropy)

    @property
    def share(self) -> bytes:
        """Our 32-byte share."""
        return self._share.public

    def tags(self, untrusted_shares: Shares) -> Tags:
        """Return one tag for each of the counselor's shares.

        Raises:
            BadShareError: equal, reflected or low-order shares.
        """
        normal, duress = untrusted_shares
        if equal(normal, duress) or any(equal(s, self.share) for s in (normal, duress)):
            raise cpace.BadShareError("phrase shares")
        first, second = (
            _tag(self._run, index, self._point(share), (self.share, share))
            for index, share in enumerate((normal, duress))
        )
        return first, second

    def _point(self, untrusted_share: bytes) -> bytes:
        return cpace.shared_point(self._share.scalar, untrusted_share)

    def __repr__(self) -> str:
        return "PhraseProof(hidden)"


class PhraseCheck:
    """The counselor's half of one run: two shares out, two tags in."""

    __slots__ = ("_expected", "shares")

    def __init__(
        self,
        phrases: AgreedPhrases,
        run: PhraseRun,
        untrusted_share: bytes,
        entropy: Entropy,
    ) -> None:
        """Answer the client's share.

        Raises:
            BadShareError: wrong length or low order.
        """
        # A pair without a duress phrase must look like one that has it.
        nobody_knows = PhraseKey(draw(entropy, _KEY_BYTES))
        ours = [
            cpace.make_share(key.secret, run.context, run.session_id, entropy)
            for key in (phrases.normal, phrases.duress or nobody_knows)
        ]
        self.shares: Shares = (ours[0].public, ours[1].public)
        points = [cpace.shared_point(own.scalar, untrusted_share) for own in ours]
        self._expected = [
            _tag(run, index, point, (untrusted_share, share))
            for index, (point, share) in enumerate(
                zip(points, self.shares, strict=True)
            )
        ]

    def outcome(self, untrusted_tags: Tags) -> PhraseOutcome:
        """Compare both tags, whichever fits."""
        normal, duress = (
            equal(expected, tag)
            for expected, tag in zip(self._expected, untrusted_tags, strict=True)
        )
        return _OUTCOMES[normal][duress]

    def __repr__(self) -> str:
        return "PhraseCheck(hidden)"


def _tag(
    run: PhraseRun, index: int, point: bytes, shares: tuple[bytes, bytes]
) -> bytes:
    """Return the client's tag for one phrase. `shares`: client, counselor."""
    client, counselor = shares
    slot = bytes([index])
    key = cpace.session_key(
        run.session_id,
        point,
        (client, Role.CLIENT.label),
        (counselor, Role.COUNSELOR.label + slot),
    )
    return mac(key, lv(b"phrase client", slot, run.context))
