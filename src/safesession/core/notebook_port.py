"""The notes as a front end sees them: clients' files, notes, search, what leaves.

The user interface depends on this protocol only and never imports the vault. All
methods return at once. An outcome comes on the vault's thread, one after the other
in the order they were asked for; a refusal is a `SafeSessionError` whose `code` says
why (`vault_locked`, `disk_full`, `note_signed` ...).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from safesession.core.note_types import (
    Addendum,
    Attachment,
    Client,
    Difference,
    Export,
    Found,
    NewNote,
    Note,
    NoteHead,
    NoteKind,
    Order,
    Saved,
    SignatureState,
    TimelineEntry,
    VersionHead,
)
from safesession.core.template_file import (
    NoteTemplate,
    TemplateRefusal,
    TemplatesTaken,
)
from safesession.core.vault_port import Outcome


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note with everything an editor shows at first."""

    note: Note
    client: Client
    signature: SignatureState
    previous: NoteHead | None
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class ClientFile:
    """A client with the timeline, newest first."""

    client: Client
    timeline: tuple[TimelineEntry, ...] = field(repr=False)


class NotebookPort(Protocol):
    """The notes of an unlocked vault."""

    def clients(self) -> Outcome[tuple[Client, ...]]:
        """Return every client's file, by code."""

    def client_file(self, client_id: int) -> Outcome[ClientFile]:
        """Return a client with the timeline."""

    def add_client(self, code: str, name: str) -> Outcome[Client]:
        """Open a client's file (`duplicate_client_code`: the code is taken)."""

    def rename_client(self, client_id: int, code: str, name: str) -> Outcome[Client]:
        """Change code and name (`duplicate_client_code`)."""

    def close_client(self, client_id: int, *, closed: bool) -> Outcome[Client]:
        """Say that the work is over, or that it goes on."""

    def begin_note(self, new: NewNote) -> Outcome[Saved]:
        """Make a note."""

    def open_note(self, note_id: int) -> Outcome[OpenedNote]:
        """Return a note to a person; custody notes it."""

    def read_note(self, note_id: int) -> Outcome[Note]:
        """Return a note to lie beside another."""

    def save_note(
        self,
        note_id: int,
        revision: int,
        title: str,
        body: str,
        after: Outcome[Saved] | None = None,
    ) -> Outcome[Saved]:
        """Write the text over `revision`, or over what came of `after`.

        `after` is a save under way: with it the last words of an editor can be handed
        over without waiting. If it failed, `revision` counts.

        Refusals: `note_signed`, `note_conflict`, and what the disk says.
        """

    def sign_note(self, note_id: int, revision: int) -> Outcome[NoteHead]:
        """Finish a note: from here on it is fixed (`note_conflict`)."""

    def addend(self, note_id: int, body: str) -> Outcome[Addendum]:
        """Add to a signed note."""

    def versions(self, note_id: int) -> Outcome[tuple[VersionHead, ...]]:
        """Return the earlier texts, newest first."""

    def compare(
        self, note_id: int, old: int, new: int
    ) -> Outcome[tuple[Difference, ...]]:
        """Return how one revision's text became another's."""

    def restore(self, note_id: int, old: int, revision: int) -> Outcome[Saved]:
        """Make an earlier text the present one; the present one is kept."""

    def find(
        self,
        query: str,
        *,
        order: Order = Order.NEWEST,
        client_id: int | None = None,
        kind: NoteKind | None = None,
    ) -> Outcome[tuple[Found, ...]]:
        """Return notes that hold every term of the query."""

    def templates(self) -> Outcome[tuple[NoteTemplate, ...]]:
        """Return the institution's own templates, beside the program's."""

    def take_templates(
        self, untrusted_file: bytes
    ) -> Outcome[TemplatesTaken | TemplateRefusal]:
        """Take an institution's template file, whole or not at all."""

    def remove_template(self, key: str) -> Outcome[None]:
        """Forget one of them; notes that began with it stay (`no_such_record`)."""

    def attach(
        self, note_id: int, name: str, media_type: str, content: bytes
    ) -> Outcome[Attachment]:
        """Put a file into an open note (`attachment`, `note_signed`)."""

    def remove_attachment(self, attachment_id: int) -> Outcome[None]:
        """Take a file out of an open note (`note_signed`)."""

    def take_attachment(self, attachment_id: int) -> Outcome[bytes]:
        """Return a file's bytes to be saved elsewhere; custody notes it."""

    def export_client(self, client_id: int, how: str) -> Outcome[Export]:
        """Take out all formal records of a client; custody notes it."""

    def export_notes(
        self, note_ids: Sequence[int], how: str, *, process_notes: bool = False
    ) -> Outcome[Export]:
        """Take out single notes; a process note only on purpose."""

    def archive_client(self, client_id: int, passphrase: str) -> Outcome[bytes]:
        """Take out all formal records with their files, as a sealed archive."""

    def archive_notes(
        self, note_ids: Sequence[int], passphrase: str, *, process_notes: bool = False
    ) -> Outcome[bytes]:
        """Take out single notes with their files, as a sealed archive."""
