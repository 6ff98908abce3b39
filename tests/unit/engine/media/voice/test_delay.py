"""A queue is told from jitter, while it is young and for as long as it stands."""

from __future__ import annotations

import random

from safesession.engine.media.voice.delay import DelayTarget
from safesession.engine.media.voice.line import CALM_QUEUE_MS, STANDING_QUEUE_MS


def queues(late_ms, seconds: float) -> list[float]:
    """Return the queue told after each packet, which comes `late_ms(at_s)` late."""
    delay, told = DelayTarget(), []
    arrived_s = 0.0
    for number in range(int(seconds * 50)):
        at_s = number * 0.02
        arrived_s = max(arrived_s, at_s + 0.05 + late_ms(at_s) / 1000)
        delay.arrived(number * 960, 960, 0, arrived_s)
        told.append(delay.queue_ms)
    return told


def test_jitter_is_no_queue() -> None:
    rng = random.Random(3)
    assert max(queues(lambda _: abs(rng.gauss(0, 30)), 60)) < STANDING_QUEUE_MS


def test_a_queue_is_told_in_half_a_second_and_while_it_stands() -> None:
    told = queues(lambda at_s: 300 if at_s >= 5 else 0, 30)
    assert told[5 * 50 - 1] < 1
    assert told[int(5.5 * 50)] > STANDING_QUEUE_MS
    assert min(told[int(5.5 * 50) :]) > STANDING_QUEUE_MS


def test_a_queue_that_has_drained_is_forgotten_at_once() -> None:
    told = queues(lambda at_s: 300 if 5 <= at_s < 10 else 0, 12)
    assert told[int(10.4 * 50)] < CALM_QUEUE_MS


def test_a_longer_way_is_no_queue_once_it_is_said_to_be_another() -> None:
    delay = DelayTarget()
    for number in range(500):
        if number == 250:
            delay.another_path()
        late_s = 0.05 if number < 250 else 0.35
        delay.arrived(number * 960, 960, 0, number * 0.02 + late_s)
        assert delay.queue_ms < 1
