"""When a path counts as quiet, silent and back."""

from __future__ import annotations

import pytest

from safesession.engine.peer.path import (
    LOOK_EVERY_S,
    QUIET_AFTER_S,
    SILENT_AFTER_S,
    PathNews,
    PathWatch,
)


class Looking:
    """A watch that is asked as often as it must be."""

    def __init__(self) -> None:
        self.watch = PathWatch(0, 0.0)
        self.now_s = 0.0
        self.packets = 0
        self.news: list[tuple[PathNews, float]] = []

    def look(self, after_s: float = LOOK_EVERY_S) -> None:
        self.now_s += after_s
        news = self.watch.look(self.packets, self.now_s)
        if news is not None:
            self.news.append((news, self.now_s))

    def listen(self, for_s: float) -> None:
        for _ in range(round(for_s / LOOK_EVERY_S)):
            self.look()

    def hear(self) -> None:
        self.packets += 1
        self.look()

    @property
    def kinds(self) -> list[PathNews]:
        return [news for news, _ in self.news]


def test_a_path_that_never_falls_silent_is_no_news() -> None:
    looking = Looking()
    for _ in range(100):
        looking.hear()
    assert looking.news == []


def test_quiet_and_silence_are_told_once_each_and_in_time() -> None:
    looking = Looking()
    looking.listen(60.0)
    assert looking.kinds == [PathNews.QUIET, PathNews.SILENT]
    for (_, told_s), due_s in zip(
        looking.news, (QUIET_AFTER_S, SILENT_AFTER_S), strict=True
    ):
        assert due_s - 0.01 < told_s < due_s + 1.5 * LOOK_EVERY_S


def test_the_first_packet_after_a_silence_is_told_once() -> None:
    looking = Looking()
    looking.listen(60.0)
    looking.hear()
    looking.hear()
    assert looking.kinds[2:] == [PathNews.BACK]
    looking.listen(SILENT_AFTER_S + LOOK_EVERY_S)
    looking.hear()
    assert looking.kinds[3:] == [PathNews.QUIET, PathNews.SILENT, PathNews.BACK]


def test_a_doubt_passes_without_a_word() -> None:
    looking = Looking()
    looking.listen(SILENT_AFTER_S - 2 * LOOK_EVERY_S)
    looking.hear()
    assert looking.kinds == [PathNews.QUIET]


@pytest.mark.parametrize("stood_s", [1.2, 30.0])
def test_a_process_that_stood_still_itself_heard_no_silence(stood_s: float) -> None:
    """Its timers run before what came meanwhile is read."""
    looking = Looking()
    looking.hear()
    looking.look(stood_s)
    assert looking.kinds == []
    looking.hear()  # but what waited goes on at once
    assert looking.kinds == [PathNews.BACK]
