"""The files in a note: a name and a size each, to save elsewhere or to remove."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from safesession.core.note_types import Attachment
from safesession.ui.i18n import translate
from safesession.ui.theme.controller import theme
from safesession.ui.widgets.basics import AppButton, IconButton, label
from safesession.ui.widgets.flow import FlowLayout


_NAME_PX = 240


class AttachmentRow(QWidget):
    """Shows attachments; hidden while there are none."""

    take_out_requested = Signal(int)
    remove_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._title = label("caption")
        column.addWidget(self._title)
        self._row = QWidget()
        self._flow = FlowLayout(self._row, spacing_px=8)
        column.addWidget(self._row)
        self._files: tuple[Attachment, ...] = ()
        self._may_change = False
        self.hide()
        theme().changed.connect(self._list)
        self.retranslate()

    def show_files(self, files: tuple[Attachment, ...], *, may_change: bool) -> None:
        """List other files."""
        if (files, may_change) == (self._files, self._may_change):
            return
        self._files, self._may_change = files, may_change
        self._list()

    def retranslate(self) -> None:
        """Put all words in again."""
        self._title.setText(translate("Attachments", "Attached files"))
        self._list()

    def _list(self) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for file in self._files:
            size = QLocale().formattedDataSize(file.size_bytes)
            button = AppButton("", "attach")
            button.setObjectName(f"attachment_{file.id}")
            # The end of a long name says what it is.
            elide = Qt.TextElideMode.ElideLeft
            name = self.fontMetrics().elidedText(file.name, elide, _NAME_PX)
            button.setText(f"{name} · {size}".replace("&", "&&"))
            button.setToolTip(file.name)
            button.setAccessibleName(
                translate("Attachments", "Save {name} elsewhere").format(name=file.name)
            )
            button.clicked.connect(_emitter(self.take_out_requested.emit, file.id))
            self._flow.addWidget(button)
            if self._may_change:
                remove = IconButton("close")
                remove.setObjectName(f"remove_attachment_{file.id}")
                remove.set_words(
                    translate("Attachments", "Remove {name}").format(name=file.name)
                )
                remove.clicked.connect(_emitter(self.remove_requested.emit, file.id))
                self._flow.addWidget(remove)
        self.setVisible(bool(self._files))
        self.updateGeometry()


def _emitter(emit: Callable[[int], None], attachment_id: int) -> Callable[[], None]:
    return lambda: emit(attachment_id)
