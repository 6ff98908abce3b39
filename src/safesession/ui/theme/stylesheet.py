"""The one small stylesheet and the palette, both made from tokens.

With the operating system's high-contrast setting neither is applied: then the
system's own palette and shapes rule.
"""

from __future__ import annotations

from string import Template
from typing import Final

from PySide6.QtGui import QColor, QPalette

from safesession.ui.theme import tokens as t
from safesession.ui.theme.tokens import Tokens


_SHEET: Final = Template(
    """
QWidget { color: $text; }
QLabel { background: transparent; }
QLabel[role="muted"], QLabel[role="caption"] { color: $muted; }
QLabel[role="caption"] { font-size: ${caption}px; }
*[role="call"] { font-size: ${caption}px; }
QLabel[role="section"] { font-size: ${section}px; font-weight: 600; }
QLabel[role="title"] { font-size: ${title}px; font-weight: 600; }
QLabel[role="hero"] { font-size: ${hero}px; font-weight: 600; }
QLabel[role="code"] { font-size: ${code}px; font-weight: 600; }
QLabel[role="error"] { color: $error; }
QLabel[role="wordmark"] { font-size: ${body}px; font-weight: 600; color: $primary; }
QWidget[role="page"], QWidget[role="page-body"] { background: $bg; }
QWidget[role="clear"] { background: transparent; }
QScrollArea { border: none; background: transparent; }
QFrame[role="card"] { background: $surface; border: 1px solid $divider;
  border-radius: ${card_radius}px; }
QFrame[role="inset"] { background: $surface_2; border: none;
  border-radius: ${card_radius}px; }
QFrame[role="topbar"], QFrame[role="controls"] { background: $bg; border: none; }
QFrame[role="drawer"] { background: $surface; border: none;
  border-left: 1px solid $divider; }
QFrame[role="strip"] { border: none; border-radius: ${control_radius}px; }
QFrame[role="strip"][tone="info"] { background: $info_bg; }
QFrame[role="strip"][tone="warn"] { background: $warn_bg; }
QFrame[role="strip"][tone="error"] { background: $error_bg; }
QFrame[role="strip"][tone="ok"] { background: $ok_bg; }
QFrame[role="bubble"][tone="sent"] { background: $info_bg;
  border-radius: ${card_radius}px; }
QFrame[role="bubble"][tone="received"] { background: $surface_2;
  border-radius: ${card_radius}px; }
QFrame[role="word"] { background: $surface_2; border: none;
  border-radius: ${card_radius}px; }
QPushButton { background: $surface; border: 1px solid $input_border;
  border-radius: ${control_radius}px; padding: 7px 16px; min-height: ${control}px;
  font-weight: 500; }
QPushButton, QToolButton, QRadioButton, QCheckBox { outline: none; }
QPushButton:hover { background: $surface_2; }
QPushButton:pressed { background: $divider; }
QPushButton:disabled { color: $muted; border-color: $divider; background: $surface_2; }
QPushButton[role="primary"] { background: $primary; color: $on_primary;
  border: 1px solid $primary; font-weight: 600; }
QPushButton[role="primary"]:hover { background: $primary_hover;
  border-color: $primary_hover; }
QPushButton[role="primary"]:disabled { background: $surface_2; color: $muted;
  border-color: $divider; }
QPushButton[role="danger"] { background: $danger; color: $on_danger;
  border: 1px solid $danger; font-weight: 600; }
QPushButton[role="danger"]:hover { background: $danger_hover;
  border-color: $danger_hover; }
QPushButton[role="plain"] { background: transparent; border: 1px solid transparent;
  color: $primary; padding: 7px 10px; }
QPushButton[role="plain"]:hover { background: $surface_2; }
QPushButton[role="choice"] { text-align: left; padding: 8px 12px; }
QPushButton[role="badge"] { border: none; padding: 5px 12px; font-weight: 600; }
QPushButton[role="badge"][tone="ok"] { background: $ok_bg; color: $ok; }
QPushButton[role="badge"][tone="info"] { background: $info_bg; color: $info; }
QPushButton[role="badge"][tone="warn"] { background: $warn_bg; color: $warn; }
QFrame[role="chip"] { background: $bg; border: none; border-radius: ${control_radius}px; }
QLabel[role="chip"] { font-size: ${caption}px; color: $text; }
QToolButton { background: transparent; border: none; padding: 6px;
  border-radius: ${control_radius}px; }
QToolButton:hover { background: $surface_2; }
QLineEdit, QPlainTextEdit, QDateTimeEdit { background: $surface;
  border: 1px solid $input_border; border-radius: ${control_radius}px;
  padding: 6px 10px; selection-background-color: $primary;
  selection-color: $on_primary; }
QLineEdit, QDateTimeEdit { min-height: ${control}px; }
QLineEdit { padding: 7px 10px; }
QLineEdit, QPlainTextEdit { placeholder-text-color: $muted; }
QDateTimeEdit::up-button, QDateTimeEdit::down-button { width: 0; height: 0;
  border: none; subcontrol-origin: margin; }
QDateTimeEdit { padding: 7px 0px; }
QDateTimeEdit QLineEdit { border: none; padding: 0 0 0 10px; min-height: 0;
  background: transparent; }
QLineEdit[role="code"] { font-size: ${hero}px; font-weight: 500; padding: 8px 14px; }
QLineEdit[invalid="true"] { border: 2px solid $error; padding: 6px 9px; }
QLineEdit[role="code"][invalid="true"] { padding: 7px 13px; }
QRadioButton, QCheckBox { spacing: 8px; background: transparent;
  min-height: 28px; }
QRadioButton::indicator, QCheckBox::indicator { width: 20px; height: 20px; }
QRadioButton::indicator:unchecked { image: url($radio_off); }
QRadioButton::indicator:checked { image: url($radio_on); }
QCheckBox::indicator:unchecked { image: url($check_off); }
QCheckBox::indicator:checked { image: url($check_on); }
QListView { background: transparent; border: none; outline: none; }
QFrame[role="side"] { background: $surface; border: none;
  border-right: 1px solid $divider; }
QTextEdit { border: 1px solid $input_border; border-radius: ${control_radius}px;
  padding: 6px 10px; }
QLineEdit[readOnly="true"], QPlainTextEdit[readOnly="true"],
QTextEdit[readOnly="true"] { background: $surface_2; border-color: $divider; }
QMenu { background: $surface; border: 1px solid $divider; padding: 6px; }
QMenu::item { padding: 7px 28px 7px 28px; border-radius: ${control_radius}px; }
QMenu::item:selected { background: $surface_2; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $divider; margin: 6px 8px; }
QMenu::indicator { width: 16px; height: 16px; left: 6px; }
QMenu::indicator:checked { image: url($tick); }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar::handle:vertical { background: $input_border; border-radius: 3px;
  min-height: 32px; }
QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical { height: 0; }
QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical { background: none; }
QToolTip { background: $surface; color: $text; border: 1px solid $divider;
  padding: 4px; }
"""
)


def scaled(px: int, text_scale_percent: int) -> int:
    """Return a text length in px at the person's text scale."""
    return round(px * text_scale_percent / 100)


def build_stylesheet(
    tokens: Tokens, text_scale_percent: int, images: dict[str, str]
) -> str:
    """Return the stylesheet; `images` maps indicator names to file paths."""
    values: dict[str, str | int] = {
        name: getattr(tokens, name)
        for name in Tokens.__dataclass_fields__
        if name != "dark"
    }
    values |= {
        "caption": scaled(t.CAPTION_PX, text_scale_percent),
        "body": scaled(t.BODY_PX, text_scale_percent),
        "section": scaled(t.SECTION_PX, text_scale_percent),
        "title": scaled(t.TITLE_PX, text_scale_percent),
        # The largest size grows half as fast, so that 16 digits fit the least window.
        "hero": scaled(t.HERO_PX, (100 + text_scale_percent) // 2),
        "code": scaled(t.CODE_PX, (100 + text_scale_percent) // 2),
        "card_radius": t.CARD_RADIUS_PX,
        "control_radius": t.CONTROL_RADIUS_PX,
        # The padding (2 x 7) and border belong to the control's height.
        "control": t.CONTROL_HEIGHT_PX - 16,
    }
    return _SHEET.substitute(values, **images)


def build_palette(tokens: Tokens) -> QPalette:
    """Return the palette for widgets and menus that the stylesheet leaves alone."""
    palette = QPalette()
    role = QPalette.ColorRole
    for target, colour in (
        (role.Window, tokens.bg),
        (role.WindowText, tokens.text),
        (role.Base, tokens.surface),
        (role.AlternateBase, tokens.surface_2),
        (role.Text, tokens.text),
        (role.PlaceholderText, tokens.muted),
        (role.Button, tokens.surface),
        (role.ButtonText, tokens.text),
        (role.BrightText, tokens.on_danger),
        (role.Highlight, tokens.primary),
        (role.HighlightedText, tokens.on_primary),
        (role.Link, tokens.link),
        (role.LinkVisited, tokens.link),
        (role.ToolTipBase, tokens.surface),
        (role.ToolTipText, tokens.text),
        (role.Mid, tokens.divider),
        (role.Accent, tokens.primary),
    ):
        palette.setColor(target, QColor(colour))
    disabled = QPalette.ColorGroup.Disabled
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(disabled, target, QColor(tokens.muted))
    return palette
