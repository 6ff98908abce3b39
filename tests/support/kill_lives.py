"""One invite's life under load: opened, claimed, dropped, kept, closed.

A script asks for one step after the other until the server is killed; `check`
then asks the new server whether every confirmed step still stands, whatever
became of the one that was under way.
"""

from __future__ import annotations

import asyncio
import random
import struct
from collections.abc import Iterator
from enum import Enum
from typing import Any

import aiohttp
from tests.support.kill_tally import LineLostError, Tally
from tests.support.raw_relay import RawClient

from safesession.core.account import CounselorAccount


HEADER = struct.Struct("!BQQ")
ENVELOPE = 1
LOST = (LineLostError, aiohttp.ClientError, OSError)


class Stage(Enum):
    """What the server has confirmed last."""

    NEW = "new"
    OPEN = "open"
    CLAIMED = "claimed"
    DROPPED = "dropped"
    KEPT = "kept"
    CLOSED = "closed"  # before anybody was kept: the room went with it
    KEPT_CLOSED = "kept, closed"


TRICKLE = 16  # with what went before: fewer than a mailbox holds
S = Stage
PATHS = (
    (S.OPEN,),
    (S.OPEN, S.CLOSED),
    (S.OPEN, S.CLAIMED),
    (S.OPEN, S.CLAIMED, S.DROPPED),
    (S.OPEN, S.CLAIMED, S.DROPPED),
    (S.OPEN, S.CLAIMED, S.KEPT),
    (S.OPEN, S.CLAIMED, S.KEPT, S.KEPT_CLOSED),
)


class End:
    """One seat: its connection, its token, what it sent and what it heard."""

    def __init__(self, name: str, tally: Tally) -> None:
        self.name = name
        self.tally = tally
        self.line: RawClient | None = None
        self.token = ""
        self.sent: list[bytes] = []
        self.accepted = 0
        self.have = 0
        self.other: End

    async def connect(self, origin: str, source: str) -> None:
        await self.close()
        self.line = await RawClient.connect(origin, source=source)
        if not isinstance(self.line.welcome, dict):
            raise LineLostError

    async def close(self) -> None:
        line, self.line = self.line, None
        if line is not None:
            await line.close()

    async def sign_in(self, account: CounselorAccount, origin: str) -> None:
        if self.line is None:
            raise LineLostError
        answer = await self.line.sign_in(account, origin)
        if isinstance(answer, tuple):
            raise LineLostError
        assert answer["t"] == "signed_in", answer

    async def say(self, **message: Any) -> None:
        if self.line is None:
            raise LineLostError
        await self.line.say(**message)

    async def hears(self, *kinds: str) -> dict[str, Any]:
        """The next text of one of these kinds; frames are taken on the way."""
        while True:
            heard = await self.hear()
            if isinstance(heard, dict) and heard["t"] in kinds:
                return heard

    async def hear(self) -> Any:
        if self.line is None:
            raise LineLostError
        heard = await self.line.hear(15.0)
        if isinstance(heard, tuple):
            raise LineLostError
        if isinstance(heard, bytes):
            self._frame(heard)
        return heard

    async def send(self, count: int, *, acknowledge: bool) -> None:
        if self.line is None:
            raise LineLostError
        for _ in range(count):
            self.sent.append(f"{self.name} {len(self.sent)}".encode())
            ack = self.have if acknowledge else 0
            header = HEADER.pack(ENVELOPE, len(self.sent), ack)
            await self.line.frame(header + self.sent[-1])

    async def sit_down(self, origin: str, source: str) -> bool:
        """Come back with the token; False when the server knows no such seat."""
        await self.connect(origin, source)
        await self.say(t="resume", token=self.token, have=str(self.have))
        return (await self.hears("joined", "no"))["t"] == "joined"

    async def everything_accepted_arrives(self) -> None:
        """What the other end was told is safe comes, in order, each once."""
        try:
            async with asyncio.timeout(10.0):
                while self.have < self.other.accepted:
                    await self.hear()
        except TimeoutError:
            missing = self.other.accepted - self.have
            self.tally.lost += [f"envelope for {self.name}"] * missing

    def _frame(self, frame: bytes) -> None:
        kind, id_, ack = HEADER.unpack_from(frame)
        if ack > self.accepted:
            self.tally.promise(ack - self.accepted)
            self.accepted = ack
        if kind != ENVELOPE:
            return
        if id_ <= self.have:
            self.tally.doubled.append(f"envelope {id_} for {self.name}")
            return
        missing = id_ - self.have - 1
        self.tally.lost += [f"envelope before {id_} for {self.name}"] * missing
        body = frame[HEADER.size :]
        self.tally.must(body == self.other.sent[id_ - 1], f"body {id_}")
        self.have = id_


class Life:
    """One invite, from one counselor's account."""

    def __init__(
        self,
        account: CounselorAccount,
        addresses: Iterator[str],
        rng: random.Random,
        tally: Tally,
    ) -> None:
        self.account = account
        self.addresses = addresses
        self.source = next(addresses)
        self.rng = rng
        self.tally = tally
        self.stage = Stage.NEW
        self.asked: Stage | None = None
        self.number = ""
        self.counselor, self.client = End("counselor", tally), End("client", tally)
        self.counselor.other, self.client.other = self.client, self.counselor

    # --- under load -----------------------------------------------------------------

    async def run(self, origin: str) -> None:
        """Take the steps of a random path; ends early when the server is gone."""
        steps = {
            Stage.OPEN: self._open,
            Stage.CLAIMED: self._claim,
            Stage.DROPPED: self._drop,
            Stage.KEPT: self._keep,
            Stage.CLOSED: self._close_invite,
            Stage.KEPT_CLOSED: self._close_invite,
        }
        try:
            await self.counselor.connect(origin, self.source)
            await self.counselor.sign_in(self.account, origin)
            for wanted in self.rng.choice(PATHS):
                self.asked = wanted
                await steps[wanted](origin)
                self.stage, self.asked = wanted, None
                self.tally.promise()
                await asyncio.sleep(self.rng.random() * 0.03)
            await self._live()
        except LOST:
            return

    async def _open(self, _origin: str) -> None:
        await self.counselor.say(t="invite.new", ttl=3600)
        self.number = (await self.counselor.hears("invite"))["number"]
        # From here on the number is out in the world.
        self.stage = Stage.OPEN
        self.counselor.token = (await self.counselor.hears("joined"))["token"]
        await self.counselor.send(self.rng.randrange(4), acknowledge=False)

    async def _claim(self, origin: str) -> None:
        await self.client.connect(origin, self.source)
        await self.client.say(t="open", number=self.number)
        self.client.token = (await self.client.hears("joined"))["token"]
        await self.client.send(self.rng.randrange(4), acknowledge=self._toss())

    async def _drop(self, _origin: str) -> None:
        await self.counselor.say(t="seat.drop", attempt=0)
        await self.counselor.hears("ok")

    async def _keep(self, _origin: str) -> None:
        await self.counselor.say(t="seat.keep", attempt=0)
        await self.counselor.hears("ok")
        for end in (self.counselor, self.client):
            await end.send(1 + self.rng.randrange(6), acknowledge=self._toss())

    async def _close_invite(self, _origin: str) -> None:
        await self.counselor.say(t="invite.close")
        await self.counselor.hears("ok")

    async def _live(self) -> None:
        """Both ends hear what comes, and write now and then, until the kill."""
        writers = {
            Stage.OPEN: [self.counselor],
            Stage.CLAIMED: [self.counselor, self.client],
            Stage.KEPT: [self.counselor, self.client],
            Stage.KEPT_CLOSED: [self.counselor, self.client],
        }.get(self.stage, [])
        ends = [end for end in (self.counselor, self.client) if end.line is not None]
        await asyncio.gather(
            *(end.hears("nothing") for end in ends),
            *(self._trickle(end) for end in writers),
        )

    async def _trickle(self, end: End) -> None:
        for _ in range(TRICKLE):
            await asyncio.sleep(self.rng.random() * 0.05)
            await end.send(1, acknowledge=self._toss())

    def _toss(self) -> bool:
        return self.rng.random() < 0.5

    # --- after the kill ---------------------------------------------------------------

    async def check(self, origin: str) -> None:
        """Ask the new server for every confirmed step."""
        try:
            match self.stage:
                case Stage.NEW:
                    pass  # nobody ever learned a number
                case Stage.OPEN:
                    await self._check_open(origin)
                case Stage.CLAIMED:
                    await self._check_claimed(origin)
                case Stage.DROPPED:
                    there = await self.client.sit_down(origin, self.source)
                    self.tally.must(not there, "a dropped claimant stays dropped")
                    await self._check_dropped(origin)
                case Stage.KEPT | Stage.KEPT_CLOSED:
                    await self._check_kept(origin)
                case Stage.CLOSED:
                    await self._check_closed(origin)
            await self._retire(origin)
        finally:
            await self.close()

    async def close(self) -> None:
        for end in (self.counselor, self.client):
            await end.close()

    async def _check_open(self, origin: str) -> None:
        if self.asked is Stage.CLOSED and not await self.counselor.sit_down(
            origin, self.source
        ):
            self.stage, self.asked = Stage.CLOSED, None
            await self._check_closed(origin)
            return
        if await self._claimable_once(origin) and self.asked is not Stage.CLAIMED:
            # A claim under way may have voided it: it was for that claimant.
            await self.client.everything_accepted_arrives()

    async def _check_claimed(self, origin: str) -> None:
        there = await self.client.sit_down(origin, self.source)
        if not there and self.asked is Stage.DROPPED:
            await self._check_dropped(origin)
            return
        self.tally.must(there, "a claimed seat")
        if not there:
            return
        self.tally.must_not(await self._claim_as_stranger(origin), "claim of a seat")
        await self.client.everything_accepted_arrives()
        await self._counselor_returns(origin)

    async def _check_kept(self, origin: str) -> None:
        there = await self.client.sit_down(origin, self.source)
        self.tally.must(there, "a kept seat")
        self.tally.must_not(await self._claim_as_stranger(origin), "a kept number")
        if there:
            await self.client.everything_accepted_arrives()
        await self._counselor_returns(origin)

    async def _check_closed(self, origin: str) -> None:
        stranger = await self._claim_as_stranger(origin)
        self.tally.must(not stranger, "a closed number stays closed")
        if self.counselor.token:
            there = await self.counselor.sit_down(origin, self.source)
            self.tally.must(not there, "a closed room stays closed")

    async def _counselor_returns(self, origin: str) -> None:
        there = await self.counselor.sit_down(origin, self.source)
        self.tally.must(there, "the counselor's seat")
        if there:
            await self.counselor.everything_accepted_arrives()

    async def _check_dropped(self, origin: str) -> None:
        """The number is free again, and nobody hears what was for another."""
        self.client.have = 0
        if await self._claimable_once(origin):
            await self.client.say(t="turn")
            await self.client.hears("turn")
            heard = self.client.have > 0
            self.tally.must_not(heard, "mail for a dropped claimant")

    async def _claimable_once(self, origin: str) -> bool:
        await self.client.connect(origin, self.source)
        await self.client.say(t="open", number=self.number)
        answer = await self.client.hears("joined", "no")
        self.tally.must(answer["t"] == "joined", "an open number")
        if answer["t"] != "joined":
            return False
        again = await self._claim_as_stranger(origin)
        self.tally.must_not(again, "an open number, claimed twice")
        return True

    async def _claim_as_stranger(self, origin: str) -> bool:
        stranger = End("stranger", self.tally)
        stranger.other = self.counselor
        try:
            await stranger.connect(origin, next(self.addresses))
            await stranger.say(t="open", number=self.number)
            return (await stranger.hears("joined", "no"))["t"] == "joined"
        finally:
            await stranger.close()

    async def _retire(self, origin: str) -> None:
        """Withdraw what is still open, so that a later kill finds it withdrawn."""
        counselor = self.counselor
        if self.stage in (Stage.NEW, Stage.CLOSED, Stage.KEPT_CLOSED):
            return
        there = counselor.token and await counselor.sit_down(origin, self.source)
        self.tally.must(there or not counselor.token, "the counselor's seat")
        if not there:
            self.stage = Stage.NEW
            return
        await counselor.say(t="invite.close")
        await counselor.hears("ok")
        self.tally.promise()
        # A keep under way may have been done or not; then the close ends it or not.
        unsure = self.asked is Stage.KEPT
        kept = Stage.NEW if unsure else Stage.CLOSED
        self.stage = Stage.KEPT_CLOSED if self.stage is Stage.KEPT else kept
        self.asked = None
