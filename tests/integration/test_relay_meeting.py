"""Counselor and client through the real server, store and sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from safesession.core import effects, inputs
from safesession.core.account import CounselorAccount
from safesession.engine.enrolment import enrol
from safesession.engine.signaling import SignalingConnection, make_link
from safesession.signaling_server.embedded import EmbeddedServer


class Person:
    """One end: a real connection and what it delivered."""

    def __init__(self, server: str, account: CounselorAccount | None = None) -> None:
        self.got: list[inputs.SignalingInput] = []
        self._news = asyncio.Event()
        self.line = SignalingConnection(
            server, make_link(server, account), self._deliver
        )

    def _deliver(self, event: inputs.SignalingInput) -> None:
        self.got.append(event)
        self._news.set()

    def do(self, *commands: effects.SignalingEffect) -> None:
        for command in commands:
            self.line.command(command)

    def envelopes(self) -> list[bytes]:
        found = [e for e in self.got if isinstance(e, inputs.EnvelopeReceived)]
        return [envelope.untrusted_body for envelope in found]

    def all(self, kind: type) -> list:
        return [event for event in self.got if isinstance(event, kind)]

    async def until(self, condition: Callable[[], bool], limit_s: float = 8) -> None:
        async with asyncio.timeout(limit_s):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def first(self, kind: type, number: int = 1):
        await self.until(lambda: len(self.all(kind)) >= number)
        return self.all(kind)[number - 1]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedServer]:
    async with EmbeddedServer(tmp_path / "server") as running:
        yield running


@pytest.fixture
async def account(server: EmbeddedServer) -> CounselorAccount:
    return await enrol(server.origin, await server.enrol_token())


@pytest.fixture
async def people(server, account) -> AsyncIterator[Callable[..., Person]]:
    made: list[Person] = []

    def make(*, counselor: bool = False) -> Person:
        made.append(Person(server.address, account if counselor else None))
        return made[-1]

    yield make
    for person in made:
        await person.line.close()


async def test_two_people_meet_and_exchange_envelopes(people) -> None:
    counselor, client = people(counselor=True), people()
    counselor.do(effects.OpenInvite(3600))
    invite = await counselor.first(inputs.InviteOpened)
    counselor.do(effects.SendEnvelope(b"M0"))
    client.do(effects.ClaimInvite(invite.number))
    await client.until(lambda: client.envelopes() == [b"M0"])
    assert (await client.first(inputs.RoomJoined)).peer_present
    presence = await counselor.first(inputs.PeerPresence)
    assert presence == inputs.PeerPresence(present=True, attempt=0)
    client.do(*(effects.SendEnvelope(b"c%d" % n) for n in range(40)))
    counselor.do(*(effects.SendEnvelope(b"k%d" % n) for n in range(40)))
    await counselor.until(lambda: len(counselor.envelopes()) == 40)
    await client.until(lambda: len(client.envelopes()) == 41)
    assert counselor.envelopes() == [b"c%d" % n for n in range(40)]
    assert client.envelopes() == [b"M0"] + [b"k%d" % n for n in range(40)]
