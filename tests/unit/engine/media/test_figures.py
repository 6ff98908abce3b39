"""The counters count what was decoded; time is simulated."""

import os
import sys

import pytest
from tests.support.children import run_python
from tests.support.source_tree import ROOT

from safesession.engine.media.figures import MediaFigures
from safesession.engine.media.stats import TransportFigures, call_figures
from safesession.engine.media.voice.playout import PlayoutCounts


def play(figures: MediaFigures, start_s: float, count: int, gap_s: float = 1 / 30):
    for n in range(count):
        figures.picture(start_s + n * gap_s)
    return start_s + (count - 1) * gap_s


def test_a_steady_picture():
    figures = MediaFigures(PlayoutCounts)
    end_s = play(figures, 10.0, 301)
    assert figures.counts.video_frames == 301
    assert figures.counts.video_fps == pytest.approx(30)
    assert figures.counts.freezes == 0
    assert figures.received_fps(end_s) == pytest.approx(30, abs=0.6)


def test_a_gap_over_200_ms_is_a_freeze():
    figures = MediaFigures(PlayoutCounts)
    end_s = play(figures, 0.0, 31)
    end_s = play(figures, end_s + 0.19, 31)
    assert figures.counts.freezes == 0
    play(figures, end_s + 0.5, 31)
    assert figures.counts.freezes == 1
    assert figures.counts.longest_freeze_s == pytest.approx(0.5)


def test_the_rate_falls_while_the_picture_stands():
    figures = MediaFigures(PlayoutCounts)
    end_s = play(figures, 0.0, 61)
    assert figures.received_fps(end_s + 1.0) == pytest.approx(15, abs=1)
    assert figures.received_fps(end_s + 3.0) == 0.0


def test_an_interruption_is_neither_a_freeze_nor_a_slow_picture():
    figures = MediaFigures(PlayoutCounts)
    end_s = play(figures, 0.0, 61)
    figures.interrupted()
    assert figures.received_fps(end_s) is None
    play(figures, end_s + 60, 61)
    assert figures.counts.freezes == 0
    assert figures.counts.video_fps == pytest.approx(30)


def test_sound_is_what_the_playout_says() -> None:
    figures = MediaFigures(lambda: PlayoutCounts(decoded_packets=50, gaps=2))
    assert (figures.counts.audio_frames, figures.counts.audio_gaps) == (50, 2)
    assert figures.decoded_frames == {"audio": 50, "video": 0}


def test_nothing_decoded_is_said_so():
    counts = MediaFigures(PlayoutCounts).counts
    assert (counts.video_frames, counts.audio_frames) == (0, 0)
    assert counts.video_fps is None


def test_connections_of_one_session_add_up():
    first = TransportFigures(12.0, "relay", 100, 50, 9, 8)
    both = first.followed_by(TransportFigures(None, "", 10, 5, 1, 2))
    assert both == TransportFigures(12.0, "relay", 110, 55, 10, 10)
    figures = call_figures(MediaFigures(PlayoutCounts).counts, both)
    assert (figures.bytes_sent, figures.path) == (110, "relay")
    assert figures.cpu_s > 0
    assert figures.peak_rss_mb is None or 5 < figures.peak_rss_mb < 100_000


@pytest.mark.skipif(sys.platform != "linux", reason="VmHWM is Linux's")
def test_the_peak_is_of_this_process_not_of_the_one_that_started_it() -> None:
    ballast = bytearray(os.urandom(1 << 20)) * 300
    code = "from safesession.engine.media.stats import peak_rss_mb as p; print(p())"
    peak_mb = float(run_python(code, {**os.environ, "PYTHONPATH": str(ROOT / "src")}))
    assert len(ballast) > 300_000_000
    assert 10 < peak_mb < 250
