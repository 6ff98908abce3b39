"""What the engine leaves for its next start, as text: an open invite, unsent texts.

The same form lies in the database and in letters written while the vault is locked.
Every value carries a revision that only rises, so that an old letter changes nothing.
"""

from __future__ import annotations

import json
from typing import Any

from safesession.core.kept_invite import InviteStage, KeptInvite
from safesession.crypto.invite_code import InviteCode
from safesession.errors import LocalProtocolError
from safesession.vault.errors import DamagedError


_NONCE_BYTES = 32


def encode_invite(invite: KeptInvite | None) -> str:
    """Return an invite as JSON; none is an empty text."""
    if invite is None:
        return ""
    return json.dumps(
        {
            "origin": invite.origin,
            "number": invite.code.number,
            "secret": invite.code.secret.decode("ascii"),
            "expires_at": invite.expires_at,
            "seat_token": invite.seat_token,
            "attempt": invite.attempt,
            "nonce": invite.nonce.hex(),
            "stage": invite.stage.value,
            "wrong_attempts": invite.wrong_attempts,
        }
    )


def decode_invite(text: str) -> KeptInvite | None:
    """Return what `encode_invite` was given.

    Raises:
        DamagedError: it was not.
    """
    if not text:
        return None
    try:
        known = json.loads(text)
        invite = KeptInvite(
            origin=_text(known["origin"]),
            code=InviteCode(_text(known["number"]), _text(known["secret"]).encode()),
            expires_at=_number(known["expires_at"]),
            seat_token=_text(known["seat_token"]),
            attempt=_number(known["attempt"]),
            nonce=bytes.fromhex(_text(known["nonce"])),
            stage=InviteStage(known["stage"]),
            wrong_attempts=_number(known["wrong_attempts"]),
        )
    except (ValueError, KeyError, TypeError, LocalProtocolError):
        raise DamagedError("invite") from None
    if len(invite.nonce) != _NONCE_BYTES or not invite.seat_token:
        raise DamagedError("invite")
    return invite


def encode_texts(texts: tuple[str, ...]) -> str:
    """Return texts as JSON; half a surrogate pair of a broken input is replaced."""
    whole = [text.encode("utf-8", "replace").decode() for text in texts]
    return json.dumps(whole, ensure_ascii=False)


def decode_texts(text: str) -> tuple[str, ...]:
    """Return what `encode_texts` was given.

    Raises:
        DamagedError: it was not.
    """
    try:
        known = json.loads(text)
    except ValueError:
        raise DamagedError("unsent") from None
    if not isinstance(known, list) or not all(isinstance(t, str) for t in known):
        raise DamagedError("unsent")
    return tuple(known)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise TypeError("not a number")
    return value
