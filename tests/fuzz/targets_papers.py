"""Fuzz targets: archives that people send each other, and unsent text on disk.

An archive may be forged by somebody on the way, or made by a sender who knows the
passphrase and means no good. Whatever is in it: all of it lands in its folder, or
nothing does.
"""

from __future__ import annotations

import json
import shutil
from functools import cache

import msgspec
from msgspec.structs import replace
from tests.fuzz.catalogue import target
from tests.fuzz.targets_files import folder
from tests.fuzz.targets_vault import KEY, NOW_MS, WORDS, cheap_argon2, entropy, written

from safesession.core import note_archive
from safesession.core.note_archive import (
    Archive,
    ArchivedFile,
    ArchivedNote,
    ArchiveError,
    Packing,
    open_archive,
    seal_archive,
)
from safesession.crypto import argon2, secret_box
from safesession.crypto.draft_seal import DraftSealError, open_drafts, seal_drafts
from safesession.drafts import sealed_file
from safesession.errors import StateError
from safesession.headless.unpack import unpack


ARCHIVE = Archive(
    "A-017",
    "林小雨",
    NOW_MS,
    (
        ArchivedNote(
            *("record", "soap", NOW_MS, 1, NOW_MS, "good", "第1次", "睡前焦虑"),
            ((NOW_MS, "补充"),),
            (ArchivedFile("../../日记.pdf", "application/pdf", b"%PDF"),),
        ),
    ),
)


@cache
def _archives() -> tuple[bytes, ...]:
    with cheap_argon2():
        packing = Packing(WORDS, NOW_MS, entropy, argon2.LEAST)
        return (seal_archive(ARCHIVE, packing),)


@target("note_archive", _archives, weight=8)
def note_archive_file(data: bytes) -> None:
    with cheap_argon2():
        try:
            open_archive(data, WORDS)
        except ArchiveError:
            return
    assert data in _archives()


def _archive_contents() -> tuple[bytes, ...]:
    """Return an honest one, odd names, times of no calendar, and what is no text."""
    (note,) = ARCHIVE.notes
    files = tuple(
        ArchivedFile(name, "", b"")
        for name in ("", "..", "字" * 300, "\U00020000" * 90)
    )
    notes = (
        replace(note, files=files),
        replace(note, session_at_ms=2**62),
        replace(note, addenda=((-(2**62), ""),)),
    )
    odd = tuple(
        msgspec.json.encode(replace(ARCHIVE, notes=(one, note))) for one in notes
    )
    broken = (b'{"client_code":"\xff"', b'{"\x80":', b'{"client_code":"\\ud800"}')
    return (msgspec.json.encode(ARCHIVE), *odd, *broken)


@target("archive_content", _archive_contents, weight=6)
def archive_content(data: bytes) -> None:
    """The sender knows the passphrase and may have written anything."""
    head = _archives()[0][: note_archive._HEAD_BYTES]
    with cheap_argon2():
        key = note_archive._key(WORDS, head[-argon2.SALT_BYTES :], argon2.LEAST)
        sealed = head + secret_box.seal(key, data, head, entropy)
        inside = folder() / "inside"
        shutil.rmtree(inside, ignore_errors=True)
        inside.mkdir()
        source, out = written("a.ssrec", sealed), inside / "out"
        try:
            count = unpack(source, WORDS, out)
        except (ArchiveError, StateError):
            assert list(inside.iterdir()) == [], "half an archive was left"
            return
    assert list(inside.iterdir()) == [out]
    assert len(list(out.iterdir())) >= 1
    assert all(path.is_file() for path in out.iterdir())
    assert count == len(msgspec.json.decode(data, type=Archive).notes)


def _drafts() -> tuple[bytes, ...]:
    texts = ([], ["还没说完"], ["a", "b" * 5000])
    return tuple(seal_drafts(KEY, json.dumps(text).encode(), entropy) for text in texts)


@target("unsent_text", _drafts)
def unsent_text(data: bytes) -> None:
    sealed_file._decode(data)
    try:
        body = open_drafts(KEY, data)
    except DraftSealError:
        return
    assert data in _drafts()
    assert sealed_file._decode(body) == tuple(json.loads(body))
