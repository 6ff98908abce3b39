"""Counselor and client through the real server, store and sockets."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from tests.support.relay_people import Person

from safesession.core import effects, inputs
from safesession.engine.enrolment import enrol
from safesession.signaling_server.embedded import EmbeddedServer


async def _invite(counselor: Person) -> str:
    counselor.do(effects.OpenInvite(3600))
    return (await counselor.first(inputs.InviteOpened)).number


async def test_two_people_meet_and_exchange_envelopes(people) -> None:
    counselor, client = people(counselor=True), people()
    counselor.do(effects.OpenInvite(3600))
    invite = await counselor.first(inputs.InviteOpened)
    assert len(invite.number) == 6
    assert 3500 < invite.expires_at - time.time() < 3700
    counselor.send(b"M0")
    client.do(effects.ClaimInvite(invite.number))
    await client.receives(b"M0")
    assert (await client.first(inputs.RoomJoined)).peer_present
    presence = await counselor.first(inputs.PeerPresence)
    assert presence == inputs.PeerPresence(present=True, attempt=0)
    client.send(*(b"c%d" % n for n in range(40)))
    counselor.send(*(b"k%d" % n for n in range(40)))
    await counselor.receives(*(b"c%d" % n for n in range(40)))
    await client.receives(b"M0", *(b"k%d" % n for n in range(40)))


async def test_what_is_sent_to_an_absent_seat_waits_there(people) -> None:
    counselor, client = people(counselor=True), people()
    number = await _invite(counselor)
    counselor.send(b"M0", b"big" * 5000)
    await asyncio.sleep(0.2)
    await counselor.line.close()
    client.do(effects.ClaimInvite(number))
    await client.receives(b"M0", b"big" * 5000)
    assert not (await client.first(inputs.RoomJoined)).peer_present


async def test_a_third_person_gets_the_same_no_as_a_wrong_number(people) -> None:
    counselor, client, third, lost = (
        people(counselor=True),
        people(),
        people(),
        people(),
    )
    number = await _invite(counselor)
    client.do(effects.ClaimInvite(number))
    await client.first(inputs.RoomJoined)
    third.do(effects.ClaimInvite(number))
    unknown = f"{(int(number) + 1) % 1_000_000:06d}"
    lost.do(effects.ClaimInvite(unknown))
    refused = await third.first(inputs.RoomRefused)
    assert refused == await lost.first(inputs.RoomRefused)
    assert refused == inputs.RoomRefused("unavailable")
    # Kept, closed: still the same answer.
    counselor.do(effects.KeepSeat(), effects.CloseInvite())
    await asyncio.sleep(0.1)
    fourth = people()
    fourth.do(effects.ClaimInvite(number))
    assert await fourth.first(inputs.RoomRefused) == refused


async def test_a_dropped_claimant_leaves_nothing_to_the_next(people) -> None:
    counselor, stranger, client = people(counselor=True), people(), people()
    number = await _invite(counselor)
    counselor.send(b"M0 first")
    stranger.do(effects.ClaimInvite(number))
    await stranger.receives(b"M0 first")
    stranger.send(b"M1 stranger")
    await counselor.receives(b"M1 stranger")
    counselor.do(effects.DropSeat())
    assert (await stranger.first(inputs.RoomRefused)).reason == "closed"
    await counselor.until(
        lambda: inputs.PeerPresence(present=False, attempt=1) in counselor.got
    )
    counselor.send(b"M0 second")
    client.do(effects.ClaimInvite(number))
    await client.receives(b"M0 second")
    assert (await client.first(inputs.RoomJoined)).attempt == 1
    client.send(b"M1 client")
    await counselor.receives(b"M1 stranger", b"M1 client")


async def test_a_claimant_who_leaves_frees_the_seat(people) -> None:
    counselor, first, second = people(counselor=True), people(), people()
    number = await _invite(counselor)
    first.do(effects.ClaimInvite(number))
    await first.first(inputs.RoomJoined)
    first.do(effects.CloseSignaling())
    left = inputs.PeerPresence(present=False, attempt=1)
    await counselor.until(lambda: left in counselor.got)
    second.do(effects.ClaimInvite(number))
    assert (await second.first(inputs.RoomJoined)).attempt == 1


async def test_everything_survives_a_restart_of_the_server(tmp_path: Path) -> None:
    data_dir = tmp_path / "server"
    server = EmbeddedServer(data_dir)
    await server.start()
    account = await enrol(server.origin, await server.enrol_token())
    port = int(server.origin.rpartition(":")[2])
    counselor, client = Person(server.address, account), Person(server.address)
    number = await _invite(counselor)
    client.do(effects.ClaimInvite(number))
    await client.first(inputs.RoomJoined)
    counselor.do(effects.KeepSeat())
    counselor.send(b"before")
    await client.receives(b"before")

    await server.stop()
    counselor.send(b"meanwhile")
    client.send(b"too")
    await counselor.until(
        lambda: any(not e.up for e in counselor.all(inputs.ServerLinkChanged))
    )
    again = EmbeddedServer(data_dir, port=port)
    await again.start()
    try:
        counselor.do(effects.ReconnectNow())
        client.do(effects.ReconnectNow())
        await client.receives(b"before", b"meanwhile")
        await counselor.receives(b"too")
        late = Person(again.address)
        late.do(effects.ClaimInvite(number))
        assert (await late.first(inputs.RoomRefused)).reason == "unavailable"
        await late.line.close()
    finally:
        await counselor.line.close()
        await client.line.close()
        await again.stop()


async def test_an_unused_invite_survives_a_restart(tmp_path: Path) -> None:
    data_dir = tmp_path / "server"
    async with EmbeddedServer(data_dir) as server:
        account = await enrol(server.origin, await server.enrol_token())
        counselor = Person(server.address, account)
        number = await _invite(counselor)
        counselor.send(b"M0")
        await asyncio.sleep(0.2)
        await counselor.line.close()
    async with EmbeddedServer(data_dir) as server:
        client = Person(server.address)
        client.do(effects.ClaimInvite(number))
        await client.receives(b"M0")
        await client.line.close()


async def test_nobody_there_is_reported_with_a_retry_each_time(free_port: int) -> None:
    person = Person(f"127.0.0.1:{free_port}")
    person.do(effects.ClaimInvite("123456"))
    down = await person.first(inputs.ServerLinkChanged)
    assert not down.up
    assert down.retry_in_s is not None
    person.do(effects.ReconnectNow())
    await person.first(inputs.ServerLinkChanged, number=2)
    await person.line.close()


async def test_a_counselor_unknown_to_the_server_is_told(server, tmp_path) -> None:
    async with EmbeddedServer(tmp_path / "other") as other:
        stranger = await enrol(other.origin, await other.enrol_token())
    person = Person(server.address, stranger)
    person.do(effects.OpenInvite(3600))
    assert (await person.first(inputs.RoomRefused)).reason == "not_enrolled"
    await person.line.close()


async def test_leaving_hands_over_what_was_sent_just_before(people) -> None:
    counselor, client = people(counselor=True), people()
    number = await _invite(counselor)
    client.do(effects.ClaimInvite(number))
    await client.first(inputs.RoomJoined)
    counselor.do(effects.KeepSeat())
    client.send(*(b"bye%d" % n for n in range(50)))
    client.do(effects.CloseSignaling())
    await client.line.close()
    await counselor.receives(*(b"bye%d" % n for n in range(50)))
