"""What the tracks yield under each state of the gate."""

import asyncio
import time

import av
import numpy as np
import pytest
from aiortc.mediastreams import MediaStreamError

from safesession.engine.media.audio_bridge import AudioBridge
from safesession.engine.media.camera_in import CameraFrame, CameraIn
from safesession.engine.media.gate import MediaGate
from safesession.engine.media.slot import FrameSlot
from safesession.engine.media.tracks import CameraTrack, MicrophoneTrack


LOUD = np.full(960, 9000, np.int16).tobytes()


async def yields(track, limit_s: float = 1.0):
    async with asyncio.timeout(limit_s):
        return await track.recv()


async def keeps_still(track, for_s: float = 0.08) -> bool:
    try:
        await yields(track, for_s)
    except TimeoutError:
        return True
    return False


def loudest(packet: av.Packet) -> int:
    return int(np.abs(np.frombuffer(bytes(packet), np.int16)).max())


@pytest.fixture
def gate():
    return MediaGate()


@pytest.fixture
async def microphone(gate):
    bridge = AudioBridge()
    track = MicrophoneTrack(bridge, gate)
    track.bridge = bridge
    yield track
    track.stop()


@pytest.fixture
async def camera(gate):
    slot = FrameSlot("self")
    port = CameraIn(slot)
    track = CameraTrack(port, gate)
    track.port = port
    yield track
    track.stop()
    port.close()
    slot.close()


def picture() -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.zeros((54, 64), np.uint8), format="yuv420p")


async def test_nothing_leaves_before_the_gate_was_opened(gate, microphone, camera):
    microphone.bridge.on_captured(LOUD)
    camera.port.push(picture())
    assert await keeps_still(microphone)
    assert await keeps_still(camera)
    gate.set(send=False, receive=True)
    assert await keeps_still(microphone)
    assert await keeps_still(camera)


async def test_an_open_gate_yields_what_was_captured_since(gate, microphone):
    microphone.bridge.on_captured(LOUD)  # before anybody was verified
    waiting = asyncio.ensure_future(yields(microphone))
    await asyncio.sleep(0)
    gate.set(send=True, receive=True)
    assert loudest(await waiting) == 0
    microphone.bridge.on_captured(LOUD)
    frame = await yields(microphone)
    assert loudest(frame) == 9000
    assert (bytes(frame), frame.pts) == (LOUD, 960)


async def test_a_gate_shut_again_yields_digital_silence_only(gate, microphone, camera):
    gate.set(send=True, receive=True)
    microphone.bridge.on_captured(LOUD)
    gate.set(send=False, receive=True)
    camera.port.push(picture())
    for _ in range(5):
        microphone.bridge.on_captured(LOUD)
        assert loudest(await yields(microphone)) == 0
    assert await keeps_still(camera)


async def test_silence_keeps_time_when_nothing_is_captured(gate, microphone):
    gate.set(send=True, receive=True)
    start = time.monotonic()
    frames = [await yields(microphone) for _ in range(16)]
    assert time.monotonic() - start == pytest.approx(0.3, abs=0.08)
    assert [frame.pts for frame in frames] == [n * 960 for n in range(16)]


async def test_the_newest_picture_goes_once_and_timestamps_rise(gate, camera):
    gate.set(send=True, receive=True)
    camera.port.push(picture())
    camera.port.push(picture())
    first = await yields(camera)
    assert await keeps_still(camera)
    camera.port.push(picture())
    second = await yields(camera)
    assert second.pts > first.pts
    assert camera.port.newest().sequence == 3


async def test_a_fast_camera_is_thinned_to_30_a_second(gate, camera, monkeypatch):
    gate.set(send=True, receive=True)
    now_s = time.monotonic()
    clock = {"s": now_s}
    monkeypatch.setattr(time, "monotonic", lambda: clock["s"])
    sent = 0
    for _ in range(120):  # two seconds at 60 a second
        clock["s"] += 1 / 60
        camera.port.push(picture())
        found = camera.port.newest()
        if camera._wanted(found):
            camera._stamped(found)
            sent += 1
    assert 58 <= sent <= 65


async def test_a_steady_camera_with_jitter_loses_nothing(gate, camera, monkeypatch):
    now_s = time.monotonic()
    clock = {"s": now_s}
    monkeypatch.setattr(time, "monotonic", lambda: clock["s"])
    sent = 0
    for n in range(300):
        clock["s"] = now_s + n / 30 + (0.012 if n % 3 == 0 else -0.012)
        camera.port.push(picture())
        found = camera.port.newest()
        if camera._wanted(found):
            camera._stamped(found)
            sent += 1
    assert sent == 300


async def test_an_old_picture_is_never_sent(gate, camera, monkeypatch):
    camera.port.push(picture())
    later = time.monotonic() + 1.0
    gate.set(send=True, receive=True)
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert not camera._wanted(camera.port.newest())


@pytest.mark.parametrize("opened", [False, True])
async def test_stop_ends_a_waiting_recv(gate, microphone, camera, opened):
    if opened:
        gate.set(send=True, receive=True)
        microphone._due_s = time.monotonic() + 60
    waiting = [asyncio.ensure_future(track.recv()) for track in (microphone, camera)]
    await asyncio.sleep(0.02)
    gate.close()
    microphone.stop()
    camera.stop()
    async with asyncio.timeout(1):
        results = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(result, MediaStreamError) for result in results)
    for track in (microphone, camera):
        with pytest.raises(MediaStreamError):
            await track.recv()


async def test_a_closed_gate_cannot_be_opened_again(gate, microphone):
    gate.close()
    gate.set(send=True, receive=True)
    assert not gate.receive
    with pytest.raises(MediaStreamError):
        await microphone.recv()


async def test_pictures_wait_while_speech_needs_the_line(gate, camera):
    gate.set(send=True, receive=True)
    camera.hold(True)
    camera.port.push(picture())
    assert await keeps_still(camera)
    camera.hold(False)
    camera.port.push(picture())
    await yields(camera)
    camera.hold(True)
    waiting = asyncio.ensure_future(yields(camera))
    await asyncio.sleep(0)
    camera.stop()
    with pytest.raises(MediaStreamError):
        await waiting


async def test_what_is_let_go_again_still_meets_the_gate(gate, camera):
    gate.set(send=True, receive=True)
    camera.hold(True)
    waiting = asyncio.ensure_future(keeps_still(camera, 0.3))
    await asyncio.sleep(0)
    gate.set(send=False, receive=True)
    camera.port.push(picture())
    camera.hold(False)
    assert await waiting


def test_a_slower_pace_thins_the_camera_out(camera):
    camera.pace(15)
    shown = 0
    start_s = time.monotonic() - 0.4
    for number in range(12):  # 30 a second, none too old
        taken = CameraFrame(picture(), start_s + number / 30, number + 1)
        if camera._wanted(taken):
            camera._stamped(taken)
            shown += 1
    assert shown in (6, 7)
