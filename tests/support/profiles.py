"""How much to try: `ci` (bounded, the same every time) or `soak` (long, random).

SAFESESSION_TEST_PROFILE chooses, SAFESESSION_TEST_SEED repeats a soak run. The
order goes from small to large, so that the first failure is the plainest.
"""

from __future__ import annotations

import os
import random
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings


@dataclass(frozen=True)
class Profile:
    """The counts and the seed of this run."""

    name: str
    seed: int
    told: list[str] = field(default_factory=list)

    def tell(self, line: str) -> None:
        """Say at the end of a soak run how much was really tried."""
        self.told.append(line)

    def count(self, *, ci: int, soak: int) -> int:
        """Choose how often something is tried."""
        return soak if self.name == "soak" else ci

    def random(self, purpose: str) -> random.Random:
        """Return a generator that repeats with the run's seed and the purpose."""
        return random.Random(f"{self.seed}:{purpose}")


_ORDER = (
    "unit",
    "fuzz",
    "sim",
    "adversary",
    "contract",
    "integration",
    "ui",
    "e2e",
    "netns",
)
_name = os.environ.get("SAFESESSION_TEST_PROFILE", "ci")
if _name not in ("ci", "soak"):
    raise pytest.UsageError("SAFESESSION_TEST_PROFILE is 'ci' or 'soak'")
_fallback = secrets.randbelow(2**32) if _name == "soak" else 1
PROFILE = Profile(_name, int(os.environ.get("SAFESESSION_TEST_SEED", _fallback)))

settings.register_profile(
    "ci",
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,  # shared machines stall; the test's own timeout bounds it
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("soak", settings.get_profile("ci"), max_examples=5000)
settings.register_profile(
    "soak", settings.get_profile("soak"), derandomize=False, print_blob=True
)
settings.load_profile(PROFILE.name)


@pytest.fixture(scope="session")
def profile() -> Profile:
    """Return the counts and the seed of this run."""
    return PROFILE


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """Return this test's own repeatable generator (never for keys in the product)."""
    return PROFILE.random(request.node.nodeid)


def pytest_report_header() -> str:
    """Print what is needed to repeat this run."""
    return f"safesession: profile {PROFILE.name}, seed {PROFILE.seed}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests of a soak run told."""
    if PROFILE.name == "soak" and PROFILE.told:
        terminalreporter.section("tried")
        terminalreporter.write_line("\n".join(PROFILE.told))


def pytest_cmdline_main(config: pytest.Config) -> None:
    """Give hypothesis the soak run's seed, unless the caller gave one."""
    if PROFILE.name == "soak" and config.getoption("hypothesis_seed", None) is None:
        config.option.hypothesis_seed = str(PROFILE.seed)


def _rank(item: pytest.Item) -> int:
    folder = Path(item.nodeid.split("::")[0]).parts[1:2]
    return _ORDER.index(folder[0]) if folder and folder[0] in _ORDER else len(_ORDER)


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Sort by size of test; leave what is marked `soak` to soak runs."""
    items.sort(key=_rank)
    if PROFILE.name != "soak":
        left_out = [item for item in items if item.get_closest_marker("soak")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
