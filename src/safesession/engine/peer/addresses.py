"""Notices that this machine got or lost an address: another network, a VPN, a cable.

The systems tell of it in three different ways; asking for the addresses a few times
a second is one way for all, and takes a fraction of a millisecond. Says what
changed; what follows from it is decided in core.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from safesession.core.inputs import AddressChange, LocalAddressesChanged
from safesession.engine.peer import path_swap


LOOK_EVERY_S = 0.2
# Offered only where there is nothing else; it stays true when there is more.
_LOOPBACK = frozenset({"127.0.0.1"})


class AddressWatch:
    """What became of the addresses. Sans-I/O; `look` must be called often."""

    def __init__(self, known: frozenset[str]) -> None:
        self._known = known - _LOOPBACK

    def look(self, found: frozenset[str], in_use: str) -> AddressChange | None:
        """Take what there is now and what the connection uses; return news."""
        before, self._known = self._known, found - _LOOPBACK
        gone = before - self._known
        if in_use in gone:
            return AddressChange.IN_USE_GONE
        if gone:
            return AddressChange.GONE
        return AddressChange.ADDED if self._known - before else None


async def keep_watching(
    in_use: Callable[[], str], deliver: Callable[[LocalAddressesChanged], None]
) -> None:
    """Report every change until cancelled."""
    watch = AddressWatch(_addresses())
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        change = watch.look(_addresses(), in_use())
        if change is not None:
            deliver(LocalAddressesChanged(change))


def _addresses() -> frozenset[str]:
    try:
        return path_swap.local_addresses()
    except OSError:
        return frozenset()
