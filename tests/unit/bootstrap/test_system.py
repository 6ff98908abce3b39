"""System packages: what is asked for, what is said, what is refused."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from bootstrap import system


pytestmark = pytest.mark.skipif(os.name == "nt", reason="apt-get is for Debian")
PYTHON = ["python3"]


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of pretended programs that come before the real ones."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    program(folder, "apt-cache", "exit 100")
    return folder


def program(folder: Path, name: str, script: str) -> None:
    """Write a pretended program."""
    file = folder / name
    file.write_text("#!/bin/sh\n" + script)
    file.chmod(0o755)


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let only what a test calls `real:` be there."""
    monkeypatch.setattr(system, "is_there", lambda thing: False)
    monkeypatch.setattr(system, "LINUX", True)
    monkeypatch.setattr(system, "has_display", lambda: True)


def test_without_a_display_the_call_needs_nothing_from_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(system, "has_display", lambda: False)
    assert system.needed_by("run") == {}
    assert system.needed_by("peer") == {}
    assert "Xvfb" in system.needed_by("test")
    monkeypatch.setattr(system, "has_display", lambda: True)
    assert "Xvfb" not in system.needed_by("run")
    assert "libxcb-cursor.so.0" in system.needed_by("run")


def test_this_machine_is_probed_for_real() -> None:
    assert system.is_there("sh")
    assert not system.is_there("no-such-program")
    assert not system.is_there("libno-such-library.so.0")
    assert system.is_there("/dev/null")


@pytest.mark.usefixtures("nothing_installed")
def test_without_rights_the_exact_command_is_printed(
    tools: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program(tools, "apt-get", "exit 0")
    monkeypatch.setattr(system, "root_prefix", lambda: None)
    with pytest.raises(SystemExit) as leaving:
        system.provide_system("run", PYTHON, complete=True, allowed=True)
    assert leaving.value.code == 1
    told = capsys.readouterr().err
    assert "sudo apt-get update && sudo apt-get install -y" in told
    assert "libxcb-cursor0" in told
    assert "xvfb" not in told


@pytest.mark.usefixtures("nothing_installed")
def test_no_system_forbids_even_root(
    tools: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trace = tmp_path / "called"
    program(tools, "apt-get", f"touch {trace}")
    monkeypatch.setattr(system, "root_prefix", list)
    with pytest.raises(SystemExit):
        system.provide_system("run", PYTHON, complete=True, allowed=False)
    assert not trace.exists()


@pytest.mark.usefixtures("nothing_installed")
def test_root_is_told_before_anything_is_installed(
    tools: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    trace = tmp_path / "called"
    program(tools, "apt-get", f'echo "$@" >> {trace}')
    program(tools, "apt-cache", 'test "$2" != libglib2.0-0t64 && echo Package: $2')
    monkeypatch.setattr(system, "root_prefix", list)
    with pytest.raises(SystemExit):  # the pretended apt-get brings nothing
        system.provide_system("run", PYTHON, complete=True, allowed=True)
    update, install = trace.read_text().splitlines()
    assert update.endswith("update")
    names = install.split("--no-install-recommends ")[1].split()
    assert "libglib2.0-0" in names
    assert "libglib2.0-0t64" not in names
    told = capsys.readouterr()
    line = next(text for text in told.out.splitlines() if "installing" in text)
    assert all(name in line.split() for name in names)
    assert "still missing" in told.err


@pytest.mark.usefixtures("nothing_installed")
def test_newer_releases_use_their_own_package_names(tools: Path) -> None:
    program(tools, "apt-cache", "echo Package: $2")
    assert "libglib2.0-0t64" in system.package_names(system.QT)


@pytest.mark.usefixtures("nothing_installed")
def test_a_failing_apt_get_ends_the_run(
    tools: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program(tools, "apt-get", "exit 100")
    monkeypatch.setattr(system, "root_prefix", list)
    with pytest.raises(SystemExit):
        system.provide_system("run", PYTHON, complete=True, allowed=True)
    assert "exit code 100" in capsys.readouterr().err


@pytest.mark.parametrize("tool", ["dnf", ""])
def test_other_systems_get_their_command_or_the_names(
    tool: str,
    tools: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(system, "STANDARD_PATH", "", raising=False)
    monkeypatch.setattr(system, "environment", lambda: {"PATH": str(tools)})
    if tool:
        program(tools, tool, "exit 0")
    with pytest.raises(SystemExit):
        system.stop_without_apt({**system.XCB, "Xvfb": ("xvfb",)})
    told = capsys.readouterr().err
    if tool:
        assert "sudo dnf install 'libxcb-cursor.so.0()(64bit)'" in told
        assert told.strip().endswith("/usr/bin/Xvfb")
    else:
        assert "libxcb-cursor0" in told


def test_a_display_must_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "LINUX", True)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":6543")
    assert not system.has_display()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0/" + "tmp/.X11-unix/X6543")
        server.listen()
        assert system.has_display()
    monkeypatch.setenv("DISPLAY", "")
    assert not system.has_display()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert system.has_display()
