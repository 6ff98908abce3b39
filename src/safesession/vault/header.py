"""The key file: which slots open a vault, and the codec of that file.

One line of name, one of JSON, one of SHA-256. The hash tells damage from a wrong
passphrase; the MAC, keyed by the master key, tells a header that somebody edited.
Must never hold an unsealed key.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from enum import StrEnum

import msgspec

from safesession.core.vault_types import SlotKind
from safesession.crypto.argon2 import SALT_BYTES, Argon2Cost
from safesession.crypto.key_schedule import StorageLabel, expand, mac
from safesession.vault.errors import (
    ForeignFileError,
    HeaderDamagedError,
    HeaderForgedError,
    NewerVersionError,
)


VERSION = 1
MAX_HEADER_BYTES = 16_384
ID_BYTES = 16
_MAGIC = b"SafeSession keys\n"


class Purpose(StrEnum):
    """What the keys open. A slot of one never opens the other."""

    VAULT = "vault"
    BACKUP = "backup"


@dataclass(frozen=True, slots=True)
class Slot:
    """The master key, sealed for one kind of secret.

    `device_check` is a hash prefix of the device secret that the slot needs too;
    empty when it needs none.
    """

    kind: SlotKind
    salt: bytes
    box: bytes = field(repr=False)
    cost: Argon2Cost | None = None
    device_check: bytes = b""


@dataclass(frozen=True, slots=True)
class Header:
    """Everything in the key file. `generation` rises at every change of it.

    `backup_box` holds what a backup is sealed with for the recovery sheet.
    """

    purpose: Purpose
    vault_id: bytes
    generation: int
    data_generation: int
    file_key_box: bytes = field(repr=False)
    slots: tuple[Slot, ...]
    backup_box: bytes = field(default=b"", repr=False)
    mac: bytes = field(default=b"", repr=False)

    def slot(self, kind: SlotKind) -> Slot | None:
        """Return the slot of this kind, if there is one."""
        return next((slot for slot in self.slots if slot.kind is kind), None)

    def with_slot(self, slot: Slot) -> Header:
        """Return the header with this slot in place of one of its kind."""
        others = tuple(old for old in self.slots if old.kind is not slot.kind)
        return replace(self, slots=(*others, slot))

    def signed(self, master_key: bytes) -> Header:
        """Return the next generation of this header, under its MAC."""
        bare = replace(self, generation=self.generation + 1, mac=b"")
        return replace(bare, mac=_mac(bare, master_key))

    def check(self, master_key: bytes) -> None:
        """Refuse a header that was not written by somebody with the key.

        Raises:
            HeaderForgedError: the MAC does not fit.
        """
        bare = replace(self, mac=b"")
        if not hmac.compare_digest(self.mac, _mac(bare, master_key)):
            raise HeaderForgedError("header mac")


def _mac(bare: Header, master_key: bytes) -> bytes:
    return mac(expand(master_key, StorageLabel.VAULT_HEADER), _body(bare))


class _WireCost(msgspec.Struct, forbid_unknown_fields=True):
    memory_kib: int
    passes: int


class _WireSlot(msgspec.Struct, forbid_unknown_fields=True):
    kind: SlotKind
    salt: str
    box: str
    cost: _WireCost | None
    device_check: str


class _WireHeader(msgspec.Struct, forbid_unknown_fields=True):
    v: int
    purpose: Purpose
    vault_id: str
    generation: int
    data_generation: int
    file_key_box: str
    slots: list[_WireSlot]
    backup_box: str
    mac: str


class _WireVersion(msgspec.Struct):
    v: int


def encode(header: Header) -> bytes:
    """Return the file's content."""
    body = _body(header)
    digest = hashlib.sha256(_MAGIC + body).hexdigest().encode("ascii")
    return _MAGIC + body + b"\n" + digest + b"\n"


def decode(untrusted: bytes) -> Header:
    """Read a key file whole, or refuse it.

    Raises:
        ForeignFileError: not a key file.
        HeaderDamagedError: its bytes have changed.
        NewerVersionError: written by a later version.
    """
    if not untrusted.startswith(_MAGIC):
        raise ForeignFileError("not a key file")
    body, newline, digest = (
        untrusted[len(_MAGIC) :].rpartition(b"\n")[0].rpartition(b"\n")
    )
    expected = hashlib.sha256(_MAGIC + body).hexdigest().encode("ascii")
    if not newline or digest != expected or not untrusted.endswith(digest + b"\n"):
        raise HeaderDamagedError("checksum")
    try:
        if msgspec.json.decode(body, type=_WireVersion).v > VERSION:
            raise NewerVersionError("header version")
        header = _typed(msgspec.json.decode(body, type=_WireHeader))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise HeaderDamagedError("content") from None
    if _body(header) != body:
        raise HeaderDamagedError("spelling")
    return header


def _body(header: Header) -> bytes:
    wire = _WireHeader(
        v=VERSION,
        purpose=header.purpose,
        vault_id=header.vault_id.hex(),
        generation=header.generation,
        data_generation=header.data_generation,
        file_key_box=header.file_key_box.hex(),
        slots=[_wire_slot(slot) for slot in header.slots],
        backup_box=header.backup_box.hex(),
        mac=header.mac.hex(),
    )
    return msgspec.json.encode(wire)


def _wire_slot(slot: Slot) -> _WireSlot:
    cost = _WireCost(slot.cost.memory_kib, slot.cost.passes) if slot.cost else None
    return _WireSlot(
        slot.kind, slot.salt.hex(), slot.box.hex(), cost, slot.device_check.hex()
    )


def _typed(wire: _WireHeader) -> Header:
    slots = tuple(
        Slot(
            slot.kind,
            bytes.fromhex(slot.salt),
            bytes.fromhex(slot.box),
            Argon2Cost(slot.cost.memory_kib, slot.cost.passes) if slot.cost else None,
            bytes.fromhex(slot.device_check),
        )
        for slot in wire.slots
    )
    vault_id = bytes.fromhex(wire.vault_id)
    if wire.v != VERSION or len(vault_id) != ID_BYTES:
        raise ValueError("shape")
    if min(wire.generation, wire.data_generation) < 0:
        raise ValueError("generation")
    if len({slot.kind for slot in slots}) != len(slots):
        raise ValueError("two slots of one kind")
    if any(len(slot.salt) != SALT_BYTES for slot in slots):
        raise ValueError("salt")
    if any((slot.cost is None) == (slot.kind is SlotKind.PASSPHRASE) for slot in slots):
        raise ValueError("cost")
    return Header(
        wire.purpose,
        vault_id,
        wire.generation,
        wire.data_generation,
        bytes.fromhex(wire.file_key_box),
        slots,
        bytes.fromhex(wire.backup_box),
        bytes.fromhex(wire.mac),
    )
