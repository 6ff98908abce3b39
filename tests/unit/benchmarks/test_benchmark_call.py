"""What call.py makes of what it found: goals, absences, events, leaks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from benchmarks import chromium
from benchmarks.call import QUICK
from benchmarks.call_figures import figures
from benchmarks.call_runs import PEER, Measured, OurCall, equal_video_bps
from benchmarks.leaks import Held, thread_counts
from benchmarks.peers import first_frame_s, parse_event, sent_bps
from benchmarks.processes import Usage
from benchmarks.report import Figure, NotMeasuredError

from safesession.engine.media.vp8 import RUNGS_BPS


def our_call(host: float, join: float, fps: float = 30.0) -> OurCall:
    cores = {"host": host, "join": join, "server": 0.01}
    return OurCall(Usage(cores, 0.0), (fps, 30.0), (1e6, 1.4e6), 0, 0, 120.0)


def their_call(cores: float) -> chromium.ChromiumCall:
    usage = Usage({"offerer": cores, "answerer": cores - 0.1}, 0.0)
    rates = (1.5e6, 1.5e6)
    return chromium.ChromiumCall(usage, (30.0, 30.0), rates, rates, "libvpx")


def complete() -> Measured:
    return Measured(
        first_frames_s=[0.5, 0.9, 0.7],
        decoded_px=(1280, 720),
        ours={
            0: our_call(0.4, 0.5),
            1: our_call(0.6, 0.5),
            2: our_call(0.5, 0.3, fps=29.0),
        },
        theirs={0: their_call(0.5), 1: their_call(0.4), 2: their_call(0.5)},
        leaks={"calls": 2, "verified": 2, "leaked": 0},
    )


def by_name(found: Measured) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures(found, QUICK)}


def test_a_complete_run_gives_medians_of_the_worse_side() -> None:
    made = by_name(complete())
    assert all(figure.measured for figure in made.values())
    assert made["first_frame_s"].ours == 0.7
    assert made["fps_720p"].ours == 30.0
    assert made["cpu_cores_720p"].ours == 0.5
    assert made["cpu_cores_720p"].peers == {PEER: 0.5}
    # Round by round: 1.0, 1.5, 1.0, not the ratio of the medians.
    assert made["cpu_ratio_vs_chromium_720p"].ours == 1.0
    assert made["sent_mbps_720p"].ours == 1.2
    assert made["calls"].ours == 2
    assert [f.name for f in made.values() if f.goal and f.met] == [
        "first_frame_s",
        "fps_720p",
        "cpu_ratio_vs_chromium_720p",
        "leaked_tasks",
    ]


def test_without_chromium_only_what_needs_it_is_absent() -> None:
    found = complete()
    found.theirs = {}
    found.missing[PEER] = "Chromium is not installed"
    made = by_name(found)
    assert made["cpu_cores_720p"].ours == 0.5
    assert made["cpu_cores_720p"].peers == {PEER: None}
    assert not made["cpu_cores_720p"].measured
    assert made["cpu_ratio_vs_chromium_720p"].ours is None
    assert made["cpu_ratio_vs_chromium_720p"].reason == "Chromium is not installed"
    assert made["first_frame_s"].measured


def test_only_rounds_that_both_held_make_the_ratio() -> None:
    found = complete()
    del found.theirs[0], found.theirs[2]
    found.missing[PEER] = "round 3: void"
    figure = by_name(found)["cpu_ratio_vs_chromium_720p"]
    assert figure.ours == pytest.approx(1.5)
    assert figure.reason == "round 3: void"


def test_failed_runs_are_told() -> None:
    found = complete()
    found.failed_runs["ours"] = 3
    assert by_name(found)["failed_runs"].ours == 3


def test_chromium_gets_the_rate_that_ours_sent() -> None:
    assert equal_video_bps([our_call(0.4, 0.4)]) == 1_140_000
    assert equal_video_bps([]) == chromium.MAX_VIDEO_BPS
    fast = OurCall(Usage({}, 0.0), (30.0, 30.0), (9e6, 9e6), 0, 0, 1.0)
    assert equal_video_bps([fast]) == chromium.MAX_VIDEO_BPS


def test_what_was_measured_before_the_time_ran_out_stands() -> None:
    found = complete()
    found.theirs = {}
    found.missing["call"] = "did not end within 45 s"
    made = by_name(found)
    assert made["fps_720p"].ours == 30.0
    assert not made["fps_720p"].measured
    assert made["fps_720p"].reason == "did not end within 45 s"
    assert made["cpu_ratio_vs_chromium_720p"].ours is None
    assert made["freezes_720p"].measured


@pytest.mark.parametrize("px", [None, (640, 360)])
def test_another_picture_size_is_no_720p_figure(px: tuple[int, int] | None) -> None:
    found = complete()
    found.decoded_px = px
    made = by_name(found)
    assert made["fps_720p"].ours is None
    assert made["cpu_cores_720p"].ours is None
    assert "1280" in made["fps_720p"].reason


def test_nothing_found_is_absent_everywhere_and_met_nowhere() -> None:
    made = by_name(Measured(missing={"first_frame": "the server did not come up"}))
    for name in ("first_frame_s", "fps_720p", "leaked_tasks"):
        assert made[name].ours is None
        assert made[name].met is False
    assert made["first_frame_s"].reason == "the server did not come up"


def events(*lines: dict[str, Any]) -> list[Any]:
    return [parse_event(json.dumps(line).encode()) for line in lines]


def test_the_first_picture_counts_from_the_submitted_code() -> None:
    told = events(
        {"t": 0.5, "event": "state", "phase": "joining"},
        {"t": 0.9, "event": "first_frame", "kind": "audio"},
        {"t": 1.2, "event": "first_frame", "kind": "video"},
    )
    assert first_frame_s(told) == pytest.approx(0.7)
    for part in (told[:2], told[1:]):
        with pytest.raises(NotMeasuredError):
            first_frame_s(part)


def test_the_rate_counts_from_connected_to_the_end() -> None:
    told = events(
        {"t": 2.0, "event": "connected", "path": "direct"},
        {"t": 12.0, "event": "figures", "bytes_sent": 2_500_000},
    )
    assert sent_bps(told) == pytest.approx(2e6)
    with pytest.raises(NotMeasuredError):
        sent_bps(told[:1])


@pytest.mark.parametrize("line", [b"", b"hello", b"[1]", b'{"event": "x"}', b"{"])
def test_a_line_that_is_no_event_is_refused(line: bytes) -> None:
    with pytest.raises(NotMeasuredError):
        parse_event(line)


def test_growth_of_one_kind_is_not_hidden_by_another() -> None:
    before, after = Held(5, 3, 2, 40), Held(3, 4, 9, 41)
    growth = after.growth_since(before)
    assert growth == Held(-2, 1, 7, 1)
    assert growth.leaked == 2
    assert thread_counts(["MainThread", "asyncio_0", "uvloop_1", "x"], 9) == (7, 2)


def test_chromium_gets_at_most_our_highest_rate() -> None:
    assert max(RUNGS_BPS) == chromium.MAX_VIDEO_BPS


def stats(at: float, **changed: Any) -> dict[str, Any]:
    same = {
        "at": at,
        "codec": "video/VP8",
        "width": 1280,
        "height": 720,
        "decoded": 30 * at,
        "soundSamples": 48_000 * at,
        "videoBytes": 100_000 * at,
        "bytesSent": 120_000 * at,
        "encoder": "libvpx",
    }
    return {**same, **changed}


def test_a_true_chromium_call_gives_its_rates() -> None:
    usage = Usage({"offerer": 0.4, "answerer": 0.4}, 0.0)
    call = chromium.checked(usage, [stats(5), stats(6)], [stats(15), stats(16)])
    assert call.fps == (30.0, 30.0)
    assert call.video_bps == (800_000, 800_000)
    assert call.total_bps == (960_000, 960_000)


@pytest.mark.parametrize(
    "changed",
    [
        {"codec": "video/H264"},
        {"width": 640, "height": 360},
        {"decoded": 300},
        {"soundSamples": 0},
    ],
)
def test_another_chromium_call_is_no_comparison(changed: dict[str, Any]) -> None:
    usage = Usage({"offerer": 0.4, "answerer": 0.4}, 0.0)
    after = [stats(16), stats(16, **changed)]
    with pytest.raises(NotMeasuredError):
        chromium.checked(usage, [stats(5), stats(5)], after)
