"""The figures of a call: what was decoded, what went over the wire, what it cost.

`CallFigures` has the names the headless peer prints. Nothing here is estimated;
what a platform does not tell is None.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from safesession.engine.media.figures import MediaCounts


@dataclass(frozen=True, slots=True)
class TransportFigures:
    """One connection's transport. `rtt_ms` is None until a report came back."""

    rtt_ms: float | None = None
    path: str = ""  # "direct", "relay" or "" while unknown
    bytes_sent: int = 0
    bytes_received: int = 0
    rtp_packets_sent: int = 0
    rtp_packets_received: int = 0  # authenticated under the mixed keys

    def followed_by(self, later: TransportFigures) -> TransportFigures:
        """Add a later connection of the same session: sums, and its newest path."""
        return TransportFigures(
            rtt_ms=self.rtt_ms if later.rtt_ms is None else later.rtt_ms,
            path=later.path or self.path,
            bytes_sent=self.bytes_sent + later.bytes_sent,
            bytes_received=self.bytes_received + later.bytes_received,
            rtp_packets_sent=self.rtp_packets_sent + later.rtp_packets_sent,
            rtp_packets_received=(
                self.rtp_packets_received + later.rtp_packets_received
            ),
        )


@dataclass(frozen=True, slots=True)
class CallFigures:
    """A session so far. `cpu_s` and `peak_rss_mb` are of the whole process."""

    video_fps: float | None
    video_frames: int
    freezes: int
    audio_frames: int
    audio_gaps: int
    rtt_ms: float | None
    path: str
    bytes_sent: int
    bytes_received: int
    cpu_s: float
    peak_rss_mb: float | None


def call_figures(counts: MediaCounts, transport: TransportFigures) -> CallFigures:
    """Put the counters together with this process's cost so far."""
    return CallFigures(
        video_fps=counts.video_fps,
        video_frames=counts.video_frames,
        freezes=counts.freezes,
        audio_frames=counts.audio_frames,
        audio_gaps=counts.audio_gaps,
        rtt_ms=transport.rtt_ms,
        path=transport.path,
        bytes_sent=transport.bytes_sent,
        bytes_received=transport.bytes_received,
        cpu_s=time.process_time(),
        peak_rss_mb=peak_rss_mb(),
    )


def peak_rss_mb() -> float | None:
    """Return the most memory this process ever held, in MiB (None on Windows)."""
    if sys.platform == "win32":
        return None
    if sys.platform == "linux":
        # getrusage(2) would count what the starting process held before exec.
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts KiB, macOS bytes.
    return peak / 1024 / (1024 if sys.platform == "darwin" else 1)
