"""Which file: a dialog of the system, never a nested event loop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from safesession.ui.i18n import QT_TRANSLATE_NOOP, translate


# Qt's own Chinese leaves these out.
_QT_LEAVES_OUT: Final = (
    QT_TRANSLATE_NOOP("QAbstractFileIconProvider", "Folder"),
    QT_TRANSLATE_NOOP("QAbstractFileIconProvider", "Drive"),
)


def file_dialog(parent: QWidget, title: str = "") -> QFileDialog:
    """Make a dialog that begins among the person's files, all of it translated."""
    dialog = QFileDialog(parent, title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    folder = QStandardPaths.writableLocation(documents)
    dialog.setDirectory(folder if Path(folder).is_dir() else str(Path.home()))
    labels = QFileDialog.DialogLabel
    dialog.setLabelText(labels.LookIn, translate("FileDialog", "Folder:"))
    dialog.setLabelText(labels.FileName, translate("FileDialog", "Name:"))
    dialog.setLabelText(labels.FileType, translate("FileDialog", "Kind:"))
    return dialog


def ask_where(
    parent: QWidget, name: str, suffix: str, chosen: Callable[[Path], None]
) -> None:
    """Ask where a new file goes."""
    dialog = file_dialog(parent)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    if suffix:
        dialog.setDefaultSuffix(suffix)
        dialog.setNameFilter(f"{suffix.upper()} (*.{suffix})")
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()


def ask_which(parent: QWidget, chosen: Callable[[Path], None]) -> None:
    """Ask for a file that is there."""
    dialog = file_dialog(parent)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
