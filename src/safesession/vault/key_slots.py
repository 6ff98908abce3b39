"""The key hierarchy: a secret opens a slot, the slot the master key, that the file key.

    passphrase (x device secret) | recovery key | device secret  ->  master key
    master key  ->  header MAC, file key            file key  ->  database, journal

Erasing renews the file key alone; the slots stay. Pure: entropy comes in.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from safesession.core.vault_types import SlotKind
from safesession.crypto import argon2, secret_box
from safesession.crypto.argon2 import Argon2Cost
from safesession.crypto.encoding import H, lv
from safesession.crypto.entropy import Entropy, draw
from safesession.crypto.key_schedule import StorageLabel, equal, expand, extract
from safesession.crypto.recovery_key import RecoveryKey
from safesession.vault.errors import (
    DeviceSecretMissingError,
    HeaderForgedError,
    NoSuchSlotError,
    VaultError,
    WrongPassphraseError,
    WrongRecoveryKeyError,
)
from safesession.vault.header import ID_BYTES, Header, Purpose, Slot


KEY_BYTES = 32
DEVICE_SECRET_BYTES = 32
_CHECK_BYTES = 8


@dataclass(frozen=True, slots=True)
class Keys:
    """What an open vault holds in memory. Dropped at lock."""

    vault_id: bytes
    data_generation: int
    master: bytes = field(repr=False)
    file_key: bytes = field(repr=False)

    @property
    def database(self) -> bytes:
        """SQLCipher's raw key."""
        return expand(self.file_key, StorageLabel.VAULT_DATABASE)

    @property
    def journal(self) -> bytes:
        """Key of the journal's records."""
        return expand(self.file_key, StorageLabel.VAULT_JOURNAL)

    @property
    def anchor(self) -> bytes:
        """Key of the MAC over rollback anchors; survives erasing."""
        return expand(self.master, StorageLabel.VAULT_ANCHOR)


def new_header(purpose: Purpose, entropy: Entropy) -> tuple[Header, Keys]:
    """Return a header without slots, and its fresh keys."""
    vault_id = draw(entropy, ID_BYTES)
    master = draw(entropy, KEY_BYTES)
    return with_new_file_key(Header(purpose, vault_id, 0, 0, b"", ()), master, entropy)


def with_new_file_key(
    header: Header, master: bytes, entropy: Entropy
) -> tuple[Header, Keys]:
    """Return the header of the next data generation, under a fresh file key."""
    generation = header.data_generation + 1
    file_key = draw(entropy, KEY_BYTES)
    box = secret_box.seal(
        expand(master, StorageLabel.VAULT_FILE_KEY),
        file_key,
        _file_key_context(header.vault_id, generation),
        entropy,
    )
    changed = replace(header, data_generation=generation, file_key_box=box)
    return changed, Keys(header.vault_id, generation, master, file_key)


def same_keys_next_generation(
    header: Header, keys: Keys, entropy: Entropy
) -> tuple[Header, Keys]:
    """Return the next data generation under the same file key (after a repair)."""
    generation = header.data_generation + 1
    box = secret_box.seal(
        expand(keys.master, StorageLabel.VAULT_FILE_KEY),
        keys.file_key,
        _file_key_context(header.vault_id, generation),
        entropy,
    )
    changed = replace(header, data_generation=generation, file_key_box=box)
    return changed, replace(keys, data_generation=generation)


def keys_of(header: Header, master: bytes) -> Keys:
    """Check the header under its master key and open the file key.

    Raises:
        HeaderForgedError: somebody without the key changed the header.
    """
    header.check(master)
    context = _file_key_context(header.vault_id, header.data_generation)
    try:
        file_key = secret_box.unseal(
            expand(master, StorageLabel.VAULT_FILE_KEY), header.file_key_box, context
        )
    except secret_box.BoxError:
        raise HeaderForgedError("file key") from None
    return Keys(header.vault_id, header.data_generation, master, file_key)


def device_check(device_secret: bytes) -> bytes:
    """Return what tells one device secret from another without revealing it."""
    return H(b"device secret check", device_secret)[:_CHECK_BYTES]


def seal_passphrase(
    header: Header,
    master: bytes,
    passphrase: bytes,
    entropy: Entropy,
    *,
    cost: Argon2Cost = argon2.DEFAULT,
    device_secret: bytes = b"",
) -> Slot:
    """Make the passphrase slot; with `device_secret` it needs both. Slow."""
    check = device_check(device_secret) if device_secret else b""
    salt = draw(entropy, argon2.SALT_BYTES)
    bare = Slot(SlotKind.PASSPHRASE, salt, b"", cost, check)
    key = _passphrase_key(bare, passphrase, device_secret)
    return _sealed(header, bare, key, master, entropy)


def seal_recovery(
    header: Header, master: bytes, recovery: RecoveryKey, entropy: Entropy
) -> Slot:
    """Make the slot of the printed sheet."""
    bare = Slot(SlotKind.RECOVERY, draw(entropy, argon2.SALT_BYTES), b"")
    key = slot_recovery_key(recovery_secret(header.purpose, recovery), bare.salt)
    return _sealed(header, bare, key, master, entropy)


def with_recovery(
    header: Header, master: bytes, recovery: RecoveryKey, entropy: Entropy
) -> Header:
    """Return the header with this sheet in place of the one before."""
    box = secret_box.seal(
        expand(master, StorageLabel.BACKUP_RECOVERY),
        recovery_secret(Purpose.BACKUP, recovery),
        header.vault_id,
        entropy,
    )
    sheet = seal_recovery(header, master, recovery, entropy)
    return replace(header.with_slot(sheet), backup_box=box)


def backup_recovery_secret(header: Header, master: bytes) -> bytes:
    """Return what seals a backup for the recovery sheet.

    Raises:
        HeaderForgedError: somebody without the key changed the header.
    """
    key = expand(master, StorageLabel.BACKUP_RECOVERY)
    try:
        return secret_box.unseal(key, header.backup_box, header.vault_id)
    except secret_box.BoxError:
        raise HeaderForgedError("backup box") from None


def seal_recovery_secret(
    header: Header, master: bytes, secret: bytes, entropy: Entropy
) -> Slot:
    """Make a recovery slot from `recovery_secret`, without the sheet at hand."""
    bare = Slot(SlotKind.RECOVERY, draw(entropy, argon2.SALT_BYTES), b"")
    key = slot_recovery_key(secret, bare.salt)
    return _sealed(header, bare, key, master, entropy)


def seal_device(
    header: Header, master: bytes, device_secret: bytes, entropy: Entropy
) -> Slot:
    """Make the quick-unlock slot: whoever has this keyring opens the vault."""
    salt = draw(entropy, argon2.SALT_BYTES)
    bare = Slot(SlotKind.DEVICE, salt, b"", None, device_check(device_secret))
    key = expand(extract(device_secret, b""), StorageLabel.VAULT_DEVICE, salt)
    return _sealed(header, bare, key, master, entropy)


def recovery_secret(purpose: Purpose, recovery: RecoveryKey) -> bytes:
    """Return the part of the sheet's key that opens this kind of file.

    The key file keeps the one for backups, so that a backup can be sealed for the
    sheet without it; it opens backups and never the vault.
    """
    label = {
        Purpose.VAULT: StorageLabel.VAULT_RECOVERY,
        Purpose.BACKUP: StorageLabel.BACKUP_RECOVERY,
    }[purpose]
    return expand(extract(b"", recovery.secret), label)


def slot_recovery_key(secret: bytes, salt: bytes) -> bytes:
    """Return the key of one recovery slot."""
    return expand(extract(b"", secret), StorageLabel.VAULT_RECOVERY, salt)


def open_passphrase(
    header: Header, passphrase: bytes, device_secret: bytes = b""
) -> bytes:
    """Return the master key. Slow on purpose.

    Raises:
        NoSuchSlotError: there is no such slot.
        DeviceSecretMissingError: the slot needs this device's secret too.
        Argon2CostError: the header asks for an impossible cost.
        WrongPassphraseError: it does not open.
    """
    slot = _slot(header, SlotKind.PASSPHRASE)
    if slot.device_check:
        if not device_secret or not equal(
            slot.device_check, device_check(device_secret)
        ):
            raise DeviceSecretMissingError("device secret")
    else:
        device_secret = b""
    key = _passphrase_key(slot, passphrase, device_secret)
    return _opened(header, slot, key, WrongPassphraseError("passphrase"))


def open_recovery(header: Header, recovery: RecoveryKey) -> bytes:
    """Return the master key.

    Raises:
        NoSuchSlotError: there is no such slot.
        WrongRecoveryKeyError: a key of another vault, or of an older sheet.
    """
    slot = _slot(header, SlotKind.RECOVERY)
    key = slot_recovery_key(recovery_secret(header.purpose, recovery), slot.salt)
    return _opened(header, slot, key, WrongRecoveryKeyError("recovery key"))


def open_device(header: Header, device_secret: bytes) -> bytes:
    """Return the master key by quick unlock.

    Raises:
        NoSuchSlotError: quick unlock is off.
        DeviceSecretMissingError: the secret is another one.
    """
    slot = _slot(header, SlotKind.DEVICE)
    key = expand(extract(device_secret, b""), StorageLabel.VAULT_DEVICE, slot.salt)
    return _opened(header, slot, key, DeviceSecretMissingError("device secret"))


def _slot(header: Header, kind: SlotKind) -> Slot:
    slot = header.slot(kind)
    if slot is None:
        raise NoSuchSlotError(kind.value)
    return slot


def _passphrase_key(slot: Slot, passphrase: bytes, device_secret: bytes) -> bytes:
    if slot.cost is None:
        raise HeaderForgedError("cost")
    stretched = argon2.derive(passphrase, slot.salt, slot.cost)
    return expand(
        extract(device_secret, stretched), StorageLabel.VAULT_PASSPHRASE, slot.salt
    )


def _sealed(
    header: Header, bare: Slot, key: bytes, master: bytes, entropy: Entropy
) -> Slot:
    box = secret_box.seal(key, master, _slot_context(header, bare), entropy)
    return replace(bare, box=box)


def _opened(header: Header, slot: Slot, key: bytes, refusal: VaultError) -> bytes:
    try:
        return secret_box.unseal(key, slot.box, _slot_context(header, slot))
    except secret_box.BoxError:
        raise refusal from None


def _slot_context(header: Header, slot: Slot) -> bytes:
    cost = b""
    if slot.cost is not None:
        cost = lv(
            slot.cost.memory_kib.to_bytes(4, "big"), slot.cost.passes.to_bytes(4, "big")
        )
    return lv(
        header.purpose.value.encode(),
        header.vault_id,
        slot.kind.value.encode(),
        slot.salt,
        cost,
        slot.device_check,
    )


def _file_key_context(vault_id: bytes, generation: int) -> bytes:
    return lv(b"file key", vault_id, generation.to_bytes(8, "big"))
