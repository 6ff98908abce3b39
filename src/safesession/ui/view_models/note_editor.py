"""One note under a person's hands: autosave, signing, what was added afterwards.

The text itself stays in the editor; it is read once per burst, when it is handed to
the vault. "Saved" is said only when the vault said so. What could not be saved is
never dropped: it stays, is tried again, and the note is not left before.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from safesession.core.edit_burst import EditBurst, SaveState
from safesession.core.note_types import (
    Addendum,
    Attachment,
    Client,
    NewNote,
    Note,
    NoteHead,
    Saved,
    SignatureState,
)
from safesession.core.notebook_port import NotebookPort, OpenedNote
from safesession.core.vault_port import Outcome
from safesession.ui.answers import Answers
from safesession.ui.i18n import translate


TextSource = Callable[[], tuple[str, str]]  # title, body
_MS = 1000


class NoteEditorViewModel(QObject):
    """The open note, or none.

    `opened`: show everything anew. `changed`: what is said about it. `stored`: lists
    that show it are out of date. `addended`: the words being added are in the note.
    """

    opened = Signal()
    changed = Signal()
    stored = Signal()
    addended = Signal()

    def __init__(
        self,
        port: NotebookPort,
        answers: Answers,
        clock: Callable[[], float],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._port = port
        self._answers = answers
        self._clock = clock
        self.text_source: TextSource = _no_text
        self.addendum_source: Callable[[], str] = str
        self._opened: OpenedNote | None = None
        self._beside: Note | None = None
        self._burst: EditBurst | None = None
        self._save: Outcome[Saved] | None = None
        self._then: Callable[[], None] | None = None
        self._problem = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._hand_over)

    # --- what is shown -----------------------------------------------------------

    @property
    def note(self) -> Note | None:
        """The open note as it was read."""
        return self._opened.note if self._opened else None

    @property
    def head(self) -> NoteHead | None:
        """The open note's head."""
        return self._opened.note.head if self._opened else None

    @property
    def client(self) -> Client | None:
        """Whose note it is."""
        return self._opened.client if self._opened else None

    @property
    def signature(self) -> SignatureState:
        """What the last check of the signature found."""
        return self._opened.signature if self._opened else SignatureState.OPEN

    @property
    def addenda(self) -> tuple[Addendum, ...]:
        """What was added after signing."""
        return self._opened.note.addenda if self._opened else ()

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files in the note."""
        return self._opened.attachments if self._opened else ()

    @property
    def may_edit(self) -> bool:
        """Whether words may be typed: a note is open and not signed."""
        return self._burst is not None

    @property
    def previous(self) -> NoteHead | None:
        """The note before this one, of the same kind and client."""
        return self._opened.previous if self._opened else None

    @property
    def beside(self) -> Note | None:
        """The previous note, where it lies beside."""
        return self._beside

    @property
    def save_state(self) -> SaveState:
        """What may be said about the text."""
        return self._burst.state if self._burst else SaveState.SAVED

    @property
    def saved_at_ms(self) -> int:
        """When the last durable save was."""
        if self._burst is not None:
            return self._burst.saved_at_ms
        return self.head.saved_at_ms if self.head else 0

    @property
    def revision(self) -> int:
        """The revision of the last durable save."""
        if self._burst is not None:
            return self._burst.saved.revision
        return self.head.revision if self.head else 0

    @property
    def problem(self) -> str:
        """The code of what went wrong last, or nothing."""
        return self._problem

    @property
    def has_unsaved_words(self) -> bool:
        """Whether there are words that only the editor has."""
        burst = self._burst
        return burst is not None and burst.state is not SaveState.SAVED

    # --- opening and leaving -----------------------------------------------------

    def show(self, opened: OpenedNote) -> None:
        """Take a note that was read."""
        head = opened.note.head
        self._opened = opened
        self._beside = None
        self._problem = ""
        self._burst = None
        if head.signed_at_ms is None:
            self._burst = EditBurst(Saved(head.id, head.revision, head.saved_at_ms))
        self.opened.emit()

    def reload(self) -> None:
        """Read the note again as it is in the vault; everything must be saved."""
        head = self.head
        if head is not None:
            self._answers.ask(self._port.open_note(head.id), self.show, self._fail)

    def when_saved(self, then: Callable[[], None]) -> None:
        """Do something once every word is saved; not at all if that fails."""
        if not self.has_unsaved_words:
            then()
            return
        self._then = then
        self._hand_over()

    def leave(self, then: Callable[[], None]) -> None:
        """Close the note once every word is saved, then go on."""

        def left() -> None:
            self._keep_addendum()
            self.forget()
            then()

        self.when_saved(left)

    def last_words(self) -> None:
        """Hand everything over now, without waiting: the vault is about to close."""
        burst = self._burst
        self._timer.stop()
        self._keep_addendum()
        if burst is None or not burst.waiting:
            return
        title, body = self.text_source()
        saved = burst.saved
        self._port.save_note(saved.note_id, saved.revision, title, body, self._save)

    def forget(self) -> None:
        """Hold nothing of a note any more."""
        self._timer.stop()
        self._opened = self._beside = self._burst = None
        self._save = self._then = None
        self._problem = ""
        self.opened.emit()

    # --- writing -----------------------------------------------------------------

    def edited(self) -> None:
        """The person changed title or text. Called for every key: stay quick."""
        burst = self._burst
        if burst is None:
            return
        before = burst.state
        burst.edited(self._clock())
        self._arm()
        if burst.state is not before:
            self.changed.emit()

    def sign(self) -> None:
        """Finish the note; afterwards it only takes addenda."""
        head = self.head
        if head is None or not self.may_edit:
            return

        def signed(_head: NoteHead) -> None:
            self.stored.emit()
            self.reload()

        self.when_saved(
            lambda: self._answers.ask(
                self._port.sign_note(head.id, self.revision), signed, self._fail
            )
        )

    def addend(self, body: str) -> None:
        """Add to a signed note."""
        head = self.head
        if head is None or self.may_edit or not body.strip():
            return

        def done(_addendum: Addendum) -> None:
            self.addended.emit()
            self.stored.emit()
            self.reload()

        self._answers.ask(self._port.addend(head.id, body.strip()), done, self._fail)

    def restore(self, revision: int) -> None:
        """Make an earlier text the present one."""
        head = self.head
        if head is None or not self.may_edit:
            return

        def restored(_saved: Saved) -> None:
            self.stored.emit()
            self.reload()

        self.when_saved(
            lambda: self._answers.ask(
                self._port.restore(head.id, revision, self.revision),
                restored,
                self._fail,
            )
        )

    # --- beside ------------------------------------------------------------------

    def show_previous(self, *, shown: bool) -> None:
        """Lay the previous note beside this one, or put it away."""
        previous = self.previous
        if not shown or previous is None:
            self._beside = None
            self.changed.emit()
            return
        self._answers.ask(
            self._port.read_note(previous.id), self._lay_beside, self._fail
        )

    def attach(self, name: str, media_type: str, content: bytes) -> None:
        """Put a file into the note."""
        head = self.head
        if head is not None and self.may_edit:
            self._answers.ask(
                self._port.attach(head.id, name, media_type, content),
                self._attached,
                self._fail,
            )

    def detach(self, attachment_id: int) -> None:
        """Take a file out of the note."""
        if self.may_edit:
            self._answers.ask(
                self._port.remove_attachment(attachment_id),
                lambda _none: self._detached(attachment_id),
                self._fail,
            )

    # --- inside ------------------------------------------------------------------

    def _arm(self) -> None:
        deadline = self._burst.deadline if self._burst else None
        if deadline is None:
            self._timer.stop()
        else:
            self._timer.start(max(0, round((deadline - self._clock()) * _MS)))

    def _hand_over(self) -> None:
        burst = self._burst
        order = burst.take() if burst else None
        if order is None:
            return
        title, body = self.text_source()
        self._save = self._port.save_note(order.note_id, order.revision, title, body)
        self._answers.ask(self._save, self._saved, self._refused)
        self.changed.emit()

    def _saved(self, saved: Saved) -> None:
        if self._burst is None:
            return
        self._save = None
        self._burst.done(saved)
        self._problem = ""
        self._arm()
        self.changed.emit()
        if self._then is None:
            return
        if self._burst.state is SaveState.SAVED:
            then, self._then = self._then, None
            then()
        else:
            self._hand_over()

    def _refused(self, code: str) -> None:
        if self._burst is None:
            return
        self._save = self._then = None
        self._burst.failed(self._clock())
        self._fail(code)
        if code == "note_conflict":
            # One app, one editor: the other save is one of ours whose answer was lost.
            self._answers.ask(
                self._port.read_note(self._burst.saved.note_id),
                self._rebase,
                self._fail,
            )
        self._arm()

    def _rebase(self, note: Note) -> None:
        if self._burst is not None and self._burst.saved.note_id == note.head.id:
            self._burst.rebase(note.head.revision)
            self._arm()

    def _fail(self, code: str) -> None:
        self._problem = code
        self.changed.emit()

    def _lay_beside(self, note: Note) -> None:
        if self.previous is not None and self.previous.id == note.head.id:
            self._beside = note
            self.changed.emit()

    def _attached(self, attachment: Attachment) -> None:
        if self.head is not None and self.head.id == attachment.note_id:
            self._list_attachments((*self.attachments, attachment))

    def _detached(self, attachment_id: int) -> None:
        self._list_attachments(
            tuple(one for one in self.attachments if one.id != attachment_id)
        )

    def _list_attachments(self, attachments: tuple[Attachment, ...]) -> None:
        if self._opened is not None:
            self._opened = OpenedNote(
                self._opened.note,
                self._opened.client,
                self._opened.signature,
                self._opened.previous,
                attachments,
            )
            self._problem = ""
            self.changed.emit()

    def _keep_addendum(self) -> None:
        """Words meant as an addendum are not signed by accident, and not lost."""
        head = self.head
        words = self.addendum_source() if head and not self.may_edit else ""
        if head is None or not words.strip():
            return
        title = translate("NoteEditor", "Addendum, not added yet: {title}").format(
            title=head.title
        )
        self._port.begin_note(
            NewNote(
                head.client_id,
                head.kind,
                head.template,
                head.session_at_ms,
                title,
                words,
            )
        )
        self.addended.emit()


def _no_text() -> tuple[str, str]:
    return "", ""
