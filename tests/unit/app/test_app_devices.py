"""Devices follow the session: off while the line is gone, then exactly as before."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, Signal

from safesession.app import devices as app_devices
from safesession.app.devices import Devices, SoundMemory
from safesession.core.effects import FrontEvent, StatusChanged
from safesession.core.ports import AUDIO_BLOCK_BYTES
from safesession.core.status import Phase, Role, SessionStatus
from safesession.devices.notices import Notice, NoticePort
from safesession.settings_file import SettingsFile


SILENCE = bytes(AUDIO_BLOCK_BYTES)


class Switches(QObject):
    """What the device manager was told last; no device is opened."""

    capture_changed = Signal(object, object)

    def __init__(self, audio, video, **_) -> None:
        super().__init__()
        self.audio = audio
        self.microphone = self.camera = self.speaker = False

    def set_microphone_enabled(self, enabled: bool) -> None:
        self.microphone = enabled

    def start_camera(self) -> None:
        self.camera = True

    def stop_camera(self) -> None:
        self.camera = False

    def start_speaker(self) -> None:
        self.speaker = True

    def stop_speaker(self) -> None:
        self.speaker = False

    def close(self) -> None:
        self.microphone = self.camera = self.speaker = False


class Silence:
    """An engine's sound: nothing."""

    def on_captured(self, block: bytes) -> None:
        """Nobody listens."""

    def pull(self) -> bytes:
        return SILENCE

    def set_device_delay(self, delay_ms: int) -> None:
        """Nothing is delayed."""


class Engine:
    """As much of an engine as devices touch."""

    def __init__(self) -> None:
        self.audio = Silence()
        self.camera = None
        self.listener: Callable[[FrontEvent], None] = lambda _event: None

    def subscribe(self, listener: Callable[[FrontEvent], None]) -> None:
        self.listener = listener

    def submit(self, command: object) -> None:
        """No session runs."""


class Bench:
    def __init__(self, folder, qtbot) -> None:
        self.engine = Engine()
        self.memory = SoundMemory(SettingsFile(folder))
        self.devices = Devices(self.engine, Role.CLIENT, self.memory, allow_demo=False)
        self._qtbot = qtbot

    @property
    def manager(self) -> Switches:
        return self.devices.manager

    def phase(self, phase: Phase) -> None:
        with self._qtbot.waitSignal(self.devices.status_arrived):
            self.engine.listener(StatusChanged(SessionStatus(Role.CLIENT, phase)))
        self._qtbot.waitUntil(lambda: self.devices._phase is phase)

    def capturing(self) -> tuple[bool, bool]:
        return self.manager.microphone, self.manager.camera

    def heard(self) -> bytes:
        """What the speaker would play in the next second."""
        return b"".join(self.manager.audio.pull() for _ in range(50))


@pytest.fixture
def bench(tmp_path, qtbot, monkeypatch) -> Iterator[Bench]:
    monkeypatch.setattr(app_devices, "DeviceManager", Switches)
    made = Bench(tmp_path, qtbot)
    yield made
    made.devices.close()


@pytest.mark.parametrize("microphone", [True, False])
@pytest.mark.parametrize("camera", [True, False])
def test_nothing_is_captured_while_the_line_is_gone(
    bench: Bench, *, microphone: bool, camera: bool
) -> None:
    bench.phase(Phase.IN_CALL)
    bench.devices.set_microphone(microphone)
    bench.devices.set_camera(camera)
    assert bench.capturing() == (microphone, camera)
    bench.phase(Phase.RECONNECTING)
    assert bench.capturing() == (False, False)
    bench.phase(Phase.IN_CALL)
    assert bench.capturing() == (microphone, camera)


def test_what_is_switched_meanwhile_counts_after_the_return(bench: Bench) -> None:
    bench.phase(Phase.IN_CALL)
    bench.devices.set_microphone(False)
    bench.phase(Phase.RECONNECTING)
    bench.devices.set_microphone(True)
    bench.devices.set_camera(False)
    assert bench.capturing() == (False, False), "not before the line is back"
    bench.phase(Phase.IN_CALL)
    assert bench.capturing() == (True, False)


def test_a_loss_and_a_return_sound_and_then_the_speaker_rests(
    bench: Bench, qtbot
) -> None:
    bench.phase(Phase.IN_CALL)
    assert not any(bench.heard())
    bench.phase(Phase.RECONNECTING)
    assert bench.manager.speaker, "it has a sound to play"
    lost = bench.heard()
    assert any(lost)
    qtbot.waitUntil(lambda: not bench.manager.speaker)
    assert not any(bench.heard())
    bench.phase(Phase.IN_CALL)
    back = bench.heard()
    assert any(back)
    assert back != lost


def test_the_sounds_can_be_switched_off_and_stay_off(bench: Bench) -> None:
    assert bench.devices.notice_sounds()
    bench.devices.use_notice_sounds(False)
    bench.phase(Phase.IN_CALL)
    bench.phase(Phase.RECONNECTING)
    assert not bench.manager.speaker
    assert not any(bench.heard())
    assert not SoundMemory(bench.memory._settings).notices


def test_only_a_lost_call_sounds(bench: Bench) -> None:
    for phase in (Phase.CONNECTING, Phase.RECONNECTING, Phase.ENDED, Phase.IDLE):
        bench.phase(phase)
        assert not any(bench.heard())


def test_a_notice_lies_over_what_is_played() -> None:
    class Tone(Silence):
        def pull(self) -> bytes:
            return b"\x00\x10" * (AUDIO_BLOCK_BYTES // 2)

    port = NoticePort(Tone())
    plain = port.pull()
    port.play(Notice.BACK)
    blocks = [port.pull() for _ in range(30)]
    assert all(len(block) == AUDIO_BLOCK_BYTES for block in blocks)
    assert any(block != plain for block in blocks)
    assert blocks[-1] == plain, "it has ended"
