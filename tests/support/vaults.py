"""Real vaults in a test's own folder: cheap passphrases, a clock that can be set.

The keyring is a table in memory behind the real `DeviceKeyring`; tests of the real
Secret Service have their own file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from safesession.core.note_types import NewNote, NoteKind, Saved
from safesession.core.vault_types import Binding
from safesession.crypto.argon2 import LEAST
from safesession.crypto.encoding import H
from safesession.crypto.recovery_key import RecoveryKey
from safesession.keyring_store import Backend, DeviceKeyring
from safesession.vault import key_slots
from safesession.vault.connection import connect
from safesession.vault.files import VaultPaths, make_private_folder
from safesession.vault.header import Purpose
from safesession.vault.migrations import migrate
from safesession.vault.opening import Surroundings, finish_generation, publish
from safesession.vault.text_search import indexed
from safesession.vault.vault import Vault


PASSPHRASE = "correct horse 电池"
START_S = 1_760_000_000.0


class TableBackend:
    """A keyring backend that is a dictionary. `dump` is what a thief would have."""

    def __init__(self) -> None:
        self.dump: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str, /) -> str | None:
        return self.dump.get((service, username))

    def set_password(self, service: str, username: str, password: str, /) -> None:
        self.dump[service, username] = password

    def delete_password(self, service: str, username: str, /) -> None:
        del self.dump[service, username]


@dataclass
class Desk:
    """Everything around one vault: where it is, what time it is, its sheet."""

    home: Path
    now_s: float = START_S
    backend: Backend | None = field(default_factory=TableBackend)
    recovery: RecoveryKey = field(default_factory=lambda: RecoveryKey(bytes(range(20))))
    find: Callable[[], Backend | None] | None = None  # where not the table

    @property
    def folder(self) -> Path:
        return self.home / "vault"

    def vault(self) -> Vault:
        """Return a started vault; the caller closes it."""
        keyring = DeviceKeyring(self.find or (lambda: self.backend), 5.0)
        vault = Vault(
            self.folder, cost=LEAST, clock=lambda: self.now_s, keyring=keyring
        )
        vault.start()
        return vault

    @contextmanager
    def made(self, binding: Binding = Binding.PASSPHRASE) -> Iterator[Vault]:
        """Make a vault and close it afterwards."""
        vault = self.vault()
        try:
            vault.create(PASSPHRASE, self.recovery, binding).result()
            yield vault
        finally:
            vault.close()

    @contextmanager
    def opened(self) -> Iterator[Vault]:
        """Open the vault with the sheet (no slow derivation) and close it afterwards."""
        vault = self.vault()
        try:
            vault.unlock_with_sheet(self.recovery).result()
            yield vault
        finally:
            vault.close()

    @contextmanager
    def started(self) -> Iterator[Vault]:
        """Start on the folder as it is and close it afterwards."""
        vault = self.vault()
        try:
            yield vault
        finally:
            vault.close()


def write_note(
    vault: Vault,
    body: str,
    *,
    kind: NoteKind = NoteKind.RECORD,
    client: int | None = None,
    title: str = "第3次",
    at_ms: int = 1_000,
) -> Saved:
    """Write a note for a client (a new one where none is named)."""

    def job(v):
        client_id = client or v.clients.add(f"A-{v.store.sequence:03}").id
        return v.notes.begin(NewNote(client_id, kind, "soap", at_ms, title, body))

    return vault.run(job).result()


def add_client(vault: Vault, code: str = "A-017", name: str = "王小明") -> int:
    """Open a client's file and return its id."""
    return vault.run(lambda v: v.clients.add(code, name).id).result()


def flip(path: Path, offset: int, bit: int = 0) -> None:
    """Change one bit of a file."""
    content = bytearray(path.read_bytes())
    content[offset] ^= 1 << bit
    path.write_bytes(content)


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def make_old_vault(desk: Desk, version: int) -> dict[str, int | str]:
    """Make a vault as an earlier version of the program left it.

    Returns what must be in it afterwards: a note, its revision and text.
    """
    paths = VaultPaths(desk.folder)
    around = Surroundings(paths, lambda: desk.now_s, os.urandom)
    make_private_folder(paths.folder)
    header, keys = key_slots.new_header(Purpose.VAULT, os.urandom)
    header = key_slots.with_recovery(header, keys.master, desk.recovery, os.urandom)
    connection = connect(paths.database(1), keys.database, create=True)
    migrate(connection, up_to=version)
    body = "早年的焦虑 early notes"
    run = connection.execute
    run("INSERT INTO vault VALUES (1, 7, 1000, 1000, NULL)")
    run("INSERT INTO client(id, code, name, created_at_ms) VALUES (1, 'A-1', '', 1)")
    run(
        "INSERT INTO note(id, client_id, kind, template, session_at_ms, created_at_ms, "
        "saved_at_ms, revision, title, body) VALUES (1, 1, 'record', 'soap', 5, 6, 7, "
        "3, 't', ?)",
        (body,),
    )
    run(
        "INSERT INTO note_search(rowid, body) VALUES (1, ?)",
        (indexed(f"t\n{body}"),),
    )
    run(
        "INSERT INTO note_version(note_id, revision, saved_at_ms, title, body) "
        "VALUES (1, 2, 6, 't', 'older')"
    )
    if version >= 2:
        run(
            "INSERT INTO attachment(note_id, name, media_type, size_bytes, digest, "
            "added_at_ms, content) VALUES (1, 'a', 'b', 1, ?, 5, x'00')",
            (H(b"attachment", bytes(1)),),
        )
    connection.close()
    finish_generation(around, keys)
    publish(around, header, keys)
    return {"note": 1, "revision": 3, "body": body}
