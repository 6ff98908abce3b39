"""A list of rows for a QListView: two lines, an icon, and marked places.

Rows are frozen; a lock empties the list, and nothing of a row stays behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt


_Index = QModelIndex | QPersistentModelIndex
ROW_ROLE: Final = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True, slots=True)
class Row:
    """What a list shows in one place. `key` says what opens; None: nothing does."""

    key: int | None
    title: str = field(repr=False)
    detail: str = field(default="", repr=False)
    icon: str = ""
    marks: tuple[tuple[int, int], ...] = field(default=(), repr=False)  # in `detail`
    about: bool = False  # it tells of what `key` opens, it is not that itself


class RowsModel(QAbstractListModel):
    """The rows."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is listed."""
        return self._rows

    def show_rows(self, rows: Sequence[Row]) -> None:
        """List other rows."""
        if self._rows == tuple(rows):
            return
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def index_of(self, key: int) -> QModelIndex:
        """Return where what a key opens is listed (invalid: nowhere)."""
        for number, row in enumerate(self._rows):
            if row.key == key and not row.about:
                return self.index(number, 0)
        return QModelIndex()

    def rowCount(self, parent: _Index | None = None) -> int:
        """Return the number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a view or a screen reader asks for."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.title}, {row.detail}" if row.detail else row.title
        return row if role == ROW_ROLE else None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Rows that open something can be chosen."""
        if not index.isValid() or index.row() >= len(self._rows):
            return Qt.ItemFlag.NoItemFlags
        enabled = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        if self._rows[index.row()].key is None:
            return enabled
        return enabled | Qt.ItemFlag.ItemIsSelectable
