"""The counselor's home and a dump of the keyring together do not open the vault.

The vault is made by the app's own pages with what they take by themselves, over a
real Secret Service; the thief gets every file and every entry of the keyring.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.support.children import run_python
from tests.support.keyring_room import keyring_room
from tests.support.vault_thief import opened_by
from tests.support.workday import Workday

from safesession.core.vault_types import SlotKind
from safesession.crypto import argon2
from safesession.vault.files import VaultPaths
from safesession.vault.header_file import read_header


pytestmark = pytest.mark.timeout(600)

PASSPHRASE = "quiet river under seven lamps"
_DUMP = """
import json, secretstorage
found = {}
for collection in secretstorage.get_all_collections(secretstorage.dbus_init()):
    for item in collection.get_all_items():
        found[item.get_label()] = item.get_secret().hex()
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def stolen(tmp_path_factory) -> tuple[Path, dict[str, bytes]]:
    """A vault made in the app; its folder, and what the keyring gave away."""
    tmp_path: Path = tmp_path_factory.mktemp("stolen")
    with keyring_room(tmp_path / "keyring") as room:
        address = {"DBUS_SESSION_BUS_ADDRESS": room["DBUS_SESSION_BUS_ADDRESS"]}
        day = Workday(tmp_path, environment=address)
        try:
            day.ask_for_secret("set_up", secret={"passphrase": PASSPHRASE})
            day.ask("add_client", code="A-017", secret={"name": "王小明"})
            day.ask("write", secret={"title": "第一次", "body": "她说最近焦虑"})
            backup = day.state / "vault" / "copy.ssbak"
            day.ask("back_up", path=str(backup), secret={"passphrase": PASSPHRASE})
            day.ask("lock")
        finally:
            day.close()
        dump = json.loads(run_python(_DUMP, room))
    return day.state / "vault", {k: bytes.fromhex(v) for k, v in dump.items()}


def test_disk_and_keyring_do_not_open_it(stolen) -> None:
    folder, keyring = stolen
    assert keyring, "the keyring holds evidence of the custody log's length"
    header = read_header(VaultPaths(folder)).header
    assert {slot.kind for slot in header.slots} == {
        SlotKind.PASSPHRASE,
        SlotKind.RECOVERY,
    }
    slot = header.slot(SlotKind.PASSPHRASE)
    assert slot.device_check == b"", "nor does it need the keyring"
    assert slot.cost == argon2.DEFAULT
    assert opened_by(folder, keyring.values()) == []


@pytest.mark.parametrize("known", ["master", "file_key", "database"])
def test_the_thief_would_have_found_a_key(stolen, known) -> None:
    """The control: with one key more in the keyring the vault stands open."""
    from safesession.vault.key_slots import keys_of
    from safesession.vault.place import open_with

    folder, keyring = stolen
    header = read_header(VaultPaths(folder)).header
    keys = keys_of(header, open_with(PASSPHRASE, b"")(header))
    told = getattr(keys, known).hex().encode()
    assert opened_by(folder, [*keyring.values(), told])
