"""The SDP check lets our own form pass and nothing else."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.sim_pair import fake_fingerprint, fake_sdp

from safesession.errors import RemoteProtocolError
from safesession.protocol.sdp_check import check_sdp


FP = fake_fingerprint("mine")
OTHER = fake_fingerprint("other")
OFFER = fake_sdp("offer", FP)


def test_our_own_form_passes() -> None:
    assert check_sdp(OFFER, "offer", FP) == OFFER
    assert check_sdp(fake_sdp("answer", FP), "answer", FP)


EXTRA = "a=fingerprint:sha-1 " + ":".join(["AA"] * 20)


LINE_ENDS = "\t\v\f\x1c\x1d\x1e\x7f"


@pytest.mark.parametrize("end", LINE_ENDS)
@pytest.mark.parametrize(
    "hidden",
    [f"a=fingerprint:sha-256 {OTHER}", "a=candidate:1 1 udp 1 evil.example 5 typ host"],
)
def test_no_line_hides_where_only_the_webrtc_parser_sees_one(end, hidden) -> None:
    # aiortc splits with str.splitlines, which knows more line ends than SDP does.
    for place in ("s=-", "a=mid:0"):
        smuggled = OFFER.replace(place, place + end + hidden)
        with pytest.raises(RemoteProtocolError, match="control character"):
            check_sdp(smuggled, "offer", FP)


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (OFFER.replace(FP, OTHER), "fingerprint"),
        (OFFER.replace(FP, OTHER, 1), "fingerprint"),
        (OFFER.replace(f"a=fingerprint:sha-256 {FP}\r\n", ""), "fingerprint"),
        (OFFER.replace("sha-256", "sha-1"), "fingerprint"),
        (OFFER + EXTRA + "\r\n", "fingerprint"),
        (OFFER + f"a=fingerprint:sha-256 {OTHER}\r\n", "fingerprint"),
        (OFFER + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n", "attribute"),
        (OFFER + "a=identity:x\r\n", "attribute"),
        (OFFER.replace("actpass", "active"), "setup"),
        (OFFER + "a=setup:passive\r\n", "setup"),
        (OFFER + "m=video 9 UDP/TLS/RTP/SAVPF 97\r\n", "media"),
        (OFFER.replace("m=video", "m=audio"), "media"),
        (OFFER.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"), "media"),
        (OFFER.replace("UDP/DTLS/SCTP", "DTLS/SCTP"), "media"),
        (OFFER.replace("m=audio 9 ", "m=audio "), "media"),
        (OFFER.replace("a=ice-pwd:" + "p" * 22, "a=ice-pwd:short"), "ice-pwd"),
        (OFFER.replace("127.0.0.1 50000", "evil.example 50000"), "candidate"),
        (OFFER.replace("127.0.0.1 50000", "127.0.0.1 99999"), "candidate"),
        (OFFER + "a=candidate:1 1 udp 1 127.0.0.1 5 typ host\r\n" * 30, "candidates"),
        (OFFER + "x" * 17_000, "size"),
        (OFFER.replace("s=-", "s=\u0000"), "NUL"),
        (OFFER.replace("s=-", "s=é"), "ASCII"),
        (OFFER.replace("s=-\r\n", "s=-\r"), "CR"),
        (OFFER.replace("v=0", "v=1"), "version"),
        ("", "version"),
    ],
)
def test_anything_else_is_refused(broken: str, why: str) -> None:
    with pytest.raises(RemoteProtocolError, match=why):
        check_sdp(broken, "offer", FP)


def test_an_answer_is_not_an_offer() -> None:
    with pytest.raises(RemoteProtocolError):
        check_sdp(OFFER, "answer", FP)


def test_relay_only_refuses_other_candidates() -> None:
    with pytest.raises(RemoteProtocolError, match="relayed"):
        check_sdp(OFFER, "offer", FP, relay_only=True)
    relayed = OFFER.replace("typ host", "typ relay raddr 0.0.0.0 rport 9")
    assert check_sdp(relayed, "offer", FP, relay_only=True) == relayed


@given(st.text(max_size=400))
def test_noise_raises_only_the_declared_error(text: str) -> None:
    with pytest.raises(RemoteProtocolError):
        check_sdp(text, "offer", FP)


@given(st.data())
def test_mutations_raise_only_the_declared_error(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(OFFER) - 1))
    piece = data.draw(st.text(max_size=8))
    broken = OFFER[:at] + piece + OFFER[at + data.draw(st.integers(0, 40)) :]
    with contextlib.suppress(RemoteProtocolError):
        assert check_sdp(broken, "offer", FP) == broken
