"""The custody log only grows; what is cut, edited or rolled back shows."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.vaults import Desk, add_client, write_note

from safesession.core.keeping_types import ChainPart
from safesession.core.vault_types import AnchorVerdict, KeyringState
from safesession.vault import custody, errors
from safesession.vault.custody import Anchor, CustodyEvent, open_anchor, seal_anchor
from safesession.vault.keeping import VaultKeeping


def run(vault, job):
    return vault.run(job).result()


def lines(vault, count: int = 5) -> None:
    for n in range(count):
        run(vault, lambda v, n=n: v.custody.record(CustodyEvent.OPENED, f"note:{n}"))


def test_entries_come_newest_first_in_pages(vault) -> None:
    lines(vault, 7)
    first = run(vault, lambda v: v.custody.entries(newest=3))
    then = run(vault, lambda v: v.custody.entries(newest=3, before=first[-1].number))
    assert [e.number for e in (*first, *then)] == [8, 7, 6, 5, 4, 3]
    assert run(vault, lambda v: v.custody.check().intact)


@pytest.mark.parametrize(
    ("forgery", "broken_at"),
    [
        ("UPDATE custody SET at_ms = 1 WHERE number = 3", 3),
        ("UPDATE custody SET event = 'exported' WHERE number = 3", 3),
        ("UPDATE custody SET event = 'unheard of' WHERE number = 3", 3),
        ("UPDATE custody SET subject = 'note:9' WHERE number = 3", 3),
        ("UPDATE custody SET detail = 'x' WHERE number = 2", 2),
        ("UPDATE custody SET signature = zeroblob(64) WHERE number = 4", 4),
        ("UPDATE custody SET hash = zeroblob(32) WHERE number = 4", 4),
        ("DELETE FROM custody WHERE number = 2", 2),
        ("DELETE FROM custody WHERE number = 1", 1),
    ],
)
def test_edits_and_deletions_show(vault, forgery, broken_at) -> None:
    lines(vault)

    def job(v):
        with pytest.raises(Exception, match="only grows"):
            v.store.connection.execute(forgery)
        v.store.connection.execute("DROP TRIGGER custody_fixed")
        v.store.connection.execute("DROP TRIGGER custody_kept")
        v.store.connection.execute(forgery)
        return v.custody.check(), v.check_everything().well

    check, well = run(vault, job)
    assert check.broken_at == broken_at
    assert not well


def test_a_long_log_is_followed_in_parts(vault, monkeypatch) -> None:
    monkeypatch.setattr(custody, "_PART", 3)
    lines(vault, 7)

    def parts() -> list[ChainPart]:
        seen = [ChainPart()]
        while not seen[-1].finished:
            seen.append(run(vault, lambda v: v.custody.follow(seen[-1])))
        return seen

    assert [part.followed for part in parts()] == [0, 3, 6, 8]
    assert parts()[-1].broken_at is None
    forge = "UPDATE custody SET detail = 'x' WHERE number = 5"

    def job(v):
        v.store.connection.execute("DROP TRIGGER custody_fixed")
        v.store.connection.execute(forge)

    run(vault, job)
    assert [part.followed for part in parts()] == [0, 3, 4]
    assert parts()[-1].broken_at == 5


def test_a_wrong_secret_inside_the_open_vault_is_written_down(vault, desk) -> None:
    wrong = vault.change_passphrase("not it", "new")
    with pytest.raises(errors.WrongPassphraseError):
        wrong.result()
    target = desk.home / "b.ssbak"
    vault.back_up(target, "its own").result()
    with pytest.raises(errors.WrongPassphraseError):
        vault.rehearse(target, "not it").result()
    events = [e.event for e in run(vault, lambda v: v.custody.entries())]
    assert events.count(CustodyEvent.PROOF_FAILED) == 2


def test_an_unlocking_with_doubts_stays_in_the_log(desk) -> None:
    with desk.made() as vault:
        write_note(vault, "one")
    shutil.copytree(desk.folder, desk.home / "old")
    with desk.opened() as vault:
        write_note(vault, "two")
    shutil.rmtree(desk.folder)
    shutil.copytree(desk.home / "old", desk.folder)
    assert unlock(desk).history is AnchorVerdict.ROLLED_BACK
    with desk.opened() as vault:  # by now the keyring's evidence is a new one
        state = VaultKeeping(lambda: vault).log_state().result()
        assert state.history is AnchorVerdict.CONFIRMED
        assert [verdict for _, verdict in state.doubts] == [AnchorVerdict.ROLLED_BACK]


def test_a_cut_tail_shows_by_the_anchor(vault) -> None:
    lines(vault)
    anchor = run(vault, lambda v: v.custody.anchor())
    assert run(vault, lambda v: v.custody.judge(anchor)) is AnchorVerdict.CONFIRMED
    lines(vault, 1)
    assert run(vault, lambda v: v.custody.judge(anchor)) is AnchorVerdict.CONFIRMED

    def cut(v):
        v.store.connection.execute("DROP TRIGGER custody_kept")
        v.store.connection.execute("DELETE FROM custody WHERE number > 3")
        return v.custody.check().intact, v.custody.judge(anchor)

    intact, verdict = run(vault, cut)
    assert intact, "the chain alone cannot tell"
    assert verdict is AnchorVerdict.ROLLED_BACK
    other = Anchor(2, bytes(32))
    assert run(vault, lambda v: v.custody.judge(other)) is AnchorVerdict.REWRITTEN
    assert run(vault, lambda v: v.custody.judge(None)) is AnchorVerdict.NONE


@given(st.binary(max_size=100))
def test_no_other_bytes_are_an_anchor(junk) -> None:
    assert open_anchor(junk, b"k" * 32, b"v" * 16) is None


def test_anchors_belong_to_one_vault_and_key() -> None:
    anchor = Anchor(5, bytes(32))
    sealed = seal_anchor(anchor, b"k" * 32, b"v" * 16)
    assert open_anchor(sealed, b"k" * 32, b"v" * 16) == anchor
    assert open_anchor(sealed, b"K" * 32, b"v" * 16) is None
    assert open_anchor(sealed, b"k" * 32, b"V" * 16) is None


# --- the keyring as a witness ---------------------------------------------------------


def unlock(desk: Desk):
    with desk.started() as vault:
        return vault.unlock_with_sheet(desk.recovery).result()


def test_the_whole_folder_put_back_is_noticed(desk) -> None:
    with desk.made() as vault:
        write_note(vault, "one")
    shutil.copytree(desk.folder, desk.home / "old")
    with desk.opened() as vault:
        write_note(vault, "two")
    assert unlock(desk).history is AnchorVerdict.CONFIRMED
    shutil.rmtree(desk.folder)
    shutil.copytree(desk.home / "old", desk.folder)
    assert unlock(desk).history is AnchorVerdict.ROLLED_BACK


def test_without_a_keyring_there_is_no_witness_and_it_says_so(desk) -> None:
    desk.backend = None
    with desk.made():
        pass
    unlocked = unlock(desk)
    assert unlocked.history is AnchorVerdict.NONE
    assert unlocked.keyring is KeyringState.ABSENT


def test_a_changed_witness_is_told_apart(desk) -> None:
    with desk.made():
        pass
    for name in desk.backend.dump:
        desk.backend.dump[name] = "00" * 72
    unlocked = unlock(desk)
    assert unlocked.history is AnchorVerdict.FORGED
    assert unlocked.keyring is KeyringState.CHANGED


def test_a_crash_is_no_rollback(desk) -> None:
    """The log may be longer than the witness knows, never shorter."""
    with desk.made() as vault:
        add_client(vault)
        vault.run(lambda v: v.custody.record(CustodyEvent.OPENED)).result()
        shutil.copytree(desk.folder, desk.home / "crashed" / "vault")
    crashed = Desk(desk.home / "crashed", now_s=desk.now_s)
    crashed.backend = desk.backend
    assert unlock(crashed).history is AnchorVerdict.CONFIRMED
