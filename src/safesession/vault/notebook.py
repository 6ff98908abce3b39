"""`VaultNotebook`: the vault behind `core.notebook_port`, one job per question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future

from safesession.core.note_archive import Packing, archive_of, seal_archive
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
    VersionHead,
)
from safesession.core.notebook_port import ClientFile, OpenedNote
from safesession.core.template_file import (
    NoteTemplate,
    TemplateRefusal,
    TemplatesTaken,
)
from safesession.core.vault_port import Outcome
from safesession.errors import SafeSessionError
from safesession.vault.custody import CustodyEvent
from safesession.vault.open_vault import OpenVault
from safesession.vault.vault import Vault


class VaultNotebook:
    """The notes of the vault at hand. Any thread may call it; it keeps nothing."""

    def __init__(self, vault: Callable[[], Vault]) -> None:
        self._vault = vault

    def clients(self) -> Future[tuple[Client, ...]]:
        """Return every client's file, by code."""
        return self._vault().run(lambda v: v.clients.all())

    def client_file(self, client_id: int) -> Future[ClientFile]:
        """Return a client with the timeline."""
        return self._vault().run(
            lambda v: ClientFile(v.clients.get(client_id), v.timeline(client_id))
        )

    def add_client(self, code: str, name: str) -> Future[Client]:
        """Open a client's file."""
        return self._vault().run(lambda v: v.clients.add(code, name))

    def rename_client(self, client_id: int, code: str, name: str) -> Future[Client]:
        """Change code and name."""
        return self._vault().run(lambda v: v.clients.rename(client_id, code, name))

    def close_client(self, client_id: int, *, closed: bool) -> Future[Client]:
        """Say that the work is over, or that it goes on."""
        return self._vault().run(
            lambda v: (v.clients.close if closed else v.clients.reopen)(client_id)
        )

    def begin_note(self, new: NewNote) -> Future[Saved]:
        """Make a note."""
        return self._vault().run(lambda v: v.notes.begin(new))

    def open_note(self, note_id: int) -> Future[OpenedNote]:
        """Return a note to a person; custody notes it."""

        def job(v: OpenVault) -> OpenedNote:
            note = v.notes.open(note_id)
            return OpenedNote(
                note,
                v.clients.get(note.head.client_id),
                v.notes.check_signature(note_id),
                v.notes.previous(note_id),
                v.attachments.of_note(note_id),
            )

        return self._vault().run(job)

    def read_note(self, note_id: int) -> Future[Note]:
        """Return a note to lie beside another; it counts as opened."""
        return self._vault().run(lambda v: v.notes.open(note_id))

    def save_note(
        self,
        note_id: int,
        revision: int,
        title: str,
        body: str,
        after: Outcome[Saved] | None = None,
    ) -> Future[Saved]:
        """Write the text over `revision`, or over what came of `after`."""
        return self._vault().run(
            lambda v: v.notes.save(note_id, _later(revision, after), title, body)
        )

    def sign_note(self, note_id: int, revision: int) -> Future[NoteHead]:
        """Finish a note: from here on it is fixed."""
        return self._vault().run(lambda v: v.notes.sign(note_id, revision))

    def addend(self, note_id: int, body: str) -> Future[Addendum]:
        """Add to a signed note."""
        return self._vault().run(lambda v: v.notes.addend(note_id, body))

    def versions(self, note_id: int) -> Future[tuple[VersionHead, ...]]:
        """Return the earlier texts, newest first."""
        return self._vault().run(lambda v: v.notes.versions(note_id))

    def compare(
        self, note_id: int, old: int, new: int
    ) -> Future[tuple[Difference, ...]]:
        """Return how one revision's text became another's."""
        return self._vault().run(lambda v: v.notes.compare(note_id, old, new))

    def restore(self, note_id: int, old: int, revision: int) -> Future[Saved]:
        """Make an earlier text the present one; the present one is kept."""
        return self._vault().run(lambda v: v.notes.restore(note_id, old, revision))

    def find(
        self,
        query: str,
        *,
        order: Order = Order.NEWEST,
        client_id: int | None = None,
        kind: NoteKind | None = None,
    ) -> Future[tuple[Found, ...]]:
        """Return notes that hold every term of the query."""
        return self._vault().run(
            lambda v: v.search.find(query, order=order, client_id=client_id, kind=kind)
        )

    def templates(self) -> Future[tuple[NoteTemplate, ...]]:
        """Return the institution's own templates."""
        return self._vault().run(lambda v: v.templates.all())

    def take_templates(
        self, untrusted_file: bytes
    ) -> Future[TemplatesTaken | TemplateRefusal]:
        """Take an institution's template file, whole or not at all."""
        return self._vault().run(lambda v: v.templates.take(untrusted_file))

    def remove_template(self, key: str) -> Future[None]:
        """Forget one of the institution's templates."""
        return self._vault().run(lambda v: v.templates.remove(key))

    def attach(
        self, note_id: int, name: str, media_type: str, content: bytes
    ) -> Future[Attachment]:
        """Put a file into an open note."""
        return self._vault().run(
            lambda v: v.attachments.add(note_id, name, media_type, content)
        )

    def remove_attachment(self, attachment_id: int) -> Future[None]:
        """Take a file out of an open note."""
        return self._vault().run(lambda v: v.attachments.remove(attachment_id))

    def take_attachment(self, attachment_id: int) -> Future[bytes]:
        """Return a file's bytes to be saved elsewhere; custody notes it."""

        def job(v: OpenVault) -> bytes:
            content = v.attachments.content(attachment_id)
            note_id = v.attachments.get(attachment_id).note_id
            client_id = v.notes.head(note_id).client_id
            detail = f"attachment of note {note_id}"
            v.custody.record(CustodyEvent.EXPORTED, f"client:{client_id}", detail)
            return content

        return self._vault().run(job)

    def archive_client(self, client_id: int, passphrase: str) -> Future[bytes]:
        """Take out all formal records with their files, as a sealed archive."""
        return self._vault().run(
            lambda v: _sealed(
                v, v.exports.client_file(client_id, "archive"), passphrase
            )
        )

    def archive_notes(
        self, note_ids: Sequence[int], passphrase: str, *, process_notes: bool = False
    ) -> Future[bytes]:
        """Take out single notes with their files, as a sealed archive."""
        chosen = tuple(note_ids)

        def job(v: OpenVault) -> bytes:
            taken = v.exports.notes(chosen, "archive", process_notes=process_notes)
            return _sealed(v, taken, passphrase)

        return self._vault().run(job)

    def export_client(self, client_id: int, how: str) -> Future[Export]:
        """Take out all formal records of a client; custody notes it."""
        return self._vault().run(lambda v: v.exports.client_file(client_id, how))

    def export_notes(
        self, note_ids: Sequence[int], how: str, *, process_notes: bool = False
    ) -> Future[Export]:
        """Take out single notes; a process note only on purpose."""
        chosen = tuple(note_ids)
        return self._vault().run(
            lambda v: v.exports.notes(chosen, how, process_notes=process_notes)
        )


def _sealed(v: OpenVault, export: Export, passphrase: str) -> bytes:
    contents = {
        file.id: v.attachments.content(file.id)
        for one in export.notes
        for file in one.attachments
    }
    now_ms = v.store.now_ms()
    packing = Packing(passphrase, now_ms, v.around.entropy)
    return seal_archive(archive_of(export, contents, now_ms), packing)


def _later(revision: int, after: Outcome[Saved] | None) -> int:
    """Return the revision to write over. `after` is done: jobs run in order."""
    if after is None:
        return revision
    try:
        return after.result().revision
    except SafeSessionError:
        return revision
