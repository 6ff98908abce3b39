"""Frame heads are found wherever the bytes are cut, and only heads are read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from safesession.signaling_server.masking import MaskWatch


def frame(payload: bytes, *, masked: bool = True, opcode: int = 0x82) -> bytes:
    mask = 0x80 if masked else 0
    size = len(payload)
    if size < 126:
        length = bytes([mask | size])
    elif size < 1 << 16:
        length = bytes([mask | 126]) + size.to_bytes(2, "big")
    else:
        length = bytes([mask | 127]) + size.to_bytes(8, "big")
    return bytes([opcode]) + length + (b"mask" if masked else b"") + payload


PAYLOADS = st.lists(
    st.sampled_from([0, 1, 5, 125, 126, 127, 200, 70_000]).map(bytes), max_size=5
)


@given(PAYLOADS, st.lists(st.integers(1, 40_000), max_size=30))
def test_masked_frames_pass_however_they_are_cut(payloads, cuts) -> None:
    stream = b"".join(frame(payload) for payload in payloads)
    watch = MaskWatch()
    for size in cuts:
        assert watch.masked(stream[:size])
        stream = stream[size:]
    assert watch.masked(stream)
    assert watch.frames == len(payloads)
    assert not watch.masked(frame(b"x", masked=False))


@given(PAYLOADS, st.sampled_from([b"", b"x", bytes(126), bytes(70_000)]))
def test_an_unmasked_frame_shows_byte_by_byte_at_its_second(payloads, plain) -> None:
    watch = MaskWatch()
    assert watch.masked(b"".join(frame(payload) for payload in payloads))
    bad = frame(plain, masked=False)
    assert watch.masked(bad[:1])
    assert not watch.masked(bad[1:2])


def test_what_looks_like_a_head_inside_a_payload_is_none() -> None:
    inside = frame(b"hello", masked=False)
    assert MaskWatch().masked(frame(inside) + frame(inside * 40))
