"""The other person's picture with one's own in a corner above it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from safesession.core.ports import FrameSlotPort
from safesession.ui.i18n import translate
from safesession.ui.theme.controller import theme
from safesession.ui.view_models.call import CallViewModel
from safesession.ui.view_models.dropout import DropoutViewModel
from safesession.ui.widgets.basics import IconLabel, label
from safesession.ui.widgets.menus import Corner
from safesession.ui.widgets.plan_card import WIDTH_PX, PlanCard
from safesession.ui.widgets.video_surface import VideoSurface


_MARGIN_PX = 12
_SELF_WIDTH_MAX_PX = 240
_SELF_SHARE = 0.3
_UNLIMITED_PX = 16_777_215
_LEAST_PX = 90
_LEAST_PLAN_PX = 210  # to read the plan in, however large the words are


class Chip(QFrame):
    """A few words on a dark plate, readable over any picture."""

    def __init__(self, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "chip")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, 8, 3)
        row.setSpacing(6)
        self._icon = IconLabel(icon or "dot", 14, "text", self)
        self._icon.setVisible(bool(icon))
        self._words = label("chip", self, wrap=False)
        row.addWidget(self._icon)
        row.addWidget(self._words)

    @property
    def text(self) -> str:
        """The words."""
        return self._words.text()

    def set_text(self, text: str) -> None:
        """Show words; none hides the plate."""
        self._words.setText(text)
        self.setVisible(bool(text))

    def fit(self, room_px: int) -> None:
        """Take one line, or more when the room is too narrow for it."""
        self._words.setWordWrap(False)
        self.setMaximumWidth(_UNLIMITED_PX)
        self.adjustSize()
        if self.width() > room_px:
            self._words.setWordWrap(True)
            self.setMaximumWidth(room_px)
            self.resize(room_px, self.heightForWidth(room_px))


class VideoStage(QWidget):
    """Remote picture large; the own one movable and hideable."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(200, _LEAST_PX)
        self.remote = VideoSurface(self)
        self.remote.setObjectName("remote_video")
        self.own = VideoSurface(self, radius_px=10, fill=True, mirrored=True)
        self.own.setObjectName("self_video")
        self._own_label = Chip("", self)
        self._own_label.setObjectName("self_label")
        self._notes = Chip("info", self)
        self._notes.setObjectName("peer_notes")
        self.plan = PlanCard(self)
        self.corner = Corner.BOTTOM_RIGHT
        self._self_view = True
        self._plan_due = False

    @property
    def self_view_shown(self) -> bool:
        """True unless the person hid the own picture."""
        return self._self_view

    def attach(self, remote: FrameSlotPort | None, own: FrameSlotPort | None) -> None:
        """Show the pictures of both people."""
        self.remote.attach(remote)
        self.own.attach(own)

    def show_self_view(self, shown: bool) -> None:
        """Show or hide the own picture; sending is not touched."""
        self._self_view = shown
        self._place()

    def mover(self, corner: Corner) -> Callable[[], None]:
        """Return a call that moves the own picture to a corner."""

        def move() -> None:
            self.corner = corner
            self._place()

        return move

    def show_call(self, call: CallViewModel, dropout: DropoutViewModel) -> None:
        """Show words and placeholders of a call."""
        self.remote.set_placeholder(call.remote_placeholder())
        name = translate("CallView", "Picture of {name}").format(name=call.peer_name())
        self.remote.setAccessibleName(name)
        self.own.setAccessibleName(translate("CallView", "Your own picture"))
        if call.reconnecting:
            self.remote.set_dimmed(dimmed=True)
        else:
            self.remote.set_dimmed(dimmed=False)
            if not call.remote_picture_expected:
                self.remote.clear()
        if call.reconnecting or not call.camera_on:
            self.own.clear()
        self._own_label.set_text(call.self_label())
        notes = " · ".join(call.peer_notes())
        if call.reconnecting:
            seen = dropout.last_seen_text if self.remote.has_picture else ""
            last = translate("CallView", "Last picture, {time}")
            notes = last.format(time=seen) if seen else ""
        self._notes.set_text(notes)
        self.show_plan(call, dropout)

    def show_plan(self, call: CallViewModel, dropout: DropoutViewModel) -> None:
        """Show the plan before the picture, while the line is gone."""
        self.plan.show_plan(dropout, camera_wanted=call.camera_on)
        self._plan_due = dropout.shows_plan
        self.setMinimumHeight(_LEAST_PLAN_PX if self._plan_due else _LEAST_PX)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep everything in its corner."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        self.remote.setGeometry(self.rect())
        width = min(_SELF_WIDTH_MAX_PX, int(self.width() * _SELF_SHARE))
        room_px = self.width() - 2 * _MARGIN_PX
        self._own_label.fit(room_px)
        # The words about the own picture stay within it.
        width = max(width, 120, min(self._own_label.width() + 12, room_px))
        height = width * 9 // 16
        left = self.corner in (Corner.TOP_LEFT, Corner.BOTTOM_LEFT)
        top = self.corner in (Corner.TOP_LEFT, Corner.TOP_RIGHT)
        x = _MARGIN_PX if left else self.width() - width - _MARGIN_PX
        y = _MARGIN_PX if top else self.height() - height - _MARGIN_PX
        self.own.setGeometry(x, y, width, height)
        # While the line is gone nobody sees it, and the plan needs the room.
        shown = self._self_view and not self._plan_due
        self.own.setVisible(shown)
        self._own_label.setVisible(shown)
        label_x = min(x + 6, self.width() - self._own_label.width() - _MARGIN_PX)
        self._own_label.move(label_x, y + height - self._own_label.height() - 6)
        self._notes.fit(room_px)
        notes_y = _MARGIN_PX
        notes_x = _MARGIN_PX
        if self.corner is Corner.TOP_LEFT:
            notes_y = self.height() - self._notes.height() - _MARGIN_PX
        self._notes.move(notes_x, notes_y)
        self._notes.setVisible(bool(self._notes.text))
        self._notes.raise_()
        self._own_label.raise_()
        if self._plan_due:
            self._place_plan(room_px)

    def _place_plan(self, room_px: int) -> None:
        """In the middle; it scrolls where the room is too short for it."""
        width = min(WIDTH_PX * theme().text_scale_percent // 100, room_px)
        top = _MARGIN_PX
        if not self._notes.isHidden() and self.corner is not Corner.TOP_LEFT:
            top += self._notes.height() + _MARGIN_PX // 2
        room = self.height() - top - _MARGIN_PX
        height = min(self.plan.height_for(width), room)
        # Too narrow beside a panel: the banner still says what matters.
        self.plan.setVisible(height > 0)
        spare = max(0, room - height)
        left = (self.width() - width) // 2
        self.plan.setGeometry(left, top + spare // 2, width, height)
        self.plan.raise_()
