"""The session window: one page at a time, chosen by the session's phase.

It reads snapshots and sends commands; it decides nothing about a session. It
runs no nested event loop.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMenu, QVBoxLayout, QWidget

from safesession.core.effects import TextChanged
from safesession.core.inputs import Command, Leave, StartOver, Suspend
from safesession.core.ports import EnginePort, UnsentPort
from safesession.core.status import (
    Phase,
    Role,
    SafetyCodeState,
    SessionStatus,
    TextDirection,
)
from safesession.ui.announcer import Announcer
from safesession.ui.bridge import EngineBridge
from safesession.ui.devices import DevicesPort, NoDevices
from safesession.ui.i18n import LanguageController, translate
from safesession.ui.settings import MemorySettings, SettingsPort
from safesession.ui.theme.controller import ThemeController, theme
from safesession.ui.view_models.call import CallViewModel, Capture
from safesession.ui.view_models.chat import ChatViewModel
from safesession.ui.view_models.dropout import DropoutViewModel
from safesession.ui.view_models.ended import EndedViewModel
from safesession.ui.view_models.invite import InviteViewModel
from safesession.ui.view_models.join import JoinViewModel
from safesession.ui.view_models.safety_code import SafetyCodeViewModel
from safesession.ui.view_models.shell import Page, ShellViewModel
from safesession.ui.view_models.unsent import NoUnsent, UnsentViewModel
from safesession.ui.view_models.waiting import WaitingViewModel
from safesession.ui.views.call import CallView
from safesession.ui.views.ended import EndedView, FrozenView
from safesession.ui.views.first_run import FirstRunView
from safesession.ui.views.invite import InviteView
from safesession.ui.views.join import JoinView
from safesession.ui.views.notebook import NotebookView
from safesession.ui.views.waiting import PairingView, WaitingView
from safesession.ui.widgets.focus_ring import FocusRing
from safesession.ui.widgets.header import HeaderBar
from safesession.ui.widgets.help_overlay import HelpOverlay
from safesession.ui.widgets.menus import AppMenu
from safesession.ui.widgets.overlay import ConfirmOverlay
from safesession.ui.widgets.page import CoverPage
from safesession.ui.widgets.plan_overlay import PlanOverlay
from safesession.ui.widgets.stack import CurrentStack
from safesession.ui.widgets.strip import Strip


# Two people are together, or on their way: nothing may stand before these.
_LIVE: Final = (Page.WAITING, Page.PAIRING, Page.CALL, Page.FROZEN)
_MIN_SIZE: Final = {Role.CLIENT: (720, 560), Role.COUNSELOR: (1024, 680)}
_FIRST_SIZE: Final = {Role.CLIENT: (960, 680), Role.COUNSELOR: (1180, 760)}


def prepare_application(app: QApplication, settings: SettingsPort) -> None:
    """Set language and look of the whole application; call once, before windows."""
    languages = app.findChild(LanguageController) or LanguageController(app, settings)
    look = app.findChild(ThemeController) or ThemeController(app, settings)
    look.set_language(languages.language)
    if not look.property("follows_language"):
        look.setProperty("follows_language", True)
        languages.changed.connect(look.set_language)


class SessionWindow(QWidget):
    """Everything one person sees of a session.

    `microphone_toggled` and `camera_toggled` carry the wanted state; the
    application routes them to the devices, and the outcome comes back in the
    next snapshot.
    """

    microphone_toggled = Signal(bool)
    camera_toggled = Signal(bool)
    notice_chosen = Signal(str)
    closed = Signal()

    def __init__(
        self,
        engine: EnginePort,
        role: Role,
        *,
        settings: SettingsPort | None = None,
        devices: DevicesPort | None = None,
        unsent: UnsentPort | None = None,
        server_origin: str = "",
        clock: Callable[[], float] = time.time,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            prepare_application(app, settings or MemorySettings())
        self.setObjectName("session_window")
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumSize(*_MIN_SIZE[role])
        self.resize(*_FIRST_SIZE[role])
        self._role = role
        self.clock = clock
        self._devices = devices or NoDevices()
        self._unsent = unsent or NoUnsent()
        self._server_origin = server_origin
        self._auto_opened_code = False
        self._cover: CoverPage | NotebookView | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.header = HeaderBar(self)
        outer.addWidget(self.header)
        self._notice = Strip("info", self)
        self._notice.hide()
        self._notice.action_chosen.connect(self.notice_chosen)
        outer.addWidget(self._notice)
        self._stack = CurrentStack(self)
        outer.addWidget(self._stack, 1)
        self._confirm = ConfirmOverlay(self)
        self._help = HelpOverlay(self)
        self._menu = AppMenu(self, self._devices)
        self._ring = FocusRing(self)
        self.header.help_requested.connect(self._help.show_help)
        self.header.menu_requested.connect(self._menu.open_below)
        self._menu.add_extra(self._add_call_entries)
        self._menu.add_aside(self._add_plan)
        self._menu.add_aside(self._add_sharing)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._tick)
        self._make_shortcuts()
        self.bridge: EngineBridge
        self._build(engine)
        self.retranslate()

    # --- life -------------------------------------------------------------------

    def show_status(self, status: SessionStatus) -> None:
        """Take a snapshot (the bridge calls this)."""
        if self.shell.page is Page.ENDED and status.phase is not Phase.ENDED:
            self._begin_anew()
        self.shell.update(status)
        self.invite_model.update(status)
        self.join_model.update(status)
        self.waiting_model.update(status)
        self.safety_model.update(status.safety_code)
        self.chat_model.update(status)
        self.call_model.update(status)
        self.dropout_model.update(status)
        self.ended_model.update(status)
        self._maybe_open_code(status)
        self._announcer.update(status)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask before cutting two people off; otherwise close."""
        if self.shell.needs_confirmation_to_close and self.isVisible():
            event.ignore()
            self._ask_leave(then_close=True)
            return
        if self.shell.may_leave:
            self.bridge.submit(Suspend())
        self._let_go()
        self.closed.emit()
        event.accept()

    def changeEvent(self, event: QEvent) -> None:
        """Retranslate when the language changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Put the window's own words in again."""
        title = (
            translate("Window", "SafeSession · Counselor")
            if self._role is Role.COUNSELOR
            else translate("Window", "SafeSession")
        )
        self.setWindowTitle(title)

    # --- other rooms ------------------------------------------------------------

    @property
    def covered(self) -> bool:
        """Whether another room's page stands before the session's."""
        return self._cover is not None and not self.live

    @property
    def cover_page(self) -> CoverPage | NotebookView | None:
        """The other room's page, even while two people together hide it."""
        return self._cover

    @property
    def live(self) -> bool:
        """Whether two people are together, or on their way."""
        return self.shell.page in _LIVE

    def host(self, page: CoverPage | NotebookView) -> None:
        """Take another room's page into the window, hidden until it covers."""
        if self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)

    def cover(self, page: CoverPage | NotebookView | None) -> None:
        """Show another room's page, except while two people are together."""
        if page is not None:
            self.host(page)
        self._cover = page
        self._show_page(self.shell.page)

    def add_menu_entries(self, build: Callable[[QMenu], None]) -> None:
        """Let another room add its entries to the menu."""
        self._menu.add_extra(build)

    def set_notice(self, text: str, actions: list[tuple[str, str]]) -> None:
        """Say something above the page; an empty text takes it away."""
        self._notice.set_actions(actions)
        self._notice.set_text(text)

    # --- building ---------------------------------------------------------------

    def _build(self, engine: EnginePort) -> None:
        self._engine = engine
        self.bridge = EngineBridge(engine, self)
        submit: Callable[[Command], None] = self.bridge.submit
        self.shell = ShellViewModel(self._role, self)
        self.invite_model = InviteViewModel(submit, self.clock, self)
        self.join_model = JoinViewModel(submit, self._server_origin, self)
        self.waiting_model = WaitingViewModel(submit, self._role, self)
        self.safety_model = SafetyCodeViewModel(submit, self)
        self.chat_model = ChatViewModel(submit, self)
        self.unsent_model = UnsentViewModel(
            self._unsent, self.chat_model, self._role, self
        )
        now_s = engine.now_s
        self.call_model = CallViewModel(submit, now_s, self._role, self)
        self.dropout_model = DropoutViewModel(now_s, self.clock, self._role, self)
        self.ended_model = EndedViewModel(submit, now_s, self._role, self)
        self._announcer = Announcer(self, self.ended_model)
        self._plan = PlanOverlay(self, self.dropout_model)
        self.invite = InviteView(self.invite_model, self.unsent_model)
        self.join = JoinView(self.join_model, self.unsent_model)
        self.waiting = WaitingView(self.waiting_model)
        self.pairing = PairingView(self.waiting_model)
        self.call = CallView(
            self.call_model,
            self.dropout_model,
            self.safety_model,
            self.chat_model,
            self.unsent_model,
        )
        self.frozen = FrozenView(self.ended_model)
        self.ended = EndedView(self.ended_model, self.chat_model, self.unsent_model)
        self._pages: dict[Page, QWidget] = {
            Page.INVITE: self.invite,
            Page.JOIN: self.join,
            Page.WAITING: self.waiting,
            Page.PAIRING: self.pairing,
            Page.CALL: self.call,
            Page.FROZEN: self.frozen,
            Page.ENDED: self.ended,
        }
        for page in self._pages.values():
            self._stack.addWidget(page)
        for source in (self.waiting, self.call):
            source.microphone_toggled.connect(self.microphone_toggled)
            source.camera_toggled.connect(self.camera_toggled)
        self.microphone_toggled.connect(
            lambda on: self.call_model.want(Capture.MICROPHONE, on)
        )
        self.camera_toggled.connect(lambda on: self.call_model.want(Capture.CAMERA, on))
        self.call.plan_requested.connect(self._plan.show_plan)
        self.call.leave_requested.connect(lambda: self._ask_leave(then_close=False))
        self.call.help_requested.connect(self._help.show_help)
        self.call.menu_requested.connect(self._menu.open_below)
        self.ended.restart_requested.connect(lambda: submit(StartOver()))
        self.ended.close_requested.connect(self.close)
        self.ended.discard_requested.connect(
            lambda: self._ask_discard(self.chat_model.discard_undelivered)
        )
        for card in (self.invite.unsent, self.join.unsent, self.call.chat_panel.unsent):
            card.discard_requested.connect(
                lambda: self._ask_discard(self.unsent_model.discard)
            )
        self.shell.page_changed.connect(self._show_page)
        self.bridge.status_changed.connect(self.show_status)
        self.bridge.text_changed.connect(self._take_text)
        self._show_page(self.shell.page)
        self._timer.start()

    def _begin_anew(self) -> None:
        # After StartOver message numbers begin at 1 again.
        self._auto_opened_code = False
        self.call.close_drawer()
        self.unsent_model.begin_anew()
        self.call.chat_panel.forget()
        self.chat_model.forget()
        self.join_model.set_text("")
        self.ended_model.forget()
        self.dropout_model.forget()
        self._plan.forget()

    def _let_go(self) -> None:
        self._timer.stop()
        self.bridge.close()
        self.unsent_model.close()
        self.waiting.attach(None)
        self.call.attach(None, None)

    def _make_shortcuts(self) -> None:
        for keys, action in (
            ("Ctrl+D", self._shortcut_microphone),
            ("Ctrl+E", self._shortcut_camera),
            ("Ctrl+Shift+C", self._shortcut_chat),
            ("Ctrl+Shift+S", self._shortcut_code),
            ("F1", self._help.show_help),
            ("Esc", self._escape),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(action)

    # --- what happens -----------------------------------------------------------

    def _add_call_entries(self, menu: QMenu) -> None:
        self.call.add_menu_entries(menu)

    def _add_plan(self, menu: QMenu) -> None:
        words = translate("Menu", "If the line breaks…")
        menu.addAction(words).triggered.connect(self._plan.show_plan)

    def _add_sharing(self, menu: QMenu) -> None:
        model = self.unsent_model
        if model.may_share:
            words = translate("Menu", "This computer is shared with others")
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(model.shared)
            action.triggered.connect(model.share)

    def _show_page(self, page: Page) -> None:
        self.header.setVisible(page is not Page.CALL)
        for overlay in (
            *(self._confirm, self._help, self._plan),
            *(self._menu, self._notice),
        ):
            theme().dress_session_surface(overlay, dark=page is Page.CALL)
        waiting = page is Page.WAITING
        in_call = page is Page.CALL
        self.waiting.attach(self._engine.self_video if waiting else None)
        if in_call:
            self.call.attach(self._engine.remote_video, self._engine.self_video)
        else:
            self.call.attach(None, None)
        if page in (Page.ENDED, Page.FROZEN):
            self._confirm.dismiss()
        widget = self._pages[page]
        if self._cover is not None and self.covered:
            self._stack.setCurrentWidget(self._cover)
            self._cover.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._stack.setCurrentWidget(widget)
        match widget:
            case (
                InviteView()
                | JoinView()
                | WaitingView()
                | PairingView()
                | CallView()
                | FrozenView()
                | EndedView()
            ):
                widget.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
            case _:
                pass

    def _take_text(self, event: TextChanged) -> None:
        self.chat_model.take(event)
        if event.direction is TextDirection.RECEIVED and not self.call.chat_open:
            self._announcer.say(translate("Announce", "A new message has arrived"))

    def _maybe_open_code(self, status: SessionStatus) -> None:
        ready = status.safety_code.state is SafetyCodeState.READY
        if status.phase is Phase.IN_CALL and ready and not self._auto_opened_code:
            self._auto_opened_code = True
            self.call.open_safety()

    def _ask_leave(self, *, then_close: bool) -> None:
        def leave() -> None:
            self.bridge.submit(Leave())
            if then_close:
                self._let_go()
                self.hide()
                self.closed.emit()

        self._confirm.ask(
            translate("Window", "End this session?"),
            translate(
                "Window",
                "Sound and picture stop for both of you. What you wrote to each other "
                "is not kept.",
            ),
            translate("Window", "End session"),
            translate("Window", "Stay"),
            leave,
        )

    def _ask_discard(self, discard: Callable[[], None]) -> None:
        self._confirm.ask(
            translate("Unsent", "Discard what was not delivered?"),
            translate("Unsent", "It cannot be brought back."),
            translate("Unsent", "Discard"),
            translate("Unsent", "Keep"),
            discard,
        )

    def _escape(self) -> None:
        for overlay in (self._confirm, self._help, self._plan):
            if overlay.isVisible():
                overlay.dismiss()
                return
        if self.shell.page is Page.CALL:
            self.call.close_drawer()
        elif isinstance(self._cover, NotebookView):
            self._cover.dismiss_overlay()

    def _shortcut_microphone(self) -> None:
        if self.shell.page in (Page.CALL, Page.WAITING):
            self.microphone_toggled.emit(not self.call_model.microphone_on)

    def _shortcut_camera(self) -> None:
        if self.shell.page in (Page.CALL, Page.WAITING):
            self.camera_toggled.emit(not self.call_model.camera_on)

    def _shortcut_chat(self) -> None:
        if self.shell.page is Page.CALL:
            self.call.toggle_chat()

    def _shortcut_code(self) -> None:
        if self.shell.page is Page.CALL:
            self.call.toggle_safety()

    def _tick(self) -> None:
        match self.shell.page:
            case Page.CALL:
                self.call.tick()
            case Page.INVITE:
                self.invite.tick()
            case _:
                pass


__all__ = ["FirstRunView", "SessionWindow", "prepare_application"]
