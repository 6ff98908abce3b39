"""The laws of docs/ARCHITECTURE.md that import-linter cannot say."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest
from tests.support.source_tree import (
    ROOT,
    imports_of,
    module_name,
    python_files,
    relative,
    tree_of,
)


SOURCES = python_files("src")
PURE = (
    "safesession.core",
    "safesession.protocol",
    "safesession.crypto",
    "safesession.signaling_server.rooms",
    "safesession.signaling_server.limits",
)
MAX_LINES = 500
MAX_TEST_LINES = 600

# Who may import what; everybody else may not.
OWNERS = {
    "PySide6": ("safesession.ui", "safesession.devices", "safesession.app"),
    "shiboken6": ("safesession.ui", "safesession.devices", "safesession.app"),
    "aiortc": ("safesession.engine",),
    "aioice": ("safesession.engine",),
    "av": ("safesession.engine",),
    "pylibsrtp": ("safesession.engine",),
    "OpenSSL": ("safesession.engine",),
    "nacl": ("safesession.crypto",),
    "cryptography": ("safesession.crypto", "safesession.engine"),
    "sqlcipher3": ("safesession.vault",),
    "keyring": ("safesession.keyring_store",),
    "PySide6.QtCore.QThread": ("safesession.devices",),
    "pickle": (),
}
# What decides must be told: no clock, no dice, no world.
IMPURE = {
    "asyncio",
    "concurrent",
    "datetime",
    "io",
    "logging",
    "os",
    "pathlib",
    "random",
    "secrets",
    "select",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
    "uuid",
    "aiohttp",
    "uvloop",
}


def within(module: str, packages: tuple[str, ...]) -> bool:
    """Tell whether a module is one of these packages or inside one."""
    return any(module == p or module.startswith(p + ".") for p in packages)


def imports_any(file: Path, name: str) -> bool:
    """Tell whether a file imports a module, or a name out of it."""
    return any(i == name or i.startswith(name + ".") for i in imports_of(file))


@pytest.mark.parametrize("library", OWNERS)
def test_libraries_have_owners(library: str) -> None:
    strangers = [
        relative(file)
        for file in SOURCES
        if imports_any(file, library) and not within(module_name(file), OWNERS[library])
    ]
    assert not strangers


def test_pure_rooms_know_no_world() -> None:
    found = [
        (relative(file), sorted(impure))
        for file in SOURCES
        if within(module_name(file), PURE)
        and (impure := {i.split(".")[0] for i in imports_of(file)} & IMPURE)
    ]
    assert not found


def test_pure_rooms_open_no_file_and_print_nothing() -> None:
    found = [
        (relative(file), node.lineno, node.func.id)
        for file in SOURCES
        if within(module_name(file), PURE)
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("open", "print", "input", "eval", "exec")
    ]
    assert not found


def test_view_models_know_only_qtcore() -> None:
    found = [
        (relative(file), name)
        for file in SOURCES
        if within(module_name(file), ("safesession.ui.view_models",))
        for name in imports_of(file)
        if within(name, ("PySide6",))
        and not within(name, ("PySide6.QtCore",))
        and name != "PySide6"
    ]
    assert not found


def test_qthread_only_in_devices() -> None:
    found = [
        (relative(file), node.lineno)
        for file in SOURCES
        if not within(module_name(file), ("safesession.devices",))
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Attribute) and node.attr == "QThread"
    ]
    assert not found


def texts_of(call: ast.Call) -> list[ast.expr]:
    """Return context, text and disambiguation of a `translate` call."""
    named = [k.value for k in call.keywords if k.arg in ("source", "disambiguation")]
    return [*call.args[:3], *named]


def test_translate_takes_literals_only() -> None:
    """Qt's lupdate reads the source: it finds no variable and mangles f-strings."""
    found = [
        (relative(file), node.lineno)
        for file in SOURCES
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("translate", "QT_TRANSLATE_NOOP", "_N")
        and not all(isinstance(part, ast.Constant) for part in texts_of(node))
    ]
    assert not found


ALL_PYTHON = python_files("src", "tests", "bootstrap", "benchmarks", "run.py")


def test_every_module_is_short() -> None:
    lines = {
        relative(file): file.read_text(encoding="utf-8").count("\n")
        for file in ALL_PYTHON
    }
    # A test module is a list of cases; it may be a little longer.
    assert not {
        name: n
        for name, n in lines.items()
        if n > (MAX_TEST_LINES if name.startswith("tests/") else MAX_LINES)
    }


def test_every_module_says_what_it_is_for() -> None:
    """Tests need a docstring; the product's begins with one whole sentence."""
    found = [
        relative(file)
        for file in ALL_PYTHON
        for first_line in [(ast.get_docstring(tree_of(file)) or "").split("\n")[0]]
        if not (first_line if "tests" in file.parts else first_line.endswith("."))
    ]
    assert not found


def contracts() -> dict[str, set[str]]:
    """Return the source modules of each `forbidden` contract."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {
        contract["name"]: set(contract["source_modules"])
        for contract in project["tool"]["importlinter"]["contracts"]
        if contract["type"] == "forbidden"
    }


def test_import_contracts_cover_what_exists() -> None:
    """A contract cannot name a module before it exists; this asks for it after."""
    modules = {module_name(file) for file in SOURCES}
    rooms = {m for m in modules if m.count(".") == 1}
    below = {
        "safesession.errors",
        "safesession.freed_memory",
        "safesession.paths",
        "safesession.logs",
        "safesession.tasks",
        "safesession.resources",
        "safesession.atomic_file",
        "safesession.file_lock",
        "safesession.settings_file",
    }
    qt = {"safesession.ui", "safesession.devices", "safesession.app"}
    engine = {"safesession.engine", "safesession.app"}
    expected = {
        "The core, wire protocol and crypto do no I/O": set(PURE) & modules,
        "Only the user interface, the devices": rooms - below - qt,
        "Only the engine knows": rooms - below - engine,
        "Only crypto knows": rooms - below - engine - {"safesession.crypto"},
        "The server needs neither": {"safesession.signaling_server"},
        "Only the vault knows SQLCipher": rooms - below - {"safesession.vault"},
    }
    named = contracts()
    missing = {
        start: sorted(wanted - sources)
        for start, wanted in expected.items()
        for name, sources in named.items()
        if name.startswith(start) and wanted - sources
    }
    assert len(named) >= len(expected)
    assert not missing, f"add to [tool.importlinter]: {missing}"
