"""Log and retention in memory and the real vault's keep the same rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.support.vaults import Desk, add_client, write_note

from safesession.core.keeping_port import KeepingPort
from safesession.core.keeping_types import (
    ChainPart,
    CustodyEvent,
    LogTopic,
)
from safesession.core.vault_types import AnchorVerdict
from safesession.errors import SafeSessionError
from safesession.ui.gallery_keeping import StillKeeping
from safesession.vault.keeping import VaultKeeping


YEAR_S = 366 * 86_400


@dataclass
class House:
    """A port, its clock, and a way to put something behind it."""

    port: KeepingPort
    desk: Desk
    vault: Any = None

    def add_file(self, code: str) -> int:
        if self.vault is None:
            now_ms = int(self.desk.now_s * 1000)
            return self.port.add_file(code, 1, now_ms).client_id
        client = add_client(self.vault, code)
        write_note(self.vault, "x", client=client)
        return client

    def touch(self, client_id: int) -> None:
        """Have some activity in a file."""
        if self.vault is None:
            there = self.port.reviews[client_id]
            now_ms = int(self.desk.now_s * 1000)
            changed = {"last_activity_ms": now_ms, "digest": b"other"}
            self.port.reviews[client_id] = type(there)(
                *(changed.get(n, getattr(there, n)) for n in there.__slots__)
            )
        else:
            write_note(self.vault, "new", client=client_id)

    def write(self, count: int) -> None:
        for n in range(count):
            if self.vault is None:
                self.port.write(CustodyEvent.OPENED, f"note:{n}")
            else:
                self.vault.run(
                    lambda v, n=n: v.custody.record(CustodyEvent.OPENED, f"note:{n}")
                ).result()


@pytest.fixture(params=["memory", "vault"])
def house(request, tmp_path) -> Iterator[House]:
    desk = Desk(tmp_path)
    if request.param == "memory":
        port = StillKeeping(lambda: desk.now_s)
        port.write(CustodyEvent.CREATED)
        yield House(port, desk)
        return
    with desk.made() as vault:
        yield House(VaultKeeping(lambda: vault), desk, vault)


def code_of(outcome) -> str:
    with pytest.raises(SafeSessionError) as caught:
        outcome.result()
    return caught.value.code


def followed(port: KeepingPort) -> ChainPart:
    part, rounds = ChainPart(), 0
    while not part.finished:
        part, rounds = port.follow_log(part).result(), rounds + 1
        assert rounds < 100
    return part


def due(house: House):
    return house.port.retention().result().due


def test_the_log_comes_newest_first_in_pages_and_topics(house) -> None:
    house.write(130)
    first = house.port.log(LogTopic.ALL).result()
    assert first.older
    numbers = [line.entry.number for line in first.lines]
    assert numbers == sorted(numbers, reverse=True)
    rest = house.port.log(LogTopic.ALL, numbers[-1]).result()
    assert not rest.older
    assert [line.entry.number for line in rest.lines] == [
        *range(numbers[-1] - 1, 0, -1)
    ]
    assert rest.lines[-1].entry.event is CustodyEvent.CREATED
    assert house.port.log(LogTopic.DELETED).result().lines == ()
    opened = house.port.log(LogTopic.OPENED).result().lines
    assert {line.entry.event for line in opened} == {CustodyEvent.OPENED}


def test_the_log_is_followed_to_its_end(house) -> None:
    house.write(5)
    state = house.port.log_state().result()
    assert state.entries == 6
    assert state.since_ms == int(house.desk.now_s * 1000)
    assert state.doubts == ()
    assert state.history in (AnchorVerdict.CONFIRMED, AnchorVerdict.NONE)
    part = followed(house.port)
    assert (part.followed, part.broken_at) == (6, None)


def test_lines_say_whose_file_it_is_while_it_is_there(house) -> None:
    client = house.add_file("A-1")
    house.desk.now_s += 11 * YEAR_S
    (review,) = due(house)
    house.port.keep_longer(review, 1, "a complaint").result()
    (line, *_) = house.port.log(LogTopic.DELETED).result().lines
    assert line.entry.subject == f"client:{client}"
    assert line.entry.detail.startswith("until ")
    assert "complaint" not in line.entry.detail


def test_the_period_is_set_and_deletes_nothing(house) -> None:
    house.add_file("A-1")
    state = house.port.retention().result()
    assert (state.years, state.due, state.files) == (10, (), 1)
    assert state.next_due_ms is not None
    house.desk.now_s += 3 * YEAR_S
    house.port.set_retention_years(2).result()
    state = house.port.retention().result()
    assert (state.years, state.files, state.next_due_ms) == (2, 1, None)
    assert [review.code for review in state.due] == ["A-1"]
    for years in (0, 101, -3):
        with pytest.raises(SafeSessionError):
            house.port.set_retention_years(years).result()


def test_a_file_is_kept_longer_with_a_reason(house) -> None:
    house.add_file("A-1")
    house.desk.now_s += 11 * YEAR_S
    (review,) = due(house)
    for years, reason in ((0, "x"), (101, "x"), (1, "  "), (1, "x" * 301)):
        with pytest.raises(SafeSessionError):
            house.port.keep_longer(review, years, reason).result()
    house.port.keep_longer(review, 2, "投诉 pending").result()
    assert due(house) == ()
    house.desk.now_s += 1 * YEAR_S
    assert due(house) == ()
    house.desk.now_s += 1.1 * YEAR_S
    (again,) = due(house)
    assert again.kept_because == "投诉 pending"


def test_only_what_was_reviewed_is_deleted_and_for_good(house) -> None:
    one, two = house.add_file("A-1"), house.add_file("A-2")
    fresh = house.port.retention().result()
    assert fresh.due == ()
    house.desk.now_s += 11 * YEAR_S
    first, second = due(house)
    house.port.erase([first]).result()
    assert [review.client_id for review in due(house)] == [two]
    assert code_of(house.port.erase([first])) == "no_such_record"
    house.touch(two)
    assert code_of(house.port.erase([second])) == "review_stale"
    assert code_of(house.port.keep_longer(second, 1, "x")) == "review_stale"
    lines = house.port.log(LogTopic.DELETED).result().lines
    assert [line.entry.event for line in lines] == [
        CustodyEvent.ERASED,
        CustodyEvent.DELETED,
    ]
    assert lines[1].entry.subject == f"client:{one}"
    assert lines[1].code == ""


def test_what_must_still_be_kept_is_not_deleted(house) -> None:
    house.add_file("A-1")
    house.desk.now_s += 11 * YEAR_S
    (review,) = due(house)
    house.desk.now_s -= 9 * YEAR_S
    assert code_of(house.port.erase([review])) == "still_retained"
