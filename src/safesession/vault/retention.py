"""How long records are kept, and how they are deleted afterwards: after a review.

Deleting takes the review that a person saw; whatever changed since then stops it.
The rows go here; `renewal` then erases the keys under which copies were sealed.
"""

from __future__ import annotations

import datetime as dt

from safesession.core.keeping_types import (
    DEFAULT_YEARS,
    MAX_REASON_CHARS,
    MAX_YEARS,
    DeletionReview,
    RetentionState,
)
from safesession.core.note_types import Client
from safesession.crypto.encoding import H
from safesession.errors import LocalProtocolError
from safesession.vault.clients import Clients
from safesession.vault.custody import CustodyEvent, CustodyLog
from safesession.vault.errors import ReviewStaleError, StillRetainedError
from safesession.vault.notes import storable
from safesession.vault.settings import Settings
from safesession.vault.store import Store


_LAST_ACTIVITY = """
SELECT max(at) FROM (
  SELECT created_at_ms AS at FROM client WHERE id = ?1
  UNION ALL SELECT closed_at_ms FROM client WHERE id = ?1
  UNION ALL SELECT max(session_at_ms, saved_at_ms) FROM note WHERE client_id = ?1
  UNION ALL SELECT written_at_ms FROM addendum JOIN note ON note.id = note_id
    WHERE client_id = ?1)
"""


class Retention:
    """Retention in an open vault. It only ever says what is due."""

    def __init__(
        self, store: Store, settings: Settings, clients: Clients, custody: CustodyLog
    ) -> None:
        self._store = store
        self._settings = settings
        self._clients = clients
        self._custody = custody

    @property
    def years(self) -> int:
        """The vault's period; a client's file may have its own."""
        return self._settings.number("retention_years", DEFAULT_YEARS)

    def set_years(self, years: int) -> None:
        """Set the vault's period (the institution's policy)."""
        _check_years(years)
        with self._store.transaction("setting") as change:
            self._settings.put(change, "retention_years", years)
            self._custody.append(change, CustodyEvent.RETENTION_SET, "", f"{years}")

    def set_client_years(self, client_id: int, years: int | None) -> None:
        """Give one file its own period, or none."""
        if years is not None:
            _check_years(years)
        subject = f"client:{client_id}"
        with self._store.transaction(subject) as change:
            change.execute(
                "UPDATE client SET retention_years = ? WHERE id = ?", years, client_id
            )
            detail = "default" if years is None else f"{years}"
            self._custody.append(change, CustodyEvent.RETENTION_SET, subject, detail)

    def keep_longer(self, review: DeletionReview, years: int, reason: str) -> None:
        """Keep a reviewed file for `years` from today, whatever the period says.

        The reason lies with the file and goes with it; the log only tells the day.

        Raises:
            ReviewStaleError: the file is not as it was reviewed.
        """
        _check_years(years)
        reason = " ".join(reason.split())
        if not 1 <= len(reason) <= MAX_REASON_CHARS:
            raise LocalProtocolError("retention reason")
        client_id = review.client_id
        self._must_be_as_reviewed(review)
        subject = f"client:{client_id}"
        with self._store.transaction(subject) as change:
            until_ms = add_years(change.at_ms, years)
            change.execute(
                "UPDATE client SET kept_until_ms = ?, kept_because = ? WHERE id = ?",
                until_ms,
                storable(reason),
                client_id,
            )
            change.expect(
                "SELECT 1 FROM client WHERE id = ? AND kept_until_ms = ?",
                client_id,
                until_ms,
            )
            detail = f"until {until_ms}"
            self._custody.append(change, CustodyEvent.RETENTION_SET, subject, detail)

    def due(self) -> tuple[DeletionReview, ...]:
        """Return the files whose period is over, for review."""
        return self.state().due

    def state(self) -> RetentionState:
        """Return the period, what is due, and when the next file will be.

        Files that cannot be due yet are told by the index alone: this runs at every
        unlocking, and must not read a large vault's notes.
        """
        now_ms = self._store.now_ms()
        clients = self._clients.all()
        due: list[DeletionReview] = []
        later: list[tuple[int, int]] = []
        next_ms: int | None = None
        for client in clients:
            at_least_ms = self._at_least_ms(client)
            if at_least_ms > now_ms:
                later.append((at_least_ms, client.id))
                continue
            review = self.review(client.id)
            if review.keep_until_ms <= now_ms:
                due.append(review)
            else:
                next_ms = _earlier(next_ms, review.keep_until_ms)
        for at_least_ms, client_id in sorted(later):
            if next_ms is not None and at_least_ms >= next_ms:
                break
            next_ms = _earlier(next_ms, self.review(client_id).keep_until_ms)
        return RetentionState(self.years, tuple(due), len(clients), next_ms)

    def _at_least_ms(self, client: Client) -> int:
        """Return a time before which the file is certainly kept."""
        session_ms, kept_ms = self._store.rows(
            "SELECT (SELECT max(session_at_ms) FROM note WHERE client_id = ?1), "
            "(SELECT kept_until_ms FROM client WHERE id = ?1)",
            client.id,
        )[0]
        known = (client.created_at_ms, client.closed_at_ms or 0, session_ms or 0)
        return max(add_years(max(known), self._years_of(client)), kept_ms or 0)

    def _years_of(self, client: Client) -> int:
        return self.years if client.retention_years is None else client.retention_years

    def review(self, client_id: int) -> DeletionReview:
        """Return what deleting a client's file would mean.

        Raises:
            NoSuchRecordError: there is no such file.
        """
        client = self._clients.get(client_id)
        kinds: dict[str, int] = dict(
            self._store.rows(
                "SELECT kind, count(*) FROM note WHERE client_id = ? GROUP BY kind",
                client_id,
            )
        )
        attached = self._store.rows(
            "SELECT attachment.id, digest FROM attachment JOIN note "
            "ON note.id = note_id WHERE client_id = ? ORDER BY attachment.id",
            client_id,
        )
        notes = self._store.rows(
            "SELECT id, revision, session_at_ms FROM note WHERE client_id = ? "
            "ORDER BY id",
            client_id,
        )
        last_ms = int(self._store.value(_LAST_ACTIVITY, client_id))
        years = self._years_of(client)
        kept_until_ms, because = self._store.rows(
            "SELECT kept_until_ms, kept_because FROM client WHERE id = ?", client_id
        )[0]
        keep_until_ms = max(add_years(last_ms, years), kept_until_ms or 0)
        content = (client.code, client.name, last_ms, keep_until_ms, notes, attached)
        return DeletionReview(
            client_id,
            client.code,
            kinds.get("record", 0),
            kinds.get("process", 0),
            len(attached),
            min((note[2] for note in notes), default=None),
            last_ms,
            keep_until_ms,
            H(b"deletion review", repr(content).encode())[:32],
            because or "",
        )

    def delete(self, review: DeletionReview) -> None:
        """Delete a reviewed file: its notes, versions, addenda, attachments.

        The renewal of the keys must follow; until then `erase_pending` says so.

        Raises:
            StillRetainedError: the period is not over.
            ReviewStaleError: the file is not as it was reviewed.
        """
        client_id = review.client_id
        self._must_be_as_reviewed(review)
        if review.keep_until_ms > self._store.now_ms():
            raise StillRetainedError("period")
        subject = f"client:{client_id}"
        with self._store.transaction(subject) as change:
            for (note_id,) in change.rows(
                "SELECT id FROM note WHERE client_id = ?", client_id
            ):
                change.execute("DELETE FROM note_search WHERE rowid = ?", note_id)
                change.execute("DELETE FROM note WHERE id = ?", note_id)
            change.execute("DELETE FROM client WHERE id = ?", client_id)
            self._settings.put(change, "erase_pending", 1)
            count = review.records + review.process_notes
            self._custody.append(
                change, CustodyEvent.DELETED, subject, f"{count} notes"
            )

    def _must_be_as_reviewed(self, review: DeletionReview) -> None:
        if self.review(review.client_id).digest != review.digest:
            raise ReviewStaleError("review")


def add_years(at_ms: int, years: int) -> int:
    """Return the same day `years` later (29 February becomes 1 March)."""
    day = dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC)
    year = min(day.year + years, dt.MAXYEAR)
    try:
        later = day.replace(year=year)
    except ValueError:
        later = day.replace(year=year, month=3, day=1)
    return int(later.timestamp() * 1000)


def _earlier(one: int | None, other: int) -> int:
    return other if one is None else min(one, other)


def _check_years(years: int) -> None:
    if not 1 <= years <= MAX_YEARS:
        raise LocalProtocolError("retention years")
