"""First run: a counselor or somebody with an invite code, then what they need."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from safesession.core.status import Problem, Role
from safesession.ui.error_texts import problem_text
from safesession.ui.i18n import translate
from safesession.ui.theme import tokens as t
from safesession.ui.theme.controller import theme
from safesession.ui.theme.icons import tinted_pixmap
from safesession.ui.view_models.first_run import (
    FieldName,
    FirstRunStep,
    FirstRunViewModel,
)
from safesession.ui.widgets.basics import AppButton, Paragraph, label
from safesession.ui.widgets.fields import Field
from safesession.ui.widgets.flow import flow_row
from safesession.ui.widgets.focus_ring import FocusRing
from safesession.ui.widgets.header import HeaderBar
from safesession.ui.widgets.help_overlay import HelpOverlay
from safesession.ui.widgets.menus import AppMenu
from safesession.ui.widgets.page import PageColumn
from safesession.ui.widgets.stack import CurrentStack
from safesession.ui.widgets.strip import Strip


_MARGIN_PX = 18
_ICON_PX = 32


class ChoiceCard(QAbstractButton):
    """A large card with an icon, a title and a sentence."""

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        column = QVBoxLayout(self)
        left = _MARGIN_PX + _ICON_PX + 16
        column.setContentsMargins(left, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        column.setSpacing(4)
        self._title = label("section", self)
        self._text = Paragraph("muted", self)
        for child in (self._title, self._text):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(child)

    def set_words(self, title: str, text: str) -> None:
        """Set title and sentence."""
        self._title.setText(title)
        self._text.set_text(text)
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)

    def sizeHint(self) -> QSize:
        """What the layout of the words wants."""
        layout = self.layout()
        return layout.sizeHint() if layout is not None else QSize()

    def hasHeightForWidth(self) -> bool:
        """Words wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height the words need."""
        layout = self.layout()
        return layout.heightForWidth(width) if layout is not None else 0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw card and icon."""
        tokens = theme().tokens_for(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hover = self.underMouse()
        painter.setPen(QColor(tokens.primary if hover else tokens.input_border))
        painter.setBrush(QColor(tokens.surface_2 if hover else tokens.surface))
        # Through the middle of the pixels: else one edge looks bolder than another.
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(area, t.CARD_RADIUS_PX, t.CARD_RADIUS_PX)
        ratio = self.devicePixelRatioF()
        pixmap = tinted_pixmap(self._icon_name, tokens.primary, _ICON_PX, ratio)
        painter.drawPixmap(_MARGIN_PX, (self.height() - _ICON_PX) // 2, pixmap)
        painter.end()


class FirstRunView(QWidget):
    """The first window. Emits `finished` with the person's choice."""

    finished = Signal(object)  # FirstRunChoice

    def __init__(
        self,
        server_origin: str = "",
        parent: QWidget | None = None,
        *,
        shared_computer: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("first_run")
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumSize(720, 560)
        self.view_model = FirstRunViewModel(
            server_origin, self, shared_computer=shared_computer
        )
        self._problem: Problem | None = None
        self._shown: FirstRunStep | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.header = HeaderBar(self)
        outer.addWidget(self.header)
        self._stack = CurrentStack(self)
        outer.addWidget(self._stack, 1)
        self._build_who()
        self._build_form()
        self._menu = AppMenu(self)
        self._help = HelpOverlay(self)
        self.header.help_requested.connect(self._help.show_help)
        self.header.menu_requested.connect(self._menu.open_below)
        self._ring = FocusRing(self)
        self.view_model.changed.connect(self.refresh)
        self.view_model.finished.connect(self.finished)
        self.retranslate()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Retranslate when the language changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.view_model.recheck()
            self.retranslate()

    def first_focus(self) -> QWidget:
        """Return what the keyboard starts on."""
        if self.view_model.step is FirstRunStep.WHO:
            return self._client
        fields = self._fields.values()
        return next(field.edit for field in fields if not field.isHidden())

    def show_problem(self, problem: Problem | None) -> None:
        """Say why going on did not work; everything typed stays."""
        self._problem = problem
        self._strip.set_text(problem_text(problem).joined() if problem else "")
        self.set_busy(False)

    def set_busy(self, busy: bool) -> None:
        """Show that the choice is being tried."""
        self._continue.setEnabled(not busy)
        self._back.setEnabled(not busy)
        self._restore.setEnabled(not busy)

    def refresh(self) -> None:
        """Show the view-model's step and its words."""
        step = self.view_model.step
        who = step is FirstRunStep.WHO
        counselor = step is FirstRunStep.COUNSELOR
        self._stack.setCurrentIndex(0 if who else 1)
        errors = self.view_model.errors
        for name, field in self._fields.items():
            field.set_error(errors.get(name, ""))
        self._fields[FieldName.TOKEN].setVisible(counselor)
        self._shared.setVisible(not counselor)
        self._shared_hint.setVisible(not counselor)
        hide_server = not counselor and self.view_model.server_known
        self._fields[FieldName.SERVER].setVisible(not hide_server)
        if step is not self._shown:
            self._shown = step
            self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
        if errors:
            first = next(iter(errors))
            self._fields[first].edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self._form_words()

    def retranslate(self) -> None:
        """Put all words in again."""
        self.setWindowTitle("SafeSession")
        self._title.setText(translate("FirstRunView", "A quiet room for two"))
        self._subtitle.set_text(
            translate(
                "FirstRunView",
                "SafeSession connects two people, and nobody else can listen. "
                "What brings you here?",
            )
        )
        self._client.set_words(
            translate("FirstRunView", "I have an invite code"),
            translate(
                "FirstRunView",
                "Somebody sent you 16 digits or a link. No account needed.",
            ),
        )
        self._counselor.set_words(
            translate("FirstRunView", "I am a counselor"),
            translate("FirstRunView", "You create invites for your institution."),
        )
        self._form_words()
        self.show_problem(self._problem)

    def _build_who(self) -> None:
        page = PageColumn(width_px=520)
        self._title = label("hero")
        self._subtitle = Paragraph("muted")
        self._client = ChoiceCard("keyboard")
        self._client.setObjectName("choose_client")
        self._client.clicked.connect(lambda: self.view_model.choose(Role.CLIENT))
        self._counselor = ChoiceCard("person")
        self._counselor.setObjectName("choose_counselor")
        self._counselor.clicked.connect(lambda: self.view_model.choose(Role.COUNSELOR))
        for widget in (self._title, self._subtitle, self._client, self._counselor):
            page.column.addWidget(widget)
        self._stack.addWidget(page)

    def _build_form(self) -> None:
        page = PageColumn(width_px=520)
        self._form_title = label("title")
        self._form_text = Paragraph("muted")
        self._strip = Strip("warn")
        self._strip.hide()
        self._fields = {
            FieldName.SERVER: Field("server_address"),
            FieldName.TOKEN: Field("enrolment_token"),
            FieldName.NAME: Field("display_name"),
        }
        server = self._fields[FieldName.SERVER].edit
        server.setText(self.view_model.server)
        server.textChanged.connect(
            lambda text: setattr(self.view_model, "server", text)
        )
        token = self._fields[FieldName.TOKEN].edit
        token.textChanged.connect(lambda text: setattr(self.view_model, "token", text))
        name = self._fields[FieldName.NAME].edit
        name.textChanged.connect(lambda text: setattr(self.view_model, "name", text))
        self._continue = AppButton("primary")
        self._continue.setObjectName("first_run_continue")
        self._continue.clicked.connect(self._submit)
        self._back = AppButton("plain", "back")
        self._back.setObjectName("first_run_back")
        self._back.clicked.connect(self.view_model.back)
        page.column.addWidget(self._form_title)
        page.column.addWidget(self._form_text)
        page.column.addWidget(self._strip)
        for field in self._fields.values():
            page.column.addWidget(field)
            field.submitted.connect(self._submit)
        self._shared = QCheckBox()
        self._shared.setObjectName("shared_computer")
        self._shared.setChecked(self.view_model.shared_computer)
        self._shared.toggled.connect(
            lambda on: setattr(self.view_model, "shared_computer", on)
        )
        self._shared_hint = label("caption")
        page.column.addWidget(self._shared)
        page.column.addWidget(self._shared_hint)
        page.column.addSpacing(8)
        self._restore = AppButton("plain")
        self._restore.setObjectName("first_run_restore")
        self._restore.clicked.connect(lambda: self.view_model.submit(restoring=True))
        row = flow_row(self._continue, self._back, self._restore)
        page.column.addWidget(row)
        self._stack.addWidget(page)

    def _submit(self) -> None:
        self.view_model.submit()

    def _form_words(self) -> None:
        counselor = self.view_model.step is FirstRunStep.COUNSELOR
        if counselor:
            title = translate("FirstRunView", "Set up this computer")
            text = translate(
                "FirstRunView",
                "Your institution gave you an address and a token that works once.",
            )
            name_hint = translate("FirstRunView", "Your clients see this name.")
            name = translate("FirstRunView", "Your name")
        else:
            title = translate("FirstRunView", "Almost there")
            text = translate("FirstRunView", "Both fields may stay empty.")
            if self.view_model.server_known:
                text = translate("FirstRunView", "This field may stay empty.")
            name_hint = translate("FirstRunView", "Only your counselor sees it.")
            name = translate("FirstRunView", "How you would like to be called")
        self._form_title.setText(title)
        self._form_text.set_text(text)
        server_hint = ""
        if not counselor:
            server_hint = translate(
                "FirstRunView", "Not needed if you were sent a link."
            )
        self._fields[FieldName.SERVER].set_words(
            translate("FirstRunView", "Server address"), server_hint
        )
        self._fields[FieldName.SERVER].edit.setPlaceholderText(
            "https://sessions.example.org"
        )
        self._fields[FieldName.TOKEN].set_words(
            translate("FirstRunView", "Enrolment token"), ""
        )
        self._fields[FieldName.NAME].set_words(name, name_hint)
        self._shared.setText(translate("FirstRunView", "This computer is shared"))
        hint = translate(
            "FirstRunView",
            "Then SafeSession keeps no text, no name and no server address here. After "
            "a crash, unsent text is lost.",
        )
        self._shared_hint.setText(hint)
        self._shared.setAccessibleDescription(hint)
        self._continue.setText(translate("FirstRunView", "Continue"))
        self._restore.setText(translate("FirstRunView", "I have a backup"))
        self._restore.setVisible(counselor)
        self._back.setText(translate("FirstRunView", "Back"))
