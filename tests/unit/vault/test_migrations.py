"""A vault of every earlier version becomes a present one, with all that is in it."""

from __future__ import annotations

from importlib import resources

import pytest
from tests.support.vaults import make_old_vault

from safesession.vault.connection import connect
from safesession.vault.errors import NewerVersionError
from safesession.vault.generations import snapshots_of
from safesession.vault.migrations import (
    migrate,
    newest_version,
    scripts,
    version_of,
)


KEY = bytes(32)
SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"


@pytest.mark.parametrize("version", range(1, newest_version()))
def test_from_every_earlier_version(desk, version) -> None:
    promised = make_old_vault(desk, version)
    with desk.started() as vault:
        unlocked = vault.unlock_with_sheet(desk.recovery).result()
        assert unlocked.migrated_from == version
        assert unlocked.repair is None
        note = vault.run(lambda v: v.notes.read(1)).result()
        assert (note.body, note.head.revision) == (
            promised["body"],
            promised["revision"],
        )
        assert vault.run(lambda v: len(v.search.find("焦虑"))).result() == 1
        assert vault.run(lambda v: v.notes.version_text(1, 2)).result() == "older"
        assert vault.run(lambda v: v.check_everything().well).result()
        paths, keys = vault.run(lambda v: (v.around.paths, v.keys)).result()
        kept = {stage.version for stage in snapshots_of(paths, keys.data_generation)}
        assert kept == {version, newest_version()}, "a copy from before is kept"
        vault.lock().result()
        again = vault.unlock_with_sheet(desk.recovery).result()
        assert again.migrated_from is None


@pytest.mark.parametrize("version", range(1, newest_version()))
def test_an_old_vault_that_is_damaged_is_repaired_and_migrated(desk, version) -> None:
    promised = make_old_vault(desk, version)
    (desk.folder / "vault-000001.db").write_bytes(b"not a database")
    with desk.started() as vault:
        unlocked = vault.unlock_with_sheet(desk.recovery).result()
        assert unlocked.repair is not None
        assert not unlocked.repair.lost
        note = vault.run(lambda v: v.notes.read(1)).result()
        assert note.body == promised["body"]


def test_every_step_has_a_number_of_its_own() -> None:
    files = resources.files("safesession.vault") / "sql"
    names = sorted(f.name for f in files.iterdir() if f.name.endswith(".sql"))
    numbers = [int(name[:4]) for name in names]
    assert numbers == list(range(1, newest_version() + 1))


def test_steps_end_in_the_same_tables_as_a_fresh_start(tmp_path) -> None:
    fresh = connect(tmp_path / "fresh.db", KEY, create=True)
    migrate(fresh)
    expected = fresh.rows(SCHEMA)
    fresh.close()
    for version in range(1, newest_version()):
        stepped = connect(tmp_path / f"{version}.db", KEY, create=True)
        migrate(stepped, up_to=version)
        assert version_of(stepped) == version
        migrate(stepped)
        assert stepped.rows(SCHEMA) == expected
        stepped.close()


def test_a_step_is_whole_or_not_there(tmp_path, monkeypatch) -> None:
    broken = (*scripts(), "CREATE TABLE one(x); CREATE TABLE one(x);")
    connection = connect(tmp_path / "x.db", KEY, create=True)
    migrate(connection)
    monkeypatch.setattr("safesession.vault.migrations.scripts", lambda: broken)
    with pytest.raises(Exception, match="already exists"):
        migrate(connection)
    assert version_of(connection) == len(broken) - 1
    names = [row[1] for row in connection.rows(SCHEMA)]
    assert "one" not in names
    connection.close()


def test_a_newer_database_is_left_alone(tmp_path) -> None:
    connection = connect(tmp_path / "x.db", KEY, create=True)
    connection.execute("PRAGMA user_version = 99")
    with pytest.raises(NewerVersionError):
        migrate(connection)
    assert not connection.rows(SCHEMA)
    connection.close()
