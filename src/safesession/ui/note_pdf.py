"""What leaves the vault as a PDF: composed in memory, with the Chinese font embedded.

No file is touched in here and no mark-up is read: every word is set as it is.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)

from safesession.core.note_types import Export, ExportedNote
from safesession.ui import note_texts, texts
from safesession.ui.i18n import language_controller, translate
from safesession.ui.note_templates import is_heading
from safesession.ui.theme.fonts import families


_DPI: Final = 300
_MARGIN_MM: Final = 20
_BODY_PT: Final = 10.5
_HEAD_PT: Final = 13.0
_TITLE_PT: Final = 17.0
_SMALL_PT: Final = 8.5
_FOOT_LINES: Final = 3


def pdf_of(export: Export, *, named: bool, made_at_s: float) -> bytes:
    """Return the PDF's bytes. `named`: with the client's name beside the code."""
    device = QBuffer()
    device.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(device)
    writer.setResolution(_DPI)
    writer.setCreator("SafeSession")
    label = export.client.label(private=not named)
    writer.setTitle(label)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM),
            QPageLayout.Unit.Millimeter,
        )
    )
    document = _document(export, label, made_at_s)
    document.documentLayout().setPaintDevice(writer)
    _print(document, writer, label)
    device.close()
    data: QByteArray = device.data()
    return bytes(data.data())


def _print(document: QTextDocument, writer: QPdfWriter, label: str) -> None:
    painter = QPainter(writer)
    painter.setFont(_font(_SMALL_PT))
    line_px = painter.fontMetrics().lineSpacing()
    page = QRectF(0, 0, writer.width(), writer.height() - _FOOT_LINES * line_px)
    document.setPageSize(QSizeF(page.size()))
    context = QAbstractTextDocumentLayout.PaintContext()
    context.palette = QPalette(Qt.GlobalColor.black)
    for number in range(document.pageCount()):
        if number:
            writer.newPage()
        painter.save()
        painter.translate(0, -number * page.height())
        context.clip = page.translated(0, number * page.height())
        painter.setClipRect(context.clip)
        document.documentLayout().draw(painter, context)
        painter.restore()
        foot = QRectF(0, writer.height() - line_px, writer.width(), line_px)
        words = translate("NotePdf", "{label} · page {n} of {all}").format(
            label=label, n=number + 1, all=document.pageCount()
        )
        painter.drawText(foot, Qt.AlignmentFlag.AlignHCenter, words)
    painter.end()


def _document(export: Export, label: str, made_at_s: float) -> QTextDocument:
    document = QTextDocument()
    document.setDefaultFont(_font(_BODY_PT))
    document.setDocumentMargin(0)
    document.setUndoRedoEnabled(False)
    cursor = QTextCursor(document)
    title = translate("NotePdf", "Records of {label}").format(label=label)
    _put(cursor, title, _TITLE_PT, bold=True)
    made = translate(
        "NotePdf", "Exported {time}. Confidential: keep it where only you can read it."
    )
    _put(cursor, made.format(time=texts.iso_minutes(made_at_s)), _SMALL_PT)
    for exported in export.notes:
        _put_note(cursor, exported)
    return document


def _put_note(cursor: QTextCursor, exported: ExportedNote) -> None:
    head = exported.note.head
    _put(cursor, "", _BODY_PT)
    title = note_texts.note_title(head.title, head.template)
    _put(cursor, title, _HEAD_PT, bold=True)
    facts = " · ".join(
        (
            note_texts.kind_words(head.kind),
            texts.iso_minutes(head.session_at_ms / 1000),
            note_texts.signature_words(exported.signature, head.signed_at_ms),
        )
    )
    _put(cursor, facts, _SMALL_PT)
    for line in exported.note.body.splitlines():
        _put(cursor, line, _BODY_PT, bold=is_heading(line))
    for addendum in exported.note.addenda:
        _put(cursor, note_texts.addendum_words(addendum), _SMALL_PT, bold=True)
        for line in addendum.body.splitlines():
            _put(cursor, line, _BODY_PT)
    if exported.attachments:
        names = ", ".join(one.name for one in exported.attachments)
        words = translate("NotePdf", "Attached in the vault, not printed here: {names}")
        _put(cursor, words.format(names=names), _SMALL_PT)


def _put(cursor: QTextCursor, text: str, points: float, *, bold: bool = False) -> None:
    block = QTextBlockFormat()
    proportional = QTextBlockFormat.LineHeightTypes.ProportionalHeight
    block.setLineHeight(120, proportional.value)
    characters = QTextCharFormat()
    font = _font(points)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    characters.setFont(font)
    cursor.insertBlock(block, characters)
    cursor.insertText(text, characters)


def _font(points: float) -> QFont:
    font = QFont()
    font.setFamilies(families(language_controller().language))
    font.setPointSizeF(points)
    return font
