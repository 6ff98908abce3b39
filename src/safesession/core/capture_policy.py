"""When a microphone and a camera may run at all.

Pure. Capture follows the phase and the person's own switches; a phase in which
nobody should be heard or seen always wins. Adapters only carry this out.
"""

from __future__ import annotations

from dataclasses import dataclass

from safesession.core.status import Phase


# In these phases the person sees themselves or is seen; in all others, and above
# all while reconnecting or frozen, the devices are off and their lights too.
CAPTURE_PHASES = frozenset(
    {Phase.WAITING, Phase.PAIRING, Phase.CONNECTING, Phase.IN_CALL}
)


@dataclass(frozen=True, slots=True)
class CaptureWanted:
    """Whether each device should be capturing now."""

    microphone: bool
    camera: bool


def capture_wanted(
    phase: Phase, *, microphone_on: bool, camera_on: bool
) -> CaptureWanted:
    """Combine the phase with the person's two switches."""
    allowed = phase in CAPTURE_PHASES
    # Nobody can hear anything before the call: the microphone waits for it.
    in_call = phase is Phase.IN_CALL
    return CaptureWanted(microphone_on and in_call, camera_on and allowed)
