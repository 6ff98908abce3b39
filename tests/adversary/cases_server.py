"""Rows 58-61: what the signaling server tells somebody who must learn nothing."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import random
import secrets
import struct
import time
import urllib.error
import urllib.request
from pathlib import Path

import aiohttp
from tests.adversary.catalogue import Verdict, case
from tests.support.distributions import alike
from tests.support.kill_tally import loopback_addresses
from tests.support.raw_relay import RawClient
from tests.support.seats import claim, counselor, hears
from tests.support.server_process import ServerProcess

from safesession.core.account import CounselorAccount
from safesession.crypto.identity import IdentityKey, sign_server_auth
from safesession.crypto.tokens import hash_token, make_token
from safesession.engine.enrolment import enrol
from safesession.signaling_server.embedded import EmbeddedServer
from safesession.signaling_server.limits import Limits
from safesession.signaling_server.operations import (
    AddEnrolment,
    CreateRoom,
    Operation,
)
from safesession.signaling_server.pepper import load_pepper
from safesession.signaling_server.schema import open_database
from safesession.signaling_server.server import DATABASE_FILE
from safesession.signaling_server.store import carry_out
from safesession.signaling_server.turn_credentials import TurnConfig


HEADER = struct.Struct("!BQQ")
SAMPLES = 24  # connections; each claims every kind of number twice


async def _account(server: EmbeddedServer) -> CounselorAccount:
    return await enrol(server.origin, await server.enrol_token())


def _store(data_dir: Path, *operations: Operation) -> None:
    """Write into a server's database as another process."""
    connection = open_database(str(data_dir / DATABASE_FILE))
    try:
        for operation in operations:
            carry_out(connection.execute, operation)
    finally:
        connection.close()


async def _answer_bytes(line: RawClient) -> tuple[bytes, int | None]:
    """The next text as it was on the wire, and how the connection ends."""
    message = await line.socket.receive(5.0)
    assert message.type is aiohttp.WSMsgType.TEXT, message
    return message.data.encode(), await line.closed()


# --- 58: what works once --------------------------------------------------------------


async def _enrol_bytes(origin: str, token: str) -> tuple[bytes, int | None]:
    async with await RawClient.connect(origin) as line:
        key = IdentityKey(secrets.token_bytes(32))
        nonce, time_s = bytes.fromhex(line.welcome["nonce"]), line.welcome["time"]
        signature = sign_server_auth(key, origin, "", nonce, time_s)
        public = key.public_key.hex()
        await line.say(t="enrol", token=token, key=public, sig=signature.hex())
        return await _answer_bytes(line)


@case(58, "an enrolment token, used, unknown or late")
async def enrolment_token(folder: Path) -> Verdict:
    data_dir = folder / "server"
    late, never = (make_token(secrets.token_bytes) for _ in range(2))
    async with EmbeddedServer(data_dir) as server:
        pepper = load_pepper(data_dir, secrets.token_bytes)
        past = int(time.time()) - 1
        _store(data_dir, AddEnrolment(hash_token(pepper, late), past))
        used = await server.enrol_token()
        at_once = await asyncio.gather(
            *(enrol(server.origin, used) for _ in range(8)), return_exceptions=True
        )
        accounts = [a for a in at_once if isinstance(a, CounselorAccount)]
        assert len(accounts) == 1, at_once
        answers = {await _enrol_bytes(server.origin, t) for t in (used, late, never)}
        assert answers == {(b'{"t":"no","wait_s":0.0}', 1008)}
    return Verdict()


@case(58, "a sign-in, replayed or late")
async def nonce_replay(folder: Path) -> Verdict:
    async with EmbeddedServer(folder / "server") as server:
        account = await _account(server)
        async with await RawClient.connect(server.origin) as line:
            time_s, nonce = line.welcome["time"], line.welcome["nonce"]
            signature = account.sign(server.origin, bytes.fromhex(nonce), time_s)
            auth = {"t": "auth", "account": account.account_id, "time": time_s}
            auth["sig"] = signature.hex()
            answers = set()
            other_time = auth | {"time": time_s + 1}
            nobody = auth | {"account": "00" * 16}
            for replay in (auth, other_time, nobody):
                async with await RawClient.connect(server.origin) as elsewhere:
                    await elsewhere.say(**replay)
                    answers.add(await _answer_bytes(elsewhere))
            assert answers == {(b'{"t":"no","wait_s":0.0}', 1008)}
            await line.say(**auth)
            assert (await line.hear())["t"] == "signed_in"
            await line.say(**auth)
            assert await line.closed() == 1008
    hasty = Limits(nonce_life_s=0.0)
    async with EmbeddedServer(folder / "hasty", limits=hasty) as server:
        with_late_nonce = CounselorAccount(account.account_id, account.seed)
        async with await RawClient.connect(server.origin) as line:
            assert (await line.sign_in(with_late_nonce, server.origin))["t"] == "no"
    return Verdict()


# --- 59: what ends, and what is too big -------------------------------------------------


def _turn_server_accepts(username: str, password: str, secret: bytes, now: int) -> bool:
    """What a TURN server with the shared secret checks (coturn, use-auth-secret)."""
    digest = hmac.digest(secret, username.encode(), hashlib.sha1)
    expires_at = int(username.partition(":")[0])
    return base64.b64encode(digest).decode() == password and now < expires_at


@case(59, "TURN credentials: for kept seats, few, and they end")
async def turn_expiry(folder: Path) -> Verdict:
    secret = b"shared with the TURN server"
    turn = TurnConfig(("turn:relay.example.org",), secret, Limits().turn_life_s)
    async with EmbeddedServer(folder / "server", turn=turn) as server:
        seat = await counselor(server.origin, await _account(server))
        client = await claim(server.origin, seat.number)
        async with seat.line, client:
            await hears(client, "joined")
            await client.say(t="turn")
            assert (await hears(client, "turn"))["urls"] == [], "a seat nobody kept"
            await seat.keep()
            given = []
            for _ in range(Limits().turn_per_seat + 1):
                await client.say(t="turn")
                given.append(await hears(client, "turn"))
            now = int(time.time())
            assert given.pop()["urls"] == [], "without end"
            assert len({answer["username"] for answer in given}) == len(given)
            for answer in given:
                name, password = answer["username"], answer["password"]
                assert _turn_server_accepts(name, password, secret, now)
                assert not _turn_server_accepts(name, password, secret, now + 7201)
                stretched = f"{now + 99_999}:{name.partition(':')[2]}"
                assert not _turn_server_accepts(stretched, password, secret, now)
    return Verdict()


@case(59, "a frame of 65 KiB")
async def big_frame(folder: Path) -> Verdict:
    largest = HEADER.pack(1, 1, 0) + bytes(65_536 - HEADER.size)
    async with EmbeddedServer(folder / "server") as server:
        seat = await counselor(server.origin, await _account(server))
        client = await claim(server.origin, seat.number)
        async with seat.line, client:
            await hears(client, "joined")
            await client.frame(HEADER.pack(1, 1, 0) + bytes(65 * 1024))
            assert await client.closed() == 1009
            # Nothing of it was taken, and the other seat goes on.
            there = [(await hears(seat.line, "peer"))["present"] for _ in range(2)]
            assert there == [True, False]
            await seat.line.frame(largest)
            assert await _next_frame(seat.line) == HEADER.pack(4, 0, 1)
    return Verdict()


async def _next_frame(line: RawClient) -> bytes:
    while not isinstance(heard := await line.hear(), bytes):
        assert isinstance(heard, dict), heard
    return heard


# --- 60: floods and lists ---------------------------------------------------------------


@case(60, "a flood of claims stops at ten, and only for its address")
async def claim_flood(folder: Path) -> Verdict:
    async with EmbeddedServer(folder / "server") as server:
        seat = await counselor(server.origin, await _account(server))
        wrong = [f"{(int(seat.number) + n) % 10**6:06d}" for n in range(1, 40)]
        answers = []
        for numbers in (wrong[:5], wrong[5:20], wrong[20:30]):  # reconnecting is free
            async with await RawClient.connect(server.origin) as line:
                for number in numbers:
                    await line.say(t="open", number=number)
                    answers.append(await line.hear())
                    if answers[-1] != {"t": "no", "wait_s": 0.0}:
                        break
        assert answers[:10] == [{"t": "no", "wait_s": 0.0}] * 10
        assert answers[10:] == [("closed", 1013)] * 2
        late = await claim(server.origin, seat.number)
        async with late:
            assert await late.closed() == 1013, "the right one, too"
        elsewhere = await claim(server.origin, seat.number, source="127.9.9.9")
        async with elsewhere, seat.line:
            assert (await elsewhere.hear())["t"] == "joined"
    return Verdict()


@case(60, "nobody lists what is not theirs")
async def listing(folder: Path) -> Verdict:
    async with EmbeddedServer(folder / "server") as server:
        mine, other = await _account(server), await _account(server)
        seat = await counselor(server.origin, mine)
        stranger = await RawClient.connect(server.origin)
        async with seat.line, stranger:
            assert (await stranger.sign_in(other, server.origin))["t"] == "signed_in"
            await stranger.say(t="invite.list")
            assert await stranger.hear() == {"t": "invites", "invites": []}
            refused = []
            for mailbox in (seat.mailbox, "00" * 16):  # another's, nobody's
                await stranger.say(t="invite.close", mailbox=mailbox)
                refused.append((await stranger.socket.receive(5.0)).data)
            assert refused[0] == refused[1] == '{"t":"no","wait_s":0.0}'
        async with await RawClient.connect(server.origin) as client:
            await client.say(t="invite.list")
            assert await client.closed() == 1008
        for path in ("/", "/ws/", "/invites", "/rooms", "/accounts", "/metrics"):
            status = await asyncio.to_thread(_status_and_body, server.origin + path)
            assert status == (404, b"")
    return Verdict()


def _status_and_body(url: str) -> tuple[int, bytes]:
    try:
        # Our own server on loopback.
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


# --- 61: one answer -----------------------------------------------------------------------


@case(61, "unknown, expired, used, busy, withdrawn: one answer, one time")
async def dead_numbers(folder: Path) -> Verdict:
    data_dir = folder / "server"
    expired, unknown = "000001", "000002"
    expires_at = int(time.time()) + 1
    pepper = load_pepper(data_dir, secrets.token_bytes)
    number_hash = hash_token(pepper, expired)
    room, token_hash = secrets.token_bytes(16), secrets.token_bytes(32)
    later = expires_at + 9999
    _store(data_dir, CreateRoom(room, "", number_hash, expires_at, later, token_hash))
    with ServerProcess(data_dir) as server:
        account = await enrol(server.origin, server.enrol_token())
        used, busy, withdrawn = [
            await counselor(server.origin, account) for _ in range(3)
        ]
        await withdrawn.line.say(t="invite.close")
        clients = [await claim(server.origin, s.number) for s in (used, busy)]
        for client in clients:
            await hears(client, "joined")
        await used.keep()
        await asyncio.sleep(max(0.0, expires_at - time.time()))  # until it expires
        seats = {"used": used, "busy": busy, "withdrawn": withdrawn}
        numbers = {"unknown": unknown, "expired": expired}
        numbers |= {kind: seat.number for kind, seat in seats.items()}
        times_s = await _claim_times(server.origin, numbers)
        for line in (*clients, *(seat.line for seat in seats.values())):
            await line.close()
    for kind, taken_s in times_s.items():
        assert alike(taken_s, times_s["unknown"]), kind
    return Verdict()


async def _claim_times(origin: str, numbers: dict[str, str]) -> dict[str, list[float]]:
    """Claim all of them in a mixed order; every answer has the same bytes."""
    times_s: dict[str, list[float]] = {kind: [] for kind in numbers}
    answers = set()
    addresses = loopback_addresses()
    rng = random.Random(1)
    for _ in range(SAMPLES):
        async with await RawClient.connect(origin, source=next(addresses)) as line:
            order = list(numbers) * 2
            rng.shuffle(order)
            for kind in order:
                text = json.dumps({"t": "open", "number": numbers[kind]})
                began = time.perf_counter()
                await line.socket.send_str(text)
                message = await line.socket.receive(5.0)
                times_s[kind].append(time.perf_counter() - began)
                answers.add((message.type, message.data))
    assert answers == {(aiohttp.WSMsgType.TEXT, '{"t":"no","wait_s":0.0}')}
    return times_s


NOT_A_MESSAGE = [
    b'{"t":"open","number":"123456","admin":1}',
    b'{"t":"open","number":"123456","number":"654321"}',
    b'{"t":"open","t":"open","number":"123456"}',
    b'{"t":"open","number":123456}',
    b'{"t":"open","number":null}',
    b'{"t":"open","number":"12345\\u0666"}',
    b'{"t":"open","number":"\\ud800"}',
    b'{"t":"open","number":"\xed\xa0\x80"}',
    b'{"t":"resume","token":"' + b"a" * 64 + b'","have":1}',
    b'{"t":"resume","token":"' + b"a" * 64 + b'","have":NaN}',
    b'{"t":"hello","v":[1e400]}',
    b'{"t":"hello","v":[' + b"9" * 3000 + b"]}",
    b'{"t":"open","number":' + b"[" * 3000 + b"]" * 900 + b"}",
    b'{"t":"open","number":' + b'{"a":' * 700 + b"1" + b"}" * 500 + b"}",
    b'[{"t":"open","number":"123456"}]',
    b"\xef\xbb\xbf{}",
    b"\x00",
    b"",
]


@case(61, "text that is no message")
async def strict_schemas(folder: Path) -> Verdict:
    async with EmbeddedServer(folder / "server") as server:
        for text in NOT_A_MESSAGE:
            async with await RawClient.connect(server.origin) as line:
                await line.socket.send_frame(text, aiohttp.WSMsgType.TEXT)
                assert await line.closed() == 1007, text[:40]
    return Verdict()
