"""Composes a PDF on a thread of its own: windows live on, and a person may stop it.

One at a time. What is composed stays in memory; `stop` waits until the thread has
let go of every word, which takes as long as one line. Nothing is logged.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future

from safesession.errors import SafeSessionError
from safesession.ui.note_pdf import PdfScript, Watch, pdf_of


Compose = Callable[[PdfScript, Watch], bytes]
_STEP = 0.01  # nobody needs to hear of less


class PdfStoppedError(SafeSessionError):
    """Nobody wants it any more."""

    code = "stopped"


class PdfError(SafeSessionError):
    """The page could not be composed."""

    code = "unexpected"


class PdfPress:
    """The press of one window."""

    def __init__(self, compose: Compose = pdf_of) -> None:
        self._compose = compose
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def press(self, script: PdfScript, told: Watch) -> Future[bytes]:
        """Begin to compose; `told` hears the share that is done, on the thread."""
        self.stop()
        self._stop = stop = threading.Event()
        future: Future[bytes] = Future()

        last = 0.0

        def watch(share: float) -> None:
            nonlocal last
            if stop.is_set():
                raise PdfStoppedError("stopped")
            if share - last >= _STEP:
                last = share
                told(share)

        self._thread = threading.Thread(
            target=self._work,
            args=(script, watch, future),
            name="safesession-pdf",
        )
        self._thread.start()
        return future

    def stop(self) -> None:
        """Stop what is under way, and wait until it has let go of everything."""
        thread, self._thread = self._thread, None
        self._stop.set()
        if thread is not None:
            thread.join()

    def _work(self, script: PdfScript, watch: Watch, future: Future[bytes]) -> None:
        try:
            content = self._compose(script, watch)
        except PdfStoppedError as error:
            _let_go(error)
            future.set_exception(PdfStoppedError("stopped"))
        except Exception as error:  # noqa: BLE001 - whoever waits must be told
            _let_go(error)
            future.set_exception(PdfError("pdf"))
        else:
            future.set_result(content)


def _let_go(error: BaseException) -> None:
    """The lines of a traceback stay, the words in its frames go."""
    traceback.clear_frames(error.__traceback__)
