"""The counselor's invite page: choose a validity, hand the code over, wait."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDateTime, Qt, QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDateTimeEdit,
    QFileDialog,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from safesession.core.status import Problem, ServerLink
from safesession.ui.clipboard import copy_public
from safesession.ui.error_texts import problem_text
from safesession.ui.i18n import translate
from safesession.ui.view_models.invite import InviteStage, InviteViewModel
from safesession.ui.view_models.unsent import UnsentViewModel
from safesession.ui.views.unsent import UnsentCard
from safesession.ui.widgets.basics import AppButton, IconLabel, Paragraph, card, label
from safesession.ui.widgets.file_question import file_dialog
from safesession.ui.widgets.flow import AdaptiveRow, flow_row
from safesession.ui.widgets.page import PageColumn
from safesession.ui.widgets.qr_code import QrCode
from safesession.ui.widgets.server_line import ServerLine
from safesession.ui.widgets.strip import Strip
from safesession.ui.widgets.time_field import TimeField


_TTLS_S = (3600, 172_800, 604_800)
_NOTE_MS = 4000


class InviteView(PageColumn):
    """Shows an `InviteViewModel`."""

    def __init__(
        self,
        view_model: InviteViewModel,
        unsent: UnsentViewModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, width_px=760)
        self.setObjectName("page_invite")
        self.view_model = view_model
        self._note_timer = QTimer(self)
        self._note_timer.setSingleShot(True)
        self._note_timer.timeout.connect(lambda: self._note.set_text(""))
        self._title = label("title")
        self._lead = Paragraph("muted")
        self._server = ServerLine()
        self._strip = Strip("warn")
        self._strip.setObjectName("invite_problem")
        self._strip.action_chosen.connect(lambda _key: self.view_model.retry())
        for widget in (self._title, self._lead, self._strip):
            self.column.addWidget(widget)
        self._build_choosing()
        self._build_open()
        self._shown = view_model.stage
        self.unsent = UnsentCard(unsent)
        self.column.addWidget(self.unsent)
        self.column.addWidget(self._server)
        view_model.changed.connect(self.refresh)
        self.retranslate()

    def first_focus(self) -> QWidget:
        """Return what the keyboard starts on."""
        if self.view_model.stage is InviteStage.OPEN:
            return self._copy
        return self._create

    def refresh(self) -> None:
        """Show the view-model."""
        vm = self.view_model
        stage = vm.stage
        # Before anything is disabled or hidden: Qt moves the focus away then.
        focus: QWidget | None = self.window().focusWidget()
        focus_here = focus is not None and self.isAncestorOf(focus)
        opened = stage is InviteStage.OPEN
        self._choosing.setVisible(not opened)
        self._opened.setVisible(opened)
        self._server.show_server(vm.server_origin, vm.server_link)
        self._create.setEnabled(stage is InviteStage.CHOOSING)
        creating = stage is InviteStage.CREATING
        self._create.setText(
            translate("InviteView", "Asking the server…")
            if creating
            else translate("InviteView", "Create invite")
        )
        self._stop.setVisible(creating)
        problem = vm.problem
        if problem is None and vm.server_link is ServerLink.DOWN:
            problem = Problem.SERVER_UNREACHABLE
        self._strip.set_text(problem_text(problem).joined() if problem else "")
        again = problem in (Problem.SERVER_UNREACHABLE, Problem.TRY_LATER)
        words = translate("InviteView", "Try again")
        self._strip.set_actions([("retry", words)] if again else [])
        self._title.setText(
            translate("InviteView", "Hand this code over")
            if opened
            else translate("InviteView", "New invite")
        )
        self._lead.set_text(
            vm.handover_text()
            if opened
            else translate(
                "InviteView",
                "You get a code of 16 digits. One person can use it, once.",
            )
        )
        if opened and vm.invite is not None:
            self._code.setText(_in_even_lines(vm.code_in_groups))
            self._code.setAccessibleName(
                translate("InviteView", "Invite code {code}").format(
                    code=vm.code_in_groups
                )
            )
            self._expiry.setText(vm.expiry_text())
            self._qr.set_text(vm.invite.link)
            self._attempts.set_text(vm.attempts_text())
        if stage is not self._shown:
            self._shown = stage
            if focus_here:
                self._follow_focus()

    def _follow_focus(self) -> None:
        """Leave the keyboard here when the button that was pressed has gone."""
        first = self._stop if self._stop.isVisible() else self.first_focus()
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def tick(self) -> None:
        """Keep the remaining time right."""
        if self.view_model.stage is InviteStage.OPEN:
            self._expiry.setText(self.view_model.expiry_text())

    def retranslate(self) -> None:
        """Put all words in again."""
        self._ttl_title.setText(translate("InviteView", "How long should it be valid?"))
        words = (
            translate("InviteView", "1 hour"),
            translate("InviteView", "48 hours"),
            translate("InviteView", "7 days"),
        )
        for button, text in zip(self._ttl_buttons, words, strict=True):
            button.setText(text)
        self._stop.setText(translate("InviteView", "Cancel"))
        self._once.setText(translate("InviteView", "For one person, one use"))
        self._copy.setText(translate("InviteView", "Copy message"))
        self._copy_code.setText(translate("InviteView", "Copy code only"))
        self._discreet.setText(
            translate("InviteView", "Discreet message (does not mention counseling)")
        )
        self._qr.setAccessibleName(
            translate("InviteView", "QR code with the same invite")
        )
        self._qr_words.setText(translate("InviteView", "Scan with a phone"))
        self._when_title.setText(translate("InviteView", "Session time"))
        self._when.setAccessibleName(translate("InviteView", "Session time"))
        self._save.setText(translate("InviteView", "Save calendar file…"))
        self._waiting.setText(translate("InviteView", "Waiting for your client…"))
        self._cancel.setText(translate("InviteView", "Withdraw this invite"))
        self.unsent.retranslate()
        self.refresh()

    def save_calendar(self, path: Path) -> None:
        """Write the calendar file; says so either way."""
        starts_at = self._when.dateTime().toSecsSinceEpoch()
        try:
            # RFC 5545 wants CRLF, so the text goes out byte for byte.
            path.write_bytes(self.view_model.calendar_text(starts_at).encode())
        except OSError:
            self._note.set_tone("warn")
            self._say(
                translate(
                    "InviteView",
                    "The file could not be written there. Please choose another place.",
                )
            )
            return
        self._note.set_tone("ok")
        self._say(translate("InviteView", "Calendar file saved, without the code"))

    def _build_choosing(self) -> None:
        frame, column = card()
        self._ttl_title = label("section")
        column.addWidget(self._ttl_title)
        self._ttl_group = QButtonGroup(self)
        self._ttl_buttons = [QRadioButton() for _ in _TTLS_S]
        for index, (button, ttl_s) in enumerate(
            zip(self._ttl_buttons, _TTLS_S, strict=True)
        ):
            button.setObjectName(f"ttl_{ttl_s}")
            button.setChecked(ttl_s == self.view_model.ttl_s)
            self._ttl_group.addButton(button, index)
        column.addWidget(flow_row(*self._ttl_buttons, spacing_px=24))
        self._ttl_group.idToggled.connect(self._choose_ttl)
        column.addSpacing(8)
        self._create = AppButton("primary")
        self._create.setObjectName("create_invite")
        self._create.clicked.connect(self.view_model.create)
        self._stop = AppButton("plain")
        self._stop.setObjectName("stop_creating")
        self._stop.clicked.connect(self.view_model.cancel)
        column.addWidget(flow_row(self._create, self._stop))
        self._choosing = frame
        self.column.addWidget(frame)

    def _build_open(self) -> None:
        frame, column = card()
        row = AdaptiveRow()
        row.add(self._build_handover(), 1)
        row.add(self._build_qr(), 0)
        column.addWidget(row)
        self._attempts = Strip("info")
        self._attempts.setObjectName("invite_attempts")
        self._attempts.hide()
        self._note = Strip("ok")
        self._note.setObjectName("invite_note")
        self._note.hide()
        column.addWidget(self._attempts)
        column.addWidget(self._note)
        self._build_calendar_row(column)
        page = QWidget()
        outer = QVBoxLayout(page)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(16)
        outer.addWidget(frame)
        self._waiting = label("", wrap=False)
        self._cancel = AppButton("plain", "close")
        self._cancel.setObjectName("withdraw_invite")
        self._cancel.clicked.connect(self.view_model.cancel)
        clock = IconLabel("clock", 20, "muted")
        outer.addWidget(flow_row(clock, self._waiting, self._cancel))
        self._opened = page
        self.column.addWidget(page)

    def _build_handover(self) -> QWidget:
        self._code = label("code", wrap=True)
        self._code.setObjectName("invite_code")
        self._code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._expiry = label("")
        self._expiry.setObjectName("invite_expiry")
        self._once = label("muted")
        left = QWidget()
        left_column = QVBoxLayout(left)
        left_column.setContentsMargins(0, 0, 0, 0)
        left_column.setSpacing(8)
        self._copy = AppButton("primary", "copy")
        self._copy.setObjectName("copy_message")
        self._copy.clicked.connect(self._copy_message)
        self._copy_code = AppButton("", "copy")
        self._copy_code.setObjectName("copy_code")
        self._copy_code.clicked.connect(self._copy_digits)
        self._discreet = QCheckBox()
        self._discreet.setObjectName("discreet")
        self._discreet.toggled.connect(
            lambda on: setattr(self.view_model, "discreet", on)
        )
        for widget in (self._code, self._expiry, self._once):
            left_column.addWidget(widget)
        left_column.addSpacing(8)
        left_column.addWidget(flow_row(self._copy, self._copy_code))
        left_column.addWidget(self._discreet)
        left_column.addStretch(1)
        return left

    def _build_qr(self) -> QWidget:
        right = QWidget()
        right_column = QVBoxLayout(right)
        right_column.setContentsMargins(0, 0, 0, 0)
        self._qr = QrCode()
        self._qr_words = label("caption")
        self._qr_words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        right_column.addWidget(self._qr, 0, Qt.AlignmentFlag.AlignHCenter)
        right_column.addWidget(self._qr_words)
        return right

    def _build_calendar_row(self, column: QVBoxLayout) -> None:
        self._when_title = label("muted", wrap=False)
        self._when = TimeField()
        self._when.setObjectName("session_time")
        self._when.setButtonSymbols(QDateTimeEdit.ButtonSymbols.NoButtons)
        self._when.setDisplayFormat("yyyy-MM-dd HH:mm")
        start_s = self.view_model.suggested_start()
        self._when.setDateTime(QDateTime.fromSecsSinceEpoch(start_s))
        self._save = AppButton("", "calendar")
        self._save.setObjectName("save_calendar")
        self._save.clicked.connect(self._ask_where)
        column.addWidget(flow_row(self._when_title, self._when, self._save))

    def _choose_ttl(self, index: int, checked: bool) -> None:
        if checked:
            self.view_model.ttl_s = _TTLS_S[index]

    def _copy_message(self) -> None:
        copy_public(self.view_model.message())
        self._note.set_tone("ok")
        self._say(
            translate("InviteView", "Copied. Paste it where only your client reads it")
        )

    def _copy_digits(self) -> None:
        copy_public(self.view_model.code_in_groups)
        self._note.set_tone("ok")
        self._say(translate("InviteView", "Code copied"))

    def _ask_where(self) -> None:
        dialog = file_dialog(self)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("ics")
        dialog.setNameFilter("iCalendar (*.ics)")
        dialog.selectFile("appointment.ics")
        dialog.fileSelected.connect(lambda name: self.save_calendar(Path(name)))
        dialog.open()

    def _say(self, text: str) -> None:
        self._note.set_text(text)
        self._note_timer.start(_NOTE_MS)


def _in_even_lines(code_in_groups: str) -> str:
    """Let four groups break as two and two: `0991 0219 / 1427 8818`."""
    first, second, third, fourth = code_in_groups.split(" ")
    return f"{first}\u00a0{second} {third}\u00a0{fourth}"
