"""`safesession-server`: run the signaling server, enrol counselors, see its state.

Errors of use and of the machine are one sentence on stderr and exit code 1; an
enrolment token is printed once and kept only as a hash.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import os
import secrets
import signal
import sqlite3
import ssl
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from safesession import logs
from safesession.crypto.tokens import hash_token, make_token
from safesession.errors import SafeSessionError, StateError
from safesession.signaling_server.limits import Limits
from safesession.signaling_server.operations import AddEnrolment
from safesession.signaling_server.pepper import load_pepper
from safesession.signaling_server.schema import open_database
from safesession.signaling_server.server import (
    DATABASE_FILE,
    ServerConfig,
    SignalingServer,
)
from safesession.signaling_server.store import carry_out
from safesession.signaling_server.turn_credentials import TurnConfig


_HIGHEST_PORT = 65_535
_COUNTS = {
    "accounts": "SELECT count(*) FROM account WHERE disabled = 0",
    "open invites": "SELECT count(*) FROM invite WHERE state = 'open' AND exp > ?1",
    "rooms": "SELECT count(*) FROM mailbox WHERE exp > ?1",
    "waiting envelopes": "SELECT count(*) FROM env WHERE exp > ?1",
    "unused enrolments": "SELECT count(*) FROM enrol WHERE used = 0 AND exp > ?1",
}


class UsageError(SafeSessionError):
    """A sentence for the person at the terminal."""

    code = "usage"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    os.umask(0o077)
    options = _parser().parse_args(arguments)
    logs.configure(verbose=options.verbose)
    data_dir = options.data or default_data_dir()
    try:
        match options.command:
            case "run":
                return _run(options, data_dir)
            case "enrol":
                return _enrol(data_dir)
            case _:
                return _status(data_dir)
    except (UsageError, StateError) as error:
        print(f"safesession-server: {error}", file=sys.stderr)
        return 1


def default_data_dir() -> Path:
    """Where the server keeps its files unless told otherwise."""
    named = os.environ.get("SAFESESSION_SERVER_DATA")
    if named:
        return Path(named)
    base = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local/share") / "safesession-server"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="safesession-server", description="SafeSession's signaling server."
    )
    parser.add_argument("--verbose", action="store_true", help="say more on stderr")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="serve until told to stop")
    run.add_argument("--listen", default="127.0.0.1:8470", metavar="HOST:PORT")
    run.add_argument(
        "--origin",
        action="append",
        default=[],
        help="how clients reach this server, e.g. https://relay.example.org",
    )
    run.add_argument("--tls-cert", type=Path, metavar="FILE")
    run.add_argument("--tls-key", type=Path, metavar="FILE")
    run.add_argument(
        "--print-port", action="store_true", help="print the port alone, first"
    )
    run.add_argument("--turn-url", action="append", default=[], metavar="URL")
    run.add_argument(
        "--turn-secret-file",
        type=Path,
        metavar="FILE",
        default=os.environ.get("SAFESESSION_TURN_SECRET_FILE"),
    )
    run.add_argument("--drain-s", type=float, default=Limits().drain_s)
    enrol = commands.add_parser("enrol", help="print a one-use token for a counselor")
    status = commands.add_parser("status", help="print counts")
    for command in (run, enrol, status):
        command.add_argument(
            "--data", type=Path, metavar="DIR", help="where the server keeps its files"
        )
    return parser


# --- run --------------------------------------------------------------------------


def _run(options: argparse.Namespace, data_dir: Path) -> int:
    host, port = _listen_address(options.listen)
    config = ServerConfig(
        data_dir,
        host,
        port,
        origins=tuple(origin.rstrip("/").lower() for origin in options.origin),
        tls=_tls(options.tls_cert, options.tls_key),
        turn=_turn(options.turn_url, options.turn_secret_file),
    )
    serving = _serve(config, print_port=options.print_port, drain_s=options.drain_s)
    if sys.platform == "win32":
        asyncio.run(serving)
    else:
        import uvloop

        uvloop.run(serving)
    return 0


async def _serve(config: ServerConfig, *, print_port: bool, drain_s: float) -> None:
    server = SignalingServer(config)
    try:
        await server.start()
    except OSError as error:
        where = f"{config.host}:{config.port}"
        raise UsageError(_listen_sentence(where, error)) from None
    if print_port:
        print(server.port)
    print(server.origin, flush=True)
    told_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, told_to_stop.set)
    try:
        await told_to_stop.wait()
    finally:
        await server.stop(drain_s)


def _listen_sentence(where: str, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"{where} is taken by another program; choose another with --listen."
        case errno.EACCES:
            return f"this account may not listen on {where}; choose a port above 1023."
        case errno.EADDRNOTAVAIL:
            return f"this machine has no address {where}; check --listen."
        case _:
            return f"cannot listen on {where}; check --listen."


def _listen_address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > _HIGHEST_PORT:
        raise UsageError("--listen must look like 127.0.0.1:8470.")
    return host.removeprefix("[").removesuffix("]") or "0.0.0.0", int(port)  # noqa: S104


def _tls(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise UsageError("--tls-cert and --tls-key belong together.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.num_tickets = 0  # tickets would link visits
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError):
        raise UsageError("the certificate or its key cannot be read.") from None
    return context


def _turn(urls: list[str], secret_file: Path | None) -> TurnConfig:
    named = os.environ.get("SAFESESSION_TURN_URL", "")
    urls = urls or [url for url in named.split(",") if url]
    if not urls:
        return TurnConfig()
    if secret_file is None:
        raise UsageError("--turn-url needs --turn-secret-file.")
    try:
        secret = Path(secret_file).read_bytes().strip()
    except OSError:
        raise UsageError("the TURN secret file cannot be read.") from None
    if not secret:
        raise UsageError("the TURN secret file is empty.")
    return TurnConfig(tuple(urls), secret, Limits().turn_life_s)


# --- enrol and status -------------------------------------------------------------


def _enrol(data_dir: Path) -> int:
    pepper = load_pepper(data_dir, secrets.token_bytes)
    token = make_token(secrets.token_bytes)
    expires_at = int(time.time()) + Limits().enrolment_life_s
    connection = open_database(str(data_dir / DATABASE_FILE))
    try:
        operation = AddEnrolment(hash_token(pepper, token), expires_at)
        carry_out(connection.execute, operation)
    except sqlite3.Error:
        raise StateError("the server's database cannot be written.") from None
    finally:
        connection.close()
    print(token)
    return 0


def _status(data_dir: Path) -> int:
    path = data_dir / DATABASE_FILE
    if not path.exists():
        raise StateError("there is no server data here; name it with --data.")
    connection = open_database(str(path))
    try:
        now = int(time.time())
        for name, query in _COUNTS.items():
            arguments = (now,) if "?1" in query else ()
            print(f"{name}: {connection.execute(query, arguments).fetchone()[0]}")
    except sqlite3.Error:
        raise StateError("the server's database cannot be read.") from None
    finally:
        connection.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
