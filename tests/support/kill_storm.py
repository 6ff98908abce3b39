"""A real server under load, killed again and again at moments nobody chose.

Pairs talk over the product's own links the whole time; beside them invites and
enrolment tokens live through every stage. Each promise is asked for after the
kill that follows it, withdrawn invites once more after a later one.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.support.kill_lives import Life, Stage
from tests.support.kill_tally import Tally, loopback_addresses
from tests.support.kill_tokens import TokenLife, make_tokens
from tests.support.relay_people import Person
from tests.support.server_process import ServerProcess, false_start

from safesession.core import effects, inputs
from safesession.core.account import CounselorAccount
from safesession.engine.enrolment import enrol
from safesession.signaling_server.server import DATABASE_FILE


PAIRS = 3
SLOTS = 4  # invites that live at the same time, each with an account of its own
LIVES_PER_ROUND = 3  # in each slot
TOKENS_PER_ROUND = 3  # two under load, one left for later
BURST_PAUSE_S = 0.03
LONGEST_CALM_S = 0.35
TWICE = 0.2  # how often the new server is killed again before anybody is settled
FALSE_FIRST_STARTS = 2
FALSE_STARTS = 0.2  # how often a server is killed while it starts
LEAST_START_S, START_S = 0.12, 0.15  # where its own code runs, on a quiet machine
SLOW_DISK = 0.5  # how often nothing can be committed just before the kill
SLOWEST_S = 0.15
OLD_ONES = 4


class Pair:
    """Two people who write to each other all the time."""

    def __init__(self, address: str, account: CounselorAccount) -> None:
        self.people = (Person(address, account), Person(address))
        self.sent: tuple[list[bytes], list[bytes]] = ([], [])

    async def meet(self) -> None:
        counselor, client = self.people
        counselor.do(effects.OpenInvite(3600))
        invite = await counselor.first(inputs.InviteOpened)
        client.do(effects.ClaimInvite(invite.number))
        await client.first(inputs.RoomJoined)
        counselor.do(effects.KeepSeat())

    async def talk(self, rng: random.Random) -> None:
        """Until cancelled; a server that is gone is nobody's excuse."""
        while True:
            for person, sent in zip(self.people, self.sent, strict=True):
                for _ in range(rng.randrange(2)):
                    body = b"%d %d" % (len(sent), rng.getrandbits(64))
                    sent.append(body)
                    person.send(body)
            await asyncio.sleep(BURST_PAUSE_S * (0.5 + rng.random()))

    def reconnect(self) -> None:
        for person in self.people:
            person.do(effects.ReconnectNow())

    async def settle(self, tally: Tally) -> None:
        """Everything that was sent arrives, in order, once."""
        for me, other in ((0, 1), (1, 0)):
            sent, receiver = self.sent[me], self.people[other]
            with contextlib.suppress(TimeoutError):
                await receiver.until(lambda s=sent, r=receiver: _all_there(s, r), 30)
            got = receiver.envelopes()
            tally.promise(len(sent))
            tally.lost += ["envelope of a pair"] * len(set(sent) - set(got))
            twice = sum(count - 1 for count in Counter(got).values())
            tally.doubled += ["envelope of a pair"] * twice
            tally.must(twice or set(got) != set(sent) or got == sent, "the order")

    async def close(self) -> None:
        for person in self.people:
            await person.line.close()


def _all_there(sent: list[bytes], receiver: Person) -> bool:
    return len(receiver.envelopes()) >= len(sent)


class Storm:
    """`run` kills the server and returns what became of its promises."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.data_dir = folder / "server"
        self.rng = random.Random(seed)
        self.tally = Tally()
        self.kills = 0
        self.addresses = loopback_addresses()
        self.old: list[Life] = []

    async def run(self, kills: int) -> Tally:
        """Kill until the count is reached, then let everything settle."""
        for _ in range(FALSE_FIRST_STARTS):
            await self._false_start(0)
        count = PAIRS + SLOTS + kills * TOKENS_PER_ROUND
        self.tokens = await asyncio.to_thread(make_tokens, self.data_dir, count)
        self.server = await asyncio.to_thread(ServerProcess, self.data_dir)
        pairs: list[Pair] = []
        talking: list[asyncio.Task[None]] = []
        try:
            accounts = [await self._account() for _ in range(SLOTS)]
            for _ in range(PAIRS):
                pairs.append(Pair(self.server.address, await self._account()))
                await pairs[-1].meet()
            talking = [asyncio.create_task(pair.talk(self.rng)) for pair in pairs]
            while self.kills < kills:
                await self._round(accounts, pairs, kills)
            await _cancel(talking)
            await asyncio.gather(*(pair.settle(self.tally) for pair in pairs))
        finally:
            await _cancel(talking)
            await asyncio.gather(*(pair.close() for pair in pairs))
            self.server.kill()
        return self.tally

    async def _account(self) -> CounselorAccount:
        return await enrol(self.server.origin, self.tokens.pop())

    async def _round(
        self, accounts: list[CounselorAccount], pairs: list[Pair], kills: int
    ) -> None:
        lives: list[Life] = []
        under_load = [TokenLife(self.tokens.pop(), self.tally) for _ in range(2)]
        unused = TokenLife(self.tokens.pop(), self.tally)
        load = [asyncio.create_task(self._slot(account, lives)) for account in accounts]
        load += [asyncio.create_task(self._use(token)) for token in under_load]
        await asyncio.sleep(self.rng.random() * LONGEST_CALM_S)
        slow = self.rng.random() < SLOW_DISK
        await self._kill(pairs, self.rng.random() * SLOWEST_S if slow else 0.0)
        if self.kills < kills and self.rng.random() < TWICE:
            await asyncio.sleep(self.rng.random() * 0.05)
            await self._kill(pairs)
        await _cancel(load)
        for life in lives:
            await life.close()
        origin = self.server.origin
        checked = [*lives, *self.old, *under_load, unused]
        await asyncio.gather(*(each.check(origin) for each in checked))
        done = [life for life in lives if life.stage is not Stage.NEW]
        self.old = done[-OLD_ONES:]

    async def _slot(self, account: CounselorAccount, lives: list[Life]) -> None:
        """Invites of one counselor: all but the last are left standing."""
        running = []
        for _ in range(LIVES_PER_ROUND):
            life = Life(account, self.addresses, self.rng, self.tally)
            lives.append(life)
            running.append(asyncio.create_task(life.run(self.server.origin)))
            await asyncio.sleep(self.rng.random() * 0.1)
        try:
            await asyncio.gather(*running)
        finally:
            await _cancel(running)

    async def _use(self, token: TokenLife) -> None:
        await asyncio.sleep(self.rng.random() * LONGEST_CALM_S)
        await token.use(self.server.origin)

    async def _kill(self, pairs: list[Pair], slow_s: float = 0.0) -> None:
        self.kills += 1
        with self._slow_disk() if slow_s else contextlib.nullcontext() as release:
            await asyncio.sleep(slow_s)
            await asyncio.to_thread(self.server.kill)
            if release is not None:
                release()
            if self.rng.random() < FALSE_STARTS:
                await self._false_start(self.server.port)
            self.server = await asyncio.to_thread(
                ServerProcess, self.data_dir, self.server.port
            )
        for pair in pairs:
            pair.reconnect()

    async def _false_start(self, port: int) -> None:
        """Killed while it reads what the last one left, or makes its files."""
        self.kills += 1
        moment_s = LEAST_START_S + self.rng.random() * START_S
        await asyncio.to_thread(false_start, self.data_dir, port, moment_s)

    @contextlib.contextmanager
    def _slow_disk(self) -> Iterator[Callable[[], object]]:
        """No commit gets through: an answer that does not wait for one is caught."""
        path = self.data_dir / DATABASE_FILE
        connection = sqlite3.connect(path, isolation_level=None, timeout=5.0)
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection.rollback
        finally:
            connection.close()


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            raise result
