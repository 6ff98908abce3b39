"""Change the passphrase, the sheet or all keys of an open vault, on its thread.

Changing a secret rewrites the key file alone; whoever copied the old key file still
opens the database with the old secret. Re-keying moves the rows under new keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from safesession.core.keeping_types import DeletionReview
from safesession.crypto.argon2 import Argon2Cost, passphrase_bytes
from safesession.crypto.entropy import draw
from safesession.crypto.recovery_key import RecoveryKey
from safesession.vault import key_slots as slots
from safesession.vault.custody import CustodyEvent
from safesession.vault.errors import WrongPassphraseError, WrongRecoveryKeyError
from safesession.vault.header import Header
from safesession.vault.key_slots import Keys
from safesession.vault.open_vault import OpenVault
from safesession.vault.opening import open_store, publish
from safesession.vault.place import (
    Place,
    Secret,
    binding_of,
    device_secret_for,
    forget_device_secrets,
    keep_anchor,
    open_with,
    with_slots,
)
from safesession.vault.renewal import Tell, renew, untold


def change_passphrase(
    place: Place, vault: OpenVault, secret: Secret, new: str, cost: Argon2Cost
) -> None:
    """Give the vault another passphrase; `secret` proves who asks.

    Raises:
        WrongPassphraseError, WrongRecoveryKeyError: nothing changed.
    """
    master = _proven(place, vault, secret)
    binding = binding_of(vault.header)
    header, _ = with_slots(
        place, vault.header, master, passphrase_bytes(new), binding, cost
    )
    vault.custody.record(CustodyEvent.PASSPHRASE_CHANGED)
    old, vault.header = vault.header, publish(place.around, header, vault.keys)
    forget_device_secrets(place, old, vault.header)


def change_recovery(
    place: Place, vault: OpenVault, secret: Secret, recovery: RecoveryKey
) -> None:
    """Give the vault another printed sheet; the old one opens nothing any more.

    Raises:
        WrongPassphraseError, WrongRecoveryKeyError: nothing changed.
    """
    master = _proven(place, vault, secret)
    header = slots.with_recovery(vault.header, master, recovery, place.around.entropy)
    vault.custody.record(CustodyEvent.RECOVERY_CHANGED)
    vault.header = publish(place.around, header, vault.keys)


def rekey(
    place: Place,
    vault: OpenVault,
    secret: Secret,
    passphrase: str,
    recovery: RecoveryKey,
    cost: Argon2Cost,
    tell: Tell = untold,
) -> OpenVault:
    """Move everything under new keys; copies of the old key file become worthless.

    Returns the vault to go on with; the old one is closed. `tell` hears the share
    that is done.

    Raises:
        WrongPassphraseError, WrongRecoveryKeyError: nothing changed.
        VaultError: the disk refuses; the old vault is still the vault.
    """
    _proven(place, vault, secret)
    entropy = place.around.entropy
    master = draw(entropy, slots.KEY_BYTES)
    bare = replace(vault.header, slots=())
    header, keys = slots.with_new_file_key(bare, master, entropy)
    binding = binding_of(vault.header)
    header, _ = with_slots(
        place, header, master, passphrase_bytes(passphrase), binding, cost
    )
    header = slots.with_recovery(header, master, recovery, entropy)
    vault.custody.record(CustodyEvent.REKEYED)
    old = vault.header
    renewed = _renewed(place, vault, header, keys, tell)
    forget_device_secrets(place, old, renewed.header)
    return renewed


def erase(
    place: Place, vault: OpenVault, reviews: Sequence[DeletionReview]
) -> OpenVault:
    """Delete reviewed files, then everything that could still decrypt them.

    Returns the vault to go on with; the old one is closed. Backups made before and
    remnants on flash memory are beyond reach.

    Raises:
        StillRetainedError, ReviewStaleError: that file and those after it stay.
        VaultError: the disk refuses; `finish_erasing` goes on later.
    """
    for review in reviews:
        vault.retention.delete(review)
    return finish_erasing(place, vault)


def finish_erasing(place: Place, vault: OpenVault) -> OpenVault:
    """Renew the file key if deleted rows are waiting for it."""
    if not vault.settings.number("erase_pending", 0):
        return vault
    header, keys = slots.with_new_file_key(
        vault.header, vault.keys.master, place.around.entropy
    )
    renewed = _renewed(place, vault, header, keys)
    with renewed.store.transaction("setting") as change:
        renewed.settings.remove(change, "erase_pending")
        renewed.custody.append(change, CustodyEvent.ERASED)
    return renewed


def _renewed(
    place: Place, vault: OpenVault, header: Header, keys: Keys, tell: Tell = untold
) -> OpenVault:
    published = renew(place.around, vault.store, vault.keys, header, keys, tell)
    renewed = OpenVault(place.around, open_store(place.around, published, keys))
    keep_anchor(place, renewed)
    return renewed


def _proven(place: Place, vault: OpenVault, secret: Secret) -> bytes:
    device_secret, _ = device_secret_for(place, vault.header, secret)
    try:
        return open_with(secret, device_secret)(vault.header)
    except (WrongPassphraseError, WrongRecoveryKeyError):
        vault.note_event(CustodyEvent.PROOF_FAILED)
        raise
