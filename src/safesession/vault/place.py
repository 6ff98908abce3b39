"""Where a vault stands: its folder, the keyring beside it, and which secret opens what.

The keyring holds two things: evidence of how long the custody log was, and, only if
somebody chose so, a device secret.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from safesession.core.vault_types import AnchorVerdict, Binding, KeyringState, SlotKind
from safesession.crypto.argon2 import Argon2Cost, passphrase_bytes
from safesession.crypto.entropy import draw
from safesession.crypto.recovery_key import RecoveryKey
from safesession.keyring_store import DeviceKeyring
from safesession.vault import key_slots as slots
from safesession.vault.custody import open_anchor, seal_anchor
from safesession.vault.errors import DeviceSecretMissingError, NoSuchSlotError
from safesession.vault.header import Header
from safesession.vault.interim_state import GUESSES_NAME
from safesession.vault.open_vault import OpenVault
from safesession.vault.opening import Surroundings


ANCHOR_LIMIT_S = 2.0
Secret = str | RecoveryKey | None  # passphrase, printed sheet, or this device's keyring


@dataclass(frozen=True, slots=True)
class Place:
    """One vault's surroundings. `interim` is the state file of earlier versions."""

    around: Surroundings
    keyring: DeviceKeyring
    interim: Path

    @property
    def guesses(self) -> Path:
        """Counters written while the vault was locked."""
        return self.around.paths.folder / GUESSES_NAME


def open_with(secret: Secret, device_secret: bytes) -> Callable[[Header], bytes]:
    """Return what opens a key file with this secret."""
    if isinstance(secret, RecoveryKey):
        return lambda header: slots.open_recovery(header, secret)
    if secret is None:
        return lambda header: slots.open_device(header, device_secret)
    typed = passphrase_bytes(secret)
    return lambda header: slots.open_passphrase(header, typed, device_secret)


def device_secret_for(
    place: Place, header: Header, secret: Secret
) -> tuple[bytes, KeyringState | None]:
    """Ask the keyring for the device secret, if this way of unlocking needs it.

    The state is None where it was not asked.

    Raises:
        NoSuchSlotError: this vault cannot be opened so.
        DeviceSecretMissingError: the keyring has no such secret, or another one.
    """
    if isinstance(secret, RecoveryKey):
        return b"", None
    kind = SlotKind.DEVICE if secret is None else SlotKind.PASSPHRASE
    slot = header.slot(kind)
    if slot is None:
        raise NoSuchSlotError(kind.value)
    if not slot.device_check:
        return b"", None
    answer = place.keyring.load(device_name(header, slot.device_check))
    if answer.value is None:
        raise DeviceSecretMissingError(answer.state.value)
    if slots.device_check(answer.value) != slot.device_check:
        raise DeviceSecretMissingError(KeyringState.CHANGED.value)
    return answer.value, answer.state


def with_slots(
    place: Place,
    header: Header,
    master: bytes,
    passphrase: bytes,
    binding: Binding,
    cost: Argon2Cost,
) -> tuple[Header, KeyringState]:
    """Return the header with the passphrase's slot, and the device's where possible.

    A keyring that does not keep what it is given is left out: the passphrase alone
    then opens the vault, and the returned state says why.
    """
    entropy = place.around.entropy
    device_secret, state = b"", KeyringState.EMPTY
    if binding is not Binding.PASSPHRASE:
        device_secret = draw(entropy, slots.DEVICE_SECRET_BYTES)
        check = slots.device_check(device_secret)
        state = place.keyring.store(device_name(header, check), device_secret)
        if state is not KeyringState.WORKING:
            device_secret = b""
    bound = device_secret if binding is Binding.PASSPHRASE_AND_DEVICE else b""
    header = header.with_slot(
        slots.seal_passphrase(
            header, master, passphrase, entropy, cost=cost, device_secret=bound
        )
    )
    if binding is Binding.QUICK and device_secret:
        quick = slots.seal_device(header, master, device_secret, entropy)
        header = header.with_slot(quick)
    return header, state


def binding_of(header: Header) -> Binding:
    """Return what opens this vault besides the sheet."""
    if header.slot(SlotKind.DEVICE) is not None:
        return Binding.QUICK
    slot = header.slot(SlotKind.PASSPHRASE)
    bound = slot is not None and slot.device_check
    return Binding.PASSPHRASE_AND_DEVICE if bound else Binding.PASSPHRASE


def keep_anchor(place: Place, vault: OpenVault) -> KeyringState:
    """Leave evidence of the custody log's length in the keyring."""
    sealed = seal_anchor(vault.custody.anchor(), vault.keys.anchor, vault.keys.vault_id)
    return place.keyring.store(anchor_name(vault.header), sealed, ANCHOR_LIMIT_S)


def judge_anchor(place: Place, vault: OpenVault) -> tuple[AnchorVerdict, KeyringState]:
    """Compare the custody log with the evidence in the keyring."""
    answer = place.keyring.load(anchor_name(vault.header), ANCHOR_LIMIT_S)
    if answer.state is KeyringState.CHANGED:
        return AnchorVerdict.FORGED, answer.state
    if answer.value is None:
        return AnchorVerdict.NONE, answer.state
    anchor = open_anchor(answer.value, vault.keys.anchor, vault.keys.vault_id)
    if anchor is None:
        return AnchorVerdict.FORGED, KeyringState.CHANGED
    return vault.custody.judge(anchor), answer.state


def forget_device_secrets(place: Place, old: Header, new: Header) -> None:
    """Take device secrets out of the keyring that no slot needs any more."""
    needed = {slot.device_check for slot in new.slots}
    for slot in old.slots:
        if slot.device_check and slot.device_check not in needed:
            place.keyring.forget(device_name(old, slot.device_check))


def device_name(header: Header, check: bytes) -> str:
    """Return a device secret's name in the keyring: a new secret, a new name.

    So a crash between keyring and key file never leaves the wrong one.
    """
    return f"device {header.vault_id.hex()} {check.hex()}"


def anchor_name(header: Header) -> str:
    """Return the name of the rollback evidence in the keyring."""
    return f"history {header.vault_id.hex()}"
