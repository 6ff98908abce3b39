"""Latest-wins hand-over of pictures to a view, scaled to its size.

Scaling runs on a thread of its own, started only once a view has said how large
it paints; without a view a picture costs nothing. A slow view misses pictures
and never delays the engine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import av
from av.video.reformatter import VideoReformatter

from safesession.core.ports import VideoImage


MAX_VIEW_PX = 4096


class FrameSlot:
    """The engine's end of core.ports.FrameSlotPort; all methods are thread-safe."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._view: tuple[int, int] | None = None
        self._source: av.VideoFrame | None = None  # newest picture, kept for resizes
        self._due = False  # the newest picture is not yet scaled
        self._image: VideoImage | None = None
        self._sequence = 0
        self._wake: Callable[[], None] | None = None
        self._wake_pending = False

    # --- the view's side (FrameSlotPort) ---

    def take(self) -> VideoImage | None:
        """Return the newest picture not yet taken, or None."""
        with self._changed:
            image, self._image = self._image, None
            self._wake_pending = False
            return image

    def set_view_size(self, width_px: int, height_px: int) -> None:
        """Scale to fit inside this many pixels; 0 x 0 means nobody looks."""
        with self._changed:
            size = (min(width_px, MAX_VIEW_PX), min(height_px, MAX_VIEW_PX))
            self._view = size if min(size) > 0 else None
            if self._view is not None and self._source is not None:
                self._ask()

    def set_wake(self, wake: Callable[[], None] | None) -> None:
        """Call `wake` on any thread when a picture waits, once per `take`."""
        with self._changed:
            self._wake = wake
            self._wake_pending = False

    # --- the engine's side ---

    def offer(self, frame: av.VideoFrame) -> None:
        """Show `frame` from now on. The frame must not be changed any more."""
        with self._changed:
            if self._closed:
                return
            self._sequence += 1
            self._source = frame
            if self._view is not None:
                self._ask()

    def clear(self) -> None:
        """Forget the last picture: there is no camera or no peer any more."""
        with self._changed:
            self._source = None
            self._image = None
            self._due = False

    def close(self) -> None:
        """Stop the scaling thread and wait for it."""
        with self._changed:
            self._closed = True
            self._source = None
            self._image = None
            self._wake = None
            self._changed.notify()
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()

    def _ask(self) -> None:
        """Have the newest picture scaled (the lock is held)."""
        if self._closed:
            return
        self._due = True
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._scale_all, name=f"scale-{self._name}", daemon=True
            )
            self._thread.start()
        self._changed.notify()

    def _scale_all(self) -> None:
        reformatter = VideoReformatter()  # keeps swscale's tables between pictures
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._due)
                if self._closed:
                    return
                self._due = False
                frame, view, sequence = self._source, self._view, self._sequence
            if frame is None or view is None:
                continue
            image = _scaled(reformatter, frame, view, sequence)
            with self._changed:
                if self._source is None:
                    continue  # cleared while we scaled
                self._image = image
                wake = None if self._wake_pending else self._wake
                self._wake_pending = True
            if wake is not None:
                wake()


def fit(
    width_px: int, height_px: int, box_width_px: int, box_height_px: int
) -> tuple[int, int]:
    """Return the largest size of the same shape inside the box, at least 1 x 1."""
    scale = min(box_width_px / width_px, box_height_px / height_px)
    return max(1, round(width_px * scale)), max(1, round(height_px * scale))


def _scaled(
    reformatter: VideoReformatter,
    frame: av.VideoFrame,
    view: tuple[int, int],
    sequence: int,
) -> VideoImage:
    width, height = fit(frame.width, frame.height, *view)
    scaled = reformatter.reformat(
        frame, width, height, "bgra", interpolation="BILINEAR"
    )
    plane = scaled.planes[0]
    return VideoImage(width, height, plane.line_size, memoryview(plane), sequence)
