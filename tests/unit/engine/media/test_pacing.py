"""Items come at their time, counted from one origin, on a simulated clock."""

import pytest

from safesession.engine.media.pacing import Clock, Pacer


class SimulatedClock:
    def __init__(self, stop_at_s: float = 1e9) -> None:
        self.now_s = 50.0
        self.stop_at_s = stop_at_s
        self.clock = Clock(lambda: self.now_s, self.wait)

    def wait(self, seconds: float) -> bool:
        assert seconds >= 0
        self.now_s += seconds
        return self.now_s >= self.stop_at_s


def items(count: int, gap_s: float = 0.02):
    return ((n * gap_s, n) for n in range(count))


def test_every_item_comes_at_its_time():
    simulated = SimulatedClock()
    pacer = Pacer(simulated.clock, simulated.now_s)
    came = [(simulated.now_s, n) for n in pacer.pace(items(500))]
    assert [n for _, n in came] == list(range(500))
    for at_s, n in came:
        assert at_s == pytest.approx(50 + n * 0.02)


def test_slow_work_does_not_drift():
    simulated = SimulatedClock()
    pacer = Pacer(simulated.clock, simulated.now_s)
    for n in pacer.pace(items(1000)):
        assert simulated.now_s == pytest.approx(50 + n * 0.02)
        simulated.now_s += 0.013
    assert pacer.skipped == 0


def test_after_a_stall_old_pictures_are_skipped():
    simulated = SimulatedClock()
    pacer = Pacer(simulated.clock, simulated.now_s, late_limit_s=0.1)
    came = []
    for n in pacer.pace(items(100)):
        came.append(n)
        if n == 10:
            simulated.now_s += 1.0
    assert came[:11] == list(range(11))
    assert came[11] == 56  # 0.2 + 1.0 s have gone; 0.1 s late is still shown
    assert came[-1] == 99
    assert pacer.skipped == 45


def test_without_a_limit_nothing_is_skipped():
    simulated = SimulatedClock()
    pacer = Pacer(simulated.clock, simulated.now_s)
    came = []
    for n in pacer.pace(items(50)):
        came.append(n)
        simulated.now_s += 1.0 if n == 10 else 0.0
    assert came == list(range(50))


def test_it_ends_when_told_to_stop():
    simulated = SimulatedClock(stop_at_s=51.0)
    pacer = Pacer(simulated.clock, simulated.now_s)
    assert len(list(pacer.pace(items(1000)))) == 50
