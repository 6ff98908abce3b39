"""Registering a counselor's key with a server, once, by a one-use token.

The token is worth an account until it is used: it must never be logged.
"""

from __future__ import annotations

import asyncio
import secrets
import ssl

import aiohttp

from safesession.core.account import CounselorAccount
from safesession.crypto.identity import SEED_BYTES, IdentityKey, sign_server_auth
from safesession.engine.http_client import client_session
from safesession.engine.server_address import server_address
from safesession.errors import RemoteProtocolError, SafeSessionError
from safesession.protocol import server_messages as wire
from safesession.protocol.server_codec import decode_server_message, encode_message


_LIMIT_S = 20.0


class EnrolmentRefusedError(SafeSessionError):
    """The token is unknown, used or too old."""

    code = "enrolment_refused"


class ServerUnreachableError(SafeSessionError):
    """No server answered there in time."""

    code = "server_unreachable"


async def enrol(
    server: str, token: str, *, tls: ssl.SSLContext | None = None
) -> CounselorAccount:
    """Make a key, register it with `token` and return the account.

    Raises:
        EnrolmentRefusedError: the server does not take the token.
        ServerUnreachableError: nobody answered.
        RemoteProtocolError: the server talks nonsense.
    """
    address = server_address(server)
    seed = secrets.token_bytes(SEED_BYTES)
    try:
        async with (
            asyncio.timeout(_LIMIT_S),
            client_session(aiohttp.ClientTimeout(total=_LIMIT_S)) as session,
            session.ws_connect(
                address.websocket_url,
                protocols=(wire.SUBPROTOCOL,),
                max_msg_size=wire.MAX_TEXT_BYTES + 1,
                ssl=tls if tls is not None else True,
            ) as socket,
        ):
            account = await _enrol(socket, address.origin, token, seed)
    except (aiohttp.ClientError, OSError, TimeoutError):
        raise ServerUnreachableError("no answer") from None
    return CounselorAccount(account, seed)


async def _enrol(
    socket: aiohttp.ClientWebSocketResponse, origin: str, token: str, seed: bytes
) -> str:
    welcome = await _next(socket)
    if not isinstance(welcome, wire.Welcome) or wire.VERSION not in welcome.v:
        raise RemoteProtocolError("no welcome")
    key = IdentityKey(seed)
    nonce = bytes.fromhex(welcome.nonce)
    signature = sign_server_auth(key, origin, "", nonce, welcome.time)
    enrolment = wire.Enrol(token.strip().upper(), key.public_key.hex(), signature.hex())
    for message in (wire.Hello([wire.VERSION]), enrolment):
        await socket.send_str(encode_message(message).decode())
    answer = await _next(socket)
    if isinstance(answer, wire.SignedIn):
        return answer.account
    if isinstance(answer, wire.No):
        raise EnrolmentRefusedError("token refused")
    raise RemoteProtocolError("unexpected answer")


async def _next(socket: aiohttp.ClientWebSocketResponse) -> wire.ServerMessage:
    message = await socket.receive()
    if message.type is not aiohttp.WSMsgType.TEXT:
        # Also what a server does to a message that it cannot read.
        raise EnrolmentRefusedError("closed")
    return decode_server_message(message.data.encode())
