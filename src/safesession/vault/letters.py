"""Letters to the locked vault: guesses, an open invite, unsent text, each in a file.

The engine goes on while the vault is locked and what it must not lose is sealed to
a public key (`crypto.letterbox`). Each file is replaced as a whole; unlocking puts
them into the database and then deletes them. Nobody can read one before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from safesession.atomic_file import read_bytes
from safesession.crypto.letterbox import (
    LetterError,
    open_letter,
    public_key,
    seal_letter,
)
from safesession.errors import StateError
from safesession.vault.errors import DamagedError
from safesession.vault.files import disk_errors, remove, sync_folder, write_whole


MAX_BYTES = 64_000_000


class LetterKind(StrEnum):
    """What a letter is about; one file each."""

    GUESSES = "guesses"
    INVITE = "invite"
    UNSENT = "unsent"


def letter_path(folder: Path, kind: LetterKind) -> Path:
    """Return where such a letter lies."""
    return folder / f"{kind}.letter"


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Where letters go while the vault is locked. Holds no secret."""

    folder: Path
    public: bytes = field(repr=False)

    @classmethod
    def of(cls, folder: Path, secret: bytes) -> Letterbox:
        """Return the letterbox of the vault that keeps `secret`."""
        return cls(folder, public_key(secret))

    def write(self, kind: LetterKind, content: Mapping[str, Any]) -> None:
        """Replace the letter of a kind; returns once it is on disk.

        Raises:
            VaultError: the disk refuses; the letter before is untouched.
        """
        # Named inside as well: one must not be taken for another.
        body = json.dumps({"kind": kind.value, **content}).encode()
        write_whole(letter_path(self.folder, kind), seal_letter(self.public, body))

    def take_back(self, kind: LetterKind) -> None:
        """Remove a letter that says nothing any more."""
        drop_letter(self.folder, kind)


def drop_letter(folder: Path, kind: LetterKind) -> None:
    """Delete a letter that was put into the database."""
    path = letter_path(folder, kind)
    if path.exists():
        remove(path)
        with disk_errors():
            sync_folder(folder)


def read_letter(folder: Path, secret: bytes, kind: LetterKind) -> dict[str, Any] | None:
    """Return what a letter says, or None where there is none.

    Raises:
        DamagedError: it cannot be opened; it is left as it is.
    """
    try:
        sealed = read_bytes(letter_path(folder, kind), MAX_BYTES)
        if sealed is None:
            return None
        content = json.loads(open_letter(secret, sealed))
    except (StateError, LetterError, ValueError):
        raise DamagedError("letter") from None
    if not isinstance(content, dict) or content.pop("kind", None) != kind.value:
        raise DamagedError("letter")
    return content
