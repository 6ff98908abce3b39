"""A disk that is really full: a small file system of its own (needs root on Linux)."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.vaults import PASSPHRASE, Desk, write_note

from safesession.vault import errors


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("mounting needs Linux and root")
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if subprocess.run(command, check=False).returncode:
        pytest.skip("this machine does not let us mount")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError as full:
            if full.errno != errno.ENOSPC:
                raise


def test_a_full_disk_refuses_plainly_and_loses_nothing(small_disk) -> None:
    desk = Desk(small_disk)
    with desk.made() as vault:
        saved = write_note(vault, "before")
        fill(small_disk / "junk")

        def save(text: str):
            head = vault.run(lambda v: v.notes.head(saved.note_id)).result()
            return vault.run(
                lambda v: v.notes.save(saved.note_id, head.revision, "t", text)
            ).result()

        written, refused = "before", 0
        for number in range(400):
            text = f"{number} " + "焦虑" * 5000
            try:
                save(text)
            except errors.DiskFullError:
                refused += 1
                if refused == 3:
                    break
            else:
                written = text
        assert refused == 3
        assert written != "before", "the reserve took the last sentences"
        vault.lock().result()
        (small_disk / "junk").unlink()
        vault.unlock(PASSPHRASE).result()
        note = vault.run(lambda v: v.notes.read(saved.note_id)).result()
        assert note.body == written
        save("after")
        assert vault.run(lambda v: v.check_everything().well).result()


def test_a_locked_vault_opens_on_a_full_disk(small_disk) -> None:
    desk = Desk(small_disk)
    with desk.made() as vault:
        saved = write_note(vault, "must be readable")
        vault.lock().result()
        fill(small_disk / "junk")
        unlocked = vault.unlock(PASSPHRASE).result()
        assert not unlocked.room_left
        note = vault.run(lambda v: v.notes.read(saved.note_id)).result()
        assert note.body == "must be readable"
