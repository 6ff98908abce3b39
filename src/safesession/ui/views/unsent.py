"""A card with what was not delivered last time: read, use again, or discard."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from safesession.ui.i18n import translate
from safesession.ui.view_models.unsent import UnsentViewModel
from safesession.ui.widgets.basics import AppButton, Paragraph, card, label
from safesession.ui.widgets.flow import flow_row


class UnsentCard(QWidget):
    """Shows an `UnsentViewModel`; hidden while there is nothing to offer.

    The words themselves appear only on request. `beside_composer` leaves out what
    the message field does better.
    """

    discard_requested = Signal()

    def __init__(
        self,
        view_model: UnsentViewModel,
        parent: QWidget | None = None,
        *,
        beside_composer: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("unsent")
        self.view_model = view_model
        self._beside_composer = beside_composer
        frame, column = card()
        frame.setFrameShape(QFrame.Shape.NoFrame)
        self._title = label("section")
        self._words = Paragraph("muted")
        self._text = Paragraph()
        self._text.setObjectName("unsent_text")
        self._reuse = AppButton("", "keyboard")
        self._reuse.setObjectName("unsent_reuse")
        self._reuse.clicked.connect(view_model.reuse)
        self._show = AppButton("plain")
        self._show.setObjectName("unsent_show")
        self._show.clicked.connect(view_model.toggle_shown)
        self._copy = AppButton("plain", "copy")
        self._copy.setObjectName("unsent_copy")
        self._copy.clicked.connect(self._copy_text)
        self._discard = AppButton("plain")
        self._discard.setObjectName("unsent_discard")
        self._discard.clicked.connect(self.discard_requested)
        for widget in (self._title, self._words, self._text):
            column.addWidget(widget)
        ways = [self._reuse, self._discard]
        if not beside_composer:
            ways[1:1] = [self._show, self._copy]
        column.addWidget(flow_row(*ways))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        view_model.changed.connect(self.refresh)
        self.retranslate()

    def refresh(self) -> None:
        """Show the view-model."""
        vm = self.view_model
        self.setVisible(bool(vm.last_time))
        shown = vm.shown and not self._beside_composer
        self._text.setVisible(shown)
        self._text.set_text(vm.joined if shown else "")
        self._show.setText(
            translate("Unsent", "Hide") if shown else translate("Unsent", "Read")
        )
        self._words.set_text(
            translate(
                "Unsent",
                "Texts whose arrival was not confirmed: {n}. They are on this "
                "computer only.",
            ).format(n=len(vm.last_time))
        )

    def retranslate(self) -> None:
        """Put all words in again."""
        self._title.setText(translate("Unsent", "Not delivered last time"))
        self._reuse.setText(
            translate("Unsent", "Use it here")  # the drawer is narrow
            if self._beside_composer
            else translate("Unsent", "Put into the message field")
        )
        self._copy.setText(translate("Unsent", "Copy"))
        self._discard.setText(translate("Unsent", "Discard"))
        self.refresh()

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self.view_model.joined)
