"""The plan follows loss up at once and down slowly, and never over its budget."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesession.engine.media.voice.opus import OpusDecoder, packet_samples
from safesession.engine.media.voice.red import unpack
from safesession.engine.media.voice.redundancy import (
    OVERHEAD_BPS,
    RedundancyPlanner,
    RedundantEncoder,
    VoicePlan,
)


OPUS = 96
AMPLE = 500_000


@pytest.mark.parametrize(
    ("loss", "burst", "ages"),
    [
        (0.0, 1.0, (1,)),  # held from the start, see below
        (0.02, 1.0, (1,)),
        (0.05, 1.0, (1, 2)),
        (0.20, 1.0, (1, 2, 3)),
        (0.10, 3.0, (1, 2, 4)),
    ],
)
def test_loss_is_answered_at_once(loss, burst, ages) -> None:
    planner = RedundancyPlanner()
    planner.measured(0.01, 1.0, AMPLE, 0.0)
    assert planner.measured(loss, burst, AMPLE, 1.0).ages == ages


def test_five_quiet_seconds_end_it() -> None:
    planner = RedundancyPlanner()
    assert planner.measured(0.2, 1.0, AMPLE, 10.0).ages == (1, 2, 3)
    assert planner.measured(0.0, 1.0, AMPLE, 14.9).ages == (1, 2, 3)
    assert planner.measured(0.0, 1.0, AMPLE, 15.1).ages == ()


@given(st.floats(0, 1), st.floats(1, 10), st.integers(0, 200_000))
def test_never_over_the_budget_but_for_the_last_resort(loss, burst, budget) -> None:
    plan = RedundancyPlanner().measured(loss, burst, budget, 0.0)
    least = VoicePlan((), 12_000)
    assert plan.wire_bps <= max(budget, least.wire_bps)
    assert not (plan.ages and plan.fec_percent)


def test_a_lower_rate_pays_before_less_depth() -> None:
    planner = RedundancyPlanner()
    budget = 16_000 * 4 + OVERHEAD_BPS
    plan = planner.measured(0.2, 1.0, budget, 0.0)
    assert (plan.ages, plan.bitrate_bps) == ((1, 2, 3), 16_000)


def test_every_payload_of_a_plan_has_the_same_size() -> None:
    encoder = RedundantEncoder(OPUS)
    encoder.obey(VoicePlan((1, 2)))
    rng = np.random.default_rng(3)
    sizes = set()
    for number in range(60):
        loudness = 0 if number % 3 == 0 else 8000
        pcm = (rng.standard_normal(960) * loudness).clip(-32768, 32767)
        sizes.add(len(encoder.encode(pcm.astype(np.int16).tobytes())))
    # The first two have less of a past; silence and noise look alike.
    assert len(sizes) == 3


def test_blocks_are_the_packets_that_were_sent_before() -> None:
    encoder = RedundantEncoder(OPUS)
    encoder.obey(VoicePlan((1, 2, 4)))
    sent = []
    for _ in range(8):
        newest, earlier = unpack(OPUS, encoder.encode(bytes(1920)))
        for block in earlier:
            assert block.payload == sent[-block.age_samples // 960]
        sent.append(newest)
    assert packet_samples(sent[-1]) == 960
    assert len(OpusDecoder().decode(sent[-1])) == 960
