"""Peer messages and frames: round trips, and refusal of everything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.sim_pair import fake_fingerprint

from safesession.errors import RemoteProtocolError
from safesession.protocol import peer_messages as pm


MESSAGES = [
    pm.Offer(0, "v=0", fake_fingerprint("a")),
    pm.Answer(7, "v=0", fake_fingerprint("b")),
    pm.MediaState("on", "demo"),
    pm.SafetyCommit(1, bytes(32)),
    pm.SafetyShare(1, b"x" * 32),
    pm.SafetyOpen(2, b"y" * 32),
    pm.SafetyResult(1, matched=True),
    pm.SafetyAgain(2),
    pm.ResumePlease(),
    pm.Bye(),
    pm.Bye("dropout"),
]


PHRASE_MESSAGES = [
    pm.PhraseAsk(1, bytes(32)),
    pm.PhraseShare(1, b"x" * 32),
    pm.PhraseShares(2, b"y" * 32, b"z" * 32),
    pm.PhraseTags(3, b"y" * 32, b"z" * 32),
    pm.PhraseVerdict(3, "pass"),
    pm.PhraseVerdict(3, "fail"),
]


@pytest.mark.parametrize("message", PHRASE_MESSAGES, ids=lambda m: type(m).__name__)
def test_phrase_messages_have_a_codec_of_their_own(message: pm.PhraseMessage) -> None:
    untrusted = pm.encode(message)
    assert pm.decode_phrase(untrusted) == message
    with pytest.raises(RemoteProtocolError):
        pm.decode(untrusted)  # the apps do not offer it yet
    with pytest.raises(RemoteProtocolError):
        pm.decode_phrase(pm.encode(pm.Bye()))


def test_both_verdicts_have_one_size() -> None:
    sizes = {len(pm.encode(pm.PhraseVerdict(1, word))) for word in ("pass", "fail")}
    assert len(sizes) == 1
    with pytest.raises(RemoteProtocolError):
        pm.decode_phrase(b'{"t":"phrase_verdict","run":1,"verdict":"duress"}')


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_round_trip(message: pm.PeerMessage) -> None:
    assert pm.decode(pm.encode(message)) == message


@pytest.mark.parametrize(
    "untrusted",
    [
        b"",
        b"{}",
        b"[]",
        b'{"t":"bye","more":1}',
        b'{"t":"bye","why":"bored"}',
        b'{"t":"away","for_ms":5000}',
        b'{"t":"unknown"}',
        b'{"t":"bye","t":"bye"}',
        b'{"t":"sas_result","run":1,"matched":false,"matched":true}',
        b'{"t":"sas_share","run":1,"share":"AAAA"}',
        b'{"t":"sas_result","run":0,"matched":true}',
        b'{"t":"sas_result","run":1,"matched":1}',
        b'{"t":"media","microphone":"maybe","camera":"on"}',
        b'{"t":"offer","epoch":-1,"sdp":"v","fingerprint":"x"}',
        b"[" * 100_000,
        b"[" * 10_000,
        b"\xff\xfe",
    ],
)
def test_malformed_is_refused(untrusted: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        pm.decode(untrusted)


@given(st.binary(max_size=200))
def test_noise_raises_only_the_declared_error(untrusted: bytes) -> None:
    for decode in (pm.decode, pm.decode_phrase):
        with pytest.raises(RemoteProtocolError):
            decode(untrusted)


@given(st.binary(max_size=100))
def test_frames_split_or_are_refused(untrusted: bytes) -> None:
    for allowed in (pm.RELAY_KINDS, pm.CHANNEL_KINDS):
        try:
            kind, body = pm.unpack_frame(untrusted, allowed)
        except RemoteProtocolError:
            continue
        assert kind in allowed
        assert pm.pack_frame(kind, body) == untrusted


def test_bind_never_comes_over_the_relay() -> None:
    with pytest.raises(RemoteProtocolError):
        pm.unpack_frame(pm.pack_frame(pm.FrameKind.BIND, bytes(32)), pm.RELAY_KINDS)
    with pytest.raises(RemoteProtocolError):
        pm.unpack_frame(
            pm.pack_frame(pm.FrameKind.HANDSHAKE, bytes(32)), pm.CHANNEL_KINDS
        )


def test_oversized_frames_are_refused() -> None:
    with pytest.raises(RemoteProtocolError):
        pm.unpack_frame(b"\x03" + bytes(70_000), pm.RELAY_KINDS)


def test_a_fingerprint_ends_where_it_ends() -> None:
    offer = pm.Offer(1, "v=0", ":".join(["AB"] * 32))
    honest = pm.encode(offer)
    assert pm.decode(honest) == offer
    with pytest.raises(RemoteProtocolError):
        pm.decode(honest.replace(b'AB"', b'AB\\n"'))
