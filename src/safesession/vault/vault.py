"""`Vault`: what the app holds. Its methods return at once, with a future.

    vault = Vault(folder)
    vault.start()                                    # VaultInUseError: a second app
    vault.unlock("passphrase").result()
    saved = vault.run(lambda v: v.notes.begin(new)).result()
    vault.lock().result();  vault.close()

Work happens on the vault's own thread. Jobs given to `run` must return frozen
values and keep nothing of the open vault: after `lock` there must be nothing left.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from safesession import freed_memory
from safesession.core.keeping_types import CustodyEvent, DeletionReview
from safesession.core.vault_types import (
    BackupContent,
    Binding,
    Created,
    Restored,
    Unlocked,
    VaultState,
)
from safesession.crypto import argon2
from safesession.crypto.argon2 import Argon2Cost, passphrase_bytes
from safesession.crypto.entropy import Entropy
from safesession.crypto.recovery_key import RecoveryKey
from safesession.errors import LocalProtocolError
from safesession.keyring_store import DeviceKeyring
from safesession.vault import access, backups, header_file, rekeying, reserve
from safesession.vault.attempts import AttemptFile
from safesession.vault.errors import (
    DamagedError,
    DiskFailedError,
    DiskFullError,
    VaultError,
    VaultExistsError,
    VaultLockedError,
    WrongPassphraseError,
    WrongRecoveryKeyError,
)
from safesession.vault.files import VaultPaths, make_private_folder
from safesession.vault.interim_state import FILE_NAME as INTERIM_NAME
from safesession.vault.letters import Letterbox
from safesession.vault.lock_file import LockFile
from safesession.vault.open_vault import OpenVault
from safesession.vault.opening import Surroundings, mark_suspect
from safesession.vault.place import Place, Secret, keep_anchor, open_with
from safesession.vault.renewal import Tell, untold
from safesession.vault.store import Clock
from safesession.vault.worker import Worker


_T = TypeVar("_T")


class Vault:
    """One vault's folder, for the whole run of the app. Any thread may call it.

    Args:
        folder: where the vault is or will be.
        interim: the state file of earlier versions (default: beside the folder).
        cost: of passphrases that are set from now on.
    """

    def __init__(
        self,
        folder: Path,
        *,
        interim: Path | None = None,
        keyring: DeviceKeyring | None = None,
        cost: Argon2Cost = argon2.DEFAULT,
        clock: Clock = time.time,
        entropy: Entropy = os.urandom,
    ) -> None:
        self._paths = VaultPaths(folder)
        self._place = Place(
            Surroundings(self._paths, clock, entropy),
            keyring or DeviceKeyring(),
            interim or folder.parent / INTERIM_NAME,
        )
        self._cost = cost
        self._state = VaultState.CLOSED
        self._open: OpenVault | None = None
        self._letterbox: Letterbox | None = None
        self._lock_file: LockFile | None = None
        self._worker: Worker | None = None

    @property
    def state(self) -> VaultState:
        """Where the vault is; changes when a future is done."""
        return self._state

    @property
    def place(self) -> Place:
        """The vault's surroundings, for the adapters beside it."""
        return self._place

    def new_recovery_key(self) -> RecoveryKey:
        """Draw a key for a printed sheet; it opens nothing until it is given back."""
        return RecoveryKey.generate(self._place.around.entropy)

    # --- life --------------------------------------------------------------------

    def start(self) -> VaultState:
        """Take the folder for this process.

        Raises:
            VaultInUseError: another app has it.
            VaultReadOnlyError: the folder cannot be written.
        """
        if self._state is not VaultState.CLOSED:
            raise LocalProtocolError("started twice")
        make_private_folder(self._paths.folder)
        self._lock_file = LockFile(self._paths.lock)
        self._worker = Worker()
        there = header_file.is_there(self._paths)
        self._state = VaultState.LOCKED if there else VaultState.ABSENT
        return self._state

    def close(self) -> None:
        """Lock, end the thread, give the folder back."""
        if self._worker is None or self._lock_file is None:
            return
        self.lock()
        self._worker.stop()
        self._lock_file.release()
        self._worker = self._lock_file = None
        self._state = VaultState.CLOSED

    def create(
        self,
        passphrase: str,
        recovery: RecoveryKey,
        binding: Binding = Binding.PASSPHRASE,
    ) -> Future[Created]:
        """Make the vault, open. The sheet must have been printed before."""

        def job() -> Created:
            self._must_be_shut()
            vault, created = access.create(
                self._place, passphrase, recovery, binding, self._cost
            )
            self._use(vault)
            return created

        return self._submit(job)

    def restore(
        self,
        backup: Path,
        secret: str | RecoveryKey,
        passphrase: str,
        recovery: RecoveryKey,
        binding: Binding = Binding.PASSPHRASE,
    ) -> Future[Restored]:
        """Make the vault out of a backup, open. `secret` opens the backup."""

        def job() -> Restored:
            self._must_be_shut()
            vault, restored = access.restore(
                self._place, backup, secret, passphrase, recovery, binding, self._cost
            )
            self._use(vault)
            return restored

        return self._submit(job)

    def unlock(self, passphrase: str) -> Future[Unlocked]:
        """Open with the passphrase."""
        return self._submit(lambda: self._unlock(passphrase))

    def unlock_with_sheet(self, recovery: RecoveryKey) -> Future[Unlocked]:
        """Open with the printed sheet."""
        return self._submit(lambda: self._unlock(recovery))

    def unlock_with_device(self) -> Future[Unlocked]:
        """Open with this device's keyring, where that was chosen."""
        return self._submit(lambda: self._unlock(None))

    def waiting_s(self) -> Future[int]:
        """Return how long the next try at unlocking has to wait."""
        around = self._place.around

        def job() -> int:
            tries = AttemptFile(self._paths.attempts).read()
            return tries.wait_s(int(around.clock() * 1000))

        return self._submit(job)

    def lock(self) -> Future[None]:
        """Close the database and drop the keys, after what is already queued."""
        return self._submit(self._lock)

    # --- work --------------------------------------------------------------------

    def run(self, job: Callable[[OpenVault], _T]) -> Future[_T]:
        """Do something with the open vault.

        The future raises VaultLockedError when it is not open, and DamagedError when
        a bad page was met: lock and unlock then repair it.
        """
        return self._submit(lambda: self._guarded(job))

    def run_or_write(
        self, job: Callable[[OpenVault], None], write: Callable[[Letterbox], None]
    ) -> Future[None]:
        """Do something with the open vault, or leave a letter to the locked one.

        Both happen on the vault's thread: no unlocking comes in between. The future
        raises VaultLockedError where the vault was not open since `start`.
        """

        def either() -> None:
            if self._open is not None:
                self._guarded(job)
            elif self._letterbox is not None:
                write(self._letterbox)
            else:
                raise VaultLockedError("never open")

        return self._submit(either)

    def change_passphrase(self, secret: str | RecoveryKey, new: str) -> Future[None]:
        """Set another passphrase; `secret` is the old one or the sheet."""
        return self.run(
            lambda vault: rekeying.change_passphrase(
                self._place, vault, secret, new, self._cost
            )
        )

    def change_recovery(
        self, secret: str | RecoveryKey, recovery: RecoveryKey
    ) -> Future[None]:
        """Set another sheet."""
        return self.run(
            lambda vault: rekeying.change_recovery(self._place, vault, secret, recovery)
        )

    def rekey(
        self,
        secret: str | RecoveryKey,
        passphrase: str,
        recovery: RecoveryKey,
        tell: Tell = untold,
    ) -> Future[None]:
        """Put everything under new keys, with a new sheet.

        `tell` hears on the vault's thread which share is done.
        """
        return self._replace(
            lambda vault: rekeying.rekey(
                self._place, vault, secret, passphrase, recovery, self._cost, tell
            )
        )

    def erase(self, reviews: Sequence[DeletionReview]) -> Future[None]:
        """Delete reviewed files for good."""
        return self._replace(lambda vault: rekeying.erase(self._place, vault, reviews))

    def back_up(self, target: Path, passphrase: str | None) -> Future[int]:
        """Write a backup; returns its size in bytes once it was read back."""

        def job(vault: OpenVault) -> int:
            typed = None if passphrase is None else passphrase_bytes(passphrase)
            size = backups.back_up(vault, target, typed, self._cost)
            keep_anchor(self._place, vault)
            return size

        return self.run(job)

    def rehearse(
        self, backup: Path, secret: str | RecoveryKey
    ) -> Future[BackupContent]:
        """Try a restoration without changing anything."""

        def job(vault: OpenVault) -> BackupContent:
            try:
                return backups.rehearse(vault, backup, open_with(secret, b""))
            except (WrongPassphraseError, WrongRecoveryKeyError):
                vault.note_event(CustodyEvent.PROOF_FAILED, "backup")
                raise

        return self.run(job)

    # --- on the vault's thread ---------------------------------------------------

    def _submit(self, job: Callable[[], _T]) -> Future[_T]:
        if self._worker is None:
            future: Future[_T] = Future()
            future.set_exception(VaultLockedError("closed"))
            return future
        return self._worker.submit(job)

    def _guarded(self, job: Callable[[OpenVault], _T]) -> _T:
        try:
            return job(self._opened())
        except DamagedError:
            mark_suspect(self._paths)
            raise
        except DiskFullError:
            reserve.release(self._paths.reserve)  # the next try finds some room
            raise

    def _unlock(self, secret: Secret) -> Unlocked:
        self._must_be_shut()
        try:
            vault, unlocked = access.unlock(self._place, secret)
        except (DiskFullError, DiskFailedError):
            if not reserve.release(self._paths.reserve):
                raise
            vault, unlocked = access.unlock(self._place, secret)
        self._use(vault)
        try:
            self._use(rekeying.finish_erasing(self._place, vault))
        except VaultError:
            self._lock()
            raise
        room_left = reserve.fill(self._paths.reserve)
        self._submit(self._maintain)  # nobody waits for it
        return replace(unlocked, room_left=room_left)

    def _maintain(self) -> None:
        if self._open is not None:
            with suppress(VaultError):  # pages that it found bad are marked
                self._open.maintain()

    def _replace(self, job: Callable[[OpenVault], OpenVault]) -> Future[None]:
        def replacing(vault: OpenVault) -> None:
            try:
                self._use(job(vault))
            except VaultError:
                if vault.store.closed:  # the new one could not be opened
                    self._open = None
                    self._state = VaultState.LOCKED
                raise

        return self.run(replacing)

    def _lock(self) -> None:
        if self._open is None:
            return
        vault, self._open = self._open, None
        self._state = VaultState.LOCKED
        try:
            keep_anchor(self._place, vault)
        finally:
            vault.close()
            del vault
            freed_memory.overwrite()

    def _opened(self) -> OpenVault:
        if self._open is None:
            raise VaultLockedError("locked")
        return self._open

    def _must_be_shut(self) -> None:
        if self._open is not None:
            raise VaultExistsError("open")

    def _use(self, vault: OpenVault) -> None:
        self._open = vault
        self._state = VaultState.OPEN
        with suppress(DiskFullError):  # reading must go on
            secret = vault.engine.letterbox_secret(self._place.around.entropy)
            self._letterbox = Letterbox.of(self._paths.folder, secret)
