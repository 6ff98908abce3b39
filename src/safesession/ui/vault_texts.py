"""What the vault's door says: one sentence group for each thing that can be.

Each says what happened, what it means for the records, and what to do next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication

from safesession.core.vault_types import (
    Adoption,
    AnchorVerdict,
    BackupContent,
    Binding,
    Created,
    Health,
    KeyringState,
    LostChange,
    Repair,
    Restored,
    Unlocked,
)
from safesession.ui import texts
from safesession.ui.error_texts import ErrorText
from safesession.ui.i18n import QT_TRANSLATE_NOOP, translate
from safesession.ui.vault_errors import VAULT_ERRORS


_MS: Final = 1000
_LISTED: Final = 12


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to know after unlocking, with the tone of its strip."""

    tone: str
    text: str


def vault_problem_text(code: str) -> ErrorText:
    """Return the sentences for an error's code in the present language."""
    source = VAULT_ERRORS.get(code, VAULT_ERRORS["vault"])
    # Not `translate`: its arguments must be literals, these are marked elsewhere.
    look_up = QCoreApplication.translate
    return ErrorText(
        look_up("VaultProblem", source.happened),
        look_up("VaultProblem", source.meaning),
        look_up("VaultProblem", source.next_step),
    )


def report_notices(report: object) -> tuple[Notice, ...]:
    """Return what a person should know about a vault that has just opened."""
    match report:
        case Unlocked():
            return _unlocked(report)
        case Created():
            return _created(report)
        case Restored():
            return (_restored(report),)
        case _:
            return ()


def binding_text(binding: Binding) -> str:
    """Say what opens the vault."""
    match binding:
        case Binding.PASSPHRASE:
            return translate(
                "Vault",
                "Your passphrase opens the vault. The system's keyring opens nothing; "
                "it only keeps evidence of how long the access log was.",
            )
        case Binding.PASSPHRASE_AND_DEVICE:
            return translate(
                "Vault",
                "Your passphrase opens the vault, on this computer only. Elsewhere the "
                "recovery sheet does.",
            )
        case Binding.QUICK:
            return translate(
                "Vault",
                "The system's keyring opens the vault on this computer, without a "
                "passphrase.",
            )


def keyring_text(state: KeyringState) -> str:
    """Say how the system's keyring is. It never costs more than convenience."""
    match state:
        case KeyringState.WORKING:
            return translate("Vault", "The system's keyring works.")
        case KeyringState.EMPTY:
            return translate(
                "Vault", "The system's keyring works and holds nothing of this vault."
            )
        case KeyringState.ABSENT:
            return translate(
                "Vault",
                "This computer has no keyring that can be used. The vault does not "
                "need one; only the evidence against an exchanged older copy is missing.",
            )
        case KeyringState.LOCKED:
            return translate(
                "Vault", "The system's keyring is locked. The vault does not need it."
            )
        case KeyringState.SWALLOWS:
            return translate(
                "Vault",
                "The system's keyring accepts entries and does not keep them. The vault "
                "does not rely on it.",
            )
        case KeyringState.CHANGED:
            return translate(
                "Vault",
                "The entry of this vault in the system's keyring was changed by "
                "somebody else.",
            )
        case KeyringState.SLOW:
            return translate(
                "Vault",
                "The system's keyring does not answer; perhaps it is waiting for its "
                "own password.",
            )


def health_lines(health: Health) -> tuple[Notice, ...]:
    """Return the outcome of a complete check, in words."""
    if health.well:
        ok = translate(
            "Vault",
            "Everything is as it was written: all pages, snapshots, signatures, and "
            "all {n} lines of the access log.",
        ).format(n=health.custody.entries)
        return (Notice("ok", ok),)
    found: list[str] = []
    if health.bad_pages:
        found.append(
            translate(
                "Vault",
                "Damaged pages in the database: {n}. Lock and unlock: the vault then "
                "repairs itself from its last good snapshot.",
            ).format(n=health.bad_pages)
        )
    if health.bad_snapshots or health.bad_journals:
        found.append(
            translate(
                "Vault",
                "Damaged safety copies of the vault itself: {n}. The records are whole; "
                "make a backup now.",
            ).format(n=health.bad_snapshots + health.bad_journals)
        )
    if health.header_damaged:
        found.append(
            translate(
                "Vault",
                "One of the two copies of the key file is damaged. Lock and unlock to "
                "mend it.",
            )
        )
    if health.bad_signatures:
        found.append(
            translate(
                "Vault",
                "Signed notes whose signature does not fit: {n} (number {numbers}).",
            ).format(
                n=len(health.bad_signatures),
                numbers=", ".join(map(str, health.bad_signatures[:_LISTED])),
            )
        )
    if not health.custody.intact:
        found.append(
            translate(
                "Vault",
                "The access log was changed: line {n} does not fit the one before it.",
            ).format(n=health.custody.broken_at)
        )
    return tuple(Notice("warn", text) for text in found)


def backup_content_text(content: BackupContent) -> str:
    """Say what a rehearsed backup would bring back."""
    text = translate(
        "Vault",
        "The backup of {day} can be restored, all of it read and checked. Clients: "
        "{clients}, notes: {notes}.",
    ).format(
        day=texts.day_and_time(content.made_at_ms / _MS),
        notes=content.notes,
        clients=content.clients,
    )
    if content.history in (AnchorVerdict.NONE, AnchorVerdict.CONFIRMED):
        return text
    return texts.sentences(
        text,
        translate("Vault", "It does not belong to the history of this vault."),
    )


def repair_text(repair: Repair) -> str:
    """Say what a repair did and exactly what is missing."""
    happened = translate(
        "Vault",
        "The vault's file was damaged and has been rebuilt from the verified copy of "
        "{day} and the changes saved after it: {n}.",
    ).format(day=texts.day_and_time(repair.snapshot_ms / _MS), n=repair.replayed)
    kept = translate(
        "Vault",
        'The damaged file is kept in the vault\'s folder under "damaged".',
    )
    if not repair.lost:
        whole = translate("Vault", "Nothing that was saved is missing.")
        return texts.sentences(happened, whole, kept)
    missing = translate("Vault", "Changes that are missing: {n}").format(
        n=len(repair.lost)
    )
    lines = [_lost_line(change) for change in repair.lost[:_LISTED]]
    if len(repair.lost) > _LISTED:
        more = len(repair.lost) - _LISTED
        lines.append(translate("Vault", "and {n} more").format(n=more))
    until = translate("Vault", "Nothing is known about changes after {day}.").format(
        day=texts.day_and_time(repair.certain_until_ms / _MS)
    )
    return "\n".join((texts.sentences(happened, missing), *lines, until, kept))


def _lost_line(change: LostChange) -> str:
    after = texts.day_and_time(change.after_ms / _MS)
    if change.before_ms is None:
        when = translate("Vault", "saved after {after}").format(after=after)
    else:
        when = translate("Vault", "saved between {after} and {before}").format(
            after=after, before=texts.day_and_time(change.before_ms / _MS)
        )
    kind, _, number = change.subject.partition(":")
    words = _SUBJECTS.get(kind)
    if words is None:
        what = translate("Vault", "one change")
    else:
        look_up = QCoreApplication.translate
        what = look_up("Vault", words).format(number=number)
    return translate("Vault", "· {what}, {when}").format(what=what, when=when)


_SUBJECTS: Final = {
    "note": QT_TRANSLATE_NOOP("Vault", "note {number}"),
    "client": QT_TRANSLATE_NOOP("Vault", "client file {number}"),
    "attachment": QT_TRANSLATE_NOOP("Vault", "attachment {number}"),
    "guess": QT_TRANSLATE_NOOP("Vault", "a count of mistyped codes"),
    "setting": QT_TRANSLATE_NOOP("Vault", "a setting of the vault"),
    "custody": QT_TRANSLATE_NOOP("Vault", "a line of the access log"),
}


def _unlocked(report: Unlocked) -> tuple[Notice, ...]:
    found: list[Notice] = []
    tries = report.failed_tries_ms
    if tries:
        text = translate(
            "Vault",
            "Failed tries to open the vault since you were last here: {n}, the latest "
            "on {day}. If it was not you, change the passphrase.",
        ).format(n=len(tries), day=texts.day_and_time(tries[-1] / _MS))
        found.append(Notice("warn", text))
    if report.tries_damaged:
        text = translate(
            "Vault",
            "The count of failed tries could not be read; somebody may have tried.",
        )
        found.append(Notice("warn", text))
    if report.repair is not None:
        tone = "error" if report.repair.lost else "warn"
        found.append(Notice(tone, repair_text(report.repair)))
    if report.caught_up:
        text = translate(
            "Vault",
            "The computer went off in the middle of a change. What was saved is back in "
            "its place, nothing is missing (changes: {n}).",
        ).format(n=report.caught_up)
        found.append(Notice("info", text))
    if report.journal_damaged or report.header_damaged:
        text = translate(
            "Vault",
            "A second copy that the vault keeps of itself was damaged and has been "
            "made again. The records are whole.",
        )
        found.append(Notice("warn", text))
    found += _about_history(report)
    found += _about_adoption(report.adoption)
    if not report.log_written:
        text = translate(
            "Vault",
            "The disk is full. You can read, but nothing can be saved before there is "
            "room again.",
        )
        found.append(Notice("error", text))
    elif not report.room_left:
        text = translate(
            "Vault",
            "The disk is almost full. Please make room soon, or saving will stop.",
        )
        found.append(Notice("warn", text))
    return tuple(found)


def _about_history(report: Unlocked) -> list[Notice]:
    match report.history:
        case AnchorVerdict.ROLLED_BACK:
            text = translate(
                "Vault",
                "This vault is older than the one you last used here: somebody may have "
                "put an old copy in its place. Compare with your last backup.",
            )
            return [Notice("error", text)]
        case AnchorVerdict.REWRITTEN:
            text = translate(
                "Vault",
                "The access log has another history than when you last used it here. "
                "Compare with your last backup and tell your institution.",
            )
            return [Notice("error", text)]
        case AnchorVerdict.FORGED:
            return [Notice("warn", keyring_text(KeyringState.CHANGED))]
        case AnchorVerdict.CONFIRMED:
            return []
        case AnchorVerdict.NONE:
            lost = (KeyringState.EMPTY, KeyringState.LOCKED, KeyringState.SLOW)
            if report.keyring not in lost:
                return []
            text = translate(
                "Vault",
                "The evidence against an exchanged older copy could not be compared "
                "this time. The vault itself is open and whole.",
            )
            said = texts.sentences(keyring_text(report.keyring), text)
            return [Notice("info", said)]


def _about_adoption(adoption: Adoption) -> list[Notice]:
    match adoption:
        case Adoption.ADOPTED:
            text = translate(
                "Vault",
                "The keys that earlier versions kept in a file are now in the vault; "
                "the file was overwritten and deleted.",
            )
            return [Notice("info", text)]
        case Adoption.OTHER_IDENTITY:
            text = translate(
                "Vault",
                "A key file of another identity lay beside the vault. It was put aside "
                "and not used.",
            )
        case Adoption.DAMAGED:
            text = translate(
                "Vault",
                "A file with counters beside the vault is damaged. It was left as it is.",
            )
        case _:
            return []
    return [Notice("warn", text)]


def _created(report: Created) -> tuple[Notice, ...]:
    ready = Notice("ok", translate("Vault", "Your vault is ready and open."))
    found = [ready, *_about_adoption(report.adoption)]
    if report.keyring is not KeyringState.WORKING:
        found.append(Notice("info", keyring_text(report.keyring)))
    return tuple(found)


def _restored(report: Restored) -> Notice:
    text = translate(
        "Vault",
        "The backup of {day} is back. Clients: {clients}, notes: {notes}. If the old "
        "computer still exists, do not use SafeSession on both.",
    ).format(
        day=texts.day_and_time(report.made_at_ms / _MS),
        notes=report.notes,
        clients=report.clients,
    )
    return Notice("ok", text)
