"""Counselors and clients with raw connections, up to a seat of their own."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.raw_relay import RawClient

from safesession.core.account import CounselorAccount


@dataclass(frozen=True)
class Seated:
    """A connection in a room, and what it was told on the way there."""

    line: RawClient
    number: str
    mailbox: str
    token: str

    async def keep(self) -> None:
        """Keep the claimant."""
        await self.line.say(t="seat.keep", attempt=0)
        await hears(self.line, "ok")


async def hears(line: RawClient, *kinds: str) -> dict:
    """The next text of one of these kinds; whatever else comes is skipped."""
    while True:
        heard = await line.hear()
        assert not isinstance(heard, tuple), heard
        if isinstance(heard, dict) and heard["t"] in kinds:
            return heard


async def counselor(
    origin: str, account: CounselorAccount, source: str | None = None
) -> Seated:
    """Sign in, open an invite, sit there."""
    line = await RawClient.connect(origin, source=source)
    assert (await line.sign_in(account, origin))["t"] == "signed_in"
    invite, joined = await line.invite()
    return Seated(line, invite["number"], invite["mailbox"], joined["token"])


async def claim(origin: str, number: str, source: str | None = None) -> RawClient:
    """Ask for the seat; the caller hears the answer."""
    line = await RawClient.connect(origin, source=source)
    await line.say(t="open", number=number)
    return line
