"""What may leave the vault, and the custody line that says it did.

Formal records by default; a process note only if it is named itself. Rendering
(PDF, archive) is somebody else's; nothing is written to disk in here.
"""

from __future__ import annotations

from collections.abc import Sequence

from safesession.core.note_types import Export, ExportedNote, NoteKind
from safesession.vault.attachments import Attachments
from safesession.vault.clients import Clients
from safesession.vault.custody import CustodyEvent, CustodyLog
from safesession.vault.errors import ExportForbiddenError
from safesession.vault.notes import Notes


class Exports:
    """Exports of an open vault."""

    def __init__(
        self,
        clients: Clients,
        notes: Notes,
        attachments: Attachments,
        custody: CustodyLog,
    ) -> None:
        self._custody = custody
        self._clients = clients
        self._notes = notes
        self._attachments = attachments

    def client_file(self, client_id: int, how: str) -> Export:
        """Take out all formal records of a client. `how`: "pdf" or "archive"."""
        heads = self._notes.of_client(client_id)
        chosen = [head.id for head in heads if head.kind is NoteKind.RECORD]
        return self._taken(client_id, chosen, f"{how} {len(chosen)} records")

    def notes(
        self,
        note_ids: Sequence[int],
        how: str,
        *,
        process_notes: bool = False,
    ) -> Export:
        """Take out single notes of one client.

        Raises:
            ExportForbiddenError: a process note without `process_notes`, or notes of
                several clients.
        """
        heads = [self._notes.head(note_id) for note_id in note_ids]
        if len({head.client_id for head in heads}) != 1:
            raise ExportForbiddenError("clients")
        process = sum(head.kind is NoteKind.PROCESS for head in heads)
        if process and not process_notes:
            raise ExportForbiddenError("process note")
        detail = f"{how} {len(heads) - process} records {process} process notes"
        return self._taken(heads[0].client_id, note_ids, detail)

    def _taken(self, client_id: int, note_ids: Sequence[int], detail: str) -> Export:
        client = self._clients.get(client_id)
        notes = tuple(
            ExportedNote(
                self._notes.read(note_id),
                self._notes.check_signature(note_id),
                self._attachments.of_note(note_id),
            )
            for note_id in note_ids
        )
        # The line comes first: what cannot be written down does not leave.
        self._custody.record(CustodyEvent.EXPORTED, f"client:{client_id}", detail)
        return Export(client, notes)
