"""The engine's memory kept in the vault: same promises as the interim file's.

Blocks its caller for one durable write, as the file did. While the vault is locked
wrong guesses are still counted on disk, beside it, before anything is answered.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from safesession.core.account import CounselorAccount
from safesession.crypto.identity import IdentityKey
from safesession.errors import SafeSessionError, StateError
from safesession.vault.errors import VaultLockedError
from safesession.vault.interim_state import count_while_locked, forgive_while_locked
from safesession.vault.open_vault import OpenVault
from safesession.vault.vault import Vault


_T = TypeVar("_T")


class VaultStateStore:
    """A `core.device_state.StateStore`. Not for the vault's own thread.

    Raises:
        StateError: from any method: the vault is locked or the disk refuses.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    @property
    def identity(self) -> IdentityKey:
        """This device's identity key."""
        return self._ask(lambda vault: vault.device.identity)

    def account(self, origin: str) -> CounselorAccount | None:
        """The sign-in key enrolled at `origin`, if any."""
        return self._ask(lambda vault: vault.device.account(origin))

    def save_account(self, origin: str, account: CounselorAccount) -> None:
        """Remember a freshly enrolled sign-in key."""
        self._ask(lambda vault: vault.device.save_account(origin, account))

    @property
    def wrong_attempts(self) -> dict[bytes, int]:
        """Guess counters by invite tag."""
        return self._ask(lambda vault: vault.device.wrong_attempts)

    def count_guess(self, tag: bytes, count: int) -> None:
        """Count one guess, the `count`th; returns only once it is on disk."""
        self._count(
            lambda vault: vault.device.count_guess(tag, count),
            lambda path: count_while_locked(path, tag, count),
        )

    def forgive_guess(self, tag: bytes) -> None:
        """Take one count back: that guess was right."""
        self._count(
            lambda vault: vault.device.forgive_guess(tag),
            lambda path: forgive_while_locked(path, tag),
        )

    def _count(
        self, job: Callable[[OpenVault], None], beside: Callable[[Path], None]
    ) -> None:
        try:
            self._vault.run(job).result()
        except VaultLockedError:
            beside(self._vault.place.guesses)
        except SafeSessionError:
            raise StateError("the vault cannot take it") from None

    def _ask(self, job: Callable[[OpenVault], _T]) -> _T:
        try:
            return self._vault.run(job).result()
        except SafeSessionError:
            raise StateError("the vault cannot tell") from None
