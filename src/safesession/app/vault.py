"""Composition of the counselor's vault: the real one behind the ports.

Knows the vault, the engine's port for its memory, and the window's door. It decides
nothing about a session and holds no note.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from safesession.core.account import CounselorAccount
from safesession.core.device_state import InviteStore
from safesession.core.vault_port import Outcome, Secret, Tell
from safesession.core.vault_types import (
    BackupContent,
    BackupStatus,
    Binding,
    Created,
    Health,
    KeyringState,
    Restored,
    Unlocked,
    VaultState,
)
from safesession.crypto.identity import IdentityKey
from safesession.crypto.recovery_key import RecoveryKey
from safesession.vault import backups
from safesession.vault.files import disk_errors
from safesession.vault.open_vault import OpenVault
from safesession.vault.place import binding_of, judge_anchor
from safesession.vault.state_store import VaultInvites, VaultStateStore
from safesession.vault.vault import Vault


FOLDER = "vault"


class VaultDoor:
    """A `core.vault_port.VaultPort` over the real vault of a state folder."""

    def __init__(self, make: Callable[[], Vault], folder: Path) -> None:
        self._make = make
        self._folder = folder
        self.vault = make()

    @property
    def state(self) -> VaultState:
        """Where the vault is."""
        return self.vault.state

    def start(self) -> VaultState:
        """Take the folder for this process."""
        return self.vault.start()

    def close(self) -> None:
        """Lock and give the folder back."""
        self.vault.close()

    def set_aside(self) -> VaultState:
        """Keep a vault that nothing opens under another name, and begin anew.

        Raises:
            VaultError: the disk refuses.
        """
        self.vault.close()
        with disk_errors():
            self._folder.rename(self._folder.with_name(_aside_name()))
        self.vault = self._make()
        return self.vault.start()

    def new_recovery_key(self) -> RecoveryKey:
        """Draw a key for a sheet."""
        return self.vault.new_recovery_key()

    def create(self, passphrase: str, recovery: RecoveryKey) -> Outcome[Created]:
        """Make the vault; a counselor's keyring opens nothing."""
        return self.vault.create(passphrase, recovery, Binding.PASSPHRASE)

    def restore(
        self, backup: str, secret: Secret, passphrase: str, recovery: RecoveryKey
    ) -> Outcome[Restored]:
        """Make the vault out of a backup."""
        return self.vault.restore(Path(backup), secret, passphrase, recovery)

    def unlock(self, secret: Secret) -> Outcome[Unlocked]:
        """Open with the passphrase or the sheet."""
        if isinstance(secret, RecoveryKey):
            return self.vault.unlock_with_sheet(secret)
        return self.vault.unlock(secret)

    def waiting_s(self) -> Outcome[int]:
        """Return how long the next try has to wait."""
        return self.vault.waiting_s()

    def lock(self) -> Outcome[None]:
        """Close the database and drop the keys."""
        return self.vault.lock()

    def change_passphrase(self, secret: Secret, new: str) -> Outcome[None]:
        """Set another passphrase."""
        return self.vault.change_passphrase(secret, new)

    def rekey(
        self, secret: Secret, new: str, recovery: RecoveryKey, tell: Tell
    ) -> Outcome[None]:
        """Put everything under new keys."""
        return self.vault.rekey(secret, new, recovery, tell)

    def size_bytes(self) -> Outcome[int]:
        """Return how large the records are."""
        return self.vault.run(OpenVault.size_bytes)

    def change_recovery(self, secret: Secret, recovery: RecoveryKey) -> Outcome[None]:
        """Set another sheet."""
        return self.vault.change_recovery(secret, recovery)

    def binding(self) -> Outcome[tuple[Binding, KeyringState]]:
        """Return what opens the vault, and how the keyring is."""
        place = self.vault.place

        def job(vault: OpenVault) -> tuple[Binding, KeyringState]:
            _, keyring = judge_anchor(place, vault)
            return binding_of(vault.header), keyring

        return self.vault.run(job)

    def backup_status(self) -> Outcome[BackupStatus]:
        """Return when it was last backed up and rehearsed."""
        return self.vault.run(backups.status)

    def back_up(self, target: str, passphrase: str | None) -> Outcome[int]:
        """Write a backup."""
        return self.vault.back_up(Path(target), passphrase)

    def rehearse(self, backup: str, secret: Secret) -> Outcome[BackupContent]:
        """Try a restoration without changing anything."""
        return self.vault.rehearse(Path(backup), secret)

    def check(self) -> Outcome[Health]:
        """Check every byte."""
        return self.vault.run(OpenVault.check_everything)


def vault_door(state_dir: Path, make: Callable[[Path], Vault] = Vault) -> VaultDoor:
    """Return the door of a state folder's vault, not yet started."""
    folder = state_dir / FOLDER
    return VaultDoor(lambda: make(folder), folder)


class EngineMemory:
    """The engine's `StateStore` out of the vault, for as long as one engine runs.

    Identity and sign-in key stay in memory while the vault is locked: a running call
    must be able to reconnect, and an open invite to be answered. Made while the vault
    is open, and not on the GUI thread.

    Raises:
        StateError: the vault cannot tell.
    """

    def __init__(self, store: VaultStateStore, invites: InviteStore) -> None:
        self._store = store
        self._invites = invites
        self._identity = store.identity
        self._accounts: dict[str, CounselorAccount] = {}
        self._counters = store.wrong_attempts

    @property
    def identity(self) -> IdentityKey:
        """This device's identity key."""
        return self._identity

    def account(self, origin: str) -> CounselorAccount | None:
        """The sign-in key enrolled at `origin`, if any."""
        if origin not in self._accounts:
            found = self._store.account(origin)
            if found is None:
                return None
            self._accounts[origin] = found
        return self._accounts[origin]

    def save_account(self, origin: str, account: CounselorAccount) -> None:
        """Remember a freshly enrolled sign-in key."""
        self._store.save_account(origin, account)
        self._accounts[origin] = account

    @property
    def wrong_attempts(self) -> dict[bytes, int]:
        """Guess counters by invite tag."""
        return dict(self._counters)

    def count_guess(self, tag: bytes, count: int) -> None:
        """Count one guess on disk, beside the vault while it is locked."""
        self._store.count_guess(tag, count)
        self._counters[tag] = max(count, self._counters.get(tag, 0))

    def forgive_guess(self, tag: bytes) -> None:
        """Take one count back: that guess was right."""
        self._store.forgive_guess(tag)
        if self._counters.get(tag, 0) > 0:
            self._counters[tag] -= 1

    @property
    def invites(self) -> InviteStore:
        """Where an open invite waits for the next start."""
        return self._invites


def engine_memory(door: VaultDoor) -> EngineMemory:
    """Read what the engine needs from the open vault.

    Raises:
        StateError: the vault cannot tell.
    """
    return EngineMemory(VaultStateStore(door.vault), VaultInvites(door.vault))


def _aside_name() -> str:
    return f"{FOLDER}-set-aside-{time.strftime('%Y%m%d-%H%M%S')}"
