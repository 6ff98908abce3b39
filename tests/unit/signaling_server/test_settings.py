"""One file, the environment, the flags: what is read, and every way it is wrong."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesession.signaling_server.settings import (
    SCHEMA,
    Settings,
    SettingsError,
    environment_name,
    load_settings,
)


WHOLE = """
[server]
organisation = "心理中心"
origins = ["https://Relay.example.org/"]
listen = "0.0.0.0:443"
data = "data"
drain_s = 5
log_level = "warning"
trusted_proxies = ["10.0.0.1", "192.0.2.0/24"]
[tls]
certificate = "tls.crt"
key = "tls.key"
[turn]
urls = ["turn:turn.example.org:3478?transport=udp"]
secret_file = "turn.secret"
[admin]
listen = "127.0.0.1:9470"
"""


@pytest.fixture
def load(tmp_path: Path):
    def load(text: str, flags=None, environment=None) -> Settings:
        file = tmp_path / "server.toml"
        file.write_text(text, encoding="utf-8")
        return load_settings(file, flags or {}, environment or {})

    return load


def test_every_key_of_the_schema_is_read(load, tmp_path) -> None:
    settings = load(WHOLE)
    assert settings == Settings(
        data=tmp_path / "data",
        file=tmp_path / "server.toml",
        organisation="心理中心",
        origins=("https://relay.example.org",),
        listen=("0.0.0.0", 443),  # noqa: S104
        drain_s=5.0,
        log_level="warning",
        trusted_proxies=(
            ipaddress.ip_network("10.0.0.1"),
            ipaddress.ip_network("192.0.2.0/24"),
        ),
        certificate=tmp_path / "tls.crt",
        key=tmp_path / "tls.key",
        turn_urls=("turn:turn.example.org:3478?transport=udp",),
        turn_secret_file=tmp_path / "turn.secret",
        admin_listen=("127.0.0.1", 9470),
    )
    assert len(re.findall(r"^\w+ = ", WHOLE, re.MULTILINE)) == len(SCHEMA)


def test_an_empty_file_is_the_defaults(load) -> None:
    settings = load("")
    assert settings.listen == ("127.0.0.1", 8470)
    assert settings.trusted_proxies == ()
    assert settings.certificate is None


def test_flags_go_before_environment_before_file(load) -> None:
    name = environment_name(("server", "log_level"))
    assert name == "SAFESESSION_SERVER__LOG_LEVEL"
    environment = {name: "error", environment_name(("server", "origins")): "http://b"}
    flags = {("server", "log_level"): ("--verbose", "debug")}
    assert load(WHOLE).log_level == "warning"
    assert load(WHOLE, None, environment).log_level == "error"
    both = load(WHOLE, flags, environment)
    assert (both.log_level, both.origins) == ("debug", ("http://b",))


def test_lists_in_the_environment_have_commas(load) -> None:
    environment = {"SAFESESSION_SERVER__TRUSTED_PROXIES": "10.0.0.1, ::1"}
    found = load("", None, environment).trusted_proxies
    assert found == (ipaddress.ip_network("10.0.0.1"), ipaddress.ip_network("::1"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "[server]\nlistn = 1",
            r"listn in \[server\] is unknown, did you mean listen\?",
        ),
        ("[server]\nzzz = 1", r"zzz in \[server\] is unknown; correct or remove"),
        ("[serve]\n", r"\[serve\] is no section, did you mean server\?"),
        ("listen = 'a:1'", r"\[listen\] is no section"),
        ("[server]\nlisten = 8470", r"listen in \[server\] must look like"),
        ("[server]\nlisten = 'a:99999'", r"listen in \[server\] must look like"),
        ("[server]\nlisten = 'nonsense'", r"listen in \[server\] must look like"),
        ("[server]\norigins = 'https://a'\n[tls]\nkey='k'", "belong together"),
        ("[server]\norigins = ['relay.example.org']", r"origins in \[server\] must be"),
        ("[server]\norigins = [1]", r"origins in \[server\] must be"),
        ("[server]\norigins = 1", r"origins in \[server\] must be"),
        ("[server]\ndata = ''", r"data in \[server\] must be the path"),
        ("[server]\ndata = 1", r"data in \[server\] must be the path"),
        ("[server]\norganisation = 1", r"organisation in \[server\] must be text"),
        ("[server]\ndrain_s = true", r"drain_s in \[server\] must be a number"),
        ("[server]\ndrain_s = -1", r"drain_s in \[server\] must be a number"),
        ("[server]\ndrain_s = nan", r"drain_s in \[server\] must be a number"),
        ("[server]\nlog_level = 'loud'", r"log_level in \[server\] must be one of"),
        ("[server]\ntrusted_proxies = ['*']", r"trusted_proxies in \[server\] must"),
        (
            "[server]\ntrusted_proxies = ['10.0.0.1/8']",
            r"trusted_proxies in \[server\]",
        ),
        ("[tls]\ncertificate = 'a'", "certificate and key .* belong together"),
        ("[turn]\nurls = ['turn:a']", r"urls in \[turn\] needs secret_file"),
        ("[turn]\nurls = ['https://a']", r"urls in \[turn\] must be"),
        (
            "[admin]\nlisten = '0.0.0.0:9470'",
            r"listen in \[admin\] .* this machine alone",
        ),
        ("[admin]\nlisten = 'localhost:9470'", r"listen in \[admin\] must look like"),
        ("[server]\nlisten = \n", "not valid TOML at line 2"),
        ("[server", "not valid TOML at the end"),
    ],
)
def test_a_wrong_file_is_a_sentence_that_names_the_key(load, text, words) -> None:
    with pytest.raises(SettingsError) as error:
        load(text)
    assert re.search(words, str(error.value)), error.value
    assert str(error.value).endswith((".", "?"))
    assert "\n" not in str(error.value)


def test_a_secret_in_a_wrong_place_is_not_quoted(load) -> None:
    secret = "correct horse battery"
    for text in (f'[server]\nlisten = "{secret}"', f'[turn]\n"{secret}" = 1'):
        with pytest.raises(SettingsError) as error:
            load(text)
        assert secret not in str(error.value)


def test_unknown_variables_are_named(load) -> None:
    with pytest.raises(SettingsError, match=r"SERVER__LISTN is unknown, did you mean"):
        load("", None, {"SAFESESSION_SERVER__LISTN": "a:1"})
    # Of other programs, or without a section.
    load("", None, {"SAFESESSION_ENROL_TOKEN": "x", "OTHER__THING": "x"})


def test_a_missing_an_unreadable_and_a_strange_file(tmp_path, monkeypatch) -> None:
    with pytest.raises(SettingsError, match=r"no configuration file .*init"):
        load_settings(tmp_path / "none.toml", {}, {})
    with pytest.raises(SettingsError, match="no configuration file"):
        load_settings(None, {}, {"SAFESESSION_CONFIG": str(tmp_path / "none.toml")})
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path / "folder.toml", {}, {})
    (tmp_path / "latin.toml").write_bytes(b"[server]\norganisation = '\xe9'")
    with pytest.raises(SettingsError, match="not UTF-8"):
        load_settings(tmp_path / "latin.toml", {}, {})
    (tmp_path / "big.toml").write_text("#" * 200_000)
    with pytest.raises(SettingsError, match="too large"):
        load_settings(tmp_path / "big.toml", {}, {})


def test_paths_of_the_file_are_beside_it_and_of_flags_are_here(load, tmp_path) -> None:
    flags = {("server", "data"): ("--data", Path("here"))}
    assert load("[server]\ndata = 'there'").data == tmp_path / "there"
    assert load("[server]\ndata = 'there'", flags).data == Path.cwd() / "here"
    assert load(f"[server]\ndata = '{os.sep}there'").data == Path(os.sep, "there")


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=4))
def test_no_value_anywhere_raises_anything_else(values: dict[str, str]) -> None:
    for key in SCHEMA:
        for raw in (*values.values(), values, 1, 1.5, True, None, [None], [[]]):
            with contextlib.suppress(SettingsError):
                loaded = load_settings(None, {key: ("--flag", raw)}, {})
                assert isinstance(loaded, Settings)
