"""The small menu: devices, text size, appearance, and the own picture.

Opened with `popup`, never with a nested event loop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import Enum

from PySide6.QtCore import QPoint
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from safesession.core.ports import SoundProcessing
from safesession.ui.devices import DeviceKind, DevicesPort
from safesession.ui.i18n import LANGUAGES, language_controller, translate
from safesession.ui.theme import tokens as t
from safesession.ui.theme.controller import SchemeChoice, theme


class Corner(Enum):
    """Where the own picture stands."""

    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM_RIGHT = "bottom_right"


class AppMenu(QMenu):
    """Built anew each time it opens, so it never shows a device that is gone."""

    def __init__(self, parent: QWidget, devices: DevicesPort | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("app_menu")
        self._devices = devices
        self._extras: list[Callable[[QMenu], None]] = []
        self._asides: list[Callable[[QMenu], None]] = []

    def add_extra(self, build: Callable[[QMenu], None]) -> None:
        """Let a page add its own entries on top."""
        self._extras.append(build)

    def add_aside(self, build: Callable[[QMenu], None]) -> None:
        """Add entries below those of the pages: what is seldom looked up."""
        self._asides.append(build)

    def open_below(self, anchor: QWidget) -> None:
        """Open under a button."""
        self.rebuild()
        size = self.sizeHint()
        corner = anchor.mapToGlobal(QPoint(anchor.width() - size.width(), 0))
        below = anchor.mapToGlobal(QPoint(0, anchor.height() + 4)).y()
        self.popup(QPoint(corner.x(), below))

    def rebuild(self) -> None:
        """Put in all entries again."""
        self.clear()
        for build in (*self._extras, *self._asides):
            build(self)
        if self._devices is not None:
            self._add_devices(self._devices)
        self.addSeparator()
        self._add_languages()
        self._add_text_size()
        self._add_scheme()

    def _add_devices(self, devices: DevicesPort) -> None:
        titles = {
            DeviceKind.CAMERA: translate("Menu", "Camera"),
            DeviceKind.MICROPHONE: translate("Menu", "Microphone"),
            DeviceKind.SPEAKER: translate("Menu", "Speaker"),
        }
        for kind, title in titles.items():
            menu = self.addMenu(title)
            choices = devices.choices(kind)
            group = QActionGroup(menu)
            for choice in choices:
                action = menu.addAction(choice.name.replace("&", "&&"))
                action.setCheckable(True)
                action.setChecked(choice.selected)
                group.addAction(action)
                action.triggered.connect(_selector(devices, kind, choice.device_id))
            if not choices:
                menu.addAction(translate("Menu", "None found")).setEnabled(False)
        self._add_sound(devices)
        self._add_notices(devices)

    def _add_sound(self, devices: DevicesPort) -> None:
        menu = self.addMenu(translate("Menu", "My voice"))
        choice = devices.sound_processing()
        if choice is None:
            words = translate("Menu", "No echo cancellation here: use headphones")
            menu.addAction(words).setEnabled(False)
            return
        stages = {
            "echo": translate("Menu", "Take out the echo of the loudspeaker"),
            "noise": translate("Menu", "Take out noise"),
            "gain": translate("Menu", "Even out the loudness"),
        }
        for stage, words in stages.items():
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(getattr(choice, stage))
            action.triggered.connect(_processor(devices, choice, stage))

    def _add_notices(self, devices: DevicesPort) -> None:
        words = translate("Menu", "Soft sound when the line breaks or comes back")
        action = self.addAction(words)
        action.setCheckable(True)
        action.setChecked(devices.notice_sounds())
        action.triggered.connect(devices.use_notice_sounds)

    def _add_languages(self) -> None:
        # Both names at once, each in its own language: whoever needs it finds it.
        menu = self.addMenu("Language · 语言")
        group = QActionGroup(menu)
        for language in LANGUAGES:
            action = menu.addAction(language.name)
            action.setCheckable(True)
            action.setChecked(language.code == language_controller().language)
            group.addAction(action)
            action.triggered.connect(_speaker(language.code))

    def _add_text_size(self) -> None:
        menu = self.addMenu(translate("Menu", "Text size"))
        group = QActionGroup(menu)
        for percent in t.TEXT_SCALES_PERCENT:
            action = menu.addAction(f"{percent} %")
            action.setCheckable(True)
            action.setChecked(percent == theme().text_scale_percent)
            group.addAction(action)
            action.triggered.connect(_scaler(percent))

    def _add_scheme(self) -> None:
        menu = self.addMenu(translate("Menu", "Appearance"))
        group = QActionGroup(menu)
        words = {
            SchemeChoice.SYSTEM: translate("Menu", "Like the system"),
            SchemeChoice.LIGHT: translate("Menu", "Light"),
            SchemeChoice.DARK: translate("Menu", "Dark"),
        }
        for scheme, text in words.items():
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(scheme is theme().scheme)
            group.addAction(action)
            action.triggered.connect(_schemer(scheme))


def _selector(
    devices: DevicesPort, kind: DeviceKind, device_id: str
) -> Callable[[], None]:
    return lambda: devices.select(kind, device_id)


def _processor(
    devices: DevicesPort, choice: SoundProcessing, stage: str
) -> Callable[[bool], None]:
    return lambda on: devices.process_sound(replace(choice, **{stage: on}))


def _speaker(code: str) -> Callable[[], None]:
    return lambda: language_controller().set_language(code)


def _scaler(percent: int) -> Callable[[], None]:
    return lambda: theme().set_text_scale_percent(percent)


def _schemer(scheme: SchemeChoice) -> Callable[[], None]:
    return lambda: theme().set_scheme(scheme)
