"""Every page state, in both languages and every look: nothing cut, all reachable."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from tests.support.legibility import cut_words, faint_words

from safesession.ui import gallery
from safesession.ui.theme.controller import SchemeChoice


LOOKS = [
    gallery.Look(language, *rest)
    for language in ("en", "zh_CN")
    for rest in (
        (SchemeChoice.LIGHT,),
        (SchemeChoice.DARK, 100, True),
        (SchemeChoice.LIGHT, 200, True),
    )
]

PARTS = 4  # of the states, so that no test takes minutes on a busy machine


def controls(window: QWidget) -> list[QWidget]:
    """Everything a person can press or type into."""
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit)
    return [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.isVisible()
        and not widget.objectName().startswith("qt_")
    ]


def accessible_name(widget: QWidget) -> str:
    """What a screen reader says first."""
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_state_is_legible_and_reachable(qapp, look, part) -> None:
    wrong: list[str] = []
    with gallery.looking(look):
        for state in gallery.gallery_states()[part::PARTS]:
            with gallery.opened(state, look) as window:
                found = cut_words(window)
                if look.text_scale_percent == 100:
                    found += faint_words(window)
                for control in controls(window):
                    if not accessible_name(control):
                        found.append(f"{control.objectName()}: has no accessible name")
                    if not control.focusPolicy() & Qt.FocusPolicy.TabFocus:
                        found.append(f"{control.objectName()}: not reachable by Tab")
                    if control.height() < 24 or control.width() < 24:
                        found.append(f"{control.objectName()}: smaller than 24 px")
                wrong += [f"{state.name}: {line}" for line in found]
    assert not wrong, "\n".join(wrong)


def test_render_gallery_writes_a_picture_of_every_state(
    qapp, tmp_path: Path, monkeypatch
) -> None:
    states = gallery.gallery_states()
    few = tuple(s for s in states if s.name in ("join_empty", "call_verified"))
    monkeypatch.setattr(gallery, "gallery_states", lambda: few)
    look = gallery.Look("zh_CN", SchemeChoice.DARK)

    written = gallery.render_gallery(tmp_path / "out", (look,))

    assert [path.name for path in written] == [
        "join_empty_zh_CN_dark.png",
        "call_verified_zh_CN_dark.png",
    ]
    for path in written:
        image = QImage(str(path))
        assert image.width() >= 720
        colours = {image.pixel(x, image.height() // 2) for x in range(image.width())}
        assert len(colours) > 3  # something is drawn


def tab_stops(window: QWidget) -> list[str]:
    """Object names in the order in which Tab visits them."""
    stops, widget = [], window.nextInFocusChain()
    while widget is not window:
        reachable = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if reachable and widget.isVisible() and widget.isEnabled():
            stops.append(widget.objectName())
        widget = widget.nextInFocusChain()
    return stops


HEADER = ["switch_language", "open_menu", "open_help"]
BAR = ["badge", "call_menu", "call_help"]
CONTROLS = [
    f"call_{name}" for name in ("microphone", "camera", "text", "safety_code", "leave")
]


@pytest.mark.parametrize(
    ("name", "stops"),
    [
        ("first_run_who", [*HEADER, "choose_client", "choose_counselor"]),
        (
            "join_server_down",
            [*HEADER, "invite_code_input", "action_retry", "join_cancel"],
        ),
        (
            "camera_busy",
            [*BAR, "action_try_again", "action_switch_off", *CONTROLS],
        ),
        (
            "chat_messages",
            [*BAR, "close_drawer", "chat_composer", "chat_send", *CONTROLS],
        ),
        (
            "safety_words",
            [
                *BAR,
                "close_drawer",
                *(f"safety_choice_{index}" for index in range(4)),
                "safety_none",
                "safety_form",
                *CONTROLS,
            ],
        ),
    ],
)
def test_tab_visits_in_reading_order(qapp, name, stops) -> None:
    look = gallery.Look("en", SchemeChoice.LIGHT)
    (state,) = (one for one in gallery.gallery_states() if one.name == name)
    with gallery.looking(look), gallery.opened(state, look) as window:
        assert tab_stops(window) == stops


def test_states_have_unique_names() -> None:
    names = [state.name for state in gallery.gallery_states()]
    assert len(names) == len(set(names))
