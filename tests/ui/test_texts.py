"""Times, codes and the calendar file in words."""

from __future__ import annotations

import pytest

from safesession.ui import texts
from safesession.ui.calendar_file import calendar_file


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0:00"), (-5, "0:00"), (65, "1:05"), (3599, "59:59"), (3661, "1:01:01")],
)
def test_elapsed(seconds, words) -> None:
    assert texts.elapsed(seconds) == words


@pytest.mark.usefixtures("plain_look")
@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (59, "less than a minute left"),
        (60, "1 minute left"),
        (120, "2 minutes left"),
        (7199, "119 minutes left"),
        (7200, "2 hours left"),
        (172_799, "48 hours left"),
        (604_800, "7 days left"),
    ],
)
def test_time_left(seconds, words) -> None:
    assert texts.time_left(seconds) == words


def test_digits_are_counted_in_any_script() -> None:
    assert texts.count_digits("4821 0937-5516 2084") == 16
    assert texts.count_digits("４８２１") == 4
    assert texts.count_digits("四八二一 〇九三七 幺两") == 10
    assert texts.count_digits("no digits") == 0


def test_groups_and_sentences() -> None:
    assert texts.grouped("4821093755162084") == "4821 0937 5516 2084"
    assert texts.sentences("One.", "", "Two.") == "One. Two."
    assert texts.sentences("一。", "二。") == "一。二。"


def test_calendar_file_is_valid_and_discreet() -> None:
    text = calendar_file(
        starts_at=1_773_306_000.0,
        minutes=50,
        title="日程 / Appointment, room; 2",
        description="长" * 60,
        made_at=1_773_300_000.0,
    )
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert "DTSTART:20260312T090000Z\r\n" in text
    assert "DTEND:20260312T095000Z\r\n" in text
    assert "SUMMARY:日程 / Appointment\\, room\\; 2\r\n" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    unfolded = text.replace("\r\n ", "")
    assert "DESCRIPTION:" + "长" * 60 + "\r\n" in unfolded
