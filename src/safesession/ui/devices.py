"""What the device menu needs to know about cameras, microphones and speakers.

Names come from the operating system and are shown as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from safesession.core.ports import SoundProcessing


class DeviceKind(Enum):
    """The three kinds of devices a session uses."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    SPEAKER = "speaker"


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """One device that can be picked; `device_id` is opaque."""

    device_id: str
    name: str
    selected: bool = False


class DevicesPort(Protocol):
    """Devices of this machine; asked each time the menu opens."""

    def choices(self, kind: DeviceKind) -> tuple[DeviceChoice, ...]:
        """Return the devices present now."""

    def select(self, kind: DeviceKind, device_id: str) -> None:
        """Use another device; a running capture moves over to it."""

    def sound_processing(self) -> SoundProcessing | None:
        """Return what is done to the own voice; None where nothing can be."""

    def process_sound(self, choice: SoundProcessing) -> None:
        """Do something else from now on, and remember it."""

    def notice_sounds(self) -> bool:
        """Return whether a soft sound tells of a lost line and of its return."""

    def use_notice_sounds(self, on: bool) -> None:
        """Let it sound or not from now on, and remember it."""


class NoDevices:
    """A machine without any device."""

    def choices(self, kind: DeviceKind) -> tuple[DeviceChoice, ...]:
        """Return nothing."""
        return ()

    def select(self, kind: DeviceKind, device_id: str) -> None:
        """Do nothing: there is nothing to pick."""

    def sound_processing(self) -> SoundProcessing | None:
        """There is no sound."""
        return None

    def process_sound(self, choice: SoundProcessing) -> None:
        """Do nothing."""

    def notice_sounds(self) -> bool:
        """Nothing can sound."""
        return False

    def use_notice_sounds(self, on: bool) -> None:
        """Do nothing."""
