"""An open invite and unsent text live in the vault, also while it is locked."""

from __future__ import annotations

import gc
import os
from dataclasses import replace

import pytest
from tests.support.vaults import PASSPHRASE, Desk, tree

from safesession.core.kept_invite import InviteStage, KeptInvite
from safesession.crypto.invite_code import InviteCode
from safesession.errors import StateError
from safesession.vault.engine_records import (
    decode_invite,
    decode_texts,
    encode_invite,
    encode_texts,
)
from safesession.vault.errors import DamagedError, DiskFullError
from safesession.vault.generations import snapshots_of
from safesession.vault.letters import LetterKind, letter_path
from safesession.vault.state_store import VaultInvites, VaultStateStore, VaultUnsent


SECRET = b"31415926"
TOKEN = "cd" * 32
INVITE = KeptInvite(
    origin="relay.example.org",
    code=InviteCode("654321", SECRET),
    expires_at=1_760_172_800,
    seat_token=TOKEN,
    attempt=2,
    nonce=bytes(range(32)),
    stage=InviteStage.OFFERED,
    wrong_attempts=1,
)
TEXTS = ("我还没有准备好", "half a \ud83d pair")


def reopen(vault, desk: Desk) -> None:
    vault.lock().result()
    vault.unlock_with_sheet(desk.recovery).result()


def test_an_invite_is_kept_and_forgotten(vault, desk) -> None:
    invites = VaultInvites(vault)
    assert invites.kept_invite is None
    invites.keep_invite(INVITE)
    challenged = replace(INVITE, stage=InviteStage.CHALLENGED)
    invites.keep_invite(challenged)
    reopen(vault, desk)
    again = VaultInvites(vault)
    assert again.kept_invite == challenged
    again.forget_invite()
    assert VaultInvites(vault).kept_invite is None
    for secret in (SECRET.decode(), TOKEN, INVITE.nonce.hex()):
        assert secret not in repr(INVITE)


def test_unsent_text_is_kept(vault, desk) -> None:
    unsent = VaultUnsent(vault)
    assert unsent.texts == ()
    unsent.write(TEXTS)
    reopen(vault, desk)
    assert VaultUnsent(vault).texts == (TEXTS[0], "half a ? pair")
    assert "准备" not in repr(vault.run(lambda v: v.engine.unsent).result())


def test_what_happens_while_locked_is_there_after_unlocking(vault, desk) -> None:
    invites, unsent = VaultInvites(vault), VaultUnsent(vault)
    store = VaultStateStore(vault)
    vault.lock().result()
    invites.keep_invite(INVITE)
    unsent.write(TEXTS[:1])
    unsent.write(("焦虑的话",))
    store.count_guess(b"tag", 1)
    for content in tree(desk.folder).values():
        for secret in (SECRET, TOKEN.encode(), "焦虑".encode(), TEXTS[0].encode()):
            assert secret not in content
    vault.unlock_with_sheet(desk.recovery).result()
    assert VaultInvites(vault).kept_invite == INVITE
    assert VaultUnsent(vault).texts == ("焦虑的话",)
    assert store.wrong_attempts == {b"tag": 1}
    assert not list(desk.folder.glob("*.letter"))
    # The same engine goes on, and its words are newer than the letters'.
    unsent.write(("danach",))
    invites.forget_invite()
    reopen(vault, desk)
    assert VaultInvites(vault).kept_invite is None
    assert VaultUnsent(vault).texts == ("danach",)


def test_an_old_letter_put_back_changes_nothing(vault, desk) -> None:
    unsent, invites, store = VaultUnsent(vault), VaultInvites(vault), None
    store = VaultStateStore(vault)
    vault.lock().result()
    unsent.write(("alt",))
    invites.keep_invite(INVITE)
    store.count_guess(b"tag", 2)
    letters = {p: p.read_bytes() for p in desk.folder.glob("*.letter")}
    assert len(letters) == len(LetterKind)
    vault.unlock_with_sheet(desk.recovery).result()
    unsent.write(())
    invites.forget_invite()
    store.count_guess(b"tag", 3)
    vault.lock().result()
    for path, content in letters.items():
        path.write_bytes(content)
    vault.unlock_with_sheet(desk.recovery).result()
    assert VaultUnsent(vault).texts == ()
    assert VaultInvites(vault).kept_invite is None
    assert store.wrong_attempts == {b"tag": 3}


@pytest.mark.parametrize("kind", LetterKind)
def test_an_unreadable_letter_is_kept_aside_and_written_down(vault, desk, kind) -> None:
    vault.lock().result()
    path = letter_path(desk.folder, kind)
    path.write_bytes(b"SSLB1 and then noise")
    vault.unlock_with_sheet(desk.recovery).result()
    assert not path.exists()
    (kept,) = (desk.folder / "damaged").glob(f"*{path.name}")
    assert kept.read_bytes() == b"SSLB1 and then noise"
    lines = vault.run(lambda v: v.custody.entries()).result()
    assert any(line.detail == f"unreadable letter: {kind}" for line in lines)


def test_one_letter_is_not_taken_for_another(vault, desk) -> None:
    unsent = VaultUnsent(vault)
    vault.lock().result()
    unsent.write(("x",))
    letter_path(desk.folder, LetterKind.UNSENT).rename(
        letter_path(desk.folder, LetterKind.INVITE)
    )
    vault.unlock_with_sheet(desk.recovery).result()
    assert VaultInvites(vault).kept_invite is None


def test_a_locked_vault_holds_no_key_of_its_letters(vault) -> None:
    def holders(wanted: bytearray) -> int:
        gc.collect()
        return sum(
            type(held) is bytes and held == wanted
            for holder in gc.get_objects()
            for held in gc.get_referents(holder)
        )

    def job(v):
        held = [v.engine.letterbox_secret(bytes)]
        return bytearray(held[0]), holders(bytearray(held[0]))

    copy, seen = vault.run(job).result()
    assert seen == 1, "the walk sees what is alive"
    vault.lock().result()
    assert holders(copy) == 0
    assert vault._letterbox.public != copy


def test_before_the_first_unlocking_nothing_can_be_written(desk) -> None:
    with desk.made():
        pass
    with desk.started() as vault:
        with pytest.raises(StateError):
            VaultStateStore(vault).count_guess(b"tag", 1)
        with pytest.raises(StateError):
            VaultInvites(vault)


def test_a_write_that_fails_is_said_and_the_next_one_counts(
    vault, desk, monkeypatch
) -> None:
    """It may be there all the same; the next must not be taken for a repetition."""
    from safesession.vault import store as module

    unsent = VaultUnsent(vault)

    def not_read_back(self, _witnesses) -> None:
        raise DiskFullError("after the commit")

    with monkeypatch.context() as patch:
        patch.setattr(module.Store, "_read_back", not_read_back)
        with pytest.raises(StateError):
            unsent.write(("eins",))
    unsent.write(("zwei",))
    reopen(vault, desk)
    assert VaultUnsent(vault).texts == ("zwei",)


def test_what_is_typed_does_not_fill_the_disk(vault, desk, monkeypatch) -> None:
    """Every burst is in the journal; a long one is replaced by a snapshot."""
    monkeypatch.setattr("safesession.vault.open_vault.SNAPSHOT_AFTER_BYTES", 50_000)

    def journal_bytes(v) -> int:
        return v.store.journal.size_bytes

    unsent = VaultUnsent(vault)
    for n in range(20):
        unsent.write(("字" * 1000 + str(n),))
    assert vault.run(journal_bytes).result() > 50_000
    reopen(vault, desk)
    assert vault.run(journal_bytes).result() < 1_000
    assert VaultUnsent(vault).texts == ("字" * 1000 + "19",)


def test_a_snapshot_of_yesterday_is_renewed_at_the_unlocking(vault, desk) -> None:
    def newest(v) -> int:
        stages = snapshots_of(v.around.paths, v.keys.data_generation)
        return max(stage.sequence for stage in stages)

    def age(v) -> None:
        for stage in snapshots_of(v.around.paths, v.keys.data_generation):
            path = stage.snapshot(v.around.paths)
            os.utime(path, (desk.now_s - 25 * 3600,) * 2)

    before = vault.run(newest).result()
    VaultUnsent(vault).write(("x",))
    reopen(vault, desk)
    assert vault.run(newest).result() == before
    vault.run(age).result()
    reopen(vault, desk)
    assert vault.run(newest).result() > before


def test_a_restored_copy_begins_without_invite_and_unsent_text(
    vault, desk, tmp_path
) -> None:
    """Somebody else may hold that seat, and those texts may have arrived."""
    VaultInvites(vault).keep_invite(INVITE)
    VaultUnsent(vault).write(("schon angekommen",))
    before = vault.run(lambda v: v.engine.letterbox_secret(bytes)).result()
    vault.back_up(tmp_path / "b.ssbak", None).result()
    other = Desk(tmp_path / "other")
    with other.started() as fresh:
        fresh.restore(
            tmp_path / "b.ssbak", desk.recovery, PASSPHRASE, other.recovery
        ).result()
        assert VaultInvites(fresh).kept_invite is None
        assert VaultUnsent(fresh).texts == ()
        after = fresh.run(lambda v: v.engine.letterbox_secret(bytes)).result()
        assert after != before


def test_records_are_read_whole_or_refused() -> None:
    assert decode_invite(encode_invite(INVITE)) == INVITE
    assert decode_invite(encode_invite(None)) is None
    assert decode_texts(encode_texts(("a", "乙"))) == ("a", "乙")
    good = encode_invite(INVITE)
    for bad in (
        "[]",
        "{",
        "{}",
        good.replace('"attempt": 2', '"attempt": -2'),
        good.replace('"attempt": 2', '"attempt": true'),
        good.replace(INVITE.nonce.hex(), "00"),
        good.replace("offered", "gone"),
        good.replace("31415926", "3141592x"),
        good.replace(TOKEN, ""),
    ):
        with pytest.raises(DamagedError):
            decode_invite(bad)
    for bad in ("", "{}", "[1]", '["a"'):
        with pytest.raises(DamagedError):
            decode_texts(bad)
