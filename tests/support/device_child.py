"""The device layer in a process of its own, driven by lines of JSON.

Run by `device_process.py`; never imported by a test. Qt binds to one PulseAudio
and one set of cameras per process, and the fake camera must be preloaded, hence
the process. Commands come in on stdin, events go out on stdout.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
import wave
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSocketNotifier, QTimer

from safesession.core.ports import AUDIO_BLOCK_BYTES
from safesession.devices import audio_thread
from safesession.devices.listing import DeviceKind
from safesession.devices.manager import DeviceManager
from safesession.devices.pcm import PcmFormat, SampleKind


STARTED = time.monotonic()
SILENCE = bytes(AUDIO_BLOCK_BYTES)


def emit(event: str, **fields: object) -> None:
    line = {"t": round(time.monotonic() - STARTED, 4), "event": event, **fields}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


class Ports:
    """Both ports, recording everything that comes and playing what it is given."""

    def __init__(self) -> None:
        self.captured: list[bytes] = []
        self.captured_at: list[float] = []
        self.to_play: list[bytes] = []
        self.pulls = 0
        self.frames: list[tuple[float, str, int, int, int, int]] = []
        self.last_picture = b""

    def on_captured(self, block: bytes) -> None:
        self.captured.append(block)
        self.captured_at.append(time.monotonic())

    def pull(self) -> bytes:
        self.pulls += 1
        return self.to_play.pop(0) if self.to_play else SILENCE

    def set_device_delay(self, delay_ms: int) -> None:
        self.device_delay_ms = delay_ms

    def on_frame(
        self, pixel_format: str, width: int, height: int, data: bytes, stride: int
    ) -> None:
        now = time.monotonic()
        self.frames.append((now, pixel_format, width, height, stride, len(data)))
        self.last_picture = data


class Child(QObject):
    def __init__(self, *, allow_demo: bool) -> None:
        super().__init__()
        self.ports = Ports()
        self.demos = 0
        self.manager = self.make_manager(allow_demo=allow_demo)
        self.stall_timer = QTimer(self)
        self._input = QSocketNotifier(0, QSocketNotifier.Type.Read, self)
        self._input.activated.connect(self.read)
        self._buffer = b""

    def make_manager(self, *, allow_demo: bool) -> DeviceManager:
        manager = DeviceManager(self.ports, self.ports, allow_demo=allow_demo)
        manager.capture_changed.connect(
            lambda mic, cam: emit("capture", microphone=mic.value, camera=cam.value)
        )
        manager.speaker_changed.connect(lambda s: emit("speaker", state=s.value))
        manager.devices_changed.connect(self.cmd_devices)
        manager.microphone_level.connect(lambda db: emit("level", dbfs=db))
        return manager

    def read(self) -> None:
        data = os.read(0, 65536)
        if not data:
            self.cmd_quit()
            return
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            command, *arguments = json.loads(line)
            getattr(self, f"cmd_{command}")(*arguments)
            emit("done", command=command)

    def cmd_devices(self) -> None:
        emit(
            "devices",
            cameras=[d.id for d in self.manager.cameras()],
            microphones=[d.id for d in self.manager.microphones()],
            speakers=[d.id for d in self.manager.speakers()],
            names=[d.name for d in self.manager.microphones()],
            default_microphone=[
                d.id for d in self.manager.microphones() if d.is_default
            ],
        )

    def cmd_state(self) -> None:
        emit(
            "state",
            microphone=self.manager.microphone_state.value,
            camera=self.manager.camera_state.value,
            speaker=self.manager.speaker_state.value,
        )

    def cmd_microphone(self, enabled: bool) -> None:
        self.manager.set_microphone_enabled(enabled)
        emit("blocks", count=len(self.ports.captured))

    def cmd_camera(self, enabled: bool) -> None:
        if enabled:
            self.manager.start_camera()
        else:
            self.manager.stop_camera()
        emit("frames", count=len(self.ports.frames))

    def cmd_speaker(self, enabled: bool) -> None:
        if enabled:
            self.manager.start_speaker()
        else:
            self.manager.stop_speaker()

    def cmd_select(self, kind: str, identity: str | None) -> None:
        self.manager.select(DeviceKind(kind), identity)

    def cmd_force_format(self, rate_hz: int, channels: int, kind: str) -> None:
        fmt = PcmFormat(rate_hz, channels, SampleKind(kind))
        audio_thread.audio_format_for = lambda _device: fmt

    def cmd_play(self, path: str) -> None:
        with wave.open(path) as file:
            data = file.readframes(1 << 30)
        self.ports.to_play = [
            data[at : at + AUDIO_BLOCK_BYTES].ljust(AUDIO_BLOCK_BYTES, b"\0")
            for at in range(0, len(data), AUDIO_BLOCK_BYTES)
        ]

    def cmd_stall(self, stall_s: float, every_s: float) -> None:
        self.stall_timer.timeout.connect(lambda: time.sleep(stall_s))
        self.stall_timer.start(int(every_s * 1000))

    def cmd_forget(self) -> None:
        self.ports.captured.clear()
        self.ports.captured_at.clear()
        self.ports.frames.clear()
        self.ports.pulls = 0

    def cmd_save(self, path: str) -> None:
        with wave.open(path, "wb") as file:
            file.setparams((1, 2, 48_000, 0, "NONE", ""))
            file.writeframes(b"".join(self.ports.captured))
        at = self.ports.captured_at
        emit(
            "saved",
            blocks=len(at),
            sizes=sorted({len(block) for block in self.ports.captured}),
            span_s=at[-1] - at[0] if at else 0.0,
            pulls=self.ports.pulls,
            left_to_play=len(self.ports.to_play),
            underruns=self.manager.playback_underruns,
        )

    def cmd_pictures(self, path: str) -> None:
        frames = list(self.ports.frames)
        Path(path).write_bytes(self.ports.last_picture)
        emit("pictures", frames=[(round(f[0] - STARTED, 4), *f[1:]) for f in frames])

    def cmd_demo(self, kind: str) -> None:
        """Install a demo source that runs on a thread of its own."""

        def run(hand_on: object, data: tuple[object, ...], every_s: float):
            stop = threading.Event()

            def loop() -> None:
                while not stop.wait(every_s):
                    hand_on(*data)

            thread = threading.Thread(target=loop, name="demo")
            thread.start()
            self.demos += 1

            def stop_it() -> None:
                stop.set()
                thread.join()
                self.demos -= 1

            return stop_it

        if kind == "camera":
            picture = ("bgra", 2, 2, bytes(16), 8)
            self.manager.use_demo_camera(lambda port: run(port.on_frame, picture, 0.03))
        else:
            block = (b"\0\x40" * 960,)
            self.manager.use_demo_microphone(
                lambda port: run(port.on_captured, block, 0.02)
            )

    def cmd_census(self) -> None:
        """Count what must not grow."""
        gc.collect()
        QTimer.singleShot(50, self._count)

    def _count(self) -> None:
        gc.collect()
        kinds: dict[str, int] = {}
        for thing in gc.get_objects():
            name = type(thing).__name__
            if isinstance(thing, QObject):
                kinds[name] = kinds.get(name, 0) + 1
        emit(
            "census",
            threads=len(list(Path("/proc/self/task").iterdir())),
            files=len(list(Path("/proc/self/fd").iterdir())),
            objects=kinds,
            demos=self.demos,
        )

    def cmd_reopen(self, settle_s: float) -> None:
        """Close the manager and make a new one that uses every device at once."""
        self.manager.close()
        self.manager.deleteLater()
        self.manager = self.make_manager(allow_demo=False)
        self.manager.set_microphone_enabled(True)
        self.manager.start_speaker()
        self.manager.start_camera()
        loop_until = time.monotonic() + settle_s
        while time.monotonic() < loop_until:
            QCoreApplication.processEvents()
            # A nested loop leaves deletions to the outer one.
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            time.sleep(0.005)

    def cmd_close(self) -> None:
        began = time.monotonic()
        self.manager.close()
        emit("closed", took_s=time.monotonic() - began)

    def cmd_quit(self) -> None:
        self.manager.close()
        QCoreApplication.quit()


def main() -> None:
    application = QCoreApplication([])
    child = Child(allow_demo="--allow-demo" in sys.argv)
    child.cmd_devices()
    child.cmd_state()
    emit("ready")
    application.exec()
    emit("bye")


main()
