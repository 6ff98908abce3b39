"""Keys of this device and guess counters, as rows of an open vault."""

from __future__ import annotations

from collections.abc import Mapping

from safesession.core.account import CounselorAccount
from safesession.core.device_state import MAX_COUNTERS, DeviceState
from safesession.crypto.identity import IdentityKey
from safesession.vault.errors import DamagedError, GuessCountedError
from safesession.vault.store import Store, Transaction


class DeviceTables:
    """Keys and counters as `StateStore` promises them, for the vault's own thread."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def identity(self) -> IdentityKey:
        """This device's identity key; every vault is made with one.

        Raises:
            DamagedError: it is missing.
        """
        seed = self._store.value("SELECT seed FROM device_identity")
        if seed is None:
            raise DamagedError("identity")
        return IdentityKey(seed)

    def account(self, origin: str) -> CounselorAccount | None:
        """Return the sign-in key enrolled at `origin`, if any."""
        row = self._store.row(
            "SELECT account_id, seed FROM account WHERE origin = ?", origin
        )
        return CounselorAccount(*row) if row else None

    def save_account(self, origin: str, account: CounselorAccount) -> None:
        """Remember a freshly enrolled sign-in key."""
        with self._store.transaction("account") as change:
            put_account(change, origin, account)

    @property
    def wrong_attempts(self) -> dict[bytes, int]:
        """Guess counters by invite tag."""
        return dict(self._store.rows("SELECT tag, wrong_attempts FROM guess"))

    def count_guess(self, tag: bytes, count: int) -> None:
        """Count one guess, the `count`th.

        Raises:
            GuessCountedError: that guess was made already.
        """
        with self._store.transaction("guess") as change:
            if _counted(change, tag) >= count:
                raise GuessCountedError("guess")
            put_counters(change, {tag: count})

    def forgive_guess(self, tag: bytes) -> None:
        """Take one count back: that guess was right."""
        with self._store.transaction("guess") as change:
            change.execute(
                "UPDATE guess SET wrong_attempts = wrong_attempts - 1 "
                "WHERE tag = ? AND wrong_attempts > 0",
                tag,
            )
            change.execute("DELETE FROM guess WHERE wrong_attempts = 0")

    def raise_counters(self, counts: Mapping[bytes, int]) -> None:
        """Take counters that were written elsewhere; none falls by it."""
        with self._store.transaction("guess") as change:
            put_counters(change, counts)


def _counted(change: Transaction, tag: bytes) -> int:
    rows = change.rows("SELECT wrong_attempts FROM guess WHERE tag = ?", tag)
    return int(rows[0][0]) if rows else 0


def put_identity(change: Transaction, seed: bytes) -> None:
    """Write the identity key of a new vault."""
    change.execute("INSERT INTO device_identity(one, seed) VALUES (1, ?)", seed)
    change.expect("SELECT 1 FROM device_identity WHERE seed = ?", seed)


def put_account(change: Transaction, origin: str, account: CounselorAccount) -> None:
    """Write a sign-in key within a change."""
    change.execute(
        "INSERT INTO account(origin, account_id, seed) VALUES (?, ?, ?) "
        "ON CONFLICT(origin) DO UPDATE SET account_id = excluded.account_id, "
        "seed = excluded.seed",
        origin,
        account.account_id,
        account.seed,
    )
    change.expect(
        "SELECT 1 FROM account WHERE origin = ? AND seed = ?", origin, account.seed
    )


def put_counters(change: Transaction, counts: Mapping[bytes, int]) -> None:
    """Raise guess counters within a change; the oldest of very many go."""
    for tag, count in counts.items():
        change.execute(
            "INSERT INTO guess(tag, wrong_attempts, counted_at_ms) VALUES (?, ?, ?) "
            "ON CONFLICT(tag) DO UPDATE SET counted_at_ms = excluded.counted_at_ms, "
            "wrong_attempts = max(wrong_attempts, excluded.wrong_attempts)",
            tag,
            count,
            change.at_ms,
        )
        change.expect(
            "SELECT 1 FROM guess WHERE tag = ? AND wrong_attempts >= ?", tag, count
        )
    change.execute(
        "DELETE FROM guess WHERE tag IN (SELECT tag FROM guess "
        "ORDER BY counted_at_ms DESC, tag LIMIT -1 OFFSET ?)",
        MAX_COUNTERS,
    )


def adopt(change: Transaction, known: IdentityKey, state: DeviceState) -> bool:
    """Take accounts and counters of the interim file; returns whether it is ours.

    A file with another identity key than the vault's is not taken.
    """
    seed = state.identity_seed
    if seed is not None and IdentityKey(seed).public_key != known.public_key:
        return False
    for origin, account in state.accounts.items():
        put_account(change, origin, account)
    put_counters(change, state.wrong_attempts)
    return True
