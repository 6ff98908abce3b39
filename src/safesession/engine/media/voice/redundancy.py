"""How much of the past each packet of speech carries, and at which bit rate.

Pure. Redundancy follows loss up at once and down after five quiet seconds; it is
paid for by a lower Opus rate first, then by less depth. Loss that congestion
causes must not be answered by more packets: the caller reports only loss seen
without a standing queue.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from safesession.engine.media.voice.opus import OpusEncoder
from safesession.engine.media.voice.red import Block, pack


PACKET_SAMPLES = 960
# IPv4 20, UDP 8, RTP 12, extensions 12, GCM tag 16, RED 1; fifty packets a second.
OVERHEAD_BPS = 50 * 8 * (20 + 8 + 12 + 12 + 16 + 1)
RATES_BPS = (32_000, 24_000, 20_000, 16_000, 12_000)
LOSS_STEPS: tuple[tuple[float, tuple[int, ...]], ...] = (
    (0.005, ()),
    (0.04, (1,)),
    (0.14, (1, 2)),
)
DEEPEST = (1, 2, 3)
BURSTY = (1, 2, 4)  # reaches over a run of two or three lost packets
BURST_PACKETS = 1.6  # mean run of lost packets from which on that pays
HOLD_S = 5.0
START_AGES = (1,)
MAX_FEC_PERCENT = 25
HISTORY = 8


@dataclass(frozen=True, slots=True)
class VoicePlan:
    """Ages in packets, Opus' rate, and the loss Opus' own copies expect."""

    ages: tuple[int, ...] = START_AGES
    bitrate_bps: int = RATES_BPS[0]
    fec_percent: int = 0

    @property
    def wire_bps(self) -> int:
        """What it costs on the wire, headers included."""
        return self.bitrate_bps * (1 + len(self.ages)) + OVERHEAD_BPS


class RedundancyPlanner:
    """Turns what the peer lost into a plan."""

    def __init__(self) -> None:
        self.plan = VoicePlan()
        self._hold_until_s = 0.0

    def measured(
        self, loss_share: float, burst_packets: float, budget_bps: int, now_s: float
    ) -> VoicePlan:
        """Take loss over about two seconds and the bandwidth speech may use."""
        ages = self._wanted(loss_share, burst_packets)
        if len(ages) >= len(self.plan.ages) or not self._holding(now_s):
            if ages:
                self._hold_until_s = now_s + HOLD_S
        else:
            ages = self.plan.ages
        ages, bitrate_bps = _affordable(ages, budget_bps)
        # Copies inside Opus take their bits from the frame: only without RED.
        fec = 0 if ages else min(MAX_FEC_PERCENT, round(loss_share * 100))
        self.plan = VoicePlan(ages, bitrate_bps, fec)
        return self.plan

    def _wanted(self, loss_share: float, burst_packets: float) -> tuple[int, ...]:
        answers = (ages for limit, ages in LOSS_STEPS if loss_share < limit)
        ages = next(answers, DEEPEST)
        return BURSTY if ages and burst_packets > BURST_PACKETS else ages

    def _holding(self, now_s: float) -> bool:
        return now_s < self._hold_until_s


def _affordable(ages: tuple[int, ...], budget_bps: int) -> tuple[tuple[int, ...], int]:
    while True:
        for bitrate_bps in RATES_BPS:
            if bitrate_bps * (1 + len(ages)) + OVERHEAD_BPS <= budget_bps:
                return ages, bitrate_bps
        if not ages:
            return (), RATES_BPS[-1]
        ages = ages[:-1]


class RedundantEncoder:
    """20 ms of sound to one RED payload; `obey` may change the plan any time."""

    def __init__(self, opus_payload_type: int) -> None:
        self._payload_type = opus_payload_type
        self._encoder = OpusEncoder()
        self._history: deque[bytes] = deque(maxlen=HISTORY)
        self._plan = VoicePlan()

    def obey(self, plan: VoicePlan) -> None:
        """Encode by this plan from the next packet on."""
        if plan != self._plan:
            self._encoder.set_bitrate(plan.bitrate_bps)
            self._encoder.set_expected_loss(plan.fec_percent)
            self._plan = plan

    def encode(self, pcm: bytes) -> bytes:
        """Return the payload of the next 20 ms."""
        packet = self._encoder.encode(pcm)
        earlier = [
            Block(age * PACKET_SAMPLES, self._history[age - 1])
            for age in self._plan.ages
            if age <= len(self._history)
        ]
        self._history.appendleft(packet)
        return pack(self._payload_type, packet, earlier)

    def encode_plain(self, pcm: bytes) -> bytes:
        """Return the next 20 ms for a peer that does not know RED."""
        packet = self._encoder.encode(pcm)
        self._history.appendleft(packet)
        return packet
