"""One field for two secrets: a typed passphrase, or the key of a recovery sheet."""

from __future__ import annotations

from safesession.core.vault_port import Secret
from safesession.crypto.recovery_key import RecoveryKey, RecoveryKeyTypingError


def secret_from(untrusted_text: str) -> Secret:
    """Return the sheet's key where the text is one, else the text as a passphrase.

    Raises:
        RecoveryKeyTypingError: it looks like a sheet's key with one sign mistyped.
    """
    try:
        return RecoveryKey.parse(untrusted_text)
    except RecoveryKeyTypingError as error:
        if str(error) == "check":
            raise
        return untrusted_text
