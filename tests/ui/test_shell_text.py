"""Text in the session window: written, sent, counted, and kept when it fails."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from tests.support.window_states import BASE, IN_CALL, press, words_of

from safesession.core.effects import TextChanged
from safesession.core.inputs import SendText, StartOver
from safesession.core.status import (
    EndReason,
    Phase,
    Role,
    TextDirection,
    TextState,
)
from safesession.ui.gallery import GALLERY_CLOCK_S
from safesession.ui.view_models.shell import Page


def text(direction, number, words, state) -> TextChanged:
    return TextChanged(direction, number, words, state, GALLERY_CLOCK_S)


def test_chinese_is_typed_and_sent_by_enter(open_window, engine, ime, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_C, both)
    composer = window.call.chat_panel.composer
    assert window.focusWidget() is composer
    ime(composer, "您好，老师")
    qtbot.keyClick(composer, Qt.Key.Key_Return)
    assert engine.submitted == [SendText("您好，老师")]
    assert composer.toPlainText() == ""
    window._take_text(text(TextDirection.SENT, 1, "您好，老师", TextState.DELIVERED))
    assert "您好，老师" in words_of(window, "chat_panel")
    assert "delivered" in words_of(window, "chat_panel")


def test_enter_inside_a_composition_does_not_send(open_window, engine, qtbot) -> None:
    from PySide6.QtGui import QInputMethodEvent

    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    window.call.toggle_chat()
    composer = window.call.chat_panel.composer
    composer.setPlainText("你好")
    QApplication.sendEvent(composer, QInputMethodEvent("ma", []))
    qtbot.keyClick(composer, Qt.Key.Key_Return)
    assert engine.submitted == []
    commit = QInputMethodEvent("", [])
    commit.setCommitString("吗")
    QApplication.sendEvent(composer, commit)
    qtbot.keyClick(composer, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert engine.submitted == []
    assert "\n" in composer.toPlainText()


def test_unread_is_counted_and_focus_returns(open_window, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    window.call.close_drawer()
    window._take_text(text(TextDirection.RECEIVED, 1, "hello", TextState.DELIVERED))
    opener = window.findChild(QWidget, "call_text")
    assert "1 unread" in opener.accessibleName()
    press(qtbot, window, "call_text")
    assert "unread" not in opener.accessibleName()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert not window.call.chat_open
    assert window.focusWidget() is opener


def test_what_did_not_arrive_is_still_there_at_the_end(
    open_window, engine, qtbot
) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    window._take_text(text(TextDirection.SENT, 1, "first", TextState.DELIVERED))
    window._take_text(text(TextDirection.SENT, 2, "second", TextState.QUEUED))
    window.chat_model.set_draft("third")
    ended = replace(IN_CALL, phase=Phase.ENDED, ended=EndReason.PEER_LEFT)
    window.show_status(ended)
    assert window.shell.page is Page.ENDED
    press(qtbot, window, "copy_undelivered")
    assert QGuiApplication.clipboard().text() == "second\n\nthird"
    press(qtbot, window, "ended_again")
    assert engine.submitted[-1] == StartOver()
    window.show_status(BASE)
    assert window.shell.page is Page.JOIN
    assert window.chat_model.lines == ()
    assert "second" not in words_of(window, "chat_panel")
