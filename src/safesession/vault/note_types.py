"""What a note is to those who use the vault: frozen values, no connection."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from safesession.vault.text_search import Snippet


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
