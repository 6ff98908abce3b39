"""Find the modules of cases, so that neither pytest nor the benchmark lists them."""

from __future__ import annotations

import importlib
from pathlib import Path


def load_cases() -> None:
    """Import every `cases_*` module beside this one; each registers its cases."""
    for path in sorted(Path(__file__).parent.glob("cases_*.py")):
        importlib.import_module(f"tests.adversary.{path.stem}")
