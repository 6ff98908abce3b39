"""The engine's own thread: an event loop, the runtime on it, and the ports.

Front ends call from their thread, everything behind runs on the engine's. No
method here blocks its caller except `start` and `stop`.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from safesession.core import inputs
from safesession.core.effects import FrontEvent, StatusChanged
from safesession.core.ports import SoundProcessing
from safesession.core.status import SessionStatus
from safesession.engine import clock
from safesession.engine.assembly import Assembly, EngineOptions
from safesession.engine.media import processing
from safesession.engine.media.plane import MediaPlane


_log = logging.getLogger(__name__)
START_LIMIT_S = 15.0
STOP_LIMIT_S = 8.0
# The default of 5 ms lets a busy GUI thread delay sound noticeably.
SWITCH_INTERVAL_S = 0.001


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Return uvloop's loop where it exists, asyncio's elsewhere (Windows)."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop

    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


class EngineHost:
    """An `EnginePort` whose engine lives in its own thread."""

    def __init__(self, options: EngineOptions) -> None:
        self._options = options
        self._loop = new_event_loop()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._started = threading.Event()
        self._assembly: Assembly | None = None
        self._failure: BaseException | None = None
        self._listeners: list[Callable[[FrontEvent], None]] = []

    def start(self) -> None:
        """Start the thread and wait until the engine stands.

        Raises:
            SafeSessionError: it could not be assembled; the thread is gone.
        """
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self._thread.start()
        if not self._started.wait(START_LIMIT_S):
            raise TimeoutError("the engine did not start")
        if self._failure is not None:
            self._thread.join(STOP_LIMIT_S)
            raise self._failure

    def stop(self) -> None:
        """End the session, free everything and join the thread."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(STOP_LIMIT_S)

    # --- EnginePort ------------------------------------------------------------------

    def submit(self, command: inputs.Command) -> None:
        """Queue a command of the person."""
        self._loop.call_soon_threadsafe(self._dispatch, command)

    @property
    def processes_sound(self) -> bool:
        """Whether this machine has a module for it."""
        return processing.available()

    def process_sound(self, choice: SoundProcessing) -> None:
        """Change what is done to the own voice; also after a device changed."""
        self._loop.call_soon_threadsafe(
            lambda: self.media.audio.use(processing.make_processor(choice))
        )

    def subscribe(self, listener: Callable[[FrontEvent], None]) -> None:
        """Call `listener` on the engine's thread: first the present snapshot."""
        self._loop.call_soon_threadsafe(self._add_listener, listener)

    def now_s(self) -> float:
        """Return the core's clock, which sleep does not stop."""
        return clock.now_s()

    @property
    def status(self) -> SessionStatus:
        """The present snapshot (frozen, so safe to read from any thread)."""
        return self._ready.runtime.status

    @property
    def media(self) -> MediaPlane:
        """Slots, sound and camera of this engine."""
        return self._ready.media

    @property
    def remote_video(self) -> Any:
        """Pictures of the other person."""
        return self.media.remote_video

    @property
    def self_video(self) -> Any:
        """Pictures of this person's own camera."""
        return self.media.self_video

    @property
    def audio(self) -> Any:
        """Sound in and out."""
        return self.media.audio

    @property
    def camera(self) -> Any:
        """Where camera pictures go."""
        return self.media.camera

    @property
    def server_origin(self) -> str:
        """The signaling server in use (of the embedded one, its real port)."""
        return self._ready.origin

    # --- the thread ----------------------------------------------------------------

    @property
    def _ready(self) -> Assembly:
        if self._assembly is None:
            raise RuntimeError("the engine is not running")
        return self._assembly

    def _dispatch(self, command: inputs.Command) -> None:
        self._ready.runtime.dispatch(command)

    def _add_listener(self, listener: Callable[[FrontEvent], None]) -> None:
        self._listeners.append(listener)
        if self._assembly is not None:
            listener(StatusChanged(self._assembly.runtime.status))

    def _emit(self, event: FrontEvent) -> None:
        for listener in list(self._listeners):
            listener(event)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._set_up())
        except BaseException as error:  # noqa: BLE001 - handed to the starter
            self._failure = error
            self._started.set()
            self._finish(None)
            return
        self._started.set()
        try:
            self._loop.run_forever()
        finally:
            self._finish(self._ready.close())

    async def _set_up(self) -> None:
        self._assembly = await Assembly.create(self._options)
        self._assembly.runtime.subscribe(self._emit)

    def _finish(self, closing: Coroutine[Any, Any, None] | None) -> None:
        loop = self._loop
        try:
            if closing is not None:
                loop.run_until_complete(closing)
            left = asyncio.all_tasks(loop)
            for task in left:
                _log.warning("task %s was still running", task.get_name())
                task.cancel()
            if left:
                loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            asyncio.set_event_loop(None)
            loop.close()
