"""Enrolment tokens under load: used once, and used up for good."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.kill_tally import Tally
from tests.support.raw_relay import RawClient

from safesession.core.account import CounselorAccount
from safesession.crypto.tokens import hash_token, make_token
from safesession.engine.enrolment import EnrolmentRefusedError, enrol
from safesession.errors import SafeSessionError
from safesession.signaling_server.operations import AddEnrolment
from safesession.signaling_server.pepper import load_pepper
from safesession.signaling_server.schema import open_database
from safesession.signaling_server.server import DATABASE_FILE
from safesession.signaling_server.store import carry_out


def make_tokens(data_dir: Path, count: int) -> list[str]:
    """What `safesession-server enrol` does, `count` times in one go."""
    pepper = load_pepper(data_dir, secrets.token_bytes)
    tokens = [make_token(secrets.token_bytes) for _ in range(count)]
    connection = open_database(str(data_dir / DATABASE_FILE))
    try:
        connection.execute("BEGIN")
        for token in tokens:
            operation = AddEnrolment(hash_token(pepper, token), int(time.time()) + 9999)
            carry_out(connection.execute, operation)
        connection.execute("COMMIT")
    finally:
        connection.close()
    return tokens


@dataclass(slots=True)
class TokenLife:
    """One token: used under load, then checked on the next server."""

    token: str = field(repr=False)
    tally: Tally
    asked: bool = False
    account: CounselorAccount | None = None

    async def use(self, origin: str) -> None:
        """Enrol; a kill leaves it open whether that has happened."""
        self.asked = True
        try:
            self.account = await enrol(origin, self.token)
            self.tally.promise()
        except SafeSessionError:
            return

    async def check(self, origin: str) -> None:
        """A used one is used; another works exactly once."""
        if self.account is not None:
            self.tally.must_not(await self._works(origin), "a used token")
            line = await RawClient.connect(origin)
            async with line:
                answer = await line.sign_in(self.account, origin)
                self.tally.must(answer["t"] == "signed_in", "an account")
            return
        worked = await self._works(origin)
        self.tally.must(worked or self.asked, "an unused token")
        if worked:
            self.tally.promise()
        self.tally.must_not(await self._works(origin), "a token used up")

    async def _works(self, origin: str) -> bool:
        try:
            await enrol(origin, self.token)
        except EnrolmentRefusedError:
            return False
        return True
