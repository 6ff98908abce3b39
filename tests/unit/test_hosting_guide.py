"""The guide for IT: both languages in step, and true to the program."""

from __future__ import annotations

import re
import shlex
from collections import Counter

import pytest
from tests.support.source_tree import ROOT

from safesession.signaling_server.__main__ import _parser
from safesession.signaling_server.settings import SCHEMA, environment_name


ENGLISH = (ROOT / "docs" / "HOSTING.md").read_text("utf-8")
CHINESE = (ROOT / "docs" / "HOSTING.zh.md").read_text("utf-8")
FENCE = re.compile(r"^```\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# After the program's name: its arguments, up to a redirection or bracket.
COMMAND = re.compile(r"(?:^|-- )safesession-server ([^<>)\n]+)", re.MULTILINE)


def levels(text: str) -> list[int]:
    return [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]


def quoted(text: str) -> Counter[str]:
    return Counter(re.findall(r"`([^`\n]+)`", FENCE.sub("", text)))


def test_both_languages_have_the_same_headings_and_commands() -> None:
    assert levels(ENGLISH) == levels(CHINESE)
    assert FENCE.findall(ENGLISH) == FENCE.findall(CHINESE)
    assert quoted(ENGLISH) == quoted(CHINESE)
    for mark in (r"^\|", r"^- ", r"\*\*"):
        counts = [len(re.findall(mark, t, re.MULTILINE)) for t in (ENGLISH, CHINESE)]
        assert counts[0] == counts[1], mark


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        (lambda t: t.replace("## TURN", "### TURN"), levels),
        (lambda t: t.replace("useradd --system", "useradd"), FENCE.findall),
        (lambda t: t.replace("`drain_s`", "`drain`"), quoted),
    ],
)
def test_a_difference_would_be_noticed(spoil, check) -> None:
    assert check(spoil(ENGLISH)) != check(ENGLISH)


def test_every_command_of_the_guide_is_one_of_the_program() -> None:
    commands = [c for block in FENCE.findall(ENGLISH) for c in COMMAND.findall(block)]
    assert {command.split()[0] for command in commands} == {
        *("init", "check", "status", "enrol", "accounts", "tokens"),
        *("backup", "restore"),
    }
    for command in commands:
        _parser().parse_args(shlex.split(command))


def test_every_key_is_explained_and_no_other() -> None:
    named = set(re.findall(r"`(SAFESESSION_[A-Z]+__[A-Z_]+)`", ENGLISH))
    expected = {environment_name(key) for key in SCHEMA}
    assert named == expected | {"SAFESESSION_SECTION__KEY"}
