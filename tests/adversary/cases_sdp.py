"""Rows 26-29: an authenticated but hostile peer describes its connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.adversary.catalogue import Verdict, case
from tests.support.evil_room import EvilRoom, evil_room, soon
from tests.support.real_pair import End

from safesession.core import effects, inputs
from safesession.core.status import EndReason, Phase, Problem
from safesession.errors import RemoteProtocolError
from safesession.protocol.sdp_check import check_sdp


Forge = Callable[[inputs.LocalDescription], inputs.LocalDescription]


class Described:
    """Two engines of which one lies about itself, and what the other one takes."""

    def __init__(self, attacker: End, victim: End, forge: Forge) -> None:
        self.told: list[inputs.LocalDescription] = []
        self.applied: list[effects.PeerEffect] = []
        self._engines = (attacker.assembly, victim.assembly)
        make_liar, make_victim = (engine._make_peer for engine in self._engines)

        def lie(event: inputs.PeerInput) -> inputs.PeerInput:
            if not isinstance(event, inputs.LocalDescription):
                return event
            self.told.append(event)
            return forge(event)

        def liar(deliver: Callable[[inputs.PeerInput], None]):
            return make_liar(lambda event: deliver(lie(event)))

        def watched(deliver: Callable[[inputs.PeerInput], None]):
            peer = make_victim(deliver)
            execute = peer.execute

            def note(effect: effects.PeerEffect) -> None:
                if isinstance(effect, effects.ApplyRemoteDescription):
                    self.applied.append(effect)
                execute(effect)

            peer.execute = note
            return peer

        attacker.assembly.runtime._make_peer = liar
        victim.assembly.runtime._make_peer = watched

    def undo(self) -> None:
        for engine in self._engines:
            engine.runtime._make_peer = engine._make_peer


async def described(
    room: EvilRoom, forge: Forge, problem: Problem, *, reaches_aiortc: bool = False
) -> None:
    """Either side lies; the other must end before aiortc reads a word."""
    for attacker, victim in (room.pair, room.pair[::-1]):
        lies = Described(attacker, victim, forge)
        await room.attack()
        for end in (victim, attacker):
            await soon(end, lambda e=end: e.status.phase is Phase.ENDED)
        lies.undo()
        assert lies.told
        assert bool(lies.applied) is reaches_aiortc
        assert victim.status.problem is problem
        assert victim.status.ended is EndReason.FAILED
        assert attacker.status.ended in (EndReason.PEER_LEFT, EndReason.FAILED)
        room.nothing_opened()
        assert room.guesses() == (0, 0)


def sdp(change: Callable[[str], str]) -> Forge:
    return lambda told: replace(told, sdp=change(told.sdp))


def own_line(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("a=fingerprint"))


STRANGER = ":".join(["AB"] * 32)
SHA_1 = "a=fingerprint:sha-1 " + ":".join(["AB"] * 20)


@case(26, "fingerprint swapped, removed, sha-1, or a second one beside it")
async def fingerprints(folder: Path) -> Verdict:
    changes = [
        lambda s: s.replace(own_line(s), f"a=fingerprint:sha-256 {STRANGER}"),
        lambda s: s.replace(own_line(s), f"a=fingerprint:sha-256 {STRANGER}", 1),
        lambda s: s.replace(own_line(s) + "\r\n", ""),
        lambda s: s.replace(own_line(s), SHA_1),
        lambda s: s.replace(own_line(s), f"{own_line(s)}\r\n{SHA_1}"),
        lambda s: s + f"a=fingerprint:sha-256 {STRANGER}\r\n",
    ]
    async with evil_room(folder) as room:
        for change in changes:
            await described(room, sdp(change), Problem.PEER_MISBEHAVED)
    return Verdict(frames_leaked=room.leaked)


@case(26, "fingerprint swapped everywhere: DTLS meets another certificate")
async def a_stranger_everywhere(folder: Path) -> Verdict:
    def forge(told: inputs.LocalDescription) -> inputs.LocalDescription:
        text = told.sdp.replace(told.fingerprint, STRANGER)
        return replace(told, sdp=text, fingerprint=STRANGER)

    async with evil_room(folder) as room:
        await described(room, forge, Problem.BIND_FAILED, reaches_aiortc=True)
    return Verdict(frames_leaked=room.leaked)


@case(27, "a=crypto, a=identity, another DTLS role, plain RTP")
async def attributes(folder: Path) -> Verdict:
    changes = [
        lambda s: s + "a=crypto:1 AEAD_AES_256_GCM inline:eA==\r\n",
        lambda s: s + "a=identity:eyJ9\r\n",
        lambda s: s.replace("a=setup:actpass", "a=setup:active").replace(
            "a=setup:active", "a=setup:passive"
        ),
        lambda s: s.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
        lambda s: s.replace("UDP/DTLS/SCTP", "DTLS/SCTP"),
    ]
    async with evil_room(folder) as room:
        for change in changes:
            await described(room, sdp(change), Problem.PEER_MISBEHAVED)
    return Verdict(frames_leaked=room.leaked)


@case(27, "lines hidden behind a separator that only aiortc knows")
async def hidden_lines(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        for separator in "\x0b\x1e":
            hidden = separator + f"a=fingerprint:sha-256 {STRANGER}"
            forge = sdp(lambda s, h=hidden: s.replace("s=-", "s=-" + h, 1))
            await described(room, forge, Problem.PEER_MISBEHAVED)
    return Verdict(frames_leaked=room.leaked)


@case(28, "a second video, a missing section, another order")
async def sections(folder: Path) -> Verdict:
    def video(text: str) -> str:
        return text[text.index("m=video") : text.index("m=application")]

    changes = [
        lambda s: s + video(s),
        lambda s: s.replace(video(s), ""),
        lambda s: s.replace(video(s), "") + video(s),
        lambda s: s.replace("m=video", "m=audio"),
        lambda s: s + "m=message 9 TCP/MSRP *\r\n",
    ]
    async with evil_room(folder) as room:
        for change in changes:
            await described(room, sdp(change), Problem.PEER_MISBEHAVED)
    return Verdict(frames_leaked=room.leaked)


@case(29, "33 candidates, a host name, a port that is none, 17 KiB, no ASCII")
async def candidates(folder: Path) -> Verdict:
    line = "a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n"
    changes = [
        lambda s: s + line * 33,
        lambda s: s + line.replace("127.0.0.1", "peer.example"),
        lambda s: s + line.replace("127.0.0.1", "a1b2.local"),
        lambda s: s + line.replace(" 9 ", " 65536 "),
        lambda s: s + "a=candidate:1 1 udp 1 127.0.0.1\r\n",
        lambda s: s.replace("s=-", "s=\u00e9", 1),
        lambda s: s + "a=msid:" + "x" * 2000 + "\r\n",
    ]
    async with evil_room(folder) as room:
        for change in changes:
            await described(room, sdp(change), Problem.PEER_MISBEHAVED)
    return Verdict(frames_leaked=room.leaked)


@case(29, "relay only: the check refuses the addresses a real engine offers")
async def relay_only(folder: Path) -> Verdict:
    """No mode of this version asks for it; what the check would do is held here."""
    async with evil_room(folder) as room:
        lies = Described(*room.pair, lambda told: told)
        await room.still_meets()
        lies.undo()
        (told,) = lies.told
        assert check_sdp(told.sdp, "answer", told.fingerprint) == told.sdp
        with pytest.raises(RemoteProtocolError, match="relayed"):
            check_sdp(told.sdp, "answer", told.fingerprint, relay_only=True)
    return Verdict(frames_leaked=room.leaked)
