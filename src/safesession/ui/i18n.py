"""Languages of the user interface: Qt Linguist with explicit contexts.

English is the source language; Chinese comes from `safesession_zh_CN.qm`. Every
`translate` call takes literals only, so that lupdate finds them. Switching
sends LanguageChange to every widget; views retranslate and keep their state.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Final

from PySide6.QtCore import (
    QCoreApplication,
    QLibraryInfo,
    QLocale,
    QObject,
    QTranslator,
    Signal,
)

from safesession.ui.settings import MemorySettings, SettingsPort


_KEY = "appearance/language"


@dataclass(frozen=True, slots=True)
class Language:
    """A language the user interface speaks; `name` is in that language."""

    code: str
    name: str


LANGUAGES: Final = (Language("zh_CN", "中文"), Language("en", "English"))


def translate(
    context: str, source: str, disambiguation: str | None = None, n: int = -1
) -> str:
    """Return `source` in the present language.

    Not `self.tr`: in a subclass its plural form returns the untranslated text.
    """
    return QCoreApplication.translate(context, source, disambiguation, n)


def QT_TRANSLATE_NOOP(context: str, source: str) -> str:  # noqa: ARG001, N802 - lupdate looks for this name
    """Mark a text for translation and return it as it is."""
    return source


def default_language(locale_name: str) -> str:
    """Return the language code for an operating system locale name."""
    return "zh_CN" if locale_name.lower().startswith("zh") else "en"


class LanguageController(QObject):
    """Loads translations and switches between them while windows are open."""

    changed = Signal(str)

    def __init__(self, app: QCoreApplication, settings: SettingsPort) -> None:
        super().__init__(app)
        self._app = app
        self._settings = settings
        self._installed: list[QTranslator] = []
        self._language = "en"
        self._qm = b""
        wanted = settings.get(_KEY, "")
        if wanted not in {language.code for language in LANGUAGES}:
            wanted = default_language(QLocale.system().name())
        self._switch(wanted)

    @property
    def language(self) -> str:
        """Code of the language in use."""
        return self._language

    def set_language(self, code: str) -> None:
        """Switch to a language of `LANGUAGES`; remembered."""
        if code not in {language.code for language in LANGUAGES}:
            raise ValueError(f"no such language: {code}")
        self._settings.set(_KEY, code)
        if code != self._language:
            self._switch(code)

    def _switch(self, code: str) -> None:
        for translator in self._installed:
            self._app.removeTranslator(translator)
            translator.deleteLater()
        self._installed = []
        self._language = code
        QLocale.setDefault(QLocale(code))
        if code != "en":
            self._install_qt_texts(code)
            self._install_own_texts(code)
        self.changed.emit(code)

    def _install_qt_texts(self, code: str) -> None:
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        translator = QTranslator(self)
        if translator.load(f"qtbase_{code}", folder):
            self._app.installTranslator(translator)
            self._installed.append(translator)

    def _install_own_texts(self, code: str) -> None:
        name = f"safesession_{code}.qm"
        path = resources.files("safesession.resources") / "i18n" / name
        translator = QTranslator(self)
        self._qm = path.read_bytes()  # Qt reads from it without a copy
        if not translator.load(self._qm):
            raise FileNotFoundError(name)
        self._app.installTranslator(translator)
        self._installed.append(translator)


def language_controller() -> LanguageController:
    """Return the running application's language, made on first use if need be."""
    app = QCoreApplication.instance()
    if app is None:
        raise TypeError("languages need a QCoreApplication")
    found = app.findChild(LanguageController)
    return found or LanguageController(app, MemorySettings())
