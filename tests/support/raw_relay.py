"""A WebSocket client that says what it is told to, for tests of the server."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Self

import aiohttp

from safesession.core.account import CounselorAccount


class RawClient:
    """One connection; `hear` returns a dict, bytes, or ("closed", code, reason)."""

    def __init__(self, session: aiohttp.ClientSession, socket) -> None:
        self._session = session
        self.socket = socket
        self.welcome: dict[str, Any] = {}

    @classmethod
    async def connect(
        cls, origin: str, *, hello: bool = True, source: str | None = None, **options
    ) -> RawClient:
        """Connect from `source`, which may be any 127.x.y.z on Linux."""
        from_ = aiohttp.TCPConnector(local_addr=(source, 0)) if source else None
        session = aiohttp.ClientSession(connector=from_)
        try:
            socket = await session.ws_connect(
                f"{origin}/ws", protocols=("safesession.1",), **options
            )
            client = cls(session, socket)
            client.welcome = await client.hear()
            if hello:
                await client.say(t="hello", v=[1])
        except BaseException:
            await session.close()
            raise
        return client

    async def say(self, **message: Any) -> None:
        await self.text(json.dumps(message))

    async def text(self, text: str) -> None:
        await self.socket.send_str(text)

    async def frame(self, data: bytes) -> None:
        await self.socket.send_bytes(data)

    async def hear(self, limit_s: float = 5.0) -> Any:
        async with asyncio.timeout(limit_s):
            message = await self.socket.receive()
        if message.type is aiohttp.WSMsgType.TEXT:
            return json.loads(message.data)
        if message.type is aiohttp.WSMsgType.BINARY:
            return message.data
        return ("closed", self.socket.close_code)

    async def closed(self, limit_s: float = 5.0) -> int | None:
        """Skip everything up to the end; return its code."""
        while True:
            heard = await self.hear(limit_s)
            if isinstance(heard, tuple):
                return heard[1]

    async def sign_in(self, account: CounselorAccount, origin: str) -> dict:
        time_s, nonce = self.welcome["time"], bytes.fromhex(self.welcome["nonce"])
        signature = account.sign(origin, nonce, time_s).hex()
        await self.say(t="auth", account=account.account_id, time=time_s, sig=signature)
        return await self.hear()

    async def invite(self, ttl: int = 3600) -> tuple[dict, dict]:
        await self.say(t="invite.new", ttl=ttl)
        return await self.hear(), await self.hear()

    async def close(self) -> None:
        await self.socket.close()
        await self._session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()
