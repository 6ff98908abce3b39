"""A row that continues on the next line when there is no room.

Large text must wrap, never be cut.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QLayout,
    QLayoutItem,
    QSizePolicy,
    QWidget,
)

from safesession.ui.theme.controller import theme


_SIDE_BY_SIDE_PERCENT = 125


class FlowLayout(QLayout):
    """Places items side by side and wraps; rows can be centred."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        spacing_px: int = 12,
        centred: bool = False,
        uniform: bool = False,
        row_spacing_px: int | None = None,
    ) -> None:
        super().__init__(parent) if parent is not None else super().__init__()
        self._row_spacing_px = spacing_px if row_spacing_px is None else row_spacing_px
        self._items: list[QLayoutItem] = []
        self._centred = centred
        self._uniform = uniform
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing_px)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802 - Qt's name
        """Append an item."""
        self._items.append(item)

    def count(self) -> int:
        """Return the number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        """Return an item or None."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        """Remove and return an item."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802
        """Take width only."""
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        """Fewer pixels of width need more of height."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height for a width."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802
        """Place the items."""
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        """All in one row."""
        visible = [item for item in self._items if not item.isEmpty()]
        width = sum(item.sizeHint().width() for item in visible)
        width += self.spacing() * max(0, len(visible) - 1)
        height = max((item.sizeHint().height() for item in visible), default=0)
        return QSize(width, height)

    def minimumSize(self) -> QSize:  # noqa: N802
        """The largest single item."""
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return size

    def _share(self, width: int) -> int | None:
        """Return the width each item gets when all are to be alike."""
        if not self._uniform:
            return None
        hints = [i.sizeHint().width() for i in self._items if not i.isEmpty()]
        widest = max(hints, default=1)
        fit = (width + self.spacing()) // (widest + self.spacing())
        count = len(hints) or 1
        # Full rows only: four items stand two by two, never three and one.
        columns = max(
            c for c in range(1, count + 1) if count % c == 0 and c <= max(1, fit)
        )
        return (width - (columns - 1) * self.spacing()) // columns

    def _rows(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        rows: list[list[tuple[QLayoutItem, QSize]]] = [[]]
        used = 0
        share = self._share(width)
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if share is not None:
                size.setWidth(share)
            if size.width() > width:
                size.setWidth(max(width, item.minimumSize().width()))
            if item.hasHeightForWidth():
                size.setHeight(item.heightForWidth(size.width()))
            if rows[-1] and used + size.width() > width:
                rows.append([])
                used = 0
            rows[-1].append((item, size))
            used += size.width() + self.spacing()
        return rows

    def _place(self, rect: QRect, *, move: bool) -> int:
        y = rect.y()
        for row in self._rows(rect.width()):
            if not row:
                continue
            height = max(size.height() for _, size in row)
            total = sum(size.width() for _, size in row)
            total += self.spacing() * (len(row) - 1)
            spare = max(0, rect.width() - total)
            x = rect.x() + (spare // 2 if self._centred else 0)
            for item, size in row:
                if move:
                    top = y + (height - size.height()) // 2
                    item.setGeometry(QRect(QPoint(x, top), size))
                x += size.width() + self.spacing()
            y += height + self._row_spacing_px
        return max(0, y - rect.y() - self._row_spacing_px)


def flow_row(
    *widgets: QWidget,
    spacing_px: int = 12,
    centred: bool = False,
    uniform: bool = False,
    row_spacing_px: int | None = None,
) -> QWidget:
    """Return a widget that holds others in a wrapping row."""
    host = QWidget()
    layout = FlowLayout(
        host,
        spacing_px=spacing_px,
        centred=centred,
        uniform=uniform,
        row_spacing_px=row_spacing_px,
    )
    for widget in widgets:
        layout.addWidget(widget)
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    host.setSizePolicy(policy)
    return host


class AdaptiveRow(QWidget):
    """Side by side while there is room, below each other for large text."""

    def __init__(self, parent: QWidget | None = None, *, spacing_px: int = 28) -> None:
        super().__init__(parent)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(spacing_px)
        theme().changed.connect(self._turn)
        self._turn()

    def add(self, widget: QWidget, stretch: int) -> None:
        """Append a widget."""
        self._box.addWidget(widget, stretch)

    def _turn(self) -> None:
        large = theme().text_scale_percent > _SIDE_BY_SIDE_PERCENT
        way = QBoxLayout.Direction
        self._box.setDirection(way.TopToBottom if large else way.LeftToRight)
