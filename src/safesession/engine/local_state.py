"""The engine's small state file: keys of this device and guess counters.

Written atomically and flushed to disk, readable by its owner only; every change
happens under a lock that all windows of this person share. It holds the keys
unencrypted, so it serves whoever has nothing safer: the headless peer, and a
counselor until there is a vault. Never notes, text, names or invite codes.
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
from safesession.file_lock import wait_for_lock


FILE_NAME = "device.json"
LOCK_LIMIT_S = 5.0  # others hold it for one write
_Data = dict[str, Any]


class StateFile:
    """A JSON file that several windows change in turn, and the counters in it.

    Raises:
        StateError: from any method: the file is damaged, and left as it is; the
            disk refuses; or another window goes on for too long.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last_known: dict[bytes, int] = {}

    def read(self) -> _Data:
        """Return what is in it now."""
        data = read_json(self._path)
        parse_device_state(data)
        self._last_known = parse_counters(data)
        return data

    def change(self, edit: Callable[[_Data], None]) -> _Data:
        """Let `edit` change what is in it now; returns once that is on disk."""
        with wait_for_lock(self._path.with_suffix(".lock"), LOCK_LIMIT_S):
            data = self.read()
            edit(data)
            write_json(self._path, data)
        self._last_known = parse_counters(data)
        return data

    @property
    def wrong_attempts(self) -> dict[bytes, int]:
        """Guess counters by invite tag, with those of other windows.

        Of a file that was damaged meanwhile, the last ones known: a session may
        begin, but no guess can be counted, so none will leave.
        """
        try:
            return parse_counters(self.read())
        except StateError:
            return dict(self._last_known)

    def count_guess(self, tag: bytes, count: int) -> None:
        """Count one guess, the `count`th; returns only once it is on disk.

        Raises:
            StateError: it cannot be written, or another window of the same person
                has made that guess already.
        """

        def edit(data: _Data) -> None:
            counters = parse_counters(data)
            if counters.pop(tag, 0) >= count:
                raise StateError("another window made that guess")
            put_counters(data, {**counters, tag: count})  # the newest comes last

        self.change(edit)

    def forgive_guess(self, tag: bytes) -> None:
        """Take one count back: that guess was right."""

        def edit(data: _Data) -> None:
            counters = parse_counters(data)
            left = counters.get(tag, 0) - 1
            if left > 0:
                counters[tag] = left
            else:
                counters.pop(tag, None)
            put_counters(data, counters)

        self.change(edit)


def put_counters(data: _Data, counters: dict[bytes, int]) -> None:
    """Write counters into the file's object; the oldest of very many go."""
    kept = list(counters.items())[-MAX_COUNTERS:]
    data["wrong_attempts"] = {tag.hex(): count for tag, count in kept}


class LocalState:
    """One folder's state: a `core.device_state.StateStore`.

    Raises:
        StateError: from any method; the file is left as it is.
    """

    def __init__(self, folder: Path, entropy: Callable[[int], bytes]) -> None:
        self._file = StateFile(folder / FILE_NAME)
        self._entropy = entropy
        self._data = self._file.read()

    @property
    def identity(self) -> IdentityKey:
        """This device's identity key; made and saved at first use."""
        if "identity_seed" not in self._data:
            fresh = IdentityKey.generate(self._entropy).export_seed().hex()
            # Another window may have been faster.
            self._change(lambda data: data.setdefault("identity_seed", fresh))
        return IdentityKey(parse_seed(self._data["identity_seed"]))

    def account(self, origin: str) -> CounselorAccount | None:
        """The sign-in key enrolled at `origin`, if any."""
        stored = self._data.get("accounts", {}).get(origin)
        if stored is None:
            return None
        return CounselorAccount(stored["account_id"], parse_seed(stored["seed"]))

    def save_account(self, origin: str, account: CounselorAccount) -> None:
        """Remember a freshly enrolled sign-in key."""
        entry = {"account_id": account.account_id, "seed": account.seed.hex()}
        self._change(
            lambda data: data.setdefault("accounts", {}).update({origin: entry})
        )

    def _change(self, edit: Callable[[_Data], None]) -> None:
        self._data = self._file.change(edit)

    @property
    def wrong_attempts(self) -> dict[bytes, int]:
        """Guess counters by invite tag, with those of other windows."""
        return self._file.wrong_attempts

    def count_guess(self, tag: bytes, count: int) -> None:
        """Count one guess, the `count`th; returns only once it is on disk."""
        self._file.count_guess(tag, count)

    def forgive_guess(self, tag: bytes) -> None:
        """Take one count back: that guess was right."""
        self._file.forgive_guess(tag)

    @property
    def invites(self) -> None:
        """None: whoever reads this file must not find an open invite's digits."""
        return None
