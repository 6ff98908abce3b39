"""A server cannot send the app elsewhere: not to another host, not to a neighbour."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from tests.support.relay_people import Person

from safesession.core import effects, inputs
from safesession.engine.enrolment import ServerUnreachableError, enrol


@asynccontextmanager
async def answering(answer) -> AsyncIterator[tuple[str, list[str]]]:
    """A web server that answers everything alike, and the paths it was asked for."""
    asked: list[str] = []

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request.path)
        return answer()

    runner = web.ServerRunner(web.Server(handle, access_log=None))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}", asked
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    async with answering(lambda: web.Response(text="x")) as (other, asked):
        headers = {"Location": f"{other}/delete-everything"}

        def away() -> web.Response:
            return web.Response(status=status, headers=headers)

        async with answering(away) as (server, seen):
            person = Person(server)
            person.do(effects.ClaimInvite("123456"))
            down = await person.first(inputs.ServerLinkChanged)
            assert not down.up
            await person.line.close()
            with pytest.raises(ServerUnreachableError):
                await enrol(server, "0" * 26)
        assert seen == ["/ws", "/ws"]
    assert asked == []
