"""Letters can be written by whoever has the public key, and read by nobody awake."""

from __future__ import annotations

import os

import pytest

from safesession.crypto.letterbox import (
    LetterError,
    open_letter,
    public_key,
    seal_letter,
)
from safesession.errors import LocalProtocolError


SECRET = bytes(range(32))


def test_only_the_secret_key_opens_it() -> None:
    letter = seal_letter(public_key(SECRET), "我害怕回家".encode())
    assert open_letter(SECRET, letter).decode() == "我害怕回家"
    assert "害怕".encode() not in letter
    for wrong in (bytes(32), public_key(SECRET), os.urandom(32)):
        with pytest.raises(LetterError):
            open_letter(wrong, letter)


def test_lengths_are_hidden_in_whole_blocks() -> None:
    public = public_key(SECRET)
    sizes = {len(seal_letter(public, bytes(n))) for n in (0, 1, 900, 4092)}
    assert len(sizes) == 1
    assert len(seal_letter(public, bytes(4093))) > max(sizes)


def test_every_changed_byte_is_noticed() -> None:
    letter = seal_letter(public_key(SECRET), b"x")
    for at in [*range(60), len(letter) - 1]:
        changed = bytearray(letter)
        changed[at] ^= 1
        with pytest.raises(LetterError):
            open_letter(SECRET, bytes(changed))
    for part in (b"", b"SSLB1", letter[:40], letter[:-1], letter + b"\0"):
        with pytest.raises(LetterError):
            open_letter(SECRET, part)


def test_a_key_has_its_length() -> None:
    with pytest.raises(LocalProtocolError):
        public_key(bytes(31))
