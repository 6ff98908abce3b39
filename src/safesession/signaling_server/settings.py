"""The server's settings: defaults, then one TOML file, the environment, the flags.

Whatever is wrong is one sentence that names the key and what to do. Values are
never quoted: somebody may have put a secret into the wrong place.
"""

from __future__ import annotations

import difflib
import ipaddress
import math
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Any

from safesession.errors import SafeSessionError
from safesession.signaling_server.forwarded import Network
from safesession.signaling_server.limits import Limits


DEFAULT_FILE = Path("/etc/safesession/server.toml")
FILE_VARIABLE = "SAFESESSION_CONFIG"
LOG_LEVELS = ("debug", "info", "warning", "error")
_PREFIX = "SAFESESSION_"
_HIGHEST_PORT = 65_535
_LONGEST_DRAIN_S = 600.0
_MAX_FILE_BYTES = 100_000


class SettingsError(SafeSessionError):
    """A sentence for the person at the terminal."""

    code = "settings"


class Kind(Enum):
    """What a key holds."""

    TEXT = auto()
    PATH = auto()
    LISTEN = auto()
    LOOPBACK = auto()
    SECONDS = auto()
    ORIGINS = auto()
    TURN_URLS = auto()
    NETWORKS = auto()
    LEVEL = auto()


Key = tuple[str, str]
SCHEMA: dict[Key, Kind] = {
    ("server", "organisation"): Kind.TEXT,
    ("server", "origins"): Kind.ORIGINS,
    ("server", "listen"): Kind.LISTEN,
    ("server", "data"): Kind.PATH,
    ("server", "drain_s"): Kind.SECONDS,
    ("server", "log_level"): Kind.LEVEL,
    ("server", "trusted_proxies"): Kind.NETWORKS,
    ("tls", "certificate"): Kind.PATH,
    ("tls", "key"): Kind.PATH,
    ("turn", "urls"): Kind.TURN_URLS,
    ("turn", "secret_file"): Kind.PATH,
    ("admin", "listen"): Kind.LOOPBACK,
}
_LISTS = (Kind.ORIGINS, Kind.TURN_URLS, Kind.NETWORKS)
_WANTED = {
    Kind.TEXT: "must be text in quotes",
    Kind.PATH: "must be the path of a file or folder, in quotes",
    Kind.LISTEN: "must look like 127.0.0.1:8470",
    Kind.LOOPBACK: (
        "must look like 127.0.0.1:9470, on 127.0.0.1 or [::1]: its counts are for "
        "this machine alone"
    ),
    Kind.SECONDS: "must be a number of seconds from 0 to 600",
    Kind.ORIGINS: "must be a list like https://relay.example.org",
    Kind.TURN_URLS: "must be a list like turn:relay.example.org:3478?transport=udp",
    Kind.NETWORKS: "must be a list of addresses or networks like 127.0.0.1, 10.0.0.0/8",
    Kind.LEVEL: f"must be one of {', '.join(LOG_LEVELS)}",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a server is told. Empty means: not used."""

    data: Path
    file: Path | None = None
    organisation: str = ""
    origins: tuple[str, ...] = ()
    listen: tuple[str, int] = ("127.0.0.1", 8470)
    drain_s: float = field(default_factory=lambda: Limits().drain_s)
    log_level: str = "info"
    trusted_proxies: tuple[Network, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    turn_urls: tuple[str, ...] = ()
    turn_secret_file: Path | None = None
    admin_listen: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class _Given:
    """One value as it came, and how the person calls the place it came from."""

    raw: object
    where: str
    base: Path


def load_settings(
    file: Path | None,
    flags: Mapping[Key, tuple[str, object]],
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Read all sources. `flags` maps a key to the flag's name and its value.

    Raises:
        SettingsError: the sentence says which key of which source and what to do.
    """
    variables = os.environ if environment is None else environment
    file = file or _usual_file(variables)
    given: dict[Key, _Given] = {}
    if file is not None:
        given.update(_from_file(file))
    given.update(_from_environment(variables))
    here = Path.cwd()
    for key, (flag, value) in flags.items():
        given[key] = _Given(value, flag, here)
    values = {key: _typed(SCHEMA[key], value) for key, value in given.items()}
    return _assemble(file, values, default_data_dir(variables))


def default_data_dir(environment: Mapping[str, str]) -> Path:
    """Where the server keeps its files unless told otherwise."""
    base = environment.get("LOCALAPPDATA") or environment.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local/share") / "safesession-server"


def typed_value(key: Key, flag: str, raw: object) -> Any:
    """Return what a key would hold.

    Raises:
        SettingsError: the value is wrong; the sentence names the flag.
    """
    return _typed(SCHEMA[key], _Given(raw, flag, Path.cwd()))


def environment_name(key: Key) -> str:
    """Return the environment variable of a key."""
    section, name = key
    return f"{_PREFIX}{section.upper()}__{name.upper()}"


# --- where values come from -------------------------------------------------------


def _usual_file(environment: Mapping[str, str]) -> Path | None:
    named = environment.get(FILE_VARIABLE)
    if named:
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def _from_file(file: Path) -> Iterator[tuple[Key, _Given]]:
    tables = _tables(file)
    sections = {section for section, _ in SCHEMA}
    for section, table in tables.items():
        if section not in sections or not isinstance(table, dict):
            near = _nearest(section, sections)
            raise SettingsError(
                f"{file.name}: [{_word(section)}] is no section{near}; known are "
                f"{', '.join(sorted(sections))}."
            )
        names = {name for other, name in SCHEMA if other == section}
        for name, raw in table.items():
            if name not in names:
                near = _nearest(name, names)
                raise SettingsError(
                    f"{file.name}: {_word(name)} in [{section}] is unknown{near}; "
                    "correct or remove that line."
                )
            where = f"{file.name}: {name} in [{section}]"
            yield (section, name), _Given(raw, where, file.absolute().parent)


def _tables(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > _MAX_FILE_BYTES:
            raise SettingsError(f"{file.name} is too large for a configuration file.")
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            f"there is no configuration file {file}; make one with "
            "`safesession-server init`, or name it with --config."
        ) from None
    except OSError:
        raise SettingsError(
            f"the configuration file {file} cannot be read by this account; "
            f"allow it with `chmod o+r {file}`."
        ) from None
    except UnicodeDecodeError:
        raise SettingsError(
            f"{file.name} is not UTF-8 text; save it as such."
        ) from None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line \d+", str(error))
        line = place[0] if place else "the end"
        raise SettingsError(
            f"{file.name} is not valid TOML at {line}; texts stand in quotes, lists "
            "in square brackets."
        ) from None


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[Key, _Given]]:
    names = {environment_name(key): key for key in SCHEMA}
    for name, raw in environment.items():
        if name in names:
            yield names[name], _Given(raw, name, Path.cwd())
        elif name.startswith(_PREFIX) and "__" in name:
            near = _nearest(name, set(names))
            raise SettingsError(
                f"the environment variable {_word(name)} is unknown{near}; correct or "
                "remove it."
            )


def _nearest(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    return f", did you mean {close[0]}?" if close else ""


def _word(untrusted_name: str) -> str:
    """A key is shown if it looks like one: it might be a secret in a wrong place."""
    shown = re.fullmatch(r"[A-Za-z0-9_-]{1,60}", untrusted_name)
    return untrusted_name if shown else "a key"


# --- types ------------------------------------------------------------------------


def _typed(kind: Kind, given: _Given) -> Any:
    try:
        if kind in _LISTS:
            return tuple(_item(kind, item) for item in _items(given.raw))
        return _single(kind, given)
    except (ValueError, TypeError):
        raise SettingsError(f"{given.where} {_WANTED[kind]}.") from None


def _items(raw: object) -> list[object]:
    if isinstance(raw, str):  # of the environment
        return [part.strip() for part in raw.split(",") if part.strip()]
    if not isinstance(raw, list | tuple):
        raise TypeError
    return list(raw)


def _item(kind: Kind, item: object) -> object:
    text = _text(item)
    match kind:
        case Kind.ORIGINS:
            origin = text.rstrip("/").lower()
            if not re.fullmatch(
                r"https?://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d+)?", origin
            ):
                raise ValueError
            return origin
        case Kind.TURN_URLS:
            if not re.fullmatch(r"(turns?|stuns?):[^\s,]+", text):
                raise ValueError
            return text
        case _:
            return ipaddress.ip_network(text)


def _single(kind: Kind, given: _Given) -> object:
    raw = given.raw
    match kind:
        case Kind.PATH:
            path = raw if isinstance(raw, Path) else Path(_text(raw))
            return given.base / path
        case Kind.LISTEN:
            return _address(_text(raw))
        case Kind.LOOPBACK:
            host, port = _address(_text(raw))
            if not ipaddress.ip_address(host).is_loopback:
                raise ValueError
            return host, port
        case Kind.SECONDS:
            return _seconds(raw)
        case Kind.LEVEL:
            if raw not in LOG_LEVELS:
                raise ValueError
            return raw
        case _:
            return _text(raw, may_be_empty=True)


def _text(raw: object, *, may_be_empty: bool = False) -> str:
    if not isinstance(raw, str) or "\0" in raw or not (raw or may_be_empty):
        raise ValueError
    return raw


def _seconds(raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise TypeError
    seconds = float(raw)
    if not math.isfinite(seconds) or not 0 <= seconds <= _LONGEST_DRAIN_S:
        raise ValueError
    return seconds


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > _HIGHEST_PORT:
        raise ValueError
    return host.removeprefix("[").removesuffix("]") or "0.0.0.0", int(port)  # noqa: S104


# --- together ---------------------------------------------------------------------


def _assemble(file: Path | None, values: dict[Key, Any], data: Path) -> Settings:
    settings = Settings(file=file, **{"data": data, **_fields(values)})
    if (settings.certificate is None) is not (settings.key is None):
        raise SettingsError(
            "certificate and key in [tls] (--tls-cert and --tls-key) belong together; "
            "name both or neither."
        )
    if settings.turn_urls and settings.turn_secret_file is None:
        raise SettingsError(
            "urls in [turn] needs secret_file (--turn-secret-file): the file with the "
            "secret that the TURN server has as static-auth-secret."
        )
    return settings


_OTHER_NAMES = {
    ("turn", "urls"): "turn_urls",
    ("turn", "secret_file"): "turn_secret_file",
    ("admin", "listen"): "admin_listen",
}


def _fields(values: dict[Key, Any]) -> dict[str, Any]:
    return {_OTHER_NAMES.get(key, key[1]): value for key, value in values.items()}
