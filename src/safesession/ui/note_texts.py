"""Words about notes: kinds, times, and one honest sentence per refusal.

Each sentence says what happened to the words before us. None shows a technical
error, a name or a piece of a note.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from safesession.core.edit_burst import SaveState
from safesession.core.note_types import (
    Addendum,
    NoteKind,
    SignatureState,
    TimelineEntry,
    TimelineKind,
)
from safesession.ui import texts
from safesession.ui.i18n import QT_TRANSLATE_NOOP, language_controller, translate
from safesession.ui.note_templates import note_content


_NOT_KEPT: Final = QT_TRANSLATE_NOOP(
    "NoteRefusal",
    "The disk did not keep what was written. Back up soon; locking and "
    "unlocking repairs what can be repaired.",
)
_REFUSALS: Final = {
    "disk_full": QT_TRANSLATE_NOOP(
        "NoteRefusal", "The disk is full. Free some room on this computer."
    ),
    "disk_failed": _NOT_KEPT,
    "save_not_verified": _NOT_KEPT,
    "vault_damaged": _NOT_KEPT,
    "vault_read_only": QT_TRANSLATE_NOOP(
        "NoteRefusal", "This computer does not let SafeSession write here."
    ),
    "vault_locked": QT_TRANSLATE_NOOP("NoteRefusal", "The notes are locked."),
    "note_signed": QT_TRANSLATE_NOOP(
        "NoteRefusal", "This note is signed and stays as it is. Add to it below."
    ),
    "note_conflict": QT_TRANSLATE_NOOP(
        "NoteRefusal", "This note was saved in another place."
    ),
    "duplicate_client_code": QT_TRANSLATE_NOOP(
        "NoteRefusal", "Another client's file has this code. Choose another."
    ),
    "attachment": QT_TRANSLATE_NOOP(
        "NoteRefusal",
        "This file cannot be attached: it is empty, larger than 25 MB, or its "
        "name is too long.",
    ),
    "export_forbidden": QT_TRANSLATE_NOOP(
        "NoteRefusal", "A process note leaves only when you choose it yourself."
    ),
    "no_such_record": QT_TRANSLATE_NOOP(
        "NoteRefusal", "This is not in the vault any more."
    ),
    "review_stale": QT_TRANSLATE_NOOP(
        "NoteRefusal",
        "This file has changed since it was shown. Look at it again, then decide.",
    ),
    "still_retained": QT_TRANSLATE_NOOP(
        "NoteRefusal", "The time of this file is not over: it must still be kept."
    ),
    "file_unreadable": QT_TRANSLATE_NOOP("NoteRefusal", "This file could not be read."),
    "file": QT_TRANSLATE_NOOP(
        "NoteRefusal",
        "The file could not be written there. Please choose another place.",
    ),
}
_OTHER: Final = QT_TRANSLATE_NOOP(
    "NoteRefusal", "This did not work just now. Please try it again."
)


def refusal(code: str) -> str:
    """Return the sentence for an error's code: what happened and what to do."""
    # Not `translate`: its arguments must be literals, these are marked above.
    source = _REFUSALS.get(code, _OTHER)
    return QCoreApplication.translate("NoteRefusal", source)


def save_words(state: SaveState, saved_at_ms: int) -> str:
    """Return what may be said about the words in the editor."""
    match state:
        case SaveState.SAVED:
            return translate("NoteEditor", "Saved {time}").format(
                time=texts.clock_time(saved_at_ms / 1000)
            )
        case SaveState.TYPING | SaveState.SAVING:
            return translate("NoteEditor", "Saving…")
        case SaveState.NOT_SAVED:
            return translate("NoteEditor", "Not saved yet")


def kind_words(kind: NoteKind) -> str:
    """Return what a note is, shortly."""
    if kind is NoteKind.RECORD:
        return translate("NoteKind", "Formal record")
    return translate("NoteKind", "Process note")


def kind_meaning(kind: NoteKind) -> str:
    """Return what the kind means for who may read it."""
    if kind is NoteKind.RECORD:
        return translate("NoteKind", "Part of the client's file; can be exported.")
    return translate(
        "NoteKind", "Only for you; never in an export unless you choose it yourself."
    )


def signature_words(state: SignatureState, signed_at_ms: int | None) -> str:
    """Return what is known of a note's signature."""
    time = moment(signed_at_ms or 0)
    match state:
        case SignatureState.OPEN:
            return translate("NoteEditor", "Open: can be changed")
        case SignatureState.GOOD:
            return translate("NoteEditor", "Signed {time}, unchanged since").format(
                time=time
            )
        case SignatureState.BROKEN:
            return translate(
                "NoteEditor", "Signed {time}; the signature does not fit any more"
            ).format(time=time)


def addendum_words(addendum: Addendum) -> str:
    """Return an addendum's heading."""
    return translate("NoteEditor", "Addendum {n}, signed {time}").format(
        n=addendum.number, time=moment(addendum.written_at_ms)
    )


def day(at_ms: int) -> str:
    """Return a date of a list: with the year, short."""
    moment = QDateTime.fromMSecsSinceEpoch(at_ms)
    locale = QLocale()
    if locale.language() is QLocale.Language.Chinese:
        return locale.toString(moment, "yyyy年M月d日")
    return locale.toString(moment, "d MMM yyyy")


def moment(at_ms: int) -> str:
    """Return a day and the time; records outlive the year they were written in."""
    return f"{day(at_ms)} {texts.clock_time(at_ms / 1000)}"


def note_title(title: str, template: str) -> str:
    """Return what a list calls a note: its title, else its template's name."""
    if title.strip():
        return title.strip()
    known = note_content().template(template)
    if known is not None:
        return known.name.word(language_controller().language)
    return translate("NoteKind", "Untitled note")


def timeline_words(entry: TimelineEntry) -> str:
    """Return the first line of a timeline entry."""
    match entry.kind:
        case TimelineKind.FILE_OPENED:
            return translate("Timeline", "File opened")
        case TimelineKind.FILE_CLOSED:
            return translate("Timeline", "File closed")
        case TimelineKind.EXPORTED:
            return translate("Timeline", "Exported")
        case TimelineKind.ADDENDUM:
            return translate("Timeline", "Addendum: {title}").format(
                title=note_title(entry.title, "")
            )
        case TimelineKind.NOTE:
            return note_title(entry.title, "")
