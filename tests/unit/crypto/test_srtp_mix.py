"""No media key without the session secret."""

import pytest
from tests.unit.crypto import kit

from safesession.crypto.srtp_mix import mix_srtp_keys
from safesession.errors import LocalProtocolError


SECRET = b"s" * 64
EXPORTED = b"e" * 88
LABEL = b"EXTRACTOR-dtls_srtp"
PAIR = (kit.FINGERPRINT_CLIENT, kit.FINGERPRINT_COUNSELOR)


def test_every_input_counts():
    good = mix_srtp_keys(SECRET, EXPORTED, LABEL, PAIR, 88)
    assert len(good) == 88
    assert good == mix_srtp_keys(
        SECRET, EXPORTED, LABEL, (PAIR[0].lower(), PAIR[1]), 88
    )
    others = [
        mix_srtp_keys(b"t" * 64, EXPORTED, LABEL, PAIR, 88),
        mix_srtp_keys(SECRET, b"f" * 88, LABEL, PAIR, 88),
        mix_srtp_keys(SECRET, EXPORTED, b"other", PAIR, 88),
        mix_srtp_keys(SECRET, EXPORTED, LABEL, PAIR[::-1], 88),
    ]
    assert len({good, *others}) == 5
    assert EXPORTED[:16] not in good


def test_there_is_no_media_key_without_a_session_secret():
    for secret in (b"", bytes(32), bytes(63)):
        with pytest.raises(LocalProtocolError):
            mix_srtp_keys(secret, EXPORTED, LABEL, PAIR, 88)
    with pytest.raises(LocalProtocolError):
        mix_srtp_keys(SECRET, b"", LABEL, PAIR, 88)
