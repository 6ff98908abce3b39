"""A client's identity key and guess counters, over all windows of one computer.

`client.json` holds the counters in the clear (tags are hashes) and the identity key
sealed under a secret of the system's keyring. Without a keyring, and on a computer
that is shared, the identity lasts as long as this program; the counters always stay,
because a guess must be counted on disk. Never text, names or invite codes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safesession.atomic_file import read_json
from safesession.core.account import CounselorAccount
from safesession.core.device_state import parse_device_state
from safesession.crypto.identity import SEED_BYTES, IdentityKey
from safesession.crypto.key_schedule import StorageLabel, expand
from safesession.crypto.secret_box import BoxError, seal, unseal
from safesession.engine import local_state
from safesession.engine.local_state import StateFile, put_counters
from safesession.errors import LocalProtocolError, StateError


FILE_NAME = "client.json"
_SEALED = "identity_sealed"
_BOUND_TO = b"SafeSession client identity"
_Data = dict[str, Any]


class ClientState:
    """A `core.device_state.StateStore` of a client's app.

    Args:
        folder: where the file is or will be.
        entropy: for keys.
        ask_key: returns the keyring's secret, or None if there is none in time.
        shared: others use this computer, too.

    Raises:
        StateError: from any method: the file is damaged, and left as it is; the
            disk refuses; or another window goes on for too long.
    """

    def __init__(
        self,
        folder: Path,
        entropy: Callable[[int], bytes],
        ask_key: Callable[[], bytes | None],
        *,
        shared: bool = False,
    ) -> None:
        self._file = StateFile(folder / FILE_NAME)
        self._entropy = entropy
        self._file.read()
        old = _EarlierFile(folder / local_state.FILE_NAME)
        if shared:
            self._identity = IdentityKey.generate(entropy)
            self._forget_identity(old)
            return
        key = ask_key()
        if key is None:
            self._identity = old.identity or IdentityKey.generate(entropy)
            self._take_counters(old)
        else:
            self._identity = self._kept_identity(key, old)
            if old.identity is None or old.identity.public_key == self._public:
                old.wipe()

    @property
    def _public(self) -> bytes:
        return self._identity.public_key

    @property
    def identity(self) -> IdentityKey:
        """This device's identity key, or one for as long as this program runs."""
        return self._identity

    def account(self, origin: str) -> CounselorAccount | None:  # noqa: ARG002
        """None: clients have no account."""
        return None

    def save_account(
        self,
        origin: str,  # noqa: ARG002
        account: CounselorAccount,  # noqa: ARG002
    ) -> None:
        """Refuse: clients have no account.

        Raises:
            LocalProtocolError: always.
        """
        raise LocalProtocolError("clients have no account")

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
        """None: clients make no invites."""
        return None

    def _kept_identity(self, key: bytes, old: _EarlierFile) -> IdentityKey:
        """Return the sealed one, the one of an earlier version, or a new one."""
        sealing = expand(key, StorageLabel.CLIENT_IDENTITY)
        fresh = old.identity or IdentityKey.generate(self._entropy)
        box = seal(sealing, fresh.export_seed(), _BOUND_TO, self._entropy)

        def edit(data: _Data) -> None:
            if _opened(sealing, data) is None:  # none, or the keyring lost its secret
                data[_SEALED] = box.hex()
            _merge_counters(data, old.counters)

        found = _opened(sealing, self._file.read())
        if found is None or old.counters:
            self._file.change(edit)
            found = _opened(sealing, self._file.read())  # from the disk
        if found is None:
            raise StateError("the identity key was not kept")
        return found

    def _take_counters(self, old: _EarlierFile) -> None:
        known = self._file.wrong_attempts
        if any(known.get(tag, 0) < count for tag, count in old.counters.items()):
            self._file.change(lambda data: _merge_counters(data, old.counters))

    def _forget_identity(self, old: _EarlierFile) -> None:
        self._take_counters(old)
        if _SEALED in self._file.read():
            self._file.change(lambda data: data.pop(_SEALED, None))
        old.wipe()


def needs_key(folder: Path) -> bool:
    """Say whether a client's identity there is sealed under the keyring's secret."""
    try:
        return _SEALED in read_json(folder / FILE_NAME)
    except StateError:
        return True  # who knows what is in it


class _EarlierFile:
    """The `device.json` of a client of earlier versions: its key is in the clear.

    One with accounts is a counselor's and waits for the vault; it is not touched.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.identity: IdentityKey | None = None
        self.counters: dict[bytes, int] = {}
        try:
            found = parse_device_state(read_json(path))
        except StateError:
            return  # damaged: it stays as it is
        if not found.accounts:
            self.counters = dict(found.wrong_attempts)
            if found.identity_seed is not None:
                self.identity = IdentityKey(found.identity_seed)

    def wipe(self) -> None:
        """Overwrite and delete it, once what was in it is on disk elsewhere."""
        if self.identity is None and not self.counters:
            return
        try:
            with self._path.open("r+b", buffering=0) as file:
                file.write(bytes(self._path.stat().st_size))
                os.fsync(file.fileno())
            self._path.unlink()
        except OSError as error:
            raise StateError(f"{self._path.name} cannot be removed") from error


def _opened(sealing: bytes, data: _Data) -> IdentityKey | None:
    try:
        seed = unseal(sealing, bytes.fromhex(data.get(_SEALED, "")), _BOUND_TO)
    except (BoxError, TypeError, ValueError):
        return None
    return IdentityKey(seed) if len(seed) == SEED_BYTES else None


def _merge_counters(data: _Data, counts: dict[bytes, int]) -> None:
    table: dict[str, int] = data.get("wrong_attempts", {})
    known = {bytes.fromhex(tag): count for tag, count in table.items()}
    put_counters(
        data, {**known, **{t: max(n, known.get(t, 0)) for t, n in counts.items()}}
    )
