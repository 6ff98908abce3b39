"""Numbers, times and codes in words. Pure formatting; decides nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QDateTime, QLocale

from safesession.ui.i18n import translate


MINUTE_S: Final = 60
HOUR_S: Final = 3600
DAY_S: Final = 86_400
_GROUP: Final = 4
_CHINESE_DIGITS: Final = "零〇一幺二两三四五六七八九"


def grouped(code: str) -> str:
    """Return digits in groups of four: "4821 0937 5516 2084"."""
    return " ".join(code[i : i + _GROUP] for i in range(0, len(code), _GROUP))


def sentences(*parts: str) -> str:
    """Join sentences; a Chinese full stop needs no space after it."""
    text = ""
    for part in filter(None, parts):
        gap = "" if not text or text.endswith(("。", "！", "？", "）", "…")) else " "
        text += gap + part
    return text


def count_digits(untrusted_text: str) -> int:
    """Return how many code digits a typed text holds, in any script."""
    return sum(c.isdigit() or c in _CHINESE_DIGITS for c in untrusted_text)


def elapsed(seconds: float) -> str:
    """Return "5:03" or "1:02:03"; never negative."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, HOUR_S)
    minutes, second = divmod(rest, MINUTE_S)
    if hours:
        return f"{hours}:{minutes:02}:{second:02}"
    return f"{minutes}:{second:02}"


def clock_time(unix_s: float) -> str:
    """Return the local time of day, "14:05"."""
    return f"{datetime.fromtimestamp(unix_s).astimezone():%H:%M}"


def clock_second(unix_s: float) -> str:
    """Return the local time of day to the second, "14:05:09"."""
    return f"{datetime.fromtimestamp(unix_s).astimezone():%H:%M:%S}"


def duration(seconds: float) -> str:
    """Return a length of time in words: "1 hour 2 minutes", "1 minute 12 seconds"."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, HOUR_S)
    minutes, second = divmod(rest, MINUTE_S)
    parts = [_hours(hours), _minutes(minutes)]
    if not hours:
        parts.append(_seconds(second))
    words = [part for part in parts if part] or [translate("Time", "0 seconds")]
    return words[0] if len(words) == 1 else _two(*words)


def _two(first: str, second: str) -> str:
    return translate("Time", "{first} {second}").format(first=first, second=second)


def _hours(n: int) -> str:
    if n == 1:
        return translate("Time", "1 hour")
    return translate("Time", "{n} hours").format(n=n) if n else ""


def _minutes(n: int) -> str:
    if n == 1:
        return translate("Time", "1 minute")
    return translate("Time", "{n} minutes").format(n=n) if n else ""


def _seconds(n: int) -> str:
    if n == 1:
        return translate("Time", "1 second")
    return translate("Time", "{n} seconds").format(n=n) if n else ""


def day_and_time(unix_s: float) -> str:
    """Return weekday, date and time in the present language."""
    moment = QDateTime.fromSecsSinceEpoch(int(unix_s))
    locale = QLocale()
    if locale.language() is QLocale.Language.Chinese:
        return locale.toString(moment, "M月d日 dddd HH:mm")
    return locale.toString(moment, "dddd d MMMM, HH:mm")


def time_left(seconds: float) -> str:
    """Return a remaining time in words: minutes rounded down, longer ones to the nearest."""
    if seconds < MINUTE_S:
        return translate("Time", "less than a minute left")
    if seconds < 2 * MINUTE_S:
        return translate("Time", "1 minute left")
    if seconds < 2 * HOUR_S:
        minutes = int(seconds // MINUTE_S)
        return translate("Time", "{n} minutes left").format(n=minutes)
    if seconds < 2 * DAY_S:
        hours = round(seconds / HOUR_S)
        return translate("Time", "{n} hours left").format(n=hours)
    return translate("Time", "{n} days left").format(n=round(seconds / DAY_S))


def iso_minutes(unix_s: float) -> str:
    """Return local date and time with its offset, unambiguous for everybody."""
    moment = datetime.fromtimestamp(unix_s).astimezone()
    offset = f"{moment:%z}"
    return f"{moment:%Y-%m-%d %H:%M} (UTC{offset[:3]}:{offset[3:]})"
