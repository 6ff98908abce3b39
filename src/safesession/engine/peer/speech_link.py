"""Speech of one connection: packets to the playout, reports back, a plan obeyed.

Runs on the event loop. It decides how much redundancy the own speech carries, and
what is left for pictures, from what the peer reports; it must never open the gate
or outlive its link.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from safesession.engine.media.gate import MediaGate
from safesession.engine.media.plane import MediaPlane
from safesession.engine.media.voice.line import STANDING_QUEUE_MS, Line
from safesession.engine.media.voice.loss import LossMeter, LossReport
from safesession.engine.media.voice.redundancy import RedundancyPlanner
from safesession.engine.peer.speech import SpeechPacket, SpeechReceiver, SpeechSender


LOOK_EVERY_S = 0.1
LOOKS_PER_REPORT = 2  # while nothing is wrong
RATE_LOOKS = 4  # what arrives is counted over so many
# Losses beside a standing queue, or counted then, are congestion: more packets would
# make it worse.
CONGESTED_S = 2.0


class SpeechLink:
    """Both directions of the speech stream of one peer connection."""

    def __init__(
        self,
        sender: SpeechSender,
        receiver: SpeechReceiver,
        plane: MediaPlane,
        gate: MediaGate,
        *,
        received_bytes: Callable[[], int],
        on_pictures: Callable[[int | None], None],
    ) -> None:
        """Join the two ends.

        `received_bytes` counts the whole transport; `on_pictures` takes the bits
        per second that pictures may have (None: any; 0: none).
        """
        self._sender = sender
        self._receiver = receiver
        self._plane = plane
        self._gate = gate
        self._received_bytes = received_bytes
        self._on_pictures = on_pictures
        self._meter = LossMeter()
        self._planner = RedundancyPlanner()
        self._line = Line()
        self._congested_s = -CONGESTED_S
        sender.on_report = self._on_report
        receiver.on_speech = self._on_speech

    def another_path(self) -> None:
        """Nothing is known of the line any more."""
        self._line = Line()
        self._congested_s = -CONGESTED_S

    async def report(self) -> None:
        """Tell the peer five times a second how its speech arrives.

        Twice as often while a queue stands: then every moment makes it longer.
        """
        counted = deque([(time.monotonic(), self._received_bytes())], RATE_LOOKS)
        looks = 0
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            counted.append((time.monotonic(), self._received_bytes()))
            queue_ms = max(0.0, self._plane.audio.queue_ms)
            looks += 1
            if looks >= LOOKS_PER_REPORT or queue_ms > STANDING_QUEUE_MS:
                looks = 0
                (first_s, first), (last_s, last) = counted[0], counted[-1]
                received_bps = round((last - first) * 8 / max(0.01, last_s - first_s))
                share, burst = self._meter.measure()
                report = LossReport(share, burst, queue_ms, received_bps)
                await self._receiver.report(report)

    def _on_speech(self, packet: SpeechPacket) -> None:
        if not self._gate.receive:
            return
        self._meter.arrived(packet.sequence_number)
        self._plane.hear(packet.timestamp, packet.untrusted_packet, packet.earlier)

    def _on_report(self, report: LossReport) -> None:
        now_s = time.monotonic()
        if report.queue_ms > STANDING_QUEUE_MS:
            self._congested_s = now_s
        share = self._line.reported(
            report.queue_ms,
            report.received_bps,
            self._planner.plan.wire_bps,
            pictures=self._plane.camera.newest() is not None,
            now_s=now_s,
        )
        congested = now_s - self._congested_s < CONGESTED_S
        plan = self._planner.measured(
            0.0 if congested else report.loss_share,
            report.burst_packets,
            share.speech_bps,
            now_s,
        )
        self._sender.obey(plan)
        self._on_pictures(share.pictures_bps)
