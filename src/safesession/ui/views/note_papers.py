"""Where files go to and come from, and one sentence about the last one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from safesession.ui import note_texts
from safesession.ui.i18n import translate
from safesession.ui.view_models.note_papers import (
    ExportWish,
    NotePapersViewModel,
    PaperState,
)
from safesession.ui.view_models.notebook import NotebookViewModel
from safesession.ui.widgets.file_question import ask_where, ask_which
from safesession.ui.widgets.strip import Strip


class NotePapersStrip(Strip):
    """Shows a `NotePapersViewModel`; hidden while there is nothing to say."""

    def __init__(
        self,
        view_model: NotePapersViewModel,
        notebook: NotebookViewModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("ok", parent)
        self.setObjectName("papers_said")
        self.view_model = view_model
        self._notebook = notebook
        view_model.changed.connect(self.refresh)
        self.action_chosen.connect(lambda _key: view_model.stop())
        self.refresh()

    def ask_place(self, wish: ExportWish) -> None:
        """Ask where an export goes."""
        client = self._notebook.editor.client or self._notebook.client
        if client is None:
            return
        # The code is the only thing of a client that may stand in a file's name.
        safe = "".join(c if c.isalnum() or c in "-_" else "_" for c in client.code)
        suffix = wish.form.value

        def chosen(path: Path) -> None:
            self.view_model.take_out(wish, path)

        ask_where(self, f"{safe}.{suffix}", suffix, chosen)

    def ask_attachment_place(self, attachment_id: int) -> None:
        """Ask where an attached file goes."""
        files = self._notebook.editor.attachments
        name = next((one.name for one in files if one.id == attachment_id), "")

        def chosen(path: Path) -> None:
            self.view_model.take_attachment(attachment_id, path)

        ask_where(self, name, "", chosen)

    def ask_file(self) -> None:
        """Ask which file is to be attached."""
        ask_which(self, self.view_model.attach)

    def refresh(self) -> None:
        """Show the view-model."""
        tone, words = self._said()
        self.set_tone(tone)
        self.set_text(words)
        may_stop = self.view_model.share is not None
        stop = translate("Notebook", "Stop")
        self.set_actions([("stop_writing", stop)] if may_stop else [])

    def _said(self) -> tuple[str, str]:
        match self.view_model.state:
            case PaperState.NOTHING:
                return "ok", ""
            case PaperState.WRITING:
                share = self.view_model.share
                if share is None:
                    return "info", translate("Notebook", "Writing the file…")
                words = translate("Notebook", "Composing the PDF… {n} %")
                return "info", words.format(n=round(share * 100))
            case PaperState.STOPPED:
                return "info", translate(
                    "Notebook",
                    "Stopped: no file was written. The access log keeps the line that "
                    "records were taken out.",
                )
            case PaperState.WRITTEN:
                return "ok", translate(
                    "Notebook",
                    "The file is written, and the access log says so. From now on you "
                    "keep it safe.",
                )
            case PaperState.FAILED:
                return "warn", note_texts.refusal(self.view_model.problem)
