"""The desktop app put together: the only room that knows everybody.

`main` opens it. Nothing in here decides anything about a session.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from safesession.app.desk import AppOptions, Desk
from safesession.errors import SafeSessionError
from safesession.vault.process_privacy import make_process_private


__all__ = ["AppOptions", "gallery", "main"]


def _prepare_environment() -> None:
    # The Qt wheel has no fcitx plugin; its ibus one speaks to fcitx5 as well.
    if os.environ.get("QT_IM_MODULE") == "fcitx":
        os.environ["QT_IM_MODULE"] = "ibus"
    os.environ.setdefault("QT_LOGGING_RULES", "qt.multimedia.*=false")


def main(options: AppOptions) -> int:
    """Open the app and stay until its last window closes."""
    _prepare_environment()
    if not options.demo_pair:
        make_process_private()  # before there is anything worth dumping
    app = QApplication(["SafeSession"])
    app.setApplicationName("SafeSession")
    app.setDesktopFileName("safesession")
    desk = Desk(app, options)
    try:
        desk.open()
        for name in (signal.SIGINT, signal.SIGTERM):
            # Not quit(): that asks the windows, and one in a call would refuse.
            signal.signal(name, lambda *_: app.exit(0))
        if options.follow_parent:
            parent = _Parent()
            parent.gone.connect(lambda: app.exit(0))
            threading.Thread(target=parent.wait, daemon=True).start()
        # Let those signals reach Python while Qt's loop runs.
        heartbeat = QTimer()
        heartbeat.timeout.connect(_nothing)
        heartbeat.start(500)
        return app.exec()
    except SafeSessionError as error:
        print(f"safesession: {error} ({error.code})", file=sys.stderr)  # noqa: T201
        return 1
    finally:
        desk.close()


class _Parent(QObject):
    """The demo's other window, as the end of a pipe on standard input."""

    gone = Signal()

    def wait(self) -> None:
        """Block until the pipe ends (a thread of its own)."""
        # Unbuffered: a buffered read holds a lock that stops the exit.
        while os.read(0, 1024):
            pass
        self.gone.emit()


def _nothing() -> None:
    """Give the interpreter a moment."""


def gallery(folder: Path) -> int:
    """Draw every page state into `folder`."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _prepare_environment()
    from safesession.ui.gallery import render_gallery

    QApplication.instance() or QApplication(["SafeSession"])
    render_gallery(folder)
    return 0
