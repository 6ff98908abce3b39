"""Speech over simulated networks, in virtual time, with the real Opus."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.speech_like import speech_like

from safesession.engine.media.voice.opus import RATE_HZ, OpusDecoder, OpusEncoder
from safesession.engine.media.voice.playout import BLOCK, Playout
from safesession.engine.media.voice.red import unpack
from safesession.engine.media.voice.redundancy import RedundantEncoder, VoicePlan


OPUS = 96
PATH_S = 0.05


@dataclass
class Line:
    """A path: constant delay, jitter, loss, sender's clock against the listener's."""

    seed: int = 1
    loss: float = 0.0
    burst: float = 1.0  # mean length of a run of lost packets
    jitter_s: float = 0.0
    drift_ppm: float = 0.0
    ages: tuple[int, ...] = ()
    spike_at_s: float = -1.0
    spike_s: float = 0.0
    gap: tuple[float, float] = (-1.0, -1.0)
    _losing: bool = field(default=False, init=False)

    def lost(self, rng: random.Random) -> bool:
        if self._losing:
            self._losing = rng.random() > 1 / self.burst
        else:
            start = self.loss / (self.burst * (1 - self.loss))
            self._losing = rng.random() < start
        return self._losing


def listen(line: Line, seconds: float):
    """Return the playout and, per pull, (heard samples, delay in ms, target in ms)."""
    rng = random.Random(line.seed)
    encoder = RedundantEncoder(OPUS)
    encoder.obey(VoicePlan(line.ages))
    playout = Playout(OpusDecoder())
    said = speech_like(min(seconds, 8.0))
    flying: list[tuple[float, int, bytes]] = []
    heard, delays, targets = [], [], []
    sent_s, number = 0.0, 0
    for pull in range(int(seconds * 50)):
        now_s = pull * 0.02
        while sent_s <= now_s:
            at = number * BLOCK % (len(said) - BLOCK)
            payload = encoder.encode(said[at : at + BLOCK].tobytes())
            arrives_s = sent_s + PATH_S + abs(rng.gauss(0, line.jitter_s))
            if line.spike_at_s <= sent_s < line.spike_at_s + line.spike_s:
                arrives_s = line.spike_at_s + line.spike_s + PATH_S
            cut = line.gap[0] <= sent_s < line.gap[1]
            if not line.lost(rng) and not cut:
                heapq.heappush(flying, (arrives_s, number, payload))
            number += 1
            sent_s = number * 0.02 * (1 + line.drift_ppm / 1e6)
        while flying and flying[0][0] <= now_s:
            arrived_s, sequence, payload = heapq.heappop(flying)
            packet, earlier = unpack(OPUS, payload)
            timestamp = (4_294_000_000 + sequence * BLOCK) & 0xFFFFFFFF
            playout.push(timestamp, packet, earlier, arrived_s)
        heard.append(playout.pull())
        assert len(heard[-1]) == BLOCK
        delays.append(playout.waiting_ms)
        targets.append(playout.target_ms)
    return playout, np.concatenate(heard), delays, targets


def bad_share(playout: Playout) -> float:
    counts = playout.counts
    return counts.concealed_samples / counts.played_samples


def test_a_clean_line_plays_everything_at_the_floor() -> None:
    playout, heard, delays, _ = listen(Line(), 20)
    assert playout.counts.concealed_samples == 0
    assert np.mean(delays[-100:]) < 60
    said = speech_like(8.0)
    # What is heard is what was said, a constant delay later.
    tail = heard[4 * RATE_HZ : 5 * RATE_HZ].astype(float)
    area = said[int(3.8 * RATE_HZ) : int(5.2 * RATE_HZ)].astype(float)
    likeness = np.correlate(area, tail, "valid")
    norms = np.sqrt(np.convolve(area**2, np.ones(len(tail)), "valid") * (tail @ tail))
    assert np.max(likeness / norms) > 0.85


@pytest.mark.parametrize(
    ("loss", "ages", "most"),
    [
        (0.02, (1,), 0.002),
        (0.05, (1, 2), 0.002),
        (0.10, (1, 2), 0.005),
        (0.20, (1, 2, 3), 0.01),
    ],
)
def test_redundancy_makes_up_for_random_loss(loss, ages, most) -> None:
    playout, _, delays, _ = listen(Line(loss=loss, ages=ages), 40)
    assert bad_share(playout) <= most
    assert playout.counts.redundant_packets > 0
    assert np.mean(delays[-500:]) < 130


def test_runs_of_lost_packets_too() -> None:
    line = Line(loss=0.10, burst=3.0, ages=(1, 2, 4))
    assert bad_share(listen(line, 40)[0]) < 0.05


def test_without_redundancy_loss_is_concealed_and_never_silent() -> None:
    playout, heard, _, _ = listen(Line(loss=0.10), 20)
    assert 0.05 < bad_share(playout) < 0.15
    said_power = np.mean(speech_like(8.0).astype(float) ** 2)
    assert np.mean(heard[RATE_HZ:].astype(float) ** 2) > 0.6 * said_power


def test_jitter_raises_the_target_and_a_quiet_line_lowers_it_again() -> None:
    playout, _, delays, targets = listen(Line(jitter_s=0.03), 20)
    assert bad_share(playout) < 0.02
    assert 60 < np.mean(targets[-200:]) < 160
    playout, _, delays, targets = listen(Line(spike_at_s=5.0, spike_s=0.3), 20)
    assert max(targets) > 150
    # Ten seconds after the spike everything is as before.
    assert np.mean(targets[-200:]) < 70
    assert np.mean(delays[-200:]) < 80


@pytest.mark.parametrize("drift_ppm", [200.0, -200.0])
def test_neither_clock_wins(drift_ppm: float) -> None:
    playout, _, delays, _ = listen(Line(drift_ppm=drift_ppm), 120)
    assert playout.counts.concealed_samples == 0
    assert np.mean(delays[-500:]) < 90


def test_a_gap_is_bridged_by_noise_and_then_caught_up() -> None:
    playout, heard, delays, _ = listen(Line(gap=(5.0, 8.0)), 14)
    gap = heard[int(6.5 * RATE_HZ) : int(7.5 * RATE_HZ)]
    assert np.max(np.abs(gap)) < 2000
    assert playout.counts.resynchronisations == 1
    assert np.mean(delays[-100:]) < 80
    after = heard[int(9 * RATE_HZ) :].astype(float)
    assert np.mean(after**2) > 1e5


def test_a_short_gap_keeps_the_room_alive() -> None:
    _, heard, _, _ = listen(Line(gap=(5.0, 5.6)), 8)
    gap = heard[int(5.4 * RATE_HZ) : int(5.55 * RATE_HZ)].astype(float)
    assert 3 < np.sqrt(np.mean(gap**2)) < 300


def test_another_stream_with_another_clock_is_followed() -> None:
    encoder, playout = OpusEncoder(), Playout(OpusDecoder())
    said = speech_like(4.0)
    for half, start in enumerate((1000, 3_000_000_000)):
        for number in range(100):
            now_s = half * 2 + number * 0.02
            pcm = said[number * BLOCK :][:BLOCK].tobytes()
            playout.push(start + number * BLOCK, encoder.encode(pcm), [], now_s)
            playout.pull()
    assert playout.counts.resynchronisations == 1
    assert playout.waiting_ms < 120


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.binary(max_size=60))))
def test_whatever_a_peer_sends_a_pull_gives_twenty_milliseconds(sent) -> None:
    playout = Playout(OpusDecoder())
    for number, (timestamp, body) in enumerate(sent):
        try:
            packet, earlier = unpack(OPUS, body)
        except ValueError:
            packet, earlier = body, []
        playout.push(timestamp, packet, earlier, number * 0.02)
        assert len(playout.pull()) == BLOCK
    assert playout.waiting_ms <= 5_200


def test_clear_is_silent_at_once() -> None:
    playout, _, _, _ = listen(Line(), 3)
    playout.clear()
    assert not playout.pull().any()
    assert playout.waiting_ms == 0
