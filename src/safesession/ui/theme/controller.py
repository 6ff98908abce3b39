"""Applies the theme to the application and follows the system's choice.

One `ThemeController` per application. It must never override the system's
high-contrast setting.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from safesession.ui.settings import SettingsPort
from safesession.ui.theme import tokens as t
from safesession.ui.theme.fonts import ui_font
from safesession.ui.theme.icons import IndicatorFiles
from safesession.ui.theme.stylesheet import build_palette, build_stylesheet, scaled
from safesession.ui.theme.tokens import DARK, LIGHT, Tokens


class SchemeChoice(Enum):
    """The person's choice of light or dark."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


_SESSION = "session_surface"
_KEY_SCHEME = "appearance/scheme"
_KEY_SCALE = "appearance/text_scale_percent"


class ThemeController(QObject):
    """Palette, stylesheet, font and text scale of the whole application."""

    changed = Signal()

    def __init__(self, app: QApplication, settings: SettingsPort) -> None:
        super().__init__(app)
        self._app = app
        self._settings = settings
        self._language = "en"
        self._indicators = IndicatorFiles()
        self._scheme = _scheme_from(settings.get(_KEY_SCHEME, ""))
        self._scale = _scale_from(settings.get(_KEY_SCALE, ""))
        self._high_contrast_override: bool | None = None
        app.setStyle("Fusion")
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    @property
    def scheme(self) -> SchemeChoice:
        """The person's choice."""
        return self._scheme

    @property
    def text_scale_percent(self) -> int:
        """Text size, 100 to 200."""
        return self._scale

    @property
    def high_contrast(self) -> bool:
        """True when the system asks for high contrast."""
        if self._high_contrast_override is not None:
            return self._high_contrast_override
        hints = QGuiApplication.styleHints()
        if not hasattr(hints, "accessibility"):
            return False
        wanted = hints.accessibility().contrastPreference()
        return wanted is Qt.ContrastPreference.HighContrast

    @property
    def tokens(self) -> Tokens:
        """The colours of everything outside the session surface."""
        match self._scheme:
            case SchemeChoice.LIGHT:
                return LIGHT
            case SchemeChoice.DARK:
                return DARK
            case SchemeChoice.SYSTEM:
                scheme = QGuiApplication.styleHints().colorScheme()
                return DARK if scheme is Qt.ColorScheme.Dark else LIGHT

    def set_scheme(self, scheme: SchemeChoice) -> None:
        """Choose light, dark or the system's; remembered."""
        self._scheme = scheme
        self._settings.set(_KEY_SCHEME, scheme.value)
        self._apply()

    def set_text_scale_percent(self, percent: int) -> None:
        """Choose the text size; remembered."""
        self._scale = _scale_from(str(percent))
        self._settings.set(_KEY_SCALE, str(self._scale))
        self._apply()

    def set_language(self, language: str) -> None:
        """Put the right font first for a language code."""
        if language != self._language:
            self._language = language
            self._apply()

    def force_high_contrast(self, wanted: bool | None) -> None:
        """Pretend the system asks for high contrast (None = ask it)."""
        self._high_contrast_override = wanted
        self._apply()

    def dress_session_surface(self, widget: QWidget, *, dark: bool = True) -> None:
        """Make `widget` and all inside it dark, whatever the theme (or undo it)."""
        if bool(widget.property(_SESSION)) is dark:
            return
        widget.setProperty(_SESSION, dark)
        if dark:
            self._dress(widget)
        else:
            widget.setStyleSheet("")
            widget.setPalette(QPalette())

    def tokens_for(self, widget: QWidget) -> Tokens:
        """Return the colours that rule where `widget` stands."""
        node: QWidget | None = widget
        while node is not None:
            if node.property(_SESSION):
                return DARK
            node = node.parentWidget()
        return self.tokens

    def _dress(self, widget: QWidget) -> None:
        if self.high_contrast:
            widget.setStyleSheet("")
            widget.setPalette(self._app.palette())
            return
        widget.setPalette(build_palette(DARK))
        widget.setStyleSheet(self._sheet(DARK))

    def _sheet(self, tokens: Tokens) -> str:
        return build_stylesheet(tokens, self._scale, self._indicators.paths(tokens))

    def _apply(self) -> None:
        with _nothing_collected():
            self._restyle()
        self.changed.emit()

    def _restyle(self) -> None:
        self._app.setFont(ui_font(self._language, scaled(t.BODY_PX, self._scale)))
        if self.high_contrast:
            self._app.setStyleSheet("")  # this replaces the style object
            self._app.setPalette(self._app.style().standardPalette())
        else:
            self._app.setPalette(build_palette(self.tokens))
            self._app.setStyleSheet(self._sheet(self.tokens))
        for widget in self._app.allWidgets():
            if widget.property(_SESSION):
                self._dress(widget)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Keep forgotten widgets while all widgets are walked over.

    Qt and we hold bare lists of them meanwhile; a collection in the midst, in some
    widget's own event handler, would free what those lists still name.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def theme() -> ThemeController:
    """Return the running application's theme, made on first use if need be."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise TypeError("the theme needs a QApplication")
    found = app.findChild(ThemeController)
    if found is None:
        from safesession.ui.settings import MemorySettings

        found = ThemeController(app, MemorySettings())
    return found


def _scheme_from(text: str) -> SchemeChoice:
    try:
        return SchemeChoice(text)
    except ValueError:
        return SchemeChoice.SYSTEM


def _scale_from(text: str) -> int:
    percent = int(text) if text.isdecimal() else 100
    return min(t.TEXT_SCALES_PERCENT, key=lambda scale: abs(scale - percent))
