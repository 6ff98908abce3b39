"""The engine's open invite and unsent text, as rows of an open vault.

For the vault's own thread. A value with an older revision than the stored one is
let go: it comes from a letter that somebody has put back.
"""

from __future__ import annotations

from dataclasses import dataclass

from safesession.core.kept_invite import KeptInvite
from safesession.crypto import letterbox
from safesession.crypto.entropy import Entropy, draw
from safesession.vault.engine_records import (
    decode_invite,
    decode_texts,
    encode_invite,
    encode_texts,
)
from safesession.vault.store import Store, Transaction


ADOPTED_UNSENT = "adopted_unsent"


@dataclass(frozen=True, slots=True)
class Unsent:
    """Texts that were not confirmed, and how often they were written down."""

    revision: int
    texts: tuple[str, ...]

    def __repr__(self) -> str:
        """Hide the texts."""
        return f"Unsent(revision={self.revision})"


@dataclass(frozen=True, slots=True)
class OpenInvite:
    """The invite that is open, if any, and how often it was written down."""

    revision: int
    invite: KeptInvite | None


class EngineTables:
    """What the engine finds at its next start."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def unsent(self) -> Unsent:
        """What was not delivered.

        Raises:
            DamagedError: it is not what this program wrote.
        """
        row = self._store.row("SELECT revision, texts FROM unsent")
        return Unsent(row[0], decode_texts(row[1])) if row else Unsent(0, ())

    @property
    def open_invite(self) -> OpenInvite:
        """The invite that is open, if any.

        Raises:
            DamagedError: it is not what this program wrote.
        """
        row = self._store.row("SELECT revision, invite FROM open_invite")
        return OpenInvite(row[0], decode_invite(row[1])) if row else OpenInvite(0, None)

    def save_unsent(self, unsent: Unsent) -> None:
        """Replace what was not delivered."""
        with self._store.transaction("unsent") as change:
            put_unsent(change, unsent)

    def save_invite(self, invite: OpenInvite) -> None:
        """Replace the open invite."""
        with self._store.transaction("invite") as change:
            put_invite(change, invite)

    def has_adopted(self, mark: bytes) -> bool:
        """Say whether that file of earlier versions was taken already."""
        sql = "SELECT 1 FROM setting WHERE name = ? AND value = ?"
        return self._store.row(sql, ADOPTED_UNSENT, mark) is not None

    def adopt_unsent(self, texts: tuple[str, ...], mark: bytes) -> None:
        """Take the texts of the file of earlier versions, once.

        `mark` tells that file from every other: a second time changes nothing.
        """
        if self.has_adopted(mark):
            return
        before = self.unsent
        with self._store.transaction("unsent") as change:
            put_unsent(change, Unsent(before.revision + 1, (*texts, *before.texts)))
            change.execute(
                "INSERT INTO setting(name, value) VALUES (?, ?) "
                "ON CONFLICT(name) DO UPDATE SET value = excluded.value",
                ADOPTED_UNSENT,
                mark,
            )
            change.expect("SELECT 1 FROM setting WHERE value = ?", mark)

    def letterbox_secret(self, entropy: Entropy) -> bytes:
        """Return the key of letters to this vault; made at first use."""
        found = self._store.value("SELECT secret FROM letterbox")
        if found is not None:
            return bytes(found)
        fresh = draw(entropy, letterbox.SECRET_BYTES)
        with self._store.transaction("device") as change:
            change.execute("INSERT INTO letterbox(one, secret) VALUES (1, ?)", fresh)
            change.expect("SELECT 1 FROM letterbox WHERE secret = ?", fresh)
        return fresh


def put_unsent(change: Transaction, unsent: Unsent) -> None:
    """Replace what was not delivered, within a change, unless it is older."""
    texts = encode_texts(unsent.texts)
    change.execute(
        "INSERT INTO unsent(one, revision, texts) VALUES (1, ?, ?) "
        "ON CONFLICT(one) DO UPDATE SET revision = excluded.revision, "
        "texts = excluded.texts WHERE excluded.revision > revision",
        unsent.revision,
        texts,
    )
    change.expect("SELECT 1 FROM unsent WHERE revision >= ?", unsent.revision)


def put_invite(change: Transaction, invite: OpenInvite) -> None:
    """Replace the open invite, within a change, unless it is older."""
    change.execute(
        "INSERT INTO open_invite(one, revision, invite) VALUES (1, ?, ?) "
        "ON CONFLICT(one) DO UPDATE SET revision = excluded.revision, "
        "invite = excluded.invite WHERE excluded.revision > revision",
        invite.revision,
        encode_invite(invite.invite),
    )
    change.expect("SELECT 1 FROM open_invite WHERE revision >= ?", invite.revision)


def forget_on_restoring() -> tuple[str, ...]:
    """Return the statements that make a restored copy a vault of its own."""
    return ("DELETE FROM open_invite", "DELETE FROM unsent", "DELETE FROM letterbox")
