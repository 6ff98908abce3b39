"""What is remembered about the person, and what a shared computer must not tell."""

from __future__ import annotations

from pathlib import Path

from safesession.settings_file import SettingsFile
from safesession.ui.settings import NAME_KEY, ROLE_KEY, SERVER_KEY, PersonSettings


SECRETS = {NAME_KEY: "小雨", SERVER_KEY: "https://example.org", ROLE_KEY: "client"}


def filled(folder: Path, *, shared: bool) -> PersonSettings:
    person = PersonSettings(SettingsFile(folder))
    person.share(shared)
    for key, value in SECRETS.items():
        person.set(key, value)
    return person


def on_disk(folder: Path) -> str:
    return (folder / "settings.json").read_text("utf-8")


def test_a_computer_of_ones_own_remembers(tmp_path: Path) -> None:
    filled(tmp_path, shared=False)
    again = PersonSettings(SettingsFile(tmp_path))
    assert not again.shared
    assert {key: again.get(key, "") for key in SECRETS} == SECRETS


def test_a_shared_computer_does_not(tmp_path: Path) -> None:
    person = filled(tmp_path, shared=True)
    assert person.get(NAME_KEY, "") == "小雨", "for this session"
    assert not [value for value in SECRETS.values() if value in on_disk(tmp_path)]
    again = PersonSettings(SettingsFile(tmp_path))
    assert again.shared, "so that the next person need not say it"
    assert {again.get(key, "") for key in SECRETS} == {""}


def test_saying_so_later_forgets_and_takes_back(tmp_path: Path) -> None:
    person = filled(tmp_path, shared=False)
    person.share(True)
    assert not [value for value in SECRETS.values() if value in on_disk(tmp_path)]
    person.share(False)
    assert "小雨" in on_disk(tmp_path)
