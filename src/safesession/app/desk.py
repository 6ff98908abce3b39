"""One person's desk: first run, the vault's door, the engine, the session window.

Builds the parts, connects them, and takes them apart again in order. It must never
decide anything about a session.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from safesession import paths
from safesession.app.devices import Devices, SoundMemory
from safesession.app.entrance import Entrance
from safesession.app.unsent import OldPlace, VaultPlace, device_key, sealed_place
from safesession.core import inputs
from safesession.core.device_state import StateStore
from safesession.core.status import (
    Problem,
    Role,
)
from safesession.drafts.keeper import DraftKeeper, DraftPlace
from safesession.engine.assembly import EmbeddedServerPort, EngineOptions
from safesession.engine.client_state import ClientState
from safesession.engine.enrolment import EnrolmentRefusedError, ServerUnreachableError
from safesession.engine.host import EngineHost
from safesession.errors import (
    LocalProtocolError,
    RemoteProtocolError,
    SafeSessionError,
)
from safesession.settings_file import SettingsFile
from safesession.signaling_server.temporary import TemporaryServer
from safesession.ui.door import DoorWindow
from safesession.ui.i18n import LanguageController
from safesession.ui.settings import NAME_KEY, ROLE_KEY, SERVER_KEY, PersonSettings
from safesession.ui.shell import SessionWindow
from safesession.ui.theme.controller import ThemeController
from safesession.ui.vault_session import VaultSession
from safesession.ui.view_models.first_run import FirstRunChoice
from safesession.ui.views.first_run import FirstRunView


KEY_LIMIT_S = 3.0  # for the keyring, before the first window is there
DEMO_MIN_SIZE = QSize(720, 560)
_DEMO_NAMES = {
    "en": ("Demo counselor", "Demo client"),
    "zh_CN": ("演示咨询师", "演示来访者"),
}


@dataclass(frozen=True, slots=True)
class AppOptions:
    """What the command line asked for."""

    link: str = ""
    demo_pair: bool = False
    role: Role | None = None
    server_origin: str = ""
    state_dir: Path | None = None
    demo_media: bool = False
    follow_parent: bool = False
    enrolment_token: str = field(default="", repr=False)


class Desk(QObject):
    """One person's desk: first run if needed, then the session window."""

    _started = Signal(object, object)
    _failed = Signal(object)

    def __init__(self, app: QApplication, options: AppOptions) -> None:
        super().__init__()
        self._app = app
        self._options = options
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        folder = options.state_dir or self._default_folder()
        self._folder = folder
        self._settings = SettingsFile(folder)
        self._sound = SoundMemory(self._settings)
        self._keeper: DraftKeeper | None = None
        self._person = PersonSettings(self._settings)
        self._key = device_key(folder)
        self._theme = ThemeController(app, self._settings)
        self._language = LanguageController(app, self._settings)
        self._language.changed.connect(self._theme.set_language)
        self._theme.set_language(self._language.language)
        self._engine: EngineHost | None = None
        self._devices: Devices | None = None
        self._window: QWidget | None = None
        self._asked: FirstRunView | None = None
        self._entrance: Entrance | None = None
        self._token = ""
        self._partner: subprocess.Popen[bytes] | None = None
        self._started.connect(self._on_started, Qt.ConnectionType.QueuedConnection)
        self._failed.connect(self._on_failed, Qt.ConnectionType.QueuedConnection)

    @property
    def window(self) -> QWidget | None:
        """The window shown."""
        return self._window

    @property
    def entrance(self) -> Entrance | None:
        """The way into the vault, where one was needed."""
        return self._entrance

    @property
    def vault_session(self) -> VaultSession | None:
        """The counselor's vault, once its folder was taken."""
        return self._entrance.session if self._entrance is not None else None

    def open(self) -> None:
        """Show the first window."""
        options = self._options
        stored = _role(self._person.get(ROLE_KEY, ""))
        if options.demo_pair:
            # Demo and test people live in a throw-away folder, without a vault.
            self._start(Role.COUNSELOR, embedded=TemporaryServer())
        elif options.role is not None:
            self._start(options.role)
        elif options.link or stored is Role.CLIENT:
            self._start(Role.CLIENT)
        elif stored is Role.COUNSELOR:
            self._enter()
        else:
            self._first_run()

    def close(self) -> None:
        """Free everything, in the order that leaves nothing behind."""
        if self._devices is not None:
            self._devices.close()
        if self._engine is not None:
            self._engine.stop()
        if self._keeper is not None:
            self._keeper.close()
        if self._entrance is not None:
            self._entrance.close()
        if self._partner is not None and self._partner.poll() is None:
            self._partner.terminate()
            self._partner.wait(timeout=10)
        if self._scratch is not None:
            self._scratch.cleanup()

    def _default_folder(self) -> Path:
        if not self._options.demo_pair:
            return paths.state_dir()
        self._scratch = tempfile.TemporaryDirectory(prefix="safesession-demo-")
        return Path(self._scratch.name) / "counselor"

    def _first_run(self) -> None:
        view = FirstRunView(
            self._person.get(SERVER_KEY, ""), shared_computer=self._person.shared
        )
        view.finished.connect(self._chosen)
        self._asked = view
        self._show(view)

    def _chosen(self, choice: FirstRunChoice) -> None:
        self._person.share(choice.shared_computer)
        self._person.set(SERVER_KEY, choice.server_origin)
        self._person.set(NAME_KEY, choice.display_name)
        if self._asked is not None:
            self._asked.show_problem(None)
        self._token = choice.enrolment_token
        if choice.role is Role.COUNSELOR:
            self._enter(restoring=choice.restoring)
            return
        if self._asked is not None:
            self._asked.set_busy(True)
        self._start(Role.CLIENT)

    def _enter(self, *, restoring: bool = False) -> None:
        """Go through the vault's door, then on to the session."""
        if self.vault_session is not None and self.vault_session.is_open:
            self._entered()  # only the server had refused
            return
        if self._entrance is None:
            self._entrance = Entrance(self._app, self._folder, self._settings)
            self._entrance.entered.connect(self._entered)
            self._entrance.left.connect(self._ask_again)
        self._show(self._entrance.open(restoring=restoring))

    def _entered(self) -> None:
        if isinstance(self._window, DoorWindow):
            self._window.setEnabled(False)
        elif self._asked is not None:
            self._asked.set_busy(True)
        self._start(Role.COUNSELOR, token=self._token)

    def _ask_again(self) -> None:
        if self._asked is not None:
            self._asked.set_busy(False)
            self._show(self._asked)

    def _start(
        self,
        role: Role,
        *,
        embedded: EmbeddedServerPort | None = None,
        token: str = "",
    ) -> None:
        """Start an engine without holding up the windows."""
        options = self._options
        demo = options.demo_pair or options.demo_media
        name = self._person.get(NAME_KEY, "")
        origin = options.server_origin or self._person.get(SERVER_KEY, "")
        engine = EngineHost(
            EngineOptions(
                role=role,
                state_dir=self._folder,
                server_origin=origin,
                display_name=name or (self._demo_name(role) if demo else ""),
                embedded=embedded,
                make_state=self._memory_of(role, demo=demo),
                enrolment_token=token or options.enrolment_token,
                sound_processing=self._sound.choice,
            ),
        )
        threading.Thread(
            target=self._start_engine, args=(engine, role), name="engine-start"
        ).start()

    def _memory_of(self, role: Role, *, demo: bool) -> Callable[[], StateStore] | None:
        if self._entrance is not None and role is Role.COUNSELOR:
            return self._entrance.memory
        if demo or role is Role.COUNSELOR:
            return None  # a throw-away folder, or one that a developer named
        key, shared = self._key, self._person.shared
        return lambda: ClientState(
            self._folder, os.urandom, lambda: key.soon(KEY_LIMIT_S), shared=shared
        )

    def _start_engine(self, engine: EngineHost, role: Role) -> None:
        try:
            engine.start()
        except (SafeSessionError, OSError, TimeoutError) as error:
            self._failed.emit(error)
        else:
            self._started.emit(engine, role)

    def _on_failed(self, error: Exception) -> None:
        if self._asked is not None:
            self._asked.set_busy(False)
            self._asked.show_problem(_problem_of(error))
            self._show(self._asked)
            return
        code = getattr(error, "code", type(error).__name__)
        print(f"safesession: cannot start ({code})", file=sys.stderr)  # noqa: T201
        self._app.exit(1)

    def _on_started(self, engine: EngineHost, role: Role) -> None:
        options = self._options
        self._engine = engine
        self._person.set(ROLE_KEY, role.value)
        demo = options.demo_pair or options.demo_media
        self._devices = Devices(engine, role, self._sound, allow_demo=demo)
        window = SessionWindow(
            engine=engine,
            role=role,
            settings=self._settings,
            devices=self._devices,
            unsent=None if demo else self._make_keeper(role),
            server_origin=engine.server_origin,
        )
        window.microphone_toggled.connect(self._devices.set_microphone)
        window.camera_toggled.connect(self._devices.set_camera)
        if self._entrance is not None:
            self._entrance.furnish(window)
        self._asked = None
        if options.demo_pair or options.follow_parent:
            # Before it is shown: afterwards window managers place it as they like.
            self._place(window, left=options.demo_pair)
        window.unsent_model.sharing_changed.connect(self._person.share)
        self._show(window)
        if options.link:
            engine.submit(inputs.JoinByCode(options.link))
        if options.demo_pair:
            self._open_partner()

    def _make_keeper(self, role: Role) -> DraftKeeper:
        place: DraftPlace = sealed_place(self._folder, self._key)
        if self._entrance is not None and self._entrance.unsent is not None:
            place = VaultPlace(self._entrance.unsent, OldPlace(self._folder))
        self._keeper = DraftKeeper(
            place, shared=self._person.shared and role is Role.CLIENT
        )
        self._keeper.start()
        return self._keeper

    def _place(self, window: QWidget, *, left: bool) -> None:
        """Put the demo's two windows to the two edges: side by side if there is room."""
        area = window.screen().availableGeometry()
        # One screen holds both here: the counselor's may be as small as the client's.
        window.setMinimumSize(window.minimumSize().boundedTo(DEMO_MIN_SIZE))
        least = window.minimumSize()
        width = max(least.width(), min(window.width(), area.width() // 2))
        height = min(window.height(), area.height())
        window.resize(width, height)
        window.move(area.left() if left else area.right() - width + 1, area.top())

    def _show(self, window: QWidget) -> None:
        before, self._window = self._window, window
        if before is not None and before is not window and before.isVisible():
            _take_place_of(before, window)
        window.show()  # first: the app ends with its last window
        if before is None or before is window:
            return
        before.close()
        if before is not self._asked:
            before.deleteLater()

    def _open_partner(self) -> None:
        """The client's window, in a process of its own as it would be."""
        if self._engine is None or self._scratch is None:
            return
        folder = Path(self._scratch.name) / "client"
        command = [sys.executable, "-m", "safesession.cli", "app"]
        command += ["--role", "client", "--server", self._engine.server_origin]
        command += ["--state", str(folder), "--demo-media", "--follow-parent"]
        # The pipe tells the partner when this process is gone, however it went.
        self._partner = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603

    def _demo_name(self, role: Role) -> str:
        names = _DEMO_NAMES[self._language.language]
        return names[0] if role is Role.COUNSELOR else names[1]


def _take_place_of(before: QWidget, window: QWidget) -> None:
    """Open a window around the same middle; jumping about, it would seem a stranger."""
    if before.isMaximized():
        window.setWindowState(Qt.WindowState.WindowMaximized)
        return
    frame, room = before.frameGeometry(), before.screen().availableGeometry()
    place = QRect(frame.topLeft(), window.size() + frame.size() - before.size())
    place.moveCenter(frame.center())
    place.moveRight(min(place.right(), room.right()))
    place.moveBottom(min(place.bottom(), room.bottom()))
    place.moveLeft(max(place.left(), room.left()))
    place.moveTop(max(place.top(), room.top()))
    window.move(place.topLeft())


def _role(text: str) -> Role | None:
    return Role(text) if text in {role.value for role in Role} else None


def _problem_of(error: Exception) -> Problem:
    match error:
        case EnrolmentRefusedError():
            return Problem.NOT_ENROLLED
        case ServerUnreachableError() | OSError():
            return Problem.SERVER_UNREACHABLE
        case RemoteProtocolError() | LocalProtocolError():
            return Problem.SERVER_REFUSED
        case _:
            return Problem.INTERNAL
