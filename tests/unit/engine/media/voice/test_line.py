"""The line's shares over simulated bottlenecks, in virtual time."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesession.engine.media.voice.line import SPEECH_BPS, Line, Share


STEP_S = 0.01
REPORT_S = 0.1
WAY_BACK_S = 0.1  # a report speaks of the past


@dataclass
class Bottleneck:
    """A drop-tail buffer before a rate, as `Line` sees it through reports."""

    rate_bps: float
    buffer_s: float = 0.4
    queued_bits: float = 0.0
    lost_bits: float = 0.0
    delays_ms: list[float] = field(default_factory=list)

    def offer(self, bits: float) -> float:
        """Take bits for one step and return how many came out."""
        out = min(self.queued_bits + bits, self.rate_bps * STEP_S)
        self.queued_bits += bits - out
        most = self.rate_bps * self.buffer_s
        self.lost_bits += max(0.0, self.queued_bits - most)
        self.queued_bits = min(self.queued_bits, most)
        self.delays_ms.append(self.queued_bits / self.rate_bps * 1000)
        return out


def run(
    rate_bps: float, seconds: float, *, camera_bps: float, speech_bps: int = 60_000
) -> tuple[Bottleneck, list[Share]]:
    """Send speech and as many pictures as are wanted and allowed."""
    line, net = Line(), Bottleneck(rate_bps)
    share = Share(SPEECH_BPS, None)
    shares, came, waiting = [], [], []
    for step in range(int(seconds / STEP_S)):
        now_s = step * STEP_S
        limit = camera_bps if share.pictures_bps is None else share.pictures_bps
        speech = min(speech_bps, share.speech_bps)
        came.append(net.offer((speech + min(camera_bps, limit)) * STEP_S))
        if step % round(REPORT_S / STEP_S) == 0:
            received_bps = sum(came[-30:]) / (len(came[-30:]) * STEP_S)
            waiting.append((now_s + WAY_BACK_S, net.delays_ms[-1], received_bps))
        while waiting and waiting[0][0] <= now_s:
            _, queue_ms, received_bps = waiting.pop(0)
            share = line.reported(
                queue_ms,
                received_bps,
                speech,
                pictures=camera_bps > 0,
                now_s=now_s,
            )
        shares.append(share)
    return net, shares


def mean_delay_ms(net: Bottleneck, start_s: float, end_s: float) -> float:
    piece = net.delays_ms[int(start_s / STEP_S) : int(end_s / STEP_S)]
    return sum(piece) / len(piece)


def test_a_wide_line_is_nobodys_limit() -> None:
    net, shares = run(5_000_000, 20, camera_bps=1_500_000)
    assert set(shares) == {Share(SPEECH_BPS, None)}
    assert max(net.delays_ms) == 0


def test_pictures_give_way_within_two_seconds() -> None:
    net, shares = run(400_000, 30, camera_bps=1_300_000)
    assert mean_delay_ms(net, 2, 5) < 100
    assert mean_delay_ms(net, 5, 30) < 60
    # Speech may have more than it takes without redundancy, pictures go on.
    assert all(share.speech_bps > 100_000 for share in shares[500:])
    pictures = [share.pictures_bps for share in shares[500:]]
    assert all(bps is not None for bps in pictures)
    assert 180_000 < sum(pictures) / len(pictures) < 340_000


def test_too_narrow_for_pictures_is_for_speech_alone() -> None:
    net, shares = run(100_000, 30, camera_bps=1_300_000)
    assert shares[-1].pictures_bps == 0
    assert shares[-1].speech_bps > 60_000
    assert mean_delay_ms(net, 5, 30) < 60


def test_speech_itself_fits_into_the_line() -> None:
    net, shares = run(100_000, 60, camera_bps=0, speech_bps=124_000)
    assert mean_delay_ms(net, 3, 60) < 80
    assert net.lost_bits == 0
    mean = sum(share.speech_bps for share in shares[300:]) / len(shares[300:])
    assert 70_000 < mean < 110_000


def test_a_freed_line_is_noticed() -> None:
    line = Line()
    for step in range(20):
        line.reported(200, 400_000, 60_000, pictures=True, now_s=step * 0.1)
    used = 400_000.0
    for step in range(20, 800):
        share = line.reported(0, used, 60_000, pictures=True, now_s=step * 0.1)
        if share.pictures_bps is None:
            break
        used = min(2e6, share.pictures_bps + 60_000)
    assert share == Share(SPEECH_BPS, None)


def test_a_storm_of_jitter_keeps_no_pictures_out_for_good() -> None:
    line, used = Line(), 1_300_000.0
    for step in range(100):  # ten seconds in which jitter looks like a queue
        share = line.reported(130, used, 60_000, pictures=True, now_s=step * 0.1)
        used = 60_000 + min(1_240_000, share.pictures_bps or 0)
    assert used == 60_000
    back = None
    for step in range(100, 600):  # and then only speech is there to be received
        share = line.reported(0, used, 60_000, pictures=True, now_s=step * 0.1)
        pictures_bps = 1_240_000 if share.pictures_bps is None else share.pictures_bps
        used = 60_000 + min(1_240_000, pictures_bps)
        if back is None and pictures_bps:
            back = step * 0.1 - 10
    assert back is not None
    assert back < 20
    assert used > 1_000_000


def test_a_narrow_line_is_tried_for_pictures_less_and_less_often() -> None:
    net, shares = run(100_000, 300, camera_bps=1_300_000)
    flowing = [share.pictures_bps != 0 for share in shares[1000:]]
    tries = sum(now and not was for was, now in pairwise(flowing))
    assert 1 <= tries <= 6
    assert sum(flowing) < 0.1 * len(flowing)
    assert mean_delay_ms(net, 10, 300) < 40


def test_pictures_are_never_kept_out_by_a_queue_of_others() -> None:
    line, shown = Line(), 0
    for step in range(600):
        share = line.reported(300, 2e6, 60_000, pictures=True, now_s=step * 0.1)
        shown += share.pictures_bps != 0
    assert shown > 300


def test_a_queue_of_which_nothing_more_is_known_only_pauses() -> None:
    line = Line()
    share = line.reported(300, 0, 60_000, pictures=True, now_s=0)
    assert share == Share(SPEECH_BPS, 0)
    share = line.reported(0, 0, 60_000, pictures=True, now_s=0.5)
    assert share == Share(SPEECH_BPS, None)


@given(
    st.lists(
        st.tuples(st.floats(0, 5000), st.floats(0, 1e8), st.floats(0, 20)), max_size=60
    )
)
@pytest.mark.parametrize("pictures", [True, False])
def test_whatever_is_reported_shares_are_sane(pictures, reports) -> None:
    line, now_s = Line(), 0.0
    for queue_ms, received_bps, passed_s in reports:
        now_s += passed_s
        share = line.reported(
            queue_ms, received_bps, 60_000, pictures=pictures, now_s=now_s
        )
        assert 0 < share.speech_bps <= SPEECH_BPS
        assert share.pictures_bps is None or share.pictures_bps >= 0
