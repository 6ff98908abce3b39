"""Where a person's unsent text lies: a sealed file, or the counselor's vault.

Knows both, because a vault takes over what the file of earlier versions held. Any
step of that may be the last one of this process: the vault has the texts, read
back, before the file's key and then the file go, and takes one file only once.
"""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

from safesession.atomic_file import read_bytes
from safesession.drafts.sealed_file import FILE_NAME, MAX_BYTES, SealedFile
from safesession.drafts.sealed_place import PlaceTakenError, SealedPlace
from safesession.engine.client_state import needs_key
from safesession.errors import SafeSessionError
from safesession.keyring_store import DeviceKeyring, KeyringKey, SharedKey
from safesession.vault.state_store import VaultUnsent


_log = logging.getLogger(__name__)


def _key(folder: Path, keyring: DeviceKeyring | None = None) -> KeyringKey:
    mark = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    return KeyringKey(f"unsent text {mark}", os.urandom, keyring)


def device_key(folder: Path) -> SharedKey:
    """Return the one secret in the keyring of whoever has no vault.

    It seals unsent text and a client's identity key. Its name is older than that.
    """
    return SharedKey(_key(folder))


def sealed_place(folder: Path, key: SharedKey) -> SealedPlace:
    """Return the place of a client, or of a counselor without a vault."""
    return SealedPlace(SealedFile(folder, os.urandom), key)


class OldPlace:
    """The sealed file of a counselor who has a vault by now."""

    def __init__(self, folder: Path, keyring: DeviceKeyring | None = None) -> None:
        self._path = folder / FILE_NAME
        self._file = SealedFile(folder, os.urandom)
        self._key = _key(folder, keyring or DeviceKeyring())

    def move_into(self, unsent: VaultUnsent) -> None:
        """Bring its texts into the vault, then leave nothing behind.

        Asks the keyring only where there is a file.

        Raises:
            SafeSessionError: not now; whatever is still needed is still there.
        """
        sealed = read_bytes(self._path, MAX_BYTES)
        if sealed is None:
            return
        if not self._file.claim():
            raise PlaceTakenError("another window")
        try:
            mark = hashlib.sha256(sealed).digest()
            if not unsent.has_adopted(mark):
                key = self._key.find()
                texts = self._file.read(key) if key is not None else ()
                if not texts:
                    return  # nobody can read it; it is left alone
                unsent.adopt(texts, mark)
            if not needs_key(self._path.parent):  # the same person as a client
                self._key.erase()
            self._file.remove()
        finally:
            self._file.release()


class VaultPlace:
    """A `DraftPlace` in the counselor's vault, locked or not."""

    def __init__(self, unsent: VaultUnsent, old: OldPlace) -> None:
        self._unsent = unsent
        self._old = old

    def reach(self) -> None:
        """Take over what earlier versions kept, if that can be done now."""
        try:
            self._old.move_into(self._unsent)
        except SafeSessionError as error:
            _log.warning("unsent text stays where it was: %s", error.code)

    def take(self) -> tuple[str, ...]:
        """Return what is in the vault; one app alone has it."""
        return self._unsent.texts

    def write(self, texts: tuple[str, ...]) -> None:
        """Replace it."""
        self._unsent.write(texts)

    def forget(self) -> None:
        """Keep nothing: not asked of counselors."""
        self._unsent.write(())

    def release(self) -> None:
        """The vault's own lock goes with the vault."""
