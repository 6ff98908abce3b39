"""Every page state as a picture, from fixed snapshots; no engine, no devices.

`render_gallery` writes PNG files; the same states feed the tests that look for
clipped text and missing names. The pictures of people are drawn here and are
marked as such.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from safesession.core.effects import FrontEvent
from safesession.core.inputs import Command
from safesession.core.ports import (
    AudioPort,
    FrameSlotPort,
    SoundProcessing,
    VideoImage,
    VideoInPort,
)
from safesession.core.status import Phase, SessionStatus
from safesession.ui.devices import DeviceChoice, DeviceKind
from safesession.ui.door import DoorWindow
from safesession.ui.gallery_people import (
    GALLERY_CLOCK_S,
    GALLERY_NOW_S,
    SERVER,
    GalleryState,
)
from safesession.ui.gallery_states import gallery_states
from safesession.ui.i18n import LANGUAGES, language_controller
from safesession.ui.settings import MemorySettings
from safesession.ui.shell import SessionWindow, prepare_application
from safesession.ui.theme.controller import SchemeChoice, theme
from safesession.ui.views.first_run import FirstRunView


class StillSlot:
    """A frame slot with one picture that never changes."""

    def __init__(self, hue: int | None) -> None:
        self._picture = drawn_person(hue) if hue is not None else None

    def take(self) -> VideoImage | None:
        """Return the picture once."""
        picture, self._picture = self._picture, None
        return picture

    def set_view_size(self, width_px: int, height_px: int) -> None:
        """Take note of nothing: the picture stays as it is."""

    def set_wake(self, wake: Callable[[], None] | None) -> None:
        """Never wake anybody."""


class StillEngine:
    """An EnginePort that holds still: snapshots go in by hand."""

    def __init__(self, *, pictures: bool = True) -> None:
        self.submitted: list[Command] = []
        self._listeners: list[Callable[[FrontEvent], None]] = []
        self._pictures = pictures

    def submit(self, command: Command) -> None:
        """Remember the command."""
        self.submitted.append(command)

    def subscribe(self, listener: Callable[[FrontEvent], None]) -> None:
        """Remember the listener."""
        self._listeners.append(listener)

    def send(self, event: FrontEvent) -> None:
        """Hand an event to everybody who listens."""
        for listener in self._listeners:
            listener(event)

    def now_s(self) -> float:
        """The core's clock stands, too."""
        return GALLERY_NOW_S

    @property
    def remote_video(self) -> FrameSlotPort:
        """A drawn person."""
        return StillSlot(165 if self._pictures else None)

    @property
    def self_video(self) -> FrameSlotPort:
        """Another drawn person."""
        return StillSlot(205 if self._pictures else None)

    @property
    def audio(self) -> AudioPort:
        """There is no sound in a picture book."""
        raise NotImplementedError

    @property
    def camera(self) -> VideoInPort:
        """There is no camera in a picture book."""
        raise NotImplementedError


class StillDevices:
    """A DevicesPort with a few invented names."""

    def choices(self, kind: DeviceKind) -> tuple[DeviceChoice, ...]:
        """Return two devices per kind."""
        names = {
            DeviceKind.CAMERA: ("FaceTime HD", "Logitech C920"),
            DeviceKind.MICROPHONE: ("Built-in", "USB headset"),
            DeviceKind.SPEAKER: ("Built-in", "USB headset"),
        }[kind]
        first, second = (DeviceChoice(name, name) for name in names)
        return (DeviceChoice(first.device_id, first.name, selected=True), second)

    def select(self, kind: DeviceKind, device_id: str) -> None:
        """Hold still."""

    def sound_processing(self) -> SoundProcessing | None:
        """Return everything switched on."""
        return SoundProcessing()

    def process_sound(self, choice: SoundProcessing) -> None:
        """Hold still."""

    def notice_sounds(self) -> bool:
        """It is switched on."""
        return True

    def use_notice_sounds(self, on: bool) -> None:
        """Hold still."""


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at a page."""

    language: str
    scheme: SchemeChoice
    text_scale_percent: int = 100
    smallest: bool = False

    @property
    def name(self) -> str:
        """A short name for file names."""
        size = "_min" if self.smallest else ""
        scale = f"_{self.text_scale_percent}" if self.text_scale_percent != 100 else ""  # noqa: PLR2004
        return f"{self.language}_{self.scheme.value}{size}{scale}"


LOOKS: Final = tuple(
    look
    for language in LANGUAGES
    for look in (
        Look(language.code, SchemeChoice.LIGHT),
        Look(language.code, SchemeChoice.DARK),
        Look(language.code, SchemeChoice.LIGHT, smallest=True),
        Look(language.code, SchemeChoice.DARK, 200, smallest=True),
    )
)


def render_gallery(out_dir: Path, looks: tuple[Look, ...] = LOOKS) -> list[Path]:
    """Write one PNG per page state and look; return the paths.

    Needs a QApplication. Existing files of the same names are replaced.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for look in looks:
        with looking(look):
            for state in gallery_states():
                with opened(state, look) as window:
                    path = out_dir / f"{state.name}_{look.name}.png"
                    if not window.grab().save(str(path)):
                        raise OSError(f"cannot write {path.name}")
                    written.append(path)
    return written


@contextmanager
def looking(look: Look) -> Iterator[None]:
    """Give the application a look for a while, then the former one back."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise TypeError("the gallery needs a QApplication")
    prepare_application(app, MemorySettings())
    languages, appearance = language_controller(), theme()
    before = Look(languages.language, appearance.scheme, appearance.text_scale_percent)
    _apply(look)
    try:
        yield
    finally:
        _apply(before)


@contextmanager
def opened(state: GalleryState, look: Look) -> Iterator[QWidget]:
    """Open a window in a state; close it without a word afterwards."""
    window = _window(state)
    size = window.minimumSize() if look.smallest else window.size()
    window.resize(size)
    window.show()
    settle(window)
    try:
        yield window
    finally:
        window.hide()
        if isinstance(window, SessionWindow):
            window.show_status(SessionStatus(role=state.status.role))
            window.close()
        window.deleteLater()
        # No event loop runs here, and thousands of idle widgets slow every restyle.
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)


def settle(window: QWidget) -> None:
    """Bring layouts to rest without running an event loop."""
    window.ensurePolished()
    for _ in range(4):
        # Only the requests to lay out again, none of the person's input.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def _window(state: GalleryState) -> QWidget:
    if state.prepare_door is not None:
        window = DoorWindow()
        state.prepare_door(window)
        return window
    return _first_run(state) if state.first_run else _session(state)


def _first_run(state: GalleryState) -> FirstRunView:
    view = FirstRunView()
    view.resize(960, 680)
    if state.prepare_first_run is not None:
        state.prepare_first_run(view)
    return view


def _session(state: GalleryState) -> SessionWindow:
    window = SessionWindow(
        StillEngine(pictures=state.pictures),
        state.status.role,
        settings=MemorySettings(),
        devices=StillDevices(),
        server_origin=SERVER,
        clock=lambda: GALLERY_CLOCK_S,
    )
    if state.before is not None:
        window.show_status(state.before)
    for text in state.texts:
        window.chat_model.take(text)
    window.show_status(state.status)
    if state.status.phase in (Phase.IN_CALL, Phase.RECONNECTING):
        window.call.close_drawer()
    if state.prepare is not None:
        state.prepare(window)
    return window


def _apply(look: Look) -> None:
    language_controller().set_language(look.language)
    theme().set_scheme(look.scheme)
    theme().set_text_scale_percent(look.text_scale_percent)


def drawn_person(hue: int, width: int = 1280, height: int = 720) -> VideoImage:
    """Draw a plain figure in a room, so that a page shows where a face would be."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor.fromHsv(hue, 60, 95))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor.fromHsv(hue, 45, 130))
    painter.drawRect(QRectF(width * 0.08, height * 0.1, width * 0.24, height * 0.42))
    painter.setBrush(QColor.fromHsv(hue, 70, 70))
    painter.drawRect(QRectF(0, height * 0.82, width, height * 0.18))
    painter.setBrush(QColor.fromHsv((hue + 190) % 360, 70, 150))
    painter.drawEllipse(QPointF(width / 2, height * 1.02), width * 0.21, height * 0.4)
    painter.setBrush(QColor.fromHsv(25, 85, 205))
    painter.drawEllipse(QPointF(width / 2, height * 0.43), height * 0.15, height * 0.19)
    painter.setBrush(QColor.fromHsv(25, 90, 60))
    painter.drawChord(
        QRectF(width / 2 - height * 0.17, height * 0.2, height * 0.34, height * 0.36),
        10 * 16,
        160 * 16,
    )
    painter.end()
    return VideoImage(width, height, image.bytesPerLine(), bytes(image.constBits()), 1)
