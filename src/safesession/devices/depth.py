"""How much sound to keep in the sink: little on a calm machine, more on a busy one.

Pure; time comes in. It must never shrink during a call: each change is audible.
"""

from __future__ import annotations


BUFFERS_MS = (60, 100, 160, 240)
_WINDOW_S = 10.0


class PlaybackDepth:
    """Deepens the buffer when it ran dry twice within ten seconds."""

    def __init__(self) -> None:
        self._rung = 0
        self._last_underrun_s: float | None = None
        self.underruns = 0

    @property
    def buffer_ms(self) -> int:
        """How much the sink should hold."""
        return BUFFERS_MS[self._rung]

    def ran_dry(self, now_s: float) -> bool:
        """Count an underrun at monotonic `now_s`; True when the depth grew."""
        self.underruns += 1
        last, self._last_underrun_s = self._last_underrun_s, now_s
        if (
            last is None
            or now_s - last > _WINDOW_S
            or self._rung + 1 == len(BUFFERS_MS)
        ):
            return False
        self._rung += 1
        self._last_underrun_s = None
        return True
