"""Unsent text is sealed so that only its key opens it, and its length is blurred."""

from __future__ import annotations

import secrets

import pytest

from safesession.crypto.draft_seal import DraftSealError, open_drafts, seal_drafts


KEY = bytes(range(32))


@pytest.mark.parametrize("length", [0, 1, 4092, 4093, 30_000])
def test_what_was_sealed_opens_and_its_length_is_blurred(length: int) -> None:
    body = secrets.token_bytes(length)
    sealed = seal_drafts(KEY, body, secrets.token_bytes)
    assert open_drafts(KEY, sealed) == body
    assert (len(sealed) - 44) % 4096 == 0
    assert sealed != seal_drafts(KEY, body, secrets.token_bytes)


def test_no_changed_or_foreign_file_opens() -> None:
    sealed = seal_drafts(KEY, "我害怕".encode(), secrets.token_bytes)
    assert "我害怕".encode() not in sealed
    changed = [
        bytes([*sealed[:n], sealed[n] ^ 1, *sealed[n + 1 :]])
        for n in [*range(80), len(sealed) - 1]
    ]
    for other in (*changed, b"", sealed[:-1], sealed + b"\0", sealed[:44]):
        with pytest.raises(DraftSealError):
            open_drafts(KEY, other)
    with pytest.raises(DraftSealError):
        open_drafts(bytes(32), sealed)
