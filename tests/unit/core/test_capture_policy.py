"""The core decides when a microphone and a camera may run."""

from __future__ import annotations

import pytest

from safesession.core.capture_policy import capture_wanted
from safesession.core.status import Phase


@pytest.mark.parametrize("phase", list(Phase))
def test_switched_off_is_off_everywhere(phase: Phase) -> None:
    wanted = capture_wanted(phase, microphone_on=False, camera_on=False)
    assert (wanted.microphone, wanted.camera) == (False, False)


@pytest.mark.parametrize("phase", list(Phase))
def test_nobody_is_heard_outside_the_call(phase: Phase) -> None:
    wanted = capture_wanted(phase, microphone_on=True, camera_on=True)
    assert wanted.microphone == (phase is Phase.IN_CALL)
    preview = {Phase.WAITING, Phase.PAIRING, Phase.CONNECTING, Phase.IN_CALL}
    assert wanted.camera == (phase in preview)
