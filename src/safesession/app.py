"""Composition root of the desktop app: the only module that knows everybody.

Builds the engine, the devices and the window, connects them, and takes them
apart again in order. It must never decide anything about a session.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from safesession import paths
from safesession.core import inputs
from safesession.core.capture_policy import capture_wanted
from safesession.core.effects import FrontEvent, StatusChanged
from safesession.core.ports import AudioPort, SoundProcessing, VideoInPort
from safesession.core.status import (
    CaptureState,
    Phase,
    Problem,
    Role,
    SessionStatus,
)
from safesession.devices.listing import DeviceKind as RealKind
from safesession.devices.manager import DeviceManager
from safesession.drafts.keeper import DraftKeeper
from safesession.drafts.keyring_key import KeyringKey
from safesession.engine.assembly import EmbeddedServerPort, EngineOptions
from safesession.engine.enrolment import EnrolmentRefusedError, ServerUnreachableError
from safesession.engine.host import EngineHost
from safesession.engine.media.demo_devices import (
    start_demo_camera,
    start_demo_microphone,
)
from safesession.errors import (
    LocalProtocolError,
    RemoteProtocolError,
    SafeSessionError,
)
from safesession.settings_file import SettingsFile
from safesession.signaling_server.temporary import TemporaryServer
from safesession.ui.devices import DeviceChoice, DeviceKind
from safesession.ui.i18n import LanguageController
from safesession.ui.settings import NAME_KEY, ROLE_KEY, SERVER_KEY, PersonSettings
from safesession.ui.shell import SessionWindow
from safesession.ui.theme.controller import ThemeController
from safesession.ui.view_models.first_run import FirstRunChoice
from safesession.ui.views.first_run import FirstRunView


SOUND_OFF_KEY = "sound/off"
DEMO_MIN_SIZE = QSize(720, 560)


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


class SoundMemory:
    """What the person wants done to the own voice, as the settings remember it."""

    def __init__(self, settings: SettingsFile) -> None:
        self._settings = settings

    @property
    def choice(self) -> SoundProcessing:
        """Everything, but for what was switched off."""
        off = self._settings.get(SOUND_OFF_KEY, "").split()
        stages = [stage.name for stage in fields(SoundProcessing)]
        return SoundProcessing(**{stage: stage not in off for stage in stages})

    @choice.setter
    def choice(self, choice: SoundProcessing) -> None:
        off = [stage for stage, on in asdict(choice).items() if not on]
        self._settings.set(SOUND_OFF_KEY, " ".join(off))


class Devices(QObject):
    """Runs this machine's devices as the core's capture policy says."""

    status_arrived = Signal(object)

    def __init__(
        self, engine: EngineHost, role: Role, sound: SoundMemory, *, allow_demo: bool
    ) -> None:
        super().__init__()
        self._engine = engine
        self._sound = sound
        self._microphone_on = True
        self._camera_on = True
        self._phase = Phase.IDLE
        self.manager = DeviceManager(
            engine.audio, engine.camera, allow_demo=allow_demo, parent=self
        )
        if allow_demo:
            self.manager.use_demo_camera(_demo_camera(role))
            self.manager.use_demo_microphone(_demo_microphone(role))
        self.manager.capture_changed.connect(self._report)
        self.status_arrived.connect(self._on_status, Qt.ConnectionType.QueuedConnection)
        engine.subscribe(self._from_engine)

    def set_microphone(self, on: bool) -> None:
        """The person's own switch; off really stops capture."""
        self._microphone_on = on
        self._follow()

    def set_camera(self, on: bool) -> None:
        """The person's own switch; off really stops capture."""
        self._camera_on = on
        self._follow()

    def close(self) -> None:
        """Stop every device and thread."""
        self.manager.close()

    # --- ui.devices.DevicesPort --------------------------------------------------------

    def choices(self, kind: DeviceKind) -> tuple[DeviceChoice, ...]:
        """Return the devices present now."""
        real = RealKind(kind.value)
        listed = {
            RealKind.CAMERA: self.manager.cameras,
            RealKind.MICROPHONE: self.manager.microphones,
            RealKind.SPEAKER: self.manager.speakers,
        }[real]()
        chosen = self.manager.chosen(real)
        return tuple(
            DeviceChoice(
                info.id,
                info.name,
                info.id == chosen if chosen else info.is_default,
            )
            for info in listed
        )

    def select(self, kind: DeviceKind, device_id: str) -> None:
        """Use another device; a running capture moves over to it."""
        self.manager.select(RealKind(kind.value), device_id)
        # An echo canceller has learned the old device's room.
        self._engine.process_sound(self._sound.choice)

    def sound_processing(self) -> SoundProcessing | None:
        """Return what is done to the own voice; None where nothing can be."""
        return self._sound.choice if self._engine.processes_sound else None

    def process_sound(self, choice: SoundProcessing) -> None:
        """Do something else from now on, and remember it."""
        self._sound.choice = choice
        self._engine.process_sound(choice)

    # --- inside -------------------------------------------------------------------------

    def _from_engine(self, event: FrontEvent) -> None:
        if isinstance(event, StatusChanged):
            self.status_arrived.emit(event.status)

    def _on_status(self, status: SessionStatus) -> None:
        if status.phase is not self._phase:
            self._phase = status.phase
            self._follow()

    def _follow(self) -> None:
        wanted = capture_wanted(
            self._phase,
            microphone_on=self._microphone_on,
            camera_on=self._camera_on,
        )
        manager = self.manager
        manager.set_microphone_enabled(wanted.microphone)
        if wanted.camera:
            manager.start_camera()
        else:
            manager.stop_camera()
        if self._phase is Phase.IN_CALL:
            manager.start_speaker()
        else:
            manager.stop_speaker()

    def _report(self, microphone: CaptureState, camera: CaptureState) -> None:
        self._engine.submit(inputs.CaptureChanged(microphone, camera))


def _demo_camera(role: Role) -> Callable[[VideoInPort], Callable[[], None]]:
    return lambda port: start_demo_camera(role, port)


def _demo_microphone(role: Role) -> Callable[[AudioPort], Callable[[], None]]:
    return lambda port: start_demo_microphone(role, port)


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
        self._theme = ThemeController(app, self._settings)
        self._language = LanguageController(app, self._settings)
        self._language.changed.connect(self._theme.set_language)
        self._theme.set_language(self._language.language)
        self._engine: EngineHost | None = None
        self._devices: Devices | None = None
        self._window: QWidget | None = None
        self._partner: subprocess.Popen[bytes] | None = None
        self._started.connect(self._on_started, Qt.ConnectionType.QueuedConnection)
        self._failed.connect(self._on_failed, Qt.ConnectionType.QueuedConnection)

    def open(self) -> None:
        """Show the first window."""
        options = self._options
        role = options.role or _role(self._person.get(ROLE_KEY, ""))
        if options.demo_pair:
            self._start(Role.COUNSELOR, embedded=TemporaryServer())
        elif options.link:
            self._start(Role.CLIENT)
        elif role is not None:
            self._start(role)
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
        self._show(view)

    def _chosen(self, choice: FirstRunChoice) -> None:
        self._person.share(choice.shared_computer)
        self._person.set(SERVER_KEY, choice.server_origin)
        self._person.set(NAME_KEY, choice.display_name)
        if isinstance(self._window, FirstRunView):
            self._window.set_busy(True)
            self._window.show_problem(None)
        self._start(choice.role, token=choice.enrolment_token)

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
        engine = EngineHost(
            EngineOptions(
                role=role,
                state_dir=self._folder,
                server_origin=options.server_origin or self._person.get(SERVER_KEY, ""),
                display_name=name or (_demo_name(role) if demo else ""),
                embedded=embedded,
                enrolment_token=token or options.enrolment_token,
                sound_processing=self._sound.choice,
            ),
        )
        threading.Thread(
            target=self._start_engine, args=(engine, role), name="engine-start"
        ).start()

    def _start_engine(self, engine: EngineHost, role: Role) -> None:
        try:
            engine.start()
        except (SafeSessionError, OSError, TimeoutError) as error:
            self._failed.emit(error)
        else:
            self._started.emit(engine, role)

    def _on_failed(self, error: Exception) -> None:
        view = self._window
        if isinstance(view, FirstRunView):
            view.set_busy(False)
            view.show_problem(_problem_of(error))
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
        folder = str(self._folder.resolve()).encode()
        account = f"unsent text {hashlib.sha256(folder).hexdigest()[:16]}"
        self._keeper = DraftKeeper(
            self._folder,
            KeyringKey(account, os.urandom),
            os.urandom,
            shared=self._person.shared and role is Role.CLIENT,
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
        if self._window is not None:
            self._window.close()
            self._window.deleteLater()
        self._window = window
        window.show()

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


def _demo_name(role: Role) -> str:
    return "Demo counselor" if role is Role.COUNSELOR else "Demo client"


def _prepare_environment() -> None:
    # The Qt wheel has no fcitx plugin; its ibus one speaks to fcitx5 as well.
    if os.environ.get("QT_IM_MODULE") == "fcitx":
        os.environ["QT_IM_MODULE"] = "ibus"
    os.environ.setdefault("QT_LOGGING_RULES", "qt.multimedia.*=false")


def main(options: AppOptions) -> int:
    """Open the app and stay until its last window closes."""
    _prepare_environment()
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
