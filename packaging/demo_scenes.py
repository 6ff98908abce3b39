"""Two drawn people in two quiet rooms, for the demo clips.

Everything is drawn here from circles, boxes and strokes (signed distances), so
the pictures belong to the project. Nobody real is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


WIDTH, HEIGHT, FPS, SECONDS = 640, 360, 30, 10
FRAMES = FPS * SECONDS
COUNTER_BITS, COUNTER_BLOCK_PX, COUNTER_LEFT_PX, COUNTER_TOP_PX = 24, 10, 6, 6

Array = np.ndarray
Color = tuple[int, int, int]
_Y, _X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)


# --- shapes: distance in pixels, negative inside -----------------------------


def ellipse(cx: float, cy: float, rx: float, ry: float) -> Array:
    near = np.hypot((_X - cx) / rx, (_Y - cy) / ry)
    return (near - 1) * min(rx, ry)


def box(cx: float, cy: float, rx: float, ry: float, round_px: float = 0) -> Array:
    dx = np.abs(_X - cx) - rx + round_px
    dy = np.abs(_Y - cy) - ry + round_px
    outside = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
    return outside + np.minimum(np.maximum(dx, dy), 0) - round_px


def stroke(x0: float, y0: float, x1: float, y1: float, half_px: float) -> Array:
    dx, dy = x1 - x0, y1 - y0
    t = ((_X - x0) * dx + (_Y - y0) * dy) / max(dx * dx + dy * dy, 1e-6)
    t = np.clip(t, 0, 1)
    return np.hypot(_X - x0 - t * dx, _Y - y0 - t * dy) - half_px


def arc(cx: float, cy: float, r: float, half_px: float, keep: Array) -> Array:
    ring = np.abs(np.hypot(_X - cx, _Y - cy) - r) - half_px
    return np.where(keep, ring, 99)


def paint(
    canvas: Array, shape: Array, color: Color, alpha: float = 1.0, soft_px: float = 1.0
) -> None:
    inside = shape < soft_px / 2
    rows, columns = inside.any(axis=1).nonzero()[0], inside.any(axis=0).nonzero()[0]
    if not rows.size:
        return
    part = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    cover = np.clip(0.5 - shape[part] / soft_px, 0, 1)[..., None] * alpha
    canvas[part] += cover * (np.array(color, np.float32) - canvas[part])


def gradient(top: Color, bottom: Color) -> Array:
    t = (_Y / HEIGHT)[..., None]
    return (1 - t) * np.array(top, np.float32) + t * np.array(bottom, np.float32)


# --- rooms --------------------------------------------------------------------


def counselor_room() -> Array:
    room = gradient((236, 228, 214), (214, 203, 186))
    paint(room, box(118, 118, 78, 92, 8), (250, 246, 236))  # window
    paint(room, box(118, 118, 70, 84, 4), (196, 219, 224))
    hills = np.maximum(ellipse(92, 226, 92, 62), box(118, 118, 70, 84, 4))
    paint(room, hills, (150, 182, 162))
    far = np.maximum(ellipse(160, 228, 70, 48), box(118, 118, 70, 84, 4))
    paint(room, far, (124, 163, 146))
    paint(room, stroke(118, 34, 118, 202, 3), (250, 246, 236))
    paint(room, stroke(48, 118, 188, 118, 3), (250, 246, 236))
    light = box(150, 300, 150, 60, 40)
    paint(room, light, (255, 246, 224), 0.25, soft_px=90)
    paint(room, box(556, 150, 76, 4, 2), (158, 124, 92))  # shelf
    for x, tall, color in (
        (500, 46, (92, 122, 120)),
        (516, 54, (196, 154, 108)),
        (531, 42, (142, 108, 104)),
        (546, 50, (222, 208, 182)),
    ):
        paint(room, box(x, 146 - tall / 2, 7, tall / 2, 2), color)
    paint(room, box(594, 132, 15, 14, 4), (206, 138, 104))  # plant
    for dx, dy in ((-22, -40), (-9, -54), (8, -52), (22, -38), (0, -34)):
        paint(room, stroke(594, 120, 594 + dx, 120 + dy, 6), (98, 140, 108))
    return room


def client_room() -> Array:
    room = gradient((112, 138, 152), (84, 106, 122))
    paint(room, box(112, 112, 74, 58, 4), (226, 218, 204))  # picture on the wall
    inner = box(112, 112, 66, 50, 2)
    paint(room, inner, (242, 214, 178))
    paint(room, np.maximum(ellipse(136, 96, 16, 16), inner), (236, 164, 112))
    paint(room, np.maximum(ellipse(84, 172, 70, 44), inner), (98, 128, 126))
    paint(room, np.maximum(ellipse(150, 176, 66, 40), inner), (70, 104, 110))
    paint(room, ellipse(548, 128, 150, 140), (255, 222, 164), 0.5, soft_px=170)
    paint(room, stroke(548, 150, 548, 350, 3), (62, 64, 70))  # lamp
    shade = np.maximum(
        box(548, 128, 56, 32, 3), np.abs(_X - 548) - 30 - (_Y - 96) * 0.38
    )
    paint(room, shade, (252, 232, 190))
    paint(room, box(110, 330, 190, 60, 36), (148, 92, 84))  # sofa
    paint(room, box(540, 340, 190, 60, 36), (148, 92, 84))
    paint(room, box(320, 322, 300, 76, 30), (160, 102, 92))
    return room


# --- people ---------------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    skin: Color
    shade: Color
    hair: Color
    cloth: Color
    collar: Color
    long_hair: bool
    glasses: bool


COUNSELOR = Look(
    skin=(232, 190, 158),
    shade=(214, 166, 136),
    hair=(62, 48, 46),
    cloth=(70, 118, 118),
    collar=(240, 234, 222),
    long_hair=True,
    glasses=True,
)
CLIENT = Look(
    skin=(198, 148, 116),
    shade=(176, 126, 98),
    hair=(38, 34, 38),
    cloth=(206, 158, 78),
    collar=(184, 136, 62),
    long_hair=False,
    glasses=False,
)


def draw_person(canvas: Array, look: Look, phase: float, mouth: float) -> None:
    """Draw head and shoulders. `phase` runs 0..1 over the loop, `mouth` 0..1."""
    turn = 2 * np.pi * phase
    breath = 1.6 * np.sin(3 * turn)
    x = 320 + 7 * np.sin(turn) + 2.5 * np.sin(2 * turn)
    y = 158 + 3 * np.sin(2 * turn) + 1.5 * mouth
    if look.long_hair:
        paint(canvas, box(x, y + 32, 74, 92, 58), look.hair)
    paint(canvas, box(320, 358 + breath, 138, 96, 72), look.cloth)
    paint(canvas, box((x + 320) / 2, y + 96, 25, 40, 14), look.shade)  # neck
    paint(canvas, ellipse((x + 320) / 2, y + 124, 40, 16), look.collar)
    paint(canvas, ellipse((x + 320) / 2, y + 116, 29, 13), look.shade)
    paint(canvas, ellipse(x - 57, y + 12, 9, 14), look.shade)  # ears
    paint(canvas, ellipse(x + 57, y + 12, 9, 14), look.shade)
    head = np.minimum(ellipse(x, y + 4, 58, 66), box(x, y + 34, 42, 44, 34))
    paint(canvas, head, look.skin)
    paint(canvas, ellipse(x - 32, y + 34, 15, 9), (226, 138, 122), 0.28, soft_px=9)
    paint(canvas, ellipse(x + 32, y + 34, 15, 9), (226, 138, 122), 0.28, soft_px=9)
    _draw_hair(canvas, look, x, y)
    _draw_eyes(canvas, look, x + 2.5 * np.sin(turn), y, phase)
    nose = stroke(x + 2, y + 12, x + 5 * np.sin(turn), y + 30, 2.4)
    paint(canvas, nose, look.shade)
    _draw_mouth(canvas, x, y + 50, mouth)


def _draw_hair(canvas: Array, look: Look, x: float, y: float) -> None:
    if look.long_hair:
        cap = np.maximum(ellipse(x, y - 8, 68, 68), -ellipse(x + 10, y + 34, 60, 62))
        paint(canvas, cap, look.hair)
        return
    cap = np.maximum(ellipse(x, y - 14, 64, 58), -ellipse(x - 4, y + 38, 66, 70))
    for dx, dy, r in (
        (-46, -38, 20),
        (-22, -56, 22),
        (6, -62, 23),
        (32, -52, 21),
        (50, -32, 17),
    ):
        cap = np.minimum(cap, ellipse(x + dx, y + dy, r, r))
    paint(canvas, cap, look.hair)


def _draw_eyes(canvas: Array, look: Look, x: float, y: float, phase: float) -> None:
    seconds = phase * SECONDS
    blink = max(np.exp(-(((seconds - t) / 0.07) ** 2)) for t in (1.7, 4.4, 4.75, 8.1))
    for side in (-1, 1):
        cx = x + side * 25
        opening = max(0.12, 1 - blink)
        paint(canvas, ellipse(cx, y + 6, 9.5, 7 * opening), (250, 248, 244))
        paint(canvas, ellipse(cx, y + 6.5, 4.8, 5.6 * opening), (58, 44, 40))
        top = y + 6 - 6.5 * opening
        paint(canvas, stroke(cx - 8, top + 2, cx, top, 1.2), look.hair)
        paint(canvas, stroke(cx, top, cx + 8, top + 2, 1.2), look.hair)
        paint(canvas, stroke(cx - side * 11, y - 13, cx, y - 15, 1.9), look.hair)
        paint(canvas, stroke(cx, y - 15, cx + side * 12, y - 11, 1.7), look.hair)
        if look.glasses:
            rim = np.abs(box(cx, y + 7, 19, 15, 10)) - 1.4
            paint(canvas, rim, (92, 70, 62))
    if look.glasses:
        paint(canvas, stroke(x - 6, y + 4, x + 6, y + 4, 1.4), (92, 70, 62))


def _draw_mouth(canvas: Array, x: float, y: float, mouth: float) -> None:
    smile = arc(x, y - 16, 20, 2.0, y - 2 < _Y)
    if mouth < 0.08:
        paint(canvas, smile, (158, 84, 78))
        return
    paint(canvas, ellipse(x, y + 2, 15 - 2 * mouth, 2.5 + 8 * mouth), (128, 52, 54))
    tongue = np.maximum(
        ellipse(x, y + 7 + 5 * mouth, 9, 5), ellipse(x, y + 2, 13, 2 + 8 * mouth)
    )
    paint(canvas, tongue, (206, 112, 108), 0.9)


# --- what every frame carries --------------------------------------------------


def draw_demo_label(canvas: Array) -> None:
    """The word "demo" in strokes, bottom right."""
    paint(canvas, box(582, 332, 48, 18, 9), (30, 36, 40), 0.55)
    white = (250, 250, 248)
    r, base = 7.5, 335.0
    everywhere = np.ones_like(_X, bool)
    letters: list[Array] = [
        arc(552, base, r, 1.5, everywhere),
        stroke(559.5, base - 16, 559.5, base + r, 1.5),
        arc(574, base, r, 1.5, (574 + r - 2 > _X) | (base + 1 > _Y)),
        stroke(567, base, 581, base, 1.3),
        stroke(588, base - r, 588, base + r, 1.5),
        arc(592, base - 3, 4, 1.5, base - 3 > _Y),
        stroke(596, base - 3, 596, base + r, 1.5),
        arc(600, base - 3, 4, 1.5, base - 3 > _Y),
        stroke(604, base - 3, 604, base + r, 1.5),
        arc(617, base, r, 1.5, everywhere),
    ]
    for letter in letters:
        paint(canvas, letter, white)


def draw_counter(canvas: Array, number: int) -> None:
    """24 black or white blocks, least significant bit left, top left."""
    for bit in range(COUNTER_BITS):
        left = COUNTER_LEFT_PX + bit * COUNTER_BLOCK_PX
        rows = slice(COUNTER_TOP_PX, COUNTER_TOP_PX + COUNTER_BLOCK_PX)
        value = 235 if number >> bit & 1 else 20
        canvas[rows, left : left + COUNTER_BLOCK_PX] = value


def read_counter(luma: Array) -> int:
    """Return the number in a (HEIGHT x WIDTH) picture, as it was drawn."""
    row = luma[COUNTER_TOP_PX + COUNTER_BLOCK_PX // 2]
    first = COUNTER_LEFT_PX + COUNTER_BLOCK_PX // 2
    return sum(
        int(row[first + bit * COUNTER_BLOCK_PX] > 128) << bit
        for bit in range(COUNTER_BITS)
    )


SCENES: dict[str, tuple[Callable[[], Array], Look]] = {
    "counselor": (counselor_room, COUNSELOR),
    "client": (client_room, CLIENT),
}


def pictures(name: str, mouths: Array) -> list[Array]:
    """Return every RGB picture of one clip; `mouths` has one opening per frame."""
    make_room, look = SCENES[name]
    room = make_room()
    draw_demo_label(room)
    drawn = []
    for number in range(FRAMES):
        canvas = room.copy()
        draw_person(canvas, look, number / FRAMES, float(mouths[number]))
        draw_counter(canvas, number)
        drawn.append(np.clip(canvas, 0, 255).astype(np.uint8))
    return drawn
