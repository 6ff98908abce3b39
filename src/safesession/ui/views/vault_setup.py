"""Set up the vault: passphrase twice, the sheet, two groups retyped."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from safesession.ui.i18n import translate
from safesession.ui.passphrase import Strength, strength_of, strength_words
from safesession.ui.view_models.vault_setup import (
    SetupField,
    SetupStep,
    VaultSetupViewModel,
)
from safesession.ui.views.sheet_panel import SheetPanel
from safesession.ui.widgets.basics import AppButton, Paragraph, label
from safesession.ui.widgets.fields import Field, SecretField
from safesession.ui.widgets.file_question import file_dialog
from safesession.ui.widgets.flow import flow_row
from safesession.ui.widgets.notices import NoticeList
from safesession.ui.widgets.page import CoverPage
from safesession.ui.widgets.strip import Strip


_FIELDS = {
    SetupStep.BACKUP: (SetupField.FILE, SetupField.SECRET),
    SetupStep.PASSPHRASE: (SetupField.FIRST, SetupField.AGAIN),
    SetupStep.RETYPE: (SetupField.GROUP_ONE, SetupField.GROUP_TWO),
}


class VaultSetupView(CoverPage):
    """One page whose content follows the view-model's step."""

    leave_requested = Signal()

    def __init__(
        self, view_model: VaultSetupViewModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, width_px=560)
        self.setObjectName("vault_setup")
        self.view_model = view_model
        self._title = label("title")
        self._text = Paragraph("muted")
        self._strip = Strip("warn")
        self._strip.hide()
        self._fields: dict[SetupField, Field] = {
            SetupField.FILE: Field("backup_file"),
            SetupField.SECRET: SecretField("backup_secret"),
            SetupField.FIRST: SecretField("passphrase"),
            SetupField.AGAIN: SecretField("passphrase_again"),
            SetupField.GROUP_ONE: Field("sheet_group_one"),
            SetupField.GROUP_TWO: Field("sheet_group_two"),
        }
        self._choose = AppButton()
        self._choose.setObjectName("backup_choose")
        self._choose.clicked.connect(self._choose_file)
        self._fields[SetupField.FILE].add_beside(self._choose)
        self._fields[SetupField.FIRST].edit.textChanged.connect(self._judge)
        self._sheet = SheetPanel()
        self._notices = NoticeList()
        self._next = AppButton("primary")
        self._next.setObjectName("vault_setup_next")
        self._next.clicked.connect(self._submit)
        self._back = AppButton("plain", "back")
        self._back.setObjectName("vault_setup_back")
        self._back.clicked.connect(self._go_back)
        for widget in (self._title, self._text, self._strip):
            self.column.addWidget(widget)
        for field in self._fields.values():
            self.column.addWidget(field)
            field.submitted.connect(self._submit)
        self.column.addWidget(self._sheet)
        self.column.addWidget(self._notices)
        self.column.addSpacing(8)
        self.column.addWidget(flow_row(self._next, self._back))
        view_model.changed.connect(self.refresh)
        self._shown: SetupStep | None = None
        self.retranslate()

    def first_focus(self) -> QWidget:
        """Where the keyboard starts."""
        fields = _FIELDS.get(self.view_model.step)
        return self._fields[fields[0]].edit if fields else self._next

    def type_passphrase(self, text: str) -> None:
        """Put a text into both lines."""
        for name in (SetupField.FIRST, SetupField.AGAIN):
            self._fields[name].edit.setText(text)

    def refresh(self) -> None:
        """Show the view-model's step."""
        model, step = self.view_model, self.view_model.step
        errors = model.errors
        shown = _FIELDS.get(step, ())
        for name, field in self._fields.items():
            field.setVisible(name in shown)
            field.set_error(errors.get(name, ""))
        self._strip.set_text(model.problem)
        self._sheet.set_key(model.sheet if step is SetupStep.SHEET else None)
        self._sheet.setVisible(step is SetupStep.SHEET)
        self._notices.set_notices(model.notices if step is SetupStep.DONE else ())
        busy = step is SetupStep.BUSY
        self._next.setEnabled(not busy)
        first = SetupStep.BACKUP if model.restoring else SetupStep.PASSPHRASE
        leaves = step is first
        self._back.setVisible(leaves or step in (*_FIELDS, SetupStep.SHEET))
        if step is SetupStep.DONE:
            self._clear()
        self._words()
        if step is not self._shown:
            self._shown = step
            self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
        elif errors:
            wrong = next(name for name in shown if name in errors)
            self._fields[wrong].edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        """Put all words in again."""
        self._choose.setText(translate("VaultSetup", "Choose"))
        self._back.setText(translate("VaultSetup", "Back"))
        self._sheet.retranslate()
        self._judge(self._fields[SetupField.FIRST].text)
        self.refresh()

    def _captions(self) -> dict[SetupField, str]:
        one, two = (index + 1 for index in self.view_model.retype)
        group = translate("VaultSetup", "Group {n} on the sheet")
        return {
            SetupField.FILE: translate("VaultSetup", "Backup file"),
            SetupField.SECRET: translate(
                "VaultSetup", "Backup's passphrase, or the sheet's key"
            ),
            SetupField.FIRST: translate("VaultSetup", "Passphrase"),
            SetupField.AGAIN: translate("VaultSetup", "The same again"),
            SetupField.GROUP_ONE: group.format(n=one),
            SetupField.GROUP_TWO: group.format(n=two),
        }

    def _words(self) -> None:
        for name, caption in self._captions().items():
            self._fields[name].set_caption(caption)
        title, text, way_on = self._step_words()
        self._title.setText(title)
        self._text.set_text(text)
        self._text.setVisible(bool(text))
        self._next.setText(way_on)

    def _step_words(self) -> tuple[str, str, str]:
        next_step = translate("VaultSetup", "Continue")
        match self.view_model.step:
            case SetupStep.BACKUP:
                return (
                    translate("VaultSetup", "Restore from a backup"),
                    translate(
                        "VaultSetup",
                        "The backup becomes the vault of this computer, with a new "
                        "passphrase and a new sheet. The file itself is not changed.",
                    ),
                    next_step,
                )
            case SetupStep.PASSPHRASE:
                return (
                    translate("VaultSetup", "Set up your vault"),
                    translate(
                        "VaultSetup",
                        "Notes, agreements and keys are kept encrypted on this "
                        "computer. Only this passphrase opens them; nobody can reset "
                        "it for you.",
                    ),
                    next_step,
                )
            case SetupStep.SHEET:
                return (
                    translate("VaultSetup", "Your recovery sheet"),
                    translate(
                        "VaultSetup",
                        "It opens the vault when the passphrase is forgotten. Print it "
                        "or copy it by hand; it is not shown again.",
                    ),
                    translate("VaultSetup", "It is on paper"),
                )
            case SetupStep.RETYPE | SetupStep.BUSY:
                return (
                    translate("VaultSetup", "Check the sheet"),
                    translate(
                        "VaultSetup", "Type two groups from the paper in your hand."
                    )
                    if self.view_model.step is SetupStep.RETYPE
                    else translate("VaultSetup", "The vault is being made …"),
                    translate("VaultSetup", "Make the vault"),
                )
            case SetupStep.DONE:
                return (translate("VaultSetup", "Done"), "", next_step)

    def _judge(self, text: str) -> None:
        strength = strength_of(text)
        self._fields[SetupField.FIRST].set_hint(strength_words(strength))
        if strength >= Strength.FAIR:
            self._fields[SetupField.FIRST].set_error("")

    def _submit(self) -> None:
        model, fields = self.view_model, self._fields
        match model.step:
            case SetupStep.BACKUP:
                model.submit_backup(
                    fields[SetupField.FILE].text, fields[SetupField.SECRET].text
                )
            case SetupStep.PASSPHRASE:
                model.submit_passphrase(
                    fields[SetupField.FIRST].text, fields[SetupField.AGAIN].text
                )
            case SetupStep.SHEET:
                model.sheet_kept()
            case SetupStep.RETYPE:
                model.submit_groups(
                    fields[SetupField.GROUP_ONE].text, fields[SetupField.GROUP_TWO].text
                )
            case SetupStep.DONE:
                model.go_on()
            case SetupStep.BUSY:
                pass

    def _go_back(self) -> None:
        before = self.view_model.step
        self.view_model.back()
        if self.view_model.step is before:
            self._clear()
            self.view_model.forget()
            self.leave_requested.emit()

    def _choose_file(self) -> None:
        title = translate("VaultSetup", "Choose the backup file")
        dialog = file_dialog(self, title)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["SafeSession (*.ssbak)", "* (*)"])
        dialog.fileSelected.connect(self._fields[SetupField.FILE].edit.setText)
        dialog.open()

    def _clear(self) -> None:
        for field in self._fields.values():
            field.clear()
