"""One PNG of what several views showed, side by side.

For the demo where there is no display. Writes only pictures that were really
decoded; a side that saw nothing is left dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np

from safesession.core.ports import VideoImage


VIEW_PX = (640, 360)
GAP_PX = 8


def save_side_by_side(images: Sequence[VideoImage | None], path: Path) -> bool:
    """Write the pictures next to each other; False when there was none."""
    if not any(images):
        return False
    width, height = VIEW_PX
    total = len(images) * width + (len(images) - 1) * GAP_PX
    canvas = np.full((height, total, 3), 24, dtype=np.uint8)
    for index, image in enumerate(images):
        if image is not None:
            _paste(canvas, image, index * (width + GAP_PX))
    frame = av.VideoFrame.from_ndarray(canvas, format="rgb24")
    with av.open(path, "w", format="image2", options={"update": "1"}) as container:
        stream = container.add_stream("png")
        stream.width, stream.height = total, height
        stream.pix_fmt = "rgb24"
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return True


def _paste(canvas: np.ndarray, image: VideoImage, left: int) -> None:
    rows = np.frombuffer(image.pixels, dtype=np.uint8)[: image.stride * image.height]
    bgra = rows.reshape(image.height, image.stride)[:, : image.width * 4]
    rgb = bgra.reshape(image.height, image.width, 4)[:, :, 2::-1]
    top = (canvas.shape[0] - image.height) // 2
    left += (VIEW_PX[0] - image.width) // 2
    canvas[top : top + image.height, left : left + image.width] = rgb
