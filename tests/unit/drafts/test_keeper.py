"""What was typed is on disk in time, sealed, and only as long as it should be."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.support.children import wait_until

from safesession.core.ports import Keeping, UnsentNews
from safesession.drafts.keeper import DraftKeeper
from safesession.drafts.sealed_file import FILE_NAME, SealedFile
from safesession.drafts.sealed_place import SealedPlace
from safesession.keyring_store import KeyringUnavailableError


class Key:
    """A key source; `gate` holds it up as a prompt would."""

    def __init__(self) -> None:
        self.key: bytes | None = bytes(32)
        self.gate = threading.Event()
        self.gate.set()
        self.erased = 0

    def fetch(self) -> bytes:
        self.gate.wait(10)
        if self.key is None:
            raise KeyringUnavailableError("none")
        return self.key

    def erase(self) -> None:
        self.erased += 1


class Kept:
    """A keeper and its news."""

    def __init__(self, folder: Path, key: Key, **options) -> None:
        options.setdefault("shared", False)
        self.folder = folder
        place = SealedPlace(SealedFile(folder, secrets.token_bytes), key)
        self.keeper = DraftKeeper(place, **options)
        self.news: list[UnsentNews] = []
        self.keeper.subscribe(self.news.append)
        self.keeper.start()

    def wait(self, keeping: Keeping) -> UnsentNews:
        wait_until(lambda: self.news[-1].keeping is keeping, f"{keeping} {self.news}")
        return self.news[-1]

    def on_disk(self) -> tuple[str, ...]:
        return SealedFile(self.folder, secrets.token_bytes).read(bytes(32))

    def wait_for(self, *texts: str) -> None:
        wait_until(lambda: self.on_disk() == texts, f"{texts} on disk")


@contextmanager
def keeping(folder: Path, key: Key, **options) -> Iterator[Kept]:
    kept = Kept(folder, key, **options)
    try:
        yield kept
    finally:
        key.gate.set()
        kept.keeper.close()
        wait_until(
            lambda: (
                not [
                    t for t in threading.enumerate() if t.name in ("drafts", "keyring")
                ]
            ),
            "its threads end",
        )


@pytest.fixture
def key() -> Key:
    return Key()


def test_what_was_not_delivered_is_there_next_time(tmp_path, key) -> None:
    with keeping(tmp_path, key) as kept:
        assert kept.wait(Keeping.SEALED).last_time == ()
        kept.keeper.keep(("发了", "还在写"), at_once=True)
        kept.wait_for("发了", "还在写")
    with keeping(tmp_path, key) as kept:
        assert kept.wait(Keeping.SEALED).last_time == ("发了", "还在写")
        kept.keeper.keep(("新的",), at_once=True)
        kept.wait_for("发了", "还在写", "新的")
        kept.keeper.set_aside(())
        kept.wait_for("新的")
        kept.keeper.keep((), at_once=False)
    assert not (tmp_path / FILE_NAME).exists(), "nothing to keep, no file"


def test_nothing_readable_is_on_disk_and_only_for_its_owner(tmp_path, key) -> None:
    with keeping(tmp_path, key) as kept:
        kept.wait(Keeping.SEALED)
        kept.keeper.keep(("我害怕回家",), at_once=True)
        kept.wait_for("我害怕回家")
        for file in tmp_path.iterdir():
            assert "我害怕".encode() not in file.read_bytes()
        if os.name == "posix":
            assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0


def test_typing_is_written_within_a_second_however_steady(tmp_path, key) -> None:
    with keeping(tmp_path, key) as kept:
        kept.wait(Keeping.SEALED)
        typed = [0]

        def type_on() -> bool:
            typed[0] += 1
            kept.keeper.keep(("字" * typed[0],), at_once=False)
            return kept.on_disk() != ()

        wait_until(type_on, "a draft on disk", timeout_s=5.0)


def test_what_is_typed_while_the_keyring_asks_is_kept_afterwards(tmp_path, key) -> None:
    key.gate.clear()
    with keeping(tmp_path, key, keyring_limit_s=0.05) as kept:
        kept.keeper.keep(("早",), at_once=True)
        assert kept.wait(Keeping.UNAVAILABLE).last_time is None
        assert not (tmp_path / FILE_NAME).exists()
        key.gate.set()
        kept.wait(Keeping.SEALED)
        kept.wait_for("早")


def test_a_hanging_keyring_does_not_hold_up_the_end(tmp_path, key) -> None:
    key.gate.clear()
    kept = Kept(tmp_path, key)
    try:
        kept.keeper.close()
        assert "drafts" not in {t.name for t in threading.enumerate()}
    finally:
        key.gate.set()
        wait_until(
            lambda: "keyring" not in {t.name for t in threading.enumerate()}, "the end"
        )


def test_without_a_keyring_nothing_is_kept_and_that_is_said(tmp_path, key) -> None:
    key.key = None
    with keeping(tmp_path, key) as kept:
        kept.wait(Keeping.UNAVAILABLE)
        kept.keeper.keep(("nowhere",), at_once=True)
    assert list(tmp_path.iterdir()) == []


def test_a_shared_computer_keeps_nothing_and_forgets_what_there_was(
    tmp_path, key
) -> None:
    with keeping(tmp_path, key) as kept:
        kept.wait(Keeping.SEALED)
        kept.keeper.keep(("secret",), at_once=True)
        kept.wait_for("secret")
        kept.keeper.share(True)
        assert kept.wait(Keeping.SHARED).last_time == ()
        assert not (tmp_path / FILE_NAME).exists()
        assert key.erased == 1
        kept.keeper.keep(("more",), at_once=True)
        kept.keeper.share(False)
        kept.wait(Keeping.SEALED)
        kept.keeper.keep(("mine again",), at_once=True)
        kept.wait_for("mine again")
        kept.keeper.share(True)
        kept.wait(Keeping.SHARED)
    with keeping(tmp_path, key, shared=True) as kept:
        assert kept.wait(Keeping.SHARED).last_time in ((), None)
        kept.keeper.keep(("nothing",), at_once=True)
    assert not (tmp_path / FILE_NAME).exists()


def test_a_key_made_too_late_is_erased_too(tmp_path, key) -> None:
    key.gate.clear()
    with keeping(tmp_path, key) as kept:
        kept.wait(Keeping.STARTING)
        wait_until(
            lambda: "keyring" in {t.name for t in threading.enumerate()}, "asking"
        )
        kept.keeper.share(True)
        kept.wait(Keeping.SHARED)
        key.gate.set()
        wait_until(lambda: key.erased == 1, "the key is gone")


def test_a_second_window_leaves_the_file_to_the_first(tmp_path, key) -> None:
    with keeping(tmp_path, key) as first:
        first.wait(Keeping.SEALED)
        first.keeper.keep(("erstes",), at_once=True)
        first.wait_for("erstes")
        second = Kept(tmp_path, key)
        second.wait(Keeping.UNAVAILABLE)
        second.keeper.share(True)
        second.wait(Keeping.SHARED)
        second.keeper.close()
        first.wait_for("erstes")


def test_a_full_disk_is_said_and_tried_again(tmp_path, key, monkeypatch) -> None:
    import safesession.drafts.keeper as module
    from safesession.drafts import sealed_file
    from safesession.errors import StateError

    monkeypatch.setattr(module, "AGAIN_AFTER_S", 0.05)
    full = threading.Event()
    full.set()
    write = sealed_file.write_bytes

    def write_or_not(path: Path, data: bytes) -> None:
        if full.is_set():
            raise StateError("full")
        write(path, data)

    monkeypatch.setattr(sealed_file, "write_bytes", write_or_not)
    with keeping(tmp_path, key) as kept:
        kept.wait(Keeping.SEALED)
        kept.keeper.keep(("bald",), at_once=True)
        kept.wait(Keeping.UNAVAILABLE)
        full.clear()
        kept.wait(Keeping.SEALED)
        kept.wait_for("bald")


def test_a_file_of_another_key_is_no_obstacle(tmp_path, key) -> None:
    with keeping(tmp_path, key) as kept:
        kept.wait(Keeping.SEALED)
        kept.keeper.keep(("old",), at_once=True)
        kept.wait_for("old")
    key.key = bytes([1]) * 32
    with keeping(tmp_path, key) as kept:
        assert kept.wait(Keeping.SEALED).last_time == ()
