"""The backup file `.ssbak`: own keys, a sealed manifest, a database, one MAC.

    "SSBK1" | u32 | key file | u32 | box(manifest) | database | HMAC[32]

The MAC covers everything before it. Reading checks it whole before a byte is used;
the database inside stays encrypted on its way to disk and back.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from safesession.crypto import secret_box
from safesession.crypto.encoding import lv
from safesession.crypto.entropy import Entropy
from safesession.crypto.identity import IdentityKey, verify
from safesession.crypto.key_schedule import StorageLabel, equal, expand, mac
from safesession.vault.custody import Anchor
from safesession.vault.errors import (
    BackupDamagedError,
    ForeignFileError,
    HeaderDamagedError,
    HeaderForgedError,
    NewerVersionError,
)
from safesession.vault.files import FILE_MODE, UNFINISHED, disk_errors, rename
from safesession.vault.header import (
    MAX_HEADER_BYTES,
    Header,
    Purpose,
    decode,
    encode,
)
from safesession.vault.key_slots import Keys, keys_of


SUFFIX = ".ssbak"
_MAGIC = b"SSBK1"
_FAMILY = b"SSBK"
_LENGTH = struct.Struct(">I")
_MAC_BYTES = 32
_MAX_MANIFEST_BYTES = 16_384
_BLOCK_BYTES = 1 << 20
_SIGNED = b"SafeSession/1 backup signature"


class _WireManifest(msgspec.Struct, forbid_unknown_fields=True):
    made_at_ms: int
    vault_id: bytes
    custody_count: int
    custody_head: bytes
    signer: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself, signed by the counselor's identity key."""

    made_at_ms: int
    vault_id: bytes
    anchor: Anchor
    signer: bytes


@dataclass(frozen=True, slots=True)
class Backup:
    """An opened backup: everything in it was checked against its MAC."""

    path: Path
    keys: Keys = field(repr=False)
    manifest: Manifest
    database_start: int
    database_bytes: int


def write_backup(
    target: Path,
    header: Header,
    keys: Keys,
    manifest: Manifest,
    identity: IdentityKey,
    database: Path,
    entropy: Entropy,
) -> None:
    """Write the file beside its place, flush it, then give it its name.

    Raises:
        VaultError: the disk refuses; an older file of the name is untouched.
    """
    head = encode(header)
    sealed = _sealed_manifest(manifest, identity, header, keys, entropy)
    front = _MAGIC + _LENGTH.pack(len(head)) + head
    front += _LENGTH.pack(len(sealed)) + sealed
    unfinished = target.with_name(target.name + UNFINISHED)
    digest = hashlib.sha512()
    with disk_errors():
        try:
            flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY
            descriptor = os.open(unfinished, flags, FILE_MODE)
            with os.fdopen(descriptor, "wb") as file, database.open("rb") as source:
                block = front
                while block:
                    file.write(block)
                    digest.update(block)
                    block = source.read(_BLOCK_BYTES)
                file.write(_mac(keys, digest.digest()))
                file.flush()
                os.fsync(file.fileno())
            rename(unfinished, target)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


def open_backup(path: Path, open_slot: Callable[[Header], bytes]) -> Backup:
    """Read a backup's keys with `open_slot` and check the whole file.

    Raises:
        ForeignFileError, NewerVersionError, BackupDamagedError: not a good backup.
        WrongPassphraseError, WrongRecoveryKeyError: from `open_slot`.
    """
    with disk_errors(), path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        magic = file.read(len(_MAGIC))
        if magic != _MAGIC:
            if magic[: len(_FAMILY)] == _FAMILY and magic[-1:] > _MAGIC[-1:]:
                raise NewerVersionError("backup version")
            raise ForeignFileError("not a backup")
        head = _framed(file.read, MAX_HEADER_BYTES)
        sealed = _framed(file.read, _MAX_MANIFEST_BYTES)
        start = file.tell()
        if size - start <= _MAC_BYTES:
            raise BackupDamagedError("cut short")
        header = _header(head)
        keys = _keys(header, open_slot(header))
        front = _MAGIC + _LENGTH.pack(len(head)) + head
        digest = hashlib.sha512(front + _LENGTH.pack(len(sealed)) + sealed)
        left = size - start - _MAC_BYTES
        while left:
            block = file.read(min(left, _BLOCK_BYTES))
            if not block:
                raise BackupDamagedError("cut short")
            digest.update(block)
            left -= len(block)
        if not equal(file.read(), _mac(keys, digest.digest())):
            raise BackupDamagedError("mac")
    manifest = _opened_manifest(sealed, header, keys)
    return Backup(path, keys, manifest, start, size - start - _MAC_BYTES)


def extract_database(backup: Backup, target: Path) -> None:
    """Copy the (still encrypted) database out of a backup.

    Raises:
        VaultError: the disk refuses.
    """
    with disk_errors(), backup.path.open("rb") as file:
        file.seek(backup.database_start)
        left = backup.database_bytes
        flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY
        with os.fdopen(os.open(target, flags, FILE_MODE), "wb") as copy:
            while left:
                block = file.read(min(left, _BLOCK_BYTES))
                if not block:
                    raise BackupDamagedError("cut short")
                copy.write(block)
                left -= len(block)


def _framed(read: Callable[[int], bytes], limit: int) -> bytes:
    prefix = read(_LENGTH.size)
    if len(prefix) != _LENGTH.size:
        raise BackupDamagedError("cut short")
    (length,) = _LENGTH.unpack(prefix)
    if length > limit:
        raise BackupDamagedError("length")
    content = read(length)
    if len(content) != length:
        raise BackupDamagedError("cut short")
    return content


def _header(untrusted: bytes) -> Header:
    try:
        header = decode(untrusted)
    except (ForeignFileError, HeaderDamagedError):
        raise BackupDamagedError("key file") from None
    if header.purpose is not Purpose.BACKUP:
        raise BackupDamagedError("purpose")
    return header


def _keys(header: Header, master: bytes) -> Keys:
    try:
        return keys_of(header, master)
    except HeaderForgedError:
        raise BackupDamagedError("key file mac") from None


def _mac(keys: Keys, digest: bytes) -> bytes:
    return mac(expand(keys.master, StorageLabel.BACKUP_MANIFEST), lv(b"file", digest))


def _manifest_key(keys: Keys) -> bytes:
    return expand(keys.master, StorageLabel.BACKUP_MANIFEST, b"manifest")


def _signed_bytes(manifest: Manifest, header: Header) -> bytes:
    return lv(
        _SIGNED,
        header.vault_id,
        manifest.vault_id,
        manifest.made_at_ms.to_bytes(8, "big"),
        manifest.anchor.count.to_bytes(8, "big"),
        manifest.anchor.head,
    )


def _sealed_manifest(
    manifest: Manifest,
    identity: IdentityKey,
    header: Header,
    keys: Keys,
    entropy: Entropy,
) -> bytes:
    wire = _WireManifest(
        manifest.made_at_ms,
        manifest.vault_id,
        manifest.anchor.count,
        manifest.anchor.head,
        identity.public_key,
        identity.sign(_signed_bytes(manifest, header)),
    )
    plain = msgspec.msgpack.encode(wire)
    return secret_box.seal(_manifest_key(keys), plain, header.vault_id, entropy)


def _opened_manifest(sealed: bytes, header: Header, keys: Keys) -> Manifest:
    try:
        plain = secret_box.unseal(_manifest_key(keys), sealed, header.vault_id)
        wire = msgspec.msgpack.decode(plain, type=_WireManifest)
        manifest = Manifest(
            wire.made_at_ms,
            wire.vault_id,
            Anchor(wire.custody_count, wire.custody_head),
            wire.signer,
        )
        signed = _signed_bytes(manifest, header)
    except (secret_box.BoxError, msgspec.MsgspecError, ValueError, OverflowError):
        raise BackupDamagedError("manifest") from None
    if not verify(wire.signer, wire.signature, signed):
        raise BackupDamagedError("signature")
    return manifest
