"""The encrypted archive: opens with its passphrase, refuses everything else whole."""

from __future__ import annotations

import errno
import os

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safesession.core.note_archive import (
    Archive,
    ArchivedFile,
    ArchivedNote,
    ArchiveError,
    ArchivePassphraseError,
    Packing,
    open_archive,
    seal_archive,
)
from safesession.crypto import argon2
from safesession.errors import StateError
from safesession.headless.unpack import RECORDS, unpack


WORDS = "five quiet words 五个词"
NOTE = ArchivedNote(
    "record",
    "soap",
    1_760_000_000_000,
    1,
    1_760_000_100_000,
    "good",
    "第1次",
    "睡前焦虑",
    ((1_760_000_200_000, "补充"),),
    (ArchivedFile("../../日记.pdf", "application/pdf", b"%PDF"),),
)
ARCHIVE = Archive("A-017", "林小雨", 1_760_000_300_000, (NOTE,))
SEALED = seal_archive(ARCHIVE, Packing(WORDS, 1, os.urandom, argon2.LEAST))


def test_it_opens_with_its_passphrase_and_says_nothing_before() -> None:
    assert open_archive(SEALED, WORDS) == ARCHIVE
    for words in ("焦虑", "林小雨", "A-017"):
        assert words.encode() not in SEALED


def test_another_passphrase_does_not_open_it() -> None:
    with pytest.raises(ArchivePassphraseError):
        open_archive(SEALED, WORDS + " ")


@pytest.mark.parametrize("place", [0, 6, 9, 14, 20, 31, 60, len(SEALED) - 1])
def test_a_changed_byte_is_refused(place: int) -> None:
    damaged = bytearray(SEALED)
    damaged[place] ^= 1
    with pytest.raises(ArchiveError):
        open_archive(bytes(damaged), WORDS)


def test_a_dear_cost_is_refused_before_it_is_paid() -> None:
    with pytest.raises(ArchiveError, match="cost"):
        open_archive(SEALED[:6] + b"\xff" * 8 + SEALED[14:], WORDS)


@settings(max_examples=60)
@given(st.binary(max_size=80))
def test_garbage_is_refused(garbage: bytes) -> None:
    with pytest.raises(ArchiveError):
        open_archive(garbage, WORDS)
    with pytest.raises(ArchiveError):
        open_archive(b"SSREC1" + garbage[:20], WORDS)


def test_unpacking_stays_in_its_folder(tmp_path) -> None:
    source, folder = tmp_path / "a.ssrec", tmp_path / "out"
    source.write_bytes(SEALED)
    assert unpack(source, WORDS, folder) == 1
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 2
    assert names[-1] == RECORDS
    text = (folder / RECORDS).read_text(encoding="utf-8")
    assert "睡前焦虑" in text
    assert "补充" in text
    assert (folder / names[0]).read_bytes() == b"%PDF"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.ssrec", "out"]
    if os.name == "posix":
        assert folder.stat().st_mode & 0o077 == 0


def test_unpacking_never_writes_over_anything(tmp_path) -> None:
    source = tmp_path / "a.ssrec"
    source.write_bytes(SEALED)
    with pytest.raises(Exception, match="already"):
        unpack(source, WORDS, tmp_path)


def sealed(archive: Archive) -> bytes:
    return seal_archive(archive, Packing(WORDS, 1, os.urandom, argon2.LEAST))


@pytest.mark.parametrize("at_ms", [2**62, -(2**62), 10**15])
def test_a_time_that_no_calendar_has_is_refused_whole(tmp_path, at_ms: int) -> None:
    source, folder = tmp_path / "a.ssrec", tmp_path / "out"
    source.write_bytes(sealed(Archive("A", "", at_ms, ())))
    with pytest.raises(ArchiveError, match="time"):
        unpack(source, WORDS, folder)
    assert not folder.exists()


def test_a_long_name_in_rare_characters_keeps_its_end(tmp_path) -> None:
    source, folder = tmp_path / "a.ssrec", tmp_path / "out"
    file = ArchivedFile("\U00020000" * 90 + ".pdf", "application/pdf", b"%PDF")
    note = msgspec.structs.replace(NOTE, files=(file,))
    source.write_bytes(sealed(Archive("A", "", 0, (note,))))
    assert unpack(source, WORDS, folder) == 1
    (name,) = {path.name for path in folder.iterdir()} - {RECORDS}
    assert name.endswith("\U00020000.pdf")
    assert len(name.encode()) < 255


def test_what_cannot_be_written_whole_is_taken_back(tmp_path, monkeypatch) -> None:
    source, folder = tmp_path / "a.ssrec", tmp_path / "out"
    source.write_bytes(SEALED)
    opened = os.open

    def full(path, *rest, **named):
        if "pdf" in str(path):
            raise OSError(errno.ENOSPC, "full")
        return opened(path, *rest, **named)

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(StateError):
        unpack(source, WORDS, folder)
    assert not folder.exists()


def test_broken_spelling_inside_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(msgspec.json, "encode", lambda _: b'{"\x80":')
    broken = sealed(ARCHIVE)
    monkeypatch.undo()
    with pytest.raises(ArchiveError, match="content"):
        open_archive(broken, WORDS)
