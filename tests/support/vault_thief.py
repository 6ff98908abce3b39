"""Who has the disk and the keyring, but neither passphrase nor sheet.

Everything that was found is tried as every kind of key, raw and through every label
of the key schedule. Nothing may open; the control is a thief who was told too much.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from safesession.core.vault_types import SlotKind
from safesession.crypto.key_schedule import StorageLabel, expand, extract
from safesession.vault import key_slots
from safesession.vault.connection import connect
from safesession.vault.errors import VaultError
from safesession.vault.files import VaultPaths
from safesession.vault.header import Header
from safesession.vault.header_file import read_header


_KEY_BYTES = 32
_DEEP_BYTES = 320  # of each file, every 32 bytes are tried


def opened_by(folder: Path, entries: Iterable[bytes]) -> list[str]:
    """Return every way in that was found. `entries`: what the keyring holds."""
    paths = VaultPaths(folder)
    header = read_header(paths).header
    found = list(_pieces(folder, list(entries)))
    ways = []
    if header.slot(SlotKind.DEVICE) is not None:
        ways.append("the keyring alone opens a slot")
    candidates = {*found, *_derived(header, found)}
    for candidate in candidates:
        ways += _slots_open(header, candidate)
    database = paths.database(header.data_generation)
    for candidate in {*found, *_derived(header, found, deep=False)}:
        if _is_database_key(database, candidate):
            ways.append("a database key")
    return ways


def _pieces(folder: Path, entries: list[bytes]) -> Iterator[bytes]:
    """Everything of the right length, in what was found."""
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    whole = [b"", *entries]
    texts = [entry.decode("ascii", "ignore") for entry in entries]
    whole += [bytes.fromhex(text) for text in texts if _is_hex(text)]
    yield bytes(_KEY_BYTES)
    for entry in whole:
        if len(entry) <= _KEY_BYTES:
            yield entry.ljust(_KEY_BYTES, b"\0")
        for start in range(len(entry) - _KEY_BYTES + 1):
            yield entry[start : start + _KEY_BYTES]
    for content in files:
        for start in range(0, min(len(content), _DEEP_BYTES), _KEY_BYTES):
            yield content[start : start + _KEY_BYTES].ljust(_KEY_BYTES, b"\0")


def _derived(
    header: Header, found: list[bytes], *, deep: bool = True
) -> Iterator[bytes]:
    """What the key schedule makes of it."""
    for one in found:
        for key in (one, extract(one, b""), extract(b"", one), extract(one, one)):
            for label in StorageLabel:
                yield expand(key, label)
                for slot in header.slots if deep else ():
                    yield expand(key, label, slot.salt)


def _slots_open(header: Header, candidate: bytes) -> Iterator[str]:
    for slot in header.slots:
        try:
            key_slots._opened(header, slot, candidate, VaultError("no"))
        except VaultError:
            continue
        yield f"the slot of the {slot.kind.value}"
    try:
        key_slots.keys_of(header, candidate)
    except VaultError:
        return
    yield "the master key"


def _is_database_key(database: Path, candidate: bytes) -> bool:
    try:
        connect(database, candidate).close()
    except VaultError:
        return False
    return True


def _is_hex(text: str) -> bool:
    try:
        return bool(bytes.fromhex(text))
    except ValueError:
        return False
