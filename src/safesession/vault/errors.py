"""What can go wrong with a vault, one class and one stable `code` per sentence.

The sentences people read live in the user interface. No error text may quote a
note, a name, a key or a path.
"""

from __future__ import annotations

import errno
from typing import ClassVar

from safesession.errors import SafeSessionError


class VaultError(SafeSessionError):
    """Base of everything the vault raises on purpose."""

    code: ClassVar[str] = "vault"


class VaultInUseError(VaultError):
    """Another copy of the app has this vault open."""

    code = "vault_in_use"


class NoVaultError(VaultError):
    """There is no vault in this folder yet."""

    code = "no_vault"


class VaultExistsError(VaultError):
    """There is a vault in this folder already; it is left alone."""

    code = "vault_exists"


class VaultLockedError(VaultError):
    """The vault is locked; nothing can be read or written."""

    code = "vault_locked"


class ForeignFileError(VaultError):
    """The file is not one of ours."""

    code = "foreign_file"


class NewerVersionError(VaultError):
    """The file was written by a newer version of the app."""

    code = "newer_version"


class HeaderDamagedError(VaultError):
    """The key file and its copy are damaged: only a backup helps."""

    code = "header_damaged"


class HeaderForgedError(VaultError):
    """The key file opens, but somebody changed it who does not have the key."""

    code = "header_forged"


class WrongPassphraseError(VaultError):
    """The passphrase does not open it."""

    code = "wrong_passphrase"


class WrongRecoveryKeyError(VaultError):
    """The recovery key is a well-formed one of another vault or an older sheet."""

    code = "wrong_recovery_key"


class NoSuchSlotError(VaultError):
    """This vault cannot be opened in the way that was asked for."""

    code = "no_such_slot"


class DeviceSecretMissingError(VaultError):
    """The passphrase counts only with this device's keyring, which has no answer."""

    code = "device_secret_missing"


class UnlockTooSoonError(VaultError):
    """Too many wrong tries; `wait_s` says how long to wait."""

    code = "unlock_too_soon"

    def __init__(self, wait_s: int) -> None:
        super().__init__("wait before the next try")
        self.wait_s = wait_s


class VaultReadOnlyError(VaultError):
    """The folder or the disk cannot be written."""

    code = "vault_read_only"


class DiskFullError(VaultError):
    """The disk is full; the change was not saved, everything before it is."""

    code = "disk_full"


class DiskFailedError(VaultError):
    """The disk reported an error; the change was not saved."""

    code = "disk_failed"


class DamagedError(VaultError):
    """Stored bytes are not what was written; lock and unlock to repair."""

    code = "vault_damaged"


class NotVerifiedError(VaultError):
    """What was read back differs from what was written: it is not saved."""

    code = "save_not_verified"


class NothingToRestoreError(VaultError):
    """The database is damaged and no snapshot is good: only a backup helps."""

    code = "nothing_to_restore"


class NoSuchRecordError(VaultError):
    """There is no record with this id."""

    code = "no_such_record"


class DuplicateCodeError(VaultError):
    """Another client's file has this code already."""

    code = "duplicate_client_code"


class NoteSignedError(VaultError):
    """A signed note cannot be changed; add an addendum."""

    code = "note_signed"


class NoteNotSignedError(VaultError):
    """Only a signed note takes addenda; an open one is simply edited."""

    code = "note_not_signed"


class NoteConflictError(VaultError):
    """The note was saved elsewhere since it was read; nothing was overwritten."""

    code = "note_conflict"


class AttachmentError(VaultError):
    """An attachment is empty, too large or badly named."""

    code = "attachment"


class ExportForbiddenError(VaultError):
    """A process note leaves the vault only when it is named on purpose."""

    code = "export_forbidden"


class StillRetainedError(VaultError):
    """The records must be kept until their retention period is over."""

    code = "still_retained"


class ReviewStaleError(VaultError):
    """The records changed since they were reviewed; review them again."""

    code = "review_stale"


class BackupDamagedError(VaultError):
    """The backup file is damaged or cut short; nothing was restored."""

    code = "backup_damaged"


class GuessCountedError(VaultError):
    """Another window has made that guess already."""

    code = "guess_counted"


class InterimStateError(VaultError):
    """The interim state file is damaged; it is left as it is."""

    code = "interim_state"


def disk_error(error: OSError) -> VaultError:
    """Return the vault's own error for what the system said about a file."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DiskFullError("no room left")
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return VaultReadOnlyError("not writable")
    return DiskFailedError("the disk reported an error")
