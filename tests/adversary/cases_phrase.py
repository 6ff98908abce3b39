"""The agreed phrase under attack (rows 49 to 52)."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

from tests.adversary.catalogue import Verdict, case
from tests.support.phrase_room import (
    DURESS,
    NORMAL,
    WRONG,
    PhraseRoom,
    seats,
)

from safesession.core.phrase_check import PhraseState
from safesession.protocol.peer_messages import PhraseShares, PhraseTags


@case(49, "three wrong phrases lock both ends")
async def wrong_three_times(_folder: Path) -> Verdict:
    room = PhraseRoom()
    for count in (1, 2, 3):
        room.once(WRONG)
        assert room.disk[-1] == count
        assert room.order[-2:] == ["disk", "PhraseVerdict"]
    assert room.prover.view.state is PhraseState.LOCKED
    assert room.verifier.view.state is PhraseState.LOCKED
    assert room.verifier.ask() == []  # not even for the right phrase
    # Another session of the pair begins where this one ended.
    later = PhraseRoom(wrong_tries=room.disk[-1])
    later.once(WRONG)
    assert later.disk == [4]
    return Verdict()


def _swapped(*kinds):
    """Return a wire that exchanges what stands for normal and for duress."""

    def tamper(_role, message):
        if not isinstance(message, kinds):
            return message
        return type(message)(message.run, message.duress, message.normal)

    return tamper


@case(50, "swapped shares and tags prove nothing")
async def swapped(_folder: Path) -> Verdict:
    for kinds in ((PhraseTags,), (PhraseShares,), (PhraseShares, PhraseTags)):
        for typed in (NORMAL, DURESS):
            room = PhraseRoom(tamper=_swapped(*kinds))
            room.once(typed)
            assert room.prover.view.state is PhraseState.FAILED
            assert room.verifier.view.state is PhraseState.FAILED
            assert not room.verifier.view.duress
            assert room.disk == [1]
    return Verdict()


@case(51, "a proof relayed to another epoch fails")
async def relayed_to_another_epoch(_folder: Path) -> Verdict:
    """Somebody sits between, with an epoch of their own towards each end."""
    for their_epoch in (0, 1):
        room = PhraseRoom()
        other_client, _ = seats(their_epoch, seed="towards the client")
        assert other_client.keys.transcript != room.counselor.keys.transcript
        room.prover.bind(other_client.keys, their_epoch, other_client.binding)
        # Opened and sealed anew on the way: the messages arrive as they were said.
        room.once(NORMAL)
        assert room.prover.view.state is PhraseState.FAILED
        assert room.verifier.view.state is PhraseState.FAILED
        assert room.disk == [1]
    return Verdict()


@case(51, "a channel other than the one bound fails")
async def relayed_to_another_channel(_folder: Path) -> Verdict:
    """The same keys, but another DTLS session between the ends."""
    room = PhraseRoom()
    room.prover.bind(room.client.keys, 0, b"x" * 64)
    room.once(NORMAL)
    assert room.verifier.view.state is PhraseState.FAILED
    return Verdict()


@case(52, "duress is a silent flag and looks like a pass")
async def duress(_folder: Path) -> Verdict:
    rooms = {name: PhraseRoom() for name in ("normal", "duress")}
    seen = {}
    for name, typed in (("normal", NORMAL), ("duress", DURESS)):
        room = rooms[name]
        views = []
        room.ask()
        views.append(room.prover.view)
        room.type(typed)
        views.append(room.prover.view)
        seen[name] = (views, room.sent, room.order, room.prover.deadline)
    assert seen["normal"] == seen["duress"]  # frames in number and size, screens
    assert [len(sizes) for sizes in rooms["duress"].sent.values()] == [2, 3]
    assert not rooms["normal"].verifier.view.duress
    assert rooms["duress"].verifier.view.duress
    assert "duress" not in {f.name for f in fields(rooms["duress"].prover.view)}
    assert replace(rooms["duress"].verifier.view, duress=False) == (
        rooms["normal"].verifier.view
    )
    return Verdict()
