"""The real signaling server inside another program, on a free loopback port.

For `make run`, the headless peer and tests: same code, same store, same limits
except where the caller says otherwise.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from safesession.signaling_server.limits import Limits
from safesession.signaling_server.server import ServerConfig, SignalingServer
from safesession.signaling_server.turn_credentials import TurnConfig


class EmbeddedServer:
    """Runs in the caller's asyncio loop: `async with` it, or start and stop it."""

    def __init__(
        self,
        data_dir: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        limits: Limits | None = None,
        turn: TurnConfig | None = None,
    ) -> None:
        self._server = SignalingServer(
            ServerConfig(
                data_dir,
                host,
                port,
                limits=limits or Limits(),
                turn=turn or TurnConfig(),
            )
        )

    @property
    def origin(self) -> str:
        """Where it is reached, for example `http://127.0.0.1:43210`."""
        return self._server.origin

    @property
    def address(self) -> str:
        """The origin without its scheme: `host:port`, as in links."""
        return self.origin.partition("://")[2]

    async def start(self) -> None:
        """Open store and port.

        Raises:
            StateError: the data directory cannot be used.
            OSError: the port is taken.
        """
        await self._server.start()

    async def stop(self) -> None:
        """Close every connection and the store."""
        await self._server.stop()

    async def enrol_token(self) -> str:
        """Return a new one-use token with which a counselor enrols."""
        return await self._server.enrol_token()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()
