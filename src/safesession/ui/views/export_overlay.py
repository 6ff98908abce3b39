"""What leaves the vault, asked on purpose: what, in which form, under which words.

Formal records are the default. A process note leaves only with its own tick. The
passphrase of an archive is cleared when the card closes.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QRadioButton,
    QWidget,
)

from safesession.core.note_types import NoteKind
from safesession.ui.i18n import translate
from safesession.ui.passphrase import Strength, strength_of, strength_words
from safesession.ui.view_models.note_papers import ExportForm, ExportWish
from safesession.ui.widgets.basics import AppButton, Paragraph, label
from safesession.ui.widgets.fields import SecretField
from safesession.ui.widgets.flow import flow_row
from safesession.ui.widgets.overlay import Overlay


class ExportOverlay(Overlay):
    """Emits an `ExportWish`; where to is asked afterwards."""

    accepted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, width_px=560)
        self._wish = ExportWish()
        self._title = label("section")
        self._what = QButtonGroup(self)
        self._one = QRadioButton()
        self._one.setObjectName("export_one")
        self._all = QRadioButton()
        self._all.setObjectName("export_all")
        self._on_purpose = QCheckBox()
        self._on_purpose.setObjectName("export_on_purpose")
        self._form = QButtonGroup(self)
        self._pdf = QRadioButton()
        self._pdf.setObjectName("export_pdf")
        self._archive = QRadioButton()
        self._archive.setObjectName("export_archive")
        self._form_text = Paragraph("muted")
        self._secret = SecretField("export_passphrase")
        self._again = SecretField("export_passphrase_again")
        self._yes = AppButton("primary", "export")
        self._yes.setObjectName("export_yes")
        self._no = AppButton()
        self._no.setObjectName("export_no")
        for group, buttons in (
            (self._what, (self._one, self._all)),
            (self._form, (self._pdf, self._archive)),
        ):
            for button in buttons:
                group.addButton(button)
                button.toggled.connect(self.refresh)
        self._what_title = label("muted")
        self._form_title = label("muted")
        self._below = below = QWidget()  # the tick belongs to the choice above it
        indented = QHBoxLayout(below)
        indented.setContentsMargins(28, 0, 0, 0)
        indented.addWidget(self._on_purpose)
        for widget in (
            self._title,
            self._what_title,
            self._one,
            below,
            self._all,
            self._form_title,
            flow_row(self._pdf, self._archive, spacing_px=24),
            self._form_text,
            self._secret,
            self._again,
            flow_row(self._yes, self._no),
        ):
            self.body.addWidget(widget)
        self._on_purpose.toggled.connect(self.refresh)
        self._secret.edit.textChanged.connect(self.refresh)
        self._again.edit.textChanged.connect(self.refresh)
        self._yes.clicked.connect(self._accept)
        self._no.clicked.connect(self.dismiss)
        self.closed.connect(self.clear_all)
        self.retranslate()

    def ask(self, wish: ExportWish) -> None:
        """Open for a note, or (without one) for the client's file."""
        self._wish = wish
        self._on_purpose.setChecked(False)
        self._one.setVisible(wish.note_id is not None)
        (self._all if wish.note_id is None else self._one).setChecked(True)
        self._pdf.setChecked(True)
        self.refresh()
        self.open(self._no)

    def clear_all(self) -> None:
        """Hold no passphrase any more."""
        self._secret.clear()
        self._again.clear()

    def changeEvent(self, event: QEvent) -> None:
        """Retranslate when the language changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def refresh(self) -> None:
        """Allow only what was chosen on purpose and can be kept safe."""
        process = self._one.isChecked() and self._wish.kind is NoteKind.PROCESS
        self._below.setVisible(process)
        sealed = self._archive.isChecked()
        self._secret.setVisible(sealed)
        self._again.setVisible(sealed)
        typed = self._secret.text
        strength = strength_of(typed)
        self._secret.set_hint(strength_words(strength))
        differs = bool(self._again.text) and self._again.text != typed
        self._again.set_error(
            translate("ExportOverlay", "The two are not the same yet.")
            if differs
            else ""
        )
        self._form_text.set_text(
            translate(
                "ExportOverlay",
                "Opens with the passphrase alone, on any computer with SafeSession. "
                "Attached files are inside.",
            )
            if sealed
            else translate(
                "ExportOverlay",
                "Anybody who has the file can read it. Attached files are named, not "
                "included.",
            )
        )
        safe = not sealed or (strength > Strength.WEAK and typed == self._again.text)
        self._yes.setEnabled(safe and (not process or self._on_purpose.isChecked()))

    def retranslate(self) -> None:
        """Put all words in again."""
        self._title.setText(translate("ExportOverlay", "Take out of the vault"))
        self._what_title.setText(translate("ExportOverlay", "What"))
        self._form_title.setText(translate("ExportOverlay", "As"))
        self._one.setText(translate("ExportOverlay", "This note"))
        self._all.setText(
            translate("ExportOverlay", "All formal records of this client")
        )
        self._on_purpose.setText(translate("ExportOverlay", "Yes, this process note"))
        self._pdf.setText(translate("ExportOverlay", "PDF"))
        self._archive.setText(translate("ExportOverlay", "Encrypted archive"))
        self._secret.set_caption(
            translate("ExportOverlay", "Passphrase of this archive")
        )
        self._again.set_caption(translate("ExportOverlay", "The same once more"))
        self._yes.setText(translate("ExportOverlay", "Choose where…"))
        self._no.setText(translate("ExportOverlay", "Cancel"))
        self.refresh()

    def _accept(self) -> None:
        wish = ExportWish(
            self._wish.client_id,
            self._wish.note_id if self._one.isChecked() else None,
            self._wish.kind,
            ExportForm.ARCHIVE if self._archive.isChecked() else ExportForm.PDF,
            on_purpose=self._on_purpose.isChecked(),
            passphrase=self._secret.text if self._archive.isChecked() else "",
        )
        self.dismiss()
        self.accepted.emit(wish)
