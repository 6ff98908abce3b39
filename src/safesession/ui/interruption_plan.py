"""The interruption plan's words in both languages, from one content file.

Until two people have agreed on something else, its defaults hold. When its steps are
taken is the core's business (`core.contact_view`); nothing of a client is in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final

import yaml

from safesession.core.template_file import Worded


_FILE: Final = "interruption_plan.yaml"
_CALLER: Final = "counselor"  # the default: who calls after a dropout


@dataclass(frozen=True, slots=True)
class PlanStep:
    """What happens at one time of a dropout ("5 min", "back")."""

    at: str
    text: Worded


@dataclass(frozen=True, slots=True)
class InterruptionPlan:
    """Everything in the content file that the windows show."""

    title: Worded
    steps: tuple[PlanStep, ...]
    limits: Worded
    parameters: dict[str, int]

    def step(self, at: str) -> Worded:
        """Return the words of one step."""
        return next(step.text for step in self.steps if step.at == at)


@lru_cache(maxsize=1)
def interruption_plan() -> InterruptionPlan:
    """Return the content file's words, with the defaults filled in."""
    path = resources.files("safesession.resources") / "content" / _FILE
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    caller = _caller(data)
    return InterruptionPlan(
        _worded(data["title"]),
        tuple(PlanStep(row["at"], _filled(row, caller)) for row in data["steps"]),
        _worded(data["limits"]),
        data["parameters"],
    )


def _caller(data: dict[str, Any]) -> Worded:
    field = next(one for one in data["fields"] if one["key"] == "who_calls")
    option = next(one for one in field["options"] if one["value"] == _CALLER)
    return Worded(option["zh"], option["en"].lower())


def _filled(row: dict[str, str], caller: Worded) -> Worded:
    words = _worded(row)
    return Worded(
        words.zh.replace("{who_calls}", caller.zh),
        words.en.replace("{who_calls}", caller.en),
    )


def _worded(row: dict[str, str]) -> Worded:
    return Worded(row["zh"], row["en"])
