"""The vault's door as a front end sees it: make, unlock, lock, back up, check.

The user interface depends on this protocol only and never imports the vault. All
methods but `start` return at once; outcomes come on the vault's thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

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
from safesession.crypto.recovery_key import RecoveryKey


T_co = TypeVar("T_co", covariant=True)
Secret = str | RecoveryKey  # a passphrase or the printed sheet
Tell = Callable[[float], None]  # a share from 0 to 1


class Outcome(Protocol[T_co]):
    """What will become of a job; a `concurrent.futures.Future` is one."""

    def result(self) -> T_co:
        """Return what came of it, or raise a SafeSessionError whose code says why."""

    def add_done_callback(self, fn: Callable[[Any], object], /) -> None:
        """Call `fn` with this outcome once it is there, on any thread."""


class VaultPort(Protocol):
    """One vault. Files are named by their path."""

    @property
    def state(self) -> VaultState:
        """Where the vault is; changes when an outcome is there."""

    def start(self) -> VaultState:
        """Take the folder for this process; blocks for a moment.

        Raises:
            SafeSessionError: in use by another app, or not writable.
        """

    def close(self) -> None:
        """Lock and give the folder back; blocks until what is queued is done."""

    def new_recovery_key(self) -> RecoveryKey:
        """Draw a key for a sheet; it opens nothing until it is given back."""

    def create(self, passphrase: str, recovery: RecoveryKey) -> Outcome[Created]:
        """Make the vault, open."""

    def restore(
        self, backup: str, secret: Secret, passphrase: str, recovery: RecoveryKey
    ) -> Outcome[Restored]:
        """Make the vault out of a backup, open. `secret` opens the backup."""

    def unlock(self, secret: Secret) -> Outcome[Unlocked]:
        """Open with the passphrase or the sheet."""

    def waiting_s(self) -> Outcome[int]:
        """Return how long the next try has to wait."""

    def lock(self) -> Outcome[None]:
        """Close the database and drop the keys."""

    def change_passphrase(self, secret: Secret, new: str) -> Outcome[None]:
        """Set another passphrase; `secret` proves who asks."""

    def rekey(
        self, secret: Secret, new: str, recovery: RecoveryKey, tell: Tell
    ) -> Outcome[None]:
        """Put everything under new keys, with another passphrase and sheet.

        A copied older key file then opens nothing of what is here. `tell` hears on
        the vault's thread which share is done. A kill leaves the old vault or the
        new one.
        """

    def size_bytes(self) -> Outcome[int]:
        """Return how large the records are, to say how long a re-keying takes."""

    def change_recovery(self, secret: Secret, recovery: RecoveryKey) -> Outcome[None]:
        """Set another sheet; the old one opens nothing any more."""

    def binding(self) -> Outcome[tuple[Binding, KeyringState]]:
        """Return what opens the vault besides the sheet, and how the keyring is."""

    def backup_status(self) -> Outcome[BackupStatus]:
        """Return when it was last backed up and rehearsed."""

    def back_up(self, target: str, passphrase: str | None) -> Outcome[int]:
        """Write a backup that the sheet opens, and `passphrase` if given."""

    def rehearse(self, backup: str, secret: Secret) -> Outcome[BackupContent]:
        """Try a restoration without changing anything."""

    def check(self) -> Outcome[Health]:
        """Check every byte. Slow."""
