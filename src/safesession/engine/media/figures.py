"""What was really decoded in this session.

Only pictures and sound that went through SRTP and a decoder count; nothing here
is estimated. Time is passed in as monotonic seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from safesession.engine.media.voice.playout import PlayoutCounts


FREEZE_S = 0.2  # a longer gap between two pictures is a freeze
RATE_WINDOW_S = 2.0


@dataclass(frozen=True, slots=True)
class MediaCounts:
    """Totals since the first decoded picture or sound."""

    video_frames: int
    video_fps: float | None  # mean over the time pictures came; None under 2
    freezes: int
    longest_freeze_s: float
    audio_frames: int
    audio_gaps: int


class MediaFigures:
    """Counts decoded frames by kind."""

    def __init__(self, sound: Callable[[], PlayoutCounts]) -> None:
        """`sound` tells what the playout has done so far."""
        self._sound = sound
        self._pictures = 0
        self._freezes = 0
        self._longest_s = 0.0
        self._last_picture_s: float | None = None
        self._intervals = 0  # between consecutive pictures of one connection
        self._intervals_s = 0.0
        self._recent: deque[float] = deque()

    def picture(self, now_s: float) -> None:
        """Count one decoded picture."""
        self._pictures += 1
        if self._last_picture_s is not None:
            gap_s = now_s - self._last_picture_s
            self._intervals += 1
            self._intervals_s += gap_s
            if gap_s > FREEZE_S:
                self._freezes += 1
                self._longest_s = max(self._longest_s, gap_s)
        self._last_picture_s = now_s
        self._recent.append(now_s)

    def interrupted(self) -> None:
        """The connection went or the gate shut: the next gap is no freeze."""
        self._last_picture_s = None

    def received_fps(self, now_s: float) -> float | None:
        """Return pictures per second over the last two seconds; None without one."""
        while self._recent and self._recent[0] < now_s - RATE_WINDOW_S:
            self._recent.popleft()
        if self._last_picture_s is None:
            return None
        if len(self._recent) < 2:  # noqa: PLR2004 - a rate needs two
            return 0.0
        # In a freeze the window ends now, not at the last picture: it must show.
        frozen = now_s - self._last_picture_s > FREEZE_S
        end_s = now_s if frozen else self._last_picture_s
        return (len(self._recent) - 1) / (end_s - self._recent[0])

    @property
    def decoded_frames(self) -> dict[str, int]:
        """Decoded frames by kind."""
        return {"audio": self._sound().decoded_packets, "video": self._pictures}

    @property
    def counts(self) -> MediaCounts:
        """Totals so far."""
        sound = self._sound()
        fps = self._intervals / self._intervals_s if self._intervals_s > 0 else None
        return MediaCounts(
            video_frames=self._pictures,
            video_fps=fps,
            freezes=self._freezes,
            longest_freeze_s=self._longest_s,
            audio_frames=sound.decoded_packets,
            audio_gaps=sound.gaps,
        )
