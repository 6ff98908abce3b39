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
from safesession.core.device_state import (
    MAX_COUNTERS,
    parse_counters,
    parse_device_state,
    parse_seed,
)
from safesession.crypto.identity import IdentityKey
from safesession.errors import StateError


FILE_NAME = "device.json"


class LocalState:
    """One folder's state. All methods are for one thread.

    Raises:
        StateError: the file is damaged; it is left as it is.
    """

    def __init__(self, folder: Path, entropy: Callable[[int], bytes]) -> None:
        self._path = folder / FILE_NAME
        self._entropy = entropy
        self._data = read_json(self._path)
        parse_device_state(self._data)

    @property
    def identity(self) -> IdentityKey:
        """This device's identity key; made and saved at first use."""
        stored = self._data.get("identity_seed")
        if isinstance(stored, str):
            return IdentityKey(parse_seed(stored))
        key = IdentityKey.generate(self._entropy)
        self._data["identity_seed"] = key.export_seed().hex()
        self._save(self._counted())
        return key

    def account(self, origin: str) -> CounselorAccount | None:
        """The sign-in key enrolled at `origin`, if any."""
        stored = self._section("accounts").get(origin)
        if stored is None:
            return None
        return CounselorAccount(stored["account_id"], parse_seed(stored["seed"]))

    def save_account(self, origin: str, account: CounselorAccount) -> None:
        """Remember a freshly enrolled sign-in key."""
        entry = {"account_id": account.account_id, "seed": account.seed.hex()}
        self._section("accounts")[origin] = entry
        self._save(self._counted())

    @property
    def wrong_attempts(self) -> dict[bytes, int]:
        """Guess counters by invite tag, with those of other windows.

        Of a file that was damaged meanwhile, the last ones known: a session may
        begin, but no guess can be counted, so none will leave.
        """
        try:
            return self._counted()
        except StateError:
            return parse_counters(self._data)

    def count_guess(self, tag: bytes, count: int) -> None:
        """Count one guess, the `count`th; returns only once it is on disk.

        Raises:
            StateError: it cannot be written, or another window of the same person
                has made that guess already.
        """
        counters = self._counted()
        if counters.pop(tag, 0) >= count:
            raise StateError("another window made that guess")
        counters[tag] = count  # the newest comes last
        self._save(counters)

    def forgive_guess(self, tag: bytes) -> None:
        """Take one count back: that guess was right."""
        counters = self._counted()
        left = counters.get(tag, 0) - 1
        if left > 0:
            counters[tag] = left
        else:
            counters.pop(tag, None)
        self._save(counters)

    @property
    def invites(self) -> None:
        """None: whoever reads this file must not find an open invite's digits."""
        return None

    def _counted(self) -> dict[bytes, int]:
        return parse_counters(read_json(self._path))

    def _section(self, name: str) -> dict[str, Any]:
        section: dict[str, Any] = self._data.setdefault(name, {})
        return section

    def _save(self, counters: dict[bytes, int]) -> None:
        """Write everything; `counters` come from the file, where others count too."""
        kept = list(counters.items())[-MAX_COUNTERS:]
        self._data["wrong_attempts"] = {tag.hex(): count for tag, count in kept}
        write_json(self._path, self._data)
