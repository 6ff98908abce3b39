"""Words about the custody log and about keeping files: what, when, and what it means.

Codes and numbers only; no sentence in here can show a name or a title.
"""

from __future__ import annotations

import re
from typing import Final

from safesession.core.keeping_types import (
    ChainPart,
    CustodyEntry,
    CustodyEvent,
    DeletionReview,
    LogLine,
    LogState,
    LogTopic,
)
from safesession.core.vault_types import AnchorVerdict, KeyringState
from safesession.ui import note_texts, texts
from safesession.ui.i18n import translate
from safesession.ui.vault_texts import Notice, keyring_text


_EXPORTED: Final = re.compile(
    r"(?P<form>pdf|archive) (?P<records>\d+) records"
    r"(?: (?P<process>\d+) process notes)?"
)
_TRIED: Final = re.compile(r"at (\d+)")
_UNTIL: Final = re.compile(r"until (\d+)")
_ICONS: Final = {
    CustodyEvent.OPENED: "record",
    CustodyEvent.SIGNED: "lock-check",
    CustodyEvent.ADDENDED: "plus",
    CustodyEvent.EXPORTED: "export",
    CustodyEvent.BACKED_UP: "export",
    CustodyEvent.DELETED: "close",
    CustodyEvent.ERASED: "close",
    CustodyEvent.UNLOCK_FAILED: "warn",
    CustodyEvent.PROOF_FAILED: "warn",
    CustodyEvent.REPAIRED: "warn",
    CustodyEvent.RETENTION_SET: "clock",
}
_DOUBTS: Final = {verdict.value for verdict in AnchorVerdict} - {
    AnchorVerdict.NONE.value,
    AnchorVerdict.CONFIRMED.value,
}


def topic_words(topic: LogTopic) -> str:
    """Return what a choice of the log shows."""
    match topic:
        case LogTopic.ALL:
            return translate("CustodyLog", "Everything")
        case LogTopic.OPENED:
            return translate("CustodyLog", "Opened")
        case LogTopic.EXPORTED:
            return translate("CustodyLog", "Taken out")
        case LogTopic.DELETED:
            return translate("CustodyLog", "Kept and deleted")
        case LogTopic.FAILED:
            return translate("CustodyLog", "Failed tries")


def line_icon(line: LogLine) -> str:
    """Return a line's icon."""
    if _is_doubt(line.entry):
        return "warn"
    return _ICONS.get(line.entry.event, "lock")


def line_title(line: LogLine) -> str:
    """Return what happened."""
    entry = line.entry
    match entry.event:
        case CustodyEvent.UNLOCKED:
            return _unlocked_words(entry)
        case CustodyEvent.EXPORTED:
            return _exported_words(entry)
        case CustodyEvent.RETENTION_SET:
            return _retention_words(entry)
        case CustodyEvent.DELETED:
            count = entry.detail.partition(" ")[0]
            words = translate("CustodyLog", "File deleted; notes in it: {n}")
            return words.format(n=count)
        case _:
            return _event_words(entry.event)


def line_detail(line: LogLine) -> str:
    """Return what it is about, when, and the line's number."""
    entry = line.entry
    tried = _TRIED.fullmatch(entry.detail)
    failed = entry.event is CustodyEvent.UNLOCK_FAILED
    at_ms = int(tried[1]) if tried and failed else entry.at_ms
    number = translate("CustodyLog", "line {n}").format(n=entry.number)
    parts = (_subject_words(line), note_texts.moment(at_ms), number)
    return " · ".join(part for part in parts if part)


def chain_notice(state: LogState, part: ChainPart | None) -> Notice:
    """Say whether the log is whole, as far as it was followed."""
    if part is None or not part.finished:
        done = 0 if part is None else part.followed
        words = translate("CustodyLog", "Checking line {n} of {all} …")
        return Notice("info", words.format(n=done, all=state.entries))
    if part.broken_at is not None:
        words = translate(
            "CustodyLog",
            "The log was changed: line {n} does not fit the one before it. The {good} "
            "lines before it are as they were written. Keep a backup as it is and tell "
            "your institution.",
        )
        return Notice("error", words.format(n=part.broken_at, good=part.followed))
    words = translate(
        "CustodyLog",
        "Complete since {time}: all {n} lines fit together and carry this vault's "
        "signature. None was changed, taken out or put in between.",
    )
    since_ms = state.since_ms or 0
    return Notice("ok", words.format(time=note_texts.moment(since_ms), n=part.followed))


def evidence_notices(state: LogState) -> tuple[Notice, ...]:
    """Say what the evidence kept elsewhere says, now and at earlier unlockings."""
    found = [_evidence(state)]
    if state.doubts:
        words = translate(
            "CustodyLog",
            "When the vault was unlocked at these times, an older or another copy lay "
            "in its place: {times}. Ask your institution who had this computer then.",
        )
        times = ", ".join(note_texts.moment(at_ms) for at_ms, _ in state.doubts)
        found.append(Notice("error", words.format(times=times)))
    return tuple(found)


def years_words(years: int) -> str:
    """Return a number of years in words."""
    if years == 1:
        return translate("Retention", "one year")
    return translate("Retention", "{n} years").format(n=years)


def content_words(review: DeletionReview) -> str:
    """Say what a file holds."""
    counted = (
        (translate("Retention", "Formal records: {n}."), review.records),
        (translate("Retention", "Process notes: {n}."), review.process_notes),
        (translate("Retention", "Attached files: {n}."), review.attachments),
    )
    found = [words.format(n=count) for words, count in counted if count]
    return texts.sentences(*found) or translate("Retention", "No notes.")


def review_words(review: DeletionReview) -> str:
    """Say what a file holds and how long it had to be kept."""
    last = translate("Retention", "Last activity {day}; to be kept until {until}.")
    said = texts.sentences(
        content_words(review),
        last.format(
            day=note_texts.day(review.last_activity_ms),
            until=note_texts.day(review.keep_until_ms),
        ),
    )
    if not review.kept_because:
        return said
    because = translate("Retention", "It was kept longer because: {reason}")
    return texts.sentences(said, because.format(reason=review.kept_because))


def _evidence(state: LogState) -> Notice:
    match state.history:
        case AnchorVerdict.CONFIRMED:
            words = translate(
                "CustodyLog",
                "The evidence in the system's keyring agrees: nothing is missing at the "
                "end, and no older copy was put in place of this vault.",
            )
            return Notice("ok", words)
        case AnchorVerdict.ROLLED_BACK:
            words = translate(
                "CustodyLog",
                "The evidence in the system's keyring knows of later lines than this "
                "log has: an older copy was put in place of this vault, or its end was "
                "cut off. Compare with your last backup.",
            )
            return Notice("error", words)
        case AnchorVerdict.REWRITTEN:
            words = translate(
                "CustodyLog",
                "The evidence in the system's keyring belongs to another history than "
                "this log's. Compare with your last backup and tell your institution.",
            )
            return Notice("error", words)
        case AnchorVerdict.FORGED:
            return Notice("warn", keyring_text(KeyringState.CHANGED))
        case AnchorVerdict.NONE:
            words = translate(
                "CustodyLog",
                "There is no evidence outside the vault to compare with. Only a backup "
                "can show whether lines are missing at the end.",
            )
            said = texts.sentences(keyring_text(state.keyring), words)
            return Notice("info", said)


def _subject_words(line: LogLine) -> str:
    kind, _, number = line.entry.subject.partition(":")
    if line.note_kind is not None and line.session_at_ms is not None:
        return translate("CustodyLog", "{code}, {kind} of {day}").format(
            code=line.code,
            kind=note_texts.kind_words(line.note_kind),
            day=note_texts.day(line.session_at_ms),
        )
    if line.code:
        return line.code
    if kind == "note":
        return translate("CustodyLog", "note no. {n}, deleted since").format(n=number)
    if kind == "client":
        return translate("CustodyLog", "file no. {n}, deleted").format(n=number)
    return ""


def _is_doubt(entry: CustodyEntry) -> bool:
    return entry.event is CustodyEvent.UNLOCKED and entry.detail in _DOUBTS


def _unlocked_words(entry: CustodyEntry) -> str:
    if _is_doubt(entry):
        return translate(
            "CustodyLog", "Vault unlocked; an older or another copy lay in its place"
        )
    return translate("CustodyLog", "Vault unlocked")


def _exported_words(entry: CustodyEntry) -> str:
    match = _EXPORTED.fullmatch(entry.detail)
    if match is None:
        return translate("CustodyLog", "Attached file taken out")
    if match["form"] == "pdf":
        words = translate("CustodyLog", "Taken out as PDF; records: {records}")
    else:
        words = translate("CustodyLog", "Taken out as archive; records: {records}")
    words = words.format(records=match["records"])
    if match["process"] in (None, "0"):
        return words
    more = translate("CustodyLog", "{words}; process notes: {n}")
    return more.format(words=words, n=match["process"])


def _retention_words(entry: CustodyEntry) -> str:
    until = _UNTIL.fullmatch(entry.detail)
    if until is not None:
        words = translate("CustodyLog", "File is kept longer, until {day}")
        return words.format(day=note_texts.day(int(until[1])))
    if not entry.detail.isdecimal():
        return translate("CustodyLog", "File follows the vault's period again")
    words = translate("CustodyLog", "Period of keeping set to {years}")
    return words.format(years=years_words(int(entry.detail)))


def _event_words(event: CustodyEvent) -> str:
    """Return the words of an event that needs no detail."""
    words = {
        CustodyEvent.CREATED: translate("CustodyLog", "Vault made"),
        CustodyEvent.UNLOCK_FAILED: translate("CustodyLog", "Try to unlock failed"),
        CustodyEvent.PROOF_FAILED: translate(
            "CustodyLog", "Wrong passphrase or sheet given inside the open vault"
        ),
        CustodyEvent.OPENED: translate("CustodyLog", "Note opened"),
        CustodyEvent.SIGNED: translate("CustodyLog", "Note signed"),
        CustodyEvent.ADDENDED: translate("CustodyLog", "Addendum signed"),
        CustodyEvent.ERASED: translate(
            "CustodyLog", "Keys of everything deleted were destroyed"
        ),
        CustodyEvent.BACKED_UP: translate("CustodyLog", "Backup written"),
        CustodyEvent.DRILLED: translate("CustodyLog", "Restoration rehearsed"),
        CustodyEvent.RESTORED: translate("CustodyLog", "Restored from a backup"),
        CustodyEvent.REPAIRED: translate("CustodyLog", "Damage repaired"),
        CustodyEvent.PASSPHRASE_CHANGED: translate("CustodyLog", "Passphrase changed"),
        CustodyEvent.RECOVERY_CHANGED: translate(
            "CustodyLog", "Recovery sheet changed"
        ),
        CustodyEvent.REKEYED: translate("CustodyLog", "Everything put under new keys"),
        CustodyEvent.ADOPTED: translate(
            "CustodyLog", "Keys of an earlier version taken over"
        ),
    }
    return words[event]
