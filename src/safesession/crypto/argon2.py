"""Argon2id: a passphrase becomes a key at a known cost (PROTOCOL §9.2).

The cost is bounded both ways before any work is done: too little would be a
downgrade, too much a way to fill this machine's memory. Nothing is kept.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from nacl import bindings
from nacl.exceptions import RuntimeError as SodiumError

from safesession.errors import LocalProtocolError, SafeSessionError


SALT_BYTES = 16
KEY_BYTES = 32
_KIB = 1024
MAX_PASSPHRASE_BYTES = 4096


class Argon2CostError(SafeSessionError):
    """Stored parameters lie outside what this program ever writes or accepts."""

    code: ClassVar[str] = "argon2_cost"


class Argon2MemoryError(SafeSessionError):
    """This machine cannot give the memory that the derivation needs."""

    code: ClassVar[str] = "argon2_memory"


@dataclass(frozen=True, slots=True)
class Argon2Cost:
    """What one guess costs: memory and passes over it (one lane)."""

    memory_kib: int
    passes: int

    def check(self) -> None:
        """Refuse a cost outside the bounds.

        Raises:
            Argon2CostError: too cheap or too dear.
        """
        if not LEAST.memory_kib <= self.memory_kib <= MOST.memory_kib:
            raise Argon2CostError("memory")
        if not LEAST.passes <= self.passes <= MOST.passes:
            raise Argon2CostError("passes")


LEAST = Argon2Cost(64 * _KIB, 3)
DEFAULT = Argon2Cost(256 * _KIB, 3)
MOST = Argon2Cost(2048 * _KIB, 10)


def passphrase_bytes(passphrase: str) -> bytes:
    """Return the passphrase as it is hashed: one spelling per visible text.

    Raises:
        LocalProtocolError: empty or unreasonably long.
    """
    normal = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    if not 1 <= len(normal) <= MAX_PASSPHRASE_BYTES:
        raise LocalProtocolError("passphrase length")
    return normal


def derive(passphrase: bytes, salt: bytes, cost: Argon2Cost) -> bytes:
    """Return 32 bytes that cost `cost` to compute. Lets other threads run.

    Raises:
        Argon2CostError: the cost is out of bounds; nothing was computed.
        Argon2MemoryError: the memory is not to be had.
    """
    cost.check()
    if len(salt) != SALT_BYTES:
        raise LocalProtocolError("salt length")
    try:
        return bytes(
            bindings.crypto_pwhash_alg(
                KEY_BYTES,
                passphrase,
                salt,
                cost.passes,
                cost.memory_kib * _KIB,
                bindings.crypto_pwhash_ALG_ARGON2ID13,
            )
        )
    except (SodiumError, MemoryError):
        raise Argon2MemoryError("no memory for the derivation") from None
