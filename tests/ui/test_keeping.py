"""The log and what is due, under a person's hands: nothing goes without two steps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from tests.support.notes import left_behind, settle, shown_words
from tests.support.window_states import press

from safesession.core.keeping_types import CustodyEvent, LogTopic
from safesession.core.status import Role
from safesession.core.vault_types import AnchorVerdict
from safesession.ui import keeping_texts
from safesession.ui.gallery_keeping import StillKeeping, filled_keeping
from safesession.ui.gallery_notes import StillDoor
from safesession.ui.keeping_corner import KeepingCorner
from safesession.ui.shell import SessionWindow
from safesession.ui.view_models.retention import RetentionStep


@pytest.fixture
def keeping() -> StillKeeping:
    return filled_keeping()


@pytest.fixture
def door() -> StillDoor:
    return StillDoor()


@pytest.fixture
def window(open_window) -> SessionWindow:
    return open_window(Role.COUNSELOR)


@pytest.fixture
def went() -> list[object]:
    """Where the pages led."""
    return []


@pytest.fixture
def corner(window, keeping, door, went) -> KeepingCorner:
    return KeepingCorner(
        window,
        keeping,
        door,
        back=lambda: went.append("back"),
        open_client=went.append,
    )


@pytest.fixture
def due(corner, qtbot) -> KeepingCorner:
    """The page of what is due, read."""
    corner.show_retention()
    qtbot.waitUntil(lambda: bool(corner.retention.view_model.due))
    return corner


def typed(window: QWidget, name: str, text: str) -> None:
    field = window.findChild(QLineEdit, name)
    assert field.isVisible()
    field.setText(text)


# --- the log ----------------------------------------------------------------------


def test_the_log_says_that_it_is_complete_since_when(corner, window, qtbot) -> None:
    corner.show_log()
    model = corner.log.view_model
    qtbot.waitUntil(lambda: model.chain is not None and model.chain.finished)
    qtbot.waitUntil(lambda: "Complete since" in shown_words(window))
    said = shown_words(window)
    assert "no older copy was put in place" in said
    titles = [row.title for row in model.list.rows]
    assert titles[:3] == [
        "Keys of everything deleted were destroyed",
        "File deleted; notes in it: 21",
        "Vault unlocked",
    ]
    opened = next(row for row in model.list.rows if row.title == "Note opened")
    assert opened.detail.startswith("A-017, Formal record of 5 Mar 2026 · 9 Mar 2026")
    failed = next(row for row in model.list.rows if row.title == "Try to unlock failed")
    unlocked = next(row for row in model.list.rows if row.title == "Vault unlocked")
    assert failed.detail.split(" · ")[0] != unlocked.detail.split(" · ")[0], (
        "the time of the try, not of the unlocking that told of it"
    )


def test_what_does_not_fit_is_said(corner, keeping, window, qtbot) -> None:
    keeping.broken_at = 7
    keeping.history = AnchorVerdict.ROLLED_BACK
    keeping.doubts = ((1_760_000_000_000, AnchorVerdict.REWRITTEN),)
    corner.show_log()
    qtbot.waitUntil(lambda: "line 7 does not fit" in shown_words(window))
    said = shown_words(window)
    assert "an older copy was put in place" in said
    assert "9 Oct 2025" in said


@pytest.mark.parametrize(
    ("topic", "events"),
    [
        (LogTopic.OPENED, {CustodyEvent.OPENED}),
        (LogTopic.EXPORTED, {CustodyEvent.EXPORTED, CustodyEvent.BACKED_UP}),
        (LogTopic.FAILED, {CustodyEvent.UNLOCK_FAILED}),
    ],
)
def test_the_log_is_read_by_topic(corner, window, qtbot, topic, events) -> None:
    corner.show_log()
    model = corner.log.view_model
    qtbot.waitUntil(lambda: bool(model.list.rows))
    press(qtbot, window, f"log_topic_{topic.value}")
    qtbot.waitUntil(lambda: 0 < len(model.list.rows) < 8)
    assert {line.entry.event for line in model._lines} == events


def test_older_lines_follow_on_demand(corner, keeping, qtbot) -> None:
    for number in range(150):
        keeping.write(CustodyEvent.OPENED, f"note:{number}")
    corner.show_log()
    rows = corner.log.view_model.list
    qtbot.waitUntil(lambda: len(rows.rows) == 101)
    corner.log.list.setFocus()
    corner.log.list.setCurrentIndex(rows.index(100, 0))
    qtbot.keyClick(corner.log.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(rows.rows) == 162)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_event_has_words_of_its_own(qapp, keeping, language) -> None:
    from safesession.ui.gallery import Look, looking
    from safesession.ui.theme.controller import SchemeChoice

    keeping.lines.clear()
    for event in CustodyEvent:
        keeping.write(event, detail="5" if event == "retention_set" else "")
    with looking(Look(language, SchemeChoice.LIGHT)):
        words = [keeping_texts.line_title(line) for line in keeping.lines]
    assert all(words)
    assert len(set(words)) == len(CustodyEvent)


# --- keeping and deleting -----------------------------------------------------------


def test_a_file_is_opened_for_its_review(due, window, went, qtbot) -> None:
    press(qtbot, window, "retention_open_1")
    assert went == [1]
    settle()
    assert due.retention.view_model.due == ()


def test_a_file_is_kept_longer_with_a_reason(due, keeping, window, qtbot) -> None:
    press(qtbot, window, "retention_keep_2")
    press(qtbot, window, "retention_next")
    assert "Say why" in shown_words(window)
    typed(window, "retention_years", "3")
    typed(window, "retention_reason", "法院要求保留")
    press(qtbot, window, "retention_next")
    model = due.retention.view_model
    qtbot.waitUntil(lambda: [review.client_id for review in model.due] == [1])
    assert keeping.reviews[2].kept_because == "法院要求保留"
    assert "法院" not in shown_words(window), "what was typed stays nowhere"
    assert "A-002 is kept" in shown_words(window)


def test_deleting_takes_the_code_and_a_yes(due, keeping, window, qtbot) -> None:
    press(qtbot, window, "retention_erase_1")
    press(qtbot, window, "retention_delete")
    assert "not the code" in shown_words(window)
    typed(window, "retention_code", "A-002")
    press(qtbot, window, "retention_delete")
    assert not window.findChild(QPushButton, "confirm_yes").isVisible()
    typed(window, "retention_code", " a-001 ")
    press(qtbot, window, "retention_delete")
    confirm = due.retention.findChild(QPushButton, "confirm_no")
    assert confirm.hasFocus(), "the keyboard is on the harmless answer"
    qtbot.keyClick(confirm, Qt.Key.Key_Return)
    assert 1 in keeping.reviews
    press(qtbot, window, "retention_delete")
    press(qtbot, window, "confirm_yes")
    model = due.retention.view_model
    qtbot.waitUntil(lambda: [review.client_id for review in model.due] == [2])
    assert 1 not in keeping.reviews
    assert "Backups and exports made before still hold it" in shown_words(window)
    assert keeping.lines[-2].entry.event is CustodyEvent.DELETED


def test_what_changed_meanwhile_is_looked_at_again(due, keeping, window, qtbot) -> None:
    press(qtbot, window, "retention_erase_1")
    typed(window, "retention_code", "A-001")
    keeping.refuse("review_stale")
    press(qtbot, window, "retention_delete")
    press(qtbot, window, "confirm_yes")
    qtbot.waitUntil(lambda: "has changed since it was shown" in shown_words(window))
    assert due.retention.view_model.step is RetentionStep.OVERVIEW
    assert 1 in keeping.reviews


def test_a_refusal_of_the_disk_leaves_the_task_open(
    due, keeping, window, qtbot
) -> None:
    press(qtbot, window, "retention_keep_1")
    typed(window, "retention_years", "1")
    typed(window, "retention_reason", "还在督导")
    keeping.refuse("disk_full")
    press(qtbot, window, "retention_next")
    qtbot.waitUntil(lambda: "disk is full" in shown_words(window))
    assert due.retention.view_model.step is RetentionStep.KEEP
    assert window.findChild(QLineEdit, "retention_reason").text() == "还在督导"


@pytest.mark.parametrize("years", ["", "0", "101", "ten", "-1", "1.5", "９９９９"])
def test_a_period_is_a_number_of_years(due, keeping, window, qtbot, years) -> None:
    press(qtbot, window, "retention_period")
    typed(window, "retention_years", years)
    press(qtbot, window, "retention_next")
    assert "from 1 to 100" in shown_words(window)
    assert keeping.years == 10


def test_a_shorter_period_only_makes_more_files_due(
    due, keeping, window, qtbot
) -> None:
    press(qtbot, window, "retention_period")
    typed(window, "retention_years", "１")
    qtbot.keyClick(window.findChild(QLineEdit, "retention_years"), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "kept one year from now on" in shown_words(window))
    assert keeping.years == 1
    assert len(keeping.reviews) == 3


def test_the_way_back_leads_to_the_vault(due, window, went, qtbot) -> None:
    press(qtbot, window, "retention_keep_1")
    press(qtbot, window, "retention_back")
    assert went == []
    press(qtbot, window, "retention_back")
    assert went == ["back"]


# --- locking ------------------------------------------------------------------------


@pytest.fixture
def typing(due, window, qtbot) -> Callable[[str], None]:
    def typed_in(reason: str) -> None:
        press(qtbot, window, "retention_keep_2")
        typed(window, "retention_reason", reason)

    return typed_in


def test_a_lock_empties_both_pages(
    corner, window, keeping, door, typing, qtbot
) -> None:
    marker = "理由marker" + str(7391)
    typing(marker)
    assert left_behind(marker)
    door.lock()
    settle()
    assert left_behind(marker) == []
    assert "A-002" not in shown_words(window)
    door.unlock()
    corner.show_log()
    qtbot.waitUntil(lambda: bool(corner.log.view_model.list.rows))
    keeping.hold()
    corner.log.view_model.choose_topic(LogTopic.OPENED)
    door.lock()
    keeping.release()
    settle()
    assert corner.log.view_model.list.rows == ()
    assert corner.log.view_model.notices() == ()


def test_a_locked_vault_shows_neither_page(corner, window, door) -> None:
    door.lock()
    corner.show_log()
    corner.show_retention()
    assert not corner.log.isVisible()
    assert not corner.retention.isVisible()
