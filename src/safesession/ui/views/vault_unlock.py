"""Unlock the vault: passphrase or sheet, the pause, and what happened meanwhile."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from safesession.ui import texts
from safesession.ui.i18n import translate
from safesession.ui.view_models.vault_unlock import (
    UnlockStep,
    UnlockWay,
    VaultUnlockViewModel,
)
from safesession.ui.widgets.basics import AppButton, Paragraph, label
from safesession.ui.widgets.fields import SecretField
from safesession.ui.widgets.flow import flow_row
from safesession.ui.widgets.notices import NoticeList
from safesession.ui.widgets.page import CoverPage
from safesession.ui.widgets.strip import Strip


class VaultUnlockView(CoverPage):
    """The locked door. Shows nothing of what is behind it."""

    set_aside_requested = Signal()

    def __init__(
        self,
        view_model: VaultUnlockViewModel,
        parent: QWidget | None = None,
        *,
        beside_call: bool = False,
    ) -> None:
        super().__init__(parent, width_px=480)
        self._beside_call = beside_call
        self.setObjectName("vault_unlock")
        self.view_model = view_model
        self._title = label("title")
        self._text = Paragraph("muted")
        self._strip = Strip("warn")
        self._strip.hide()
        self._strip.action_chosen.connect(lambda _key: self.set_aside_requested.emit())
        self._field = SecretField("vault_secret")
        self._field.submitted.connect(self._submit)
        self._notices = NoticeList()
        self._open = AppButton("primary")
        self._open.setObjectName("vault_open")
        self._open.clicked.connect(self._submit)
        self._other = AppButton("plain")
        self._other.setObjectName("vault_other_way")
        self._other.clicked.connect(self._switch)
        for widget in (
            self._title,
            self._text,
            self._strip,
            self._field,
            self._notices,
        ):
            self.column.addWidget(widget)
        self.column.addSpacing(8)
        self.column.addWidget(flow_row(self._open, self._other))
        self._shown: tuple[UnlockStep, UnlockWay] | None = None
        view_model.changed.connect(self.refresh)
        view_model.ready.connect(self._submit)
        self.retranslate()

    def first_focus(self) -> QWidget:
        """Where the keyboard starts."""
        asks = self.view_model.step is UnlockStep.ASK
        return self._field.edit if asks else self._open

    def refresh(self) -> None:
        """Show the view-model's step."""
        model, step = self.view_model, self.view_model.step
        report = step is UnlockStep.REPORT
        self._words()
        self._strip.set_text("" if report else model.problem)
        aside = translate("VaultUnlock", "Set it aside")
        self._strip.set_actions([("aside", aside)] if model.can_set_aside else [])
        self._field.setVisible(not report)
        self._field.edit.setEnabled(step is UnlockStep.ASK)
        self._notices.set_notices(model.notices if report else ())
        self._open.setEnabled(report or step is UnlockStep.ASK)
        self._other.setVisible(not report)
        self._other.setEnabled(step in (UnlockStep.ASK, UnlockStep.PAUSE))
        if report:
            self._field.clear()
        if (step, model.way) != self._shown:
            self._shown = (step, model.way)
            if self.isVisible():
                self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        """Put all words in again."""
        self.refresh()

    def _words(self) -> None:
        model, step = self.view_model, self.view_model.step
        sheet = model.way is UnlockWay.SHEET
        if sheet:
            self._field.set_words(
                translate("VaultUnlock", "Key from the recovery sheet"),
                translate("VaultUnlock", "Dashes, spaces and small letters are fine."),
            )
            self._other.setText(translate("VaultUnlock", "Use the passphrase"))
        else:
            self._field.set_words(translate("VaultUnlock", "Passphrase"))
            self._other.setText(translate("VaultUnlock", "Use the recovery sheet"))
        title = translate("VaultUnlock", "The vault is locked")
        text = translate("VaultUnlock", "Notes and records are encrypted.")
        if self._beside_call:
            goes_on = translate("VaultUnlock", "The session goes on meanwhile.")
            text = texts.sentences(text, goes_on)
        button = translate("VaultUnlock", "Unlock")
        match step:
            case UnlockStep.BUSY:
                text = translate("VaultUnlock", "Unlocking … this takes a moment.")
            case UnlockStep.PAUSE:
                text = translate("VaultUnlock", "Next try in {time}.").format(
                    time=texts.elapsed(model.pause_s)
                )
            case UnlockStep.REPORT:
                title = translate("VaultUnlock", "The vault is open")
                text = translate("VaultUnlock", "Please read this first:")
                button = translate("VaultUnlock", "Continue")
            case UnlockStep.ASK:
                pass
        self._title.setText(title)
        self._text.set_text(text)
        self._open.setText(button)

    def _submit(self) -> None:
        if self.view_model.step is UnlockStep.REPORT:
            self.view_model.go_on()
            return
        self.view_model.submit(self._field.text)
        if self.view_model.step is UnlockStep.BUSY:
            self._field.clear()

    def _switch(self) -> None:
        sheet = self.view_model.way is UnlockWay.SHEET
        self._field.clear()
        self.view_model.use(UnlockWay.PASSPHRASE if sheet else UnlockWay.SHEET)
