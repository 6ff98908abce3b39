"""The vault's own page: backups and their rehearsal, passphrase, sheet, health.

One task at a time. What was typed is handed over at once; only what a new sheet or
new keys need waits until two groups are retyped, and goes with `forget`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from enum import Enum

from PySide6.QtCore import QObject, Signal

from safesession.core.vault_port import Outcome, Secret
from safesession.core.vault_types import (
    BackupContent,
    BackupStatus,
    Binding,
    Health,
    KeyringState,
)
from safesession.crypto.recovery_key import RecoveryKey, RecoveryKeyTypingError
from safesession.errors import SafeSessionError
from safesession.ui import texts
from safesession.ui.i18n import translate
from safesession.ui.passphrase import Strength, strength_of
from safesession.ui.secret_text import secret_from
from safesession.ui.vault_session import VaultSession
from safesession.ui.vault_texts import (
    Notice,
    backup_content_text,
    binding_text,
    health_lines,
    keyring_text,
    vault_problem_text,
)
from safesession.ui.view_models.vault_setup import PickGroups, pick_two_groups


_MS = 1000
_KIB = 1024
_MB = 1_000_000
# Copying, checking every page and a snapshot, on a slow disk.
_REKEYED_MB_PER_S = 15
_FEW_S = 10
_MINUTE_S = 60


class VaultStep(Enum):
    """Where the page stands."""

    OVERVIEW = "overview"
    BACK_UP = "back_up"
    REHEARSE = "rehearse"
    PASSPHRASE = "passphrase"  # noqa: S105 - a step
    SHEET_ASK = "sheet_ask"
    SHEET_SHOW = "sheet_show"
    SHEET_RETYPE = "sheet_retype"
    BUSY = "busy"


class VaultField(Enum):
    """The fields that can need a word."""

    FILE = "file"
    SECRET = "secret"  # noqa: S105 - the name of a field
    FIRST = "first"
    AGAIN = "again"
    GROUP_ONE = "group_one"
    GROUP_TWO = "group_two"


class VaultPageViewModel(QObject):
    """Holds sentences about the vault, never what is in it."""

    changed = Signal()
    done = Signal()  # back to where the person came from
    _told = Signal(float)

    def __init__(
        self,
        session: VaultSession,
        *,
        pick: PickGroups = pick_two_groups,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._pick = pick
        self._step = VaultStep.OVERVIEW
        self._errors: dict[VaultField, str] = {}
        self._secret: Secret = ""
        self._passphrase = ""  # the new one, while everything is to be re-keyed
        self._share: float | None = None
        self._size_bytes = 0
        self._binding: tuple[Binding, KeyringState] | None = None
        self._status: BackupStatus | None = None
        self.sheet: RecoveryKey | None = None
        self.retype = (0, 1)
        self.results: tuple[Notice, ...] = ()
        self._told.connect(self._know_share)

    @property
    def step(self) -> VaultStep:
        """Where the page stands."""
        return self._step

    @property
    def errors(self) -> dict[VaultField, str]:
        """What to say under each field."""
        return dict(self._errors)

    @property
    def drill_due(self) -> bool:
        """Whether a restoration should be rehearsed."""
        return self._status is not None and self._status.drill_due

    @property
    def rekeys(self) -> bool:
        """Whether the sheet before us is one for new keys."""
        return bool(self._passphrase)

    def progress_text(self) -> str:
        """Say how far a long task is, where that is known."""
        if self._share is None:
            return ""
        percent = round(self._share * 100)
        return translate("VaultPage", "{n} % done").format(n=percent)

    def rekey_text(self) -> str:
        """Say what re-keying is good for, what it takes and what it costs."""
        seconds = 1 + self._size_bytes / _MB / _REKEYED_MB_PER_S
        if seconds < _FEW_S:
            time = translate("VaultPage", "a few seconds")
        elif seconds < _MINUTE_S:
            time = translate("VaultPage", "up to a minute")
        else:
            minutes = -(-int(seconds) // _MINUTE_S)
            time = translate("VaultPage", "about {n} minutes").format(n=minutes)
        return translate(
            "VaultPage",
            "Choose this if somebody may have copied files of this computer and know "
            "the old passphrase. All records ({size} MB) are written anew, which takes "
            "{time}; meanwhile nothing else is saved. You print a new recovery sheet. "
            "If the power fails, the vault is still whole.",
        ).format(size=max(1, self._size_bytes // _MB), time=time)

    def opening_text(self) -> str:
        """Say what opens the vault, and how the keyring is."""
        if self._binding is None:
            return ""
        binding, keyring = self._binding
        return texts.sentences(binding_text(binding), keyring_text(keyring))

    def backup_text(self) -> str:
        """Say when it was last backed up and rehearsed."""
        if self._status is None:
            return ""
        backup_ms, drill_ms = self._status.last_backup_ms, self._status.last_drill_ms
        if backup_ms is None:
            backed_up = translate("VaultPage", "There is no backup yet.")
        else:
            backed_up = translate("VaultPage", "Last backup: {day}.").format(
                day=texts.day_and_time(backup_ms / _MS)
            )
        if drill_ms is None:
            drilled = translate("VaultPage", "A restoration was never rehearsed.")
        else:
            drilled = translate("VaultPage", "Last rehearsal: {day}.").format(
                day=texts.day_and_time(drill_ms / _MS)
            )
        return texts.sentences(backed_up, drilled)

    def look(self) -> None:
        """Ask the vault how it stands."""
        port = self._session.port
        self._session.ask(port.binding(), self._know_binding, _ignore)
        self._session.ask(port.backup_status(), self._know_status, _ignore)
        self._session.ask(port.size_bytes(), self._know_size, _ignore)

    def begin(self, step: VaultStep) -> None:
        """Open the form of a task."""
        self._errors, self.results = {}, ()
        self._step = step
        self.changed.emit()

    def back(self) -> None:
        """To the overview, or away from the page."""
        if self._step is VaultStep.BUSY:
            return
        away = self._step is VaultStep.OVERVIEW
        self.forget()
        if away:
            self.done.emit()

    def forget(self) -> None:
        """Let go of every secret and of what was said."""
        self._errors, self.results = {}, ()
        self._secret = self._passphrase = ""
        self.sheet = self._share = None
        self._step = VaultStep.OVERVIEW
        self.changed.emit()

    # --- tasks -------------------------------------------------------------------

    def back_up(self, target: str, passphrase: str, again: str) -> None:
        """Write a backup; an empty passphrase means: the sheet alone opens it."""
        self._errors = self._file_error(target)
        if passphrase:
            self._errors |= self._passphrase_errors(passphrase, again)
        self._run(
            lambda: self._session.port.back_up(target, passphrase or None),
            self._backed_up,
        )

    def rehearse(self, backup: str, secret_text: str) -> None:
        """Try a restoration."""
        self._errors = self._file_error(backup)
        secret = self._secret_of(secret_text)
        self._run(lambda: self._session.port.rehearse(backup, secret), self._rehearsed)

    def change_passphrase(
        self, secret_text: str, first: str, again: str, *, rekeys: bool = False
    ) -> None:
        """Set another passphrase, alone or with new keys for everything."""
        self._errors = self._passphrase_errors(first, again)
        secret = self._secret_of(secret_text)
        if rekeys and not self._errors:
            self._secret, self._passphrase = secret, first
            self._show_sheet()
            return
        said = translate(
            "VaultPage",
            "The passphrase was changed. Whoever copied the key file before could still "
            "open that copy with the old one.",
        )
        self._run(
            lambda: self._session.port.change_passphrase(secret, first),
            lambda _none: self._finish((Notice("ok", said),)),
        )

    def begin_sheet(self, secret_text: str) -> None:
        """Show a new key; nothing changes before two groups are retyped."""
        self._errors = {}
        self._secret = self._secret_of(secret_text)
        if self._errors:
            self.changed.emit()
        else:
            self._show_sheet()

    def _show_sheet(self) -> None:
        self.sheet = self._session.port.new_recovery_key()
        self.retype = self._pick()
        self._step = VaultStep.SHEET_SHOW
        self.changed.emit()

    def sheet_kept(self) -> None:
        """The person says that the sheet is on paper."""
        self._step = VaultStep.SHEET_RETYPE
        self.changed.emit()

    def change_sheet(self, first: str, second: str) -> None:
        """Make the new sheet count when both groups stand on it so."""
        sheet = self.sheet
        if sheet is None:
            return
        self._errors = {}
        fields = (VaultField.GROUP_ONE, VaultField.GROUP_TWO)
        for name, index, text in zip(fields, self.retype, (first, second), strict=True):
            if not sheet.group_matches(index, text):
                self._errors[name] = translate(
                    "VaultPage", "This is not what stands on the sheet"
                )
        if self.rekeys:
            self._rekey(sheet)
            return
        secret = self._secret
        said = translate(
            "VaultPage",
            "The new sheet counts from now on; the old one no longer opens this vault. "
            "Backups made before still open with the old sheet: keep it, or make a new "
            "backup.",
        )
        self._run(
            lambda: self._session.port.change_recovery(secret, sheet),
            lambda _none: self._finish((Notice("ok", said),)),
        )

    def _rekey(self, sheet: RecoveryKey) -> None:
        secret, new = self._secret, self._passphrase
        said = translate(
            "VaultPage",
            "Everything is under new keys: the new passphrase and the new sheet open "
            "it, nothing older does. Backups made before still open with the old "
            "sheet: keep it, or make a new backup.",
        )
        self._run(
            lambda: self._session.port.rekey(secret, new, sheet, self._tell),
            lambda _none: self._finish((Notice("ok", said),)),
        )

    def _tell(self, share: float) -> None:
        """Called on the vault's thread."""
        with suppress(RuntimeError):  # the window is gone; the task goes on
            self._told.emit(share)

    def _know_share(self, share: float) -> None:
        if self._step is VaultStep.BUSY and self.rekeys:
            self._share = share
            self.changed.emit()

    def check(self) -> None:
        """Check every byte."""
        self._errors, self.results = {}, ()
        self._run(self._session.port.check, self._checked)

    # --- inside ------------------------------------------------------------------

    def _run(
        self, begin: Callable[[], Outcome[object]], done: Callable[..., None]
    ) -> None:
        if self._errors:
            self.changed.emit()
            return
        before, self._step = self._step, VaultStep.BUSY
        self.changed.emit()
        self._session.ask(
            begin(), lambda result: self._if_busy(done, result), self._failer(before)
        )

    def _if_busy(self, done: Callable[..., None], result: object) -> None:
        if self._step is VaultStep.BUSY:  # else the vault was locked meanwhile
            done(result)

    def _failer(self, before: VaultStep) -> Callable[[SafeSessionError], None]:
        def failed(error: SafeSessionError) -> None:
            if self._step is not VaultStep.BUSY:
                return
            self._step = before
            if before is VaultStep.SHEET_RETYPE:  # the secret may be what was wrong
                rekeyed = self.rekeys
                self._step = VaultStep.PASSPHRASE if rekeyed else VaultStep.SHEET_ASK
            self._secret = self._passphrase = ""
            self.sheet = self._share = None
            self.results = (Notice("warn", vault_problem_text(error.code).joined()),)
            self.changed.emit()

        return failed

    def _finish(self, results: tuple[Notice, ...]) -> None:
        self.forget()
        self.results = results
        self.changed.emit()
        self.look()

    def _backed_up(self, size_bytes: int) -> None:
        said = translate(
            "VaultPage",
            "The backup is written and was read back whole ({size} KB). Keep it on "
            "another disk than this computer's.",
        ).format(size=-(-size_bytes // _KIB))
        self._finish((Notice("ok", said),))

    def _rehearsed(self, content: BackupContent) -> None:
        self._finish((Notice("ok", backup_content_text(content)),))

    def _checked(self, health: Health) -> None:
        self._finish(health_lines(health))

    def _know_binding(self, found: tuple[Binding, KeyringState]) -> None:
        self._binding = found
        self.changed.emit()

    def _know_size(self, size_bytes: int) -> None:
        self._size_bytes = size_bytes
        self.changed.emit()

    def _know_status(self, found: BackupStatus) -> None:
        self._status = found
        self.changed.emit()

    def _file_error(self, path: str) -> dict[VaultField, str]:
        if path:
            return {}
        return {VaultField.FILE: translate("VaultPage", "Choose the file first")}

    def _secret_of(self, text: str) -> Secret:
        if not text.strip():
            said = translate("VaultPage", "Type it first")
            self._errors[VaultField.SECRET] = said
            return ""
        try:
            return secret_from(text)
        except RecoveryKeyTypingError as error:
            said = vault_problem_text(error.code).joined()
            self._errors[VaultField.SECRET] = said
            return ""

    def _passphrase_errors(self, first: str, again: str) -> dict[VaultField, str]:
        if strength_of(first) < Strength.FAIR:
            said = translate(
                "VaultPage", "Choose a longer passphrase: four or five words"
            )
            return {VaultField.FIRST: said}
        if first != again:
            said = translate("VaultPage", "The two are not the same; type it again")
            return {VaultField.AGAIN: said}
        return {}


def _ignore(_error: SafeSessionError) -> None:
    """The page then says less; the task itself will tell."""
