"""Hosts with a spoiled network between them; skipped where there can be none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.support.netlab import NetLab, why_not


@pytest.fixture
def lab() -> Iterator[NetLab]:
    """Two people's hosts and the institution's, on a perfect network."""
    if reason := why_not():
        pytest.skip(reason)
    with NetLab("counselor", "client", "server") as made:
        yield made
