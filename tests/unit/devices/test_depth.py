"""Playback takes a deeper buffer on a machine that lets it run dry."""

from __future__ import annotations

from safesession.devices.depth import BUFFERS_MS, PlaybackDepth


def test_one_slip_now_and_then_changes_nothing() -> None:
    depth = PlaybackDepth()
    assert not any(depth.ran_dry(at) for at in (0.0, 11.0, 22.0))
    assert depth.buffer_ms == BUFFERS_MS[0]
    assert depth.underruns == 3


def test_two_within_ten_seconds_deepen_it_step_by_step_to_the_end() -> None:
    depth = PlaybackDepth()
    grew = [depth.ran_dry(float(at)) for at in range(10)]
    assert grew == [False, True] * 3 + [False] * 4
    assert depth.buffer_ms == BUFFERS_MS[-1]
