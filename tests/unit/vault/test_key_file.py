"""The key file: opened by its secrets, and evident in every change."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesession.core.vault_types import SlotKind
from safesession.crypto.argon2 import LEAST, Argon2Cost, Argon2CostError
from safesession.crypto.recovery_key import RecoveryKey
from safesession.vault import key_slots
from safesession.vault.errors import (
    DeviceSecretMissingError,
    ForeignFileError,
    HeaderDamagedError,
    HeaderForgedError,
    NewerVersionError,
    NoSuchSlotError,
    VaultError,
    WrongPassphraseError,
    WrongRecoveryKeyError,
)
from safesession.vault.header import Purpose, decode, encode


SHEET = RecoveryKey(bytes(range(20)))
DEVICE = bytes(range(32))


def made(*, device: bytes = b"", purpose: Purpose = Purpose.VAULT):
    """Return a signed header with a passphrase and a sheet, and its keys."""
    header, keys = key_slots.new_header(purpose, os.urandom)
    slot = key_slots.seal_passphrase(
        header, keys.master, b"pass", os.urandom, cost=LEAST, device_secret=device
    )
    header = header.with_slot(slot)
    header = key_slots.with_recovery(header, keys.master, SHEET, os.urandom)
    return header.signed(keys.master), keys


MADE = made()


def respelled(header, change) -> bytes:
    """Return the file that an attacker would write: the checksum fits again."""
    magic, body, _ = encode(header).split(b"\n")[:3]
    wire = json.loads(body)
    change(wire)
    body = json.dumps(wire, separators=(",", ":")).encode()
    start = magic + b"\n" + body
    return start + b"\n" + hashlib.sha256(start).hexdigest().encode() + b"\n"


def test_every_secret_opens_the_same_keys() -> None:
    header, keys = MADE
    read = decode(encode(header))
    assert read == header
    for master in (
        key_slots.open_passphrase(read, b"pass"),
        key_slots.open_recovery(read, SHEET),
    ):
        assert key_slots.keys_of(read, master) == keys


def test_wrong_secrets_have_their_own_errors() -> None:
    header, _ = MADE
    with pytest.raises(WrongPassphraseError):
        key_slots.open_passphrase(header, b"Pass")
    with pytest.raises(WrongRecoveryKeyError):
        key_slots.open_recovery(header, RecoveryKey(bytes(20)))
    with pytest.raises(NoSuchSlotError):
        key_slots.open_device(header, DEVICE)


def test_a_bound_passphrase_needs_this_devices_secret() -> None:
    header, keys = made(device=DEVICE)
    assert key_slots.open_passphrase(header, b"pass", DEVICE) == keys.master
    for secret in (b"", bytes(32)):
        with pytest.raises(DeviceSecretMissingError):
            key_slots.open_passphrase(header, b"pass", secret)
    with pytest.raises(WrongPassphraseError):
        key_slots.open_passphrase(header, b"word", DEVICE)
    assert key_slots.open_recovery(header, SHEET) == keys.master


def test_keys_hide_themselves() -> None:
    header, keys = MADE
    for secret in (keys.master, keys.file_key, keys.database):
        assert secret.hex() not in repr(keys) + repr(header)
        assert repr(secret) not in repr(keys) + repr(header)


def test_every_flipped_byte_is_noticed() -> None:
    whole = encode(MADE[0])
    for offset in range(len(whole)):
        content = bytearray(whole)
        content[offset] ^= 1 << offset % 8
        with pytest.raises((ForeignFileError, HeaderDamagedError)):
            decode(bytes(content))


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_as_declared(junk) -> None:
    for untrusted in (junk, b"SafeSession keys\n" + junk):
        with pytest.raises((ForeignFileError, HeaderDamagedError)):
            decode(untrusted)


def test_what_an_attacker_with_the_file_can_try() -> None:
    """Drop a slot, lower or raise the cost, swap generations: all evident."""
    header, keys = MADE

    def opened(untrusted: bytes):
        read = decode(untrusted)
        return key_slots.keys_of(read, key_slots.open_recovery(read, SHEET))

    def drop_passphrase(wire):
        wire["slots"] = [s for s in wire["slots"] if s["kind"] != "passphrase"]

    def older(wire):
        wire["data_generation"] = 7

    for change in (drop_passphrase, older):
        with pytest.raises(HeaderForgedError):
            opened(respelled(header, change))

    def cost(memory_kib, passes):
        def change(wire):
            slot = next(s for s in wire["slots"] if s["kind"] == "passphrase")
            slot["cost"] = {"memory_kib": memory_kib, "passes": passes}

        return decode(respelled(header, change))

    for memory_kib, passes in ((1024, 3), (2**33, 3), (65536, 1), (65536, 2**40)):
        with pytest.raises(Argon2CostError):
            key_slots.open_passphrase(cost(memory_kib, passes), b"pass")
    with pytest.raises(WrongPassphraseError):
        key_slots.open_passphrase(cost(LEAST.memory_kib, 4), b"pass")
    assert opened(encode(header)) == keys


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda w: w.update(v=2, more=1), NewerVersionError),
        (lambda w: w.update(more=1), HeaderDamagedError),
        (lambda w: w.update(vault_id="00"), HeaderDamagedError),
        (lambda w: w.update(v=0), HeaderDamagedError),
        (lambda w: w.update(generation=-1), HeaderDamagedError),
        (lambda w: w.update(purpose="other"), HeaderDamagedError),
        (lambda w: w.update(slots=w["slots"] * 2), HeaderDamagedError),
        (lambda w: w["slots"][0].update(cost=None), HeaderDamagedError),
        (lambda w: w["slots"][0].update(salt="zz"), HeaderDamagedError),
        (lambda w: w["slots"][0].update(salt="AB"), HeaderDamagedError),
    ],
)
def test_shapes_are_checked(change, refusal) -> None:
    with pytest.raises(refusal):
        decode(respelled(MADE[0], change))


def test_a_backups_sheet_key_never_opens_the_vault() -> None:
    header, keys = MADE
    stored = key_slots.backup_recovery_secret(header, keys.master)
    assert stored == key_slots.recovery_secret(Purpose.BACKUP, SHEET)
    slot = header.slot(SlotKind.RECOVERY)
    assert slot is not None
    key = key_slots.slot_recovery_key(stored, slot.salt)
    with pytest.raises(VaultError):
        key_slots._opened(header, slot, key, VaultError("refused"))


def test_a_slot_belongs_to_its_vault() -> None:
    header, _ = MADE
    other, _ = made()
    slot = header.slot(SlotKind.RECOVERY)
    with pytest.raises(WrongRecoveryKeyError):
        key_slots.open_recovery(other.with_slot(slot), SHEET)
    cheaper = replace(header.slots[0], cost=Argon2Cost(LEAST.memory_kib, 5))
    with pytest.raises(WrongPassphraseError):
        key_slots.open_passphrase(header.with_slot(cheaper), b"pass")
