"""From packets as they come to 20 ms of speech whenever the loudspeaker asks.

Sans-I/O, after NetEQ: packets wait by timestamp; a delay target follows the
network; speech is stretched towards it by single pitch periods; holes are filled
from redundancy, from the next packet's copy, or by concealment, and a long
silence by comfort noise. Time is an argument. It must never raise on what a peer
sends, grow without limit, or return anything but `BLOCK` samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import numpy as np

from safesession.engine.media.voice import stretch
from safesession.engine.media.voice.comfort import ComfortNoise
from safesession.engine.media.voice.delay import DelayTarget
from safesession.engine.media.voice.opus import (
    RATE_HZ,
    Samples,
    has_copy,
    packet_samples,
)
from safesession.engine.media.voice.red import Block


BLOCK = 960  # samples a pull returns: 20 ms
MAX_PACKETS = 100
FIRST_FILL_MS = 40.0
ACCELERATE_OVER_MS = 20.0
ACCELERATE_AT_ONCE_MS = 120.0
DECELERATE_UNDER_MS = 1.0
FLUTTER_MS = 4.0
SMOOTHING = 0.95
NOISE_AFTER_BLOCKS = 3  # concealment is a plausible voice for 60 ms
FADED_AFTER_BLOCKS = 12  # and silent after 240 ms
RESYNC_AFTER_BLOCKS = 50  # 1 s without anything
SKIP_OVER_MS = 500.0
RESTART_SAMPLES = 5 * RATE_HZ


class Decoder(Protocol):
    """What is needed of Opus (`voice.opus.OpusDecoder`)."""

    def decode(self, untrusted_packet: bytes) -> Samples:
        """Return the samples of a packet; ValueError when it is none."""

    def recover(self, untrusted_next_packet: bytes, samples: int) -> Samples:
        """Return what the next packet remembers of a lost one."""

    def conceal(self, samples: int) -> Samples:
        """Continue what was heard last."""


class _State(Enum):
    EMPTY = "empty"  # nothing came since the start or the last resynchronisation
    FILLING = "filling"  # packets wait until the target delay is reached
    PLAYING = "playing"


@dataclass(frozen=True, slots=True)
class PlayoutCounts:
    """What the listener got since the start."""

    played_samples: int = 0  # while playing
    concealed_samples: int = 0  # of these, made up
    decoded_packets: int = 0
    redundant_packets: int = 0  # of these, played from a later packet's redundancy
    late_packets: int = 0  # came after their turn
    refused_packets: int = 0  # not decodable
    accelerations: int = 0
    decelerations: int = 0
    resynchronisations: int = 0
    gaps: int = 0  # runs of concealment, whatever their length


class Playout:
    """One stream of the peer; the caller serialises `push`, `pull` and `clear`."""

    def __init__(self, decoder: Decoder, *, noise_seed: int = 0) -> None:
        self._decoder = decoder
        self._delay = DelayTarget()
        self._noise = ComfortNoise(noise_seed)
        self._totals = dict.fromkeys(PlayoutCounts.__slots__, 0)
        self._unwrapped: int | None = None
        self._forget()

    def _forget(self) -> None:
        self._state = _State.EMPTY
        self._packets: dict[int, tuple[bytes, int, bool]] = {}
        self._play_at = 0  # the sample to be decoded next
        self._newest_end = 0
        self._ready: Samples = np.zeros(0, np.int16)
        self._made_up = np.zeros(0, np.bool_)
        self._level_ms: float | None = None
        self._ahead_blocks = 0  # concealed before it was clear what was lost
        self._concealed_run = 0

    @property
    def _packets_known(self) -> bool:
        return self._state is not _State.EMPTY

    def _restart(self) -> None:
        """The peer's clock jumped: another stream, with a delay of its own."""
        self._count("resynchronisations")
        self._forget()
        self._delay = DelayTarget()

    def another_path(self) -> None:
        """Packets come another way from now on; what waits is played as it is."""
        self._delay.another_path()

    @property
    def counts(self) -> PlayoutCounts:
        """Totals so far."""
        return PlayoutCounts(**self._totals)

    @property
    def target_ms(self) -> float:
        """The delay aimed at."""
        return self._delay.target_ms

    @property
    def jitter_ms(self) -> float:
        """What 96 % of the packets stay under."""
        return self._delay.jitter_ms

    @property
    def queue_ms(self) -> float:
        """How much later than in the best case packets come at present."""
        return self._delay.queue_ms

    @property
    def level_ms(self) -> float:
        """The delay at present, smoothed; 0 while nothing plays."""
        return self._level_ms or 0.0

    @property
    def waiting_ms(self) -> float:
        """What waits right now, the block about to be played included."""
        if self._state is _State.EMPTY:
            return 0.0
        pending = self._newest_end - self._play_at + len(self._ready)
        return pending * 1000 / RATE_HZ

    def clear(self) -> None:
        """Fall silent at once: the gate shut or the connection went."""
        self._forget()
        self._unwrapped = None
        self._delay = DelayTarget()

    # --- from the network ----------------------------------------------------------

    def push(
        self,
        untrusted_timestamp: int,
        untrusted_packet: bytes,
        earlier: list[Block],
        now_s: float,
    ) -> None:
        """Take a packet and the earlier ones that travelled with it."""
        try:
            samples = packet_samples(untrusted_packet)
        except ValueError:
            self._count("refused_packets")
            return
        at = self._unwrap(untrusted_timestamp)
        if abs(at - self._newest_end) > RESTART_SAMPLES and self._packets_known:
            self._restart()
        depth = max((block.age_samples for block in earlier), default=0) // samples
        self._delay.arrived(at, samples, depth, now_s)
        self._keep(at, untrusted_packet, redundant=False)
        for block in earlier:
            self._keep(at - block.age_samples, block.payload, redundant=True)
        while len(self._packets) > MAX_PACKETS:
            del self._packets[min(self._packets)]
            self._play_at = max(self._play_at, min(self._packets))

    def _unwrap(self, timestamp: int) -> int:
        """Continue the 32-bit RTP clock beyond its end."""
        if self._unwrapped is None:
            self._unwrapped = timestamp + (1 << 32)
            return self._unwrapped
        step = (timestamp - self._unwrapped) & 0xFFFFFFFF
        if step >= 1 << 31:
            step -= 1 << 32
        value = self._unwrapped + step
        self._unwrapped = max(self._unwrapped, value)
        return value

    def _keep(self, at: int, packet: bytes, *, redundant: bool) -> None:
        playing = self._state is _State.PLAYING
        if at in self._packets:
            return
        # What came before the first packet would only add delay.
        past = at < self._play_at and (playing or redundant)
        if past and self._state is not _State.EMPTY:
            if not redundant:
                self._count("late_packets")
            return
        try:
            samples = packet_samples(packet)
        except ValueError:
            return
        self._packets[at] = (packet, samples, redundant)
        if self._state is _State.EMPTY:
            self._state = _State.FILLING
            self._play_at, self._newest_end = at, at + samples
        elif not playing:
            self._play_at = min(self._play_at, at)
        self._newest_end = max(self._newest_end, at + samples)

    # --- to the loudspeaker ----------------------------------------------------------

    def pull(self) -> Samples:
        """Return the next 20 ms; silence while nothing plays."""
        if self._state is _State.FILLING:
            enough_ms = max(FIRST_FILL_MS, self._delay.target_ms)
            if self.waiting_ms >= enough_ms:
                self._state = _State.PLAYING
        if self._state is not _State.PLAYING:
            return np.zeros(BLOCK, np.int16)
        while len(self._ready) < BLOCK and self._state is _State.PLAYING:
            self._advance()
        if len(self._ready) < BLOCK:  # resynchronising
            return np.zeros(BLOCK, np.int16)
        out, self._ready = self._ready[:BLOCK], self._ready[BLOCK:]
        made_up, self._made_up = self._made_up[:BLOCK], self._made_up[BLOCK:]
        self._totals["played_samples"] += BLOCK
        self._totals["concealed_samples"] += int(made_up.sum())
        return out

    def _advance(self) -> None:
        """Make some more samples ready."""
        waiting_ms = self.waiting_ms
        if waiting_ms > self._delay.target_ms + SKIP_OVER_MS:
            self._skip()
            waiting_ms = self.waiting_ms
        if self._level_ms is None:
            self._level_ms = waiting_ms
        self._level_ms = SMOOTHING * self._level_ms + (1 - SMOOTHING) * waiting_ms
        held = self._packets.pop(self._play_at, None)
        if held is not None:
            self._play(held, waiting_ms)
        elif self._newest_end > self._play_at:
            self._fill_hole()
        else:
            self._bridge()

    def _skip(self) -> None:
        """Far behind: what would be heard now is no conversation any more."""
        self._count("resynchronisations")
        target = int(self._delay.target_ms * RATE_HZ / 1000)
        later = [at for at in self._packets if at >= self._newest_end - target]
        self._play_at = min(later, default=self._newest_end)
        self._level_ms = None

    def _play(self, held: tuple[bytes, int, bool], waiting_ms: float) -> None:
        packet, samples, redundant = held
        try:
            speech = self._decoder.decode(packet)
        except ValueError:
            self._count("refused_packets")
            self._conceal(samples)
            self._play_at += samples
            return
        self._play_at += samples
        self._ahead_blocks = self._concealed_run = 0
        self._count("decoded_packets")
        self._totals["redundant_packets"] += redundant
        self._noise.heard(speech)
        self._append(self._stretched(speech, waiting_ms), made_up=False)

    def _stretched(self, speech: Samples, waiting_ms: float) -> Samples:
        """Move towards the target by one pitch period, where it is not heard."""
        if len(speech) < stretch.PIECE or self._level_ms is None:
            return speech
        target_ms = self._delay.target_ms
        too_long = (
            self._level_ms > target_ms + ACCELERATE_OVER_MS
            or waiting_ms > target_ms + ACCELERATE_AT_ONCE_MS
        )
        too_short = (
            self._level_ms < target_ms - DECELERATE_UNDER_MS
            and waiting_ms < target_ms + FLUTTER_MS
        )
        if not too_long and not too_short:
            return speech
        lag = stretch.period(speech)
        if lag is None:
            return speech
        shift_ms = lag * 1000 / RATE_HZ
        if too_long:
            self._count("accelerations")
            self._level_ms -= shift_ms
            return stretch.shorten(speech, lag)
        self._count("decelerations")
        self._level_ms += shift_ms
        return stretch.lengthen(speech, lag)

    def _fill_hole(self) -> None:
        """Something later is here already: this piece is lost."""
        later = [at for at in self._packets if at > self._play_at]
        if not later:  # packets that overlap, as no honest sender makes them
            self._packets.clear()
            self._newest_end = self._play_at
            return
        next_at = min(later)
        samples = min(BLOCK, next_at - self._play_at)
        self._play_at += samples
        if self._ahead_blocks > 0:  # it was concealed while we waited for it
            self._ahead_blocks -= 1
            return
        packet, _, _ = self._packets[next_at]
        adjacent = next_at == self._play_at
        if adjacent and samples == BLOCK and has_copy(packet):
            try:
                self._append(self._decoder.recover(packet, samples), made_up=False)
                self._concealed_run = 0
                return
            except ValueError:
                pass
        self._conceal(samples)

    def _bridge(self) -> None:
        """Nothing later is here: conceal without moving on."""
        self._ahead_blocks += 1
        if self._ahead_blocks > RESYNC_AFTER_BLOCKS:
            self._count("resynchronisations")
            self._forget()
            return
        self._conceal(BLOCK)

    def _conceal(self, samples: int) -> None:
        if self._concealed_run == 0:
            self._count("gaps")
        self._concealed_run += 1
        if self._concealed_run > FADED_AFTER_BLOCKS:
            speech = np.zeros(samples, np.int16)
        else:
            speech = self._decoder.conceal(samples)
        if self._concealed_run > NOISE_AFTER_BLOCKS:
            speech = self._noise.under(speech)
        self._append(speech, made_up=True)

    def _append(self, speech: Samples, *, made_up: bool) -> None:
        self._ready = np.concatenate([self._ready, speech])
        flags = np.full(len(speech), made_up)
        self._made_up = np.concatenate([self._made_up, flags])

    def _count(self, name: str) -> None:
        self._totals[name] += 1
