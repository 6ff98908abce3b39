"""What is said aloud to people who listen to the screen, and when.

Polite for news, assertive for a loss. Counters and meters are never announced.
"""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from safesession.core.contact_view import ContactState
from safesession.core.status import Phase, Role, SessionStatus
from safesession.ui.i18n import translate
from safesession.ui.view_models.ended import EndedViewModel


class Announcer:
    """Compares each snapshot with the one before."""

    def __init__(self, window: QWidget, ended: EndedViewModel) -> None:
        self._window = window
        self._ended = ended
        self._before: SessionStatus | None = None

    def update(self, status: SessionStatus) -> None:
        """Take a new snapshot; the view-models have it already."""
        before, self._before = self._before, status
        if before is None:
            return
        if status.phase is not before.phase:
            self._phase(before.phase, status)
        if status.contact.state is not before.contact.state:
            self._contact(before.contact.state, status)
        if status.verified and not before.verified:
            self.say(translate("Announce", "The safety code was confirmed"))

    def say(self, text: str, *, urgent: bool = False) -> None:
        """Say something now."""
        event = QAccessibleAnnouncementEvent(self._window, text)
        levels = QAccessible.AnnouncementPoliteness
        event.setPoliteness(levels.Assertive if urgent else levels.Polite)
        QAccessible.updateAccessibility(event)

    def _phase(self, before: Phase, status: SessionStatus) -> None:
        match status.phase:
            case Phase.RECONNECTING:
                lost = translate(
                    "Announce",
                    "Connection lost, reconnecting. The other person cannot see or "
                    "hear you.",
                )
                self.say(lost, urgent=True)
            case Phase.IN_CALL if before is Phase.RECONNECTING:
                self.say(translate("Announce", "The connection is back"), urgent=True)
            case Phase.IN_CALL:
                self.say(translate("Announce", "You are connected"))
            case Phase.FROZEN:
                stop = translate("Announce", "Sound and picture have stopped")
                self.say(stop, urgent=True)
            case Phase.ENDED:
                self.say(self._ended.text().happened, urgent=True)
            case _:
                pass

    def _contact(self, before: ContactState, status: SessionStatus) -> None:
        match status.contact.state:
            case ContactState.UNSTABLE:
                self.say(translate("Announce", "The connection is unsteady"))
            case ContactState.TOGETHER if before is ContactState.UNSTABLE:
                self.say(translate("Announce", "The connection is steady again"))
            case ContactState.CALL_DUE:
                self.say(_call_due(status.role))
            case ContactState.SUSPENDED:
                self.say(
                    translate(
                        "Announce",
                        "The session is suspended; its clock has stopped",
                    )
                )
            case _:
                pass


def _call_due(role: Role) -> str:
    if role is Role.CLIENT:
        return translate(
            "Announce", "Not back yet: your counselor calls you, as the plan says"
        )
    return translate("Announce", "Not back yet: call the client, as the plan says")
