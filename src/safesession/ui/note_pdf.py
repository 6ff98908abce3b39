"""What leaves the vault as a PDF: composed in memory, with the Chinese font embedded.

Two halves: `script_of` puts the words together where the windows live, `pdf_of` sets
and draws them on any thread, a line at a time, so that nobody's window stands still.
No file is touched in here and no mark-up is read: every word is set as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QMarginsF,
    QPointF,
    QRectF,
    Qt,
)
from PySide6.QtGui import (
    QFont,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextLayout,
    QTextOption,
)

from safesession.core.note_types import Export, ExportedNote
from safesession.ui import note_texts, texts
from safesession.ui.i18n import language_controller, translate
from safesession.ui.note_templates import is_heading
from safesession.ui.theme.fonts import families


Watch = Callable[[float], None]  # hears the share that is done; may raise to stop

_DPI: Final = 300
_MARGIN_MM: Final = 20
_BODY_PT: Final = 10.5
_HEAD_PT: Final = 13.0
_TITLE_PT: Final = 17.0
_SMALL_PT: Final = 8.5
_FOOT_LINES: Final = 3
_LEADING: Final = 1.2
_KEPT_LINES: Final = 3  # a heading stays with as many lines of what follows
_SET_SHARE: Final = 0.6  # of the work: setting; the rest is drawing
# A paragraph longer than this is set in parts: one call of Qt must stay short.
_MOST_CHARS: Final = 4000


@dataclass(frozen=True, slots=True)
class Piece:
    """One paragraph."""

    text: str = field(repr=False)
    points: float = _BODY_PT
    bold: bool = False


@dataclass(frozen=True, slots=True)
class PdfScript:
    """Every word of a PDF, in order. `foot` has places for {n} and {all}."""

    label: str = field(repr=False)
    foot: str = field(repr=False)
    families: tuple[str, ...]
    pieces: tuple[Piece, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Line:
    """Where a line of a paragraph stands."""

    layout: QTextLayout
    number: int
    y: float


def script_of(export: Export, *, named: bool, made_at_s: float) -> PdfScript:
    """Return the words. `named`: with the client's name beside the code."""
    label = export.client.label(private=not named)
    # Put in by hand: a label may hold braces.
    foot = translate("NotePdf", "{label} · page {n} of {all}")
    foot = foot.replace("{label}", label)
    made = translate(
        "NotePdf", "Exported {time}. Confidential: keep it where only you can read it."
    )
    pieces = [
        Piece(
            translate("NotePdf", "Records of {label}").format(label=label),
            _TITLE_PT,
            bold=True,
        ),
        Piece(made.format(time=texts.iso_minutes(made_at_s)), _SMALL_PT),
    ]
    for exported in export.notes:
        pieces += _note_pieces(exported)
    fonts = tuple(families(language_controller().language))
    return PdfScript(label, foot, fonts, tuple(pieces))


def pdf_of(script: PdfScript, watch: Watch) -> bytes:
    """Return the PDF's bytes. Any thread may call it, one at a time."""
    device = QBuffer()
    device.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(device)
    writer.setResolution(_DPI)
    writer.setCreator("SafeSession")
    writer.setTitle(script.label)
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            margins,
            QPageLayout.Unit.Millimeter,
        )
    )
    painter = QPainter(writer)
    try:
        _draw(script, writer, painter, watch)
    finally:
        painter.end()
    watch(1.0)
    device.close()
    data: QByteArray = device.data()
    return bytes(data.data())


def _draw(
    script: PdfScript, writer: QPdfWriter, painter: QPainter, watch: Watch
) -> None:
    painter.setFont(_font(script, Piece("", _SMALL_PT)))
    line_px = painter.fontMetrics().lineSpacing()
    room_px = writer.height() - _FOOT_LINES * line_px
    pages = _pages(script, writer, room_px, watch)
    bottom = QRectF(0, writer.height() - line_px, writer.width(), line_px)
    for number, lines in enumerate(pages, 1):
        if number > 1:
            writer.newPage()
        for line in lines:
            at = line.layout.lineAt(line.number)
            at.draw(painter, QPointF(0, line.y - at.y()))
        foot = script.foot.replace("{n}", str(number))
        foot = foot.replace("{all}", str(len(pages)))
        painter.drawText(bottom, Qt.AlignmentFlag.AlignHCenter, foot)
        watch(_SET_SHARE + (1 - _SET_SHARE) * number / len(pages))


def _pages(
    script: PdfScript, writer: QPdfWriter, room_px: float, watch: Watch
) -> list[list[_Line]]:
    pages: list[list[_Line]] = [[]]
    y = 0.0
    whole = max(1, sum(len(piece.text) + 1 for piece in script.pieces))
    done = 0
    for piece in script.pieces:
        font = _font(script, piece)
        for part in _parts(piece.text):
            layout = _set(part, font, writer)
            for number in range(layout.lineCount()):
                height = layout.lineAt(number).height() * _LEADING
                kept = _KEPT_LINES if piece.bold else 1
                if y + kept * height > room_px and pages[-1]:
                    pages.append([])
                    y = 0.0
                pages[-1].append(_Line(layout, number, y))
                y += height
            done += len(part)
            watch(_SET_SHARE * done / whole)
        done += 1
    return pages


def _parts(text: str) -> Iterator[str]:
    yield text[:_MOST_CHARS]
    for start in range(_MOST_CHARS, len(text), _MOST_CHARS):
        yield text[start : start + _MOST_CHARS]


def _set(text: str, font: QFont, writer: QPdfWriter) -> QTextLayout:
    layout = QTextLayout(text, font, writer)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    y = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(writer.width())
        line.setPosition(QPointF(0, y))
        y += line.height()
    layout.endLayout()
    return layout


def _note_pieces(exported: ExportedNote) -> Iterator[Piece]:
    head = exported.note.head
    yield Piece("")
    title = note_texts.note_title(head.title, head.template)
    yield Piece(title, _HEAD_PT, bold=True)
    facts = (
        note_texts.kind_words(head.kind),
        texts.iso_minutes(head.session_at_ms / 1000),
        note_texts.signature_words(exported.signature, head.signed_at_ms),
    )
    yield Piece(" · ".join(facts), _SMALL_PT)
    for line in exported.note.body.splitlines():
        yield Piece(line, bold=is_heading(line))
    for addendum in exported.note.addenda:
        yield Piece(note_texts.addendum_words(addendum), _SMALL_PT, bold=True)
        for line in addendum.body.splitlines():
            yield Piece(line)
    if exported.attachments:
        names = ", ".join(one.name for one in exported.attachments)
        words = translate("NotePdf", "Attached in the vault, not printed here: {names}")
        yield Piece(words.format(names=names), _SMALL_PT)


def _font(script: PdfScript, piece: Piece) -> QFont:
    font = QFont()
    font.setFamilies(list(script.families))
    font.setPointSizeF(piece.points)
    if piece.bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font
