"""The client's join page: the server's name first, then one field for the code."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from safesession.core.status import Problem, ServerLink
from safesession.ui import texts
from safesession.ui.error_texts import problem_text
from safesession.ui.i18n import translate
from safesession.ui.view_models.join import CODE_DIGITS, JoinStage, JoinViewModel
from safesession.ui.view_models.unsent import UnsentViewModel
from safesession.ui.views.unsent import UnsentCard
from safesession.ui.widgets.basics import AppButton, Paragraph, card, label, repolish
from safesession.ui.widgets.code_field import CodeField
from safesession.ui.widgets.flow import flow_row
from safesession.ui.widgets.page import PageColumn
from safesession.ui.widgets.server_line import ServerLine
from safesession.ui.widgets.strip import Strip


_UNDER_THE_FIELD = (
    Problem.CODE_MISTYPED,
    Problem.CODE_INCOMPLETE,
    Problem.LINK_INVALID,
)
_WAIT_AND_TRY = (Problem.SERVER_UNREACHABLE, Problem.TRY_LATER)


class JoinView(PageColumn):
    """Shows a `JoinViewModel`."""

    def __init__(
        self,
        view_model: JoinViewModel,
        unsent: UnsentViewModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, width_px=560)
        self.setObjectName("page_join")
        self.view_model = view_model
        self._title = label("hero")
        self._lead = Paragraph("muted")
        self._server = ServerLine()
        self._server.setObjectName("join_server")
        frame, column = card()
        self._caption = label("section")
        self.field = CodeField()
        self.field.setObjectName("invite_code_input")
        self._caption.setBuddy(self.field)
        # Grouping changes the text from within the signal: ask for the outcome.
        self.field.textChanged.connect(lambda: view_model.set_text(self.field.text()))
        self.field.returnPressed.connect(view_model.submit)
        self._hint = label("caption")
        self._hint.setObjectName("join_hint")
        self._error = Paragraph("error")
        self._error.setObjectName("join_error")
        self._strip = Strip("warn")
        self._strip.setObjectName("join_problem")
        self._strip.action_chosen.connect(self._acted)
        self._continue = AppButton("primary")
        self._continue.setObjectName("join_continue")
        self._continue.clicked.connect(view_model.submit)
        self._cancel = AppButton("plain")
        self._cancel.setObjectName("join_cancel")
        self._cancel.clicked.connect(view_model.cancel)
        for row in (self._caption, self.field, self._hint, self._error, self._strip):
            column.addWidget(row)
        column.addWidget(flow_row(self._continue, self._cancel))
        self._unsent = unsent
        self.unsent = UnsentCard(unsent)
        self._shared = Paragraph("caption")
        self._shared.setObjectName("join_shared")
        for widget in (
            self._title,
            self._server,
            self._lead,
            frame,
            self._shared,
            self.unsent,
        ):
            self.column.addWidget(widget)
        unsent.changed.connect(self.refresh)
        view_model.changed.connect(self.refresh)
        self.retranslate()

    def first_focus(self) -> QLineEdit:
        """Return what the keyboard starts on."""
        return self.field

    def refresh(self) -> None:
        """Show the view-model; never touches what is being typed."""
        vm = self.view_model
        joining = vm.stage is JoinStage.JOINING
        if self.field.text() != vm.typed:
            self.field.setText(vm.typed)
        self._server.show_server(vm.server_origin, vm.server_link)
        self.field.setReadOnly(joining)
        self._continue.setEnabled(vm.may_continue)
        self._continue.setText(
            translate("JoinView", "Entering…")
            if joining
            else translate("JoinView", "Continue")
        )
        self._cancel.setVisible(joining)
        problem = vm.problem
        if problem is None and vm.server_link is ServerLink.DOWN:
            problem = Problem.SERVER_UNREACHABLE
        under = problem in _UNDER_THE_FIELD and problem is not None
        words = problem_text(problem).joined() if problem and under else ""
        self._error.set_text(words)
        self._error.setVisible(under)
        if self.field.property("invalid") != under:
            self.field.setProperty("invalid", under)
            repolish(self.field)
        self.field.setAccessibleDescription(words or self._hint_text())
        self._hint.setText(self._hint_text())
        self._hint.setVisible(not under)
        self._refresh_strip(None if under else problem)
        self._shared.setVisible(self._unsent.shared)

    def retranslate(self) -> None:
        """Put all words in again."""
        self._title.setText(translate("JoinView", "Welcome"))
        self._lead.set_text(
            translate(
                "JoinView",
                "Enter the code your counselor gave you, or paste the link. Take your "
                "time; nothing happens until you continue.",
            )
        )
        self._caption.setText(translate("JoinView", "Invite code"))
        self.field.setAccessibleName(
            translate("JoinView", "Invite code, 16 digits, or a link")
        )
        self._cancel.setText(translate("JoinView", "Cancel"))
        self._shared.set_text(
            translate(
                "JoinView",
                "Shared computer: no text, name or server address is kept here.",
            )
        )
        self.unsent.retranslate()
        self.refresh()

    def _hint_text(self) -> str:
        vm = self.view_model
        if vm.is_link:
            return translate("JoinView", "This is a link: nothing more to type")
        if not vm.typed:
            return translate("JoinView", "16 digits; spaces and dashes do not matter")
        return translate("JoinView", "{n} of {all} digits").format(
            n=vm.digits_typed, all=CODE_DIGITS
        )

    def _refresh_strip(self, problem: Problem | None) -> None:
        vm = self.view_model
        if vm.stage is JoinStage.ASKING_ABOUT_SERVER:
            self._strip.set_tone("info")
            self._strip.set_text(
                translate(
                    "JoinView",
                    "This link leads to another server: {name}. Go on only if your "
                    "institution told you so.",
                ).format(name=vm.asked_server)
            )
            self._strip.set_actions(
                [
                    ("accept", translate("JoinView", "Use this server")),
                    ("decline", translate("JoinView", "Back")),
                ]
            )
            return
        self._strip.set_tone("warn")
        text = problem_text(problem).joined() if problem else ""
        waits = problem in _WAIT_AND_TRY
        if waits and vm.retry_in_s is not None:
            seconds = max(1, math.ceil(vm.retry_in_s))
            again_in = translate("JoinView", "Next try in {n} s.").format(n=seconds)
            text = texts.sentences(text, again_in)
        self._strip.set_text(text)
        again = translate("JoinView", "Try again")
        self._strip.set_actions([("retry", again)] if waits else [])

    def _acted(self, key: str) -> None:
        match key:
            case "accept":
                self.view_model.accept_server()
            case "decline":
                self.view_model.decline_server()
                self.field.setFocus(Qt.FocusReason.OtherFocusReason)
            case _:
                self.view_model.retry()
