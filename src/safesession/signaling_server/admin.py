"""The administrator's door: counts, for this machine alone.

A Unix socket beside the database, for the server's own user, and on request a
loopback port for Prometheus. It answers `GET /metrics` and `GET /status` and takes
nothing in. It must never tell who is there, only how many.
"""

from __future__ import annotations

import http.client
import json
import logging
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiohttp import hdrs, web

from safesession.errors import StateError
from safesession.signaling_server.figures import as_json, as_prometheus
from safesession.signaling_server.server import SignalingServer


_log = logging.getLogger(__name__)
SOCKET_FILE = "admin.sock"
_LONGEST_SOCKET_PATH = 100  # the system takes 107 bytes
_ANSWER_S = 5.0
_PROMETHEUS = "text/plain; version=0.0.4"


class AdminDoor:
    """Open beside a running server; closed before it stops."""

    def __init__(self, server: SignalingServer, data_dir: Path) -> None:
        self._server = server
        self._path = data_dir / SOCKET_FILE
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None))
        self.port = 0

    async def open(self, loopback: tuple[str, int] | None) -> None:
        """Listen on the socket, and on a loopback port if there is one.

        Raises:
            OSError: the loopback port is taken.
        """
        await self._runner.setup()
        if has_socket(self._path):
            self._path.unlink(missing_ok=True)  # of a server that was killed
            await web.UnixSite(self._runner, str(self._path)).start()
            self._path.chmod(0o600)
        else:
            _log.warning("no admin socket: the data folder's path is too long for one")
        if loopback is not None:
            try:
                await web.TCPSite(self._runner, *loopback).start()
            except OSError:
                await self.close()
                raise
            self.port = int(self._runner.addresses[-1][1])

    async def close(self) -> None:
        """Close both."""
        await self._runner.cleanup()
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method != hdrs.METH_GET:
            return web.Response(status=405)
        match request.path:
            case "/metrics":
                text = as_prometheus(self._server.figures())
                response = web.Response(body=text.encode())
                response.headers[hdrs.CONTENT_TYPE] = _PROMETHEUS
                return response
            case "/status":
                figures = as_json(self._server.figures())
                return web.json_response({"pid": os.getpid(), "figures": figures})
            case _:
                return web.Response(status=404)


def has_socket(path: Path) -> bool:
    """Say whether this system and this path allow a Unix socket."""
    short = len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH
    return sys.platform != "win32" and short


def ask_running_server(data_dir: Path) -> dict[str, Any] | None:
    """Return what the server that runs on this folder says, or None if none does.

    Raises:
        StateError: one is there, but this account may not ask it.
    """
    path = data_dir / SOCKET_FILE
    if not has_socket(path):
        return None
    connection = http.client.HTTPConnection("localhost", timeout=_ANSWER_S)
    try:
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.settimeout(_ANSWER_S)
        connection.sock.connect(str(path))
        connection.request("GET", "/status")
        answer = json.loads(connection.getresponse().read())
    except PermissionError:
        raise StateError(
            "this account may not ask the running server; use the server's own."
        ) from None
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return answer if isinstance(answer, dict) else None
