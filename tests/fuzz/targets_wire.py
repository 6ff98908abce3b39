"""Fuzz targets: codes, links, relay JSON and frames, peer messages, SDP, addresses."""

from __future__ import annotations

import ipaddress

from aioice import Candidate
from aiortc.sdp import SessionDescription
from tests.fuzz.catalogue import as_text, target
from tests.support.sim_pair import fake_fingerprint, fake_sdp

from safesession.crypto.invite_code import CodeError, InviteCode, parse_invite_code
from safesession.crypto.invite_link import make_link, parse_join_text
from safesession.engine.server_address import server_address
from safesession.errors import LocalProtocolError, RemoteProtocolError
from safesession.protocol import peer_messages, relay_frames, server_codec
from safesession.protocol import server_messages as server
from safesession.protocol.path_messages import (
    Away,
    PathAnswer,
    PathEnd,
    PathOffer,
    decode_path,
    encode_path,
)
from safesession.protocol.sdp_check import MAX_CANDIDATES, check_sdp
from safesession.signaling_server.forwarded import client_address, is_trusted


CODE = InviteCode("042917", b"31415926")
PRINT = fake_fingerprint("fuzz")
HEX16, HEX32, HEX64 = "0f" * 16, "1e" * 32, "2d" * 64


def _codes() -> tuple[bytes, ...]:
    digits = CODE.digits
    spoken = digits.translate(str.maketrans("0123456789", "〇一二三四五六七八九"))
    wide = digits.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    grouped = " ".join(digits[i : i + 4] for i in range(0, 16, 4))
    return tuple(t.encode() for t in (digits, grouped, spoken, wide, f" {digits}\n"))


@target("invite_code", _codes)
def invite_code(data: bytes) -> None:
    try:
        code = parse_invite_code(as_text(data))
    except CodeError:
        return
    assert parse_invite_code(code.digits) == code


def _links() -> tuple[bytes, ...]:
    hosts = ("relay.example.org", "[::1]:8443", "localhost:1")
    links = tuple(make_link(CODE, host, bytes(32)).encode() for host in hosts)
    bare = f"safesession:join?c={CODE.digits}".encode()
    return (*links, bare, links[0].upper(), links[1].replace(b"[", b"%5B"))


@target("invite_link", _links)
def invite_link(data: bytes) -> None:
    try:
        request = parse_join_text(as_text(data))
    except CodeError:
        return
    fields = f"c={request.code.digits}"
    fields += f"&h={request.server}" if request.server else ""
    fields += f"&k={request.key_prefix}" if request.key_prefix else ""
    assert parse_join_text("safesession:join?" + fields) == request


@target("server_address", lambda: (b"relay.example.org", b"http://[::1]:80/", b"h:1"))
def address(data: bytes) -> None:
    try:
        found = server_address(as_text(data))
    except LocalProtocolError:
        return
    assert server_address(found.origin) == found


CLIENT_MESSAGES = (
    server.Hello([1, 2]),
    server.Auth(HEX16, 1_800_000_000, HEX64),
    server.Bearer(HEX32),
    server.Enrol("0" * 26, HEX32, HEX64),
    server.InviteNew(3600),
    server.InviteClose(HEX16),
    server.InviteClose(),
    server.InviteList(),
    server.Open("042917"),
    server.SeatKeep(1),
    server.SeatDrop(2),
    server.Resume(HEX32, "17"),
    server.TurnPlease(),
)
SERVER_MESSAGES = (
    server.Welcome([1], HEX32, 1_800_000_000),
    server.SignedIn(HEX16, HEX32, 43_200),
    server.Invite("042917", HEX16, 1_800_000_000),
    server.Invites([server.InviteEntry(HEX16, 1)]),
    server.Joined(HEX32, "9", True, 1),
    server.Peer(True, 1),
    server.Ok("seat.keep"),
    server.No(1.5),
    server.Full(0.5),
    server.Retry(0.5),
    server.Turn(["turn:t.example.org:3478"], "u", "p", 600),
    server.Drain(500),
)


def _client_texts() -> tuple[bytes, ...]:
    return tuple(server_codec.encode_message(m) for m in CLIENT_MESSAGES)


def _server_texts() -> tuple[bytes, ...]:
    return tuple(server_codec.encode_message(m) for m in SERVER_MESSAGES)


@target("relay_json_at_server", _client_texts)
def relay_json_at_server(data: bytes) -> None:
    try:
        message = server_codec.decode_client_message(data)
    except RemoteProtocolError:
        return
    encoded = server_codec.encode_message(message)
    assert server_codec.decode_client_message(encoded) == message


@target("relay_json_at_client", _server_texts)
def relay_json_at_client(data: bytes) -> None:
    try:
        message = server_codec.decode_server_message(data)
    except RemoteProtocolError:
        return
    encoded = server_codec.encode_message(message)
    assert server_codec.decode_server_message(encoded) == message


def _frames() -> tuple[bytes, ...]:
    kinds = relay_frames.RelayKind
    frames = (
        relay_frames.RelayFrame(kinds.ENVELOPE, 1, 0, b"body"),
        relay_frames.RelayFrame(kinds.ENVELOPE, relay_frames.MAX_ID, 7, bytes(1300)),
        relay_frames.RelayFrame(kinds.ACK, ack=3),
        relay_frames.RelayFrame(kinds.ACCEPTED, ack=4),
    )
    return tuple(relay_frames.encode_frame(frame) for frame in frames)


@target("relay_frame", _frames)
def relay_frame(data: bytes) -> None:
    try:
        frame = relay_frames.decode_frame(data)
    except RemoteProtocolError:
        return
    assert relay_frames.encode_frame(frame) == data


def _peer_frames() -> tuple[bytes, ...]:
    return tuple(
        peer_messages.pack_frame(kind, body)
        for kind in peer_messages.FrameKind
        for body in (b"", bytes(32))
    )


@target("peer_frame", _peer_frames)
def peer_frame(data: bytes) -> None:
    for allowed in (peer_messages.RELAY_KINDS, peer_messages.CHANNEL_KINDS):
        try:
            kind, body = peer_messages.unpack_frame(data, allowed)
        except RemoteProtocolError:
            continue
        assert kind in allowed
        assert peer_messages.pack_frame(kind, body) == data


PEER_MESSAGES: tuple[peer_messages.PeerMessage, ...] = (
    peer_messages.Offer(1, fake_sdp("offer", PRINT), PRINT),
    peer_messages.Answer(1, "v=0", PRINT),
    peer_messages.MediaState("on", "busy"),
    peer_messages.SafetyCommit(1, bytes(32)),
    peer_messages.SafetyShare(1, bytes(range(32))),
    peer_messages.SafetyOpen(1000, b"\xff" * 32),
    peer_messages.SafetyResult(2, True),
    peer_messages.SafetyAgain(3),
    peer_messages.ResumePlease(),
    peer_messages.Bye(),
    peer_messages.Bye("dropout"),
)


def _peer_texts() -> tuple[bytes, ...]:
    return tuple(peer_messages.encode(message) for message in PEER_MESSAGES)


@target("peer_message", _peer_texts)
def peer_message(data: bytes) -> None:
    try:
        message = peer_messages.decode(data)
    except RemoteProtocolError:
        return
    assert peer_messages.decode(peer_messages.encode(message)) == message
    described = (peer_messages.Offer, peer_messages.Answer)
    if isinstance(message, described):
        assert len(message.fingerprint) == len(PRINT)


_HOST = "4f1c 1 udp 2130706431 192.0.2.7 50000 typ host"
_RELAY = "r1 1 UDP 16777215 2001:db8::1 3478 typ relay raddr 192.0.2.7 rport 50001"
_END = PathEnd("abcd", "p" * 22, (_HOST, _RELAY))
PATH_MESSAGES = (PathOffer(1, _END), PathAnswer(2, _END), Away(5_000))


def _path_texts() -> tuple[bytes, ...]:
    return tuple(encode_path(message) for message in PATH_MESSAGES)


@target("path_message", _path_texts)
def path_message(data: bytes) -> None:
    try:
        message = decode_path(data)
    except RemoteProtocolError:
        return
    assert decode_path(encode_path(message)) == message
    if isinstance(message, Away):
        assert 0 <= message.for_ms <= 900_000
        return
    for text in message.end.candidates:
        try:
            candidate = Candidate.from_sdp(text)
        except ValueError:  # the adapter turns it into a path that failed
            continue
        assert ipaddress.ip_address(candidate.host)  # no name is ever looked up
        assert (candidate.component, candidate.transport.lower()) == (1, "udp")
        assert 0 <= candidate.port <= 65_535


def _descriptions() -> tuple[bytes, ...]:
    offer = fake_sdp("offer", PRINT)
    real = offer.replace(
        "a=mid:0\r\n",
        "a=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:96 opus/48000/2\r\n"
        "a=fmtp:96 useinbandfec=1\r\na=rtcp-fb:96 nack\r\na=ssrc:1 cname:x\r\n"
        "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=rtcp:9 IN IP4 0.0.0.0\r\n",
    )
    return offer.encode(), real.encode(), real.replace("\r\n", "\n").encode()


@target("sdp", _descriptions)
def sdp(data: bytes) -> None:
    text = as_text(data)
    try:
        checked = check_sdp(text, "offer", PRINT)
    except RemoteProtocolError:
        return
    assert checked == text
    unified = text.replace("\r\n", "\n")
    assert unified.splitlines() == unified.removesuffix("\n").split("\n")
    _same_to_webrtc(text)


def _same_to_webrtc(checked: str) -> None:
    """Assert that aiortc reads what was checked, if it can read it at all."""
    try:
        seen = SessionDescription.parse(checked)
    except Exception:  # noqa: BLE001 - the link turns whatever it is into a loss
        return
    prints = {f.value for m in seen.media for f in m.dtls.fingerprints}
    assert prints == {PRINT}
    assert all(m.dtls.role == "auto" for m in seen.media)
    assert sum(len(m.ice_candidates) for m in seen.media) <= MAX_CANDIDATES


_PROXIES = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1"))


def _heads() -> tuple[bytes, ...]:
    start = b"GET /ws HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: "
    ends = (b"192.0.2.1", b"a, [2001:db8::1]:80, 10.0.0.1", b"::ffff:192.0.2.1, ::1")
    return tuple(start + end for end in ends)


@target("forwarded_for", _heads)
def forwarded_for(data: bytes) -> None:
    found = client_address(data, _PROXIES)
    if found is None:
        return
    assert not is_trusted(found, _PROXIES)
    again = f"GET / HTTP/1.1\r\nX-Forwarded-For: {found}".encode()
    assert client_address(again, _PROXIES) == found
