"""People with real connections to a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from safesession.core import effects, inputs
from safesession.core.account import CounselorAccount
from safesession.engine.signaling import SignalingConnection, make_link


class Person:
    """One end: a real connection and what it delivered."""

    def __init__(self, server: str, account: CounselorAccount | None = None) -> None:
        self.got: list[inputs.SignalingInput] = []
        self._news = asyncio.Event()
        link = make_link(server, account)
        self.line = SignalingConnection(server, link, self._deliver)

    def _deliver(self, event: inputs.SignalingInput) -> None:
        self.got.append(event)
        self._news.set()

    def do(self, *commands: effects.SignalingEffect) -> None:
        for command in commands:
            self.line.command(command)

    def send(self, *bodies: bytes) -> None:
        self.do(*(effects.SendEnvelope(body) for body in bodies))

    def envelopes(self) -> list[bytes]:
        return [e.untrusted_body for e in self.all(inputs.EnvelopeReceived)]

    def all(self, kind: type) -> list:
        return [event for event in self.got if isinstance(event, kind)]

    async def until(self, condition: Callable[[], bool], limit_s: float = 10) -> None:
        async with asyncio.timeout(limit_s):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def first(self, kind: type, number: int = 1):
        await self.until(lambda: len(self.all(kind)) >= number)
        return self.all(kind)[number - 1]

    async def receives(self, *bodies: bytes) -> None:
        await self.until(lambda: len(self.envelopes()) >= len(bodies))
        assert self.envelopes() == list(bodies)
