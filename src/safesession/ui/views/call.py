"""The call: the other person large, oneself small, five controls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from safesession.core.ports import FrameSlotPort
from safesession.ui.error_texts import WayOn
from safesession.ui.i18n import translate
from safesession.ui.theme.controller import theme
from safesession.ui.view_models.call import CallViewModel, Capture
from safesession.ui.view_models.chat import ChatViewModel
from safesession.ui.view_models.dropout import DropoutViewModel, Tone
from safesession.ui.view_models.safety_code import SafetyCodeViewModel
from safesession.ui.view_models.unsent import UnsentViewModel
from safesession.ui.views.chat import ChatPanel
from safesession.ui.views.safety_code import SafetyCodePanel
from safesession.ui.widgets.basics import IconButton, label
from safesession.ui.widgets.call_bar import CallBar
from safesession.ui.widgets.call_controls import CallControls
from safesession.ui.widgets.menus import Corner
from safesession.ui.widgets.stack import CurrentStack
from safesession.ui.widgets.strip import Strip, StripHost
from safesession.ui.widgets.video_stage import VideoStage


_DRAWER_PX = 376
_DRAWER_MAX_PX = 440
_NOTES_PX = 500
_NOTES_MAX_PX = 600
_CHAT, _SAFETY, _NOTES = range(3)  # pages of the drawer


class CallView(QFrame):
    """Shows a call; always dark, whatever the theme."""

    microphone_toggled = Signal(bool)
    camera_toggled = Signal(bool)
    leave_requested = Signal()
    notes_requested = Signal()
    help_requested = Signal()
    plan_requested = Signal()
    menu_requested = Signal(QWidget)

    def __init__(
        self,
        call: CallViewModel,
        dropout: DropoutViewModel,
        safety: SafetyCodeViewModel,
        chat: ChatViewModel,
        unsent: UnsentViewModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page_call")
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.view_model = call
        self.dropout = dropout
        self._chat = chat
        self._unsent = unsent
        self._safety = safety
        self._opener: QWidget | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._build_bar(outer)
        self._build_strips(outer)
        self._build_middle(outer)
        self._build_controls(outer)
        theme().dress_session_surface(self)
        self._follow()
        self._fit_drawer()
        self.retranslate()

    def _build_bar(self, outer: QVBoxLayout) -> None:
        self.bar = CallBar(self)
        self.bar.badge_clicked.connect(self.toggle_safety)
        self.bar.help_requested.connect(self.help_requested)
        self.bar.menu_requested.connect(self.menu_requested)
        outer.addWidget(self.bar)

    def _build_strips(self, outer: QVBoxLayout) -> None:
        self._banner = Strip("warn", self)
        self._banner.setObjectName("reconnect_banner")
        self._banner.action_chosen.connect(lambda _key: self.dropout.dismiss())
        self._microphone_strip = Strip("warn", self)
        self._microphone_strip.setObjectName("microphone_strip")
        self._camera_strip = Strip("warn", self)
        self._camera_strip.setObjectName("camera_strip")
        self._strips = {
            Capture.MICROPHONE: self._microphone_strip,
            Capture.CAMERA: self._camera_strip,
        }
        self._microphone_strip.action_chosen.connect(self._microphone_way)
        self._camera_strip.action_chosen.connect(self._camera_way)
        self._strip_host = StripHost(
            (self._banner, self._microphone_strip, self._camera_strip), self
        )
        outer.addWidget(self._strip_host)

    def _build_middle(self, outer: QVBoxLayout) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(0)
        self.stage = VideoStage(self)
        self.stage.plan.retry_requested.connect(self.view_model.retry)
        self.stage.plan.voice_only_requested.connect(self._voice_only)
        self.stage.plan.whole_plan_requested.connect(self.plan_requested)
        self.stage.plan.help_requested.connect(self.help_requested)
        middle.addWidget(self.stage, 1)
        self._build_drawer()
        middle.addWidget(self.drawer)
        outer.addLayout(middle, 1)

    def _build_controls(self, outer: QVBoxLayout) -> None:
        self.controls = CallControls(self)
        self.controls.microphone_toggled.connect(self.toggle_microphone)
        self.controls.camera_toggled.connect(self.toggle_camera)
        self.controls.text.clicked.connect(self.toggle_chat)
        self.controls.code.clicked.connect(self.toggle_safety)
        self.controls.notes.clicked.connect(self.notes_requested)
        self.controls.leave.clicked.connect(self.leave_requested)
        outer.addWidget(self.controls)

    def _follow(self) -> None:
        chat = self._chat
        self.view_model.changed.connect(self.refresh)
        self.dropout.changed.connect(self.refresh)
        chat.changed.connect(self._refresh_controls)
        chat.changed.connect(self._refresh_banner)
        chat.line_changed.connect(self._refresh_banner)
        self._safety.comparison_opened.connect(self.open_safety)
        theme().changed.connect(self._fit_drawer)

    def attach(self, remote: FrameSlotPort | None, own: FrameSlotPort | None) -> None:
        """Show the pictures of both people."""
        self.stage.attach(remote, own)

    def first_focus(self) -> QWidget:
        """Return what the keyboard starts on."""
        return self.controls.microphone

    def changeEvent(self, event: QEvent) -> None:
        """Retranslate when the language changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def refresh(self) -> None:
        """Show the view-model."""
        self.bar.show_call(self.view_model)
        self.stage.show_call(self.view_model, self.dropout)
        self._refresh_strips()
        self._refresh_controls()

    def tick(self) -> None:
        """Once a second: times in words."""
        self.bar.show_times(self.view_model)
        self.dropout.tick()
        if self.view_model.reconnecting:
            self._refresh_banner()
            self.stage.show_plan(self.view_model, self.dropout)

    def retranslate(self) -> None:
        """Put all words in again."""
        self._close_drawer.set_words(translate("CallView", "Close this panel"))
        self._show_drawer_title()
        self.stage.plan.retranslate()
        self.refresh()

    # --- drawer -----------------------------------------------------------------

    @property
    def chat_open(self) -> bool:
        """True while the text panel is open."""
        return self.drawer.isVisibleTo(self) and self._pages.currentIndex() == _CHAT

    @property
    def safety_open(self) -> bool:
        """True while the safety code panel is open."""
        return self.drawer.isVisibleTo(self) and self._pages.currentIndex() == _SAFETY

    def toggle_chat(self) -> None:
        """Open or close the text panel."""
        if self.chat_open:
            self.close_drawer()
        else:
            self._open(_CHAT, self.controls.text)
            self.chat_panel.composer.setFocus(Qt.FocusReason.OtherFocusReason)

    def toggle_safety(self) -> None:
        """Open or close the safety code panel."""
        if self.safety_open:
            self.close_drawer()
        else:
            self.open_safety()
            first = self.safety_panel.first_focus()
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_safety(self) -> None:
        """Open the safety code panel; the keyboard stays where it is."""
        self._open(_SAFETY, self.controls.code)

    @property
    def notes_open(self) -> bool:
        """True while the notes are open beside the call."""
        return self.drawer.isVisibleTo(self) and self._pages.currentIndex() == _NOTES

    def offer_notes(self) -> None:
        """Offer the way to the notes."""
        self.controls.notes.show()

    def open_notes(self, page: QWidget) -> None:
        """Show the notes beside the call."""
        if self._notes_area.widget() is not page:
            self._notes_area.setWidget(page)
        page.show()
        self._open(_NOTES, self.controls.notes)

    def close_drawer(self) -> bool:
        """Close what is open; True if something was."""
        if not self.drawer.isVisibleTo(self):
            return False
        self.drawer.hide()
        self._chat.set_visible(False)
        if self._opener is not None:
            self._opener.setFocus(Qt.FocusReason.OtherFocusReason)
        self._refresh_controls()
        return True

    def _open(self, index: int, opener: QWidget) -> None:
        self._opener = opener
        self._pages.setCurrentIndex(index)
        self._fit_drawer()
        self.drawer.show()
        self._chat.set_visible(index == _CHAT)
        self._show_drawer_title()
        self._refresh_controls()

    def _build_drawer(self) -> None:
        self.drawer = QFrame(self)
        self.drawer.setProperty("role", "drawer")
        column = QVBoxLayout(self.drawer)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 8, 6)
        self._drawer_title = label("section", self.drawer)
        self._close_drawer = IconButton("close", self.drawer)
        self._close_drawer.setObjectName("close_drawer")
        self._close_drawer.clicked.connect(self.close_drawer)
        head.addWidget(self._drawer_title, 1)
        head.addWidget(self._close_drawer)
        column.addLayout(head)
        self._pages = CurrentStack(self.drawer)
        self.chat_panel = ChatPanel(self._chat, self._unsent)
        self.safety_panel = SafetyCodePanel(self._safety)
        self._pages.addWidget(_scrolling(self.chat_panel))
        self._pages.addWidget(self.safety_panel)
        self._notes_area = _scroller()
        self._pages.addWidget(self._notes_area)
        column.addWidget(self._pages, 1)
        self.drawer.hide()

    def _fit_drawer(self) -> None:
        notes = self._pages.currentIndex() == _NOTES
        usual = _NOTES_PX if notes else _DRAWER_PX
        widest = _NOTES_MAX_PX if notes else _DRAWER_MAX_PX
        wanted = usual * theme().text_scale_percent // 100
        self.drawer.setFixedWidth(min(wanted, widest))

    def _show_drawer_title(self) -> None:
        words = {
            _CHAT: translate("CallView", "Text"),
            _NOTES: translate("CallView", "Notes"),
        }
        safety = translate("CallView", "Safety code")
        self._drawer_title.setText(words.get(self._pages.currentIndex(), safety))

    # --- controls ---------------------------------------------------------------

    def toggle_microphone(self) -> None:
        """Ask for the other state of the microphone."""
        self.microphone_toggled.emit(not self.view_model.microphone_on)

    def toggle_camera(self) -> None:
        """Ask for the other state of the camera."""
        self.camera_toggled.emit(not self.view_model.camera_on)

    def add_menu_entries(self, menu: QMenu) -> None:
        """Put the entries about the own picture into the menu."""
        if not self.isVisible():
            return
        shown = self.stage.self_view_shown
        hide = translate("CallView", "Hide my own picture")
        show = translate("CallView", "Show my own picture")
        action = menu.addAction(hide if shown else show)
        action.triggered.connect(lambda: self.stage.show_self_view(not shown))
        places = menu.addMenu(translate("CallView", "Move my own picture"))
        words = {
            Corner.TOP_LEFT: translate("CallView", "Top left"),
            Corner.TOP_RIGHT: translate("CallView", "Top right"),
            Corner.BOTTOM_LEFT: translate("CallView", "Bottom left"),
            Corner.BOTTOM_RIGHT: translate("CallView", "Bottom right"),
        }
        for corner, text in words.items():
            entry = places.addAction(text)
            entry.setCheckable(True)
            entry.setChecked(corner is self.stage.corner)
            entry.triggered.connect(self.stage.mover(corner))

    def _refresh_controls(self) -> None:
        self.controls.show_call(self.view_model)
        self.controls.show_text(is_open=self.chat_open, unread=self._chat.unread)
        self.controls.show_notes(is_open=self.notes_open)

    # --- strips -----------------------------------------------------------------

    def _refresh_strips(self) -> None:
        vm = self.view_model
        self._refresh_banner()
        wanted = {strip.capture: strip for strip in vm.capture_strips()}
        for capture, widget in self._strips.items():
            strip = wanted.get(capture)
            widget.set_text(strip.text.joined() if strip else "")
            ways = strip.ways if strip else ()
            widget.set_actions([(way.value, self._way_words(way)) for way in ways])

    def _refresh_banner(self) -> None:
        banner = self.dropout.banner(len(self._chat.unconfirmed))
        self._banner.set_text(banner.text if banner else "")
        self._banner.set_aside(banner.counter if banner else "")
        if banner is None:
            self._banner.set_actions([])
            return
        self._banner.set_tone(banner.tone.value)
        read = [("dismiss", translate("CallView", "Go on"))]
        self._banner.set_actions(read if banner.tone is Tone.OK else [])

    def _voice_only(self) -> None:
        """Try again with the own camera left off."""
        self.camera_toggled.emit(False)
        self.view_model.retry()

    def _way_words(self, way: WayOn) -> str:
        match way:
            case WayOn.TRY_AGAIN:
                return translate("CallView", "Try again")
            case WayOn.CHOOSE_DEVICE:
                return translate("CallView", "Choose a device")
            case WayOn.SWITCH_OFF:
                return translate("CallView", "Go on without")

    def _microphone_way(self, key: str) -> None:
        self._take_way(WayOn(key), self.microphone_toggled)

    def _camera_way(self, key: str) -> None:
        self._take_way(WayOn(key), self.camera_toggled)

    def _take_way(self, way: WayOn, toggled: SignalInstance) -> None:
        match way:
            case WayOn.TRY_AGAIN:
                toggled.emit(True)
            case WayOn.SWITCH_OFF:
                toggled.emit(False)
            case WayOn.CHOOSE_DEVICE:
                self.menu_requested.emit(self.bar.menu)


def _scrolling(panel: QWidget) -> QScrollArea:
    """Let a panel scroll as a whole when large text leaves it no room."""
    area = _scroller()
    panel.setProperty("role", "clear")
    area.setWidget(panel)
    return area


def _scroller() -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area
