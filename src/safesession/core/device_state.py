"""What an endpoint must remember between two starts, and the port to it.

`LocalState` (a small file) and the vault both offer `StateStore`. The interim
file's shape is checked in here, so that both read it alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from safesession.core.account import CounselorAccount
from safesession.core.kept_invite import KeptInvite
from safesession.crypto.identity import SEED_BYTES, IdentityKey
from safesession.errors import StateError


MAX_COUNTERS = 1000


class InviteStore(Protocol):
    """A safe place for one open invite, for an app that is closed meanwhile.

    Raises:
        StateError: from any method; what is stored is left as it is.
    """

    @property
    def kept_invite(self) -> KeptInvite | None:
        """What an earlier start of the app left open."""

    def keep_invite(self, invite: KeptInvite) -> None:
        """Keep it in place of the one before; returns only once it is on disk."""

    def forget_invite(self) -> None:
        """Keep none any more."""


class StateStore(Protocol):
    """Keys of this device and guess counters. All methods are for one thread.

    Raises:
        StateError: from any method; what is stored is left as it is.
    """

    @property
    def identity(self) -> IdentityKey:
        """This device's identity key; made and saved at first use."""

    def account(self, origin: str) -> CounselorAccount | None:
        """The sign-in key enrolled at `origin`, if any."""

    def save_account(self, origin: str, account: CounselorAccount) -> None:
        """Remember a freshly enrolled sign-in key."""

    @property
    def wrong_attempts(self) -> dict[bytes, int]:
        """Guess counters by invite tag."""

    def count_guess(self, tag: bytes, count: int) -> None:
        """Count one guess, the `count`th; returns only once it is on disk.

        Raises:
            StateError: it cannot be written, or that guess was made already.
        """

    def forgive_guess(self, tag: bytes) -> None:
        """Take one count back: that guess was right."""

    @property
    def invites(self) -> InviteStore | None:
        """Where open invites are kept; None where there is no safe place."""


@dataclass(frozen=True, slots=True)
class DeviceState:
    """Everything in the interim file."""

    identity_seed: bytes | None = field(repr=False)
    accounts: Mapping[str, CounselorAccount]
    wrong_attempts: Mapping[bytes, int]


def parse_device_state(untrusted: Mapping[str, Any]) -> DeviceState:
    """Read the interim file's object whole.

    Raises:
        StateError: an entry has another shape than this program writes.
    """
    has_identity = "identity_seed" in untrusted
    return DeviceState(
        parse_seed(untrusted["identity_seed"]) if has_identity else None,
        _accounts(untrusted.get("accounts", {})),
        parse_counters(untrusted),
    )


def parse_counters(untrusted: Mapping[str, Any]) -> dict[bytes, int]:
    """Read the guess counters of the interim file's object.

    Raises:
        StateError: not a table of counters.
    """
    counters = untrusted.get("wrong_attempts", {})
    if not isinstance(counters, dict):
        raise StateError("wrong_attempts is not a table")
    try:
        found = {bytes.fromhex(tag): count for tag, count in counters.items()}
    except ValueError:
        raise StateError("guess counter") from None
    if {tag.hex() for tag in found} != counters.keys():
        raise StateError("guess counter")  # two spellings could hide one count
    if not all(type(count) is int and count >= 0 for count in found.values()):
        raise StateError("guess counter")
    return found


def parse_seed(untrusted: Any) -> bytes:
    """Read a key's seed.

    Raises:
        StateError: not 32 bytes in hexadecimal.
    """
    try:
        seed = bytes.fromhex(untrusted)
    except (TypeError, ValueError):
        raise StateError("key entry") from None
    if len(seed) != SEED_BYTES:
        raise StateError("key entry")
    return seed


def _accounts(untrusted: Any) -> dict[str, CounselorAccount]:
    if not isinstance(untrusted, dict):
        raise StateError("accounts is not a table")
    found = {}
    for origin, entry in untrusted.items():
        if not isinstance(entry, dict) or not isinstance(entry.get("account_id"), str):
            raise StateError("account entry")
        seed = parse_seed(entry.get("seed"))
        found[origin] = CounselorAccount(entry["account_id"], seed)
    return found
