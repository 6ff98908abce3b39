"""The score of speech on sounds whose faults are known, and the figures made of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.report import NotMeasuredError
from benchmarks.voice import figures
from benchmarks.voice_runs import FULL, OURS, QUICK, Measured
from benchmarks.voice_score import RATE_HZ, score
from benchmarks.voice_windows import Track, Window, measure, settled_s


SECONDS = 12
FRAME = RATE_HZ // 100
BLOCK = RATE_HZ // 50


def speech(seconds: int = SECONDS, seed: int = 5) -> np.ndarray:
    """Something that never repeats: voices of changing pitch, hiss and pauses."""
    rng = np.random.default_rng(seed)
    t = np.arange(seconds * RATE_HZ) / RATE_HZ
    walk = np.cumsum(rng.normal(0, 1, seconds * 20))
    pitch = 140 + 5 * np.interp(t, np.arange(len(walk)) / 20, walk)
    phase = 2 * np.pi * np.cumsum(np.clip(pitch, 80, 300)) / RATE_HZ
    voice = sum(np.sin(k * phase + k) / k for k in range(1, 20))
    loud = np.interp(t, np.arange(seconds * 8) / 8, rng.uniform(0, 1, seconds * 8))
    pause = (t % 3) < 2.6
    hiss = rng.normal(0, 0.15, len(t)) * (loud > 0.7)
    return ((voice * loud + hiss) * pause * 4000).astype(np.int16)


@pytest.fixture(scope="module")
def said() -> np.ndarray:
    return speech()


def test_the_same_later_and_quieter_is_all_good(said) -> None:
    found = score(said, (said[RATE_HZ:-RATE_HZ] * 0.6).astype(np.int16))
    assert found.bad_share <= 0.001  # the last frame's surroundings end with it
    assert np.nanmedian(found.lags()) == pytest.approx(RATE_HZ, abs=RATE_HZ / 500)


def test_silence_and_strange_sound_are_all_bad(said) -> None:
    assert score(said, np.zeros(5 * RATE_HZ, np.int16)).bad_share == 1
    assert score(said, speech(5, seed=77)).bad_share > 0.6


@pytest.mark.parametrize("share", [0.02, 0.1])
def test_holes_are_counted_for_what_they_are(said, share) -> None:
    rng = np.random.default_rng(2)
    heard = said.copy().reshape(-1, BLOCK)
    gone = rng.random(len(heard)) < share
    loud = np.sqrt(np.mean(heard.astype(float) ** 2, axis=1)) > 300
    heard[gone] = 0
    found = score(said, heard.ravel())
    assert found.bad_share == pytest.approx(
        float(np.mean(gone & loud)), abs=share * 0.5
    )


def test_what_was_skipped_is_lost_though_all_that_is_heard_is_right(said) -> None:
    skipped = np.concatenate([said[: 4 * RATE_HZ], said[int(4.4 * RATE_HZ) :]])
    found = score(said, skipped)
    assert found.lost_share == pytest.approx(40 / len(found.places), abs=0.012)
    assert found.unlike_share < 0.01


def test_a_delay_that_changes_is_followed(said) -> None:
    more = np.zeros(int(0.2 * RATE_HZ), np.int16)
    heard = np.concatenate([said[: 6 * RATE_HZ], more, said[6 * RATE_HZ :]])
    found = score(said, heard)
    assert np.nanmedian(found.lags()[-100:]) == pytest.approx(-len(more), abs=100)
    # Only the pause that was put in is bad, unless speech was quiet there anyway.
    assert found.bad_share < 0.025


def test_what_was_said_may_repeat(said) -> None:
    heard = np.concatenate([said[10 * RATE_HZ :], said[: 6 * RATE_HZ]])
    assert score(np.tile(said, 3), heard).bad_share < 0.005


def track(said: np.ndarray, delay_s: float) -> Track:
    """A line that only delays, its loudspeaker a little late."""
    blocks = len(said) // BLOCK
    at_s = 100 + np.arange(blocks) * 0.02
    return Track(
        said=said,
        said_s=at_s,
        heard=said,
        heard_s=at_s + delay_s,
        made_up=np.zeros(blocks),
        played=np.arange(1, blocks + 1) * BLOCK,
        pictures_s=100 + np.arange(blocks) / 30,
    )


def test_a_window_tells_delay_and_pictures_and_believes_the_playout(said) -> None:
    found = measure(track(said, 0.12), "clean", 103.0, 109.0)
    assert found.delay_ms == pytest.approx(120, abs=1)
    assert found.fps == pytest.approx(30, abs=0.5)
    assert found.bad_share == 0
    concealing = replace(track(said, 0.12), made_up=np.arange(len(said) // BLOCK) * 96)
    assert measure(concealing, "x", 103.0, 109.0).bad_share == pytest.approx(0.1)
    with pytest.raises(NotMeasuredError):
        measure(track(said, 0.12), "late", 300.0, 310.0)


def test_a_delay_is_settled_when_it_stays_low() -> None:
    window = Window("after", 0, 0, 0, 0, 120, 130, 30, (400, 300, 110, 180, 101, 99))
    assert settled_s(window, 100) == 4
    assert settled_s(window, 400) == 0
    assert settled_s(replace(window, by_second_ms=(100, 400)), 100) is None


def test_figures_are_medians_and_what_is_missing_says_why() -> None:
    windows = [
        Window("loss10", bad, bad, 0, 0, 140, 150, 29.5) for bad in (0.002, 0.004)
    ]
    found = Measured(windows={OURS: windows})
    made = {figure.name: figure for figure in figures(found, QUICK)}
    assert made["audio_bad_share_loss10"].ours == pytest.approx(0.003)
    assert made["audio_bad_share_loss10"].met
    assert made["audio_delay_ms_loss10"].met
    assert made["audio_bad_share_loss20"].ours is None
    assert made["audio_bad_share_loss20"].reason
    full = {figure.name: figure for figure in figures(Measured(), FULL)}
    assert set(full["audio_bad_share_burst"].peers) == {"aiortc", "chromium"}
    assert not full["resync_s"].measured
