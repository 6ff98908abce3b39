"""Write one appointment as an iCalendar file (RFC 5545).

It never holds a code, a name or a word about counseling.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Final


_FOLD_OCTETS: Final = 75


def calendar_file(
    *, starts_at: float, minutes: int, title: str, description: str, made_at: float
) -> str:
    """Return the file's text, CRLF line ends, times in UTC.

    `starts_at` and `made_at` are Unix seconds.
    """
    start = datetime.fromtimestamp(starts_at, UTC)
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//SafeSession//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{uuid.uuid4()}",
        f"DTSTAMP:{_stamp(datetime.fromtimestamp(made_at, UTC))}",
        f"DTSTART:{_stamp(start)}",
        f"DTEND:{_stamp(start + timedelta(minutes=minutes))}",
        f"SUMMARY:{_escaped(title)}",
        f"DESCRIPTION:{_escaped(description)}",
        "CLASS:PRIVATE",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(title)}",
        "TRIGGER:-PT15M",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(_folded(line) + "\r\n" for line in lines)


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for plain in ("\\", ";", ","):
        text = text.replace(plain, "\\" + plain)
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    pieces: list[str] = []
    room = _FOLD_OCTETS
    piece = ""
    for character in line:
        size = len(character.encode())
        if size > room:
            pieces.append(piece)
            piece, room = "", _FOLD_OCTETS - 1
        piece += character
        room -= size
    pieces.append(piece)
    return "\r\n ".join(pieces)
