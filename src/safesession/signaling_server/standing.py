"""`safesession-server status`: counts of the database and of a running server.

Reads only, so that it may be asked at any time. Counts, never whose.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from safesession.errors import StateError
from safesession.signaling_server.admin import ask_running_server
from safesession.signaling_server.schema import open_database
from safesession.signaling_server.server import DATABASE_FILE


_COUNTS = {
    "accounts": "SELECT count(*) FROM account WHERE disabled = 0",
    "open invites": "SELECT count(*) FROM invite WHERE state = 'open' AND exp > ?1",
    "rooms": "SELECT count(*) FROM mailbox WHERE exp > ?1",
    "waiting envelopes": "SELECT count(*) FROM env WHERE exp > ?1",
    "unused enrolments": "SELECT count(*) FROM enrol WHERE used = 0 AND exp > ?1",
}
_SHOWN = {
    "connections": "connections",
    "seated": "seated",
    "store_healthy": "store healthy",
    "draining": "draining",
    "cert_days": "certificate days",
    "turned_away_total": "turned away",
    "sign_ins_refused_total": "sign-ins refused",
}
_HOUR_S = 3_600


def status(data_dir: Path) -> dict[str, Any]:
    """Return every count; `running` says whether a server answers on this folder.

    Raises:
        StateError: there is no database, or it cannot be read.
    """
    path = data_dir / DATABASE_FILE
    if not path.exists():
        raise StateError("there is no server data here; name it with --data.")
    now = int(time.time())
    counts: dict[str, Any] = {}
    with closing(open_database(str(path))) as connection:
        try:
            for name, query in _COUNTS.items():
                arguments = (now,) if "?1" in query else ()
                counts[name] = connection.execute(query, arguments).fetchone()[0]
        except sqlite3.Error:
            raise StateError("the server's database cannot be read.") from None
    answer = ask_running_server(data_dir)
    counts["running"] = answer is not None
    counts["figures"] = answer["figures"] if answer else {}
    return counts


def as_lines(counts: dict[str, Any]) -> Iterator[str]:
    """Return a line for each, for a terminal."""
    figures = counts["figures"]
    for name in _COUNTS:
        yield f"{name}: {counts[name]}"
    yield f"running: {'yes' if counts['running'] else 'no'}"
    if "start_time_seconds" in figures:
        hours = (time.time() - figures["start_time_seconds"]) / _HOUR_S
        yield f"running for hours: {hours:.1f}"
    for name, shown in _SHOWN.items():
        if name in figures:
            yield f"{shown}: {figures[name]:.0f}"
