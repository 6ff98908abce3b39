"""The printed recovery sheet: drawn on paper or into a PDF, never into a file of ours.

A PDF is made in memory and written to the one place the person chose. Printing hands
the page to the system, whose own spooler may keep a copy.
"""

from __future__ import annotations

import os
from datetime import date
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)

from safesession.crypto.recovery_key import RecoveryKey
from safesession.ui.i18n import translate


_MARGIN_MM: Final = 22.0
_DPI: Final = 300
_COLUMNS: Final = 4
_INK: Final = "#1B2B2A"
_FRAME: Final = "#7C908D"
_WIDTH_UNITS: Final = 1000.0  # everything below is in thousandths of the text width


def sheet_pdf(key: RecoveryKey, made_on: date, font: QFont) -> bytes:
    """Return the sheet as a PDF, made in memory."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DPI)
    writer.setTitle(translate("RecoverySheet", "SafeSession recovery sheet"))
    writer.setPageLayout(sheet_layout())
    draw_sheet(writer, key, made_on, font)
    buffer.close()
    return bytes(buffer.data().data())


def write_private(path: str, content: bytes) -> None:
    """Write a file that only its owner may read.

    Raises:
        OSError: the system refuses.
    """
    flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sheet_layout() -> QPageLayout:
    """Return A4, upright."""
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    return QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4),
        QPageLayout.Orientation.Portrait,
        margins,
        QPageLayout.Unit.Millimeter,
    )


def draw_sheet(
    device: QPagedPaintDevice, key: RecoveryKey, made_on: date, font: QFont
) -> bool:
    """Draw the sheet on a printer or into a PDF; says whether the device took it."""
    painter = QPainter()
    if not painter.begin(device):
        return False
    try:
        scale = device.width() / _WIDTH_UNITS
        painter.scale(scale, scale)
        painter.setPen(QColor(_INK))
        top = _words(painter, font, 44, 0, _title(), bold=True) + 18
        top = _words(painter, font, 22, top, _made(made_on)) + 26
        top = _words(painter, font, 25, top, _purpose()) + 34
        top = _groups(painter, font, top, key) + 34
        _words(painter, font, 25, top, _advice())
    finally:
        done = painter.end()
    return done


def _title() -> str:
    return translate("RecoverySheet", "SafeSession recovery sheet")


def _made(made_on: date) -> str:
    made = f"{made_on:%Y-%m-%d}"
    return translate("RecoverySheet", "Made on {day}").format(day=made)


def _purpose() -> str:
    return translate(
        "RecoverySheet",
        "This key opens the vault with your notes when the passphrase is forgotten or "
        "the computer is lost. It also opens your backups. Whoever holds it and your "
        "computer or a backup can read everything.",
    )


def _advice() -> str:
    return translate(
        "RecoverySheet",
        "Keep it where you keep paper files: locked up, away from the computer, and "
        "not as a photo or file. If it may have been seen, make a new sheet in "
        "SafeSession: menu, Vault and backups. From then on this one no longer opens the vault.",
    )


def _font(font: QFont, size: int, *, bold: bool = False) -> QFont:
    made = QFont(font)
    made.setPixelSize(size)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return made


def _words(
    painter: QPainter,
    font: QFont,
    size: int,
    top: float,
    text: str,
    *,
    bold: bool = False,
) -> float:
    """Draw wrapped words; return where they end."""
    painter.setFont(_font(font, size, bold=bold))
    area = QRectF(0, top, _WIDTH_UNITS, 2000)
    flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
    return painter.drawText(area, int(flags), text).bottom()


def _groups(painter: QPainter, font: QFont, top: float, key: RecoveryKey) -> float:
    """Draw the eight groups in two rows, numbered, and the two check characters."""
    *groups, check = key.text.split("-")
    width, height, gap = 235.0, 120.0, 20.0
    for index, group in enumerate(groups):
        row, column = divmod(index, _COLUMNS)
        place = QPointF(column * (width + gap), top + row * (height + gap))
        box = QRectF(place.x(), place.y(), width, height)
        painter.setPen(QColor(_FRAME))
        painter.drawRoundedRect(box, 10, 10)
        painter.setFont(_font(font, 20))
        painter.drawText(box.adjusted(12, 8, 0, 0), str(index + 1))
        painter.setPen(QColor(_INK))
        painter.setFont(_font(font, 52, bold=True))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, group)
    below = top + 2 * (height + gap) + 6
    last = translate("RecoverySheet", "and at the end: {check}").format(check=check)
    return _words(painter, font, 34, below, last, bold=True)
