"""The project's own files as the architecture tests read them."""

from __future__ import annotations

import ast
import functools
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path


ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
_NOT_OURS = {".git", ".venv", "build", "dist", "__pycache__"}


@functools.cache
def tracked_files() -> tuple[Path, ...]:
    """Return the files under version control, or all where git is missing."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        return tuple(_walk())
    files = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted(file for file in files if file.is_file()))


def _walk() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(
            f for f in folders if f not in _NOT_OURS and not f.endswith("_cache")
        )
        yield from (Path(folder) / name for name in sorted(names))


def python_files(*folders: str) -> list[Path]:
    """Return our Python files below the named folders of the root."""
    tops = tuple(ROOT / folder for folder in folders)
    return [
        file
        for file in tracked_files()
        if file.suffix == ".py" and any(file.is_relative_to(top) for top in tops)
    ]


def relative(file: Path) -> str:
    """Return a file's path from the root, with forward slashes."""
    return file.relative_to(ROOT).as_posix()


@functools.cache
def tree_of(file: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


@functools.cache
def module_name(file: Path) -> str:
    """Return the dotted name of a file under src/."""
    parts = file.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(file: Path) -> set[str]:
    """Return every imported module and name, dotted: "a.b" and "a.b.name"."""
    found: set[str] = set()
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found
