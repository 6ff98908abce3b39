"""The running server in numbers, as Prometheus text or as JSON.

Counts only: no address, account, number or room, and no label that a client could
choose. Who reads them learns how much happens, never between whom.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from safesession.protocol.close_codes import CloseCode
from safesession.signaling_server.guard import Gate
from safesession.signaling_server.service import Service
from safesession.signaling_server.store import SqliteStore
from safesession.signaling_server.visits import VisitState


_PREFIX = "ss_"
_DAY_S = 86_400
_SEATED = (VisitState.SEATED, VisitState.SITTING_DOWN)


@dataclass(slots=True)
class LoopLag:
    """How late the clock of the loop ticks: the sign of too much work."""

    total_s: float = 0.0
    ticks: int = 0
    last_s: float = 0.0

    def note(self, late_s: float) -> None:
        """One more tick."""
        self.last_s = late_s
        self.total_s += late_s
        self.ticks += 1


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: `kind` is gauge or counter, `labels` as they are printed."""

    name: str
    kind: str
    meaning: str
    values: tuple[tuple[str, float], ...]


Figures = tuple[Figure, ...]


def take_figures(
    service: Service,
    store: SqliteStore,
    gate: Gate,
    loop_lag: LoopLag,
    *,
    started_at: int,
    draining: bool,
    certificate_ends_at: int | None,
) -> Figures:
    """Count everything now."""
    now = time.time()
    figures = [
        *_present(service, gate),
        *_totals(service, store, gate),
        _gauge("store_healthy", "1 while the last commit succeeded", store.healthy),
        _gauge("draining", "1 while the server is stopping", draining),
        _gauge("loop_lag_seconds", "How late the last tick was", loop_lag.last_s),
        _total("loop_lag_seconds_total", "All lateness together", loop_lag.total_s),
        _total("ticks_total", "Ticks it was measured at", loop_lag.ticks),
        _gauge("start_time_seconds", "Unix time of the start", started_at),
    ]
    if certificate_ends_at is not None:
        days = (certificate_ends_at - now) / _DAY_S
        figures.append(_gauge("cert_days", "Days the certificate is still good", days))
    return tuple(figures)


def _present(service: Service, gate: Gate) -> Iterator[Figure]:
    seated = sum(visit.state in _SEATED for visit in service.visits())
    waiting, waiting_bytes = service.rooms.waiting
    yield _gauge("connections", "Open network connections", gate.open)
    yield _gauge("sockets", "Open WebSockets", service.connections)
    yield _gauge("seated", "WebSockets that sit in a room", seated)
    yield _gauge("accounts", "Counselors who may sign in", service.accounts.count)
    yield _gauge("rooms", "Rooms", service.rooms.count)
    yield _gauge("invites_open", "Numbers that can be claimed", service.rooms.invites)
    yield _gauge("mailbox_envelopes", "Envelopes that wait on disk", waiting)
    yield _gauge("mailbox_bytes", "Their size", waiting_bytes)


def _totals(service: Service, store: SqliteStore, gate: Gate) -> Iterator[Figure]:
    counters = service.counters
    taken = (
        ('{path="live"}', float(counters.envelopes_live)),
        ('{path="waiting"}', float(counters.envelopes_waiting)),
    )
    yield Figure("envelopes_total", "counter", "Envelopes taken from senders", taken)
    yield _total(
        "envelopes_stored_total", "Envelopes put on disk", store.envelopes_stored
    )
    yield _total("commits_total", "Commits of the store", store.commits)
    yield _total("commit_seconds_total", "Time spent in them", store.commit_s)
    yield _total("sign_ins_total", "Counselors who signed in", counters.sign_ins)
    yield _total(
        "sign_ins_refused_total",
        "Wrong signatures and enrolment tokens",
        counters.sign_ins_refused,
    )
    yield _total("enrolments_total", "Tokens redeemed", counters.enrolments)
    yield _total("revocations_total", "Keys ended while serving", counters.revocations)
    yield _total("invites_total", "Rooms opened", counters.invites)
    yield _total("claims_total", "Numbers claimed rightly", counters.claims)
    yield _total("turn_issued_total", "TURN credentials", counters.turn_issued)
    yield _total("turned_away_total", "Connections beyond limits", gate.turned_away)
    closed = tuple(
        (f'{{code="{int(code)}"}}', float(counters.closed[code])) for code in CloseCode
    )
    yield Figure("closed_total", "counter", "WebSockets the server closed", closed)


def _gauge(name: str, meaning: str, value: float) -> Figure:
    return Figure(name, "gauge", meaning, (("", float(value)),))


def _total(name: str, meaning: str, value: float) -> Figure:
    return Figure(name, "counter", meaning, (("", float(value)),))


def as_prometheus(figures: Figures) -> str:
    """Return the text format, version 0.0.4."""
    lines: list[str] = []
    for figure in figures:
        name = _PREFIX + figure.name
        lines += [f"# HELP {name} {figure.meaning}.", f"# TYPE {name} {figure.kind}"]
        lines += [f"{name}{label} {value:.10g}" for label, value in figure.values]
    return "\n".join(lines) + "\n"


def as_json(figures: Figures) -> dict[str, Any]:
    """Return name (with its label) to number."""
    return {
        figure.name + label: value
        for figure in figures
        for label, value in figure.values
    }
