"""`enrol`, `tokens` and `accounts`: who may sign in, decided at the terminal.

Writes to the database; a running server takes it up within two seconds. Accounts
are known by a ticket: who holds which one stands on a list that the institution
keeps, not here. A token is returned once and never kept.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from safesession.crypto.tokens import hash_token, make_token
from safesession.errors import StateError
from safesession.signaling_server.limits import Limits
from safesession.signaling_server.operations import AddEnrolment
from safesession.signaling_server.pepper import load_pepper
from safesession.signaling_server.schema import open_database
from safesession.signaling_server.server import DATABASE_FILE
from safesession.signaling_server.settings import SettingsError
from safesession.signaling_server.store import carry_out, ticket_of


_DAY_S = 86_400
_HOUR_S = 3_600
_SHORTEST = 4  # of the beginning of an account id


def enrol(data_dir: Path, account: str = "") -> tuple[str, str]:
    """Make a one-use token, for a new account or a new key; return it and its ticket.

    Raises:
        StateError: the data folder cannot be used.
    """
    pepper = load_pepper(data_dir, secrets.token_bytes)
    token = make_token(secrets.token_bytes)
    token_hash = hash_token(pepper, token)
    expires_at = int(time.time()) + Limits().enrolment_life_s
    with _database(data_dir, may_make=True) as connection:
        operation = AddEnrolment(token_hash, expires_at, account)
        carry_out(connection.execute, operation)
    return token, ticket_of(token_hash)


def rotate(data_dir: Path, name: str) -> tuple[str, str]:
    """Make a token that gives an account a new key; the old one works till then.

    Raises:
        SettingsError: there is no such account.
        StateError: the data folder cannot be used.
    """
    with _database(data_dir) as connection:
        account, disabled = _find(connection, name)
    if disabled:
        raise SettingsError(f"{name} is revoked; enrol that counselor anew.")
    return enrol(data_dir, account)


def revoke(data_dir: Path, name: str) -> str:
    """End an account, and every token that would renew its key; return its ticket.

    Raises:
        SettingsError: there is no such account.
        StateError: the data folder cannot be used.
    """
    with _database(data_dir) as connection:
        account, _ = _find(connection, name)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE account SET disabled = 1 WHERE id = ?", (account,))
        connection.execute("DELETE FROM enrol WHERE account = ?", (account,))
        connection.execute("COMMIT")
        query = "SELECT ticket FROM account WHERE id = ?"
        return str(connection.execute(query, (account,)).fetchone()[0])


def list_accounts(data_dir: Path) -> list[tuple[str, ...]]:
    """Return ticket, beginning of the id, day of enrolment and state of each account.

    Raises:
        StateError: the data folder cannot be used.
    """
    with _database(data_dir) as connection:
        rows = connection.execute(
            "SELECT ticket, id, enrolled, disabled FROM account ORDER BY enrolled, id"
        ).fetchall()
    return [
        (ticket, id_[:8], _day(enrolled), "revoked" if disabled else "active")
        for ticket, id_, enrolled, disabled in rows
    ]


def list_tokens(data_dir: Path) -> list[tuple[str, ...]]:
    """Return ticket, purpose and hours left of each token that can still be used.

    Raises:
        StateError: the data folder cannot be used.
    """
    now = int(time.time())
    with _database(data_dir) as connection:
        rows = connection.execute(
            "SELECT token_hash, exp, account FROM enrol "
            "WHERE used = 0 AND exp > ? ORDER BY exp",
            (now,),
        ).fetchall()
    return [
        (
            ticket_of(token_hash),
            f"new key for {account[:8]}" if account else "new account",
            f"{(expires_at - now) // _HOUR_S} h left",
        )
        for token_hash, expires_at, account in rows
    ]


def revoke_token(data_dir: Path, ticket: str) -> None:
    """Make an unused token worthless.

    Raises:
        SettingsError: there is no such token.
        StateError: the data folder cannot be used.
    """
    with _database(data_dir) as connection:
        rows = connection.execute("SELECT token_hash FROM enrol WHERE used = 0")
        found = [row[0] for row in rows if ticket_of(row[0]) == ticket.upper()]
        for token_hash in found:
            connection.execute("DELETE FROM enrol WHERE token_hash = ?", (token_hash,))
    if not found:
        raise SettingsError(
            "no unused token has this ticket; see `safesession-server tokens list`."
        )


def _find(connection: sqlite3.Connection, name: str) -> tuple[str, bool]:
    """Find one account by its ticket or the beginning of its id."""
    rows = connection.execute("SELECT id, ticket, disabled FROM account").fetchall()
    found = [
        (str(id_), bool(disabled))
        for id_, ticket, disabled in rows
        if ticket == name.upper()
        or (len(name) >= _SHORTEST and id_.startswith(name.lower()))
    ]
    if len(found) != 1:
        several = "several accounts have" if found else "no account has"
        raise SettingsError(
            f"{several} this ticket or id; see `safesession-server accounts list`."
        )
    return found[0]


def _day(days: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(days * _DAY_S)) if days else "unknown"


@contextmanager
def _database(
    data_dir: Path, *, may_make: bool = False
) -> Iterator[sqlite3.Connection]:
    path = data_dir / DATABASE_FILE
    if not may_make and not path.exists():
        raise StateError("there is no server data here; name it with --data.")
    with closing(open_database(str(path))) as connection:
        try:
            yield connection
        except sqlite3.Error:
            raise StateError("the server's database cannot be written.") from None
