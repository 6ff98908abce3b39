"""Damage: every flipped byte is noticed, and the journal brings every word back."""

from __future__ import annotations

import errno
import os
import random
import shutil
from pathlib import Path

import pytest
from tests.support.vaults import Desk, add_client, flip, tree, write_note

from safesession.errors import SafeSessionError
from safesession.vault import errors
from safesession.vault.custody import CustodyEvent


def snapshot(vault) -> None:
    vault.run(lambda v: v.take_snapshot()).result()


def texts(vault) -> dict[int, str]:
    return dict(vault.run(lambda v: v.store.rows("SELECT id, body FROM note")).result())


def database(desk) -> Path:
    (found,) = desk.folder.glob("vault-*.db")
    return found


def newest(folder: Path) -> Path:
    return max(folder.iterdir())


@pytest.fixture
def worked(desk) -> dict[int, str]:
    """A vault with notes before and after a snapshot; returns its texts."""
    with desk.made() as vault:
        client = add_client(vault)
        for n in range(4):
            write_note(vault, f"early {n} " + "焦虑" * 300, client=client)
        snapshot(vault)
        for n in range(4):
            saved = write_note(vault, f"late {n} " + "睡眠" * 300, client=client)
            vault.run(
                lambda v, s=saved, n=n: v.notes.save(s.note_id, 1, "t", f"edited {n}")
            ).result()
        return texts(vault)


def unlock(vault, desk):
    return vault.unlock_with_sheet(desk.recovery).result()


def test_a_damaged_database_comes_back_whole_and_is_kept(desk, worked) -> None:
    damaged = database(desk)
    damaged.write_bytes(b"\0" * 5000)
    with desk.started() as vault:
        unlocked = unlock(vault, desk)
        assert unlocked.repair is not None
        assert unlocked.repair.lost == ()
        assert unlocked.repair.replayed >= 8
        assert texts(vault) == worked
        assert vault.run(lambda v: v.check_everything().well).result()
        events = [e.event for e in vault.run(lambda v: v.custody.entries()).result()]
        assert CustodyEvent.REPAIRED in events
        (kept,) = unlocked.repair.kept
        assert (desk.folder / "damaged" / kept).read_bytes() == b"\0" * 5000
        vault.lock().result()
        assert unlock(vault, desk).repair is None, "once"


def test_a_repair_whose_log_cannot_be_emptied_is_no_repair(
    desk, worked, monkeypatch
) -> None:
    """The rebuilt file is renamed; what stays in its log would be lost in silence."""
    database(desk).write_bytes(b"\0" * 5000)

    def refuse(connection):
        raise errors.DiskFailedError("checkpoint")

    with desk.started() as vault:
        with monkeypatch.context() as patch:
            patch.setattr("safesession.vault.connection.checkpoint", refuse)
            with pytest.raises(errors.DiskFailedError):
                unlock(vault, desk)
        assert unlock(vault, desk).repair is not None
        assert texts(vault) == worked


def test_a_missing_database_comes_back(desk, worked) -> None:
    database(desk).unlink()
    with desk.started() as vault:
        assert unlock(vault, desk).repair is not None
        assert texts(vault) == worked


def test_a_bad_snapshot_is_passed_over_for_an_older_one(desk, worked) -> None:
    database(desk).write_bytes(b"")
    flip(newest(desk.folder / "snapshots"), 5000)
    with desk.started() as vault:
        repair = unlock(vault, desk).repair
        assert repair is not None
        assert repair.lost == ()
        assert texts(vault) == worked


@pytest.mark.parametrize("nothing_new", [False, True])
def test_a_snapshot_that_fails_at_any_step_leaves_whole_journals(
    desk, monkeypatch, nothing_new
) -> None:
    """A half-made journal would be called damage, and a repair would miss a change."""
    calls, fail_at = 0, 0

    def failing(real):
        def call(*arguments):
            nonlocal calls
            calls += 1
            if calls == fail_at:
                raise OSError(errno.EIO, "once")
            return real(*arguments)

        return call

    with desk.made() as vault:
        client = add_client(vault)
        for name in ("fsync", "ftruncate", "write", "replace"):
            monkeypatch.setattr(os, name, failing(getattr(os, name)))
        refused = 0
        for step in range(1, 40):
            if not nothing_new:
                write_note(vault, f"before {step}", client=client)
            calls, fail_at = 0, step
            try:
                snapshot(vault)
            except errors.DiskFailedError:
                refused += 1
            done, fail_at = calls < step, 0
            write_note(vault, f"after {step}", client=client)
            assert vault.run(lambda v: v.check_everything().well).result(), step
            if nothing_new:
                snapshot(vault)
            if done:
                break
        assert done
        assert refused >= 3
        written = texts(vault)
    database(desk).write_bytes(b"")
    with desk.started() as vault:
        repair = unlock(vault, desk).repair
        assert repair is not None
        assert repair.lost == ()
        assert texts(vault) == written


def test_without_any_good_snapshot_nothing_is_changed(desk, worked) -> None:
    database(desk).write_bytes(b"")
    for path in (desk.folder / "snapshots").iterdir():
        flip(path, 5000)
    before = tree(desk.folder)
    with desk.started() as vault, pytest.raises(errors.NothingToRestoreError):
        unlock(vault, desk)
    after = tree(desk.folder)
    assert after | {"attempts": b""} == before | {"attempts": b""}


def test_what_is_missing_is_said_exactly(desk, worked) -> None:
    """Database and one journal record gone: that change is named, the rest is back."""
    database(desk).write_bytes(b"")
    journal = newest(desk.folder / "journals")
    flip(journal, journal.stat().st_size - 40)  # in the last record
    with desk.started() as vault:
        unlocked = unlock(vault, desk)
        repair = unlocked.repair
        assert repair is not None
        found = texts(vault)
        missing = {k: v for k, v in worked.items() if found.get(k) != v}
        assert list(missing.values()) == ["edited 3"]
        assert found[max(found)].startswith("late 3"), "the save before is there"
        assert len(repair.kept) >= 2, "database and journals are kept"
    (lost,) = repair.lost
    assert (lost.subject, lost.before_ms) == ("", None)
    assert lost.after_ms == repair.certain_until_ms == int(desk.now_s * 1000)


def test_a_gap_in_the_journal_is_named_with_its_time(desk, worked) -> None:
    database(desk).write_bytes(b"")
    journal = newest(desk.folder / "journals")
    flip(journal, 20 + 12 + 60)  # in the first record: the first late note
    with desk.started() as vault:
        repair = unlock(vault, desk).repair
        assert repair is not None
        found = texts(vault)
    gone = {k for k in worked if found.get(k) != worked[k]}
    assert len(gone) == 1
    unreadable, unfit = repair.lost
    assert unreadable.subject == ""
    assert unreadable.after_ms <= unreadable.before_ms
    assert unfit.subject == f"note:{gone.pop()}"
    assert unfit.sequence == unreadable.sequence + 1


def test_a_damaged_write_ahead_log_loses_nothing(desk, tmp_path) -> None:
    """SQLite drops the rest of a damaged log in silence; the journal has it."""
    with desk.made() as vault:
        client = add_client(vault)
        for n in range(6):
            write_note(vault, f"note {n}", client=client)
        written = texts(vault)
        live = tmp_path / "copy"  # as a crash would leave it: with the log
        shutil.copytree(desk.folder, live / "vault")
    copy = Desk(live, now_s=desk.now_s)
    log = next(copy.folder.glob("*.db-wal"))
    assert log.stat().st_size > 10_000
    flip(log, log.stat().st_size // 2)
    with copy.started() as vault:
        unlocked = unlock(vault, copy)
        assert unlocked.caught_up > 0
        assert texts(vault) == written
        assert vault.run(lambda v: v.check_everything().well).result()


def test_an_older_database_put_back_is_caught_up(desk, tmp_path) -> None:
    with desk.made() as vault:
        client = add_client(vault)
    old = database(desk).read_bytes()
    with desk.opened() as vault:
        write_note(vault, "newer", client=client)
    database(desk).write_bytes(old)
    with desk.started() as vault:
        assert unlock(vault, desk).caught_up > 0
        assert list(texts(vault).values()) == ["newer"]


def test_damage_that_shows_while_working_is_repaired_at_the_next_unlocking(
    desk, worked
) -> None:
    path = database(desk)
    page = next(
        number
        for number in range(3, path.stat().st_size // 4096)
        if _breaks_a_note(desk, path, number, worked)
    )
    flip(path, page * 4096 + 9)
    with desk.started() as vault:
        assert unlock(vault, desk).repair is None, "unlocking does not read every page"
        with pytest.raises(errors.DamagedError):
            vault.run(
                lambda v: [
                    v.notes.read(n) for (n,) in v.store.rows("SELECT id FROM note")
                ]
            ).result()
        vault.lock().result()
        assert unlock(vault, desk).repair is not None
        assert texts(vault) == worked


def _breaks_a_note(desk, path, page, worked) -> bool:
    """Tell whether a page holds note text and the vault still opens without it."""
    clean = path.read_bytes()
    flip(path, page * 4096 + 9)
    try:
        with desk.started() as vault:
            if unlock(vault, desk).repair is not None:
                return False
            try:
                vault.run(lambda v: v.store.rows("SELECT body FROM note")).result()
            except errors.DamagedError:
                return True
            return False
    finally:
        for leftover in desk.folder.glob("vault-*.db*"):
            leftover.unlink()
        path.write_bytes(clean)
        (desk.folder / "suspect").unlink(missing_ok=True)


def test_the_second_key_file_saves_the_first(desk, worked) -> None:
    for name in ("vault.header", "vault.header.copy"):
        flip(desk.folder / name, 60)
        with desk.started() as vault:
            unlocked = unlock(vault, desk)
            assert unlocked.header_damaged
            assert texts(vault) == worked
        with desk.started() as vault:
            assert not unlock(vault, desk).header_damaged, "mended"


def noticed(desk: Desk, worked: dict[int, str]) -> bool:
    """Open a vault with a flipped bit; nothing wrong may be read in silence."""
    with desk.started() as vault:
        try:
            unlocked = unlock(vault, desk)
        except SafeSessionError:
            return True
        told = (
            unlocked.repair is not None
            or unlocked.journal_damaged
            or unlocked.header_damaged
            or unlocked.caught_up
            or unlocked.tries_damaged
        )
        try:
            found = texts(vault)
            health = vault.run(lambda v: v.check_everything()).result()
        except errors.DamagedError:
            return True
        assert found == worked, "silently read"
        return bool(told) or not health.well


def test_any_flipped_bit_in_any_file_is_noticed(desk, worked, profile) -> None:
    with desk.started() as vault, pytest.raises(errors.WrongPassphraseError):
        vault.unlock("a wrong try, so that there is a counter").result()
    desk.now_s += 1000
    dice = profile.random("flips")
    files = [
        path
        for path in sorted(desk.folder.rglob("*"))
        # The reserve holds nothing.
        if path.is_file() and path.stat().st_size and path.name != "reserve"
    ]
    assert {path.suffix for path in files} >= {".db", ".ssj", ".header", ".copy"}
    clean = desk.home / "clean"
    shutil.copytree(desk.folder, clean)
    for _ in range(profile.count(ci=15, soak=4000)):
        path = dice.choice(files)
        offset = _place(dice, path)
        flip(path, offset, dice.randrange(8))
        assert noticed(desk, worked), (path.name, offset)
        shutil.rmtree(desk.folder)
        shutil.copytree(clean, desk.folder)


def _place(dice: random.Random, path: Path) -> int:
    size = path.stat().st_size
    return dice.choice([dice.randrange(size), dice.randrange(min(size, 64)), size - 1])
