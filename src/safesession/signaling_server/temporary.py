"""The embedded server with a folder of its own that goes when it stops.

For the demo, the headless host and tests. Its database lives in a folder that
goes when the server stops; nothing else about it differs from the hosted one.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from safesession.signaling_server.embedded import EmbeddedServer


class TemporaryServer:
    """An `EmbeddedServerPort` around the product's own server."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._server: EmbeddedServer | None = None

    async def start(self) -> str:
        """Start it and return its origin."""
        self._folder = tempfile.TemporaryDirectory(prefix="safesession-server-")
        self._server = EmbeddedServer(Path(self._folder.name))
        await self._server.start()
        return self._server.origin

    async def new_enrolment_token(self) -> str:
        """Return a one-use token for a counselor."""
        if self._server is None:
            raise RuntimeError("the embedded server is not running")
        return await self._server.enrol_token()

    async def stop(self) -> None:
        """Stop it and remove its folder."""
        if self._server is not None:
            await self._server.stop()
            self._server = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
