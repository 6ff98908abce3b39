"""Who may open rooms: counselors with an enrolled key.

Sans-I/O. A sign-in is an Ed25519 signature over this connection's nonce, this
server's origin and the account, verified by libsodium. Bearers live in memory
only. Unknown account and wrong signature are told apart by nobody.
"""

from __future__ import annotations

from collections.abc import Iterable

from safesession.crypto.entropy import Entropy
from safesession.crypto.identity import is_valid_public_key, verify_server_auth
from safesession.crypto.tokens import hash_token
from safesession.signaling_server.limits import Limits


BEARER_BYTES = 32
ACCOUNT_BYTES = 16
# The base point: a valid key nobody owns, so unknown accounts cost the same.
_NOBODY = bytes([0x58]) + bytes([0x66]) * 31


class Accounts:
    """Keys by account, and the bearers given out."""

    def __init__(
        self, origins: Iterable[str], entropy: Entropy, pepper: bytes, limits: Limits
    ) -> None:
        self.origins = list(origins)
        self._entropy = entropy
        self._pepper = pepper
        self._limits = limits
        self._keys: dict[str, bytes] = {}
        self._bearers: dict[bytes, tuple[str, float]] = {}

    @property
    def count(self) -> int:
        """How many may sign in."""
        return len(self._keys)

    def add(self, account: str, key: bytes) -> None:
        """Know an account from now on, by this key alone."""
        self._forget_bearers(account)
        self._keys[account] = key

    def replace(self, accounts: dict[str, bytes]) -> list[str]:
        """Know these accounts and no others; return whose key is no longer good."""
        ended = [
            account
            for account, key in self._keys.items()
            if accounts.get(account) != key
        ]
        for account in ended:
            self._forget_bearers(account)
        self._keys = dict(accounts)
        return ended

    def new_id(self) -> str:
        """Return a fresh account id: random, so it tells nothing."""
        return self._entropy(ACCOUNT_BYTES).hex()

    def signature_good(
        self, account: str, nonce: bytes, time_s: int, signature: bytes
    ) -> bool:
        """Say whether the sign-in is by the account's key, for this server."""
        key = self._keys.get(account)
        good = self.proof_good(key or _NOBODY, account, nonce, time_s, signature)
        return good and key is not None

    def proof_good(
        self, key: bytes, account: str, nonce: bytes, time_s: int, signature: bytes
    ) -> bool:
        """Say whether `key` signed the challenge under one of our origins."""
        return is_valid_public_key(key) and any(
            verify_server_auth(key, origin, account, nonce, time_s, signature)
            for origin in self.origins
        )

    def issue_bearer(self, account: str, now: float) -> str:
        """Return a new bearer."""
        bearer = self._entropy(BEARER_BYTES).hex()
        ends_at = now + self._limits.bearer_life_s
        self._bearers[hash_token(self._pepper, bearer)] = (account, ends_at)
        return bearer

    def account_of(self, bearer: str, now: float) -> str | None:
        """Return whose bearer this is, if it is still good."""
        found = self._bearers.get(hash_token(self._pepper, bearer))
        if found is None or found[1] <= now:
            return None
        return found[0]

    def sweep(self, now: float) -> None:
        """Forget expired bearers."""
        gone = [key for key, (_, ends_at) in self._bearers.items() if ends_at <= now]
        for key in gone:
            del self._bearers[key]

    def _forget_bearers(self, account: str) -> None:
        gone = [key for key, (whose, _) in self._bearers.items() if whose == account]
        for key in gone:
            del self._bearers[key]
