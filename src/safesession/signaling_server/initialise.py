"""`safesession-server init`: the first files, from a few flags.

Writes what it can know, creates the secrets for the server's user alone, says what
to do next. It never overwrites a file, and never shows a secret.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import sys
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from safesession.errors import StateError
from safesession.signaling_server.pepper import PEPPER_FILE, load_pepper
from safesession.signaling_server.settings import SettingsError, typed_value


USER = "safesession"
TURN_SECRET_FILE = "turn.secret"  # noqa: S105
TURN_FILE = "turnserver.conf"
UNIT_FILE = "safesession-server.service"
_SECRET_BYTES = 32
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What cannot be known without asking."""

    config: Path
    data: Path
    organisation: str
    domain: str
    certificate: Path | None
    key: Path | None
    proxies: tuple[str, ...]
    listen: str
    turn: str
    owner: str


def initialise(wishes: Wishes) -> str:
    """Write the files; return what to do next.

    Raises:
        SettingsError: a wish is missing or wrong, or a file is there already.
        StateError: a folder cannot be written.
    """
    _check(wishes)
    owner = _owner(wishes.owner)
    files = {wishes.config: _toml(wishes)}
    if wishes.turn:
        secret = secrets.token_hex(_SECRET_BYTES)
        files[wishes.config.with_name(TURN_SECRET_FILE)] = secret + "\n"
        text = _template(TURN_FILE).replace("@SECRET@", secret)
        files[wishes.config.with_name(TURN_FILE)] = text.replace(
            "@DOMAIN@", wishes.turn
        )
    there = [path for path in files if path.exists()]
    if there:
        raise SettingsError(
            f"{there[0]} is there already; init overwrites nothing. Move it away or "
            "name another file with --config."
        )
    try:
        if not wishes.config.parent.exists():
            wishes.config.parent.mkdir(parents=True)
            wishes.config.parent.chmod(0o755)  # it is read as the server's user
        for path, text in files.items():
            _write(path, text, 0o644 if path == wishes.config else 0o600)
        load_pepper(wishes.data, secrets.token_bytes)
        if owner is not None:
            for path in (wishes.data, wishes.data / PEPPER_FILE):
                os.chown(path, *owner)
            if wishes.turn:
                os.chown(wishes.config.with_name(TURN_SECRET_FILE), *owner)
    except OSError:
        raise StateError(
            f"{wishes.config.parent} or {wishes.data} cannot be written by this "
            "account; run init as root, or name others with --config and --data."
        ) from None
    return _next_steps(wishes, list(files))


def unit(config: Path, owner: str) -> str:
    """Return the systemd unit for this installation."""
    program = Path(sys.argv[0]).absolute()
    if program.name != "safesession-server":
        found = shutil.which("safesession-server")
        beside = Path(sys.executable).with_name("safesession-server")
        program = Path(found) if found else beside
    text = _template(UNIT_FILE).replace("@PROGRAM@", str(program))
    return text.replace("@CONFIG@", str(config)).replace("@USER@", owner or USER)


def _check(wishes: Wishes) -> None:
    if not wishes.organisation or not wishes.domain:
        raise SettingsError("init needs --organisation and --domain.")
    for name, domain in (("--domain", wishes.domain), ("--turn", wishes.turn)):
        if domain and not _DOMAIN.fullmatch(domain):
            raise SettingsError(
                f"{name} must be a name like relay.example.org, without https:// and path."
            )
    typed_value(("server", "trusted_proxies"), "--behind-proxy", wishes.proxies)
    if wishes.listen:
        typed_value(("server", "listen"), "--listen", wishes.listen)
    own = wishes.certificate is not None and wishes.key is not None
    half = (wishes.certificate is None) is not (wishes.key is None)
    if half or own is bool(wishes.proxies):
        raise SettingsError(
            "init needs either --certificate and --key (the server does TLS) or "
            "--behind-proxy ADDRESS (a proxy does)."
        )


def _owner(name: str) -> tuple[int, int] | None:
    """Return the user and group ids of the server's user; None to leave it as is."""
    if not name or sys.platform == "win32":
        return None
    import pwd

    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise SettingsError(
            f"there is no user {name}; make it with `useradd --system "
            f"--no-create-home --shell /usr/sbin/nologin {name}`."
        ) from None
    return entry.pw_uid, entry.pw_gid


def _toml(wishes: Wishes) -> str:
    usual = "127.0.0.1:8470" if wishes.proxies else "0.0.0.0:443"
    listen = wishes.listen or usual
    values = {
        "ORGANISATION": _quoted(wishes.organisation),
        "ORIGIN": _quoted(f"https://{wishes.domain}"),
        "LISTEN": _quoted(listen),
        "DATA": _quoted(str(wishes.data)),
        "PROXIES": ", ".join(_quoted(proxy) for proxy in wishes.proxies),
        "TLS": _tls(wishes),
        "TURN": _turn(wishes),
    }
    text = _template("server.toml")
    return re.sub(r"@([A-Z]+)@", lambda found: values[found[1]], text)


def _tls(wishes: Wishes) -> str:
    if wishes.certificate is None or wishes.key is None:
        return "\n# TLS is the proxy's business: no [tls].\n"
    certificate = _quoted(str(wishes.certificate.absolute()))
    key = _quoted(str(wishes.key.absolute()))
    return (
        "\n[tls]\n# PEM; the certificate with its whole chain.\n"
        f"certificate = {certificate}\nkey = {key}\n"
    )


def _turn(wishes: Wishes) -> str:
    if not wishes.turn:
        return (
            "\n# No [turn]: people behind strict firewalls will not reach each other.\n"
        )
    urls = (
        f"turn:{wishes.turn}:3478?transport=udp",
        f"turn:{wishes.turn}:3478?transport=tcp",
        f"turns:{wishes.turn}:5349?transport=tcp",
    )
    lines = "".join(f"    {_quoted(url)},\n" for url in urls)
    secret = _quoted(str(wishes.config.with_name(TURN_SECRET_FILE).absolute()))
    return (
        f"\n[turn]\nurls = [\n{lines}]\n"
        f"# What {TURN_FILE} has as static-auth-secret.\nsecret_file = {secret}\n"
    )


def _quoted(text: str) -> str:
    """TOML's basic strings are JSON's."""
    return json.dumps(text, ensure_ascii=False)


def _template(name: str) -> str:
    folder = resources.files("safesession.resources") / "server"
    return (folder / name).read_text(encoding="utf-8")


def _write(path: Path, text: str, mode: int) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    path.chmod(mode)  # whatever the umask is


def _next_steps(wishes: Wishes, files: list[Path]) -> str:
    config = wishes.config
    written = "\n".join(f"  {path}" for path in [*files, wishes.data / PEPPER_FILE])
    as_owner = f"runuser -u {wishes.owner} -- " if wishes.owner else ""
    steps = [f"{as_owner}safesession-server check --config {config}"]
    if wishes.turn:
        turn_file = config.with_name(TURN_FILE)
        steps.append(f"install -m 640 -g turnserver {turn_file} /etc/turnserver.conf")
        steps.append("systemctl restart coturn")
    place = f"/etc/systemd/system/{UNIT_FILE}"
    steps += [
        f"safesession-server init --print-unit --config {config} > {place}",
        "systemctl daemon-reload && systemctl enable --now safesession-server",
        f"{as_owner}safesession-server enrol --config {config}",
    ]
    listed = "\n".join(f"  {number}. {step}" for number, step in enumerate(steps, 1))
    return f"written:\n{written}\nnext:\n{listed}"
