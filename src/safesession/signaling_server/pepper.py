"""The key under which the server hashes numbers and tokens.

Kept beside the database, readable by the server alone. It must never be printed
or logged.
"""

from __future__ import annotations

import os
from pathlib import Path

from safesession.crypto.entropy import Entropy
from safesession.errors import StateError


PEPPER_BYTES = 32
_DRAFT_BYTES = 8
PEPPER_FILE = "pepper"


def load_pepper(data_dir: Path, entropy: Entropy) -> bytes:
    """Return the pepper of a data directory, making it on first use.

    Raises:
        StateError: it cannot be read or written, or has the wrong length.
    """
    path = data_dir / PEPPER_FILE
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _create(path, entropy(PEPPER_BYTES), entropy(_DRAFT_BYTES).hex())
        pepper = path.read_bytes()
    except OSError:
        raise StateError("the server's data directory cannot be used") from None
    if len(pepper) != PEPPER_BYTES:
        raise StateError("the server's pepper file is damaged")
    return pepper


def _create(path: Path, pepper: bytes, draft_name: str) -> None:
    """Write it whole or not at all: two programs may start at once.

    A draft that a power cut left behind is in nobody's way: names do not repeat,
    as process ids do in a container.
    """
    draft = path.with_name(f"{PEPPER_FILE}.{draft_name}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pepper)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # the other program's pepper is as good
    finally:
        draft.unlink()
