"""Clients' files and notes as values: frozen, without a connection to anything.

The vault makes them, the user interface shows them; neither imports the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class NoteKind(StrEnum):
    """Two kinds that are never mixed (content/note templates)."""

    RECORD = "record"  # formal, exportable
    PROCESS = "process"  # personal, never in a default export


class SignatureState(StrEnum):
    """What a check of a note's signature found."""

    OPEN = "open"  # not signed yet
    GOOD = "good"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class NoteHead:
    """A note without its text, for lists."""

    id: int
    client_id: int
    kind: NoteKind
    template: str
    session_at_ms: int
    created_at_ms: int
    saved_at_ms: int
    revision: int
    signed_at_ms: int | None
    title: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Addendum:
    """What was added to a signed note, signed itself."""

    number: int
    written_at_ms: int
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Note:
    """A whole note."""

    head: NoteHead
    body: str = field(repr=False)
    addenda: tuple[Addendum, ...] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """A change is on disk and was read back. Only now may "saved" be said."""

    note_id: int
    revision: int
    saved_at_ms: int


@dataclass(frozen=True, slots=True)
class VersionHead:
    """An earlier text of a note."""

    revision: int
    saved_at_ms: int
    characters: int


class ChangeKind(StrEnum):
    """What became of a piece of text between two versions."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Difference:
    """One piece of a comparison, in reading order."""

    kind: ChangeKind
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a note with the places (start, end) that were found in it."""

    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One search result."""

    head: NoteHead
    snippet: Snippet = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewNote:
    """What a note begins with. `session_at_ms`: when the session was."""

    client_id: int
    kind: NoteKind
    template: str
    session_at_ms: int
    title: str = field(default="", repr=False)
    body: str = field(default="", repr=False)


class Order(StrEnum):
    """How results are sorted."""

    NEWEST = "newest"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class Client:
    """One client's file. `retention_years` overrides the vault's own period."""

    id: int
    code: str
    name: str = field(repr=False)
    created_at_ms: int
    closed_at_ms: int | None
    retention_years: int | None

    def label(self, *, private: bool) -> str:
        """Return what a list shows: in the privacy view the code alone."""
        return self.code if private or not self.name else f"{self.code} {self.name}"


class TimelineKind(StrEnum):
    """What a line of the timeline is about."""

    FILE_OPENED = "file_opened"
    FILE_CLOSED = "file_closed"
    NOTE = "note"
    ADDENDUM = "addendum"
    EXPORTED = "exported"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line. `note_id` and `note_kind` are None where it is about no note."""

    kind: TimelineKind
    at_ms: int
    note_id: int | None = None
    note_kind: NoteKind | None = None
    signed: bool = False
    title: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Attachment:
    """What a note carries, without the bytes."""

    id: int
    note_id: int
    name: str = field(repr=False)
    media_type: str
    size_bytes: int
    added_at_ms: int


@dataclass(frozen=True, slots=True)
class ExportedNote:
    """A note as it leaves, with the state of its signature."""

    note: Note
    signature: SignatureState
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """Everything an export holds; in memory only."""

    client: Client
    notes: tuple[ExportedNote, ...] = field(repr=False)
