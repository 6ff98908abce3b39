"""The project's own icons, tinted when they are painted.

The SVG files use the single colour "currentColor" on a 24 x 24 grid. Stylesheet
indicators need files, so those are rendered to a private temporary directory.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from functools import lru_cache
from importlib import resources
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from safesession.ui.theme.tokens import Tokens


_INDICATORS = {
    "radio_off": ("radio-off", "input_border"),
    "radio_on": ("radio-on", "primary"),
    "check_off": ("check-off", "input_border"),
    "check_on": ("check-on", "primary"),
    "tick": ("check", "primary"),
}


@lru_cache(maxsize=128)
def _svg(name: str) -> str:
    source = resources.files("safesession.resources") / "icons" / f"{name}.svg"
    return source.read_text(encoding="utf-8")


def icon_names() -> tuple[str, ...]:
    """Return the names of all icons in the project."""
    folder = resources.files("safesession.resources") / "icons"
    return tuple(
        sorted(
            f.name.removesuffix(".svg") for f in folder.iterdir() if ".svg" in f.name
        )
    )


@lru_cache(maxsize=512)
def tinted_pixmap(name: str, colour: str, size_px: int, ratio: float = 1.0) -> QPixmap:
    """Return an icon in one colour, `size_px` logical pixels square."""
    data = QByteArray(_svg(name).replace("currentColor", colour).encode())
    renderer = QSvgRenderer(data)
    pixmap = QPixmap(round(size_px * ratio), round(size_px * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, pixmap.width(), pixmap.height()))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


@lru_cache(maxsize=256)
def tinted_icon(
    name: str, colour: str, size_px: int, ratio: float = 1.0, gap_px: int = 0
) -> QIcon:
    """Return a QIcon in one colour that looks the same in every state.

    `gap_px` adds empty room on the right, towards a button's words.
    """
    pixmap = tinted_pixmap(name, colour, size_px, ratio)
    if gap_px:
        wide = QPixmap(round((size_px + gap_px) * ratio), round(size_px * ratio))
        wide.setDevicePixelRatio(ratio)
        wide.fill(Qt.GlobalColor.transparent)
        painter = QPainter(wide)
        painter.drawPixmap(0, 0, pixmap)
        painter.end()
        pixmap = wide
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Disabled)
    return icon


class IndicatorFiles:
    """Small SVG files for the stylesheet's indicators, removed with the object."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="safesession-theme-"))
        self._cleanup = weakref.finalize(self, shutil.rmtree, self._folder, True)

    def paths(self, tokens: Tokens) -> dict[str, str]:
        """Return the path of each indicator in the colours of `tokens`."""
        found: dict[str, str] = {}
        for key, (icon, token) in _INDICATORS.items():
            colour: str = getattr(tokens, token)
            path = self._folder / f"{icon}-{colour[1:]}.svg"
            if not path.exists():
                text = _svg(icon).replace("currentColor", colour)
                path.write_text(text, encoding="utf-8")
            found[key] = path.as_posix()
        return found
