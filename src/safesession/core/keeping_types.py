"""How long files are kept and who touched them, as frozen values.

They name records by number and by code; never a name, a title or a word of a note.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Final

from safesession.core.note_types import NoteKind
from safesession.core.vault_types import AnchorVerdict, KeyringState


DEFAULT_YEARS: Final = 10
MAX_YEARS: Final = 100
MAX_REASON_CHARS: Final = 300


class CustodyEvent(StrEnum):
    """What is written down in the custody log."""

    CREATED = "created"
    UNLOCKED = "unlocked"
    UNLOCK_FAILED = "unlock_failed"
    PROOF_FAILED = "proof_failed"  # a wrong secret, asked for inside the open vault
    OPENED = "opened"
    SIGNED = "signed"
    ADDENDED = "addended"
    EXPORTED = "exported"
    DELETED = "deleted"
    ERASED = "erased"
    BACKED_UP = "backed_up"
    DRILLED = "drilled"
    RESTORED = "restored"
    REPAIRED = "repaired"
    PASSPHRASE_CHANGED = "passphrase_changed"  # noqa: S105 - an event
    RECOVERY_CHANGED = "recovery_changed"
    REKEYED = "rekeyed"
    ADOPTED = "adopted"
    RETENTION_SET = "retention_set"


class LogTopic(Enum):
    """What of the log is shown."""

    ALL = "all"
    OPENED = "opened"
    EXPORTED = "exported"
    DELETED = "deleted"
    FAILED = "failed"


EVENTS_OF: Final[dict[LogTopic, frozenset[CustodyEvent]]] = {
    LogTopic.ALL: frozenset(CustodyEvent),
    LogTopic.OPENED: frozenset({CustodyEvent.OPENED}),
    LogTopic.EXPORTED: frozenset({CustodyEvent.EXPORTED, CustodyEvent.BACKED_UP}),
    LogTopic.DELETED: frozenset(
        {CustodyEvent.DELETED, CustodyEvent.ERASED, CustodyEvent.RETENTION_SET}
    ),
    LogTopic.FAILED: frozenset({CustodyEvent.UNLOCK_FAILED, CustodyEvent.PROOF_FAILED}),
}


@dataclass(frozen=True, slots=True)
class CustodyEntry:
    """One line of the log. `subject` is "note:17" or "client:3" or empty."""

    number: int
    at_ms: int
    event: CustodyEvent
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line with what it is about, as far as that is still there."""

    entry: CustodyEntry
    code: str = ""
    note_kind: NoteKind | None = None
    session_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some lines, newest first. `older`: there are more before them."""

    lines: tuple[LogLine, ...]
    older: bool


@dataclass(frozen=True, slots=True)
class LogState:
    """How long the log is, and what the evidence kept elsewhere says of its end.

    `doubts` are unlockings at which that evidence spoke against the vault: the log
    remembers them when the evidence itself has been renewed.
    """

    entries: int
    since_ms: int | None
    history: AnchorVerdict
    keyring: KeyringState
    doubts: tuple[tuple[int, AnchorVerdict], ...] = ()


@dataclass(frozen=True, slots=True)
class ChainPart:
    """How far the chain was followed. `broken_at`: the first line that does not fit."""

    followed: int = 0
    head: bytes = field(default=bytes(32), repr=False)
    broken_at: int | None = None
    finished: bool = False


@dataclass(frozen=True, slots=True)
class DeletionReview:
    """What would be deleted, for a person to look at and agree to."""

    client_id: int
    code: str
    records: int
    process_notes: int
    attachments: int
    first_session_ms: int | None
    last_activity_ms: int
    keep_until_ms: int
    digest: bytes = field(repr=False)
    kept_because: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RetentionState:
    """The period, the files to review, and when the next one's time is over."""

    years: int
    due: tuple[DeletionReview, ...]
    files: int
    next_due_ms: int | None
