"""The environment: made once, whole or made anew, by one run.py at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bootstrap import pythons, shell, venv
from tests.support.children import wait_until
from tests.support.source_tree import ROOT


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the bootstrap work on an empty project of its own."""
    (tmp_path / "requirements.txt").write_text("nothing\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    folder = tmp_path / ".venv"
    monkeypatch.setattr(venv, "ROOT", tmp_path)
    monkeypatch.setattr(venv, "VENV", folder)
    monkeypatch.setattr(venv, "VENV_PYTHON", folder / "bin" / "python")
    monkeypatch.setattr(venv, "UNFINISHED", folder / ".unfinished")
    monkeypatch.setattr(venv, "STAMP", folder / ".stamp.json")
    monkeypatch.setattr(venv, "REQUIREMENTS", tmp_path / "requirements.txt")
    return tmp_path


@pytest.fixture
def pip_calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Record what pip would be asked."""
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(venv, "pip", lambda *arguments: calls.append(arguments))
    return calls


def sound_venv() -> None:
    """Lay out an environment that works (this very Python)."""
    venv.VENV_PYTHON.parent.mkdir(parents=True)
    venv.VENV_PYTHON.symlink_to(sys.executable)
    (venv.VENV / "pyvenv.cfg").touch()


def test_packages_come_by_hash_and_only_once(
    project: Path, pip_calls: list[tuple[str, ...]]
) -> None:
    sound_venv()
    venv.provide_packages()
    assert pip_calls[0][:3] == ("--require-hashes", "--only-binary", ":all:")
    assert "--no-deps" in pip_calls[1]
    assert not venv.UNFINISHED.exists()
    assert venv.venv_is_sound()
    venv.provide_packages()
    assert len(pip_calls) == 2


def test_a_changed_lock_is_installed_and_a_changed_project_only_linked(
    project: Path, pip_calls: list[tuple[str, ...]]
) -> None:
    sound_venv()
    venv.provide_packages()
    pip_calls.clear()
    (project / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    venv.provide_packages()
    assert [call[0] for call in pip_calls] == ["--no-deps"]
    pip_calls.clear()
    venv.REQUIREMENTS.write_text("other\n")
    venv.provide_packages()
    assert [call[0] for call in pip_calls] == ["--require-hashes", "--no-deps"]


def test_an_interrupted_installation_is_made_anew(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: str) -> None:
        raise KeyboardInterrupt

    sound_venv()
    monkeypatch.setattr(venv, "pip", interrupted)
    with pytest.raises(KeyboardInterrupt):
        venv.provide_packages()
    assert not venv.venv_is_sound()
    leftover = venv.VENV / "leftover"
    leftover.touch()
    venv.make_venv([sys.executable])
    assert not leftover.exists()
    assert venv.UNFINISHED.exists()
    assert (venv.VENV / "pyvenv.cfg").exists()


def test_a_failing_pip_does_not_condemn_a_whole_environment(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound_venv()
    monkeypatch.setattr(venv, "pip", lambda *arguments: sys.exit(1))
    with pytest.raises(SystemExit):
        venv.provide_packages()
    assert venv.venv_is_sound()
    assert venv.present_stamp() == {}


def test_a_moved_environment_is_not_sound(project: Path) -> None:
    sound_venv()
    venv.STAMP.write_text(json.dumps({"root": str(project / "elsewhere")}))
    assert not venv.venv_is_sound()


def test_somebody_elses_folder_is_left_alone(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    venv.VENV.mkdir()
    diary = venv.VENV / "diary"
    diary.touch()
    with pytest.raises(SystemExit):
        venv.make_venv([sys.executable])
    assert diary.exists()
    assert "not a virtual environment" in capsys.readouterr().err


def test_a_second_run_waits_for_the_first(project: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from bootstrap import venv;"
        "venv.ROOT = Path(sys.argv[1])\n"
        "with venv.only_one(): print('inside', flush=True)"
    )
    with venv.only_one():
        second = subprocess.Popen(
            [sys.executable, "-c", code, str(project)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert second.stdout
        assert "waiting" in second.stdout.readline()
        assert second.poll() is None
    wait_until(lambda: second.poll() is not None, "the second run goes on")
    assert second.stdout.read() == "inside\n"
    second.stdout.close()


@pytest.mark.skipif(os.name == "nt", reason="the pretended Pythons are shell scripts")
class TestChoiceOfPython:
    def pretend(self, folder: Path, name: str, answer: str) -> None:
        file = folder / name
        file.write_text(f"#!/bin/sh\necho {answer}\n")
        file.chmod(0o755)

    def test_a_complete_one_wins_over_the_present_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.pretend(tmp_path, "present", "3 11 0")
        self.pretend(tmp_path, "python3.13", "3 14 1")
        self.pretend(tmp_path, "python3.12", "3 12 1")
        monkeypatch.setattr(sys, "_base_executable", str(tmp_path / "present"))
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        assert pythons.find_python() == (["python3.12"], True)

    def test_the_environment_at_hand_is_never_its_own_base(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ours = str(shell.VENV_PYTHON.parent)
        monkeypatch.setenv("PATH", ours, prepend=os.pathsep)
        assert ours not in shell.environment()["PATH"].split(os.pathsep)
        assert shell.environment(inside=True)["PATH"].startswith(ours)

    def test_none_is_explained(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setattr(pythons, "describe", lambda python: (False, True))
        with pytest.raises(SystemExit):
            pythons.find_python()
        assert "needs Python 3.11, 3.12 or 3.13" in capsys.readouterr().err
