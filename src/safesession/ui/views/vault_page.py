"""The vault's page: how it stands, and its tasks, one form at a time."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QWidget

from safesession.ui import texts
from safesession.ui.i18n import translate
from safesession.ui.passphrase import strength_of, strength_words
from safesession.ui.view_models.vault_page import (
    VaultField,
    VaultPageViewModel,
    VaultStep,
)
from safesession.ui.views.sheet_panel import SheetPanel
from safesession.ui.widgets.basics import AppButton, Paragraph, card, label
from safesession.ui.widgets.fields import Field, SecretField
from safesession.ui.widgets.file_question import file_dialog
from safesession.ui.widgets.flow import flow_row
from safesession.ui.widgets.notices import NoticeList
from safesession.ui.widgets.page import CoverPage


_FIELDS: Final = {
    VaultStep.BACK_UP: (VaultField.FILE, VaultField.FIRST, VaultField.AGAIN),
    VaultStep.REHEARSE: (VaultField.FILE, VaultField.SECRET),
    VaultStep.PASSPHRASE: (VaultField.SECRET, VaultField.FIRST, VaultField.AGAIN),
    VaultStep.SHEET_ASK: (VaultField.SECRET,),
    VaultStep.SHEET_RETYPE: (VaultField.GROUP_ONE, VaultField.GROUP_TWO),
}


class VaultPageView(CoverPage):
    """Follows the view-model's step."""

    log_requested = Signal()
    retention_requested = Signal()

    def __init__(
        self, view_model: VaultPageViewModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, width_px=640)
        self.setObjectName("vault_page")
        self.view_model = view_model
        self._title = label("title")
        self._text = Paragraph("muted")
        self._results = NoticeList()
        self.column.addWidget(self._title)
        self.column.addWidget(self._text)
        self.column.addWidget(self._results)
        self._build_overview()
        self._build_form()
        self._next = AppButton("primary")
        self._next.setObjectName("vault_next")
        self._next.clicked.connect(self._submit)
        self._back = AppButton("plain", "back")
        self._back.setObjectName("vault_back")
        self._back.clicked.connect(self._go_back)
        self.column.addSpacing(8)
        self.column.addWidget(flow_row(self._next, self._back))
        self._shown: VaultStep | None = None
        view_model.changed.connect(self.refresh)
        self.retranslate()

    def first_focus(self) -> QWidget:
        """Where the keyboard starts."""
        fields = _FIELDS.get(self.view_model.step)
        if fields:
            return self._fields[fields[0]].edit
        shows = self.view_model.step is VaultStep.OVERVIEW
        return self._tasks[VaultStep.BACK_UP] if shows else self._next

    def refresh(self) -> None:
        """Show the view-model's step."""
        model, step = self.view_model, self.view_model.step
        overview = step is VaultStep.OVERVIEW
        shown, errors = _FIELDS.get(step, ()), model.errors
        if step is not self._shown and overview:
            self.clear()
        for name, field in self._fields.items():
            field.setVisible(name in shown)
            field.set_error(errors.get(name, ""))
        for frame in self._cards:
            frame.setVisible(overview)
        self._opening.set_text(model.opening_text())
        self._backup.set_text(model.backup_text())
        self._due.setVisible(model.drill_due)
        self._results.set_notices(model.results)
        shows_sheet = step is VaultStep.SHEET_SHOW
        self._sheet.set_key(model.sheet if shows_sheet else None)
        self._sheet.setVisible(shows_sheet)
        self._next.setVisible(not overview)
        self._next.setEnabled(step is not VaultStep.BUSY)
        self._back.setVisible(step is not VaultStep.BUSY)
        asks_rekey = step is VaultStep.PASSPHRASE
        self._rekey.setVisible(asks_rekey)
        self._rekey_text.set_text(model.rekey_text() if asks_rekey else "")
        self._rekey_text.setVisible(asks_rekey)
        self._words()
        if step is not self._shown:
            self._shown = step
            if self.isVisible():
                self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
                self.verticalScrollBar().setValue(0)

    def retranslate(self) -> None:
        """Put all words in again."""
        words = {
            VaultStep.BACK_UP: translate("VaultPage", "Back up now"),
            VaultStep.REHEARSE: translate("VaultPage", "Rehearse a restoration"),
            VaultStep.PASSPHRASE: translate("VaultPage", "Change the passphrase"),
            VaultStep.SHEET_ASK: translate("VaultPage", "New recovery sheet"),
            VaultStep.BUSY: translate("VaultPage", "Check everything"),
        }
        for step, button in self._tasks.items():
            button.setText(words[step])
        self._titles[0].setText(translate("VaultPage", "Backups"))
        self._titles[1].setText(translate("VaultPage", "What opens it"))
        self._titles[2].setText(translate("VaultPage", "Health"))
        self._titles[3].setText(translate("VaultPage", "Access and keeping"))
        self._log.setText(translate("VaultPage", "Access log"))
        self._retention.setText(translate("VaultPage", "Keeping and deleting"))
        self._keeping.set_text(
            translate(
                "VaultPage",
                "Who opened, exported or deleted records, and how long they are kept.",
            )
        )
        self._rekey.setText(
            translate("VaultPage", "Also put everything under new keys")
        )
        self._due.set_text(
            translate(
                "VaultPage",
                "Please rehearse a restoration: a backup that was never opened may not "
                "help. It changes nothing and takes a minute.",
            )
        )
        self._health.set_text(
            translate(
                "VaultPage",
                "Every page, safety copy, signature and line of the access log is read "
                "and compared. It can take a while.",
            )
        )
        self._choose.setText(translate("VaultPage", "Choose"))
        self._sheet.retranslate()
        self._judge(self._fields[VaultField.FIRST].text)
        self.refresh()

    def clear(self) -> None:
        """Empty every field and forget the sheet."""
        for field in self._fields.values():
            field.clear()
        self._rekey.setChecked(False)
        self._sheet.set_key(None)

    # --- building ----------------------------------------------------------------

    def _build_overview(self) -> None:
        self._titles = [label("section") for _ in range(4)]
        self._backup, self._opening = Paragraph("muted"), Paragraph("muted")
        self._health, self._due = Paragraph("muted"), Paragraph()
        self._tasks: dict[VaultStep, AppButton] = {}
        for step in (
            VaultStep.BACK_UP,
            VaultStep.REHEARSE,
            VaultStep.PASSPHRASE,
            VaultStep.SHEET_ASK,
            VaultStep.BUSY,
        ):
            button = AppButton()
            button.setObjectName(f"vault_task_{step.value}")
            self._tasks[step] = button
            if step is VaultStep.BUSY:
                button.clicked.connect(self.view_model.check)
            else:
                button.clicked.connect(lambda _on=False, to=step: self._begin(to))
        tasks = self._tasks
        self._cards = []
        for title, lines, steps in (
            (0, (self._backup, self._due), (VaultStep.BACK_UP, VaultStep.REHEARSE)),
            (1, (self._opening,), (VaultStep.PASSPHRASE, VaultStep.SHEET_ASK)),
            (2, (self._health,), (VaultStep.BUSY,)),
        ):
            frame, inside = card()
            inside.addWidget(self._titles[title])
            for line in lines:
                inside.addWidget(line)
            inside.addWidget(flow_row(*(tasks[step] for step in steps)))
            self._cards.append(frame)
            self.column.addWidget(frame)
        self._build_keeping()

    def _build_keeping(self) -> None:
        """The way to the log and to what is due: pages of their own."""
        self._keeping = Paragraph("muted")
        self._log, self._retention = AppButton(), AppButton()
        self._log.setObjectName("vault_log")
        self._retention.setObjectName("vault_retention")
        self._log.clicked.connect(self.log_requested)
        self._retention.clicked.connect(self.retention_requested)
        frame, inside = card()
        inside.addWidget(self._titles[3])
        inside.addWidget(self._keeping)
        inside.addWidget(flow_row(self._log, self._retention))
        self._cards.append(frame)
        self.column.addWidget(frame)

    def _build_form(self) -> None:
        self._fields: dict[VaultField, Field] = {
            VaultField.FILE: Field("vault_file"),
            VaultField.SECRET: SecretField("vault_proof"),
            VaultField.FIRST: SecretField("vault_passphrase"),
            VaultField.AGAIN: SecretField("vault_passphrase_again"),
            VaultField.GROUP_ONE: Field("vault_group_one"),
            VaultField.GROUP_TWO: Field("vault_group_two"),
        }
        self._choose = AppButton()
        self._choose.setObjectName("vault_choose_file")
        self._choose.clicked.connect(self._choose_file)
        self._fields[VaultField.FILE].add_beside(self._choose)
        self._fields[VaultField.FIRST].edit.textChanged.connect(self._judge)
        for field in self._fields.values():
            field.submitted.connect(self._submit)
            self.column.addWidget(field)
        self._rekey = QCheckBox()
        self._rekey.setObjectName("vault_rekey")
        self._rekey_text = Paragraph("muted")
        self.column.addWidget(self._rekey)
        self.column.addWidget(self._rekey_text)
        self._sheet = SheetPanel()
        self.column.addWidget(self._sheet)

    # --- words -------------------------------------------------------------------

    def _words(self) -> None:
        title, text, way_on = self._step_words()
        self._title.setText(title)
        self._text.set_text(text)
        self._next.setText(way_on)
        self._back.setText(translate("VaultPage", "Back"))
        one, two = (index + 1 for index in self.view_model.retype)
        group = translate("VaultPage", "Group {n} on the sheet")
        for name, caption in (
            (VaultField.FILE, translate("VaultPage", "File")),
            (VaultField.SECRET, self._secret_caption()),
            (VaultField.FIRST, self._passphrase_caption()),
            (VaultField.AGAIN, translate("VaultPage", "The same again")),
            (VaultField.GROUP_ONE, group.format(n=one)),
            (VaultField.GROUP_TWO, group.format(n=two)),
        ):
            self._fields[name].set_caption(caption)

    def _secret_caption(self) -> str:
        if self.view_model.step is VaultStep.REHEARSE:
            return translate("VaultPage", "Backup's passphrase, or the sheet's key")
        return translate("VaultPage", "Present passphrase, or the sheet's key")

    def _passphrase_caption(self) -> str:
        if self.view_model.step is VaultStep.BACK_UP:
            return translate("VaultPage", "Passphrase for this backup (may stay empty)")
        return translate("VaultPage", "New passphrase")

    def _step_words(self) -> tuple[str, str, str]:
        match self.view_model.step:
            case VaultStep.OVERVIEW:
                return (
                    translate("VaultPage", "Your vault"),
                    translate(
                        "VaultPage",
                        "Notes and keys, encrypted on this computer. Nobody else can "
                        "open it, and nobody can reset it for you.",
                    ),
                    "",
                )
            case VaultStep.BACK_UP:
                return (
                    translate("VaultPage", "Back up now"),
                    translate(
                        "VaultPage",
                        "The backup is encrypted. Your recovery sheet opens it; with a "
                        "passphrase of its own, that opens it too.",
                    ),
                    translate("VaultPage", "Write the backup"),
                )
            case VaultStep.REHEARSE:
                return (
                    translate("VaultPage", "Rehearse a restoration"),
                    translate(
                        "VaultPage",
                        "The backup is opened, read and checked as in a restoration, "
                        "and then thrown away. Nothing is changed.",
                    ),
                    translate("VaultPage", "Rehearse"),
                )
            case VaultStep.PASSPHRASE:
                return (
                    translate("VaultPage", "Change the passphrase"),
                    translate(
                        "VaultPage",
                        "Your backups stay valid. Your sheet does too, unless "
                        "everything gets new keys.",
                    ),
                    translate("VaultPage", "Change it"),
                )
            case VaultStep.SHEET_ASK | VaultStep.SHEET_SHOW:
                return (
                    translate("VaultPage", "New recovery sheet"),
                    translate(
                        "VaultPage",
                        "Nothing changes before you have retyped two groups from paper.",
                    ),
                    translate("VaultPage", "It is on paper")
                    if self.view_model.step is VaultStep.SHEET_SHOW
                    else translate("VaultPage", "Show a new sheet"),
                )
            case VaultStep.SHEET_RETYPE:
                return (
                    translate("VaultPage", "Check the sheet"),
                    translate(
                        "VaultPage", "Type two groups from the paper in your hand."
                    ),
                    translate("VaultPage", "Put everything under new keys")
                    if self.view_model.rekeys
                    else translate("VaultPage", "Use the new sheet"),
                )
            case VaultStep.BUSY:
                working = translate(
                    "VaultPage", "The vault is working; a call is not held up."
                )
                return (
                    translate("VaultPage", "One moment …"),
                    texts.sentences(working, self.view_model.progress_text()),
                    translate("VaultPage", "Please wait"),
                )

    # --- what happens ------------------------------------------------------------

    def _begin(self, step: VaultStep) -> None:
        self.clear()
        self.view_model.begin(step)

    def _judge(self, text: str) -> None:
        self._fields[VaultField.FIRST].set_hint(strength_words(strength_of(text)))

    def _submit(self) -> None:
        model, text = self.view_model, {n: f.text for n, f in self._fields.items()}
        secret = text[VaultField.SECRET]
        first, again = text[VaultField.FIRST], text[VaultField.AGAIN]
        match model.step:
            case VaultStep.BACK_UP:
                model.back_up(text[VaultField.FILE], first, again)
            case VaultStep.REHEARSE:
                model.rehearse(text[VaultField.FILE], secret)
            case VaultStep.PASSPHRASE:
                model.change_passphrase(
                    secret, first, again, rekeys=self._rekey.isChecked()
                )
            case VaultStep.SHEET_ASK:
                model.begin_sheet(secret)
            case VaultStep.SHEET_SHOW:
                model.sheet_kept()
            case VaultStep.SHEET_RETYPE:
                one, two = text[VaultField.GROUP_ONE], text[VaultField.GROUP_TWO]
                model.change_sheet(one, two)
            case VaultStep.OVERVIEW | VaultStep.BUSY:
                pass

    def _go_back(self) -> None:
        self.clear()
        self.view_model.back()

    def _choose_file(self) -> None:
        saves = self.view_model.step is VaultStep.BACK_UP
        dialog = file_dialog(self, translate("VaultPage", "Backup file"))
        dialog.setNameFilters(["SafeSession (*.ssbak)", "* (*)"])
        if saves:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix("ssbak")
            dialog.selectFile("safesession.ssbak")
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._fields[VaultField.FILE].edit.setText)
        dialog.open()
