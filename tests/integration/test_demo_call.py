"""The demo clips through two real connections onto disk."""

import wave
from itertools import pairwise

import av
from tests.integration.peer_pair import Pair

from safesession.core.status import Role
from safesession.engine.media.demo import demo_source
from safesession.engine.media.recorder import Recorder


def counter(frame: av.VideoFrame) -> int:
    row = frame.reformat(format="gray").to_ndarray()[11]
    return sum(int(row[11 + bit * 10] > 128) << bit for bit in range(24))


async def test_a_recording_holds_the_pictures_that_were_decoded(tmp_path):
    async with Pair(recorder=Recorder(tmp_path)) as pair:
        sources = [
            demo_source(role, side.plane.camera, side.plane.audio)
            for role, side in ((Role.COUNSELOR, pair.a), (Role.CLIENT, pair.b))
        ]
        pair.connect()
        await pair.opened()
        pair.open_gates()
        for source in sources:
            source.start()
        await pair.a.until(lambda: pair.a.decoded["video"] >= 60)
        await pair.a.until(lambda: bool(pair.a.quality))
        for source in sources:
            source.close()
        figures = pair.a.peer.figures()
        quality = pair.a.quality[-1]
    with av.open(tmp_path / "video.mkv") as container:
        frames = list(container.decode(video=0))
    counts = pair.a.plane.figures.counts
    assert len(frames) == counts.video_frames
    numbers = [counter(frame) for frame in frames]
    assert numbers[0] < 5
    assert all(0 < b - a <= 3 for a, b in pairwise(numbers))
    assert len(numbers) > 0.9 * (numbers[-1] - numbers[0])
    with wave.open(str(tmp_path / "audio.wav")) as sound:
        assert sound.getnframes() == counts.audio_frames * 960
    assert figures.bytes_received > 20_000
    assert figures.path == "direct"
    assert quality.path == "direct"
    assert quality.received_fps > 20
    assert quality.received_bitrate_bps > 50_000


async def test_nothing_is_recorded_while_the_gate_is_shut(tmp_path):
    async with Pair(recorder=Recorder(tmp_path)) as pair:
        pair.feed()
        pair.connect()
        await pair.opened()
        pair.b.gate(send=True, receive=True)
        transport = pair.a.peer._link._dtls
        await pair.a.until(lambda: transport.received_rtp_packets > 20)
    assert list(tmp_path.iterdir()) == []
