"""The contrast of every pair of colours is computed, not believed."""

from __future__ import annotations

import pytest

from safesession.ui.theme import tokens as t


SCHEMES = {"light": t.LIGHT, "dark": t.DARK}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("front", "back"), t.TEXT_PAIRS)
def test_text_reaches_four_and_a_half_to_one(scheme, front, back) -> None:
    tokens = SCHEMES[scheme]
    ratio = t.contrast_ratio(getattr(tokens, front), getattr(tokens, back))
    assert ratio >= 4.5, f"{front} on {back}: {ratio:.2f}"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("front", "back"), t.GRAPHIC_PAIRS)
def test_lines_reach_three_to_one(scheme, front, back) -> None:
    tokens = SCHEMES[scheme]
    ratio = t.contrast_ratio(getattr(tokens, front), getattr(tokens, back))
    assert ratio >= 3.0, f"{front} on {back}: {ratio:.2f}"


def test_call_buttons_carry_white_icons() -> None:
    assert t.contrast_ratio("#FFFFFF", t.CALL_BUTTON) >= 10
    assert t.contrast_ratio("#FFFFFF", t.CALL_BUTTON_HOVER) >= 7
    assert t.contrast_ratio(t.QR_DARK, t.QR_LIGHT) >= 15


def test_contrast_formula_against_wcag() -> None:
    assert t.contrast_ratio("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert t.contrast_ratio("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
