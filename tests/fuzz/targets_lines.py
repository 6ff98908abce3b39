"""Fuzz targets: the line to the server at both ends, in each state it can have.

Nonsense ends a line with a declared close code or a refusal; it never raises, and it
never gives anybody a seat.
"""

from __future__ import annotations

import copy
from functools import cache

from tests.fuzz.catalogue import target
from tests.fuzz.targets_wire import CLIENT_MESSAGES, SERVER_MESSAGES
from tests.support.sim_relay import ACCOUNT, ORIGIN, SimRelay

from safesession.core import effects, inputs
from safesession.core.link_events import (
    FrameReceived,
    SocketClosed,
    SocketOpened,
    TextReceived,
)
from safesession.core.link_state import CONNECTED, LinkState
from safesession.core.room_link import RoomLink
from safesession.protocol import server_messages as wire
from safesession.protocol.close_codes import CloseCode
from safesession.protocol.relay_frames import RelayFrame, RelayKind, encode_frame
from safesession.protocol.server_codec import encode_message
from safesession.signaling_server.visits import Visit, VisitState


TOKEN = "cd" * 32
NOW_S = 100.0


def _frames() -> list[bytes]:
    return [
        encode_frame(RelayFrame(RelayKind.ENVELOPE, 1, 0, b"body")),
        encode_frame(RelayFrame(RelayKind.ACK, ack=1)),
        encode_frame(RelayFrame(RelayKind.ACCEPTED, ack=1)),
    ]


# --- the app's end ---------------------------------------------------------------------


def _line(reached: LinkState, *, counselor: bool) -> RoomLink:
    account = ACCOUNT if counselor else None
    link = RoomLink(origin=ORIGIN, start_s=7, uniform=lambda: 0.5, account=account)
    purpose = effects.OpenInvite(3600) if counselor else effects.ClaimInvite("123456")
    welcome = wire.Welcome([1], "11" * 32, 1_800_000_000)
    joined = wire.Joined(TOKEN, "0", True, 0)
    steps = (
        (LinkState.CONNECTING, purpose),
        (LinkState.GREETING, SocketOpened()),
        (LinkState.JOINING, TextReceived(encode_message(welcome))),
        (LinkState.JOINED, TextReceived(encode_message(joined))),
    )
    for state, event in steps:
        link.handle(event, NOW_S)
        assert link.state is state
        if state is reached:
            break
    link.handle(effects.SendEnvelope(b"\x01under way"), NOW_S)
    return link


@cache
def _lines() -> tuple[RoomLink, ...]:
    states = (LinkState.GREETING, LinkState.JOINING, LinkState.JOINED)
    return tuple(_line(s, counselor=c) for s in states for c in (False, True))


def _at_the_app() -> tuple[bytes, ...]:
    texts = [encode_message(message) for message in SERVER_MESSAGES]
    found = [bytes([n, 0]) + t for n in range(len(_lines())) for t in texts]
    found += [bytes([n, 1]) + f for n in range(len(_lines())) for f in _frames()]
    return (*found, b"\x04\x02\x03\xf5" + b"2.5", b"\x04\x02\x11\x38")


@target("room_link", _at_the_app, weight=10)
def room_link(data: bytes) -> None:
    """First byte: which line; second: text, frame, or a close code and its reason."""
    which, way = (data[0], data[1] % 3) if len(data) > 1 else (0, 0)
    link = copy.deepcopy(_lines()[which % len(_lines())])
    before, rest = link.state, data[2:]
    match way:
        case 0:
            event = TextReceived(rest)
        case 1:
            event = FrameReceived(rest)
        case _:
            code = int.from_bytes(rest[:2], "big")
            event = SocketClosed(code, rest[2:].decode("utf-8", "replace"))
    link.handle(event, NOW_S + 1)
    if before is LinkState.GREETING:
        assert link.state is not LinkState.JOINED, "a seat without a join"
    if link.state in (LinkState.WAITING, *CONNECTED):
        assert link.deadline is not None
    for _ in range(3):
        if link.deadline is not None:
            link.handle_timeout(max(NOW_S + 1, link.deadline))


# --- the server's end -------------------------------------------------------------------


class _Port:
    """A connection of somebody without an account; everything sent is counted."""

    prefix = b"somebody"
    buffered = 0

    def __init__(self) -> None:
        self.sent = 0
        self.closed: int | None = None

    def send_text(self, _message: bytes) -> None:
        self.sent += 1

    def send_frame(self, _frame: bytes) -> None:
        self.sent += 1

    def send_ping(self) -> None:
        """Nothing to count."""

    def close(self, code: int, _reason: str = "") -> None:
        self.closed = code


def _at_the_server() -> tuple[bytes, ...]:
    texts = [encode_message(message) for message in CLIENT_MESSAGES]
    found = [bytes([seat, 0]) + text for seat in range(3) for text in texts]
    return (*found, *(bytes([seat, 1]) + f for seat in range(3) for f in _frames()))


def _visit(world: SimRelay, reached: int, port: _Port) -> Visit:
    """Greeted, version agreed, or seated as the client of an invite."""
    visit = world.service.opened(port, world.instant())
    if reached > 0:
        hello = encode_message(wire.Hello([1]))
        world.service.text(visit, hello, world.instant())
        assert visit.state is VisitState.UNPROVEN
    if reached > 1:
        counselor = world.counselor()
        counselor.feed(effects.OpenInvite(3600))
        world.settle(0.1)
        (opened,) = counselor.all(inputs.InviteOpened)
        claim = encode_message(wire.Open(opened.number))
        world.service.text(visit, claim, world.instant())
        world.settle(0.1)
        assert visit.state is VisitState.SEATED
    return visit


@target("service", _at_the_server, weight=2)
def service(data: bytes) -> None:
    """First byte: how far the visitor came; second: text or frame."""
    reached, way = (data[0] % 3, data[1] % 2) if len(data) > 1 else (0, 0)
    world, port = SimRelay(), _Port()
    visit = _visit(world, reached, port)
    before = visit.state
    take = world.service.binary if way else world.service.text
    for _ in range(2):
        take(visit, data[2:], world.instant())
    world.settle(0.1)
    if before is VisitState.GREETING and port.closed is None:
        assert visit.state in (before, VisitState.UNPROVEN), "a step left out"
    assert port.closed is None or port.closed in set(CloseCode)
    assert visit.account is None, "nobody signs in by bytes alone"
    world.connection.close()
