"""Post-quantum media keys: the session secret mixed into what DTLS exports.

    Expand(Extract(session secret, exporter), "srtp " + label, lv(fp, fp), n)

Whoever breaks or intercepts DTLS alone gets no frame (PROTOCOL §5). There must
be no way to get SRTP keys here without a session secret.
"""

from __future__ import annotations

from safesession.crypto.encoding import lv
from safesession.crypto.key_schedule import expand, extract
from safesession.crypto.session_keys import SESSION_SECRET_BYTES
from safesession.errors import LocalProtocolError


_PREFIX = b"srtp "


def mix_srtp_keys(
    session_secret: bytes,
    exporter_output: bytes,
    label: bytes,
    fingerprint_pair: tuple[str, str],
    length: int,
) -> bytes:
    """Return `length` bytes of SRTP keying material in place of the exporter's.

    `label` is the exporter's own (`EXTRACTOR-dtls_srtp`); `fingerprint_pair` is
    (DTLS client's, DTLS server's) as hex pairs with colons, the same order at
    both ends.

    Raises:
        LocalProtocolError: no session secret, or no exporter output.
    """
    if len(session_secret) != SESSION_SECRET_BYTES or not exporter_output:
        raise LocalProtocolError("media cannot be keyed")
    first, second = (text.upper().encode("utf-8") for text in fingerprint_pair)
    mixed = extract(session_secret, exporter_output)
    return expand(mixed, _PREFIX + label, lv(first, second), length)
