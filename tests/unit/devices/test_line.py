"""What a line decides, with the machine, the system's consent and time scripted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QByteArray, QObject, Signal

from safesession.core.status import CaptureState
from safesession.devices import line as line_module
from safesession.devices.gate import Gate
from safesession.devices.lifecycle import Absence, Cue
from safesession.devices.line import Line
from safesession.devices.listing import DeviceKind
from safesession.devices.permission import Consent


class ScriptedDevice:
    def __init__(self, identity: str) -> None:
        self._identity = identity

    def id(self) -> QByteArray:
        return QByteArray(self._identity.encode())


class ScriptedDevices(QObject):
    changed = Signal()
    shuffled = Signal()

    def __init__(self, *identities: str) -> None:
        super().__init__()
        self.identities = list(identities)

    def current(self) -> ScriptedDevice | None:
        return ScriptedDevice(self.identities[0]) if self.identities else None

    def become(self, *identities: str) -> None:
        self.identities = list(identities)
        self.changed.emit()

    def forget(self, identity: str) -> None:
        self.become(*(each for each in self.identities if each != identity))

    def revive(self) -> None:
        pass


class Port:
    def __init__(self) -> None:
        self.blocks: list[bytes] = []

    def on_captured(self, block: bytes) -> None:
        self.blocks.append(block)

    def pull(self) -> bytes:
        return b""

    def set_device_delay(self, delay_ms: int) -> None:
        self.device_delay_ms = delay_ms


class Bench:
    """One line and a worker's end of it, played by the test."""

    def __init__(self, devices: ScriptedDevices, kind: DeviceKind) -> None:
        self.devices = devices
        self.gate = Gate()
        self.opened: list[tuple[int, str]] = []
        self.closed = 0
        self.states: list[CaptureState] = []
        self.line = Line(kind, devices, self.gate, devices)
        self.line.open_requested.connect(self._on_open)
        self.line.close_requested.connect(self._on_close)
        self.line.state_changed.connect(self.states.append)

    def _on_open(self, attempt: int, device: ScriptedDevice) -> None:
        self.opened.append((attempt, bytes(device.id().data()).decode()))

    def _on_close(self) -> None:
        self.closed += 1

    def report(self, cue: Cue) -> None:
        self.line.on_cue(self.opened[-1][0], cue)

    def lets_through(self) -> bool:
        attempt = self.opened[-1][0] if self.opened else 1
        return self.gate.pass_sound(attempt, Port(), b"")

    def retry(self) -> None:
        self.line._try_again()


MakeBench = Callable[..., Bench]


@pytest.fixture
def bench(qapp: object) -> Iterator[MakeBench]:
    benches: list[Bench] = []

    def make(*ids: str, kind: DeviceKind = DeviceKind.MICROPHONE) -> Bench:
        benches.append(Bench(ScriptedDevices(*ids), kind))
        return benches[-1]

    yield make
    for each in benches:
        each.line.switch_off()


@pytest.fixture
def consent(monkeypatch: pytest.MonkeyPatch) -> Callable[[Consent], None]:
    def answer(value: Consent) -> None:
        monkeypatch.setattr(line_module, "consent_for", lambda _kind: value)

    return answer


def test_on_and_off(bench: MakeBench) -> None:
    b = bench("mic")
    assert b.line.state is CaptureState.OFF
    assert not b.lets_through()
    b.line.switch_on()
    b.report(Cue.FLOW)
    assert b.lets_through()
    b.line.switch_off()
    assert not b.lets_through()
    assert b.closed == 1
    assert b.states == [CaptureState.STARTING, CaptureState.ON, CaptureState.OFF]


def test_reports_about_an_older_attempt_are_ignored(bench: MakeBench) -> None:
    b = bench("mic")
    b.line.switch_on()
    b.line.switch_off()
    b.line.on_cue(b.opened[0][0], Cue.FLOW)
    assert b.line.state is CaptureState.OFF
    b.line.switch_on()
    b.line.on_cue(b.opened[0][0], Cue.FAIL)
    assert b.line.state is CaptureState.STARTING
    assert b.opened[1][0] > b.opened[0][0]


def test_trouble_is_retried_without_flicker(bench: MakeBench) -> None:
    b = bench("mic")
    b.line.switch_on()
    b.report(Cue.FAIL)
    for _ in range(3):
        b.retry()
        b.report(Cue.FAIL)
    assert b.states == [CaptureState.STARTING, CaptureState.BUSY]
    b.retry()
    b.report(Cue.FLOW)
    assert b.line.state is CaptureState.ON
    attempts = len(b.opened)
    b.retry()  # all is well: nothing to do
    assert len(b.opened) == attempts == 5


def test_unplugged_without_another_is_lost_until_one_comes(bench: MakeBench) -> None:
    b = bench("mic")
    b.line.switch_on()
    b.report(Cue.FLOW)
    b.devices.become()
    assert b.line.state is CaptureState.LOST
    assert not b.lets_through()
    b.devices.become("other")
    b.report(Cue.FLOW)
    assert b.line.state is CaptureState.ON
    assert b.opened[-1][1] == "other"


def test_switched_off_while_lost_says_what_is_missing(bench: MakeBench) -> None:
    b = bench("mic")
    b.line.switch_on()
    b.report(Cue.FLOW)
    b.devices.become()
    b.line.switch_off()
    assert b.line.state is CaptureState.MISSING
    b.devices.become("mic")
    assert b.line.state is CaptureState.OFF
    assert len(b.opened) == 1  # nobody asked for it


def test_a_device_that_qt_still_lists_but_is_gone(bench: MakeBench) -> None:
    b = bench("headset", "mic")
    b.line.switch_on()
    b.report(Cue.FLOW)
    b.report(Cue.VANISH)
    assert b.opened[-1][1] == "mic"
    assert b.line.state is CaptureState.STARTING
    b.report(Cue.VANISH)
    assert b.line.state is CaptureState.MISSING


def test_streams_that_may_have_been_moved_are_opened_anew(bench: MakeBench) -> None:
    b = bench("mic")
    b.devices.shuffled.emit()
    assert b.opened == []
    b.line.switch_on()
    b.report(Cue.FLOW)
    b.devices.shuffled.emit()
    assert [identity for _, identity in b.opened] == ["mic", "mic"]


@pytest.mark.parametrize("kind", [DeviceKind.MICROPHONE, DeviceKind.CAMERA])
def test_refused_by_the_system(
    bench: MakeBench, consent: Callable[[Consent], None], kind: DeviceKind
) -> None:
    consent(Consent.DENIED)
    b = bench("device", kind=kind)
    assert b.line.state is CaptureState.OFF
    b.line.switch_on()
    assert b.line.state is CaptureState.REFUSED
    assert b.opened == []
    assert not b.lets_through()
    # The person allows it in the system's settings.
    consent(Consent.GRANTED)
    b.retry()
    b.report(Cue.FLOW)
    assert b.line.state is CaptureState.ON


def test_the_system_is_asked_once_and_only_when_wanted(
    bench: MakeBench,
    consent: Callable[[Consent], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Callable[[], None]] = []
    monkeypatch.setattr(line_module, "ask", lambda _kind, _on, done: asked.append(done))
    consent(Consent.NOT_ASKED)
    b = bench("device")
    assert asked == []
    b.line.switch_on()
    b.retry()
    assert len(asked) == 1
    assert b.line.state is CaptureState.STARTING
    assert b.opened == []
    consent(Consent.GRANTED)
    asked[0]()
    assert len(b.opened) == 1


def test_an_answer_after_the_person_switched_off_opens_nothing(
    bench: MakeBench,
    consent: Callable[[Consent], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Callable[[], None]] = []
    monkeypatch.setattr(line_module, "ask", lambda _kind, _on, done: asked.append(done))
    consent(Consent.NOT_ASKED)
    b = bench("device")
    b.line.switch_on()
    b.line.switch_off()
    consent(Consent.GRANTED)
    asked[0]()
    assert b.opened == []
    assert b.line.state is CaptureState.OFF


@pytest.mark.parametrize(
    ("absence", "state"),
    [
        (Absence.IN_USE, CaptureState.BUSY),
        (Absence.FORBIDDEN, CaptureState.REFUSED),
        (Absence.NONE_EXISTS, CaptureState.MISSING),
    ],
)
def test_why_there_is_no_camera(
    bench: MakeBench,
    monkeypatch: pytest.MonkeyPatch,
    absence: Absence,
    state: CaptureState,
) -> None:
    monkeypatch.setattr(line_module, "camera_absence", lambda: absence)
    b = bench(kind=DeviceKind.CAMERA)
    assert b.line.state is CaptureState.MISSING
    b.line.switch_on()
    assert b.line.state is state
