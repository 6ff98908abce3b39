"""Design tokens of the "quiet room": every colour and length has one name here.

Nothing outside this module may name a colour. Contrast ratios are computed
with the WCAG 2.2 formula; a test recomputes every pair in `TEXT_PAIRS` and
`GRAPHIC_PAIRS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Tokens:
    """One colour scheme; every value is an "#RRGGBB" string."""

    dark: bool
    bg: str
    surface: str
    surface_2: str
    text: str
    muted: str
    primary: str
    primary_hover: str
    on_primary: str
    link: str
    input_border: str
    divider: str
    warn: str
    warn_bg: str
    error: str
    error_bg: str
    ok: str
    ok_bg: str
    info: str
    info_bg: str
    focus: str
    danger: str
    danger_hover: str
    on_danger: str


LIGHT: Final = Tokens(
    dark=False,
    bg="#F5F7F6",
    surface="#FFFFFF",
    surface_2="#EAF0EE",
    text="#1B2B2A",
    muted="#4D615F",
    primary="#1F6B66",
    primary_hover="#185651",
    on_primary="#FFFFFF",
    link="#2F5D8A",
    input_border="#7C908D",
    divider="#D5DEDB",
    warn="#7A4B00",
    warn_bg="#FFF3DC",
    error="#A4262C",
    error_bg="#FDECEA",
    ok="#1E6B3A",
    ok_bg="#E4F3E9",
    info="#234E78",
    info_bg="#E6EFF8",
    focus="#1457B8",
    danger="#A4262C",
    danger_hover="#8B1D23",
    on_danger="#FFFFFF",
)

DARK: Final = Tokens(
    dark=True,
    bg="#12191A",
    surface="#1A2425",
    surface_2="#223031",
    text="#E6EEEC",
    muted="#A9BBB8",
    primary="#6FC3B9",
    primary_hover="#8AD3CA",
    on_primary="#0B1F1D",
    link="#8FBCE8",
    input_border="#6E8582",
    divider="#2E3D3D",
    warn="#F3C878",
    warn_bg="#3A2C10",
    error="#F5A3A0",
    error_bg="#3D1C1D",
    ok="#8FD3A5",
    ok_bg="#15301F",
    info="#A6CBEF",
    info_bg="#17293B",
    focus="#8AB8FF",
    danger="#A4262C",
    danger_hover="#B93038",
    on_danger="#FFFFFF",
)

# The in-session surface is dark whatever the theme, so that faces carry the light.
CALL_BUTTON: Final = "#2C3A3B"
CALL_BUTTON_HOVER: Final = "#374849"
CALL_BACKDROP: Final = "#0B1011"
QR_LIGHT: Final = "#FFFFFF"
QR_DARK: Final = "#12191A"

TEXT_PAIRS: Final = (
    ("text", "bg"),
    ("text", "surface"),
    ("text", "surface_2"),
    ("muted", "bg"),
    ("muted", "surface"),
    ("muted", "surface_2"),
    ("link", "surface"),
    ("primary", "surface"),
    ("primary", "bg"),
    ("on_primary", "primary"),
    ("on_primary", "primary_hover"),
    ("on_danger", "danger"),
    ("on_danger", "danger_hover"),
    ("warn", "warn_bg"),
    ("error", "error_bg"),
    ("error", "surface"),
    ("ok", "ok_bg"),
    ("info", "info_bg"),
    ("text", "warn_bg"),
    ("text", "error_bg"),
    ("text", "ok_bg"),
    ("text", "info_bg"),
)
"""(foreground, background) pairs that must reach 4.5:1."""

GRAPHIC_PAIRS: Final = (
    ("input_border", "surface"),
    ("focus", "surface"),
    ("focus", "bg"),
    ("primary", "surface_2"),
)
"""(line, background) pairs that must reach 3:1."""

# Sizes in px at 100 % text; the 4-point grid.
CAPTION_PX: Final = 13
BODY_PX: Final = 15
CLIENT_BODY_PX: Final = 16
SECTION_PX: Final = 18
TITLE_PX: Final = 24
HERO_PX: Final = 32
CODE_PX: Final = 38
SPACE: Final = (0, 4, 8, 12, 16, 24, 32, 48)
CARD_RADIUS_PX: Final = 10
CONTROL_RADIUS_PX: Final = 6
CONTROL_HEIGHT_PX: Final = 40
CALL_BUTTON_PX: Final = 48
_LINEAR_BELOW: Final = 0.04045  # WCAG 2.2, relative luminance
TEXT_SCALES_PERCENT: Final = (100, 125, 150, 200)


def relative_luminance(colour: str) -> float:
    """Return WCAG 2.2 relative luminance of "#RRGGBB", 0 to 1."""
    channels = []
    for start in (1, 3, 5):
        value = int(colour[start : start + 2], 16) / 255
        channels.append(
            value / 12.92
            if value <= _LINEAR_BELOW
            else ((value + 0.055) / 1.055) ** 2.4
        )
    red, green, blue = channels
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_ratio(one: str, other: str) -> float:
    """Return the WCAG 2.2 contrast ratio of two colours, 1 to 21."""
    low, high = sorted((relative_luminance(one), relative_luminance(other)))
    return (high + 0.05) / (low + 0.05)
