"""The app is killed while somebody writes; what was unsent is offered again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.support.children import start, wait_until
from tests.support.keyring_room import keyring_room
from tests.support.source_tree import ROOT


pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]
SENT = ("我还没有准备好。", "请等等我。")
DRAFT = "其实，上个星期" + "很长的话" * 2000


def child(folder: Path, *texts: str) -> list[str]:
    return [sys.executable, "-m", "tests.support.typing_child", str(folder), *texts]


def surroundings(environment: dict[str, str]) -> dict[str, str]:
    paths = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    return environment | {"PYTHONPATH": paths, "QT_QPA_PLATFORM": "offscreen"}


def last_time(folder: Path, environment: dict[str, str]) -> list[str]:
    done = subprocess.run(
        child(folder), env=environment, capture_output=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


def write_and_die(folder: Path, environment: dict[str, str], log: Path) -> None:
    process = start(*child(folder, DRAFT, *SENT), environment=environment, log=log)
    try:
        wait_until(lambda: b"typed" in log.read_bytes(), "it is typed", timeout_s=60)
        wait_until((folder / "unsent.sealed").exists, "the keyring has answered")
        time.sleep(1.0)  # the promise: at most this long after the last letter
    finally:
        process.kill()
        process.wait()


def test_nothing_unsent_is_lost_and_nothing_is_readable(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    with keyring_room(tmp_path / "keyring") as room:
        environment = surroundings(room)
        assert last_time(folder, environment) == ["sealed"]
        write_and_die(folder, environment, tmp_path / "log")
        for file in tmp_path.rglob("*"):
            if file.is_file():
                assert "准备好".encode() not in file.read_bytes(), file
        assert last_time(folder, environment) == ["sealed", *SENT, DRAFT]
        # Offered until it is used or discarded, not only once.
        assert last_time(folder, environment) == ["sealed", *SENT, DRAFT]
    away = environment | {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}
    assert last_time(folder, away) == ["unavailable"]
    assert (folder / "unsent.sealed").exists(), "a keyring that is away comes back"
