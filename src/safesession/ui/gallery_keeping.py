"""Custody log and retention in memory, and their pages for the gallery.

Keeps every rule of `core.keeping_port` (the same contract tests run against it and
against the vault); never for an app.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QRadioButton

from safesession.core.keeping_types import (
    EVENTS_OF,
    MAX_REASON_CHARS,
    MAX_YEARS,
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
from safesession.core.vault_types import AnchorVerdict, KeyringState
from safesession.ui.gallery_notes import StillDoor
from safesession.ui.gallery_stage import RefusedError, Stage
from safesession.ui.keeping_corner import KeepingCorner
from safesession.ui.shell import SessionWindow


_NOW_S: Final = 1_773_300_310.0  # 12 March 2026
_DAY_MS: Final = 86_400_000
_YEAR_MS: Final = 365 * _DAY_MS + _DAY_MS // 4
_PAGE: Final = 100
_PART: Final = 2000


class StillKeeping(Stage):
    """A log and some files. `broken_at`, `history`, `doubts`: how the log is."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.lines: list[LogLine] = []
        self.reviews: dict[int, DeletionReview] = {}
        self.years = 10
        self.broken_at: int | None = None
        self.history = AnchorVerdict.CONFIRMED
        self.keyring = KeyringState.WORKING
        self.doubts: tuple[tuple[int, AnchorVerdict], ...] = ()

    # --- for whoever directs the play ---------------------------------------------

    def write(
        self, event: CustodyEvent, subject: str = "", detail: str = "", **about: object
    ) -> None:
        """Write a line."""
        number = len(self.lines) + 1
        entry = CustodyEntry(number, self._now_ms(), event, subject, detail)
        self.lines.append(LogLine(entry, **about))  # type: ignore[arg-type]

    def add_file(self, code: str, records: int, last_ms: int) -> DeletionReview:
        """Have a client's file."""
        client_id = len(self.reviews) + 1
        made = DeletionReview(
            client_id, code, records, 0, 0, last_ms, last_ms, 0, bytes(32)
        )
        self.reviews[client_id] = made
        return self._dated(made)

    # --- the port ------------------------------------------------------------------

    def log(self, topic: LogTopic, before: int | None = None) -> Future[LogPage]:
        """Return lines of the log, newest first."""

        def job() -> LogPage:
            found = [
                line
                for line in reversed(self.lines)
                if line.entry.event in EVENTS_OF[topic]
                and (before is None or line.entry.number < before)
            ]
            return LogPage(tuple(found[:_PAGE]), older=len(found) > _PAGE)

        return self._do(job)

    def log_state(self) -> Future[LogState]:
        """Return its length and what the evidence says."""

        def job() -> LogState:
            since_ms = self.lines[0].entry.at_ms if self.lines else None
            count = len(self.lines)
            return LogState(count, since_ms, self.history, self.keyring, self.doubts)

        return self._do(job)

    def follow_log(self, part: ChainPart) -> Future[ChainPart]:
        """Check some more lines."""

        def job() -> ChainPart:
            broken, end = self.broken_at, part.followed + _PART
            if broken is not None and broken <= end:
                return ChainPart(broken - 1, part.head, broken, finished=True)
            done = min(end, len(self.lines))
            return ChainPart(done, part.head, None, finished=done < end)

        return self._do(job)

    def retention(self) -> Future[RetentionState]:
        """Return the period and the files whose time is over."""

        def job() -> RetentionState:
            now_ms = self._now_ms()
            dated = [self._dated(one) for one in self.reviews.values()]
            later = [r.keep_until_ms for r in dated if r.keep_until_ms > now_ms]
            due = tuple(r for r in dated if r.keep_until_ms <= now_ms)
            return RetentionState(self.years, due, len(dated), min(later, default=None))

        return self._do(job)

    def set_retention_years(self, years: int) -> Future[None]:
        """Set the vault's period."""

        def job() -> None:
            _check_years(years)
            self.years = years
            self.write(CustodyEvent.RETENTION_SET, "", f"{years}")

        return self._do(job)

    def keep_longer(
        self, review: DeletionReview, years: int, reason: str
    ) -> Future[None]:
        """Keep a reviewed file for more years from today."""

        def job() -> None:
            _check_years(years)
            if not 1 <= len(reason.strip()) <= MAX_REASON_CHARS:
                raise RefusedError("local_protocol")
            self._must_be_as_reviewed(review)
            until_ms = self._now_ms() + years * _YEAR_MS
            number = review.client_id
            kept = replace(
                review, keep_until_ms=until_ms, kept_because=reason, digest=bytes(31)
            )
            self.reviews[number] = kept
            detail = f"until {until_ms}"
            self.write(CustodyEvent.RETENTION_SET, f"client:{number}", detail)

        return self._do(job)

    def erase(self, reviews: Sequence[DeletionReview]) -> Future[None]:
        """Delete reviewed files for good."""
        chosen = tuple(reviews)

        def job() -> None:
            for review in chosen:
                self._must_be_as_reviewed(review)
                if review.keep_until_ms > self._now_ms():
                    raise RefusedError("still_retained")
                del self.reviews[review.client_id]
                count = review.records + review.process_notes
                subject = f"client:{review.client_id}"
                self.write(CustodyEvent.DELETED, subject, f"{count} notes")
            self.write(CustodyEvent.ERASED)

        return self._do(job)

    # --- inside ----------------------------------------------------------------------

    def _dated(self, review: DeletionReview) -> DeletionReview:
        over_ms = review.last_activity_ms + self.years * _YEAR_MS
        return replace(review, keep_until_ms=max(over_ms, review.keep_until_ms))

    def _must_be_as_reviewed(self, review: DeletionReview) -> None:
        there = self.reviews.get(review.client_id)
        if there is None:
            raise RefusedError("no_such_record")
        if self._dated(there) != review:
            raise RefusedError("review_stale")


def _check_years(years: int) -> None:
    if not 1 <= years <= MAX_YEARS:
        raise RefusedError("local_protocol")


# --- pages -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeepingScene:
    """One state of the pages."""

    name: str
    build: Callable[[SessionWindow], object]


def furnish(window: SessionWindow, keeping: StillKeeping) -> KeepingCorner:
    """Put the pages into a window."""
    return KeepingCorner(
        window,
        keeping,
        StillDoor(window),
        back=_nothing,
        open_client=lambda _client_id: None,
    )


def filled_keeping() -> StillKeeping:
    """Return a log of some days and three files, two of them due."""
    now = [_NOW_S - 12 * 365 * 86_400]
    keeping = StillKeeping(lambda: now[0])
    keeping.write(CustodyEvent.CREATED)
    keeping.write(CustodyEvent.RETENTION_SET, "", "10")
    now[0] = _NOW_S - 3 * 86_400
    about = {"code": "A-017", "note_kind": NoteKind.RECORD}
    session_ms = int((_NOW_S - 7 * 86_400) * 1000)
    for event, subject, detail in (
        (CustodyEvent.UNLOCKED, "", "confirmed"),
        (CustodyEvent.OPENED, "note:2", ""),
        (CustodyEvent.SIGNED, "note:2", ""),
        (CustodyEvent.ADDENDED, "note:2", ""),
    ):
        shown = about | {"session_at_ms": session_ms} if subject else {}
        keeping.write(event, subject, detail, **shown)
    keeping.write(CustodyEvent.EXPORTED, "client:1", "pdf 3 records", code="A-017")
    keeping.write(CustodyEvent.BACKED_UP)
    now[0] = _NOW_S - 3600
    tried = int((_NOW_S - 7200) * 1000)
    keeping.write(CustodyEvent.UNLOCK_FAILED, "", f"at {tried}")
    keeping.write(CustodyEvent.UNLOCKED, "", "confirmed")
    keeping.write(CustodyEvent.DELETED, "client:4", "21 notes")
    keeping.write(CustodyEvent.ERASED)
    for code, records, age in (
        ("A-001", 24, 11.5),
        ("A-002", 3, 10.2),
        ("A-017", 3, 0),
    ):
        last_ms = int(_NOW_S * 1000 - age * _YEAR_MS)
        keeping.add_file(code, records, last_ms)
    first = keeping.reviews[1]
    keeping.reviews[1] = replace(
        first,
        process_notes=5,
        attachments=2,
        keep_until_ms=int(_NOW_S * 1000) - 40 * _DAY_MS,
        kept_because="投诉程序尚未结束 · a complaint is pending",
    )
    now[0] = _NOW_S
    return keeping


def keeping_scenes() -> tuple[KeepingScene, ...]:
    """Return all states of the pages."""
    return (
        KeepingScene("custody_log", _log()),
        KeepingScene("custody_log_taken_out", _log(topic="exported")),
        KeepingScene("custody_log_nothing", _log(_begun(), "failed")),
        KeepingScene("custody_log_broken", _log(_doubtful())),
        KeepingScene("retention", _retention()),
        KeepingScene(
            "retention_none", _retention(keeping=StillKeeping(lambda: _NOW_S))
        ),
        KeepingScene("retention_period", _retention("retention_period")),
        KeepingScene("retention_keep", _retention("retention_keep_1")),
        KeepingScene(
            "retention_keep_empty", _retention("retention_keep_1", "retention_next")
        ),
        KeepingScene("retention_delete", _retention("retention_erase_1")),
        KeepingScene("retention_confirm", _confirm),
        KeepingScene("retention_deleted", _deleted),
    )


def deliver() -> None:
    """Let what was asked for arrive; no event loop runs here."""
    for _ in range(6):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall.value)


def _begun() -> StillKeeping:
    keeping = StillKeeping(lambda: _NOW_S)
    keeping.write(CustodyEvent.CREATED)
    return keeping


def _doubtful() -> StillKeeping:
    keeping = filled_keeping()
    keeping.broken_at = 7
    keeping.history = AnchorVerdict.NONE
    keeping.keyring = KeyringState.ABSENT
    seen_ms = int((_NOW_S - 5 * 86_400) * 1000)
    keeping.doubts = ((seen_ms, AnchorVerdict.ROLLED_BACK),)
    return keeping


def _log(
    keeping: StillKeeping | None = None, topic: str = "all"
) -> Callable[[SessionWindow], object]:
    def build(window: SessionWindow) -> None:
        corner = furnish(window, keeping or filled_keeping())
        corner.show_log()
        deliver()
        button = corner.log.findChild(QRadioButton, f"log_topic_{topic}")
        if button is not None:
            button.click()
        deliver()

    return build


def _retention(
    *presses: str, keeping: StillKeeping | None = None
) -> Callable[[SessionWindow], KeepingCorner]:
    def build(window: SessionWindow) -> KeepingCorner:
        corner = furnish(window, keeping or filled_keeping())
        corner.show_retention()
        deliver()
        for name in presses:
            _press(corner, name)
        return corner

    return build


def _confirm(window: SessionWindow) -> KeepingCorner:
    corner = _retention("retention_erase_1")(window)
    field = corner.retention.findChild(QLineEdit, "retention_code")
    if field is not None:
        field.setText("a-001")
    _press(corner, "retention_delete")
    return corner


def _deleted(window: SessionWindow) -> None:
    _press(_confirm(window), "confirm_yes")


def _press(corner: KeepingCorner, name: str) -> None:
    button = corner.retention.findChild(QPushButton, name)
    if button is not None:
        button.click()
    deliver()


def _nothing() -> None:
    """Go back to nothing."""
