"""`safesession-server check`: what would go wrong, before it does.

Looks and changes nothing. Every line names one thing; a wrong one says what to do.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import sqlite3
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from safesession.errors import SafeSessionError, StateError
from safesession.signaling_server.admin import ask_running_server
from safesession.signaling_server.pepper import PEPPER_BYTES, PEPPER_FILE
from safesession.signaling_server.running import (
    certificate_of,
    listen_sentence,
    turn_of,
)
from safesession.signaling_server.schema import MIGRATIONS
from safesession.signaling_server.server import DATABASE_FILE
from safesession.signaling_server.settings import Settings


_DAY_S = 86_400
_RENEW_DAYS = 14
_LEAST_FREE_BYTES = 200_000_000
_CLOCK_WRONG = 5  # TIME_ERROR of adjtimex(2)
_TIMEX_BYTES = 256  # more than the struct has
_NOT_BEFORE = 1_760_000_000  # this program is younger than that


class Grade(Enum):
    """How a line ends."""

    GOOD = "ok"
    NOTE = "note"  # works, but somebody should know
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the answer."""

    subject: str
    grade: Grade
    sentence: str


def check(settings: Settings) -> list[Finding]:
    """Look at everything the server needs."""
    named = settings.file or "no file"
    findings = [Finding("configuration", Grade.GOOD, f"{named}, well formed.")]
    for subject, looks in _LOOKS.items():
        try:
            findings += [Finding(subject, *found) for found in looks(settings)]
        except SafeSessionError as error:
            findings.append(Finding(subject, Grade.WRONG, str(error)))
    return findings


_Found = tuple[Grade, str]


def _good(sentence: str) -> _Found:
    return Grade.GOOD, sentence


def _note(sentence: str) -> _Found:
    return Grade.NOTE, sentence


def _wrong(sentence: str) -> _Found:
    return Grade.WRONG, sentence


def _data(settings: Settings) -> Iterator[_Found]:
    data = settings.data
    if not data.is_dir():
        yield _wrong(f"{data} is missing; `safesession-server init` makes it.")
        return
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        yield _wrong(
            f"{data} cannot be written by this account; run check as the server's "
            "user, or `chown -R safesession` the folder."
        )
        return
    free = shutil.disk_usage(data).free
    if free < _LEAST_FREE_BYTES:
        yield _wrong(f"less than 200 MB are free for {data}; make space.")
    if sys.platform != "win32" and stat.S_IMODE(data.stat().st_mode) & 0o077:
        yield _wrong(f"others may look into {data}: `chmod 700 {data}`.")
    yield _good(f"{data} can be written, {free // 1_000_000_000} GB free.")


def _database(settings: Settings) -> Iterator[_Found]:
    path = settings.data / DATABASE_FILE
    if not path.exists():
        yield _good("none yet; the first start makes it.")
        return
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
    except sqlite3.Error:
        raise StateError(
            f"{path} cannot be read; check its owner, or restore a backup."
        ) from None
    if version > len(MIGRATIONS):
        yield _wrong("the database was written by a newer version; install that one.")
    elif not sound:
        yield _wrong("the database is damaged; restore a backup.")
    elif version < len(MIGRATIONS):
        yield _note(
            f"schema {version}; the next start copies it and makes it "
            f"{len(MIGRATIONS)}."
        )
    else:
        yield _good(f"sound, schema {version}.")


def _pepper(settings: Settings) -> Iterator[_Found]:
    path = settings.data / PEPPER_FILE
    if not path.exists():
        if (settings.data / DATABASE_FILE).exists():
            yield _wrong(
                f"{path} is missing but the database is there: without it no token "
                "or number fits; restore both from a backup."
            )
        else:
            yield _note("none yet; the first start makes it.")
        return
    yield from _private(path)
    try:
        size = len(path.read_bytes())
    except OSError:
        raise StateError(
            f"{path} cannot be read by this account; run check as the server's user."
        ) from None
    if size != PEPPER_BYTES:
        yield _wrong(f"{path} is damaged; restore it from a backup.")
    else:
        yield _good("there.")


def _private(path: Path) -> Iterator[_Found]:
    if sys.platform == "win32":
        return
    if path.stat().st_mode & 0o007:
        yield _wrong(f"everybody may read {path}: `chmod o= {path}`.")


def _tls(settings: Settings) -> Iterator[_Found]:
    certificate = certificate_of(settings)
    if certificate is None:
        if settings.trusted_proxies:
            yield _good("left to the proxy.")
        else:
            yield _note(
                "no [tls] and no trusted_proxies: clients would come unencrypted; "
                "name one of them."
            )
        return
    yield from _private(settings.key) if settings.key else ()
    facts, now = certificate.facts, time.time()
    days = int((facts.not_after - now) // _DAY_S)
    if now >= facts.not_after:
        yield _wrong("the certificate has expired; renew it, then reload.")
    elif now < facts.not_before:
        yield _wrong("the certificate is not valid yet; check the clock.")
    elif days < _RENEW_DAYS:
        yield _note(f"the certificate ends in {days} days; renew it, then reload.")
    else:
        yield _good(f"key and certificate fit, {days} days left.")
    for origin in settings.origins:
        host = _host(origin)
        if not facts.covers(host):
            yield _wrong(
                f"the certificate is not for {host}, which is in origins; get one for "
                "that name or correct origins."
            )


def _origins(settings: Settings) -> Iterator[_Found]:
    if not settings.origins:
        yield _wrong(
            "origins in [server] is empty: nobody could sign in from outside; write "
            'origins = ["https://relay.example.org"] with your name.'
        )
        return
    plain = [origin for origin in settings.origins if origin.startswith("http://")]
    if plain:
        yield _note(f"{plain[0]} is unencrypted; clients expect https.")
    for origin in settings.origins:
        host = _host(origin)
        try:
            socket.getaddrinfo(host, None)
        except OSError:
            yield _note(f"this machine finds no address for {host}; check DNS.")
        else:
            yield _good(f"{host} has an address.")


def _host(origin: str) -> str:
    authority = origin.partition("://")[2]
    if authority.startswith("["):
        return authority[1:].partition("]")[0]
    return authority.partition(":")[0]


def _port(settings: Settings) -> Iterator[_Found]:
    host, port = settings.listen
    if ask_running_server(settings.data) is not None:
        yield _good("the server is running on this folder.")
        return
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            yield _note(
                f"only the service may listen on port {port}: the unit allows it."
            )
        except OSError as error:
            yield _wrong(listen_sentence(f"{host}:{port}", error))
        else:
            yield _good(f"{host}:{port} is free.")


def _turn(settings: Settings) -> Iterator[_Found]:
    if not turn_of(settings).urls:
        yield _note(
            "no TURN server: people behind strict firewalls cannot have a call."
        )
        return
    if settings.turn_secret_file is not None:
        yield from _private(settings.turn_secret_file)
    yield _good(f"{len(settings.turn_urls)} addresses and the secret are there.")


def _clock(_settings: Settings) -> Iterator[_Found]:
    if time.time() < _NOT_BEFORE:
        yield _wrong("the clock is years behind: `timedatectl set-ntp true`.")
        return
    match _kernel_clock():
        case None:
            yield _note("this system does not say whether its clock is right.")
        case state if state == _CLOCK_WRONG:
            yield _note(
                "no time server keeps the clock right: `timedatectl set-ntp true`."
            )
        case _:
            yield _good("kept right by a time server.")


def _kernel_clock() -> int | None:
    """Ask Linux whether somebody keeps its clock; changes nothing."""
    if sys.platform != "linux":
        return None
    try:
        buffer = ctypes.create_string_buffer(_TIMEX_BYTES)
        state = ctypes.CDLL(None).adjtimex(buffer)
    except (OSError, AttributeError):
        return None
    return state if state >= 0 else None


_LOOKS: dict[str, Callable[[Settings], Iterator[_Found]]] = {
    "origins": _origins,
    "data folder": _data,
    "database": _database,
    "pepper": _pepper,
    "TLS": _tls,
    "port": _port,
    "TURN": _turn,
    "clock": _clock,
}
