"""The engine's memory kept in the vault: keys, guess counters, an open invite.

Blocks its caller for one durable write, as the interim file did. While the vault is
locked the engine goes on: what it must write down goes into letters that only the
vault can read, on disk before anything is answered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from safesession.core.account import CounselorAccount
from safesession.core.kept_invite import KeptInvite
from safesession.crypto.identity import IdentityKey
from safesession.errors import SafeSessionError, StateError
from safesession.vault.engine_records import encode_invite, encode_texts
from safesession.vault.engine_tables import OpenInvite, Unsent
from safesession.vault.letters import Letterbox, LetterKind
from safesession.vault.open_vault import OpenVault
from safesession.vault.vault import Vault


_T = TypeVar("_T")


class VaultStateStore:
    """Keys and counters. Not for the vault's own thread; one for each engine.

    Raises:
        StateError: from any method: the vault is locked or the disk refuses.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._since_lock: dict[bytes, int] = {}  # as in the letter

    @property
    def identity(self) -> IdentityKey:
        """This device's identity key."""
        return _ask(self._vault, lambda vault: vault.device.identity)

    def account(self, origin: str) -> CounselorAccount | None:
        """The sign-in key enrolled at `origin`, if any."""
        return _ask(self._vault, lambda vault: vault.device.account(origin))

    def save_account(self, origin: str, account: CounselorAccount) -> None:
        """Remember a freshly enrolled sign-in key."""
        _ask(self._vault, lambda vault: vault.device.save_account(origin, account))

    @property
    def wrong_attempts(self) -> dict[bytes, int]:
        """Guess counters by invite tag."""
        return _ask(self._vault, lambda vault: vault.device.wrong_attempts)

    def count_guess(self, tag: bytes, count: int) -> None:
        """Count one guess, the `count`th; returns only once it is on disk."""

        def inside(vault: OpenVault) -> None:
            self._since_lock.clear()
            vault.device.count_guess(tag, count)

        def beside(letterbox: Letterbox) -> None:
            if self._since_lock.get(tag, 0) >= count:
                raise StateError("that guess was made already")
            self._leave(letterbox, {**self._since_lock, tag: count})

        _keep(self._vault, inside, beside)

    def forgive_guess(self, tag: bytes) -> None:
        """Take one count back: that guess was right."""

        def inside(vault: OpenVault) -> None:
            self._since_lock.clear()
            vault.device.forgive_guess(tag)

        def beside(letterbox: Letterbox) -> None:
            # A count of before the lock stays, which only costs a try.
            if tag in self._since_lock:
                left = max(0, self._since_lock[tag] - 1)
                self._leave(letterbox, {**self._since_lock, tag: left})

        _keep(self._vault, inside, beside)

    def _leave(self, letterbox: Letterbox, counts: dict[bytes, int]) -> None:
        table = {tag.hex(): count for tag, count in counts.items()}
        letterbox.write(LetterKind.GUESSES, {"wrong_attempts": table})
        self._since_lock = counts


class VaultInvites:
    """A `core.device_state.InviteStore`. Made while the vault is open.

    Raises:
        StateError: from any method: the vault cannot tell, or the disk refuses.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        found = _ask(vault, lambda opened: opened.engine.open_invite)
        self._revision = found.revision
        self._invite = found.invite

    @property
    def kept_invite(self) -> KeptInvite | None:
        """What an earlier start of the app left open."""
        return self._invite

    def keep_invite(self, invite: KeptInvite) -> None:
        """Keep it in place of the one before; returns only once it is on disk."""
        self._replace(invite)

    def forget_invite(self) -> None:
        """Keep none any more."""
        self._replace(None)

    def _replace(self, invite: KeptInvite | None) -> None:
        self._revision += 1  # also if this fails: it may be there all the same
        fresh = OpenInvite(self._revision, invite)
        content = {"revision": fresh.revision, "invite": encode_invite(invite)}
        _keep(
            self._vault,
            lambda vault: vault.engine.save_invite(fresh),
            lambda letterbox: letterbox.write(LetterKind.INVITE, content),
        )
        self._invite = invite


class VaultUnsent:
    """Unsent text in the vault. Made while it is open; for one thread.

    Raises:
        SafeSessionError: from any method: the vault cannot tell, the disk refuses.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._revision = 0
        self._texts: tuple[str, ...] = ()
        self._learn()

    @property
    def texts(self) -> tuple[str, ...]:
        """What was written down last."""
        return self._texts

    def write(self, texts: tuple[str, ...]) -> None:
        """Replace it; returns once it is on disk."""
        if texts == self._texts:
            return
        self._revision += 1  # also if this fails: it may be there all the same
        fresh = Unsent(self._revision, texts)
        content = {"revision": fresh.revision, "texts": encode_texts(texts)}
        _keep(
            self._vault,
            lambda vault: vault.engine.save_unsent(fresh),
            lambda letterbox: letterbox.write(LetterKind.UNSENT, content),
        )
        self._texts = texts

    def has_adopted(self, mark: bytes) -> bool:
        """Say whether the file `mark` stands for is in here."""
        return _ask(self._vault, lambda vault: vault.engine.has_adopted(mark))

    def adopt(self, texts: tuple[str, ...], mark: bytes) -> None:
        """Take the texts of the file `mark` stands for; a second time nothing."""
        _ask(self._vault, lambda vault: vault.engine.adopt_unsent(texts, mark))
        self._learn()

    def _learn(self) -> None:
        found = _ask(self._vault, lambda vault: vault.engine.unsent)
        self._revision, self._texts = found.revision, found.texts


def _keep(
    vault: Vault,
    inside: Callable[[OpenVault], None],
    beside: Callable[[Letterbox], None],
) -> None:
    try:
        vault.run_or_write(inside, beside).result()
    except StateError:
        raise
    except SafeSessionError:
        raise StateError("the vault cannot take it") from None


def _ask(vault: Vault, job: Callable[[OpenVault], _T]) -> _T:
    try:
        return vault.run(job).result()
    except SafeSessionError:
        raise StateError("the vault cannot tell") from None
