"""The files around the code: pins, one test command, clean text, live links."""

from __future__ import annotations

import re
import stat
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
import run
from tests.support.source_tree import ROOT, relative, tracked_files


LEVELS = ("base", "peer", "desktop", "dev")
REQUIREMENT = re.compile(
    r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ;]+)( ; (?P<marker>[^\\]+?))? \\$"
)
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
NOTE = re.compile(r"^ +# ")


def pins(level: str) -> set[tuple[str, str, str]]:
    """Parse one requirements file; anything but a hashed pin fails."""
    found: set[tuple[str, str, str]] = set()
    hashes = 1
    path = ROOT / "requirements" / f"{level}.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := REQUIREMENT.match(line):
            assert hashes, f"a pin without a hash before: {line}"
            hashes = 0
            found.add((match["name"], match["version"], match["marker"] or ""))
        elif HASH.match(line):
            hashes += 1
        else:
            assert NOTE.match(line), f"{level}: not a hashed pin: {line!r}"
    assert hashes
    return found


def test_the_fuzzer_is_pinned_apart_from_everything_else() -> None:
    """It has wheels for one Python on one system; no other level may need it."""
    ((name, _, marker),) = pins("soak")
    assert name == "atheris"
    assert "sys_platform == 'linux'" in marker
    assert "python_full_version < '3.12'" in marker
    assert all(name != other for level in LEVELS for other, _, _ in pins(level))


def normal(requirement: str) -> str:
    """Return the normalized name at the start of a requirement."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def test_requirements_are_hashed_pins_and_agree() -> None:
    # Markers may differ: what only Windows needs for one extra, all need for another.
    sets = [{(name, v) for name, v, _ in pins(level)} for level in LEVELS]
    for smaller, larger in pairwise(sets):
        assert smaller < larger


def test_requirements_hold_what_pyproject_asks_for() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)
    asked = {
        "base": project["project"]["dependencies"],
        **project["project"]["optional-dependencies"],
        "dev": project["dependency-groups"]["dev"],
    }
    for level, requirements in asked.items():
        pinned = {name for name, _, _ in pins(level)}
        wanted = {normal(r) for r in requirements} - {"safesession"}
        assert not wanted - pinned, "run `make lock`"


def test_qt_is_held_back_on_python_3_11() -> None:
    """6.12.0 drops references to True and None on 3.11 until the process dies."""
    for name in ("pyside6-essentials", "pyside6-addons", "shiboken6"):
        versions = {m: v for n, v, m in pins("desktop") if n == name}
        assert set(versions) == {
            "python_full_version < '3.12'",
            "python_full_version >= '3.12'",
        }
        old = versions["python_full_version < '3.12'"].split(".")
        assert [int(part) for part in old[:2]] < [6, 12]


def test_ci_makefile_and_readme_name_one_test_command() -> None:
    ci, makefile, readme = (
        (ROOT / name).read_text(encoding="utf-8")
        for name in (".ci/run", "Makefile", "README.md")
    )
    commands = [line for line in ci.splitlines() if line and line[0] != "#"]
    assert commands[-1] == "exec python3 run.py test </dev/null"
    assert "PYTHON ?= python3" in makefile
    targets = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert targets
    assert f"{targets[1]}:\n\t@$(PYTHON) run.py $@ $(ARGS)" in makefile
    assert {"run", "test"} <= set(targets[1].split())
    assert run.__doc__
    for target in targets[1].split():
        assert re.search(rf"\b{target}\b", run.__doc__), target
    assert "make run" in readme
    assert "make test" in readme


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such bit")
@pytest.mark.parametrize("name", ["run.py", ".ci/run"])
def test_scripts_are_executable(name: str) -> None:
    assert (ROOT / name).stat().st_mode & stat.S_IXUSR


# Spelt in parts, so that this file does not accuse itself.
MACHINE_PATHS = [f"/{top}/" for top in ("work", "farm", "tmp", "root", "home", "opt")]
REGISTRIES = ["py" + "pi.", "python" + "hosted", "npm" + "js", "crates" + ".io"]
REGISTRIES += ["proxy.golang" + ".org", "docker" + ".io", "deb." + "debian"]
FIXED_PLACES = ["/" + "tmp/.X11-unix"]  # the X protocol's own


def text_of(file: Path) -> str:
    """Return a file's text, or nothing for a binary one."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@pytest.mark.parametrize("pattern", [*MACHINE_PATHS, *REGISTRIES])
def test_no_machine_path_and_no_registry_is_written_down(pattern: str) -> None:
    alone = re.compile(r"(?<![\w.*:/~}-])" + re.escape(pattern))
    found = []
    for file in tracked_files():
        text = text_of(file)
        for place in FIXED_PLACES:
            text = text.replace(place, "")
        if alone.search(text) if pattern[0] == "/" else pattern in text:
            found.append(relative(file))
    assert not found


def test_links_between_documents_lead_somewhere() -> None:
    link = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
    dead = [
        (relative(file), target)
        for file in tracked_files()
        if file.suffix == ".md"
        for target in link.findall(text_of(file))
        if not (file.parent / target).exists()
    ]
    assert not dead
