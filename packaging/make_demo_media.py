"""Make the demo clips: `python packaging/make_demo_media.py`.

Draws two people (demo_scenes.py) and lets espeak-ng speak for them in English and
Chinese, taking turns. Writes counselor.webm and client.webm, 10 s each, that
repeat without a seam, into the package's resources.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from demo_scenes import FPS, FRAMES, HEIGHT, SECONDS, WIDTH, Array, pictures


RATE_HZ = 48_000
AUDIBLE = 0.004
TARGET = Path(__file__).parents[1] / "src" / "safesession" / "resources" / "demo"
# (start in seconds, espeak-ng voice, pitch, text)
SPEECH: dict[str, list[tuple[float, str, int, str]]] = {
    "counselor": [
        (0.2, "en-gb+f3", 46, "Hello. Take all the time you need."),
        (2.85, "cmn+f3", 46, "你好，请慢慢说。"),
    ],
    "client": [
        (5.9, "en-us+m3", 40, "Thank you. I can hear you well."),
        (8.05, "cmn+m3", 40, "我听得见。"),
    ],
}


def speak(voice: str, pitch: int, text: str) -> Array:
    """Return espeak-ng's speech without silent ends, mono, 48 kHz, -1..1."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        subprocess.run(
            ["espeak-ng", "-v", voice, "-s", "155", "-p", str(pitch), "-w", path, text],
            check=True,
        )
        with wave.open(str(path)) as sound:
            raw = np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
            rate_hz = sound.getframerate()
    length = int(len(raw) * RATE_HZ / rate_hz)
    at = np.arange(length) * rate_hz / RATE_HZ
    speech = np.interp(at, np.arange(len(raw)), raw / 32768)
    heard = (np.abs(speech) > AUDIBLE).nonzero()[0]
    return speech[heard[0] : heard[-1] + 1]


def voice_track(name: str) -> Array:
    """Return ten seconds of one person's speech."""
    track = np.zeros(SECONDS * RATE_HZ)
    for start_s, voice, pitch, text in SPEECH[name]:
        speech = speak(voice, pitch, text)
        first = int(start_s * RATE_HZ)
        if first + len(speech) > len(track):
            raise SystemExit(f"{name}: the speech does not fit into the loop")
        track[first : first + len(speech)] += speech
    return track / np.abs(track).max() * 0.5


def mouth_openings(track: Array) -> Array:
    """Return how far the mouth is open in each frame, 0..1, from loudness."""
    pieces = track.reshape(FRAMES, RATE_HZ // FPS)
    loud = np.sqrt((pieces**2).mean(axis=1))
    smooth = np.convolve(loud, [0.25, 0.5, 0.25], mode="same")
    return np.clip(smooth / 0.16, 0, 1)


def write(path: Path, drawn: list[Array], track: Array) -> None:
    """Write one clip: VP8 and Opus in WebM."""
    with av.open(path, "w", format="webm") as container:
        video = container.add_stream(
            "libvpx",
            rate=FPS,
            options={"crf": "12", "b": "330k", "deadline": "good", "cpu-used": "1"},
        )
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        audio = container.add_stream("libopus", rate=RATE_HZ, layout="mono")
        audio.bit_rate = 24_000
        for number, picture in enumerate(drawn):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        samples = (track * 32767).astype(np.int16)
        for first in range(0, len(samples), 960):
            block = samples[first : first + 960].reshape(1, -1)
            sound = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
            sound.sample_rate, sound.pts = RATE_HZ, first
            container.mux(audio.encode(sound))
        container.mux(audio.encode(None))


def main() -> None:
    """Make both clips and say how large they are."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in SPEECH:
        track = voice_track(name)
        path = TARGET / f"{name}.webm"
        write(path, pictures(name, mouth_openings(track)), track)
        sys.stdout.write(f"{path.name}: {path.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
