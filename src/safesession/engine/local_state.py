"""The engine's small state file: keys of this device and guess counters.

Written atomically and flushed to disk, readable by its owner only. It holds the
identity and account keys unencrypted until the notes vault exists; it must never
hold notes, text, names of clients or invite codes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from safesession.atomic_file import read_json, write_json
from safesession.core.account import CounselorAccount
from safesession.crypto.identity import SEED_BYTES, IdentityKey
from safesession.errors import StateError


FILE_NAME = "device.json"
MAX_COUNTERS = 1000


class LocalState:
    """One folder's state. All methods are for one thread."""

    def __init__(self, folder: Path, entropy: Callable[[int], bytes]) -> None:
        self._path = folder / FILE_NAME
        self._entropy = entropy
        self._data = read_json(self._path)

    @property
    def identity(self) -> IdentityKey:
        """This device's identity key; made and saved at first use."""
        stored = self._data.get("identity_seed")
        if isinstance(stored, str):
            return IdentityKey(_seed(stored))
        key = IdentityKey.generate(self._entropy)
        self._data["identity_seed"] = key.export_seed().hex()
        self._save()
        return key

    def account(self, origin: str) -> CounselorAccount | None:
        """The sign-in key enrolled at `origin`, if any."""
        stored = self._section("accounts").get(origin)
        if not isinstance(stored, dict):
            return None
        account_id, seed = stored.get("account_id"), stored.get("seed")
        if not isinstance(account_id, str) or not isinstance(seed, str):
            raise StateError("account entry")
        return CounselorAccount(account_id, _seed(seed))

    def save_account(self, origin: str, account: CounselorAccount) -> None:
        """Remember a freshly enrolled sign-in key."""
        entry = {"account_id": account.account_id, "seed": account.seed.hex()}
        self._section("accounts")[origin] = entry
        self._save()

    @property
    def wrong_attempts(self) -> dict[bytes, int]:
        """Guess counters by invite tag."""
        counters = self._section("wrong_attempts")
        return {bytes.fromhex(tag): int(count) for tag, count in counters.items()}

    def save_wrong_attempts(self, tag: bytes, count: int) -> None:
        """Write a guess counter; returns only once it is on disk."""
        counters = self._section("wrong_attempts")
        counters[tag.hex()] = count
        while len(counters) > MAX_COUNTERS:
            counters.pop(next(iter(counters)))
        self._save()

    def _section(self, name: str) -> dict[str, Any]:
        section = self._data.setdefault(name, {})
        if not isinstance(section, dict):
            raise StateError(f"{name} is not a table")
        return section

    def _save(self) -> None:
        write_json(self._path, self._data)


def _seed(text: str) -> bytes:
    try:
        seed = bytes.fromhex(text)
    except ValueError:
        raise StateError("key entry") from None
    if len(seed) != SEED_BYTES:
        raise StateError("key entry")
    return seed
