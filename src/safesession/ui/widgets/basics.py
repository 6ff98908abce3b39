"""Labels, buttons and icons in the project's look.

Colours come from the theme at paint time, so a change of theme needs no call.
"""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from safesession.ui.i18n import language_controller
from safesession.ui.theme import tokens as t
from safesession.ui.theme.controller import theme
from safesession.ui.theme.icons import tinted_icon, tinted_pixmap


_ICON_PX = 18
_ICON_GAP_PX = 6
_TOOL_ICON_PX = 20
_LINE_HEIGHT = {"zh": 1.6, "en": 1.5}
_LOOK_CHANGES = (
    QEvent.Type.PaletteChange,
    QEvent.Type.StyleChange,
    QEvent.Type.ParentChange,
    QEvent.Type.FontChange,
)


def _icon_px(base_px: int) -> int:
    """Return an icon's side in px; icons grow half as fast as text."""
    return base_px * (100 + theme().text_scale_percent) // 200


def label(
    role: str = "", parent: QWidget | None = None, *, wrap: bool = True
) -> QLabel:
    """Return a label of a text role: hero, title, section, muted, caption, error."""
    made = QLabel(parent)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


class Paragraph(QLabel):
    """Running text with generous lines: 1.6 for Chinese, 1.5 otherwise."""

    def __init__(self, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", role)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self._plain = ""
        self._centred = False

    @property
    def plain_text(self) -> str:
        """The text without markup."""
        return self._plain

    def set_centred(self) -> None:
        """Centre the lines."""
        self._centred = True
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.set_text(self._plain)

    def set_text(self, text: str) -> None:
        """Show plain text; nothing in it is taken as markup."""
        self._plain = text
        percent = self._line_height_percent()
        align = ' align="center"' if self._centred else ""
        body = escape(text).replace("\n", "<br>")
        style = f"margin:0; line-height:{percent}%"
        self.setText(f'<p{align} style="{style}">{body}</p>')
        self.setAccessibleName(text)

    def changeEvent(self, event: QEvent) -> None:
        """Space the lines anew when the font changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange and self._plain:
            self.set_text(self._plain)

    def _line_height_percent(self) -> int:
        # Fonts bring line spacing of their own (Noto CJK 1.45, Segoe UI 1.33).
        language = language_controller().language[:2]
        wanted = _LINE_HEIGHT.get(language, 1.5) * self.fontInfo().pixelSize()
        return max(100, round(100 * wanted / self.fontMetrics().lineSpacing()))


class IconLabel(QWidget):
    """An icon that only decorates the words beside it."""

    def __init__(
        self,
        name: str,
        size_px: int = 20,
        token: str = "muted",  # noqa: S107 - a design token
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._token = token
        self._base_px = size_px
        self._size_px = 0
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Grow with the text."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        size_px = _icon_px(self._base_px)
        if size_px != self._size_px:
            self._size_px = size_px
            self.setFixedSize(size_px, size_px)

    def set_icon(self, name: str, token: str | None = None) -> None:
        """Show another icon, perhaps in the colour of another token."""
        self._name = name
        self._token = token or self._token
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon in the colour of its token."""
        colour: str = getattr(theme().tokens_for(self), self._token)
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        pixmap = tinted_pixmap(self._name, colour, self._size_px, ratio)
        painter.drawPixmap(0, 0, pixmap)
        painter.end()


class AppButton(QPushButton):
    """A push button of a role: "", primary, danger, plain or choice."""

    def __init__(
        self, role: str = "", icon: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", role)
        self._icon_name = icon
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(role == "primary")
        self._tint()

    def set_icon_name(self, icon: str) -> None:
        """Show another icon."""
        if icon != self._icon_name:
            self._icon_name = icon
            self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Tint the icon again when the look changes."""
        super().changeEvent(event)
        if event.type() in (*_LOOK_CHANGES, QEvent.Type.EnabledChange):
            self._tint()

    def _tint(self) -> None:
        if not self._icon_name:
            return
        tokens = theme().tokens_for(self)
        match self.property("role"):
            case "primary":
                colour = tokens.on_primary if self.isEnabled() else tokens.muted
            case "danger":
                colour = tokens.on_danger
            case "plain":
                colour = tokens.primary
            case "badge":
                tone = self.property("tone") or "info"
                colour = getattr(tokens, tone)
            case _:
                colour = tokens.text if self.isEnabled() else tokens.muted
        gap_px = _ICON_GAP_PX
        size_px = _icon_px(_ICON_PX)
        self.setIconSize(QSize(size_px + gap_px, size_px))
        ratio = self.devicePixelRatioF()
        self.setIcon(tinted_icon(self._icon_name, colour, size_px, ratio, gap_px))


class IconButton(QToolButton):
    """A small button that shows an icon and has its words as name and tip."""

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumSize(36, 36)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._tint()

    def set_icon_name(self, icon: str) -> None:
        """Show another icon."""
        if icon != self._icon_name:
            self._icon_name = icon
            self._tint()

    def set_words(self, name: str) -> None:
        """Say what the button does."""
        self.setAccessibleName(name)
        self.setToolTip(name)

    def changeEvent(self, event: QEvent) -> None:
        """Tint the icon again when the look changes."""
        super().changeEvent(event)
        if event.type() in _LOOK_CHANGES:
            self._tint()

    def _tint(self) -> None:
        colour = theme().tokens_for(self).text
        size_px = _icon_px(_TOOL_ICON_PX)
        self.setIconSize(QSize(size_px, size_px))
        ratio = self.devicePixelRatioF()
        self.setIcon(tinted_icon(self._icon_name, colour, size_px, ratio))


class CallButton(QAbstractButton):
    """A round in-call button with its word below.

    `set_face` gives icon, caption and the full accessible name (action + state).
    """

    def __init__(self, tone: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "call")
        self._tone = tone
        self._icon_name = "dot"
        self._count = 0
        self._off = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_face(
        self, icon: str, caption: str, name: str, *, off: bool = False
    ) -> None:
        """Set the face; `off` is drawn as a light disc, so shape tells as well."""
        self._icon_name = icon
        self._off = off
        self.setText(caption)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.updateGeometry()
        self.update()

    def set_count(self, count: int) -> None:
        """Show a small number beside the disc (0 = none)."""
        self._count = count
        self.update()

    def sizeHint(self) -> QSize:
        """Disc, gap and caption."""
        metrics = self.fontMetrics()
        width = max(t.CALL_BUTTON_PX, metrics.horizontalAdvance(self.text())) + 12
        return QSize(width, t.CALL_BUTTON_PX + 8 + metrics.height())

    def minimumSizeHint(self) -> QSize:
        """As large as it wants to be: words must not be cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw disc, icon, count and caption."""
        tokens = theme().tokens_for(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        disc = QRect((self.width() - t.CALL_BUTTON_PX) // 2, 2, 0, 0)
        disc.setSize(QSize(t.CALL_BUTTON_PX, t.CALL_BUTTON_PX))
        hover = self.underMouse() and self.isEnabled()
        if self._tone == "danger":
            fill = tokens.danger_hover if hover else tokens.danger
            ink = tokens.on_danger
        elif self._off:
            fill, ink = tokens.text, tokens.bg
        else:
            fill = t.CALL_BUTTON_HOVER if hover else t.CALL_BUTTON
            ink = "#FFFFFF"
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill))
        painter.drawEllipse(disc)
        pixmap = tinted_pixmap(self._icon_name, ink, 22, self.devicePixelRatioF())
        painter.drawPixmap(disc.center().x() - 10, disc.center().y() - 10, pixmap)
        if self._count:
            self._paint_count(painter, disc)
        painter.setPen(QColor(tokens.text))
        below = QRect(0, disc.bottom() + 4, self.width(), self.fontMetrics().height())
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, self.text())
        painter.end()

    def _paint_count(self, painter: QPainter, disc: QRect) -> None:
        tokens = theme().tokens_for(self)
        text = str(self._count) if self._count < 100 else "99+"  # noqa: PLR2004
        size = max(20, self.fontMetrics().horizontalAdvance(text) + 10)
        badge = QRect(disc.right() - 14, disc.top() - 2, size, 20)
        painter.setBrush(QColor(tokens.primary))
        painter.drawRoundedRect(badge, 10, 10)
        painter.setPen(QColor(tokens.on_primary))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
        painter.setPen(Qt.PenStyle.NoPen)


def card(
    role: str = "card", parent: QWidget | None = None
) -> tuple[QFrame, QVBoxLayout]:
    """Return a framed area and its layout."""
    frame = QFrame(parent)
    frame.setProperty("role", role)
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(24, 20, 24, 20)
    layout.setSpacing(12)
    return frame, layout


def repolish(widget: QWidget) -> None:
    """Apply the stylesheet again after a property changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
