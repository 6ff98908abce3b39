"""Setting up a vault: passphrase, sheet, two groups retyped; or out of a backup.

Nothing exists on disk before the last step. The passphrase is forgotten when the
vault is there or the page goes.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QObject, Signal

from safesession.core.vault_port import Outcome, Secret
from safesession.crypto.recovery_key import (
    GROUPS,
    RecoveryKey,
    RecoveryKeyTypingError,
)
from safesession.errors import SafeSessionError
from safesession.ui.error_texts import ErrorText
from safesession.ui.i18n import translate
from safesession.ui.passphrase import Strength, strength_of
from safesession.ui.secret_text import secret_from
from safesession.ui.vault_session import VaultSession
from safesession.ui.vault_texts import Notice, report_notices, vault_problem_text


PickGroups = Callable[[], tuple[int, int]]


class SetupStep(Enum):
    """Where the page stands."""

    BACKUP = "backup"  # which backup, and what opens it
    PASSPHRASE = "passphrase"  # noqa: S105 - a step
    SHEET = "sheet"
    RETYPE = "retype"
    BUSY = "busy"
    DONE = "done"


class SetupField(Enum):
    """The fields that can need a word."""

    FILE = "file"
    SECRET = "secret"  # noqa: S105 - the name of a field
    FIRST = "first"
    AGAIN = "again"
    GROUP_ONE = "group_one"
    GROUP_TWO = "group_two"


def pick_two_groups() -> tuple[int, int]:
    """Return two groups of the sheet to retype, in their order."""
    first, second = sorted(secrets.SystemRandom().sample(range(GROUPS), 2))
    return first, second


class VaultSetupViewModel(QObject):
    """Leads through the steps; says per field what is missing."""

    changed = Signal()
    finished = Signal()

    def __init__(
        self,
        session: VaultSession,
        *,
        restoring: bool = False,
        pick: PickGroups = pick_two_groups,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.restoring = restoring
        self._step = SetupStep.BACKUP if restoring else SetupStep.PASSPHRASE
        self._errors: dict[SetupField, str] = {}
        self._problem: ErrorText | None = None
        self._passphrase = ""
        self._backup = ""
        self._secret: Secret = ""
        self.sheet: RecoveryKey | None = None
        self.retype = pick()
        self.notices: tuple[Notice, ...] = ()

    @property
    def step(self) -> SetupStep:
        """Where the page stands."""
        return self._step

    @property
    def errors(self) -> dict[SetupField, str]:
        """What to say under each field."""
        return dict(self._errors)

    @property
    def problem(self) -> str:
        """Why the vault could not be made, or empty."""
        return self._problem.joined() if self._problem else ""

    def submit_backup(self, path: str, secret_text: str) -> None:
        """Take the backup's file and what opens it; tried at the end."""
        self._errors = {}
        if not path:
            self._errors[SetupField.FILE] = translate(
                "VaultSetup", "Choose the backup file first"
            )
        if not secret_text.strip():
            self._errors[SetupField.SECRET] = translate(
                "VaultSetup", "Type the backup's passphrase or the key from the sheet"
            )
        try:
            self._secret = secret_from(secret_text)
        except RecoveryKeyTypingError as error:
            self._errors[SetupField.SECRET] = vault_problem_text(error.code).joined()
        self._backup = path
        self._go(SetupStep.PASSPHRASE)

    def submit_passphrase(self, first: str, again: str) -> None:
        """Take the passphrase when it is strong enough and typed twice alike."""
        self._errors = {}
        if strength_of(first) < Strength.FAIR:
            self._errors[SetupField.FIRST] = translate(
                "VaultSetup", "Choose a longer passphrase: four or five words"
            )
        elif first != again:
            self._errors[SetupField.AGAIN] = translate(
                "VaultSetup", "The two are not the same; type it again"
            )
        if not self._errors:
            self._passphrase = first
            self.sheet = self.sheet or self._session.port.new_recovery_key()
        self._go(SetupStep.SHEET)

    def sheet_kept(self) -> None:
        """The person says that the sheet is on paper."""
        self._go(SetupStep.RETYPE)

    def submit_groups(self, first: str, second: str) -> None:
        """Make the vault when both groups stand on the sheet so."""
        sheet = self.sheet
        if sheet is None or self._step is not SetupStep.RETYPE:
            return
        self._errors = {}
        fields = (SetupField.GROUP_ONE, SetupField.GROUP_TWO)
        for field, index, text in zip(
            fields, self.retype, (first, second), strict=True
        ):
            if not sheet.group_matches(index, text):
                self._errors[field] = translate(
                    "VaultSetup", "This is not what stands on the sheet"
                )
        if self._errors:
            self.changed.emit()
            return
        self._problem = None
        self._step = SetupStep.BUSY
        self.changed.emit()
        self._session.open_by(lambda: self._begin(sheet), self._made, self._refused)

    def back(self) -> None:
        """One step back; nothing exists yet."""
        before = {
            SetupStep.PASSPHRASE: SetupStep.BACKUP,
            SetupStep.SHEET: SetupStep.PASSPHRASE,
            SetupStep.RETYPE: SetupStep.SHEET,
        }.get(self._step)
        if before is SetupStep.BACKUP and not self.restoring:
            return
        if before is not None:
            self._errors = {}
            self._step = before
            self.changed.emit()

    def go_on(self) -> None:
        """The person has read what happened."""
        if self._step is SetupStep.DONE:
            self.finished.emit()

    def forget(self) -> None:
        """Let go of every secret."""
        self._passphrase, self._secret, self.sheet = "", "", None

    def _begin(self, sheet: RecoveryKey) -> Outcome[object]:
        port = self._session.port
        if self.restoring:
            return port.restore(self._backup, self._secret, self._passphrase, sheet)
        return port.create(self._passphrase, sheet)

    def _made(self, report: object) -> None:
        self.forget()
        self.notices = report_notices(report)
        self._step = SetupStep.DONE
        self.changed.emit()

    def _refused(self, error: SafeSessionError) -> None:
        self._problem = vault_problem_text(error.code)
        self._step = SetupStep.BACKUP if self.restoring else SetupStep.RETYPE
        self.changed.emit()

    def _go(self, step: SetupStep) -> None:
        if not self._errors:
            self._problem = None
            self._step = step
        self.changed.emit()
