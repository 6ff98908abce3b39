"""The counselor's invite page: what to show and what to ask of the engine."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QObject, Signal

from safesession.core.inputs import Command, CreateInvite, Leave, RetryNow
from safesession.core.status import (
    InviteView,
    Phase,
    Problem,
    Role,
    ServerLink,
    SessionStatus,
)
from safesession.ui import texts
from safesession.ui.calendar_file import calendar_file
from safesession.ui.i18n import translate


class InviteStage(Enum):
    """Where the page stands."""

    CHOOSING = "choosing"
    CREATING = "creating"
    OPEN = "open"


class InviteViewModel(QObject):
    """Validity choice, the code in groups, the message to hand over."""

    changed = Signal()

    def __init__(
        self,
        submit: Callable[[Command], None],
        clock: Callable[[], float],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._submit = submit
        self._clock = clock
        self._status = SessionStatus(role=Role.COUNSELOR)
        self.ttl_s = 172_800
        self.discreet = False

    @property
    def stage(self) -> InviteStage:
        """Where the page stands."""
        match self._status.phase:
            case Phase.INVITED if self._status.invite is not None:
                return InviteStage.OPEN
            case Phase.CREATING_INVITE | Phase.INVITED:
                return InviteStage.CREATING
            case _:
                return InviteStage.CHOOSING

    @property
    def invite(self) -> InviteView | None:
        """The open invite."""
        return self._status.invite

    @property
    def server_link(self) -> ServerLink:
        """The line to the server."""
        return self._status.server_link

    @property
    def server_origin(self) -> str:
        """The server this window talks to."""
        return self._status.server_origin

    @property
    def problem(self) -> Problem | None:
        """What went wrong last, if anything."""
        return self._status.problem

    @property
    def code_in_groups(self) -> str:
        """The 16 digits in groups of four, or nothing."""
        invite = self._status.invite
        return texts.grouped(invite.code) if invite else ""

    def expiry_text(self) -> str:
        """Until when the code is good, in words."""
        invite = self._status.invite
        if invite is None:
            return ""
        return translate("InviteView", "Valid until {moment} ({left})").format(
            moment=texts.day_and_time(invite.expires_at),
            left=texts.time_left(invite.expires_at - self._clock()),
        )

    def handover_text(self) -> str:
        """What to do with the code, and what happens then."""
        text = translate(
            "InviteView",
            "Read it aloud, send it, or let it be scanned. The session opens by "
            "itself once your client has entered it.",
        )
        if self._status.invite is None or not self._status.invite.outlives_app:
            return text
        more = translate(
            "InviteView",
            "You may close SafeSession meanwhile: the code stays valid and is here "
            "again at the next start. Your client gets in only while it is open.",
        )
        return f"{text}\n{more}"

    def attempts_text(self) -> str:
        """Words about wrong tries, or nothing when there were none."""
        tries = self._status.invite.wrong_attempts if self._status.invite else 0
        match tries:
            case 0:
                return ""
            case 1:
                return translate(
                    "InviteView",
                    "A wrong code was tried once. After three wrong tries this "
                    "invite is cancelled.",
                )
            case _:
                return translate(
                    "InviteView",
                    "A wrong code was tried {n} times. After three wrong tries this "
                    "invite is cancelled.",
                ).format(n=tries)

    def message(self) -> str:
        """The message to hand over: both languages, or a discreet one."""
        invite = self._status.invite
        if invite is None:
            return ""
        code = texts.grouped(invite.code)
        until = texts.iso_minutes(invite.expires_at)
        if self.discreet:
            return f"预约号 / Appointment number: {code}\n{until}"
        return (
            f"请打开 SafeSession，输入这个 16 位邀请码：\n{code}\n"
            f"或打开链接：{invite.link}\n"
            f"有效期至 {until}，只能使用一次。请不要转发给他人。\n\n"
            f"Please open SafeSession and enter this 16-digit invite code:\n{code}\n"
            f"Or open this link: {invite.link}\n"
            f"Valid until {until}, for one use. Please do not pass it on."
        )

    def suggested_start(self) -> int:
        """Return the first full hour at least an hour from now, Unix seconds."""
        return (int(self._clock()) // texts.HOUR_S + 2) * texts.HOUR_S

    def calendar_text(self, starts_at: float, minutes: int = 50) -> str:
        """Return an iCalendar file for a session, with a discreet title.

        Calendars are often synchronised to other services, so the code stays
        out of it.
        """
        return calendar_file(
            starts_at=starts_at,
            minutes=minutes,
            title="日程 / Appointment",
            description="SafeSession",
            made_at=self._clock(),
        )

    def create(self) -> None:
        """Ask for a new invite."""
        self._submit(CreateInvite(ttl_s=self.ttl_s))

    def cancel(self) -> None:
        """Withdraw the invite."""
        self._submit(Leave())

    def retry(self) -> None:
        """Reach the server again at once."""
        self._submit(RetryNow())

    def update(self, status: SessionStatus) -> None:
        """Take a new snapshot."""
        if status != self._status:
            self._status = status
            self.changed.emit()
