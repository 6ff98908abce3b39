"""Files play in real time, over and over, and bad files say so at once."""

import threading
import time
import wave
from itertools import islice

import av
import numpy as np
import pytest

from safesession.core.status import Role
from safesession.engine.media.audio_bridge import AudioBridge
from safesession.engine.media.camera_in import CameraIn
from safesession.engine.media.demo import demo_clip, demo_source
from safesession.engine.media.file_source import FileSource, pictures, sound_blocks
from safesession.engine.media.slot import FrameSlot
from safesession.errors import MediaError


def counter(frame: av.VideoFrame) -> int:
    """Read the 24 blocks that packaging/demo_scenes.py draws top left."""
    row = frame.reformat(format="gray").to_ndarray()[11]
    return sum(int(row[11 + bit * 10] > 128) << bit for bit in range(24))


@pytest.fixture
def camera():
    slot = FrameSlot("self")
    camera = CameraIn(slot)
    yield camera
    camera.close()
    slot.close()


@pytest.mark.parametrize("role", list(Role))
def test_the_demo_clip_has_every_picture_and_ten_seconds_of_sound(role):
    numbers = [counter(frame) for _, frame in pictures(demo_clip(role), repeat=False)]
    assert numbers == list(range(300))
    blocks = [block for _, block in sound_blocks(demo_clip(role), repeat=False)]
    assert len(blocks) == 500
    assert max(np.abs(np.frombuffer(b, np.int16)).max() for b in blocks) > 5000


def test_the_demo_clips_are_small():
    sizes = [demo_clip(role).stat().st_size for role in Role]
    assert sum(sizes) < 1_000_000


def test_repeating_keeps_the_time():
    clip = demo_clip(Role.CLIENT)
    times = [at_s for at_s, _ in islice(pictures(clip, repeat=True), 310)]
    assert times == pytest.approx([n / 30 for n in range(310)], abs=0.002)
    sounds = [at_s for at_s, _ in islice(sound_blocks(clip, repeat=True), 1010)]
    assert sounds == pytest.approx([n * 0.02 for n in range(1010)])


def test_a_source_plays_in_real_time_and_stops(camera):
    bridge = AudioBridge()
    blocks = []
    bridge.on_captured = blocks.append
    source = demo_source(Role.COUNSELOR, camera, bridge)
    start = time.monotonic()
    source.start()
    while (newest := camera.newest()) is None or newest.sequence < 15:
        time.sleep(0.005)
        assert time.monotonic() - start < 10
    took = time.monotonic() - start
    assert 14 / 30 - 0.02 < took < 14 / 30 + 0.5
    assert counter(newest.frame) >= newest.sequence - 1
    source.close()
    assert camera.newest() is None
    assert len(blocks) == pytest.approx(took / 0.02, abs=12)
    assert not any(t.name.startswith("file-") for t in threading.enumerate())


def test_a_file_that_does_not_repeat_ends(camera, tmp_path):
    path = tmp_path / "short.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(44_100)
        sound.writeframes(np.full(2 * 4410, 1000, np.int16).tobytes())
    blocks = list(sound_blocks(path, repeat=False))
    assert len(blocks) == 5  # 100 ms
    assert all(len(block) == 1920 for _, block in blocks)
    source = FileSource(camera, AudioBridge(), audio=path, repeat=False)
    source.start()
    for thread in source._threads:
        thread.join(5)
        assert not thread.is_alive()
    source.close()


@pytest.mark.parametrize("kind", ["video", "audio"])
@pytest.mark.parametrize("content", [None, b"", b"no media at all" * 100])
def test_a_bad_file_is_a_media_error(camera, tmp_path, kind, content):
    path = tmp_path / "bad.webm"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MediaError, match=kind):
        FileSource(camera, AudioBridge(), **{kind: path})


def test_a_sound_file_is_no_video(camera, tmp_path):
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(48_000)
        sound.writeframes(bytes(9600))
    with pytest.raises(MediaError, match="holds no video"):
        FileSource(camera, AudioBridge(), video=path)


def test_a_clip_that_breaks_off_stops_quietly(camera, tmp_path):
    path = tmp_path / "broken.webm"
    path.write_bytes(demo_clip(Role.CLIENT).read_bytes()[:40_000])
    source = FileSource(camera, AudioBridge(), video=path, repeat=False)
    source.start()
    deadline = time.monotonic() + 10
    while camera.newest() is None:
        time.sleep(0.005)
        assert time.monotonic() < deadline
    source.close()
