"""Paints the newest picture of a frame slot.

A QImage over the plane in paintEvent: deterministic, needs no GPU, and a grab
shows it. Pictures never travel as events; a slow window simply misses some.
"""

from __future__ import annotations

import weakref

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from safesession.core.ports import FrameSlotPort, VideoImage
from safesession.ui.theme import tokens as t
from safesession.ui.theme.controller import theme
from safesession.ui.theme.icons import tinted_pixmap


_DIM_ALPHA = 153  # 60 % over the last picture while reconnecting


class VideoSurface(QWidget):
    """One person's picture, or a placeholder with words."""

    _picture_waits = Signal()

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        radius_px: int = 0,
        fill: bool = False,
        mirrored: bool = False,
    ) -> None:
        super().__init__(parent)
        self._slot: FrameSlotPort | None = None
        self._picture: VideoImage | None = None
        self._image: QImage | None = None
        self._placeholder = ""
        self._dimmed = False
        self._lights_up = False  # with the next picture
        self._radius_px = radius_px
        self._fill = fill
        self._mirrored = mirrored
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(96, 54)
        if not radius_px:
            self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._picture_waits.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def attach(self, slot: FrameSlotPort | None) -> None:
        """Show the pictures of a slot; None lets go of it."""
        if self._slot is not None:
            self._slot.set_wake(None)
        self._slot = slot
        self.clear()
        if slot is None:
            return
        reference = weakref.ref(self)

        def wake() -> None:  # on any thread
            surface = reference()
            if surface is not None:
                surface._picture_waits.emit()  # noqa: SLF001 - a closure of the class

        slot.set_wake(wake)
        self._tell_size()
        self._take()

    @property
    def has_picture(self) -> bool:
        """True while a picture is shown."""
        return self._image is not None

    def clear(self) -> None:
        """Forget the picture; the placeholder stands there."""
        self._image = None
        self._picture = None
        self._dimmed = self._dimmed and not self._lights_up
        self.update()

    def set_placeholder(self, text: str) -> None:
        """Say what stands where no picture is."""
        if text != self._placeholder:
            self._placeholder = text
            self.update()

    def set_dimmed(self, *, dimmed: bool) -> None:
        """Dim the last picture, or light up again with the next one.

        An old picture must not pass for a new one.
        """
        self._lights_up = not dimmed
        if dimmed or self._image is None:
            self._dimmed = dimmed
            self.update()

    def sizeHint(self) -> QSize:
        """16:9 and small; layouts stretch it."""
        return QSize(320, 180)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the engine how large the picture will be."""
        super().resizeEvent(event)
        self._tell_size()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw picture or placeholder."""
        painter = QPainter(self)
        if self._radius_px:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            path = QPainterPath()
            radius = float(self._radius_px)
            path.addRoundedRect(QRectF(self.rect()), radius, radius)
            painter.setClipPath(path)
        backdrop = t.CALL_BUTTON if self._radius_px else t.CALL_BACKDROP
        painter.fillRect(self.rect(), QColor(backdrop))
        if self._image is not None:
            self._paint_picture(painter, self._image)
        else:
            self._paint_placeholder(painter)
        painter.end()

    def _paint_picture(self, painter: QPainter, image: QImage) -> None:
        size = QSize(image.width(), image.height())
        mode = Qt.AspectRatioMode.KeepAspectRatio
        if self._fill:
            mode = Qt.AspectRatioMode.KeepAspectRatioByExpanding
        size.scale(self.size(), mode)
        target = QRect(
            (self.width() - size.width()) // 2,
            (self.height() - size.height()) // 2,
            size.width(),
            size.height(),
        )
        if self._mirrored:
            painter.save()
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        painter.drawImage(target, image)
        if self._mirrored:
            painter.restore()
        if self._dimmed:
            painter.fillRect(self.rect(), QColor(0, 0, 0, _DIM_ALPHA))

    def _paint_placeholder(self, painter: QPainter) -> None:
        tokens = theme().tokens_for(self)
        muted = tokens.muted if tokens.dark else "#A9BBB8"
        size = max(24, min(72, self.height() // 4))
        text_height = self.fontMetrics().height() * 2 if self._placeholder else 0
        top = max(0, (self.height() - size - text_height) // 2)
        pixmap = tinted_pixmap("person", muted, size, self.devicePixelRatioF())
        painter.drawPixmap((self.width() - size) // 2, top, pixmap)
        if self._placeholder:
            painter.setPen(QColor(muted))
            words = QRect(8, top + size + 8, self.width() - 16, self.height())
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            painter.drawText(words, flags | Qt.TextFlag.TextWordWrap, self._placeholder)

    def _tell_size(self) -> None:
        if self._slot is not None:
            ratio = self.devicePixelRatioF()
            width, height = round(self.width() * ratio), round(self.height() * ratio)
            self._slot.set_view_size(width, height)

    def _take(self) -> None:
        picture = self._slot.take() if self._slot is not None else None
        if picture is None:
            return
        self._picture = picture  # keeps the plane alive under the image
        self._image = QImage(
            picture.pixels,
            picture.width,
            picture.height,
            picture.stride,
            QImage.Format.Format_RGB32,
        )
        if self._lights_up:
            self._dimmed = False
        self.update()
