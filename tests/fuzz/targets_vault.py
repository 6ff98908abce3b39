"""Fuzz targets: what the vault reads from disk, keyrings, sheets and other people.

Whoever holds the disk can write anything into these files; a backup or an archive
may come from somebody else. Argon2 is a plain hash in here, behind its own checks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from unittest import mock

import msgspec
from tests.fuzz.catalogue import as_text, target
from tests.fuzz.targets_files import folder

from safesession import keyring_store
from safesession.crypto import argon2, secret_box
from safesession.crypto.argon2 import Argon2CostError
from safesession.crypto.identity import IdentityKey
from safesession.crypto.recovery_key import RecoveryKey, RecoveryKeyTypingError
from safesession.vault import header, journal, key_slots
from safesession.vault.attempts import LONGEST_WAIT_S, AttemptFile
from safesession.vault.backup_file import Manifest, open_backup, write_backup
from safesession.vault.custody import Anchor, open_anchor, seal_anchor
from safesession.vault.errors import (
    BackupDamagedError,
    DeviceSecretMissingError,
    ForeignFileError,
    HeaderDamagedError,
    HeaderForgedError,
    NewerVersionError,
    NoSuchSlotError,
    UnlockTooSoonError,
    WrongPassphraseError,
    WrongRecoveryKeyError,
)
from safesession.vault.header import Header, Purpose
from safesession.vault.place import open_with


SHEET = RecoveryKey(bytes(range(20)))
WORDS = "five quiet words"
KEY, VAULT_ID = b"k" * 32, b"v" * 16
NOW_MS = 1_760_000_000_000
REFUSALS = (ForeignFileError, HeaderDamagedError, NewerVersionError)
SHUT = (
    Argon2CostError,
    DeviceSecretMissingError,
    HeaderForgedError,
    NoSuchSlotError,
    WrongPassphraseError,
    WrongRecoveryKeyError,
)


def entropy(length: int) -> bytes:
    return b"\x5a" * length


@contextmanager
def cheap_argon2() -> Iterator[None]:
    def plain_hash(length: int, secret: bytes, salt: bytes, *_: int) -> bytes:
        return hashlib.blake2b(secret + salt, digest_size=length).digest()

    with mock.patch.object(argon2.bindings, "crypto_pwhash_alg", plain_hash):
        yield


@cache
def _made(purpose: Purpose) -> tuple[Header, key_slots.Keys]:
    """Return a key file that sheet and passphrase open, and its keys."""
    bare, keys = key_slots.new_header(purpose, entropy)
    made = key_slots.with_recovery(bare, keys.master, SHEET, entropy)
    typed = argon2.passphrase_bytes(WORDS)
    with cheap_argon2():
        slot = key_slots.seal_passphrase(
            made, keys.master, typed, entropy, cost=argon2.LEAST
        )
    return made.with_slot(slot).signed(keys.master), keys


def written(name: str, data: bytes) -> Path:
    path = folder() / name
    path.write_bytes(data)
    return path


# --- the key file ---------------------------------------------------------------------


def _key_files() -> tuple[bytes, ...]:
    return tuple(header.encode(_made(purpose)[0]) for purpose in Purpose)


@target("key_file", _key_files, weight=8)
def key_file(data: bytes) -> None:
    try:
        found = header.decode(data)
    except REFUSALS:
        return
    assert header.encode(found) == data
    _try_to_open(found)


def _contents() -> tuple[bytes, ...]:
    deep = b'{"v":1,"x":' + b"[" * 8000
    return (*(whole.splitlines()[1] for whole in _key_files()), deep)


@target("key_file_content", _contents, weight=12)
def key_file_content(data: bytes) -> None:
    """Anybody can make the checksum right; the secrets they cannot."""
    digest = hashlib.sha256(header._MAGIC + data).hexdigest().encode()
    whole = header._MAGIC + data + b"\n" + digest + b"\n"
    try:
        found = header.decode(whole)
    except REFUSALS:
        return
    assert header.encode(found) == whole
    _try_to_open(found)


def _try_to_open(found: Header) -> None:
    master = _made(found.purpose)[1].master
    with cheap_argon2():
        for secret in (SHEET, WORDS, None):
            with suppress(*SHUT):
                opened = open_with(secret, b"d" * 32)(found)
                assert opened == master
                keys = key_slots.keys_of(found, opened)
                assert found == _made(found.purpose)[0]
                assert keys == _made(found.purpose)[1]


# --- small files beside it ---------------------------------------------------------------


def _attempt_blocks() -> tuple[bytes, ...]:
    path = folder() / "attempts"
    path.unlink(missing_ok=True)
    file, blocks = AttemptFile(path), []
    for n in range(3):
        file.begin(NOW_MS + n)
        blocks.append(path.read_bytes())
    return (*blocks, *(block[32:].rstrip() for block in blocks))


@target("vault_attempts", _attempt_blocks, weight=6)
def vault_attempts(data: bytes) -> None:
    body = data.ljust(2016)[:2016]
    for block in (data, hashlib.sha256(body).digest() + body):
        file = AttemptFile(written("attempts", block))
        found = file.read()
        assert 0 <= found.wait_s(NOW_MS) <= LONGEST_WAIT_S
        with suppress(UnlockTooSoonError):
            file.begin(NOW_MS)
            assert file.read().failed == found.failed + 1


def _sealed_anchors() -> tuple[bytes, ...]:
    return (seal_anchor(Anchor(7, b"h" * 32), KEY, VAULT_ID),)


@target("custody_anchor", _sealed_anchors)
def custody_anchor(data: bytes) -> None:
    found = open_anchor(data, KEY, VAULT_ID)
    assert found is None or data in _sealed_anchors()


@target("keyring_entry", lambda: (KEY.hex().encode(), b"0f" * 31, b""))
def keyring_entry(data: bytes) -> None:
    text = as_text(data)
    backend = mock.Mock(get_password=lambda *_: text)
    answer = keyring_store._tried(
        lambda: backend, lambda backend: keyring_store._load(backend, "name")
    )
    assert answer.value is None or answer.value == bytes.fromhex(text)


def _sheets() -> tuple[bytes, ...]:
    text = SHEET.text
    return text.encode(), text.lower().replace("-", " ").encode(), text[:9].encode()


@target("recovery_key", _sheets)
def recovery_key(data: bytes) -> None:
    text = as_text(data)
    for index in range(8):
        if SHEET.group_matches(index, text):
            assert len(text) >= 4
    try:
        key = RecoveryKey.parse(text)
    except RecoveryKeyTypingError:
        return
    assert RecoveryKey.parse(key.text) == key


# --- journal, backup -----------------------------------------------------------------------


@cache
def _journals() -> tuple[bytes, ...]:
    path = folder() / "journal-made"
    statement = journal.Statement("INSERT INTO note VALUES (?)", ["字", 1, b"x"], 1)
    whole = []
    writer = journal.JournalWriter(path, VAULT_ID, KEY, entropy)
    for sequence in range(1, 4):
        writer.append(sequence, NOW_MS, f"note:{sequence}", [statement] * sequence)
        whole.append(path.read_bytes())
    writer.close()
    return (journal.MAGIC + VAULT_ID, *whole)


@target("vault_journal", _journals, weight=10)
def vault_journal(data: bytes) -> None:
    found = journal.read_journal(written("journal", data), VAULT_ID, KEY)
    assert found.end <= max(len(data), 20)
    if found.intact:
        assert found.end == len(data)
    honest = journal.read_journal(
        written("journal", _journals()[-1]), VAULT_ID, KEY
    ).records
    assert all(record in honest for record in found.records)


def _sealed_records() -> tuple[bytes, ...]:
    bodies = ([1, "note:1", [["SELECT 1", [], 0]]], [1, "", []], {"a": 1})
    return tuple(msgspec.msgpack.encode(body) for body in bodies)


@target("journal_record", _sealed_records)
def journal_record(data: bytes) -> None:
    """Of another version, or by somebody with the key: one record less."""
    box = secret_box.seal(KEY, data, journal._context(VAULT_ID, 1), entropy)
    frame = journal._FRAME.pack(len(box), 1) + box
    path = written("journal", journal.MAGIC + VAULT_ID + frame)
    found = journal.read_journal(path, VAULT_ID, KEY)
    assert len(found.records) + found.bad == 1


@cache
def _backups() -> tuple[bytes, ...]:
    made, keys = _made(Purpose.BACKUP)
    database = written("database", b"SQLCipher" * 40)
    manifest = Manifest(NOW_MS, VAULT_ID, Anchor(7, b"h" * 32), b"")
    path = folder() / "made.ssbak"
    identity = IdentityKey(bytes(32))
    write_backup(path, made, keys, manifest, identity, database, entropy)
    return (path.read_bytes(),)


@target("vault_backup", _backups, weight=6)
def vault_backup(data: bytes) -> None:
    path = written("a.ssbak", data)
    for secret in (SHEET, WORDS):
        with cheap_argon2():
            try:
                open_backup(path, open_with(secret, b""))
            except (ForeignFileError, NewerVersionError, BackupDamagedError, *SHUT):
                continue
        assert data in _backups()
