"""What was not delivered last time is offered, and the app says what it keeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QGuiApplication
from tests.support.window_states import BASE, IN_CALL, press, words_of

from safesession.core.effects import TextChanged
from safesession.core.inputs import SendText, StartOver
from safesession.core.ports import Keeping, UnsentNews
from safesession.core.status import EndReason, Phase, Role, TextDirection, TextState
from safesession.ui.gallery import GALLERY_CLOCK_S, SERVER, StillDevices
from safesession.ui.settings import MemorySettings
from safesession.ui.shell import SessionWindow
from safesession.ui.views.first_run import FirstRunView


class Keeper:
    """An UnsentPort that remembers the last word."""

    def __init__(self) -> None:
        self.words: list[tuple] = []
        self.listener: Callable[[UnsentNews], None] | None = None
        self.kept: tuple[str, ...] = ()
        self.last_time: tuple[str, ...] = ()
        self.shared: bool | None = None

    def subscribe(self, listener: Callable[[UnsentNews], None]) -> None:
        self.listener = listener
        listener(UnsentNews(Keeping.STARTING))

    def keep(self, texts: tuple[str, ...], *, at_once: bool) -> None:
        self.kept = texts
        self.words.append((texts, at_once))

    def set_aside(self, texts: tuple[str, ...]) -> None:
        self.last_time = texts

    def share(self, shared: bool) -> None:
        self.shared = shared

    @property
    def on_disk(self) -> tuple[str, ...]:
        return (*self.last_time, *self.kept)


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
def window(qtbot, plain_look, engine, keeper):
    window = SessionWindow(
        engine,
        Role.CLIENT,
        settings=MemorySettings(),
        devices=StillDevices(),
        unsent=keeper,
        server_origin=SERVER,
        clock=lambda: GALLERY_CLOCK_S,
    )
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    yield window
    window.hide()
    window.show_status(BASE)
    window.close()
    window.deleteLater()


def tell(qtbot, window, keeper, keeping: Keeping, *last_time: str) -> None:
    keeper.last_time = last_time
    with qtbot.waitSignal(window.unsent_model.changed):
        keeper.listener(UnsentNews(keeping, last_time))


def sent(number: int, words: str, state: TextState) -> TextChanged:
    return TextChanged(TextDirection.SENT, number, words, state, GALLERY_CLOCK_S)


def test_it_is_offered_unread_and_put_into_the_message_field(
    qtbot, window, keeper
) -> None:
    window.show_status(BASE)
    assert not window.join.unsent.isVisible()
    tell(qtbot, window, keeper, Keeping.SEALED, "我很害怕", "later?")
    assert window.join.unsent.isVisible()
    assert "我很害怕" not in words_of(window, "page_join"), "only when asked"
    press(qtbot, window.join, "unsent_show")
    assert "我很害怕" in words_of(window, "page_join")
    press(qtbot, window.join, "unsent_copy")
    assert QGuiApplication.clipboard().text() == "我很害怕\n\nlater?"
    press(qtbot, window.join, "unsent_reuse")
    assert not window.join.unsent.isVisible()
    assert keeper.on_disk == ("我很害怕\n\nlater?",), "still kept, as a draft"
    window.show_status(IN_CALL)
    window.call.toggle_chat()
    assert window.call.chat_panel.composer.toPlainText() == "我很害怕\n\nlater?"


def test_a_text_is_kept_from_the_first_letter_to_its_confirmation(
    window, keeper, engine
) -> None:
    window.show_status(IN_CALL)
    window.call.toggle_chat()
    composer = window.call.chat_panel.composer
    composer.setPlainText("在")
    assert keeper.words[-1] == (("在",), False)
    composer.send_requested.emit()
    assert engine.submitted[-1] == SendText("在")
    assert keeper.words[-1] == (("在",), True), "at once"
    for state in (TextState.QUEUED, TextState.SENT):
        window._take_text(sent(1, "在", state))
        assert keeper.on_disk == ("在",)
    window._take_text(sent(1, "在", TextState.DELIVERED))
    assert keeper.on_disk == ()


def test_discarding_is_asked_about(qtbot, window, keeper) -> None:
    window.show_status(BASE)
    tell(qtbot, window, keeper, Keeping.SEALED, "one")
    press(qtbot, window.join, "unsent_discard")
    assert window._confirm.isVisible()
    window._confirm.no.click()
    assert keeper.on_disk == ("one",)
    press(qtbot, window.join, "unsent_discard")
    window._confirm.yes.click()
    assert keeper.on_disk == ()
    assert not window.join.unsent.isVisible()


def test_what_a_session_leaves_is_offered_in_the_next(qtbot, window, keeper) -> None:
    window.show_status(IN_CALL)
    tell(qtbot, window, keeper, Keeping.SEALED)
    window._take_text(sent(1, "kept", TextState.SENT))
    window.chat_model.set_draft("half a sen")
    window.show_status(_ended())
    assert "offered again next time" in words_of(window, "page_ended")
    press(qtbot, window.ended, "ended_again")
    assert isinstance(window.bridge._engine.submitted[-1], StartOver)
    window.show_status(BASE)
    assert keeper.on_disk == ("kept", "half a sen")
    assert window.join.unsent.isVisible()
    assert window.chat_model.undelivered == ()


def test_the_ended_page_discards_when_told(qtbot, window, keeper) -> None:
    window.show_status(IN_CALL)
    window._take_text(sent(1, "别送了", TextState.SENT))
    window.show_status(_ended())
    press(qtbot, window.ended, "discard_undelivered")
    window._confirm.yes.click()
    assert keeper.on_disk == ()
    assert "别送了" not in words_of(window, "page_ended")


def _ended():
    from dataclasses import replace

    return replace(IN_CALL, phase=Phase.ENDED, ended=EndReason.PEER_LEFT)


@pytest.mark.parametrize(
    ("keeping", "words"),
    [
        (Keeping.SEALED, "kept here, locked"),
        (Keeping.UNAVAILABLE, "no safe place"),
        (Keeping.SHARED, "nothing you write is kept"),
    ],
)
def test_the_app_says_what_it_keeps_where_one_types(
    qtbot, window, keeper, keeping, words
) -> None:
    window.show_status(IN_CALL)
    window.call.toggle_chat()
    tell(qtbot, window, keeper, keeping)
    assert words in words_of(window, "chat_panel")
    window.show_status(_ended())
    window._take_text(sent(1, "x", TextState.SENT))
    kept = "offered again" in words_of(window, "page_ended")
    assert kept is (keeping is Keeping.SEALED)


def test_a_client_says_in_the_menu_that_the_computer_is_shared(
    qtbot, window, keeper
) -> None:
    window.show_status(BASE)
    tell(qtbot, window, keeper, Keeping.SEALED, "mine")
    window._menu.rebuild()
    action = next(a for a in window._menu.actions() if "shared" in a.text())
    assert not action.isChecked()
    with qtbot.waitSignal(window.unsent_model.sharing_changed) as told:
        action.trigger()
    assert told.args == [True]
    assert keeper.shared is True
    tell(qtbot, window, keeper, Keeping.SHARED)
    assert not window.join.unsent.isVisible()
    assert "Shared computer" in words_of(window, "page_join")


@pytest.mark.usefixtures("plain_look")
def test_first_run_asks_a_client_only(qtbot) -> None:
    view = FirstRunView(shared_computer=True)
    qtbot.addWidget(view)
    view.show()
    press(qtbot, view, "choose_counselor")
    assert not view._shared.isVisible()
    press(qtbot, view, "first_run_back")
    press(qtbot, view, "choose_client")
    assert view._shared.isChecked(), "as the last person said"
    with qtbot.waitSignal(view.finished) as done:
        press(qtbot, view, "first_run_continue")
    assert done.args[0].shared_computer
