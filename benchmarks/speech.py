"""Two people's speech and a 640x480 scene, made once into the cache folder.

espeak-ng says text that does not repeat for a minute, so that a piece of what
was heard has only one place in what was said.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.clip import FPS, RATE_HZ, Clip, Scene, cache_dir, write_wav, write_y4m
from benchmarks.report import NotMeasuredError


WIDTH, HEIGHT, SCENE_SECONDS = 640, 480, 5
PEAK = 12_000
BLOCK = RATE_HZ // 50
VERSION = 1  # count up when the content changes: the cache is by name
VOICES = {"host": ("en-us", "150"), "join": ("en-gb+f3", "160")}
TEXTS = {
    "host": """
Thank you for coming today. How have you been since our last session? I noticed that
you mentioned having trouble sleeping during the week. Could you tell me a little more
about what goes through your mind in the evening? Take your time. Some people find it
useful to keep a short diary beside the bed. Others prefer to walk before supper, or to
call a friend they trust. Last month we spoke about your sister and the house by the
river. Did you manage to visit her in the end? It sounds as if that was a difficult
journey, and yet you went. What would you say to somebody else in that position? Let us
stay with this feeling for a moment. Where in the body do you notice it first? Perhaps
the chest, perhaps the shoulders. Good. Now breathe out slowly, twice as long as you
breathe in. When you think of Monday morning, which of these worries is the loudest? We
could write them down together and look at each of them in turn. Nothing has to be
solved today. Before we finish, I would like to ask what you will take with you.
""",
    "join": """
It has been a strange week, if I am honest. On Tuesday my manager asked everybody to stay
late, and I felt my heart beating very fast. I went outside and counted the windows of the
building opposite, as we had practised. That helped a bit. At night I still wake at four
and start to make lists. Shopping, bills, things I should have said to my father. My
brother thinks I should simply drink less coffee. He may be right, but it is not only
that. Yesterday I cooked soup for the first time since the spring, with leeks and barley,
and my neighbour came over. We laughed about her old dog who is afraid of umbrellas. For an
hour I forgot everything. Then the telephone rang and it all came back. I would like to
learn how to keep that hour. Maybe it is enough to notice that it exists. I brought the
small notebook you gave me. There are eleven pages now, some only one word. Freedom is one
of them. Yes, I think I can read it aloud, but please give me a minute to find it.
""",
}


def clips(folder: Path | None = None) -> dict[str, Clip]:
    """Return what each side shows and says, made first where it is missing.

    Raises:
        NotMeasuredError: espeak-ng is not installed.
    """
    folder = folder or cache_dir()
    folder.mkdir(parents=True, exist_ok=True)
    video = folder / f"scene-{WIDTH}x{HEIGHT}-v{VERSION}.y4m"
    if not video.exists():
        part = video.with_suffix(f".{os.getpid()}.part")
        write_y4m(part, Scene(WIDTH, HEIGHT).frames(FPS * SCENE_SECONDS))
        part.replace(video)
    made = {}
    for side in VOICES:
        audio = folder / f"speech-{side}-v{VERSION}.wav"
        if not audio.exists():
            part = audio.with_suffix(f".{os.getpid()}.part")
            write_wav(part, speech(side))
            part.replace(audio)
        made[side] = Clip(video, audio)
    return made


def speech(side: str) -> npt.NDArray[np.int16]:
    """Return a minute of a side's speech at 48 kHz, in whole blocks of 20 ms."""
    if shutil.which("espeak-ng") is None:
        raise NotMeasuredError("espeak-ng is not installed (`make setup` brings it)")
    voice, words_per_minute = VOICES[side]
    command = ["espeak-ng", "-v", voice, "-s", words_per_minute, "--stdin", "--stdout"]
    text = " ".join(TEXTS[side].split())
    said = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    with wave.open(io.BytesIO(_whole(said.stdout))) as file:
        rate_hz = file.getframerate()
        raw = file.readframes(file.getnframes())
    sound = resampled(np.frombuffer(raw, "<i2").astype(float), rate_hz)
    sound *= PEAK / max(1.0, float(np.abs(sound).max()))
    blocks = len(sound) // BLOCK
    return sound[: blocks * BLOCK].astype(np.int16)


def resampled(sound: npt.NDArray[np.float64], rate_hz: int) -> npt.NDArray[np.float64]:
    """Return the same sound at 48 kHz, by its spectrum."""
    count = int(len(sound) * RATE_HZ / rate_hz)
    spectrum = np.fft.rfft(sound)
    wanted = count // 2 + 1
    spectrum = np.pad(spectrum, (0, max(0, wanted - len(spectrum))))[:wanted]
    made: npt.NDArray[np.float64] = np.fft.irfft(spectrum, count)
    return made * (count / len(sound))


def read_wav(path: Path) -> npt.NDArray[np.int16]:
    """Return the samples of a file that `write_wav` made."""
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def _whole(wav: bytes) -> bytes:
    """Put the real lengths into the head: a pipe does not know its end."""
    head = bytearray(wav)
    head[4:8] = (len(wav) - 8).to_bytes(4, "little")
    head[40:44] = (len(wav) - 44).to_bytes(4, "little")
    return bytes(head)
