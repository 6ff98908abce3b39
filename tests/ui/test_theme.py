"""Light, dark, high contrast, text scale, fonts and icons."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from safesession.ui.settings import MemorySettings
from safesession.ui.theme import fonts
from safesession.ui.theme.controller import SchemeChoice, ThemeController, theme
from safesession.ui.theme.icons import icon_names, tinted_pixmap
from safesession.ui.theme.tokens import DARK, LIGHT


@pytest.mark.usefixtures("plain_look")
def test_scheme_and_scale_are_remembered(qapp: QApplication) -> None:
    settings = MemorySettings()
    first = ThemeController(qapp, settings)
    first.set_scheme(SchemeChoice.DARK)
    first.set_text_scale_percent(150)
    second = ThemeController(qapp, settings)
    try:
        assert second.scheme is SchemeChoice.DARK
        assert second.text_scale_percent == 150
        assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.bg)
        assert qapp.font().pixelSize() == 22
    finally:
        for controller in (first, second):
            controller.setParent(None)
            controller.deleteLater()


def test_damaged_settings_fall_back(qapp: QApplication) -> None:
    settings = MemorySettings()
    settings.set("appearance/scheme", "purple")
    settings.set("appearance/text_scale_percent", "-7")
    controller = ThemeController(qapp, settings)
    try:
        assert controller.scheme is SchemeChoice.SYSTEM
        assert controller.text_scale_percent == 100
    finally:
        controller.setParent(None)
        controller.deleteLater()


@pytest.mark.usefixtures("plain_look")
def test_session_surface_is_dark_inside_a_light_window(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    surface = QWidget(window)
    inside = QLabel("x", surface)
    theme().dress_session_surface(surface)
    window.show()
    assert theme().tokens_for(window) is LIGHT
    assert theme().tokens_for(inside) is DARK
    text = inside.palette().color(QPalette.ColorRole.WindowText)
    assert text == QColor(DARK.text)
    theme().dress_session_surface(surface, dark=False)
    assert theme().tokens_for(inside) is LIGHT


@pytest.mark.usefixtures("plain_look")
def test_high_contrast_leaves_everything_to_the_system(qtbot, qapp) -> None:
    surface = QWidget()
    qtbot.addWidget(surface)
    theme().dress_session_surface(surface)
    theme().force_high_contrast(True)
    try:
        assert qapp.styleSheet() == ""
        assert surface.styleSheet() == ""
        standard = qapp.style().standardPalette()
        role = QPalette.ColorRole.Window
        assert qapp.palette().color(role) == standard.color(role)
    finally:
        theme().force_high_contrast(None)
    assert qapp.styleSheet() != ""
    assert surface.styleSheet() != ""


def test_chinese_fonts_are_simplified_first(qapp: QApplication, monkeypatch) -> None:
    present = ["Noto Sans CJK JP", "Noto Sans CJK SC", "Inter", "Microsoft YaHei"]
    monkeypatch.setattr(fonts.QFontDatabase, "families", lambda: present)
    assert fonts.families("zh_CN") == ["Microsoft YaHei", "Noto Sans CJK SC", "Inter"]
    assert fonts.families("en")[0] == "Inter"
    assert "Noto Sans CJK JP" not in fonts.families("zh_CN")


@pytest.mark.parametrize("name", icon_names())
def test_icons_take_the_colour_they_are_given(qapp: QApplication, name: str) -> None:
    image = tinted_pixmap(name, "#FF0000", 48).toImage()
    drawn = [
        image.pixelColor(x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() > 200
    ]
    assert drawn, "nothing is drawn"
    assert all(c.red() > 200 and c.green() < 40 for c in drawn)
