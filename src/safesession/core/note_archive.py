"""An encrypted archive of notes: what leaves the vault for another professional.

    "SSREC1" | u32 memory KiB | u32 passes | salt[16] | box(JSON)

The key is Argon2id over a passphrase of its own; everything before the box is bound
to it. Reading accepts whole or refuses, and checks the cost before it is paid.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from safesession.core.note_types import Export
from safesession.crypto import argon2, secret_box
from safesession.crypto.argon2 import Argon2Cost, Argon2CostError, passphrase_bytes
from safesession.crypto.entropy import Entropy, draw
from safesession.crypto.key_schedule import StorageLabel, expand
from safesession.errors import RemoteProtocolError


SUFFIX = ".ssrec"
MAX_BYTES = 1 << 30
_MAGIC = b"SSREC1"
_FAMILY = b"SSREC"
_COST = struct.Struct(">II")
_HEAD_BYTES = len(_MAGIC) + _COST.size + argon2.SALT_BYTES


class ArchiveError(RemoteProtocolError):
    """Not an archive, or changed bytes."""

    code = "archive"


class ArchivePassphraseError(ArchiveError):
    """The passphrase is another one, or the file was changed."""

    code = "archive_passphrase"


class ArchivedFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An attachment with its bytes. `name` is a label, not a path."""

    name: str
    media_type: str
    content: bytes


class ArchivedNote(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A note as it left; `signature` is what the vault found at that moment."""

    kind: str
    template: str
    session_at_ms: int
    created_at_ms: int
    signed_at_ms: int | None
    signature: str
    title: str
    body: str
    addenda: tuple[tuple[int, str], ...]
    files: tuple[ArchivedFile, ...]


class Archive(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Everything in an archive."""

    client_code: str
    client_name: str
    made_at_ms: int
    notes: tuple[ArchivedNote, ...]


@dataclass(frozen=True, slots=True)
class Packing:
    """What an archive is sealed with."""

    passphrase: str = field(repr=False)
    made_at_ms: int
    entropy: Entropy
    cost: Argon2Cost = argon2.DEFAULT


def archive_of(
    export: Export, contents: Mapping[int, bytes], made_at_ms: int
) -> Archive:
    """Return what an export and its attachments' bytes (by id) become."""
    notes = []
    for one in export.notes:
        head = one.note.head
        notes.append(
            ArchivedNote(
                head.kind.value,
                head.template,
                head.session_at_ms,
                head.created_at_ms,
                head.signed_at_ms,
                one.signature.value,
                head.title,
                one.note.body,
                tuple((a.written_at_ms, a.body) for a in one.note.addenda),
                tuple(
                    ArchivedFile(f.name, f.media_type, contents[f.id])
                    for f in one.attachments
                ),
            )
        )
    client = export.client
    return Archive(client.code, client.name, made_at_ms, tuple(notes))


def seal_archive(archive: Archive, packing: Packing) -> bytes:
    """Return the file's bytes. Slow on purpose."""
    cost = packing.cost
    salt = draw(packing.entropy, argon2.SALT_BYTES)
    head = _MAGIC + _COST.pack(cost.memory_kib, cost.passes) + salt
    key = _key(packing.passphrase, salt, cost)
    plain = msgspec.json.encode(archive)
    return head + secret_box.seal(key, plain, head, packing.entropy)


def open_archive(untrusted_file: bytes, passphrase: str) -> Archive:
    """Return what is in an archive.

    Raises:
        ArchiveError: it is not one, or of another version.
        ArchivePassphraseError: the passphrase does not open it.
        Argon2MemoryError: this machine cannot pay what it costs.
    """
    head, box = untrusted_file[:_HEAD_BYTES], untrusted_file[_HEAD_BYTES:]
    if not head.startswith(_MAGIC) or len(head) < _HEAD_BYTES:
        newer = head.startswith(_FAMILY) and not head.startswith(_MAGIC)
        raise ArchiveError("another version" if newer else "not an archive")
    cost = Argon2Cost(*_COST.unpack_from(head, len(_MAGIC)))
    try:
        key = _key(passphrase, head[-argon2.SALT_BYTES :], cost)
        plain = secret_box.unseal(key, box, head)
        return msgspec.json.decode(plain, type=Archive)
    except Argon2CostError:
        raise ArchiveError("cost") from None
    except secret_box.BoxError:
        raise ArchivePassphraseError("cannot be opened") from None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise ArchiveError("content") from None


def _key(passphrase: str, salt: bytes, cost: Argon2Cost) -> bytes:
    derived = argon2.derive(passphrase_bytes(passphrase), salt, cost)
    return expand(derived, StorageLabel.NOTE_ARCHIVE)
