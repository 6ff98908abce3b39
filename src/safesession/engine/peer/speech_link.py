"""Speech of one connection: packets to the playout, reports back, a plan obeyed.

Runs on the event loop. It decides how much redundancy the own speech carries from
what the peer reports; it must never open the gate or outlive its link.
"""

from __future__ import annotations

import asyncio
import time

from safesession.engine.media.gate import MediaGate
from safesession.engine.media.plane import MediaPlane
from safesession.engine.media.voice.loss import LossMeter, LossReport
from safesession.engine.media.voice.redundancy import RedundancyPlanner
from safesession.engine.peer.speech import SpeechPacket, SpeechReceiver, SpeechSender


REPORT_EVERY_S = 0.2
# Losses beside a standing queue are congestion: more packets would make it worse.
STANDING_QUEUE_MS = 60.0
BUDGET_BPS = 160_000
CONGESTED_BUDGET_BPS = 64_000


class SpeechLink:
    """Both directions of the speech stream of one peer connection."""

    def __init__(
        self,
        sender: SpeechSender,
        receiver: SpeechReceiver,
        plane: MediaPlane,
        gate: MediaGate,
    ) -> None:
        self._sender = sender
        self._receiver = receiver
        self._plane = plane
        self._gate = gate
        self._meter = LossMeter()
        self._planner = RedundancyPlanner()
        sender.on_report = self._on_report
        receiver.on_speech = self._on_speech

    async def report(self) -> None:
        """Tell the peer five times a second how its speech arrives."""
        while True:
            await asyncio.sleep(REPORT_EVERY_S)
            share, burst = self._meter.measure()
            report = LossReport(share, burst, max(0.0, self._plane.audio.queue_ms))
            await self._receiver.report(report)

    def _on_speech(self, packet: SpeechPacket) -> None:
        if not self._gate.receive:
            return
        self._meter.arrived(packet.sequence_number)
        self._plane.hear(packet.timestamp, packet.untrusted_packet, packet.earlier)

    def _on_report(self, report: LossReport) -> None:
        congested = report.queue_ms > STANDING_QUEUE_MS
        plan = self._planner.measured(
            0.0 if congested else report.loss_share,
            report.burst_packets,
            CONGESTED_BUDGET_BPS if congested else BUDGET_BPS,
            time.monotonic(),
        )
        self._sender.obey(plan)
