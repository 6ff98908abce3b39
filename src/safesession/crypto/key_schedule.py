"""HKDF-SHA-512 (RFC 5869) with the label scheme of PROTOCOL §4.3.

Info strings are lv("SafeSession/1 " + label, context), so a key for one use can
never equal a key for another. Nothing here may keep or print a key.
"""

from __future__ import annotations

import hmac
from enum import Enum

from safesession.crypto.encoding import lv
from safesession.errors import LocalProtocolError


_PREFIX = b"SafeSession/1 "
_HASH_BYTES = 64
_MAX_BLOCKS = 255
MAC_BYTES = 32


class Label(bytes, Enum):
    """Every use a key may have. A new use gets a new label, never a shared one."""

    HANDSHAKE_KEYS = b"hs keys"
    SESSION_SECRET = b"session secret"
    RETAINED = b"retained"
    FINISHED = b"finished"
    TEXT_CLIENT = b"text client"
    TEXT_COUNSELOR = b"text counselor"
    SIGNAL_CLIENT = b"signal client"
    SIGNAL_COUNSELOR = b"signal counselor"
    PATH_CLIENT = b"path client"
    PATH_COUNSELOR = b"path counselor"
    BIND_CLIENT = b"bind client"
    BIND_COUNSELOR = b"bind counselor"
    SAS = b"sas"
    SAS_NUMBER_CLIENT = b"sas number client"
    SAS_NUMBER_COUNSELOR = b"sas number counselor"
    RESUME = b"resume"
    NOTICE_CLIENT = b"notice client"
    NOTICE_COUNSELOR = b"notice counselor"
    DRAFTS = b"drafts"


class StorageLabel(bytes, Enum):
    """The same for keys of what is stored; no label of one is one of the other."""

    VAULT_PASSPHRASE = b"vault slot passphrase"
    VAULT_RECOVERY = b"vault slot recovery"
    VAULT_DEVICE = b"vault slot device"
    VAULT_HEADER = b"vault header mac"
    VAULT_FILE_KEY = b"vault file key"
    VAULT_DATABASE = b"sqlcipher raw key"
    VAULT_JOURNAL = b"vault journal"
    VAULT_ANCHOR = b"vault anchor mac"
    BACKUP_RECOVERY = b"backup recovery"
    BACKUP_MANIFEST = b"backup manifest mac"
    NOTE_ARCHIVE = b"note archive"
    CLIENT_IDENTITY = b"client identity"


def extract(salt: bytes, input_key: bytes) -> bytes:
    """HKDF-Extract: return a 64-byte pseudorandom key."""
    return hmac.digest(salt, input_key, "sha512")


def expand(
    pseudorandom_key: bytes, label: bytes, context: bytes = b"", length: int = 32
) -> bytes:
    """HKDF-Expand with info = lv("SafeSession/1 " + label, context).

    Raises:
        LocalProtocolError: `length` is not in 1..16320 (RFC 5869 §2.3).
    """
    if not 1 <= length <= _MAX_BLOCKS * _HASH_BYTES:
        raise LocalProtocolError("cannot expand to this length")
    info = lv(_PREFIX + bytes(label), context)
    output = block = b""
    counter = 0
    while len(output) < length:
        counter += 1
        block = hmac.digest(pseudorandom_key, block + info + bytes([counter]), "sha512")
        output += block
    return output[:length]


def mac(key: bytes, message: bytes) -> bytes:
    """Return HMAC-SHA-512 truncated to 32 bytes."""
    return hmac.digest(key, message, "sha512")[:MAC_BYTES]


def equal(left: bytes, right: bytes) -> bool:
    """Compare without revealing where two byte strings differ."""
    return hmac.compare_digest(left, right)
