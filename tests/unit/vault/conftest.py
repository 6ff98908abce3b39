"""A desk with a vault on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.support.vaults import Desk

from safesession.vault.vault import Vault


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def vault(desk) -> Iterator[Vault]:
    with desk.made() as made:
        yield made
