"""What was written outside the vault, on its way in.

Letters of the time when it was locked, and the state file of earlier versions. Any
step may be the last one of this process: what lies outside goes only after the
database has it and was read back, and taking it a second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from safesession.core.device_state import parse_counters
from safesession.core.vault_types import Adoption
from safesession.errors import StateError
from safesession.vault import device_tables, interim_state
from safesession.vault.custody import CustodyEvent
from safesession.vault.engine_records import decode_invite, decode_texts
from safesession.vault.engine_tables import OpenInvite, Unsent
from safesession.vault.errors import DamagedError, InterimStateError
from safesession.vault.files import set_aside
from safesession.vault.letters import LetterKind, drop_letter, letter_path, read_letter
from safesession.vault.open_vault import OpenVault
from safesession.vault.place import Place


def adopt_outside(place: Place, vault: OpenVault) -> Adoption:
    """Take everything; returns what became of the interim state file.

    Raises:
        VaultError: the disk refuses; what was not taken is still there.
    """
    for kind in LetterKind:
        _adopt_letter(place, vault, kind)
    try:
        guesses = interim_state.read_interim(place.guesses)
        if guesses is not None:
            vault.device.raise_counters(guesses.wrong_attempts)
            interim_state.wipe(place.guesses)
        return _adopt_interim(place, vault)
    except InterimStateError:
        return Adoption.DAMAGED


def _adopt_interim(place: Place, vault: OpenVault) -> Adoption:
    state = interim_state.read_interim(place.interim)
    if state is None:
        return Adoption.NOTHING
    with vault.store.transaction("device") as change:
        ours = device_tables.adopt(change, vault.identity, state)
        if ours:
            vault.custody.append(change, CustodyEvent.ADOPTED)
    if not ours:
        interim_state.set_interim_aside(place.interim)
        return Adoption.OTHER_IDENTITY
    interim_state.wipe(place.interim)
    return Adoption.ADOPTED


def _adopt_letter(place: Place, vault: OpenVault, kind: LetterKind) -> None:
    folder = place.around.paths.folder
    secret = vault.engine.letterbox_secret(place.around.entropy)
    try:
        content = read_letter(folder, secret, kind)
        if content is None:
            return
        take = _READERS[kind](content)
    except DamagedError:
        mark = f"{int(place.around.clock())}"
        set_aside(letter_path(folder, kind), place.around.paths.damaged, mark)
        vault.note_event(CustodyEvent.REPAIRED, f"unreadable letter: {kind}")
        return
    take(vault)
    drop_letter(folder, kind)


_Taking = Callable[[OpenVault], None]


def _guesses(content: dict[str, Any]) -> _Taking:
    try:
        counts = parse_counters(content)
    except StateError:
        raise DamagedError("letter") from None
    return lambda vault: vault.device.raise_counters(counts)


def _invite(content: dict[str, Any]) -> _Taking:
    revision, text = _revised(content, "invite")
    invite = OpenInvite(revision, decode_invite(text))
    return lambda vault: vault.engine.save_invite(invite)


def _unsent(content: dict[str, Any]) -> _Taking:
    revision, text = _revised(content, "texts")
    unsent = Unsent(revision, decode_texts(text))
    return lambda vault: vault.engine.save_unsent(unsent)


def _revised(content: dict[str, Any], name: str) -> tuple[int, str]:
    revision, text = content.get("revision"), content.get(name)
    if type(revision) is not int or not isinstance(text, str):
        raise DamagedError("letter")
    return revision, text


_READERS: dict[LetterKind, Callable[[dict[str, Any]], _Taking]] = {
    LetterKind.GUESSES: _guesses,
    LetterKind.INVITE: _invite,
    LetterKind.UNSENT: _unsent,
}
