"""A window with the app's own keeper, for a test that kills it.

    typing_child.py FOLDER draft sent...     types, sends, and stays
    typing_child.py FOLDER                   prints what was not delivered last time

Only the engine and the devices are missing; the keyring is the system's.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from tests.support.window_states import IN_CALL

from safesession.app import AppOptions, Desk
from safesession.core.ports import Keeping
from safesession.core.status import Role
from safesession.ui.gallery import StillDevices, StillEngine
from safesession.ui.shell import SessionWindow


def main() -> None:
    folder, texts = Path(sys.argv[1]), sys.argv[2:]
    app = QApplication([])
    desk = Desk(app, AppOptions(state_dir=folder))
    window = SessionWindow(
        StillEngine(),
        Role.CLIENT,
        devices=StillDevices(),
        unsent=desk._make_keeper(Role.CLIENT),
    )
    window.show()

    def type_and_send() -> None:
        window.show_status(IN_CALL)
        composer = window.call.chat_panel.composer
        for text in texts[1:]:
            composer.setPlainText(text)
            composer.send_requested.emit()
        composer.setPlainText(texts[0])
        print("typed", flush=True)

    def tell() -> None:
        model = window.unsent_model
        if model.keeping in (Keeping.SEALED, Keeping.UNAVAILABLE) and not texts:
            print(json.dumps([model.keeping.value, *model.last_time]), flush=True)
            window.show_status(IN_CALL.__class__(role=Role.CLIENT))
            window.close()
            app.quit()

    window.unsent_model.changed.connect(tell)
    if texts:
        QTimer.singleShot(0, type_and_send)
    app.exec()
    desk.close()


if __name__ == "__main__":
    main()
