"""One headless peer of the product whose sound is written down with its times.

    python -m benchmarks.voice_peer FOLDER host|join ... (as `safesession peer`)

The product's own command runs unchanged in this process; only the two ends of its
sound bridge are watched, because a recording knows no times. At the end FOLDER
gets `sound.npz`: every block captured and every block heard, when, and what the
playout said of itself; when pictures were decoded; which plan speech was sent by.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from safesession import cli
from safesession.engine.media.audio_bridge import AudioBridge
from safesession.engine.media.plane import MediaPlane
from safesession.engine.peer.speech import SpeechSender


class Watch:
    """Everything seen, in the order it came. Times are monotonic seconds."""

    def __init__(self) -> None:
        self.captured: list[bytes] = []
        self.captured_s: list[float] = []
        self.heard: list[bytes] = []
        self.heard_s: list[float] = []
        self.playout: list[tuple[float, ...]] = []
        self.pictures_s: list[float] = []
        self.plans: list[tuple[float, ...]] = []

    def save(self, folder: Path) -> None:
        """Write it down."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(
            folder / "sound.npz",
            captured=np.frombuffer(b"".join(self.captured), "<i2"),
            captured_s=np.array(self.captured_s),
            heard=np.frombuffer(b"".join(self.heard), "<i2"),
            heard_s=np.array(self.heard_s),
            playout=np.array(self.playout),
            pictures_s=np.array(self.pictures_s),
            plans=np.array(self.plans),
        )


def watch() -> Watch:
    """Put the watch around the bridge's two ends."""
    seen = Watch()
    on_captured, listen = AudioBridge.on_captured, AudioBridge.listen
    decoded, obey = MediaPlane.decoded, SpeechSender.obey

    def watched_capture(self: AudioBridge, block: bytes) -> None:
        seen.captured_s.append(time.monotonic())
        seen.captured.append(block)
        on_captured(self, block)

    def watched_listen(self: AudioBridge) -> bytes:
        now_s = time.monotonic()
        block = listen(self)
        seen.heard_s.append(now_s)
        seen.heard.append(block)
        played, (level_ms, target_ms) = self.played, self.delay_ms
        seen.playout.append(
            (
                played.played_samples,
                played.concealed_samples,
                level_ms,
                target_ms,
                self.queue_ms,
                played.redundant_packets,
                played.late_packets,
                played.accelerations,
                played.decelerations,
            )
        )
        return block

    def watched_picture(self: MediaPlane) -> None:
        seen.pictures_s.append(time.monotonic())
        decoded(self)

    def watched_obey(self: SpeechSender, plan: Any) -> None:
        deepest = max(plan.ages, default=0)
        row = (len(plan.ages), deepest, plan.bitrate_bps, plan.wire_bps)
        seen.plans.append((time.monotonic(), *row))
        obey(self, plan)

    AudioBridge.on_captured = watched_capture  # type: ignore[method-assign]
    AudioBridge.listen = watched_listen  # type: ignore[method-assign]
    MediaPlane.decoded = watched_picture  # type: ignore[method-assign]
    SpeechSender.obey = watched_obey  # type: ignore[method-assign]
    return seen


def main() -> int:
    """Run the peer and write down what was seen, however it ends."""
    folder, arguments = Path(sys.argv[1]), sys.argv[2:]
    seen = watch()
    try:
        return cli.main(["peer", *arguments])
    finally:
        seen.save(folder)


if __name__ == "__main__":
    sys.exit(main())
