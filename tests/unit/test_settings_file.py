"""Settings survive damage: the file is set aside and the window starts."""

from __future__ import annotations

import json

import pytest

from safesession.atomic_file import read_json, write_json
from safesession.errors import StateError
from safesession.settings_file import FILE_NAME, SettingsFile


HALF_A_PAIR = "\ud800"


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"a":' + b"9" * 5000 + b"}",
        json.dumps({HALF_A_PAIR: "x"}).encode(),
        json.dumps({"language": HALF_A_PAIR}).encode(),
        json.dumps({"deep": {"er": [HALF_A_PAIR]}}).encode(),
    ],
)
def test_a_damaged_file_is_set_aside(tmp_path, damaged) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(damaged)
    with pytest.raises(StateError):
        read_json(path)
    settings = SettingsFile(tmp_path)
    assert settings.get("language", "en") == "en"
    assert path.with_suffix(".damaged").read_bytes() == damaged
    settings.set("theme", "dark")
    assert SettingsFile(tmp_path).get("theme", "") == "dark"


def test_what_cannot_be_written_leaves_the_old_file(tmp_path) -> None:
    path = tmp_path / FILE_NAME
    write_json(path, {"a": 1})
    with pytest.raises(StateError):
        write_json(path, {"a": HALF_A_PAIR})
    assert read_json(path) == {"a": 1}
    assert list(tmp_path.iterdir()) == [path]
