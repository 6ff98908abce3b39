"""A signaling server that is the attacker: real sockets, the real wire, no honour.

It speaks docs/PROTOCOL.md §10 with as many real endpoints as come. What a seat
says goes through `hook`, which may drop, double, change or invent; whose envelopes
reach whom is `Seat.peer`, which a test may cross; `deliver` and `say` send anything
at any time. It keeps no law of the real server: no limits, no store, no accounts.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from safesession.core.status import Role
from safesession.errors import RemoteProtocolError
from safesession.protocol import server_messages as wire
from safesession.protocol.close_codes import CloseCode
from safesession.protocol.peer_messages import FrameKind, pack_frame
from safesession.protocol.relay_frames import (
    RelayFrame,
    RelayKind,
    decode_frame,
    encode_frame,
)
from safesession.protocol.server_codec import decode_client_message, encode_message


@dataclass(eq=False)
class Seat:
    """One end of a room as the attacker sees it."""

    role: Role
    number: str
    token: str = field(default_factory=lambda: secrets.token_hex(32))
    socket: web.WebSocketResponse | None = None
    peer: Seat | None = None  # who gets what it says
    kept: bool = False  # the counselor said that its claimant proved the code
    open: bool = True  # the counselor did not withdraw the number
    attempt: int = 0
    newest: int = 0  # newest envelope id it used
    said: list[bytes] = field(default_factory=list)
    handed: list[bytes] = field(default_factory=list)  # ids 1, 2, …
    held: list[bytes] = field(default_factory=list)  # nobody there yet

    @property
    def present(self) -> bool:
        return self.socket is not None and not self.socket.closed


Hook = Callable[[Seat, bytes], Iterable[bytes]]


def honest(_seat: Seat, body: bytes) -> Iterable[bytes]:
    return (body,)


def step(body: bytes) -> int | None:
    """Which of M0..M5 a body is, by its looks; None for what is sealed."""
    if body[:1] == bytes([FrameKind.HANDSHAKE]) and body[4:5].isdigit():
        return int(body[4:5])
    return None


def handshake(message: bytes) -> bytes:
    return pack_frame(FrameKind.HANDSHAKE, message)


class EvilRelay:
    """Start it, give it a `hook`, stop it."""

    def __init__(self) -> None:
        self.hook: Hook = honest
        self.versions = [wire.VERSION]  # what it says it speaks
        self.greeting = ""  # what it says instead of a welcome
        self.turn = wire.Turn([], "", "", 0)
        self.takes_anyone = False  # lets a third person into a kept room
        self.numbers = (f"{n:06d}" for n in itertools.count(100_001))
        self.seats: list[Seat] = []
        self.origin = ""
        self._answers: list[tuple[Seat, bytes]] = []
        self.faults = 0  # what no honest endpoint would say
        self._runner = web.ServerRunner(
            web.Server(self._serve, access_log=None), shutdown_timeout=0.2
        )

    async def start(self) -> None:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.origin = f"http://{host}:{port}"

    async def stop(self) -> None:
        for seat in self.seats:
            if seat.socket is not None:
                await seat.socket.close()
        await self._runner.cleanup()

    async def enrol_token(self) -> str:
        return "0" * 26

    def seat(self, role: Role, nth: int = -1) -> Seat:
        return [seat for seat in self.seats if seat.role is role][nth]

    # --- what an attacker can do at any time ------------------------------------------

    async def deliver(self, seat: Seat, body: bytes) -> None:
        """Hand one envelope to an end, as if its peer had sent it."""
        seat.handed.append(body)
        await self._hand(seat, len(seat.handed))

    def answer(self, seat: Seat, body: bytes) -> None:
        """From within a hook: hand an envelope to an end, before what it returns."""
        self._answers.append((seat, body))

    async def say(self, seat: Seat, message: wire.ServerMessage) -> None:
        if seat.socket is not None and seat.present:
            await _say(seat.socket, message)

    async def cut(self, seat: Seat, code: int = CloseCode.MAILBOX_CLOSED) -> None:
        """Take a seat away."""
        seat.token = ""
        if seat.socket is not None:
            await seat.socket.close(code=code)

    async def introduce(self, one: Seat, other: Seat) -> None:
        """From now on these two hear each other, whoever they are."""
        one.peer, other.peer = other, one
        for seat in (one, other):
            held, seat.held = seat.held, []
            for body in held:
                await self._forward(seat, body)

    # --- the wire --------------------------------------------------------------------

    async def _serve(self, request: web.BaseRequest) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=(wire.SUBPROTOCOL,), compress=False)
        await socket.prepare(request)
        nonce = secrets.token_hex(32)
        if self.greeting:
            await socket.send_str(self.greeting)
        else:
            welcome = wire.Welcome(self.versions, nonce, int(time.time()))
            await _say(socket, welcome)
        seat: Seat | None = None
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    seat = await self._text(socket, seat, message.data.encode())
                elif message.type is WSMsgType.BINARY and seat is not None:
                    await self._frame(seat, message.data)
        except (RemoteProtocolError, ConnectionError):
            self.faults += 1
        if seat is not None and seat.socket is socket:
            seat.socket = None
            await self._tell_presence(seat)
        return socket

    async def _text(
        self, socket: web.WebSocketResponse, seat: Seat | None, text: bytes
    ) -> Seat | None:
        match decode_client_message(text):
            case wire.Enrol() | wire.Auth() | wire.Bearer():
                signed = wire.SignedIn("0" * 32, secrets.token_hex(32), 3600)
                await _say(socket, signed)
            case wire.InviteNew():
                return await self._new_room(socket)
            case wire.Open(number=number):
                return await self._claim(socket, number)
            case wire.Resume(token=token, have=have):
                return await self._resume(socket, token, int(have))
            case wire.TurnPlease():
                await _say(socket, self.turn)
            case wire.SeatKeep() if seat is not None:
                seat.kept = True
                await _say(socket, wire.Ok("seat.keep"))
            case wire.SeatDrop(attempt=attempt) if seat is not None:
                await _say(socket, wire.Ok("seat.drop"))
                if attempt == seat.attempt:
                    await self._drop(seat)
            case wire.InviteClose() if seat is not None:
                seat.open = False
                await _say(socket, wire.Ok("invite.close"))
            case _:
                pass  # hello
        return seat

    async def _new_room(self, socket: web.WebSocketResponse) -> Seat:
        seat = Seat(Role.COUNSELOR, next(self.numbers), socket=socket)
        self.seats.append(seat)
        expires_at = int(time.time()) + 3600
        await _say(socket, wire.Invite(seat.number, secrets.token_hex(16), expires_at))
        await self._joined(seat)
        return seat

    async def _claim(self, socket: web.WebSocketResponse, number: str) -> Seat | None:
        rooms = [s for s in self.seats if s.role is Role.COUNSELOR]
        host = next((s for s in reversed(rooms) if s.number == number), None)
        refused = host is None or not (self.takes_anyone or self._free(host))
        if host is None or refused:
            await _say(socket, wire.No())
            return None
        if host.peer is not None and not self.takes_anyone:
            host.attempt += 1  # the claimant before is gone
            host.held.clear()
        seat = Seat(Role.CLIENT, number, socket=socket, attempt=host.attempt)
        self.seats.append(seat)
        seat.peer = host
        await self._joined(seat)
        if not (self.takes_anyone and host.peer is not None):
            await self.introduce(seat, host)
        await self._tell_presence(seat)
        return seat

    @staticmethod
    def _free(host: Seat) -> bool:
        taken = host.peer is not None and host.peer.present
        return host.open and not host.kept and not taken

    async def _resume(
        self, socket: web.WebSocketResponse, token: str, have: int
    ) -> Seat | None:
        seat = next((s for s in self.seats if s.token == token), None)
        if seat is None:
            await _say(socket, wire.No())
            return None
        seat.socket = socket
        await self._joined(seat)
        await self._tell_presence(seat)
        for id_ in range(have + 1, len(seat.handed) + 1):
            await self._hand(seat, id_)
        return seat

    async def _joined(self, seat: Seat) -> None:
        there = seat.peer is not None and seat.peer.present
        joined = wire.Joined(seat.token, str(seat.newest), there, seat.attempt)
        await self.say(seat, joined)

    async def _tell_presence(self, seat: Seat) -> None:
        peer = seat.peer
        if peer is not None and peer.peer is seat:
            await self.say(peer, wire.Peer(seat.present, peer.attempt))

    async def _drop(self, host: Seat) -> None:
        claimant, host.peer = host.peer, None
        host.attempt += 1
        host.held.clear()
        if claimant is not None:
            await self.cut(claimant)
        await self.say(host, wire.Peer(present=False, attempt=host.attempt))

    async def _frame(self, seat: Seat, data: bytes) -> None:
        frame = decode_frame(data)
        if frame.kind is not RelayKind.ENVELOPE or frame.id <= seat.newest:
            return
        seat.newest = frame.id
        seat.said.append(frame.body)
        if seat.socket is not None:
            accepted = RelayFrame(RelayKind.ACCEPTED, ack=frame.id)
            await seat.socket.send_bytes(encode_frame(accepted))
        await self._forward(seat, frame.body)

    async def _forward(self, seat: Seat, body: bytes) -> None:
        if seat.peer is None:
            seat.held.append(body)
            return
        passed = [(seat.peer, forwarded) for forwarded in self.hook(seat, body)]
        answers, self._answers = self._answers, []
        for to, delivered in [*answers, *passed]:
            await self.deliver(to, delivered)

    async def _hand(self, seat: Seat, id_: int) -> None:
        if seat.socket is not None and seat.present:
            body = seat.handed[id_ - 1]
            frame = RelayFrame(RelayKind.ENVELOPE, id_, seat.newest, body)
            try:
                await seat.socket.send_bytes(encode_frame(frame))
            except ConnectionError:
                await asyncio.sleep(0)  # it will resume, or not


async def _say(socket: web.WebSocketResponse, message: wire.ServerMessage) -> None:
    try:
        await socket.send_str(encode_message(message).decode())
    except ConnectionError:
        await asyncio.sleep(0)
