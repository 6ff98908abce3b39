"""A vault's door for windows: the real vault, cheap, or a fake that obeys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from tests.support.vaults import Desk

from safesession.app.vault import VaultDoor
from safesession.core.vault_types import (
    Adoption,
    AnchorVerdict,
    BackupContent,
    BackupStatus,
    Binding,
    Created,
    CustodyCheck,
    Health,
    KeyringState,
    Restored,
    SlotKind,
    Unlocked,
    VaultState,
)
from safesession.crypto.argon2 import LEAST
from safesession.crypto.recovery_key import RecoveryKey
from safesession.errors import SafeSessionError
from safesession.keyring_store import DeviceKeyring
from safesession.vault import errors
from safesession.vault.vault import Vault


def real_door(desk: Desk) -> VaultDoor:
    """Return the door of a test desk's vault, not started."""
    folder = desk.folder

    def make() -> Vault:
        keyring = DeviceKeyring(lambda: desk.backend, 5.0)
        return Vault(folder, cost=LEAST, clock=lambda: desk.now_s, keyring=keyring)

    return VaultDoor(make, folder)


@contextmanager
def started(door: Any) -> Iterator[Any]:
    """Start a door and close it afterwards."""
    door.start()
    try:
        yield door
    finally:
        door.close()


class FakeDoor:
    """A `VaultPort` in memory. `hold` keeps outcomes back until `let_go`."""

    def __init__(self, state: VaultState = VaultState.ABSENT) -> None:
        self._at_start = state
        self.state = VaultState.CLOSED
        self.passphrase = "correct horse 电池"
        self.sheet = RecoveryKey(bytes(range(20)))
        self.backups: dict[str, tuple[str | None, RecoveryKey]] = {}
        self.wrong = 0
        self.report = Unlocked(
            SlotKind.PASSPHRASE, KeyringState.WORKING, AnchorVerdict.CONFIRMED
        )
        self.refuse: SafeSessionError | None = None
        self.hold = False
        self.status = BackupStatus(None, None, drill_due=True)
        self.health = Health(0, 0, 0, False, (), CustodyCheck(12, None))
        self._held: list[Callable[[], None]] = []

    def start(self) -> VaultState:
        if self.refuse is not None:
            raise self.refuse
        self.state = self._at_start
        return self.state

    def close(self) -> None:
        self._at_start, self.state = self.state, VaultState.CLOSED
        if self._at_start is VaultState.OPEN:
            self._at_start = VaultState.LOCKED

    def new_recovery_key(self) -> RecoveryKey:
        return RecoveryKey(bytes(range(20, 40)))

    def create(self, passphrase: str, recovery: RecoveryKey) -> Future[Created]:
        def job() -> Created:
            if self.state is not VaultState.ABSENT:
                raise errors.VaultExistsError("there")
            self.passphrase, self.sheet = passphrase, recovery
            self.state = VaultState.OPEN
            return Created(Binding.PASSPHRASE, KeyringState.WORKING, Adoption.NOTHING)

        return self._answer(job)

    def restore(self, backup, secret, passphrase, recovery) -> Future[Restored]:
        def job() -> Restored:
            self._must_open_backup(backup, secret)
            self.passphrase, self.sheet = passphrase, recovery
            self.state = VaultState.OPEN
            working = KeyringState.WORKING
            return Restored(1_760_000_000_000, 3, 1, Binding.PASSPHRASE, working)

        return self._answer(job)

    def unlock(self, secret) -> Future[Unlocked]:
        def job() -> Unlocked:
            self._must_be_right(secret)
            self.state = VaultState.OPEN
            self.wrong = 0
            return self.report

        return self._answer(job)

    def waiting_s(self) -> Future[int]:
        return self._answer(lambda: 0 if self.wrong < 4 else 1 << (self.wrong - 4))

    def lock(self) -> Future[None]:
        def job() -> None:
            if self.state is VaultState.OPEN:
                self.state = VaultState.LOCKED

        return self._answer(job)

    def change_passphrase(self, secret, new: str) -> Future[None]:
        def job() -> None:
            self._must_be_right(secret)
            self.passphrase = new

        return self._answer(self._open(job))

    def rekey(self, secret, new: str, recovery: RecoveryKey, tell) -> Future[None]:
        def job() -> None:
            self._must_be_right(secret)
            for share in (0.2, 0.7, 1.0):
                tell(share)
            self.passphrase, self.sheet = new, recovery

        return self._answer(self._open(job))

    def size_bytes(self) -> Future[int]:
        return self._answer(self._open(lambda: 40_000_000))

    def change_recovery(self, secret, recovery: RecoveryKey) -> Future[None]:
        def job() -> None:
            self._must_be_right(secret)
            self.sheet = recovery

        return self._answer(self._open(job))

    def binding(self) -> Future[tuple[Binding, KeyringState]]:
        both = (Binding.PASSPHRASE, KeyringState.WORKING)
        return self._answer(self._open(lambda: both))

    def backup_status(self) -> Future[BackupStatus]:
        return self._answer(self._open(lambda: self.status))

    def back_up(self, target: str, passphrase: str | None) -> Future[int]:
        def job() -> int:
            self.backups[target] = (passphrase, self.sheet)
            drill, due = self.status.last_drill_ms, self.status.drill_due
            self.status = BackupStatus(1_760_000_000_000, drill, due)
            return 40_000

        return self._answer(self._open(job))

    def rehearse(self, backup: str, secret) -> Future[BackupContent]:
        def job() -> BackupContent:
            self._must_open_backup(backup, secret)
            last = self.status.last_backup_ms
            self.status = BackupStatus(last, 1_760_000_000_000, drill_due=False)
            history = AnchorVerdict.CONFIRMED
            return BackupContent(1_760_000_000_000, 1, 3, None, 12, history)

        return self._answer(self._open(job))

    def check(self) -> Future[Health]:
        return self._answer(self._open(lambda: self.health))

    def let_go(self) -> None:
        """Tell what was held back."""
        held, self._held, self.hold = self._held, [], False
        for tell in held:
            tell()

    def _open(self, job: Callable[[], Any]) -> Callable[[], Any]:
        def checked() -> Any:
            if self.state is not VaultState.OPEN:
                raise errors.VaultLockedError("locked")
            return job()

        return checked

    def _must_be_right(self, secret: str | RecoveryKey) -> None:
        right = self.passphrase if isinstance(secret, str) else self.sheet
        if secret == right:
            return
        self.wrong += 1
        if isinstance(secret, str):
            raise errors.WrongPassphraseError("no")
        raise errors.WrongRecoveryKeyError("no")

    def _must_open_backup(self, path: str, secret: str | RecoveryKey) -> None:
        if path not in self.backups:
            raise errors.ForeignFileError("no backup")
        passphrase, sheet = self.backups[path]
        if isinstance(secret, str) and secret != passphrase:
            raise errors.WrongPassphraseError("no")
        if isinstance(secret, RecoveryKey) and secret != sheet:
            raise errors.WrongRecoveryKeyError("no")

    def _answer(self, job: Callable[[], Any]) -> Future[Any]:
        future: Future[Any] = Future()

        def tell() -> None:
            try:
                if self.refuse is not None:
                    raise self.refuse
                future.set_result(job())
            except SafeSessionError as error:
                future.set_exception(error)

        if self.hold:
            self._held.append(tell)
        else:
            tell()
        return future
