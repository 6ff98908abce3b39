"""When a path counts as quiet, silent and back."""

from safesession.engine.peer.path import (
    QUIET_AFTER_S,
    SILENT_AFTER_S,
    PathNews,
    PathWatch,
)


def test_a_path_that_never_falls_silent_is_no_news() -> None:
    watch = PathWatch(0, 0.0)
    assert not any(watch.look(n, n * 0.1) for n in range(1, 100))


def test_the_first_packet_after_a_silence_is_told_once() -> None:
    watch = PathWatch(7, 0.0)
    assert watch.look(7, SILENT_AFTER_S) is PathNews.SILENT
    assert watch.look(7, 60.0) is None
    assert watch.look(8, 60.1) is PathNews.BACK
    assert watch.look(9, 60.2) is None
    assert watch.look(9, 60.2 + SILENT_AFTER_S) is PathNews.SILENT
    assert watch.look(10, 65.0) is PathNews.BACK


def test_a_doubt_comes_before_a_silence_and_passes_without_a_word() -> None:
    watch = PathWatch(0, 0.0)
    assert watch.look(0, QUIET_AFTER_S) is PathNews.QUIET
    assert watch.look(0, SILENT_AFTER_S - 0.01) is None
    assert watch.look(1, SILENT_AFTER_S) is None
    assert watch.look(1, SILENT_AFTER_S + QUIET_AFTER_S + 0.01) is PathNews.QUIET
    assert watch.look(1, 2 * SILENT_AFTER_S) is PathNews.SILENT
