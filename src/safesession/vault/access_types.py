"""What making and unlocking a vault says about itself: frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from safesession.vault.custody import AnchorVerdict
from safesession.vault.device_keyring import KeyringState
from safesession.vault.header import SlotKind
from safesession.vault.snapshots import Repair


class Binding(StrEnum):
    """What opens a vault besides the recovery sheet."""

    PASSPHRASE = "passphrase"  # a counselor's default: the keyring opens nothing
    PASSPHRASE_AND_DEVICE = "passphrase_and_device"
    QUICK = "quick"  # the passphrase, or this device's keyring alone


class Adoption(StrEnum):
    """What became of the interim state file."""

    NOTHING = "nothing"
    ADOPTED = "adopted"
    OTHER_IDENTITY = "other_identity"  # kept under another name
    DAMAGED = "damaged"  # left as it is


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
