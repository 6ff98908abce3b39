"""`VaultKeeping`: the vault behind `core.keeping_port`, one job per question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future

from safesession.core.keeping_types import (
    EVENTS_OF,
    ChainPart,
    CustodyEntry,
    CustodyEvent,
    DeletionReview,
    LogLine,
    LogPage,
    LogState,
    LogTopic,
    RetentionState,
)
from safesession.core.note_types import NoteKind
from safesession.core.vault_types import AnchorVerdict
from safesession.vault.open_vault import OpenVault
from safesession.vault.place import judge_anchor
from safesession.vault.store import Store
from safesession.vault.vault import Vault


PAGE_LINES = 100
_DOUBTS = (AnchorVerdict.ROLLED_BACK, AnchorVerdict.REWRITTEN, AnchorVerdict.FORGED)


class VaultKeeping:
    """Custody log and retention of the vault at hand. Any thread may call it."""

    def __init__(self, vault: Callable[[], Vault]) -> None:
        self._vault = vault

    def log(self, topic: LogTopic, before: int | None = None) -> Future[LogPage]:
        """Return lines of the log, newest first."""
        return self._vault().run(lambda v: _page(v, topic, before))

    def log_state(self) -> Future[LogState]:
        """Return its length and what the keyring's evidence says."""
        vault = self._vault()

        def job(v: OpenVault) -> LogState:
            history, keyring = judge_anchor(vault.place, v)
            entries, since_ms = v.store.rows(
                "SELECT count(*), min(at_ms) FROM custody"
            )[0]
            return LogState(entries, since_ms, history, keyring, _doubts(v.store))

        return vault.run(job)

    def follow_log(self, part: ChainPart) -> Future[ChainPart]:
        """Check some more lines."""
        return self._vault().run(lambda v: v.custody.follow(part))

    def retention(self) -> Future[RetentionState]:
        """Return the period and the files whose time is over."""
        return self._vault().run(lambda v: v.retention.state())

    def set_retention_years(self, years: int) -> Future[None]:
        """Set the vault's period."""
        return self._vault().run(lambda v: v.retention.set_years(years))

    def keep_longer(
        self, review: DeletionReview, years: int, reason: str
    ) -> Future[None]:
        """Keep a reviewed file for more years from today."""
        return self._vault().run(
            lambda v: v.retention.keep_longer(review, years, reason)
        )

    def erase(self, reviews: Sequence[DeletionReview]) -> Future[None]:
        """Delete reviewed files for good."""
        return self._vault().erase(tuple(reviews))


def _page(v: OpenVault, topic: LogTopic, before: int | None) -> LogPage:
    entries = v.custody.entries(
        newest=PAGE_LINES + 1, before=before, events=EVENTS_OF[topic]
    )
    lines = tuple(_line(v.store, entry) for entry in entries[:PAGE_LINES])
    return LogPage(lines, older=len(entries) > PAGE_LINES)


def _line(store: Store, entry: CustodyEntry) -> LogLine:
    """Say whose record it is, as long as that is in the vault."""
    kind, _, number = entry.subject.partition(":")
    if kind == "client":
        code = store.value("SELECT code FROM client WHERE id = ?", number)
        return LogLine(entry, code or "")
    if kind == "note":
        row = store.row(
            "SELECT client.code, note.kind, session_at_ms FROM note "
            "JOIN client ON client.id = client_id WHERE note.id = ?",
            number,
        )
        if row is not None:
            return LogLine(entry, row[0], NoteKind(row[1]), row[2])
    return LogLine(entry)


def _doubts(store: Store) -> tuple[tuple[int, AnchorVerdict], ...]:
    rows = store.rows(
        "SELECT at_ms, detail FROM custody WHERE event = ? AND detail IN (?, ?, ?) "
        "ORDER BY number DESC LIMIT 12",
        CustodyEvent.UNLOCKED.value,
        *(verdict.value for verdict in _DOUBTS),
    )
    return tuple((at_ms, AnchorVerdict(detail)) for at_ms, detail in rows)
