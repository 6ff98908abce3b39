"""Notes: begin, save, version, sign, addend. A word once saved is never overwritten.

Every save is durable and read back before `Saved` is returned. A signed note is
fixed by triggers in the database and by a signature over its content.
"""

from __future__ import annotations

from safesession.core.note_types import (
    Addendum,
    NewNote,
    Note,
    NoteHead,
    Saved,
)
from safesession.crypto.identity import IdentityKey
from safesession.vault import note_signature
from safesession.vault.connection import IntegrityError
from safesession.vault.custody import CustodyEvent, CustodyLog
from safesession.vault.errors import (
    NoSuchRecordError,
    NoteConflictError,
    NoteNotSignedError,
    NoteSignedError,
)
from safesession.vault.note_reader import NoteReader
from safesession.vault.note_versions import deserves_version
from safesession.vault.store import Store, Transaction
from safesession.vault.text_search import indexed


class Notes(NoteReader):
    """The notes in an open vault."""

    def __init__(
        self, store: Store, identity: IdentityKey, custody: CustodyLog
    ) -> None:
        super().__init__(store)
        self._identity = identity
        self._custody = custody
        self._opened: set[int] = set()

    # --- writing -----------------------------------------------------------------

    def begin(self, new: NewNote) -> Saved:
        """Make a note.

        Raises:
            NoSuchRecordError: there is no such client.
        """
        try:
            return self._begin(new)
        except IntegrityError:
            raise NoSuchRecordError("client") from None

    def _begin(self, new: NewNote) -> Saved:
        with self._store.transaction("note") as change:
            note_id = change.next_id("note")
            change.subject = f"note:{note_id}"
            title, body = storable(new.title), storable(new.body)
            change.execute(
                "INSERT INTO note(id, client_id, kind, template, session_at_ms, "
                "created_at_ms, saved_at_ms, revision, title, body) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)",
                note_id,
                new.client_id,
                new.kind.value,
                new.template,
                new.session_at_ms,
                change.at_ms,
                change.at_ms,
                title,
                body,
            )
            _index(change, note_id, title, body)
            return _expected(change, note_id, 1, title, body)

    def save(self, note_id: int, revision: int, title: str, body: str) -> Saved:
        """Write the text of an edit burst over revision `revision`.

        What was there is kept as a version when it is old enough or when words were
        taken out (`note_versions`).

        Raises:
            NoteSignedError: the note is finished.
            NoteConflictError: another window saved in between.
        """
        title, body = storable(title), storable(body)
        head, old_body = self._open_note(note_id, revision)
        if (head.title, old_body) == (title, body):
            return Saved(note_id, revision, head.saved_at_ms)
        with self._store.transaction(f"note:{note_id}") as change:
            last_kept = change.rows(
                "SELECT max(saved_at_ms) FROM note_version WHERE note_id = ?", note_id
            )[0][0]
            if deserves_version(old_body, body, last_kept, change.at_ms):
                _keep_version(change, head, old_body)
            return _overwrite(change, head, title, body)

    def sign(self, note_id: int, revision: int) -> NoteHead:
        """Finish a note: from here on it is fixed.

        Raises:
            NoteSignedError: it is finished already.
            NoteConflictError: another window saved in between.
        """
        self._open_note(note_id, revision)
        with self._store.transaction(f"note:{note_id}") as change:
            message = note_signature.message(change.rows, note_id, change.at_ms)
            change.execute(
                "UPDATE note SET signed_at_ms = ?, signer = ?, signature = ? "
                "WHERE id = ?",
                change.at_ms,
                self._identity.public_key,
                self._identity.sign(message),
                note_id,
            )
            change.expect(
                "SELECT 1 FROM note WHERE id = ? AND signed_at_ms = ?",
                note_id,
                change.at_ms,
            )
            self._custody.append(change, CustodyEvent.SIGNED, f"note:{note_id}")
        return self.head(note_id)

    def addend(self, note_id: int, body: str) -> Addendum:
        """Add to a signed note; the addition is signed and fixed too.

        Raises:
            NoteNotSignedError: an open note is edited instead.
        """
        if self.head(note_id).signed_at_ms is None:
            raise NoteNotSignedError("open")
        body = storable(body)
        with self._store.transaction(f"note:{note_id}") as change:
            number = 1 + int(
                change.rows("SELECT count(*) FROM addendum WHERE note_id = ?", note_id)[
                    0
                ][0]
            )
            made = Addendum(number, change.at_ms, body)
            message = note_signature.addendum_message(change.rows, note_id, made)
            change.execute(
                "INSERT INTO addendum(id, note_id, number, written_at_ms, signer, "
                "signature, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
                change.next_id("addendum"),
                note_id,
                number,
                made.written_at_ms,
                self._identity.public_key,
                self._identity.sign(message),
                body,
            )
            row = change.rows("SELECT title, body FROM note WHERE id = ?", note_id)[0]
            texts = change.rows("SELECT body FROM addendum WHERE note_id = ?", note_id)
            _index(change, note_id, *row, *(text for (text,) in texts), anew=True)
            change.expect(
                "SELECT 1 FROM addendum WHERE note_id = ? AND number = ? AND body = ?",
                note_id,
                number,
                body,
            )
            self._custody.append(change, CustodyEvent.ADDENDED, f"note:{note_id}")
        return made

    # --- reading (the rest is `NoteReader`'s) --------------------------------------

    def open(self, note_id: int) -> Note:
        """Return a note to a person; the custody log gets one line per unlocking."""
        note = self.read(note_id)
        if note_id not in self._opened:
            self._custody.record(CustodyEvent.OPENED, f"note:{note_id}")
            self._opened.add(note_id)
        return note

    # --- versions ----------------------------------------------------------------

    def restore(self, note_id: int, old: int, revision: int) -> Saved:
        """Make an earlier text the present one; the present one is kept as a version.

        Raises:
            NoteSignedError, NoteConflictError, NoSuchRecordError: nothing changed.
        """
        head, body = self._open_note(note_id, revision)
        title, old_body = self._version(note_id, old)
        with self._store.transaction(f"note:{note_id}") as change:
            _keep_version(change, head, body)
            return _overwrite(change, head, title, old_body)

    def _open_note(self, note_id: int, revision: int) -> tuple[NoteHead, str]:
        head = self.head(note_id)
        if head.signed_at_ms is not None:
            raise NoteSignedError("signed")
        if head.revision != revision:
            raise NoteConflictError("revision")
        return head, self._store.value("SELECT body FROM note WHERE id = ?", note_id)


def storable(text: str) -> str:
    """Return text that UTF-8 can spell: halves of characters are joined or marked.

    Input methods can hand over half a character; the rest of the text must not be
    lost over it.
    """
    whole = text.encode("utf-16-le", "surrogatepass")
    return whole.decode("utf-16-le", "replace")


def _index(change: Transaction, note_id: int, *texts: str, anew: bool = False) -> None:
    if anew:
        change.execute("DELETE FROM note_search WHERE rowid = ?", note_id)
    change.execute(
        "INSERT INTO note_search(rowid, body) VALUES (?, ?)",
        note_id,
        indexed("\n".join(texts)),
    )


def _keep_version(change: Transaction, head: NoteHead, body: str) -> None:
    change.execute(
        "INSERT INTO note_version(note_id, revision, saved_at_ms, title, body) "
        "VALUES (?, ?, ?, ?, ?)",
        head.id,
        head.revision,
        head.saved_at_ms,
        head.title,
        body,
    )


def _overwrite(change: Transaction, head: NoteHead, title: str, body: str) -> Saved:
    revision = head.revision + 1
    change.execute(
        "UPDATE note SET title = ?, body = ?, revision = ?, saved_at_ms = ? "
        "WHERE id = ?",
        title,
        body,
        revision,
        change.at_ms,
        head.id,
    )
    _index(change, head.id, title, body, anew=True)
    return _expected(change, head.id, revision, title, body)


def _expected(
    change: Transaction, note_id: int, revision: int, title: str, body: str
) -> Saved:
    change.expect(
        "SELECT 1 FROM note WHERE id = ? AND revision = ? AND title = ? AND body = ?",
        note_id,
        revision,
        title,
        body,
    )
    return Saved(note_id, revision, change.at_ms)
