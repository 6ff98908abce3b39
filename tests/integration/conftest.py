"""A real server on port 0, an enrolled counselor, people with real lines."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from tests.support.relay_people import Person

from safesession.core.account import CounselorAccount
from safesession.engine.enrolment import enrol
from safesession.signaling_server.embedded import EmbeddedServer


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


@pytest.fixture
def account_of() -> Callable[[EmbeddedServer], Awaitable[CounselorAccount]]:
    async def make(server: EmbeddedServer) -> CounselorAccount:
        return await enrol(server.origin, await server.enrol_token())

    return make


@pytest.fixture
def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
