"""A list of two-line rows over a `RowsModel`; Enter, Space or a click opens one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPalette,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from safesession.ui.theme import tokens as t
from safesession.ui.theme.controller import theme
from safesession.ui.theme.icons import tinted_pixmap
from safesession.ui.view_models.rows import ROW_ROLE, Row, RowsModel


_Index = QModelIndex | QPersistentModelIndex
_PAD_PX = 10
_ICON_PX = 18
_GAP_PX = 10
_DETAIL_LINES = 2


class RowList(QListView):
    """Shows rows; `chosen` carries the key of a row that was opened."""

    chosen = Signal(int)

    def __init__(self, model: RowsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(_RowDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(False)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._open)
        theme().changed.connect(self._lay_out)

    def show_current(self, key: int | None) -> None:
        """Mark the row that lies open."""
        model = self.model()
        found = model.index_of(key) if isinstance(model, RowsModel) and key else None
        self.setCurrentIndex(found if found is not None else QModelIndex())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows are as high as their words need at the new width."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open the row under the keyboard."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event.key() in keys:
            self._open(self.currentIndex())
            event.accept()
            return
        super().keyPressEvent(event)

    def _lay_out(self) -> None:
        self.scheduleDelayedItemsLayout()

    def _open(self, index: _Index) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, Row) and row.key is not None:
            self.chosen.emit(row.key)


class _RowDelegate(QStyledItemDelegate):
    """Draws a row in the project's look."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Two lines, or three where the second one is long."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, Row):
            return QSize()
        view = self.parent()
        width = view.viewport().width() if isinstance(view, QListView) else 200
        room = width - 2 * _PAD_PX - _ICON_PX - _GAP_PX
        title = _laid(row.title, self._title_font(option.font), room, 2)
        height = title[1]
        if row.detail:
            height += _laid(row.detail, _detail_font(option.font), room)[1] + 2
        return QSize(width, round(height) + 2 * _PAD_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        """Draw ground, icon, title and detail with its marked places."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, Row):
            return
        # PySide6's stubs leave the option's public members out.
        rect: QRect = option.rect
        state = option.state
        widget = option.widget
        tokens = theme().tokens_for(widget)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        hover = bool(state & QStyle.StateFlag.State_MouseOver) and row.key is not None
        if chosen or hover:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.surface_2))
            painter.drawRoundedRect(
                rect.adjusted(2, 1, -2, -1), t.CONTROL_RADIUS_PX, t.CONTROL_RADIUS_PX
            )
        if chosen:  # a bar as well: never by colour alone
            painter.setBrush(QColor(tokens.primary))
            painter.drawRoundedRect(
                rect.x() + 2, rect.y() + 8, 3, rect.height() - 16, 1, 1
            )
        top = rect.y() + _PAD_PX
        if row.icon:
            ratio = widget.devicePixelRatioF()
            pixmap = tinted_pixmap(row.icon, tokens.muted, _ICON_PX, ratio)
            painter.drawPixmap(rect.x() + _PAD_PX, top + 1, pixmap)
        left = rect.x() + _PAD_PX + _ICON_PX + _GAP_PX
        room = rect.right() - left - _PAD_PX + 1
        layout, height = _laid(row.title, self._title_font(option.font), room, 2)
        painter.setPen(QColor(tokens.text))
        layout.draw(painter, QPointF(left, top))
        if row.detail:
            marked = _marked(row, QColor(tokens.text), QColor(tokens.warn_bg))
            layout, _ = _laid(row.detail, _detail_font(option.font), room, 2, marked)
            painter.setPen(QColor(tokens.muted))
            layout.draw(painter, QPointF(left, top + height + 2))
        painter.restore()

    def initStyleOption(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        """Keep the theme's palette whatever the style thinks."""
        super().initStyleOption(option, index)
        option.palette.setColor(QPalette.ColorRole.Highlight, QColor(0, 0, 0, 0))

    @staticmethod
    def _title_font(font: QFont) -> QFont:
        title = QFont(font)
        title.setWeight(QFont.Weight.Medium)
        return title


def _detail_font(font: QFont) -> QFont:
    detail = QFont(font)
    detail.setPixelSize(max(11, round(font.pixelSize() * t.CAPTION_PX / t.BODY_PX)))
    return detail


def _laid(
    text: str,
    font: QFont,
    width: int,
    lines: int = _DETAIL_LINES,
    formats: Sequence[QTextLayout.FormatRange] = (),
) -> tuple[QTextLayout, float]:
    """Return the text in at most so many lines, and their height.

    What does not fit ends with an ellipsis.
    """
    layout, height, cut_from = _lines(text, font, width, lines, formats)
    if cut_from is not None:
        metrics = QFontMetricsF(font)
        rest = metrics.elidedText(
            text[cut_from:], Qt.TextElideMode.ElideRight, max(1, width)
        )
        layout, height, _ = _lines(text[:cut_from] + rest, font, width, lines, formats)
    return layout, height


def _lines(
    text: str,
    font: QFont,
    width: int,
    lines: int,
    formats: Sequence[QTextLayout.FormatRange],
) -> tuple[QTextLayout, float, int | None]:
    """Return the layout, its height, and where the last line begins if it is cut."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setFormats(formats)
    layout.beginLayout()
    height, last = 0.0, None
    for _ in range(lines):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(max(1, width))
        line.setPosition(QPointF(0, height))
        height += line.height()
        last = line
    layout.endLayout()
    cut = last is not None and last.textStart() + last.textLength() < len(text)
    return layout, height, last.textStart() if last is not None and cut else None


def _marked(row: Row, colour: QColor, ground: QColor) -> list[QTextLayout.FormatRange]:
    formats = []
    for start, end in row.marks:
        found = QTextLayout.FormatRange()
        found.start, found.length = start, end - start
        found.format = QTextCharFormat()
        found.format.setFontWeight(QFont.Weight.Bold)
        found.format.setFontUnderline(True)
        found.format.setForeground(colour)
        found.format.setBackground(ground)
        formats.append(found)
    return formats
