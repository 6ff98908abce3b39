"""Font families in order of preference.

Simplified Chinese families come before any other Chinese ones, so that a
Japanese or Traditional glyph is never picked for a Chinese text. No font is
downloaded; families the machine lacks are left out.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QFont, QFontDatabase


_LATIN: Final = (
    "Segoe UI Variable",
    "Segoe UI",
    "SF Pro Text",
    "SF Pro",
    "Inter",
    "Noto Sans",
)
_CHINESE: Final = (
    "PingFang SC",
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Noto Sans CJK SC",
    "WenQuanYi Micro Hei",
)
_COLOUR_EMOJI: Final = ("Segoe UI Emoji", "Apple Color Emoji", "Noto Color Emoji")


def families(language: str) -> list[str]:
    """Return the installed families for a language code ("en", "zh_CN").

    Chinese text takes its quotation marks and dots from the Chinese font, so
    that font leads there; elsewhere the Latin one does.
    """
    order = _CHINESE + _LATIN if language.startswith("zh") else _LATIN + _CHINESE
    present = set(QFontDatabase.families())
    found = [name for name in order if name in present]
    return found or [QFont().defaultFamily()]


def ui_font(language: str, pixel_size: int) -> QFont:
    """Return the application font for a language at a size in px."""
    font = QFont()
    font.setFamilies(families(language))
    font.setPixelSize(pixel_size)
    return font


def colour_emoji_family() -> str | None:
    """Return the platform's colour emoji family, or None when it has none."""
    present = set(QFontDatabase.families())
    return next((name for name in _COLOUR_EMOJI if name in present), None)
