"""What a headless peer prints: one JSON object a line, or a plain sentence.

The invite code is printed on purpose (it is the host's job); nothing else that
is secret may ever pass here.
"""

from __future__ import annotations

import json
import sys
import time
from typing import IO


class EventWriter:
    """Writes events with seconds since the start, in order, flushed at once."""

    def __init__(self, *, as_json: bool, stream: IO[str] | None = None) -> None:
        self._as_json = as_json
        self._stream = stream or sys.stdout
        self._started = time.monotonic()
        self.first_at: dict[str, float] = {}

    @property
    def elapsed_s(self) -> float:
        """Seconds since this writer was made."""
        return time.monotonic() - self._started

    def write(self, event: str, **fields: object) -> None:
        """Print one event."""
        elapsed = round(self.elapsed_s, 4)
        self.first_at.setdefault(event, elapsed)
        if self._as_json:
            line = json.dumps(
                {"t": elapsed, "event": event, **fields}, ensure_ascii=False
            )
        else:
            shown = "  ".join(f"{key}: {value}" for key, value in fields.items())
            line = f"{elapsed:8.2f} s  {event:<12} {shown}".rstrip()
        print(line, file=self._stream, flush=True)
