"""The process that is killed while a vault takes over what lay outside.

Like `vault_child`, with the parts of the app that know both sides. The keyring is a
file in the home, so that a kill leaves it as it was then.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.vault_child import Life, main, tell
from tests.support.vaults import PASSPHRASE, Desk

from safesession.app.unsent import OldPlace
from safesession.core.vault_types import VaultState
from safesession.keyring_store import DeviceKeyring
from safesession.vault.state_store import VaultUnsent
from safesession.vault.vault import Vault


class FileBackend:
    """A keyring that is a file: read and replaced at every call."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def dump(self) -> dict[str, str]:
        return json.loads(self._path.read_text()) if self._path.exists() else {}

    def get_password(self, _service: str, username: str, /) -> str | None:
        return self.dump.get(username)

    def set_password(self, _service: str, username: str, password: str, /) -> None:
        self._replace({**self.dump, username: password})

    def delete_password(self, _service: str, username: str, /) -> None:
        self._replace({k: v for k, v in self.dump.items() if k != username})

    def _replace(self, entries: dict[str, str]) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(entries))
        fresh.replace(self._path)


def keyring_of(home: Path) -> FileBackend:
    return FileBackend(home / "keyring.json")


def move_in(desk: Desk, vault: Vault) -> tuple[str, ...]:
    """Do what the app does at its start; return the unsent texts."""
    if vault.state is VaultState.ABSENT:
        vault.create(PASSPHRASE, desk.recovery).result()
    else:
        vault.unlock_with_sheet(desk.recovery).result()
    unsent = VaultUnsent(vault)
    backend = keyring_of(desk.home)
    OldPlace(desk.home, DeviceKeyring(lambda: backend)).move_into(unsent)
    return unsent.texts


class Moving(Life):
    """A start of the app on a home that an earlier version left."""

    def adopt(self) -> None:
        desk = Desk(self.home, self.desk.now_s, backend=keyring_of(self.home))
        with desk.started() as vault:
            tell(texts=move_in(desk, vault))


if __name__ == "__main__":
    main(Moving)
