"""Fuzz targets: messages of the agreed phrase, and both machines that take them.

What the other end makes up moves nothing: it is refused, or it costs a try.
"""

from __future__ import annotations

import copy
from functools import cache

from tests.fuzz.catalogue import target
from tests.support.phrase_room import DURESS, NORMAL, WRONG, PhraseRoom
from tests.support.sim_pair import seeded_entropy

from safesession.core.phrase_check import (
    PersistPhraseTries,
    PhraseProver,
    PhraseState,
    PhraseVerifier,
)
from safesession.errors import RemoteProtocolError
from safesession.protocol.peer_messages import (
    PhraseAsk,
    PhraseMessage,
    PhraseShare,
    PhraseShares,
    PhraseTags,
    PhraseVerdict,
    decode_phrase,
    encode,
)


MESSAGES: tuple[PhraseMessage, ...] = (
    PhraseAsk(1, bytes(32)),
    PhraseAsk(2, bytes(range(32))),
    PhraseShare(1, bytes(32)),
    PhraseShares(1, bytes(range(32)), bytes(32)),
    PhraseTags(1, bytes(32), b"\xff" * 32),
    PhraseVerdict(1, "pass"),
    PhraseVerdict(2, "fail"),
)


def _texts() -> tuple[bytes, ...]:
    return tuple(encode(message) for message in MESSAGES)


@target("phrase_message", _texts)
def phrase_message(data: bytes) -> None:
    try:
        message = decode_phrase(data)
    except RemoteProtocolError:
        return
    assert decode_phrase(encode(message)) == message


@cache
def _machines() -> tuple[PhraseProver | PhraseVerifier, ...]:
    """Return each machine at rest, asked, and in the middle; and after a failure."""
    found: list[PhraseProver | PhraseVerifier] = []

    def keep(room: PhraseRoom) -> None:
        found.extend((copy.copy(room.prover), copy.copy(room.verifier)))

    room = PhraseRoom()
    room.tamper = lambda _role, message: message
    keep(room)
    room.to_client(room.verifier.ask())
    keep(room)
    (share,) = room.prover.submit(NORMAL, room.now)
    keep(room)
    room.verifier.receive(share, room.now)
    keep(room)
    failed = PhraseRoom()
    failed.once(WRONG)
    keep(failed)
    under_duress = PhraseRoom()
    under_duress.once(DURESS)
    keep(under_duress)
    return tuple(found)


def _to_machines() -> tuple[bytes, ...]:
    count = len(_machines())
    return tuple(bytes([n]) + text for n in range(count) for text in _texts())


@target("phrase_machines", _to_machines, weight=3)
def phrase_machines(data: bytes) -> None:
    which = data[0] % len(_machines()) if data else 0
    try:
        message = decode_phrase(data[1:])
    except RemoteProtocolError:
        return
    machine = copy.copy(_machines()[which])
    machine._entropy = seeded_entropy("fuzz")
    before = machine.view
    try:
        outputs = machine.receive(message, 101.0)
    except RemoteProtocolError:
        assert machine.view.tries_left == before.tries_left
        return
    if isinstance(machine, PhraseVerifier):
        _no_free_try(machine, before.tries_left, outputs)
    elif machine.view.state is PhraseState.PASSED:
        # A word is all the client gets; it must have proved something before.
        assert before.state in (PhraseState.PROVEN, PhraseState.PASSED)


def _no_free_try(machine: PhraseVerifier, left: int, outputs: list[object]) -> None:
    """Made-up tags never pass; each is written down before the verdict."""
    verdicts = [o for o in outputs if isinstance(o, PhraseVerdict)]
    if not verdicts:
        return
    assert [type(o) for o in outputs] == [PersistPhraseTries, PhraseVerdict]
    assert verdicts[0].verdict == "fail"
    assert machine.view.tries_left == left - 1
    assert machine.view.state in (PhraseState.FAILED, PhraseState.LOCKED)
