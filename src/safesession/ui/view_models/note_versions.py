"""The earlier texts of the open note: listed, compared with the present one."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from safesession.core.note_types import Difference, VersionHead
from safesession.core.notebook_port import NotebookPort
from safesession.ui import note_texts
from safesession.ui.answers import Answers
from safesession.ui.i18n import translate
from safesession.ui.view_models.note_editor import NoteEditorViewModel
from safesession.ui.view_models.rows import Row, RowsModel


class NoteVersionsViewModel(QObject):
    """What the card of versions shows."""

    changed = Signal()

    def __init__(
        self,
        port: NotebookPort,
        answers: Answers,
        editor: NoteEditorViewModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._port = port
        self._answers = answers
        self._editor = editor
        self.list = RowsModel(self)
        self._versions: tuple[VersionHead, ...] = ()
        self._chosen: int | None = None
        self._pieces: tuple[Difference, ...] = ()
        self._problem = ""
        editor.opened.connect(self.forget)

    @property
    def pieces(self) -> tuple[Difference, ...]:
        """How the chosen text became the present one."""
        return self._pieces

    @property
    def chosen(self) -> int | None:
        """The revision that is compared."""
        return self._chosen

    @property
    def is_empty(self) -> bool:
        """Whether no earlier text was kept."""
        return not self._versions

    @property
    def problem(self) -> str:
        """The code of what went wrong last, or nothing."""
        return self._problem

    def load(self) -> None:
        """Read what there is, once the present text is saved."""
        self._editor.when_saved(self._load)

    def choose(self, revision: int) -> None:
        """Compare a text with the present one."""
        head = self._editor.head
        if head is None:
            return
        self._chosen = revision

        def compared(pieces: tuple[Difference, ...]) -> None:
            if self._chosen == revision:
                self._pieces = pieces
                self.changed.emit()

        asked = self._port.compare(head.id, revision, self._editor.revision)
        self._answers.ask(asked, compared, self._fail)

    def restore(self) -> None:
        """Make the chosen text the present one."""
        if self._chosen is not None:
            self._editor.restore(self._chosen)

    def forget(self) -> None:
        """Hold no text any more."""
        self._versions, self._pieces = (), ()
        self._chosen, self._problem = None, ""
        self._show()

    def retranslate(self) -> None:
        """Put the words of the list in again."""
        self._show()

    def _load(self) -> None:
        head = self._editor.head
        if head is not None:
            self._answers.ask(self._port.versions(head.id), self._take, self._fail)

    def _take(self, versions: tuple[VersionHead, ...]) -> None:
        self._versions = versions
        self._show()
        if versions:
            self.choose(versions[0].revision)

    def _fail(self, code: str) -> None:
        self._problem = code
        self.changed.emit()

    def _show(self) -> None:
        self.list.show_rows([_row(version) for version in self._versions])
        self.changed.emit()


def _row(version: VersionHead) -> Row:
    words = translate("NoteVersions", "{n} characters").format(n=version.characters)
    when = note_texts.moment(version.saved_at_ms)
    return Row(version.revision, when, words, "clock")
