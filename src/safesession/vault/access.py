"""Make, unlock and restore a vault, on its own thread.

A wrong secret is counted on disk before it is tried. When a vault is made its key
file is written last: until then there is no vault.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from safesession.core.vault_types import (
    Adoption,
    Binding,
    Created,
    KeyringState,
    Restored,
    SlotKind,
    Unlocked,
)
from safesession.crypto.argon2 import Argon2Cost, passphrase_bytes
from safesession.crypto.entropy import draw
from safesession.crypto.identity import SEED_BYTES
from safesession.crypto.recovery_key import RecoveryKey
from safesession.errors import SafeSessionError
from safesession.vault import (
    backups,
    device_tables,
    header_file,
    interim_state,
    reserve,
)
from safesession.vault import key_slots as slots
from safesession.vault.adoption import adopt_outside
from safesession.vault.attempts import AttemptFile, Attempts
from safesession.vault.custody import CustodyEvent
from safesession.vault.errors import (
    DiskFullError,
    VaultError,
    VaultExistsError,
    WrongPassphraseError,
    WrongRecoveryKeyError,
)
from safesession.vault.files import make_private_folder, set_aside
from safesession.vault.header import Header, Purpose
from safesession.vault.key_slots import Keys
from safesession.vault.open_vault import OpenVault
from safesession.vault.opening import Opening, begin_store, open_store, publish
from safesession.vault.place import (
    Place,
    Secret,
    binding_of,
    device_secret_for,
    judge_anchor,
    keep_anchor,
    open_with,
    with_slots,
)


def create(
    place: Place,
    passphrase: str,
    recovery: RecoveryKey,
    binding: Binding,
    cost: Argon2Cost,
) -> tuple[OpenVault, Created]:
    """Make a vault, taking over the interim state file.

    Raises:
        VaultExistsError: there is one already.
        InterimStateError: the interim file is damaged; nothing was made.
        VaultError: the disk refuses.
    """
    around = place.around
    _prepare_folder(place)
    state = interim_state.read_interim(place.interim)
    header, keys, keyring = _new_keys(place, passphrase, recovery, binding, cost)
    begin_store(around, keys)
    opening = open_store(around, header, keys)
    try:
        seed = state.identity_seed if state else None
        with opening.store.transaction("device") as change:
            fresh = seed or draw(around.entropy, SEED_BYTES)
            device_tables.put_identity(change, fresh)
        vault = OpenVault(around, opening)
        with opening.store.transaction("device") as change:
            vault.custody.append(change, CustodyEvent.CREATED)
            if state is not None:
                device_tables.adopt(change, vault.identity, state)
                vault.custody.append(change, CustodyEvent.ADOPTED)
        vault.header = publish(around, header, keys)
    except BaseException:
        opening.store.close()
        raise
    with suppress(VaultError):  # unlocking tries again
        interim_state.wipe(place.interim)
    kept = _settle(place, vault)
    if binding is Binding.PASSPHRASE:
        keyring = kept
    adoption = Adoption.NOTHING if state is None else Adoption.ADOPTED
    return vault, Created(binding_of(vault.header), keyring, adoption)


def restore(
    place: Place,
    backup: Path,
    secret: Secret,
    passphrase: str,
    recovery: RecoveryKey,
    binding: Binding,
    cost: Argon2Cost,
) -> tuple[OpenVault, Restored]:
    """Make a new vault out of a backup. It has another id, other keys, a new sheet.

    Raises:
        VaultExistsError: there is a vault here; restoring never replaces one.
        ForeignFileError, NewerVersionError, BackupDamagedError,
        WrongPassphraseError, WrongRecoveryKeyError: nothing was made.
    """
    around = place.around
    _prepare_folder(place)
    header, keys, keyring = _new_keys(place, passphrase, recovery, binding, cost)
    content = backups.restore_into(around, backup, open_with(secret, b""), keys)
    opening = open_store(around, header, keys)
    try:
        vault = OpenVault(around, opening)
        vault.custody.record(CustodyEvent.RESTORED, "", f"{content.notes} notes")
        vault.header = publish(around, header, keys)
    except BaseException:
        opening.store.close()
        raise
    _settle(place, vault)
    return vault, Restored(
        content.made_at_ms,
        content.notes,
        content.clients,
        binding_of(vault.header),
        keyring,
    )


def unlock(place: Place, secret: Secret) -> tuple[OpenVault, Unlocked]:
    """Open the vault with a passphrase, a recovery key, or (None) the keyring.

    Raises:
        NoVaultError, ForeignFileError, HeaderDamagedError, NewerVersionError: no
            key file to use; nothing changed.
        UnlockTooSoonError: wait first.
        WrongPassphraseError, WrongRecoveryKeyError: counted.
        DeviceSecretMissingError: the keyring has not the secret this vault needs.
        NothingToRestoreError: damaged beyond the snapshots.
    """
    around = place.around
    found = header_file.read_header(around.paths)
    device_secret, keyring = device_secret_for(place, found.header, secret)
    attempts = AttemptFile(around.paths.attempts)
    before = attempts.begin(int(around.clock() * 1000))
    try:
        master = open_with(secret, device_secret)(found.header)
        keys = slots.keys_of(found.header, master)
        if found.needs_mending:
            header_file.write_header(around.paths, found.header)
        opening = open_store(around, found.header, keys)
    except (WrongPassphraseError, WrongRecoveryKeyError):
        raise
    except SafeSessionError:
        attempts.take_back(before)
        raise
    try:
        vault, unlocked = _opened(place, opening, before, secret)
    except BaseException:
        opening.store.close()
        raise
    with suppress(VaultError):
        attempts.succeed()
    if keyring is not None:
        unlocked = replace(unlocked, keyring=keyring)
    return vault, replace(unlocked, header_damaged=found.damaged)


def _opened(
    place: Place, opening: Opening, before: Attempts, secret: Secret
) -> tuple[OpenVault, Unlocked]:
    if not opening.store.value("SELECT count(*) FROM device_identity"):
        # Vaults of the first two versions kept no identity key.
        with opening.store.transaction("device") as change:
            fresh = draw(place.around.entropy, SEED_BYTES)
            device_tables.put_identity(change, fresh)
    vault = OpenVault(place.around, opening)
    history, keyring = judge_anchor(place, vault)
    adoption, log_written = Adoption.NOTHING, True
    try:
        with vault.store.transaction("custody") as change:
            for at_ms in before.times_ms:
                vault.custody.append(
                    change, CustodyEvent.UNLOCK_FAILED, "", f"at {at_ms}"
                )
            if opening.repair is not None:
                lost = f"{len(opening.repair.lost)} changes lost"
                vault.custody.append(change, CustodyEvent.REPAIRED, "", lost)
            vault.custody.append(change, CustodyEvent.UNLOCKED, "", history.value)
        adoption = adopt_outside(place, vault)
    except DiskFullError:
        log_written = False  # reading must go on when nothing can be written
    restored_at_ms = vault.store.value("SELECT restored_at_ms FROM vault")
    kinds = {str: SlotKind.PASSPHRASE, RecoveryKey: SlotKind.RECOVERY}
    return vault, Unlocked(
        kinds.get(type(secret), SlotKind.DEVICE),
        keyring,
        history,
        before.times_ms,
        opening.repair,
        opening.caught_up,
        opening.journal_damaged,
        tries_damaged=before.damaged,
        migrated_from=opening.migrated_from,
        adoption=adoption,
        restored_at_ms=restored_at_ms,
        log_written=log_written,
    )


def _new_keys(
    place: Place,
    passphrase: str,
    recovery: RecoveryKey,
    binding: Binding,
    cost: Argon2Cost,
) -> tuple[Header, Keys, KeyringState]:
    entropy = place.around.entropy
    header, keys = slots.new_header(Purpose.VAULT, entropy)
    secret = passphrase_bytes(passphrase)
    header, keyring = with_slots(place, header, keys.master, secret, binding, cost)
    return slots.with_recovery(header, keys.master, recovery, entropy), keys, keyring


def _settle(place: Place, vault: OpenVault) -> KeyringState:
    """Make what a new vault will want when the disk is full, and its anchor."""
    paths = place.around.paths
    with suppress(VaultError):
        AttemptFile(paths.attempts).succeed()
    reserve.fill(paths.reserve)
    return keep_anchor(place, vault)


def _prepare_folder(place: Place) -> None:
    paths = place.around.paths
    make_private_folder(paths.folder)
    if header_file.is_there(paths):
        raise VaultExistsError("a vault is here")
    # Databases without a key file: never deleted, they may be all that is left.
    for path in paths.folder.glob("vault-*.db*"):
        set_aside(path, paths.damaged, "without-keys")
    for folder in (paths.snapshots, paths.journals):
        if folder.is_dir():
            set_aside(folder, paths.damaged, "without-keys")
