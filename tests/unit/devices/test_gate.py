"""The gate between a device and the engine: shut means nothing passes."""

from __future__ import annotations

import threading

from safesession.devices.gate import Gate


class Recorder:
    def __init__(self) -> None:
        self.blocks: list[bytes] = []
        self.pictures: list[tuple[object, ...]] = []

    def on_captured(self, block: bytes) -> None:
        self.blocks.append(block)

    def pull(self) -> bytes:
        return b""

    def set_device_delay(self, delay_ms: int) -> None:
        self.device_delay_ms = delay_ms

    def on_frame(self, *picture: object) -> None:
        self.pictures.append(picture)


PICTURE = ("bgra", 1, 1, b"\0\0\0\0", 4)


def test_a_new_gate_is_shut() -> None:
    gate, port = Gate(), Recorder()
    assert not gate.pass_sound(1, port, b"x")
    assert not gate.pass_picture(1, port, PICTURE)
    assert (port.blocks, port.pictures) == ([], [])


def test_only_the_present_attempt_passes() -> None:
    gate, port = Gate(), Recorder()
    gate.open_for(2)
    assert not gate.pass_sound(1, port, b"old")
    assert gate.pass_sound(2, port, b"new")
    assert gate.pass_picture(2, port, PICTURE)
    assert (port.blocks, port.pictures) == ([b"new"], [PICTURE])
    gate.shut()
    assert not gate.pass_sound(2, port, b"late")
    assert not gate.pass_sound(0, port, b"zero is no attempt")
    assert port.blocks == [b"new"]


def test_after_shut_returned_nothing_passes_even_if_it_was_on_its_way() -> None:
    gate, port = Gate(), Recorder()
    stop = threading.Event()

    def talk() -> None:
        while not stop.is_set():
            gate.pass_sound(1, port, b"x")

    talkers = [threading.Thread(target=talk) for _ in range(3)]
    for talker in talkers:
        talker.start()
    try:
        for _ in range(50):
            gate.open_for(1)
            gate.shut()
            count = len(port.blocks)
            threading.Event().wait(0.0005)
            assert len(port.blocks) == count
    finally:
        stop.set()
        for talker in talkers:
            talker.join()
