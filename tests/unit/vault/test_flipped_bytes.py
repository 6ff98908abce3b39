"""Every kind of file, byte by byte: a flipped bit is noticed, never silently read.

`test_repair` flips bits in a whole vault and unlocks it; here each reader meets every
place of its own file: every bit of the small ones, every page of a database at its
start, in its middle and in its authentication code. Backups: `test_backups`.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.vaults import Desk, add_client, flip, write_note

from safesession.core.note_archive import (
    Archive,
    ArchivedFile,
    ArchivedNote,
    ArchiveError,
    Packing,
    open_archive,
    seal_archive,
)
from safesession.crypto import argon2
from safesession.vault import header
from safesession.vault.attempts import AttemptFile
from safesession.vault.connection import connect, faults_of
from safesession.vault.custody import Anchor, open_anchor, seal_anchor
from safesession.vault.errors import DamagedError, VaultError
from safesession.vault.journal import read_journal
from safesession.vault.key_slots import Keys


PAGE_BYTES = 4096
RESERVED_BYTES = 48  # at the end of a page: initialisation vector, then HMAC-SHA-256
_WORDS = "five quiet words"


@pytest.fixture
def made(desk) -> tuple[Desk, Keys]:
    """A closed vault with notes, versions, an attachment and a snapshot."""
    with desk.made() as vault:
        client = add_client(vault)
        for n in range(6):
            saved = write_note(vault, f"{n} " + "焦虑与睡眠" * 200, client=client)
        vault.run(
            lambda v: v.attachments.add(saved.note_id, "a", "b", bytes(range(256)) * 60)
        ).result()
        vault.run(lambda v: v.take_snapshot()).result()
        write_note(vault, "after the snapshot", client=client)
        keys = vault.run(lambda v: v.keys).result()
    return desk, keys


def flipped(content: bytes, bits: range) -> Iterator[tuple[int, bytes]]:
    """Yield the content with each of its bits flipped, or one bit of each byte."""
    for place in range(len(content)):
        for bit in bits or (place % 8,):
            changed = bytearray(content)
            changed[place] ^= 1 << bit
            yield place, bytes(changed)


ALL_BITS, ONE_BIT = range(8), range(0)


def test_every_bit_of_the_key_file(made) -> None:
    desk, _ = made
    content = (desk.folder / "vault.header").read_bytes()
    for _, changed in flipped(content, ALL_BITS):
        with pytest.raises(VaultError):
            header.decode(changed)


def test_every_byte_of_the_count_of_wrong_tries(tmp_path) -> None:
    path = tmp_path / "attempts"
    AttemptFile(path).begin(1_760_000_000_000)
    for place, changed in flipped(path.read_bytes(), ONE_BIT):
        path.write_bytes(changed)
        assert AttemptFile(path).read().damaged, place


def test_every_byte_of_a_journal(made, tmp_path) -> None:
    desk, keys = made
    path = max((desk.folder / "journals").iterdir())
    whole = read_journal(path, keys.vault_id, keys.journal)
    assert whole.intact
    assert len(whole.records) >= 1
    copy = tmp_path / "copy"
    for place, changed in flipped(path.read_bytes(), ONE_BIT):
        copy.write_bytes(changed)
        content = read_journal(copy, keys.vault_id, keys.journal)
        assert not content.intact, place
        assert all(record in whole.records for record in content.records), place


def test_every_bit_of_an_anchor_in_the_keyring() -> None:
    key, vault_id = bytes(range(32)), bytes(16)
    sealed = seal_anchor(Anchor(7, key), key, vault_id)
    assert all(
        open_anchor(changed, key, vault_id) is None
        for _, changed in flipped(sealed, ALL_BITS)
    )


def test_every_byte_of_an_archive(monkeypatch) -> None:
    note = ArchivedNote(
        "record",
        "soap",
        1,
        1,
        None,
        "open",
        "t",
        "睡前焦虑",
        (),
        (ArchivedFile("a", "b", b"c"),),
    )
    content = seal_archive(
        Archive("A", "B", 1, (note,)), Packing(_WORDS, 1, os.urandom, argon2.LEAST)
    )
    remembered: dict[tuple[object, ...], bytes] = {}
    derive = argon2.derive

    def once(*given: object) -> bytes:
        """The real derivation; a dearer cost is one that this machine cannot pay."""
        cost = given[2]
        cost.check()
        if cost != argon2.LEAST:
            raise argon2.Argon2MemoryError("small machine")
        if given not in remembered:
            remembered[given] = derive(*given)
        return remembered[given]

    monkeypatch.setattr(argon2, "derive", once)
    assert open_archive(content, _WORDS).notes == (note,)
    for _, changed in flipped(content, ONE_BIT):
        with pytest.raises((ArchiveError, argon2.Argon2MemoryError)):
            open_archive(changed, _WORDS)


def places_of(path: Path, dice: random.Random) -> Iterator[int]:
    """Yield each page's first byte, one in its middle, its IV and its MAC."""
    for start in range(0, path.stat().st_size, PAGE_BYTES):
        end = start + PAGE_BYTES
        yield start
        yield start + dice.randrange(1, PAGE_BYTES - RESERVED_BYTES)
        yield end - RESERVED_BYTES + dice.randrange(16)
        yield end - dice.randrange(1, 33)


def everything_in(path: Path, key: bytes) -> list[list[tuple[object, ...]]]:
    """Read every row of every table, and count the faults."""
    connection = connect(path, key)
    try:
        names = connection.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL "
            "AND name NOT LIKE 'note_search%' ORDER BY name"
        )
        rows = [connection.rows(f"SELECT * FROM {name}") for (name,) in names]  # noqa: S608
        return [*rows, [(faults_of(connection),)]]
    finally:
        connection.close()


def newest_of(folder: str, pattern: str) -> Callable[[Desk], Path]:
    return lambda desk: max((desk.folder / folder).glob(pattern))


@pytest.mark.parametrize(
    "which",
    [newest_of("", "vault-*.db"), newest_of("snapshots", "*.db")],
    ids=["database", "snapshot"],
)
def test_every_page_of_a_database(made, tmp_path, profile, which) -> None:
    desk, keys = made
    source = which(desk)
    whole = everything_in(source, keys.database)
    assert whole[-1] == [(0,)]
    content, copy = source.read_bytes(), tmp_path / "copy.db"
    dice = profile.random("pages")
    pages = 0
    for place in places_of(source, dice):
        copy.write_bytes(content)
        flip(copy, place, dice.randrange(8))
        try:
            found = everything_in(copy, keys.database)
        except DamagedError:
            pages += 1
        else:
            assert found[:-1] == whole[:-1], f"silently read, byte {place}"
            assert found[-1] != [(0,)], f"not noticed, byte {place}"
            pages += 1
        for rest in tmp_path.glob("copy.db-*"):
            rest.unlink()
    assert pages == 4 * len(content) // PAGE_BYTES
    assert pages > 100
