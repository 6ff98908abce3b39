"""The app's own small state file: keys of this device, guess counters, settings.

Written atomically and flushed to disk, readable by its owner only. It holds the
identity and account keys unencrypted until the notes vault exists; it must never
hold notes, text, names of clients or invite codes.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safesession.crypto.identity import SEED_BYTES, IdentityKey
from safesession.errors import StateError


FILE_NAME = "device.json"
MAX_BYTES = 1_000_000
MAX_COUNTERS = 1000


@dataclass(frozen=True, slots=True)
class Account:
    """A counselor's sign-in key at one server."""

    account_id: str
    seed: bytes = field(repr=False)


class LocalState:
    """One folder's state. All methods are for one thread."""

    def __init__(self, folder: Path, entropy: Callable[[int], bytes]) -> None:
        self._path = folder / FILE_NAME
        self._entropy = entropy
        self._data = self._load()

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

    def account(self, origin: str) -> Account | None:
        """The sign-in key enrolled at `origin`, if any."""
        stored = self._section("accounts").get(origin)
        if not isinstance(stored, dict):
            return None
        account_id, seed = stored.get("account_id"), stored.get("seed")
        if not isinstance(account_id, str) or not isinstance(seed, str):
            raise StateError("account entry")
        return Account(account_id, _seed(seed))

    def save_account(self, origin: str, account: Account) -> None:
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

    def get(self, key: str, default: str = "") -> str:
        """A setting of the windows (language, theme, server, display name)."""
        value = self._section("settings").get(key, default)
        return value if isinstance(value, str) else default

    def set(self, key: str, value: str) -> None:
        """Remember a setting."""
        self._section("settings")[key] = value
        self._save()

    def _section(self, name: str) -> dict[str, Any]:
        section = self._data.setdefault(name, {})
        if not isinstance(section, dict):
            raise StateError(f"{name} is not a table")
        return section

    def _load(self) -> dict[str, Any]:
        try:
            if self._path.stat().st_size > MAX_BYTES:
                raise StateError("state file too large")
            data = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise StateError("state file unreadable") from error
        if not isinstance(data, dict):
            raise StateError("state file has another shape")
        return data

    def _save(self) -> None:
        folder = self._path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=folder, prefix=".device-")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    json.dump(self._data, file, indent=1)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(self._path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            _sync_folder(folder)
        except OSError as error:
            raise StateError("state file cannot be written") from error


def _seed(text: str) -> bytes:
    try:
        seed = bytes.fromhex(text)
    except ValueError:
        raise StateError("key entry") from None
    if len(seed) != SEED_BYTES:
        raise StateError("key entry")
    return seed


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable (POSIX; Windows has no such call)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
