"""The key file on disk: two copies, of which the later good one counts.

Both are replaced whole. A copy left behind by a crash is brought up to date at the
next unlocking, so that an old passphrase does not linger in it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from safesession.vault.errors import (
    ForeignFileError,
    HeaderDamagedError,
    NoVaultError,
    VaultError,
)
from safesession.vault.files import VaultPaths, disk_errors, write_whole
from safesession.vault.header import MAX_HEADER_BYTES, Header, decode, encode


@dataclass(frozen=True, slots=True)
class FoundHeader:
    """The header that counts, and whether one of the two files needs mending."""

    header: Header
    needs_mending: bool
    damaged: bool


def is_there(paths: VaultPaths) -> bool:
    """Say whether the folder holds a vault (good or not)."""
    return paths.header.exists() or paths.header_copy.exists()


def read_header(paths: VaultPaths) -> FoundHeader:
    """Read the key file.

    Raises:
        NoVaultError: there is none.
        ForeignFileError, HeaderDamagedError, NewerVersionError: neither file is good.
    """
    found: list[Header] = []
    refusals: list[VaultError] = []
    for path in (paths.header, paths.header_copy):
        try:
            found.append(_read(path))
        except NoVaultError:
            continue
        except (ForeignFileError, HeaderDamagedError) as refusal:
            refusals.append(refusal)
    if not found:
        raise refusals[0] if refusals else NoVaultError("no key file")
    best = max(found, key=_generation)
    same = len(found) == 2 and found[0] == found[1]  # noqa: PLR2004 (the two files)
    return FoundHeader(best, not same, bool(refusals))


def write_header(paths: VaultPaths, header: Header) -> None:
    """Replace both copies; the change counts once the first is on disk.

    A copy that could not be written is mended at the next unlocking.

    Raises:
        VaultError: the disk refuses; the old key file counts.
    """
    content = encode(header)
    try:
        write_whole(paths.header, content)
    except VaultError:
        # An error after the renaming does not undo it.
        if not _is_now(paths.header, content):
            raise
    with suppress(VaultError):
        write_whole(paths.header_copy, content)


def _is_now(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def _read(path: Path) -> Header:
    with disk_errors():
        try:
            with path.open("rb") as file:
                untrusted = file.read(MAX_HEADER_BYTES + 1)
        except FileNotFoundError:
            raise NoVaultError("no key file") from None
    if len(untrusted) > MAX_HEADER_BYTES:
        raise ForeignFileError("too long")
    return decode(untrusted)


def _generation(header: Header) -> int:
    return header.generation
