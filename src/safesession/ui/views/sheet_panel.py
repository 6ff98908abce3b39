"""A recovery key on the screen: eight groups, and the ways to get it on paper."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QFileDialog, QFrame, QGridLayout, QVBoxLayout, QWidget

from safesession.crypto.recovery_key import RecoveryKey
from safesession.ui.i18n import translate
from safesession.ui.recovery_sheet import (
    draw_sheet,
    sheet_layout,
    sheet_pdf,
    write_private,
)
from safesession.ui.theme.controller import theme
from safesession.ui.widgets.basics import AppButton, label
from safesession.ui.widgets.file_question import file_dialog
from safesession.ui.widgets.flow import flow_row
from safesession.ui.widgets.strip import Strip


_COLUMNS = 4
_COLUMNS_LARGE_TEXT = 2
_LARGE_TEXT_PERCENT = 125


class SheetPanel(QWidget):
    """Shows a key and prints it. `kept` tells that it was printed or saved."""

    kept = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key: RecoveryKey | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        frame = QFrame(self)
        frame.setProperty("role", "inset")
        self._grid = QGridLayout(frame)
        self._grid.setContentsMargins(20, 16, 20, 16)
        self._grid.setHorizontalSpacing(24)
        self._groups = [label("section", frame, wrap=False) for _ in range(9)]
        column.addWidget(frame)
        self.print_button = AppButton(parent=self)
        self.print_button.setObjectName("sheet_print")
        self.print_button.clicked.connect(self._print)
        self.save_button = AppButton(parent=self)
        self.save_button.setObjectName("sheet_save")
        self.save_button.clicked.connect(self._save)
        column.addWidget(flow_row(self.print_button, self.save_button))
        self._said = Strip("info", self)
        self._said.hide()
        column.addWidget(self._said)
        theme().changed.connect(self._place)
        self._place()
        self.retranslate()

    @property
    def said(self) -> str:
        """What came of printing or saving."""
        return self._said.text

    def set_key(self, key: RecoveryKey | None) -> None:
        """Show a key, or nothing."""
        if key is self._key:
            return
        self._key = key
        self._show_groups()
        self._said.set_text("")

    def retranslate(self) -> None:
        """Put all words in again."""
        self.print_button.setText(translate("RecoverySheet", "Print"))
        self.save_button.setText(translate("RecoverySheet", "Save as PDF"))
        self._show_groups()

    def _show_groups(self) -> None:
        if self._key is None:
            for shown in self._groups:
                shown.setText("")
            return
        *groups, check = self._key.text.split("-")
        for index, group in enumerate(groups):
            self._groups[index].setText(f"{index + 1}   {group}")
        last = translate("RecoverySheet", "and at the end: {check}")
        self._groups[-1].setText(last.format(check=check))

    def _place(self) -> None:
        large = theme().text_scale_percent > _LARGE_TEXT_PERCENT
        columns = _COLUMNS_LARGE_TEXT if large else _COLUMNS
        left = Qt.AlignmentFlag.AlignLeft
        *groups, last = self._groups
        for index, shown in enumerate(groups):
            row, column = divmod(index, columns)
            self._grid.addWidget(shown, row, column, left)
        self._grid.addWidget(last, len(groups) // columns, 0, 1, columns, left)

    def _print(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageLayout(sheet_layout())
        printer.setDocName("SafeSession")
        dialog = QPrintDialog(printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The key is asked for when it is drawn, so a cancelled dialog keeps nothing.
        dialog.accepted.connect(lambda: self._draw(printer))
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.show()

    def _draw(self, printer: QPrinter) -> None:
        if self._key is not None:
            self.print_on(printer, self._key)

    def print_on(self, printer: QPrinter, key: RecoveryKey) -> None:
        """Draw a key's sheet on a printer and say what came of it."""
        if draw_sheet(printer, key, date.today(), self.font()):  # noqa: DTZ011
            text = translate("RecoverySheet", "The sheet was handed to the printer.")
            self._tell(text, tone="ok")
            return
        text = translate(
            "RecoverySheet", "The printer refused. Save it as a PDF instead."
        )
        self._tell(text, tone="warn")

    def _save(self) -> None:
        dialog = file_dialog(self, translate("RecoverySheet", "Save as PDF"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("PDF (*.pdf)")
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile("safesession-recovery-sheet.pdf")
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    def save_to(self, path: str) -> None:
        """Write the sheet as a PDF to a chosen place."""
        if self._key is None:
            return
        pdf = sheet_pdf(self._key, date.today(), self.font())  # noqa: DTZ011
        try:
            write_private(path, pdf)
        except OSError:
            text = translate("RecoverySheet", "It could not be saved there.")
            self._tell(text, tone="warn")
            return
        text = translate(
            "RecoverySheet",
            "Saved. Print it and delete the file: as a file it is as good as a key.",
        )
        self._tell(text, tone="warn")

    def _tell(self, text: str, *, tone: str) -> None:
        self._said.set_tone(tone)
        self._said.set_text(text)
        self.kept.emit()
