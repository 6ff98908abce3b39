"""Row 62: after a whole session the server's disk, log and memory tell nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from tests.adversary.catalogue import Verdict, case
from tests.support.canaries import Canaries, cells_of, files_below, memory_of
from tests.support.kill_tokens import make_tokens
from tests.support.real_pair import TONE, End, picture
from tests.support.server_process import ServerProcess

from safesession.core import inputs
from safesession.core.status import Phase, Role, TextRoute
from safesession.crypto.invite_code import parse_invite_code
from safesession.engine.assembly import Assembly, EngineOptions
from safesession.signaling_server.server import DATABASE_FILE


COUNSELOR_NAME, CLIENT_NAME = "王老师·金丝雀", "Canary Client Wei 魏"
OVER_RELAY = "昨晚又没睡好，心里很乱。canary over the relay"
OVER_CHANNEL = "慢慢来，我在听。canary over the channel"
LEAST = 20


async def _engine(origin: str, role: Role, name: str, folder: Path, token: str) -> End:
    options = EngineOptions(
        role=role,
        state_dir=folder,
        server_origin=origin,
        display_name=name,
        enrolment_token=token,
    )
    return End(await Assembly.create(options), folder)


@contextlib.asynccontextmanager
async def _media(*ends: End) -> AsyncIterator[None]:
    async def feed() -> None:
        for number in range(10**6):
            for end in ends:
                end.assembly.media.audio.on_captured(TONE.tobytes())
                end.assembly.media.camera.push(picture(number))
            await asyncio.sleep(0.02)

    feeding = asyncio.get_running_loop().create_task(feed())
    try:
        yield
    finally:
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)


async def _session(counselor: End, client: End) -> None:
    """Meet, write on both ways, see and hear each other, compare the words."""
    client.do(inputs.JoinByCode(counselor.link))
    relay = TextRoute.RELAY
    await client.until(lambda: client.status.text_route is relay)
    client.do(inputs.SendText(OVER_RELAY))
    assert client.status.text_route is relay
    for end in (counselor, client):
        await end.phase(Phase.IN_CALL)
    counselor.do(inputs.SendText(OVER_CHANNEL))
    await counselor.until(lambda: counselor.received == [OVER_RELAY])
    await client.until(lambda: client.received == [OVER_CHANNEL])
    for end in (counselor, client):
        await end.until(lambda e=end: all(e.decoded[k] for k in ("video", "audio")))
        end.pick_right()
    for end in (counselor, client):
        await end.until(lambda e=end: e.status.verified)


def _plant(canaries: Canaries, counselor: End, client: End) -> None:
    """What I1 says that the server never sees."""
    code = parse_invite_code(counselor.code)
    canaries.plant("code", counselor.code.replace(" ", ""))
    canaries.plant("code as shown", counselor.code)
    canaries.plant("secret digits", code.secret.decode())
    canaries.plant("link", counselor.link)
    canaries.plant("link's key prefix", counselor.link.partition("&k=")[2])
    canaries.plant("text over the relay", OVER_RELAY)
    canaries.plant("text over the channel", OVER_CHANNEL)
    canaries.plant("Chinese of a text", OVER_RELAY[:6])
    names = {"counselor": COUNSELOR_NAME, "client": CLIENT_NAME}
    for who, end in (("counselor", counselor), ("client", client)):
        canaries.plant(f"{who}'s name", names[who])
        identity = end.assembly.state.identity
        canaries.plant(f"{who}'s identity key", identity.public_key)
        canaries.plant(f"{who}'s identity seed", identity.export_seed())
        for name, value in _description(end):
            canaries.plant(f"{who}'s {name}", value)
    keys = client.assembly.runtime.session._encounter._epoch.keys
    canaries.plant("session secret", keys.session_secret)
    canaries.plant("first half of it", keys.session_secret[:32])
    canaries.plant("transcript", keys.transcript)
    canaries.plant("DTLS exporter", client.dtls.exporter)


def _description(end: End) -> Iterator[tuple[str, str | bytes]]:
    """Every line of the SDP that is this connection's own."""
    sdp = end.assembly._peer._link._connection.localDescription.sdp
    lines = list(dict.fromkeys(sdp.splitlines()))
    numbers: dict[str, int] = {}
    for line in lines:
        kind, _, value = line.partition(":")
        if kind not in ("a=ice-ufrag", "a=ice-pwd", "a=fingerprint", "a=candidate"):
            continue
        numbers[kind] = numbers.get(kind, 0) + 1
        yield f"{kind} {numbers[kind]}", value
        if kind == "a=fingerprint":
            digest = value.partition(" ")[2].replace(":", "")
            yield f"{kind} {numbers[kind]} in bytes", bytes.fromhex(digest)


@case(62, "database, log and memory of the server after a whole session")
async def canaries_stay_silent(folder: Path) -> Verdict:
    data_dir = folder / "server"
    canaries = Canaries()
    (token,) = make_tokens(data_dir, 1)
    with ServerProcess(data_dir) as server:
        origin, ends = server.origin, []
        try:
            counselor = await _engine(
                origin, Role.COUNSELOR, COUNSELOR_NAME, folder / "b", token
            )
            ends.append(counselor)
            counselor.do(inputs.CreateInvite(3600))
            await counselor.phase(Phase.INVITED)
            client = await _engine(origin, Role.CLIENT, CLIENT_NAME, folder / "a", "")
            ends.append(client)
            async with _media(counselor, client):
                await _session(counselor, client)
            _plant(canaries, counselor, client)
            account = counselor.assembly.state.account(origin)
            number = parse_invite_code(counselor.code).number
            _silent(canaries, data_dir, server.process.pid, account.account_id)
        finally:
            await asyncio.gather(*(end.assembly.close() for end in ends))
        server.kill()  # a journal is left
        # What the server may know, but not write down as it is.
        canaries.plant("number", number)
        canaries.plant("enrolment token", token)
        canaries.plant("account's seed", account.seed)
        canaries.plant("address", "127.0.0.1")
        assert len(canaries.names) >= LEAST, canaries.names
        database = data_dir / DATABASE_FILE
        assert (data_dir / f"{DATABASE_FILE}-wal").exists()
        assert canaries.found_in(files_below(data_dir)) <= {"account"}
        cells = canaries.found_in(cells_of(database))
        assert cells <= {"account"}
        assert canaries.found_in([server.log().encode()]) == set()
    # The other way round: they are where they belong.
    assert canaries.found_in(files_below(folder / "b")) >= {"account's seed"}
    return Verdict(messages_sent=2)


def _silent(canaries: Canaries, data_dir: Path, pid: int, account_id: str) -> None:
    """Disk and memory while both people are still there."""
    assert canaries.found_in(files_below(data_dir)) == set()
    if not Path("/proc/self/mem").exists():
        return
    # The account's id is what the server does know: the search looks there.
    canaries.plant("account", account_id)
    assert canaries.found_in(memory_of(pid)) == {"account"}
