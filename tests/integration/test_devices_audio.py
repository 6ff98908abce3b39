"""Microphone and speaker through a real PulseAudio and Qt's real audio objects."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.device_process import DeviceProcess
from tests.support.pulse import (
    RATE_HZ,
    Pulse,
    Samples,
    best_correlation,
    missing_tools,
    piece_correlations,
    read_wav,
    speak,
)


pytestmark = pytest.mark.skipif(
    bool(missing_tools()),
    reason=f"needs {', '.join(missing_tools())}",
)

TEXT = "Good morning. How have you been?"


@pytest.fixture
def pulse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pulse]:
    with Pulse(tmp_path_factory.mktemp("pa")) as daemon:
        yield daemon


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Samples]:
    wav = tmp_path_factory.mktemp("speech") / "speech.wav"
    return wav, speak(TEXT, wav)


def assert_playback_is_whole(
    devices: DeviceProcess, pulse: Pulse, speech: tuple[Path, Samples], heard: Path
) -> None:
    """Play speech and hear all of it, at the latest when the sink has deepened.

    Other tests may keep both cores busy for longer than the sink lasts.
    """
    wav, spoken = speech
    tries = []
    for _ in range(3):
        with pulse.record(heard):
            devices.send("play", str(wav))
            devices.collect(len(spoken) / RATE_HZ + 0.4)
        correlations = piece_correlations(spoken, read_wav(heard))
        assert len(correlations) >= 4
        if correlations[0] >= 0.99:
            return
        tries.append(correlations)
    raise AssertionError(tries)


def wait_until_closed(pulse: Pulse) -> None:
    deadline = time.monotonic() + 2
    while pulse.streams("source-outputs"):
        assert time.monotonic() < deadline, "the microphone stays open"
        time.sleep(0.01)


def stalling_gui(devices: DeviceProcess) -> None:
    """Block the child's GUI thread 150 ms twice a second."""
    devices.send("stall", 0.15, 0.5)


def test_every_sample_arrives_both_ways_while_the_window_stalls(
    pulse: Pulse, speech: tuple[Path, Samples], tmp_path: Path
) -> None:
    wav, spoken = speech
    captured = tmp_path / "captured.wav"
    with DeviceProcess(pulse.environment) as devices:
        devices.send("microphone", True)
        devices.wait_for("capture", microphone="on")
        devices.send("speaker", True)
        devices.wait_for("speaker", state="on")
        stalling_gui(devices)
        devices.send("forget")
        player = pulse.play(wav)  # both ways at once
        assert_playback_is_whole(devices, pulse, speech, tmp_path / "heard.wav")
        player.wait()
        saved = devices.ask("saved", "save", str(captured))
    assert saved["sizes"] == [1920]
    # The monitor delivers 50 ms at a time, so the ends of the span are that vague.
    assert saved["blocks"] * 0.02 >= saved["span_s"] - 0.03
    assert best_correlation(spoken, read_wav(captured)) >= 0.99


def test_devices_with_other_formats_are_converted(
    pulse: Pulse, speech: tuple[Path, Samples], tmp_path: Path
) -> None:
    wav, spoken = speech
    captured = tmp_path / "captured.wav"
    with DeviceProcess(pulse.environment) as devices:
        devices.send("force_format", 44_100, 2, "f32")
        devices.send("microphone", True)
        devices.wait_for("capture", microphone="on")
        devices.send("speaker", True)
        devices.wait_for("speaker", state="on")
        assert "float32le 2ch 44100Hz" in (pulse.control("list", "sink-inputs") or "")
        devices.send("forget")
        player = pulse.play(wav)
        assert_playback_is_whole(devices, pulse, speech, tmp_path / "heard.wav")
        player.wait()
        devices.ask("saved", "save", str(captured))
    assert best_correlation(spoken, read_wav(captured)) >= 0.99


def test_mute_closes_the_microphone_and_lets_nothing_through(
    pulse: Pulse, speech: tuple[Path, Samples]
) -> None:
    wav, _ = speech
    with DeviceProcess(pulse.environment) as devices:
        player = pulse.play(wav)
        devices.send("microphone", True)
        devices.wait_for("capture", microphone="on")
        levels = [e["dbfs"] for e in devices.collect(1.05) if e["event"] == "level"]
        assert 9 <= len(levels) <= 12
        assert max(levels) > -20
        assert pulse.streams("source-outputs") == 1
        at_mute = devices.ask("blocks", "microphone", False)["count"]
        wait_until_closed(pulse)
        muted = devices.collect(0.5)
        assert [e["dbfs"] for e in muted if e["event"] == "level"] == []
        assert devices.ask("blocks", "microphone", True)["count"] == at_mute
        devices.wait_for("capture", microphone="on")
        player.terminate()
        player.wait()


def test_the_last_microphone_is_unplugged_and_comes_back(pulse: Pulse) -> None:
    """PulseAudio would go on with what the speaker plays; Qt says nothing."""
    with DeviceProcess(pulse.environment) as devices:
        devices.send("microphone", True)
        devices.wait_for("capture", microphone="on")
        devices.collect(0.7)
        pulse.unplug(pulse.module_of("mic"))
        devices.wait_for("capture", timeout_s=4, microphone="lost")
        wait_until_closed(pulse)
        pulse.add_microphone("mic2", "Another")
        devices.wait_for("capture", timeout_s=4, microphone="on")


def captured_device(pulse: Pulse) -> str:
    """Name of the source that the only recording program uses ("" if none)."""
    sources = dict(
        line.split("\t")[:2]
        for line in (pulse.control("list", "short", "sources") or "").splitlines()
    )
    streams = (pulse.control("list", "short", "source-outputs") or "").splitlines()
    used = [line.split("\t") for line in streams]
    return next(
        (sources[source] for _, source, client, *_ in used if client != "-"), ""
    )


def wait_for_capture_from(pulse: Pulse, name: str) -> None:
    deadline = time.monotonic() + 4
    while captured_device(pulse) != name:
        assert time.monotonic() < deadline, captured_device(pulse)
        time.sleep(0.02)


def test_chosen_device_default_and_fallback(pulse: Pulse) -> None:
    with DeviceProcess(pulse.environment) as devices:
        headset = pulse.add_microphone("headset", "Headset")
        seen = devices.wait_for("devices", microphones=["mic", "headset"])
        assert seen["names"] == ["Test_Microphone", "Headset"]
        devices.send("microphone", True)
        wait_for_capture_from(pulse, "mic")
        # The default moves: a microphone that nobody chose follows it.
        pulse.control("set-default-source", "headset")
        wait_for_capture_from(pulse, "headset")
        devices.wait_for("devices", default_microphone=["headset"])
        devices.send("select", "microphone", "mic")
        wait_for_capture_from(pulse, "mic")
        pulse.control("set-default-source", "mic")
        devices.wait_for("devices", default_microphone=["mic"])
        # A choice holds, though PulseAudio moves the stream with the default.
        pulse.control("set-default-source", "headset")
        devices.wait_for("devices", default_microphone=["headset"])
        wait_for_capture_from(pulse, "mic")
        pulse.control("set-default-source", "mic")
        devices.wait_for("devices", default_microphone=["mic"])
        devices.send("select", "microphone", "headset")
        wait_for_capture_from(pulse, "headset")
        # The chosen one goes: the default takes over; it returns: back to it.
        pulse.unplug(headset)
        wait_for_capture_from(pulse, "mic")
        pulse.add_microphone("headset", "Headset")
        wait_for_capture_from(pulse, "headset")
        devices.collect(0.3)
        assert devices.ask("state", "state")["microphone"] == "on"


def test_without_a_microphone_it_says_so_and_the_demo_voice_steps_in(
    pulse: Pulse,
) -> None:
    pulse.unplug(pulse.module_of("mic"))
    with DeviceProcess(pulse.environment) as devices:
        assert devices.ask("state", "state")["microphone"] == "missing"
        devices.send("demo", "microphone")  # installed, but not allowed
        devices.send("microphone", True)
        assert devices.ask("state", "state")["microphone"] == "missing"
        assert devices.ask("census", "census")["demos"] == 0
    with DeviceProcess(pulse.environment, "--allow-demo") as devices:
        devices.send("demo", "microphone")
        assert devices.ask("state", "state")["microphone"] == "off"
        devices.send("microphone", True)
        devices.wait_until(
            lambda e: e["event"] == "level" and -6.1 < e["dbfs"] < -6.0, what="level"
        )
        assert devices.ask("state", "state")["microphone"] == "demo"
        pulse.add_microphone("mic", "Real")
        devices.wait_for("capture", microphone="on")
        assert devices.ask("census", "census")["demos"] == 0


def test_a_microphone_that_gives_nothing_is_busy_until_it_does(pulse: Pulse) -> None:
    pulse.control("suspend-source", "mic", "1")
    with DeviceProcess(pulse.environment) as devices:
        devices.send("microphone", True)
        devices.wait_for("capture", timeout_s=4, microphone="busy")
        pulse.control("suspend-source", "mic", "0")
        devices.wait_for("capture", timeout_s=6, microphone="on")


def test_speaker_moves_on_and_sound_server_dies_and_returns(pulse: Pulse) -> None:
    with DeviceProcess(pulse.environment) as devices:
        devices.send("speaker", True)
        devices.wait_for("speaker", state="on")
        devices.send("microphone", True)
        devices.wait_for("capture", microphone="on")
        pulse.unplug(pulse.module_of("spk"))
        devices.wait_for("speaker", state="starting")
        devices.wait_for("speaker", state="on")
        pulse.stop()
        states = {devices.wait_until(_is_state)["event"] for _ in range(2)}
        assert states == {"speaker", "capture"}
        state = devices.ask("state", "state")
        assert (state["microphone"], state["speaker"]) == ("lost", "lost")
        pulse.start()
        states = {devices.wait_until(_is_state)["event"] for _ in range(2)}
        assert states == {"speaker", "capture"}
        state = devices.ask("state", "state")
        assert (state["microphone"], state["speaker"]) == ("on", "on")
        devices.collect(0.5)  # the returning devices are announced one by one
        assert pulse.streams("sink-inputs") == pulse.streams("source-outputs") == 1


def _is_state(event: dict[str, object]) -> bool:
    return event["event"] in ("speaker", "capture")


def test_nothing_is_left_after_close(pulse: Pulse) -> None:
    with DeviceProcess(pulse.environment) as devices:
        devices.send("reopen", 0.2)
        before = devices.ask("census", "census")
        for _ in range(8):
            devices.send("reopen", 0.1)
        after = devices.ask("census", "census")
        for count in ("threads", "files", "objects"):
            assert after[count] == before[count]
        assert devices.ask("closed", "close")["took_s"] < 1.0
        assert pulse.streams("source-outputs") == 0
        assert pulse.streams("sink-inputs") == 0
        objects = devices.ask("census", "census")["objects"]
        gone = {"QAudioSource", "QAudioSink", "QCamera", "QVideoSink"}
        assert not gone & set(objects)
