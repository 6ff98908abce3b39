"""What a vault says about itself: frozen values that the front end may hold.

They name records by number and never hold a word of a note, a key or a path.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class VaultState(StrEnum):
    """Where a vault is in its life."""

    CLOSED = "closed"  # not started, or done
    ABSENT = "absent"  # nothing here yet: create or restore one
    LOCKED = "locked"
    OPEN = "open"


class Binding(StrEnum):
    """What opens a vault besides the recovery sheet."""

    PASSPHRASE = "passphrase"  # a counselor's default: the keyring opens nothing
    PASSPHRASE_AND_DEVICE = "passphrase_and_device"
    QUICK = "quick"  # the passphrase, or this device's keyring alone


class SlotKind(StrEnum):
    """What a slot asks for."""

    PASSPHRASE = "passphrase"
    RECOVERY = "recovery"
    DEVICE = "device"


class KeyringState(StrEnum):
    """What the keyring did. All but WORKING only cost convenience."""

    WORKING = "working"
    EMPTY = "empty"  # it works and has no such entry
    ABSENT = "absent"  # there is none, or it refuses
    LOCKED = "locked"
    SWALLOWS = "swallows"  # it says yes and stores nothing, like `null`
    CHANGED = "changed"  # it has another entry than ours
    SLOW = "slow"  # no answer within the limit; a prompt may be waiting


class AnchorVerdict(StrEnum):
    """What an anchor says about the log before us."""

    NONE = "none"  # no anchor to compare with
    CONFIRMED = "confirmed"
    ROLLED_BACK = "rolled_back"  # the log is shorter than it was
    REWRITTEN = "rewritten"  # it has another history
    FORGED = "forged"  # the anchor itself was changed


class Adoption(StrEnum):
    """What became of the interim state file."""

    NOTHING = "nothing"
    ADOPTED = "adopted"
    OTHER_IDENTITY = "other_identity"  # kept under another name
    DAMAGED = "damaged"  # left as it is


@dataclass(frozen=True, slots=True)
class LostChange:
    """One saved change that could not be brought back, as exactly as is known.

    `subject` ("note:17") is empty when the record itself is unreadable; it was
    then saved between the two times.
    """

    sequence: int
    subject: str
    after_ms: int
    before_ms: int | None


@dataclass(frozen=True, slots=True)
class Repair:
    """What a repair did. `lost` is empty when every saved change is back.

    `certain_until_ms`: later changes would be known only to files that are gone.
    `kept`: names of the damaged files in the `damaged` folder.
    """

    snapshot_ms: int
    replayed: int
    certain_until_ms: int
    lost: tuple[LostChange, ...]
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Created:
    """A vault was made. `binding` is what was possible, `keyring` says why."""

    binding: Binding
    keyring: KeyringState
    adoption: Adoption


@dataclass(frozen=True, slots=True)
class Unlocked:
    """The vault is open, and what a person should know about it."""

    opened_by: SlotKind
    keyring: KeyringState
    history: AnchorVerdict
    failed_tries_ms: tuple[int, ...] = ()
    repair: Repair | None = None
    caught_up: int = 0
    journal_damaged: bool = False
    header_damaged: bool = False
    tries_damaged: bool = False  # the count of wrong tries was not readable
    migrated_from: int | None = None
    adoption: Adoption = Adoption.NOTHING
    restored_at_ms: int | None = None
    log_written: bool = True  # False: the disk is full
    room_left: bool = True  # False: the disk is almost full, saving may fail soon


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup became a vault of its own.

    Two devices may now hold the same identity: pairs are to be checked again.
    """

    made_at_ms: int
    notes: int
    clients: int
    binding: Binding
    keyring: KeyringState


@dataclass(frozen=True, slots=True)
class BackupStatus:
    """When it was last backed up and rehearsed; `drill_due` asks for a rehearsal."""

    last_backup_ms: int | None
    last_drill_ms: int | None
    drill_due: bool


@dataclass(frozen=True, slots=True)
class BackupContent:
    """What a backup would bring back, and whether it belongs to this history."""

    made_at_ms: int
    clients: int
    notes: int
    newest_note_ms: int | None
    custody_entries: int
    history: AnchorVerdict


@dataclass(frozen=True, slots=True)
class CustodyCheck:
    """The chain as found. `broken_at` is the first entry that does not fit."""

    entries: int
    broken_at: int | None

    @property
    def intact(self) -> bool:
        """Whether every entry fits the one before and its signature."""
        return self.broken_at is None


@dataclass(frozen=True, slots=True)
class Health:
    """What checking every byte found; all zero and intact is well."""

    bad_pages: int
    bad_snapshots: int
    bad_journals: int
    header_damaged: bool
    bad_signatures: tuple[int, ...]
    custody: CustodyCheck

    @property
    def well(self) -> bool:
        """Whether nothing at all was found."""
        found = self.bad_pages + self.bad_snapshots + self.bad_journals
        mended = not self.header_damaged and self.custody.intact
        return not found and mended and not self.bad_signatures
