"""What a hostile or broken client gets from the real server: a code, no more."""

from __future__ import annotations

import asyncio
import json
import struct

import aiohttp
import pytest
from tests.support.raw_relay import RawClient

from safesession.core.account import CounselorAccount
from safesession.engine.enrolment import (
    EnrolmentRefusedError,
    ServerUnreachableError,
    enrol,
)
from safesession.signaling_server.embedded import EmbeddedServer
from safesession.signaling_server.limits import Limits


ENVELOPE = struct.Struct("!BQQ")


async def _seated(server: EmbeddedServer, account: CounselorAccount) -> RawClient:
    client = await RawClient.connect(server.origin)
    assert (await client.sign_in(account, server.origin))["t"] == "signed_in"
    invite, joined = await client.invite()
    assert (invite["t"], joined["t"]) == ("invite", "joined")
    client.invited, client.joined = invite, joined
    return client


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 5000, 1009),
        ("{", 1007),
        ('{"t":"root"}', 1007),
        ('{"t":"open","number":"123456","admin":1}', 1007),
        ('{"t":"open","number":{"$ne":1}}', 1007),
        ('{"t":"open","number":"12345"}', 1007),
        ('{"t":"open","number":"123456\\n"}', 1007),
        ('{"t":"open","number":"١٢٣٤٥٦"}', 1007),
        ('{"t":"open","number":' + "[" * 3000, 1007),
        ('{"t":"resume","token":"' + "a" * 65 + '","have":"0"}', 1007),
        ('{"t":"turn"}', 1008),
        ('{"t":"invite.new","ttl":3600}', 1008),
        ('{"t":"seat.keep","attempt":0}', 1008),
        ('{"t":"hello","v":[1]}', 1008),
    ],
)
async def test_bad_text_is_answered_by_a_close_code(server, text, code) -> None:
    async with await RawClient.connect(server.origin) as client:
        await client.text(text)
        assert await client.closed() == code


async def test_other_versions_are_told_apart(server) -> None:
    async with await RawClient.connect(server.origin, hello=False) as client:
        await client.say(t="hello", v=[7])
        assert await client.closed() == 4426


async def test_broken_utf_8_closes(server) -> None:
    async with await RawClient.connect(server.origin) as client:
        await client.socket.send_frame(b"\xff\xfe{", aiohttp.WSMsgType.TEXT)
        assert await client.closed() == 1007


async def test_frames_before_a_seat_close(server) -> None:
    async with await RawClient.connect(server.origin) as client:
        await client.frame(ENVELOPE.pack(1, 1, 0) + b"x")
        assert await client.closed() == 1008


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"", 1002),
        (ENVELOPE.pack(1, 1, 0)[:-1], 1002),
        (ENVELOPE.pack(9, 1, 0), 1002),
        (ENVELOPE.pack(4, 0, 0), 1002),
        (ENVELOPE.pack(1, 0, 0) + b"x", 1002),
        (ENVELOPE.pack(1, 2**64 - 1, 0) + b"x", 1002),
        (ENVELOPE.pack(3, 0, 99), 1002),  # acknowledges what was never sent
        (ENVELOPE.pack(1, 1, 0) + b"x" * 66_000, 1009),
    ],
)
async def test_bad_frames_are_answered_by_a_close_code(
    server, account, frame, code
) -> None:
    client = await _seated(server, account)
    async with client:
        await client.frame(frame)
        assert await client.closed() == code


async def test_the_largest_frame_passes(server, account) -> None:
    body = b"y" * (65_536 - ENVELOPE.size)
    counselor = await _seated(server, account)
    async with counselor, await RawClient.connect(server.origin) as client:
        await counselor.frame(ENVELOPE.pack(1, 7, 0) + body)
        await client.say(t="open", number=counselor.invited["number"])
        assert (await client.hear())["t"] == "joined"
        assert await client.hear() == ENVELOPE.pack(1, 7, 0) + body


async def test_a_flood_of_texts_is_cut(server, account) -> None:
    async with await _seated(server, account) as client:
        for _ in range(60):
            await client.say(t="turn")
        assert await client.closed() == 1008


@pytest.mark.parametrize(
    "opcode",
    [aiohttp.WSMsgType.PING, aiohttp.WSMsgType.PONG, aiohttp.WSMsgType.CONTINUATION],
)
async def test_a_flood_of_frames_that_say_nothing_is_cut(tmp_path, opcode) -> None:
    limits = Limits(heads_per_s=1.0, heads_burst=20.0)
    async with EmbeddedServer(tmp_path / "calm", limits=limits) as server:
        host, port = server.address.split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            b"GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        begun = opcode is aiohttp.WSMsgType.CONTINUATION
        if begun:
            writer.write(b"\x01\x80mask")  # a text whose end never comes
        final = 0 if begun else 0x80
        for _ in range(20 - begun):
            writer.write(bytes([final | opcode, 0x80]) + b"mask")
        (guard,) = server._server._running.gate._guards.values()
        async with asyncio.timeout(5):
            while guard._masks.frames < 20:
                await asyncio.sleep(0.01)
        assert not guard._transport.is_closing()
        writer.write(bytes([final | opcode, 0x80]) + b"mask")
        async with asyncio.timeout(5):
            assert (await reader.read()).endswith(b"\x88\x02\x03\xf0")  # 1008
        writer.close()


async def test_a_flood_of_envelopes_is_told_to_wait_then_cut(
    tmp_path, account_of
) -> None:
    limits = Limits(envelopes_per_s=0.1, envelopes_burst=4.0)
    async with (
        EmbeddedServer(tmp_path / "calm", limits=limits) as server,
        await _seated(server, await account_of(server)) as client,
    ):
        # The refused one comes again, and again too early; 6 is out of turn.
        for id_ in [1, 2, 3, 4, 5, 6, 5, 6, 5]:
            await client.frame(ENVELOPE.pack(1, id_, 0) + b"z")
        heard = []
        while not heard or not isinstance(heard[-1], tuple):
            heard.append(await client.hear())
        retry = {"t": "retry", "wait_s": 1.0}
        assert [item for item in heard if isinstance(item, dict)] == [retry] * 2
        assert heard[-1] == ("closed", 1008)


async def test_a_full_mailbox_refuses_and_takes_nothing_more(server, account) -> None:
    async with await _seated(server, account) as counselor:
        for id_ in range(1, 36):
            await counselor.frame(ENVELOPE.pack(1, id_, 0) + b"%d" % id_)
        accepted, full = 0, False
        while accepted < 32 or not full:
            heard = await counselor.hear()
            if isinstance(heard, bytes):
                kind, _, ack = ENVELOPE.unpack_from(heard)
                assert kind == 4
                accepted = max(accepted, ack)
            else:
                full = full or heard["t"] == "full"
        assert accepted == 32
        async with await RawClient.connect(server.origin) as client:
            await client.say(t="open", number=counselor.invited["number"])
            assert (await client.hear())["t"] == "joined"
            ids = []
            for _ in range(32):
                _, id_, _ = ENVELOPE.unpack_from(await client.hear())
                ids.append(id_)
            assert ids == list(range(1, 33))


async def test_wrong_signature_and_unknown_account_look_alike(server, account) -> None:
    answers = []
    for candidate in (
        CounselorAccount(account.account_id, b"\x01" * 32),
        CounselorAccount("00" * 16, account.seed),
    ):
        async with await RawClient.connect(server.origin) as client:
            answers.append(await client.sign_in(candidate, server.origin))
            assert await client.closed() == 1008
    assert answers == [{"t": "no", "wait_s": 0.0}] * 2


async def test_a_signature_for_another_server_is_worthless(server, account) -> None:
    async with await RawClient.connect(server.origin) as client:
        assert (await client.sign_in(account, "https://evil.example"))["t"] == "no"


async def test_a_signature_replayed_elsewhere_is_refused(server, account) -> None:
    async with await RawClient.connect(server.origin) as first:
        time_s, nonce = first.welcome["time"], bytes.fromhex(first.welcome["nonce"])
        auth = {
            "t": "auth",
            "account": account.account_id,
            "time": time_s,
            "sig": account.sign(server.origin, nonce, time_s).hex(),
        }
        async with await RawClient.connect(server.origin) as second:
            await second.text(json.dumps(auth))
            assert (await second.hear())["t"] == "no"
        await first.text(json.dumps(auth))
        assert (await first.hear())["t"] == "signed_in"
        await first.text(json.dumps(auth))  # the nonce is used up
        assert await first.closed() == 1008


async def test_bearers_open_and_wrong_ones_are_told(server, account) -> None:
    async with await RawClient.connect(server.origin) as client:
        bearer = (await client.sign_in(account, server.origin))["bearer"]
    async with await RawClient.connect(server.origin) as client:
        await client.say(t="bearer", bearer=bearer)
        assert (await client.hear())["account"] == account.account_id
    async with await RawClient.connect(server.origin) as client:
        await client.say(t="bearer", bearer="ab" * 32)
        assert await client.closed() == 4401


async def test_an_enrolment_token_works_once(server) -> None:
    token = await server.enrol_token()
    account = await enrol(server.origin, token.lower())
    assert len(account.account_id) == 32
    for wrong in (token, "0" * 26, "short", ""):
        with pytest.raises(EnrolmentRefusedError):
            await enrol(server.origin, wrong)


async def test_enrolling_with_nobody_there_is_said(free_port: int) -> None:
    with pytest.raises(ServerUnreachableError):
        await enrol(f"127.0.0.1:{free_port}", "0" * 26)


async def test_thirty_claims_at_once_seat_exactly_one(tmp_path, account_of) -> None:
    limits = Limits(claims_burst=100.0)
    async with EmbeddedServer(tmp_path / "wide", limits=limits) as server:
        account = await account_of(server)
        async with await _seated(server, account) as counselor:
            clients = [await RawClient.connect(server.origin) for _ in range(30)]
            number = counselor.invited["number"]
            await asyncio.gather(*(c.say(t="open", number=number) for c in clients))
            answers = [(await client.hear())["t"] for client in clients]
            assert sorted(answers) == ["joined"] + ["no"] * 29
            for client in clients:
                await client.close()


async def test_guessing_numbers_is_slowed_even_for_a_right_one(server, account) -> None:
    async with await _seated(server, account) as counselor:
        number = counselor.invited["number"]
        wrong = f"{(int(number) + 5) % 1_000_000:06d}"
        client = await RawClient.connect(server.origin)
        async with client:
            for _ in range(10):
                await client.say(t="open", number=wrong)
                assert await client.hear() == {"t": "no", "wait_s": 0.0}
        async with await RawClient.connect(server.origin) as client:
            await client.say(t="open", number=number)
            assert await client.closed() == 1013


async def test_invites_are_limited_and_nobody_elses_are_listed(
    server, account, account_of
) -> None:
    other = await account_of(server)
    async with await _seated(server, account) as mine:
        await mine.say(t="invite.list")
        listed = await mine.hear()
        assert [i["mailbox"] for i in listed["invites"]] == [mine.invited["mailbox"]]
        async with await RawClient.connect(server.origin) as client:
            await client.sign_in(other, server.origin)
            await client.say(t="invite.list")
            assert (await client.hear())["invites"] == []
            # Nor closed by others.
            await client.say(t="invite.close", mailbox=mine.invited["mailbox"])
            assert (await client.hear())["t"] == "no"


async def test_one_counselor_has_at_most_twenty_open_invites(server, account) -> None:
    for _ in range(20):
        async with await _seated(server, account):
            pass
    async with await RawClient.connect(server.origin) as client:
        await client.sign_in(account, server.origin)
        await client.say(t="invite.new", ttl=3600)
        assert (await client.hear())["t"] == "no"


async def test_the_newer_window_takes_the_seat_over(server, account) -> None:
    async with await _seated(server, account) as older:
        token = older.joined["token"]
        async with await RawClient.connect(server.origin) as newer:
            await newer.say(t="resume", token=token, have="0")
            assert (await newer.hear())["t"] == "joined"
            assert await older.closed() == 4408
        async with await RawClient.connect(server.origin) as stranger:
            await stranger.say(t="resume", token="ab" * 32, have="0")
            assert (await stranger.hear())["t"] == "no"


async def test_silence_before_hello_and_after_it_is_cut(tmp_path) -> None:
    limits = Limits(hello_limit_s=0.2, capability_limit_s=0.4)
    async with EmbeddedServer(tmp_path / "hasty", limits=limits) as server:
        for hello in (False, True):
            client = await RawClient.connect(server.origin, hello=hello)
            async with client:
                assert await client.closed() == 1008


async def test_a_reader_that_does_not_read_is_cut(tmp_path, account_of) -> None:
    limits = Limits(
        reader_bytes=20_000,
        envelopes_burst=500,
        congested_bytes=10**9,
        live_messages=500,
        mailbox_messages=500,
        mailbox_bytes=10**9,
        ack_wait_s=60.0,
    )
    async with EmbeddedServer(tmp_path / "narrow", limits=limits) as server:
        counselor = await _seated(server, await account_of(server))
        client = await RawClient.connect(server.origin)
        await client.say(t="open", number=counselor.invited["number"])
        assert (await client.hear())["t"] == "joined"
        client.socket._conn.transport.pause_reading()
        for id_ in range(1, 200):
            await counselor.frame(ENVELOPE.pack(1, id_, 0) + bytes(60_000))
        async with asyncio.timeout(10):
            while True:
                heard = await counselor.hear()
                if heard == {"t": "peer", "present": False, "attempt": 0}:
                    break
        await counselor.close()
        client.socket._conn.transport.resume_reading()
        await client.close()
