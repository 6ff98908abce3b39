"""The key of unsent text, in the keyring of this person's system.

Only keyrings that really keep a secret are used, made directly: neither an
environment variable nor a file of settings can put another one in their place.
Every call may block for as long as the system asks the person something, so
nobody may call this from a thread that must go on.
"""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Callable
from typing import Any, ClassVar

from safesession.crypto.draft_seal import KEY_BYTES
from safesession.errors import SafeSessionError


SERVICE = "SafeSession"
# Module and class, best first. No others, whatever is installed.
BACKENDS = {
    "darwin": (("macOS", "Keyring"),),
    "win32": (("Windows", "WinVaultKeyring"),),
    "linux": (
        ("SecretService", "Keyring"),
        ("kwallet", "DBusKeyring"),
        ("libsecret", "Keyring"),
    ),
}
_log = logging.getLogger(__name__)


class KeyringUnavailableError(SafeSessionError):
    """No keyring that can be relied on."""

    code: ClassVar[str] = "keyring"


class KeyringKey:
    """One random key under one account name."""

    def __init__(
        self,
        account: str,
        entropy: Callable[[int], bytes],
        *,
        find_backend: Callable[[], Any] | None = None,
    ) -> None:
        self._account = account
        self._entropy = entropy
        self._find_backend = find_backend or real_backend

    def fetch(self) -> bytes:
        """Return the key; made, written and read back at first use.

        Raises:
            KeyringUnavailableError: there is none, it is locked, or it forgets.
        """
        return self._guarded(self._fetch)

    def erase(self) -> None:
        """Remove the key: what it sealed cannot be opened any more.

        Raises:
            KeyringUnavailableError: the keyring refuses.
        """
        self._guarded(self._erase)

    def _fetch(self, backend: Any) -> bytes:
        stored = _decoded(backend.get_password(SERVICE, self._account))
        if stored is not None:
            return stored
        key = self._entropy(KEY_BYTES)
        backend.set_password(SERVICE, self._account, key.hex())
        # Some keyrings take everything and keep nothing.
        if _decoded(backend.get_password(SERVICE, self._account)) != key:
            raise KeyringUnavailableError("the keyring keeps nothing")
        return key

    def _erase(self, backend: Any) -> bytes:
        if backend.get_password(SERVICE, self._account) is not None:
            backend.delete_password(SERVICE, self._account)
        return b""

    def _guarded(self, work: Callable[[Any], bytes]) -> bytes:
        try:
            return work(self._find_backend())
        except KeyringUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - D-Bus, Win32 and others raise their own
            _log.warning("the keyring failed: %s", type(error).__name__)
            raise KeyringUnavailableError("the keyring failed") from None


def real_backend(platform: str = sys.platform) -> Any:
    """Return the first keyring of the list that works here.

    Raises:
        KeyringUnavailableError: none does.
    """
    for module_name, class_name in BACKENDS.get(platform, ()):
        module = importlib.import_module(f"keyring.backends.{module_name}")
        backend: Any = getattr(module, class_name, None)
        if backend is not None and backend.viable:
            chosen = backend()
            if platform == "win32":
                chosen.persist = "local machine"  # else it roams to other machines
            return chosen
    raise KeyringUnavailableError("no keyring on this system")


def _decoded(stored: Any) -> bytes | None:
    try:
        key = bytes.fromhex(stored)
    except (TypeError, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None
