"""The vault's pages for the gallery: each state, over a vault that holds still.

Fixed reports, a fixed sheet, no disk; nothing here is ever a real key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent

from safesession.core.vault_port import Secret, Tell
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
    LostChange,
    Repair,
    Restored,
    SlotKind,
    Unlocked,
    VaultState,
)
from safesession.crypto.recovery_key import KEY_BYTES, RecoveryKey
from safesession.errors import SafeSessionError
from safesession.ui.door import DoorWindow
from safesession.ui.settings import MemorySettings
from safesession.ui.shell import SessionWindow
from safesession.ui.vault_corner import VaultCorner
from safesession.ui.vault_session import VaultSession
from safesession.ui.view_models.vault_page import VaultStep
from safesession.ui.view_models.vault_unlock import UnlockWay


_T = TypeVar("_T")
_NOW_MS: Final = 1_773_300_310_000  # 12 March 2026
_DAY_MS: Final = 86_400_000
_MADE_MS: Final = _NOW_MS - 3 * _DAY_MS
_SHEET: Final = RecoveryKey(bytes(range(7, 7 + KEY_BYTES)))
_PASSPHRASE: Final = "quiet river seven lamps"  # noqa: S105 - of a picture
_HEALTHY: Final = Health(
    0, 0, 0, header_damaged=False, bad_signatures=(), custody=CustodyCheck(318, None)
)
_BACKED_UP: Final = BackupStatus(_MADE_MS, _MADE_MS, drill_due=False)
_OPENED: Final = Unlocked(
    SlotKind.PASSPHRASE, KeyringState.WORKING, AnchorVerdict.CONFIRMED
)
_REPAIR: Final = Repair(
    snapshot_ms=_MADE_MS,
    replayed=41,
    certain_until_ms=_NOW_MS - _DAY_MS,
    lost=(
        LostChange(712, "note:17", _NOW_MS - _DAY_MS, None),
        LostChange(713, "", _NOW_MS - _DAY_MS, _NOW_MS - _DAY_MS // 2),
    ),
    kept=("1773300310-vault-000001.db",),
)


class _CodedError(SafeSessionError):
    """Any refusal, by its code."""

    def __init__(self, code: str) -> None:
        super().__init__("still")
        self.code = code  # type: ignore[misc]  # one class for all codes


class _Ready(Generic[_T]):
    """An outcome that is there already, or, when it holds, never comes."""

    def __init__(self, value: _T, refusal: str, *, holds: bool) -> None:
        self._value = value
        self._refusal = refusal
        self._holds = holds

    def result(self) -> _T:
        """Return it."""
        if self._refusal:
            raise _CodedError(self._refusal)
        return self._value

    def add_done_callback(self, fn: Callable[[Any], object], /) -> None:
        """Call at once."""
        if not self._holds:
            fn(self)


@dataclass
class StillVault:
    """A `VaultPort` that answers the same for ever."""

    state: VaultState = VaultState.OPEN
    report: Unlocked = _OPENED
    refusal: str = ""
    pause_s: int = 0
    holds: bool = False
    status: BackupStatus = _BACKED_UP
    health: Health = _HEALTHY

    def start(self) -> VaultState:
        """Hold still."""
        return self.state

    def close(self) -> None:
        """Hold still."""

    def new_recovery_key(self) -> RecoveryKey:
        """Return the gallery's sheet."""
        return _SHEET

    def create(self, passphrase: str, recovery: RecoveryKey) -> _Ready[Created]:
        """Say that it was made."""
        adopted = Adoption.ADOPTED
        return self._say(Created(Binding.PASSPHRASE, KeyringState.ABSENT, adopted))

    def restore(
        self, backup: str, secret: Secret, passphrase: str, recovery: RecoveryKey
    ) -> _Ready[Restored]:
        """Say that it is back."""
        working = KeyringState.WORKING
        return self._say(Restored(_MADE_MS, 128, 9, Binding.PASSPHRASE, working))

    def unlock(self, secret: Secret) -> _Ready[Unlocked]:
        """Open or refuse."""
        return self._say(self.report)

    def waiting_s(self) -> _Ready[int]:
        """Return the pause."""
        return _Ready(self.pause_s, "", holds=False)

    def lock(self) -> _Ready[None]:
        """Lock."""
        return _Ready(None, "", holds=False)

    def change_passphrase(self, secret: Secret, new: str) -> _Ready[None]:
        """Say yes or no."""
        return self._say(None)

    def rekey(
        self, secret: Secret, new: str, recovery: RecoveryKey, tell: Tell
    ) -> _Ready[None]:
        """Say how far it is; say yes or no."""
        tell(0.37)
        return self._say(None)

    def size_bytes(self) -> _Ready[int]:
        """Return a vault of some years."""
        return _Ready(212_000_000, "", holds=False)

    def change_recovery(self, secret: Secret, recovery: RecoveryKey) -> _Ready[None]:
        """Say yes or no."""
        return self._say(None)

    def binding(self) -> _Ready[tuple[Binding, KeyringState]]:
        """Return a counselor's default."""
        found = (Binding.PASSPHRASE, KeyringState.WORKING)
        return _Ready(found, "", holds=False)

    def backup_status(self) -> _Ready[BackupStatus]:
        """Return the fixed status."""
        return _Ready(self.status, "", holds=False)

    def back_up(self, target: str, passphrase: str | None) -> _Ready[int]:
        """Say how large it became."""
        return self._say(412_000)

    def rehearse(self, backup: str, secret: Secret) -> _Ready[BackupContent]:
        """Say what is in it."""
        good = AnchorVerdict.CONFIRMED
        return self._say(BackupContent(_MADE_MS, 9, 128, _MADE_MS, 318, good))

    def check(self) -> _Ready[Health]:
        """Return the fixed health."""
        return self._say(self.health)

    def _say(self, value: _T) -> _Ready[_T]:
        return _Ready(value, self.refusal, holds=self.holds)


@dataclass(frozen=True, slots=True)
class DoorScene:
    """A page of the door's window."""

    name: str
    build: Callable[[DoorWindow], object]


@dataclass(frozen=True, slots=True)
class RoomScene:
    """A page or strip of the vault in the session window."""

    name: str
    build: Callable[[SessionWindow], object]
    in_call: bool = False


def deliver(session: VaultSession) -> None:
    """Bring outcomes to the windows; no event loop runs in a picture book."""
    for _ in range(4):
        QCoreApplication.sendPostedEvents(session, QEvent.Type.MetaCall.value)


def door_scenes() -> tuple[DoorScene, ...]:
    """Return the pages before the session."""
    return (
        DoorScene("vault_setup", lambda w: _setup(w, "")),
        DoorScene("vault_setup_weak", lambda w: _setup(w, "12345678", submit=True)),
        DoorScene("vault_sheet", lambda w: _setup(w, _PASSPHRASE, submit=True)),
        DoorScene("vault_retype", _retype),
        DoorScene("vault_made", _made),
        DoorScene("vault_restore", _restore),
        DoorScene("vault_unlock", lambda w: _unlock(w, StillVault())),
        DoorScene("vault_unlock_sheet", _unlock_with_sheet),
        DoorScene("vault_unlock_busy", lambda w: _try(w, StillVault(holds=True))),
        DoorScene(
            "vault_unlock_wrong",
            lambda w: _try(w, StillVault(refusal="wrong_passphrase")),
        ),
        DoorScene(
            "vault_unlock_pause",
            lambda w: _try(w, StillVault(refusal="wrong_passphrase", pause_s=32)),
        ),
        DoorScene(
            "vault_unlock_broken",
            lambda w: _try(w, StillVault(refusal="nothing_to_restore")),
        ),
        DoorScene("vault_unlock_report", _report),
        DoorScene("vault_in_use", lambda w: _blocked(w, "vault_in_use")),
        DoorScene("vault_read_only", lambda w: _blocked(w, "vault_read_only")),
    )


def room_scenes() -> tuple[RoomScene, ...]:
    """Return the vault's pages and strips in the session window."""
    due = BackupStatus(_MADE_MS, None, drill_due=True)
    bad = replace(_HEALTHY, bad_pages=2, bad_snapshots=1, bad_signatures=(17, 40))
    return (
        RoomScene("vault_page", lambda w: _page(w, StillVault(), None)),
        RoomScene("vault_drill_due", lambda w: _page(w, StillVault(status=due), None)),
        RoomScene("vault_reminder", lambda w: _corner(w, StillVault(status=due))),
        RoomScene("vault_due_reminder", lambda w: _due(w, StillVault())),
        RoomScene("vault_healthy", lambda w: _check(w, StillVault())),
        RoomScene("vault_unhealthy", lambda w: _check(w, StillVault(health=bad))),
        RoomScene("vault_back_up", lambda w: _page(w, StillVault(), VaultStep.BACK_UP)),
        RoomScene(
            "vault_rehearse", lambda w: _page(w, StillVault(), VaultStep.REHEARSE)
        ),
        RoomScene(
            "vault_passphrase", lambda w: _page(w, StillVault(), VaultStep.PASSPHRASE)
        ),
        RoomScene("vault_new_sheet", _new_sheet),
        RoomScene("vault_rekeying", _rekeying),
        RoomScene("vault_busy", lambda w: _check(w, StillVault(holds=True))),
        RoomScene("vault_locked_invite", _lock),
        RoomScene("vault_locked_call", _lock, in_call=True),
    )


# --- before the session ----------------------------------------------------------


def _session(vault: StillVault, parent: DoorWindow | SessionWindow) -> VaultSession:
    return VaultSession(vault, parent)


def _setup(window: DoorWindow, typed: str, *, submit: bool = False) -> None:
    vault = StillVault(VaultState.ABSENT)
    view = window.show_setup(_session(vault, window), restoring=False)
    view.type_passphrase(typed)
    if submit:
        view.view_model.submit_passphrase(typed, typed)


def _retype(window: DoorWindow) -> None:
    _setup(window, _PASSPHRASE, submit=True)
    model = window.setup_model()
    model.retype = (2, 5)
    model.sheet_kept()
    model.submit_groups("ABCD", _SHEET.groups[5])


def _made(window: DoorWindow) -> None:
    session = _session(StillVault(VaultState.ABSENT), window)
    model = window.show_setup(session, restoring=False).view_model
    model.submit_passphrase(_PASSPHRASE, _PASSPHRASE)
    model.sheet_kept()
    one, two = model.retype
    model.submit_groups(_SHEET.groups[one], _SHEET.groups[two])
    deliver(session)


def _restore(window: DoorWindow) -> None:
    session = _session(StillVault(VaultState.ABSENT), window)
    window.show_setup(session, restoring=True).view_model.submit_backup("", "")


def _unlock(window: DoorWindow, vault: StillVault) -> VaultSession:
    vault.state = VaultState.LOCKED
    session = _session(vault, window)
    window.show_unlock(session)
    deliver(session)
    return session


def _unlock_with_sheet(window: DoorWindow) -> None:
    vault = StillVault(VaultState.LOCKED)
    view = window.show_unlock(_session(vault, window))
    view.view_model.use(UnlockWay.SHEET)
    view.view_model.submit("7KQ2-M4XV")


def _try(window: DoorWindow, vault: StillVault) -> None:
    pause_s, vault.pause_s = vault.pause_s, 0
    vault.state = VaultState.LOCKED
    session = _session(vault, window)
    view = window.show_unlock(session)
    deliver(session)
    vault.pause_s = pause_s
    view.view_model.submit("something else")
    deliver(session)


def _report(window: DoorWindow) -> None:
    report = replace(
        _OPENED,
        failed_tries_ms=(_NOW_MS - 2 * _DAY_MS, _NOW_MS - _DAY_MS),
        repair=_REPAIR,
        history=AnchorVerdict.NONE,
        keyring=KeyringState.LOCKED,
    )
    _try(window, StillVault(report=report))


def _blocked(window: DoorWindow, code: str) -> None:
    window.show_blocked(code)


# --- beside the session ----------------------------------------------------------


def _corner(window: SessionWindow, vault: StillVault) -> VaultCorner:
    session = _session(vault, window)
    corner = VaultCorner(window, session, MemorySettings())
    deliver(session)
    return corner


def _page(
    window: SessionWindow, vault: StillVault, step: VaultStep | None
) -> VaultCorner:
    corner = _corner(window, vault)
    corner.show_page()
    deliver(corner.session)
    if step is not None:
        corner.page.view_model.begin(step)
    return corner


def _check(window: SessionWindow, vault: StillVault) -> None:
    corner = _page(window, vault, None)
    corner.page.view_model.check()
    deliver(corner.session)


def _new_sheet(window: SessionWindow) -> None:
    corner = _page(window, StillVault(), VaultStep.SHEET_ASK)
    corner.page.view_model.begin_sheet(_PASSPHRASE)


def _due(window: SessionWindow, vault: StillVault) -> None:
    _corner(window, vault).set_due(2)


def _rekeying(window: SessionWindow) -> None:
    corner = _page(window, StillVault(holds=True), VaultStep.PASSPHRASE)
    model = corner.page.view_model
    model.change_passphrase(_PASSPHRASE, _PASSPHRASE, _PASSPHRASE, rekeys=True)
    model.sheet_kept()
    model.change_sheet(*(_SHEET.groups[index] for index in model.retype))


def _lock(window: SessionWindow) -> None:
    corner = _corner(window, StillVault())
    corner.session.lock()
    deliver(corner.session)
