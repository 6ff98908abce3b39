"""What the app puts on the clipboard, and taking it back when the vault locks.

Text for another person (an invite) is remembered by its hash and stays; everything
else of ours may come from the vault and goes. What other programs put there is never
touched. No QMimeData is made here: one made in Python crashes the process at its end.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from PySide6.QtGui import QClipboard, QGuiApplication


@dataclass(slots=True)
class _Public:
    """The hash of the last text that is meant to be handed on."""

    digest: bytes = b""


_public = _Public()


def copy_public(text: str) -> None:
    """Copy a text that is meant to be handed on."""
    _public.digest = _digest(text)
    QGuiApplication.clipboard().setText(text)


def forget_private() -> None:
    """Empty the clipboard and the selection where they hold something of ours."""
    board = QGuiApplication.clipboard()
    modes = QClipboard.Mode
    if board.ownsClipboard() and _digest(board.text()) != _public.digest:
        board.clear(modes.Clipboard)
    if board.supportsSelection() and board.ownsSelection():
        board.clear(modes.Selection)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
