"""`safesession-server`: set up, check, run and look after the signaling server.

Errors of use and of the machine are one sentence on stderr and exit code 1; a
secret is printed only where it is what was asked for.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from safesession import logs
from safesession.errors import StateError
from safesession.signaling_server import account_commands, backup
from safesession.signaling_server.check import Grade, check
from safesession.signaling_server.initialise import Wishes, initialise, unit
from safesession.signaling_server.running import run
from safesession.signaling_server.settings import (
    DEFAULT_FILE,
    Key,
    Settings,
    SettingsError,
    load_settings,
)
from safesession.signaling_server.standing import as_lines, status


_FLAGS: dict[str, tuple[Key, str]] = {
    "listen": (("server", "listen"), "--listen"),
    "origin": (("server", "origins"), "--origin"),
    "data": (("server", "data"), "--data"),
    "drain_s": (("server", "drain_s"), "--drain-s"),
    "trusted_proxy": (("server", "trusted_proxies"), "--trusted-proxy"),
    "tls_cert": (("tls", "certificate"), "--tls-cert"),
    "tls_key": (("tls", "key"), "--tls-key"),
    "turn_url": (("turn", "urls"), "--turn-url"),
    "turn_secret_file": (("turn", "secret_file"), "--turn-secret-file"),
    "admin_listen": (("admin", "listen"), "--admin-listen"),
}
_DATA_DIR = Path("/var/lib/safesession")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    os.umask(0o077)
    options = _parser().parse_args(arguments)
    logs.configure(verbose=options.verbose)
    try:
        return _carry_out(options)
    except (SettingsError, StateError) as error:
        print(f"safesession-server: {error}", file=sys.stderr)
        return 1


def _carry_out(options: argparse.Namespace) -> int:
    match options.command:
        case "init":
            return _init(options)
        case "run":
            run(lambda: _settings(options), print_port=options.print_port, say=_say)
        case "check":
            return _check(options)
        case "status":
            _status(options)
        case "backup":
            target = None if options.file == "-" else Path(options.file)
            backup.back_up(_settings(options).data, target, sys.stdout.buffer)
        case "restore":
            _restore(options)
        case "enrol":
            _hand_over(account_commands.enrol(_settings(options).data))
        case "accounts":
            _accounts(options)
        case _:
            _tokens(options)
    return 0


def _settings(options: argparse.Namespace) -> Settings:
    given = {
        key: (flag, getattr(options, name))
        for name, (key, flag) in _FLAGS.items()
        if getattr(options, name, None) not in (None, [])
    }
    if options.verbose:
        given["server", "log_level"] = ("--verbose", "debug")
    settings = load_settings(options.config, given)
    _not_as_root(settings.data)
    return settings


def _not_as_root(data_dir: Path) -> None:
    """What root writes into the folder of the server's user, that user cannot read."""
    if sys.platform == "win32" or os.geteuid() != 0 or not data_dir.exists():
        return
    owner = data_dir.stat().st_uid
    if owner != 0:
        raise SettingsError(
            f"{data_dir} belongs to another user; run this as that one: "
            f"`runuser -u {_name_of(owner)} -- safesession-server ...`."
        )


def _name_of(user_id: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:
        return f"'#{user_id}'"


def _say(line: str) -> None:
    print(line, flush=True)


def _table(rows: Iterable[tuple[str, ...]], otherwise: str) -> None:
    lines = ["  ".join(row) for row in rows]
    print("\n".join(lines) if lines else otherwise)


# --- the commands -----------------------------------------------------------------


def _init(options: argparse.Namespace) -> int:
    config = (options.config or DEFAULT_FILE).absolute()
    if options.print_unit:
        print(unit(config, options.owner), end="")
        return 0
    wishes = Wishes(
        config,
        (options.data or _DATA_DIR).absolute(),
        options.organisation,
        options.domain.lower(),
        options.certificate,
        options.key,
        tuple(options.behind_proxy),
        options.listen or "",
        options.turn.lower(),
        options.owner,
    )
    print(initialise(wishes))
    return 0


def _check(options: argparse.Namespace) -> int:
    findings = check(_settings(options))
    if options.json:
        print(
            json.dumps(
                [
                    {
                        "subject": f.subject,
                        "grade": f.grade.value,
                        "sentence": f.sentence,
                    }
                    for f in findings
                ]
            )
        )
    else:
        for finding in findings:
            print(f"{finding.grade.value:5}  {finding.subject}: {finding.sentence}")
    return int(any(finding.grade is Grade.WRONG for finding in findings))


def _status(options: argparse.Namespace) -> None:
    counts = status(_settings(options).data)
    print(json.dumps(counts) if options.json else "\n".join(as_lines(counts)))


def _restore(options: argparse.Namespace) -> None:
    source = None if options.file == "-" else Path(options.file)
    done = backup.restore(source, _settings(options).data, sys.stdin.buffer)
    day = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(done.made_at))
    print(
        f"restored the state of {day}: {done.accounts} accounts; "
        f"{done.invites_closed} open invites are closed and unused tokens are gone.\n"
        "Accounts revoked after that time are active again: look through "
        "`safesession-server accounts list` before you start the server."
    )


def _hand_over(made: tuple[str, str]) -> None:
    token, ticket = made
    print(token)
    print(f"ticket {ticket}; write down who gets it.", file=sys.stderr)


def _accounts(options: argparse.Namespace) -> None:
    data_dir = _settings(options).data
    match options.action:
        case "list":
            _table(account_commands.list_accounts(data_dir), "no accounts.")
        case "revoke":
            ticket = account_commands.revoke(data_dir, options.account)
            print(f"{ticket} is revoked; a running server ends its connections now.")
        case _:
            _hand_over(account_commands.rotate(data_dir, options.account))


def _tokens(options: argparse.Namespace) -> None:
    data_dir = _settings(options).data
    if options.action == "list":
        _table(account_commands.list_tokens(data_dir), "no unused tokens.")
    else:
        account_commands.revoke_token(data_dir, options.ticket)
        print("that token is worth nothing any more.")


# --- the command line -------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="safesession-server", description="SafeSession's signaling server."
    )
    parser.add_argument("--verbose", action="store_true", help="say more on stderr")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _init_options(_command(commands, "init", "write configuration and secrets"))
    looking = _command(commands, "check", "look for what would go wrong")
    _run_options(looking)
    _run_options(_command(commands, "run", "serve until told to stop"))
    counts = _command(commands, "status", "print counts")
    for command in (looking, counts):
        command.add_argument("--json", action="store_true", help="for programs")
    copy = _command(commands, "backup", "copy database and pepper into one new file")
    copy.add_argument("file", metavar="FILE", help="- for standard output")
    back = _command(commands, "restore", "fill an empty data folder from a backup")
    back.add_argument("file", metavar="FILE", help="- for standard input")
    _command(commands, "enrol", "print a one-use token for a counselor")
    accounts = _command(commands, "accounts", "list, revoke or rotate accounts")
    actions = accounts.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="ticket, id, day of enrolment, state")
    for name, meaning in (
        ("revoke", "end an account at once"),
        ("rotate", "print a token that gives the account a new key"),
    ):
        action = actions.add_parser(name, help=meaning)
        action.add_argument("account", help="its ticket, or the beginning of its id")
    tokens = _command(commands, "tokens", "list or revoke unused enrolment tokens")
    actions = tokens.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="ticket, purpose, time left")
    actions.add_parser("revoke", help="make one worthless").add_argument("ticket")
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help_: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=help_, description=help_)
    command.add_argument(
        "--config", type=Path, metavar="FILE", help=f"instead of {DEFAULT_FILE}"
    )
    command.add_argument(
        "--data", type=Path, metavar="DIR", help="where the server keeps its files"
    )
    return command


def _run_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--listen", metavar="HOST:PORT")
    command.add_argument(
        "--origin",
        action="append",
        help="how clients reach this server, e.g. https://relay.example.org",
    )
    command.add_argument("--tls-cert", type=Path, metavar="FILE")
    command.add_argument("--tls-key", type=Path, metavar="FILE")
    command.add_argument(
        "--trusted-proxy",
        action="append",
        metavar="ADDRESS",
        help="whose X-Forwarded-For is believed",
    )
    command.add_argument("--turn-url", action="append", metavar="URL")
    command.add_argument("--turn-secret-file", type=Path, metavar="FILE")
    command.add_argument("--drain-s", metavar="SECONDS")
    command.add_argument("--admin-listen", metavar="LOOPBACK:PORT")
    command.add_argument(
        "--print-port", action="store_true", help="print the port alone, first"
    )


def _init_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--organisation", default="", metavar="NAME")
    command.add_argument("--domain", default="", help="e.g. relay.example.org")
    command.add_argument("--certificate", type=Path, metavar="FILE")
    command.add_argument("--key", type=Path, metavar="FILE")
    command.add_argument(
        "--behind-proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="a proxy that does TLS and sets X-Forwarded-For",
    )
    command.add_argument("--listen", metavar="HOST:PORT")
    command.add_argument(
        "--turn", default="", metavar="DOMAIN", help="where the TURN server will be"
    )
    command.add_argument(
        "--owner", default="", metavar="USER", help="the server's user, for its secrets"
    )
    command.add_argument(
        "--print-unit",
        action="store_true",
        help="print the systemd unit, write nothing",
    )


if __name__ == "__main__":
    sys.exit(main())
