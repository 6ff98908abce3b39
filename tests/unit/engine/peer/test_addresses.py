"""What a machine's addresses become."""

from __future__ import annotations

import asyncio

import aioice.ice
import pytest

from safesession.core.inputs import AddressChange, LocalAddressesChanged
from safesession.engine.peer import addresses
from safesession.engine.peer.addresses import AddressWatch, keep_watching


WIFI, CABLE, LOOPBACK = "192.0.2.7", "198.51.100.9", "127.0.0.1"


def found(*names: str) -> frozenset[str]:
    return frozenset(names)


def test_what_stays_the_same_is_no_news() -> None:
    watch = AddressWatch(found(WIFI))
    assert watch.look(found(WIFI), WIFI) is None


@pytest.mark.parametrize(
    ("now", "news"),
    [
        (found(WIFI, CABLE), AddressChange.ADDED),
        (found(), AddressChange.IN_USE_GONE),
        (found(CABLE), AddressChange.IN_USE_GONE),
    ],
)
def test_what_changed_is_told_once(now: frozenset, news: AddressChange) -> None:
    watch = AddressWatch(found(WIFI))
    assert watch.look(now, WIFI) is news
    assert watch.look(now, WIFI) is None


def test_another_address_than_the_one_in_use_may_go() -> None:
    watch = AddressWatch(found(WIFI, CABLE))
    assert watch.look(found(WIFI), WIFI) is AddressChange.GONE
    assert watch.look(found(), "") is AddressChange.GONE


def test_the_stand_in_for_no_address_is_none() -> None:
    """Loopback is offered where there is nothing else, and works beside the rest."""
    watch = AddressWatch(found(LOOPBACK))
    assert watch.look(found(WIFI), LOOPBACK) is AddressChange.ADDED
    assert watch.look(found(LOOPBACK), WIFI) is AddressChange.IN_USE_GONE
    assert watch.look(found(), LOOPBACK) is None


async def test_changes_are_delivered_and_a_broken_question_is_no_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = [[WIFI], [WIFI], OSError(), [CABLE]]

    def ask(**_: bool) -> list[str]:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, OSError):
            raise answer
        return answer

    monkeypatch.setattr(aioice.ice, "get_host_addresses", ask)
    monkeypatch.setattr(addresses, "LOOK_EVERY_S", 0.001)
    told: list[LocalAddressesChanged] = []
    heard = asyncio.Event()

    def deliver(news: LocalAddressesChanged) -> None:
        told.append(news)
        if len(told) == 2:
            heard.set()

    watching = asyncio.get_running_loop().create_task(
        keep_watching(lambda: WIFI, deliver)
    )
    async with asyncio.timeout(5):
        await heard.wait()
    watching.cancel()
    changes = [news.change for news in told]
    assert changes == [AddressChange.IN_USE_GONE, AddressChange.ADDED]
