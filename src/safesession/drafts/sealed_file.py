"""The one file that unsent text is kept in: sealed, whole, and gone when empty.

It holds texts and nothing about whom they were for. Not for two programs at once:
`claim` says whether another window has it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from safesession.atomic_file import read_bytes, write_bytes
from safesession.crypto.draft_seal import DraftSealError, open_drafts, seal_drafts
from safesession.errors import StateError
from safesession.file_lock import HeldLock, try_lock


FILE_NAME = "unsent.sealed"
CLAIM_NAME = "unsent.lock"
MAX_BYTES = 64_000_000


class SealedFile:
    """Texts of last time and of this session, under one key."""

    def __init__(self, folder: Path, entropy: Callable[[int], bytes]) -> None:
        self._folder = folder
        self._path = folder / FILE_NAME
        self._entropy = entropy
        self._claim: HeldLock | None = None

    def claim(self) -> bool:
        """Become the only program that uses the file, until it ends."""
        if self._claim is None:
            try:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._claim = try_lock(self._folder / CLAIM_NAME)
            except OSError:
                return False
        return self._claim is not None

    def release(self) -> None:
        """Let another window have it."""
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def read(self, key: bytes) -> tuple[str, ...]:
        """Return the texts in it; none if there is no file, or not for this key.

        A file whose key the keyring has lost is of no use to anybody.

        Raises:
            StateError: it cannot be read.
        """
        sealed = read_bytes(self._path, MAX_BYTES)
        if sealed is None:
            return ()
        try:
            return _decode(open_drafts(key, sealed))
        except DraftSealError:
            return ()

    def write(self, key: bytes, texts: tuple[str, ...]) -> None:
        """Replace what is kept; nothing to keep removes the file.

        Raises:
            StateError: the disk refuses; what was kept before still is.
        """
        if not texts:
            self.remove()
            return
        body = json.dumps(texts, ensure_ascii=False).encode("utf-8", "replace")
        write_bytes(self._path, seal_drafts(key, body, self._entropy))

    def remove(self) -> None:
        """Remove the file.

        Raises:
            StateError: the disk refuses.
        """
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise StateError(f"{FILE_NAME} cannot be removed") from error


def _decode(body: bytes) -> tuple[str, ...]:
    """Authentic, and yet perhaps of another version of this program."""
    try:
        texts = json.loads(body)
    except ValueError:
        return ()
    if not isinstance(texts, list) or not all(isinstance(t, str) for t in texts):
        return ()
    return tuple(texts)
