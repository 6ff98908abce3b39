"""The microphone and speaker workers: Qt's audio objects in their own thread.

On the GUI thread a 150 ms stall lost up to 17 % of the microphone's samples.
Nothing here may wait for anything: the next 20 ms are already on their way.
"""

from __future__ import annotations

import time
from typing import cast

from PySide6.QtCore import QIODevice, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtMultimedia import QAudio, QAudioDevice, QAudioSink, QAudioSource

from safesession.core.ports import AudioPort
from safesession.devices.depth import PlaybackDepth
from safesession.devices.formats import audio_format_for, qt_audio_format
from safesession.devices.gate import Gate
from safesession.devices.lifecycle import Cue
from safesession.devices.meter import PeakMeter
from safesession.devices.pcm import ENGINE_FORMAT, BlockCutter, Converter, PcmFormat
from safesession.devices.sound_server import ServerWatch, uses_pulse


CAPTURE_BUFFER_MS = 100  # less loses samples under load; more costs no delay
CAPTURE_LAG_MS = 20  # the microphone's sound comes in blocks
PREFILL_GAP_MS = 20  # silence fills the sink but for one block
FEED_INTERVAL_MS = 5
WATCH_INTERVAL_MS = 500
DRY_TICKS = 4  # 2 s without a sample
_PROBE_TICKS = 4  # every 2 s, first after 0.5 s


class MicrophoneWorker(QObject):
    """Captures 20 ms blocks and hands them on through the gate."""

    cue = Signal(int, object)
    level = Signal(float)

    def __init__(self, port: AudioPort, gate: Gate, server: ServerWatch) -> None:
        super().__init__()
        self._port = port
        self._gate = gate
        self._server = server
        self._attempt = 0
        self._source: QAudioSource | None = None
        self._stream: QIODevice | None = None
        self._device: QAudioDevice | None = None
        self._format = ENGINE_FORMAT
        self._watch: QTimer | None = None

    @Slot(int, object)
    def open(self, attempt: int, device: QAudioDevice) -> None:
        """Start capturing from `device`; reports every `Cue` but OPEN and CLOSE."""
        self.close()
        self._attempt = attempt
        if not self._server.ready():
            self._report(Cue.FAIL)
            return
        self._device = device
        self._format = audio_format_for(device)
        self._converter = Converter(self._format, ENGINE_FORMAT)
        self._cutter = BlockCutter()
        self._meter = PeakMeter()
        self._ticks = 0
        self._dry_ticks = 0
        self._flowing = False
        self._probing = uses_pulse()
        self._source = _new_source(device, self._format, self)
        self._source.stateChanged.connect(self._on_state)
        self._stream = _started(self._source.start())
        if self._stream is None:
            self._report(_refusal())
            return
        self._stream.readyRead.connect(self._read)
        self._watch = _timer(self, WATCH_INTERVAL_MS, self._on_watch)

    @Slot()
    def close(self) -> None:
        """Really stop capturing: the system's microphone sign goes out."""
        self._attempt = 0
        _drop_timer(self._watch)
        self._watch = None
        if self._stream is not None:
            self._stream.readyRead.disconnect(self._read)
            self._stream = None
        if self._source is not None:
            self._source.stateChanged.disconnect(self._on_state)
            self._source.stop()
            self._source.deleteLater()
            self._source = None

    @Slot()
    def _read(self) -> None:
        if self._stream is None:
            return
        data = self._stream.readAll().data()
        if not data:
            return
        self._dry_ticks = 0
        if not self._flowing:
            self._flowing = True
            self._report(Cue.FLOW)
        for block in self._cutter.push(self._converter.push(bytes(data))):
            if not self._gate.pass_sound(self._attempt, self._port, block):
                return
            level_dbfs = self._meter.add(block)
            if level_dbfs is not None:
                self.level.emit(level_dbfs)

    @Slot(QAudio.State)
    def _on_state(self, state: QAudio.State) -> None:
        if state is QAudio.State.StoppedState:
            self._report(Cue.FAIL)

    @Slot()
    def _on_watch(self) -> None:
        self._ticks += 1
        self._dry_ticks += 1
        if self._dry_ticks == DRY_TICKS:
            self._report(Cue.SILENCE)
        elif self._probing and self._flowing and self._ticks % _PROBE_TICKS == 1:
            self._probe()

    def _probe(self) -> None:
        """Notice that PulseAudio took the device away but not the stream.

        When a microphone is unplugged PulseAudio moves its stream to another one
        or, after the last, to the monitor of a speaker: the program would
        "capture" what the machine plays. Qt says nothing of it unless the default
        changed, but on a device that is gone no second stream can be opened.
        """
        if self._device is None or not self._server.ready():
            return
        second = _new_source(self._device, self._format, self)
        gone = _started(second.start()) is None
        second.stop()
        second.deleteLater()
        if gone:
            self._gate.shut()
            self._report(Cue.VANISH)
            self.close()

    def _report(self, cue: Cue) -> None:
        if self._attempt:
            self.cue.emit(self._attempt, cue)


class SpeakerWorker(QObject):
    """Pulls 20 ms blocks from the engine and pushes them into a sink."""

    cue = Signal(int, object)

    def __init__(self, port: AudioPort, server: ServerWatch) -> None:
        super().__init__()
        self._port = port
        self._server = server
        self._attempt = 0
        self._depth = PlaybackDepth()
        self._device: QAudioDevice | None = None
        self._deepen = False
        self._sink: QAudioSink | None = None
        self._stream: QIODevice | None = None
        self._feeder: QTimer | None = None

    @property
    def underruns(self) -> int:
        """How often the sink ran dry while playing; readable from any thread."""
        return self._depth.underruns

    @Slot(int, object)
    def open(self, attempt: int, device: QAudioDevice) -> None:
        """Start playing on `device`; reports every `Cue` but OPEN and CLOSE."""
        self.close()
        self._attempt = attempt
        if not self._server.ready():
            self._report(Cue.FAIL)
            return
        fmt = audio_format_for(device)
        self._converter = Converter(ENGINE_FORMAT, fmt)
        self._accepted_bytes = 0
        self._flowing = False
        self._moved_at = time.monotonic()
        sink = QAudioSink(device, qt_audio_format(fmt), self)
        sink.setBufferSize(_bytes_of(fmt, self._depth.buffer_ms))
        self._bytes_per_s = _bytes_of(fmt, 1000)
        self._device = device
        self._deepen = False
        sink.stateChanged.connect(self._on_state)
        self._sink = sink
        self._stream = _started(sink.start())
        if self._stream is None:
            self._report(_refusal())
            return
        # Silence first: an empty sink would swallow three blocks of speech at
        # once, and the playout would have nothing left for the next moment.
        prefill_ms = self._depth.buffer_ms - PREFILL_GAP_MS
        self._pending = b"\0" * _bytes_of(fmt, prefill_ms)
        self._feeder = _timer(self, FEED_INTERVAL_MS, self._feed)
        self._feed()

    @Slot()
    def close(self) -> None:
        """Stop playing at once."""
        self._attempt = 0
        _drop_timer(self._feeder)
        self._feeder = None
        self._stream = None
        if self._sink is not None:
            self._sink.stateChanged.disconnect(self._on_state)
            self._sink.stop()
            self._sink.deleteLater()
            self._sink = None

    @Slot()
    def _feed(self) -> None:
        if self._deepen and self._device is not None:
            self.open(self._attempt, self._device)
        if self._sink is None or self._stream is None:
            return
        wrote = self._write_pending()
        # Filled to the brim, in parts of blocks if need be: a sound server takes
        # up to 50 ms at once, and what is left must last until the next round.
        while not self._pending and self._sink.bytesFree() > 0:
            self._port.set_device_delay(self._round_trip_ms())
            self._pending = self._converter.push(self._port.pull())
            if not self._write_pending():
                break
            wrote = True
        # More than its buffer holds: something was really played.
        if not self._flowing and self._accepted_bytes > self._sink.bufferSize():
            self._flowing = True
            self._report(Cue.FLOW)
        now = time.monotonic()
        if wrote:
            self._moved_at = now
        elif now - self._moved_at > DRY_TICKS * WATCH_INTERVAL_MS / 1000:
            self._moved_at = now
            self._report(Cue.SILENCE)

    def _round_trip_ms(self) -> int:
        """What waits in the sink before the next block, and a block of capture."""
        if self._sink is None:
            return 0
        waiting = self._sink.bufferSize() - self._sink.bytesFree()
        return waiting * 1000 // self._bytes_per_s + CAPTURE_LAG_MS

    def _write_pending(self) -> bool:
        if not self._pending or self._stream is None:
            return False
        written = max(0, self._stream.write(self._pending))
        self._accepted_bytes += written
        self._pending = self._pending[written:]
        return written > 0

    @Slot(QAudio.State)
    def _on_state(self, state: QAudio.State) -> None:
        match state:
            case QAudio.State.StoppedState:
                self._report(Cue.FAIL)
            # An underrun: the next write resumes.
            case QAudio.State.IdleState if self._flowing:
                self._deepen = self._depth.ran_dry(time.monotonic()) or self._deepen

    def _report(self, cue: Cue) -> None:
        if self._attempt:
            self.cue.emit(self._attempt, cue)


def _new_source(device: QAudioDevice, fmt: PcmFormat, parent: QObject) -> QAudioSource:
    source = QAudioSource(device, qt_audio_format(fmt), parent)
    source.setBufferSize(_bytes_of(fmt, CAPTURE_BUFFER_MS))
    return source


def _started(stream: QIODevice) -> QIODevice | None:
    """Say what the binding's types leave out: None when it would not start."""
    return cast("QIODevice | None", stream)


def _bytes_of(fmt: PcmFormat, milliseconds: int) -> int:
    return fmt.rate_hz * milliseconds // 1000 * fmt.frame_bytes


def _refusal() -> Cue:
    """Why a stream would not start: PulseAudio shares every device it has."""
    return Cue.VANISH if uses_pulse() else Cue.FAIL


def _timer(parent: QObject, interval_ms: int, slot: object) -> QTimer:
    timer = QTimer(parent)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(slot)
    timer.start(interval_ms)
    return timer


def _drop_timer(timer: QTimer | None) -> None:
    if timer is not None:
        timer.stop()
        timer.deleteLater()
