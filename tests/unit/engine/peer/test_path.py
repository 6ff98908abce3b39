"""When a path counts as back."""

from safesession.engine.peer.path import SILENT_AFTER_S, PathWatch


def test_a_path_that_never_falls_silent_is_never_back() -> None:
    watch = PathWatch(0, 0.0)
    assert not any(watch.look(n, n * 0.1) for n in range(1, 100))


def test_the_first_packet_after_a_silence_is_told_once() -> None:
    watch = PathWatch(7, 0.0)
    assert not watch.look(7, SILENT_AFTER_S)
    assert not watch.look(7, 60.0)
    assert watch.look(8, 60.1)
    assert not watch.look(9, 60.2)
    assert not watch.look(9, 60.2 + SILENT_AFTER_S)
    assert watch.look(10, 65.0)


def test_a_short_pause_is_no_silence() -> None:
    watch = PathWatch(0, 0.0)
    assert not watch.look(0, SILENT_AFTER_S - 0.01)
    assert not watch.look(1, SILENT_AFTER_S)
