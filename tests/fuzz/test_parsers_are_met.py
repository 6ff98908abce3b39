"""No parser of bytes from outside without a fuzz target that reaches it.

House rule: what came from outside is called `untrusted…`. Every function that takes
such a value must be entered by the seeds of some target, or stand in the list below
with what meets it instead.
"""

from __future__ import annotations

import ast
import sys
import threading
from pathlib import Path
from types import CodeType, FrameType

from tests.fuzz.targets import TARGETS
from tests.support.source_tree import ROOT


SOURCE = ROOT / "src" / "safesession"
# Folder, module or function -> where its input comes from, or which test feeds it.
ELSEWHERE = {
    "ui": "typed by the person at this window; tests/ui",
    "engine/peer/link.py": "the checked description; tests/integration",
    "engine/media/plane.py": "hands speech on; tests/integration/test_speech.py",
    "engine/media/audio_bridge.py": "hands speech on; test_audio_bridge.py",
    "vault/templates.py": "hands the file to the target template_file's parser",
    "vault/notebook.py": "hands the file on; tests/contract/test_notebook.py",
    "core/resume.py": "its messages are the handshake's; rows 38-40",
}

Function = tuple[str, str, int]  # module, name, first line


def _takes_untrusted(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = function.args
    every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    return any(argument.arg.startswith("untrusted") for argument in every)


def _does(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether there is more than a docstring: a protocol's method parses nothing."""
    return len(function.body) > 1 or not isinstance(function.body[0], ast.Expr)


def parsers() -> set[Function]:
    found: set[Function] = set()
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    for path in SOURCE.rglob("*.py"):
        module = path.relative_to(SOURCE).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, kinds) and _takes_untrusted(node) and _does(node):
                first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                found.add((module, node.name, first))
    return found


def entered_by_seeds() -> set[Function]:
    """Run the seeds of every target and note which functions of ours are entered."""
    codes: set[CodeType] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            codes.add(frame.f_code)

    before = sys.getprofile()
    sys.setprofile(note)
    threading.setprofile(note)
    try:
        for target in TARGETS:
            for seed in target.seeds():
                target.run(seed)
    finally:
        sys.setprofile(before)
        threading.setprofile(None)
    found: set[Function] = set()
    for code in codes:
        path = Path(code.co_filename)
        if path.is_relative_to(SOURCE):
            module = path.relative_to(SOURCE).as_posix()
            found.add((module, code.co_name, code.co_firstlineno))
    return found


def excused(parser: Function) -> bool:
    module, _, _ = parser
    return any(module == name or module.startswith(f"{name}/") for name in ELSEWHERE)


def test_every_parser_is_reached_by_a_target() -> None:
    known = parsers()
    assert len(known) > 80, "the rule of names is no longer followed"
    missed = {p for p in known - entered_by_seeds() if not excused(p)}
    assert missed == set()


def test_nothing_is_excused_that_is_not_there() -> None:
    modules = {module for module, _, _ in parsers()}
    for name in ELSEWHERE:
        assert any(m == name or m.startswith(f"{name}/") for m in modules), name
