"""The demo source: a clip and a voice that the project drew and spoke itself.

It stands in where there is no camera or microphone, and every window that shows
it must say so. packaging/make_demo_media.py makes the files.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from safesession.core.ports import AudioPort
from safesession.core.status import Role
from safesession.engine.media.camera_in import CameraIn
from safesession.engine.media.file_source import FileSource


def demo_clip(role: Role) -> Path:
    """Return the clip of one person: VP8 640x360 at 30/s and Opus, 10 s."""
    clip = files("safesession.resources") / "demo" / f"{role.value}.webm"
    return Path(str(clip))


def demo_source(
    role: Role,
    camera: CameraIn,
    audio_port: AudioPort,
    *,
    picture: bool = True,
    sound: bool = True,
) -> FileSource:
    """Return the demo source of one person, not yet started; it repeats.

    Raises:
        MediaError: the clip is missing from this installation.
    """
    clip = demo_clip(role)
    return FileSource(
        camera,
        audio_port,
        video=clip if picture else None,
        audio=clip if sound else None,
    )
