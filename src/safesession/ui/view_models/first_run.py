"""First run: who is this, and which server."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal

from safesession.core.status import Role
from safesession.ui.i18n import translate


_MAX_NAME_CHARS = 40


@dataclass(frozen=True, slots=True)
class FirstRunChoice:
    """What the person chose. `server_origin` is like "https://host[:port]"."""

    role: Role
    server_origin: str
    enrolment_token: str = field(default="", repr=False)
    display_name: str = ""
    shared_computer: bool = False
    restoring: bool = False  # the vault comes out of a backup


class FirstRunStep(Enum):
    """Where the page stands."""

    WHO = "who"
    COUNSELOR = "counselor"
    CLIENT = "client"


class FieldName(Enum):
    """The fields that can need a word."""

    SERVER = "server"
    TOKEN = "token"  # noqa: S105 - the name of a field
    NAME = "name"


class FirstRunViewModel(QObject):
    """Role, server, token and name; says per field what is missing."""

    changed = Signal()
    finished = Signal(object)  # FirstRunChoice

    def __init__(
        self,
        server_origin: str = "",
        parent: QObject | None = None,
        *,
        shared_computer: bool = False,
    ) -> None:
        super().__init__(parent)
        self.shared_computer = shared_computer
        self.server_known = bool(server_origin)
        self.server = server_origin
        self.token = ""
        self.name = ""
        self._restoring = False
        self._step = FirstRunStep.WHO
        self._errors: dict[FieldName, str] = {}

    @property
    def step(self) -> FirstRunStep:
        """Where the page stands."""
        return self._step

    @property
    def errors(self) -> dict[FieldName, str]:
        """What to say under each field."""
        return dict(self._errors)

    def choose(self, role: Role) -> None:
        """Counselor or client."""
        counselor = role is Role.COUNSELOR
        self._step = FirstRunStep.COUNSELOR if counselor else FirstRunStep.CLIENT
        self._errors = {}
        self.changed.emit()

    def back(self) -> None:
        """Choose again; what was typed stays."""
        self._step = FirstRunStep.WHO
        self._errors = {}
        self.changed.emit()

    def submit(self, *, restoring: bool = False) -> None:
        """Check the fields and finish, or say what is missing.

        A backup brings the sign-in key along, so no token is needed then.
        """
        self._restoring = restoring
        self._errors = self._check()
        if self._errors:
            self.changed.emit()
            return
        counselor = self._step is FirstRunStep.COUNSELOR
        self.finished.emit(
            FirstRunChoice(
                role=Role.COUNSELOR if counselor else Role.CLIENT,
                server_origin=origin_from(self.server) or "",
                enrolment_token=self.token.strip() if counselor else "",
                display_name=self.name.strip(),
                shared_computer=self.shared_computer and not counselor,
                restoring=restoring,
            )
        )

    def recheck(self) -> None:
        """Say the same things again, in the present language."""
        if self._errors:
            self._errors = self._check()
            self.changed.emit()

    def _check(self) -> dict[FieldName, str]:
        errors: dict[FieldName, str] = {}
        needs_server = self._step is FirstRunStep.COUNSELOR or bool(self.server.strip())
        if needs_server and origin_from(self.server) is None:
            errors[FieldName.SERVER] = translate(
                "FirstRunView",
                "Enter the address as you were given it, for example "
                "https://sessions.example.org",
            )
        counselor = self._step is FirstRunStep.COUNSELOR
        if counselor and not self._restoring and not self.token.strip():
            errors[FieldName.TOKEN] = translate(
                "FirstRunView", "Enter the token your institution gave you"
            )
        if self._step is FirstRunStep.COUNSELOR and not self.name.strip():
            errors[FieldName.NAME] = translate(
                "FirstRunView", "Enter the name your clients know you by"
            )
        if len(self.name.strip()) > _MAX_NAME_CHARS:
            errors[FieldName.NAME] = translate(
                "FirstRunView", "Please keep it to 40 characters"
            )
        return errors


def origin_from(untrusted_address: str) -> str | None:
    """Return "scheme://host[:port]" of a typed server address, or None.

    A bare host means https. Plain http is for this machine only.
    """
    text = untrusted_address.strip().rstrip("/")
    if not text or any(c.isspace() for c in text):
        return None
    if "://" not in untrusted_address:
        text = "https://" + text
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    extra = parts.path or parts.query or parts.fragment or "@" in parts.netloc
    if not host or extra or parts.scheme not in ("https", "http"):
        return None
    if parts.scheme == "http" and host not in ("localhost", "127.0.0.1", "::1"):
        return None
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")
