"""The two sounds are quiet, short, and what the project's own script makes."""

from __future__ import annotations

import importlib.util
import io
import wave
from importlib import resources

import numpy as np
import pytest
from tests.support.source_tree import ROOT

from safesession.devices.notices import Notice, _samples


@pytest.mark.parametrize("notice", Notice)
def test_a_notice_is_quiet_short_and_without_a_click(notice: Notice) -> None:
    sound = np.frombuffer(_samples(notice), "<i2").astype(float) / 32_768
    assert 300 <= notice.duration_ms <= 700
    assert 0.03 < np.abs(sound).max() < 0.1
    assert np.abs(np.diff(sound)).max() < 0.01
    assert sound[0] == sound[-1] == 0


@pytest.mark.parametrize("notice", Notice)
def test_the_file_is_what_the_script_makes(notice: Notice) -> None:
    script = ROOT / "packaging" / "make_notice_sounds.py"
    spec = importlib.util.spec_from_file_location("make_notice_sounds", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    kept = resources.files("safesession.resources") / "sounds" / f"{notice.value}.wav"
    made = [_read(module.sound(notice.value)), _read(kept.read_bytes())]
    # A sine may differ in its last bit between machines.
    assert np.abs(made[0] - made[1]).max() <= 1


def _read(data: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(data)) as sound:
        frames = sound.readframes(sound.getnframes())
    return np.frombuffer(frames, "<i2").astype(int)
