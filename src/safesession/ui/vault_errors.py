"""The sentences for every refusal of the vault, by its stable code."""

from __future__ import annotations

from typing import Final

from safesession.ui.error_texts import ErrorText
from safesession.ui.i18n import QT_TRANSLATE_NOOP


SET_ASIDE_HELPS: Final = frozenset(
    ("header_damaged", "header_forged", "nothing_to_restore", "foreign_file")
)

VAULT_ERRORS: Final[dict[str, ErrorText]] = {
    "vault": ErrorText(
        QT_TRANSLATE_NOOP("VaultProblem", "The vault did not do what was asked."),
        QT_TRANSLATE_NOOP("VaultProblem", "Nothing that was saved has changed."),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Try again; if it stays so, restart SafeSession."
        ),
    ),
    "vault_in_use": ErrorText(
        QT_TRANSLATE_NOOP(
            "VaultProblem", "SafeSession is already open with this vault."
        ),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Two copies at once could overwrite each other."
        ),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Use the other window, or close it and try again."
        ),
    ),
    "vault_read_only": ErrorText(
        QT_TRANSLATE_NOOP("VaultProblem", "The vault's folder cannot be written."),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Nothing was changed, and nothing could be saved."
        ),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Make the disk or folder writable, then try again."
        ),
    ),
    "disk_full": ErrorText(
        QT_TRANSLATE_NOOP("VaultProblem", "The disk is full."),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "This change was not saved; everything before it is."
        ),
        QT_TRANSLATE_NOOP("VaultProblem", "Make room, then try again."),
    ),
    "disk_failed": ErrorText(
        QT_TRANSLATE_NOOP("VaultProblem", "The disk reported an error."),
        QT_TRANSLATE_NOOP("VaultProblem", "This change was not saved."),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Try again, and make a backup on another disk soon."
        ),
    ),
    "wrong_passphrase": ErrorText(
        QT_TRANSLATE_NOOP("VaultProblem", "This passphrase does not open it."),
        QT_TRANSLATE_NOOP(
            "VaultProblem",
            "Nothing was changed. A try at this vault is written in its log.",
        ),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Check the keyboard layout and Caps Lock, then try again."
        ),
    ),
    "wrong_recovery_key": ErrorText(
        QT_TRANSLATE_NOOP(
            "VaultProblem", "This sheet belongs to another vault, or is an older one."
        ),
        QT_TRANSLATE_NOOP(
            "VaultProblem",
            "Nothing was changed. A try at this vault is written in its log.",
        ),
        QT_TRANSLATE_NOOP("VaultProblem", "Look for the sheet with the latest date."),
    ),
    "recovery_key_typing": ErrorText(
        QT_TRANSLATE_NOOP(
            "VaultProblem", "This is not yet the key from a recovery sheet."
        ),
        QT_TRANSLATE_NOOP("VaultProblem", "Nothing was tried."),
        QT_TRANSLATE_NOOP(
            "VaultProblem",
            "Compare group by group: eight groups of four, then two more characters.",
        ),
    ),
    "unlock_too_soon": ErrorText(
        QT_TRANSLATE_NOOP(
            "VaultProblem", "There were several wrong tries, so there is a pause."
        ),
        QT_TRANSLATE_NOOP("VaultProblem", "Nothing was changed."),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Wait until the time is over, then try again."
        ),
    ),
    "newer_version": ErrorText(
        QT_TRANSLATE_NOOP(
            "VaultProblem", "A newer version of SafeSession wrote this file."
        ),
        QT_TRANSLATE_NOOP("VaultProblem", "This version left it exactly as it is."),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Install the newer version on this computer."
        ),
    ),
    "foreign_file": ErrorText(
        QT_TRANSLATE_NOOP("VaultProblem", "This file is not one of SafeSession's."),
        QT_TRANSLATE_NOOP("VaultProblem", "It was left as it is."),
        QT_TRANSLATE_NOOP("VaultProblem", "Choose another file."),
    ),
    "header_damaged": ErrorText(
        QT_TRANSLATE_NOOP(
            "VaultProblem", "The vault's key file and its copy are both damaged."
        ),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Without them the records here cannot be opened."
        ),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Set this vault aside and restore your last backup."
        ),
    ),
    "header_forged": ErrorText(
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Somebody without the key has changed the key file."
        ),
        QT_TRANSLATE_NOOP("VaultProblem", "It is not used, and nothing was changed."),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Set this vault aside and restore your last backup."
        ),
    ),
    "nothing_to_restore": ErrorText(
        QT_TRANSLATE_NOOP(
            "VaultProblem", "The vault's file and all its safety copies are damaged."
        ),
        QT_TRANSLATE_NOOP("VaultProblem", "The damaged files are kept."),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Set this vault aside and restore your last backup."
        ),
    ),
    "vault_damaged": ErrorText(
        QT_TRANSLATE_NOOP("VaultProblem", "Stored bytes are not what was written."),
        QT_TRANSLATE_NOOP("VaultProblem", "Nothing wrong was read or shown."),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Lock and unlock: the vault then repairs itself."
        ),
    ),
    "save_not_verified": ErrorText(
        QT_TRANSLATE_NOOP(
            "VaultProblem", "What was read back differs from what was written."
        ),
        QT_TRANSLATE_NOOP("VaultProblem", "It does not count as saved."),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Try again, and make a backup on another disk soon."
        ),
    ),
    "no_such_slot": ErrorText(
        QT_TRANSLATE_NOOP("VaultProblem", "It cannot be opened in this way."),
        QT_TRANSLATE_NOOP("VaultProblem", "Nothing was changed."),
        QT_TRANSLATE_NOOP("VaultProblem", "Use the recovery sheet."),
    ),
    "device_secret_missing": ErrorText(
        QT_TRANSLATE_NOOP(
            "VaultProblem",
            "The passphrase counts only together with this computer's keyring, and the "
            "keyring has lost its part.",
        ),
        QT_TRANSLATE_NOOP("VaultProblem", "The records are whole."),
        QT_TRANSLATE_NOOP("VaultProblem", "Use the recovery sheet."),
    ),
    "backup_damaged": ErrorText(
        QT_TRANSLATE_NOOP("VaultProblem", "The backup file is damaged or incomplete."),
        QT_TRANSLATE_NOOP("VaultProblem", "Nothing was restored from it."),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Copy it again from its source, or use an older backup."
        ),
    ),
    "interim_state": ErrorText(
        QT_TRANSLATE_NOOP(
            "VaultProblem", "The key file of an earlier version is damaged."
        ),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "No vault was made, and the file was left as it is."
        ),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Ask your institution, or move the file device.json away."
        ),
    ),
    "vault_exists": ErrorText(
        QT_TRANSLATE_NOOP("VaultProblem", "There is a vault on this computer already."),
        QT_TRANSLATE_NOOP("VaultProblem", "It was left alone."),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "Close SafeSession and open it again to unlock it."
        ),
    ),
    "no_vault": ErrorText(
        QT_TRANSLATE_NOOP(
            "VaultProblem", "There is no vault on this computer any more."
        ),
        QT_TRANSLATE_NOOP("VaultProblem", "Its files were moved or deleted."),
        QT_TRANSLATE_NOOP("VaultProblem", "Close SafeSession and open it again."),
    ),
    "vault_locked": ErrorText(
        QT_TRANSLATE_NOOP("VaultProblem", "The vault is locked."),
        QT_TRANSLATE_NOOP("VaultProblem", "Nothing was read or written."),
        QT_TRANSLATE_NOOP("VaultProblem", "Unlock it first."),
    ),
    "argon2_memory": ErrorText(
        QT_TRANSLATE_NOOP(
            "VaultProblem", "This computer has too little free memory for unlocking."
        ),
        QT_TRANSLATE_NOOP("VaultProblem", "Nothing was changed."),
        QT_TRANSLATE_NOOP("VaultProblem", "Close some programs, then try again."),
    ),
    "argon2_cost": ErrorText(
        QT_TRANSLATE_NOOP(
            "VaultProblem", "The key file asks for an effort that is never used."
        ),
        QT_TRANSLATE_NOOP(
            "VaultProblem", "It may have been changed, so nothing was tried."
        ),
        QT_TRANSLATE_NOOP("VaultProblem", "Use the recovery sheet."),
    ),
}
