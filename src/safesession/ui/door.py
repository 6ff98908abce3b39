"""The window before the session: the vault is set up, unlocked, or cannot be used."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from safesession.ui.i18n import translate
from safesession.ui.vault_session import VaultSession
from safesession.ui.vault_texts import vault_problem_text
from safesession.ui.view_models.vault_setup import VaultSetupViewModel
from safesession.ui.view_models.vault_unlock import VaultUnlockViewModel
from safesession.ui.views.vault_setup import VaultSetupView
from safesession.ui.views.vault_unlock import VaultUnlockView
from safesession.ui.widgets.basics import AppButton, Paragraph, label
from safesession.ui.widgets.flow import flow_row
from safesession.ui.widgets.focus_ring import FocusRing
from safesession.ui.widgets.header import HeaderBar
from safesession.ui.widgets.help_overlay import HelpOverlay
from safesession.ui.widgets.menus import AppMenu
from safesession.ui.widgets.overlay import ConfirmOverlay
from safesession.ui.widgets.page import CoverPage
from safesession.ui.widgets.stack import CurrentStack
from safesession.ui.widgets.strip import Strip


class BlockedView(CoverPage):
    """Why the vault cannot be used, and the ways on."""

    retry_requested = Signal()

    def __init__(self, code: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, width_px=480)
        self.setObjectName("vault_blocked")
        self.code = code
        self._title = label("title")
        self._text = Paragraph()
        self._again = AppButton("primary")
        self._again.setObjectName("vault_retry")
        self._again.clicked.connect(self.retry_requested)
        self._close = AppButton()
        self._close.setObjectName("vault_close")
        self._close.clicked.connect(lambda: self.window().close())
        self.column.addWidget(self._title)
        self.column.addWidget(self._text)
        self.column.addSpacing(8)
        self.column.addWidget(flow_row(self._again, self._close))
        self.retranslate()

    def first_focus(self) -> QWidget:
        """Where the keyboard starts."""
        return self._again

    def retranslate(self) -> None:
        """Put all words in again."""
        self._title.setText(translate("VaultDoor", "The vault cannot be used now"))
        self._text.set_text(vault_problem_text(self.code).joined())
        self._again.setText(translate("VaultDoor", "Try again"))
        self._close.setText(translate("VaultDoor", "Close"))


class DoorWindow(QWidget):
    """Emits `entered` once the vault is open and its person knows what happened."""

    entered = Signal()
    leave_requested = Signal()
    retry_requested = Signal()
    set_aside_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("door_window")
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumSize(720, 560)
        self.resize(960, 720)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.header = HeaderBar(self)
        self.strip = Strip("warn", self)
        self.strip.hide()
        self._stack = CurrentStack(self)
        outer.addWidget(self.header)
        outer.addWidget(self.strip)
        outer.addWidget(self._stack, 1)
        self._confirm = ConfirmOverlay(self)
        self._help = HelpOverlay(self)
        self._menu = AppMenu(self)
        self._ring = FocusRing(self)
        self.header.help_requested.connect(self._help.show_help)
        self.header.menu_requested.connect(self._menu.open_below)
        self.retranslate()

    @property
    def page(self) -> QWidget | None:
        """The page shown."""
        return self._stack.currentWidget()

    def setup_model(self) -> VaultSetupViewModel:
        """Return what leads through the set-up page that is shown."""
        if not isinstance(self.page, VaultSetupView):
            raise TypeError("another page is shown")
        return self.page.view_model

    def changeEvent(self, event: QEvent) -> None:
        """Retranslate when the language changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Put the window's own words in again."""
        self.setWindowTitle(translate("Window", "SafeSession · Counselor"))

    def show_setup(self, session: VaultSession, *, restoring: bool) -> VaultSetupView:
        """Lead through making a vault."""
        view = VaultSetupView(VaultSetupViewModel(session, restoring=restoring))
        view.view_model.setParent(view)
        view.view_model.finished.connect(self.entered)
        view.leave_requested.connect(self.leave_requested)
        self._show(view)
        return view

    def show_unlock(
        self, session: VaultSession, *, beside_call: bool = False
    ) -> VaultUnlockView:
        """Ask for the passphrase or the sheet."""
        view = VaultUnlockView(VaultUnlockViewModel(session), beside_call=beside_call)
        view.view_model.setParent(view)
        view.view_model.finished.connect(self.entered)
        view.set_aside_requested.connect(self._ask_to_set_aside)
        self._show(view)
        view.view_model.look()
        return view

    def show_blocked(self, code: str) -> BlockedView:
        """Say why the vault cannot be used."""
        view = BlockedView(code)
        view.retry_requested.connect(self.retry_requested)
        self._show(view)
        return view

    def _show(self, view: CoverPage) -> None:
        before = self._stack.currentWidget()
        self._stack.addWidget(view)
        self._stack.setCurrentWidget(view)
        if before is not None:
            self._stack.removeWidget(before)
            before.deleteLater()
        view.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_to_set_aside(self) -> None:
        self._confirm.ask(
            translate("VaultDoor", "Set this vault aside?"),
            translate(
                "VaultDoor",
                "Its folder gets another name and is kept. You then restore a backup.",
            ),
            translate("VaultDoor", "Set it aside"),
            translate("VaultDoor", "Leave it"),
            self.set_aside_requested.emit,
        )
