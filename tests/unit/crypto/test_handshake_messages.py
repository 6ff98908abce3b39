"""M0 to M5 on the wire: exact or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.crypto import kit

from safesession.crypto.handshake_messages import (
    M0,
    M1,
    M2,
    M5,
    Confirmation,
    ConfirmationType,
    HandshakeError,
    HandshakeFailure,
    Mode,
    message_number,
)


PARSERS = {
    0: M0.parse,
    1: lambda data: M1.parse(data, Mode.PAIR),
    2: lambda data: M2.parse(data, Mode.PAIR),
    3: lambda data: Confirmation.parse(data, ConfirmationType.M3, Mode.PAIR),
    4: lambda data: Confirmation.parse(data, ConfirmationType.M4, Mode.PAIR),
    5: lambda data: M5.parse(data, Mode.PAIR),
}
MESSAGES = kit.run_handshake().messages


@pytest.mark.parametrize("number", PARSERS)
def test_messages_come_back_as_they_were(number):
    message = MESSAGES[number]
    assert PARSERS[number](message).to_bytes() == message
    assert message_number(message) == number


@pytest.mark.parametrize("number", PARSERS)
@pytest.mark.parametrize("other", PARSERS)
def test_no_message_is_taken_for_another(number, other):
    if number == other:
        return
    with pytest.raises(HandshakeError) as caught:
        PARSERS[number](MESSAGES[other])
    assert caught.value.reason is HandshakeFailure.FORMAT


@given(
    st.sampled_from(sorted(PARSERS)),
    st.binary(max_size=1400),
    st.integers(0, 5),
    st.integers(0, 64),
)
def test_parsers_raise_only_handshake_errors(number, noise, base, kept):
    data = MESSAGES[base][: len(MESSAGES[base]) - kept] + noise
    for candidate in (noise, data, data[: len(MESSAGES[number])]):
        try:
            parsed = PARSERS[number](candidate)
        except HandshakeError:
            continue
        assert parsed.to_bytes() == candidate


@given(st.binary(max_size=8))
def test_message_number_answers_anything(data):
    assert message_number(data) in {None, 0, 1, 2, 3, 4, 5}


@pytest.mark.parametrize("data", [b"", b"SS1", b"SS16", b"SS2" + b"1", b"ss11"])
def test_strange_bytes_have_no_number(data):
    assert message_number(data) is None


@pytest.mark.parametrize(
    ("mode", "which", "good"),
    [
        (Mode.PAIR, 0, True),
        (Mode.PAIR, 1, False),
        (Mode.RESUME, 0xFF, False),
        (Mode.SESSION, 1, True),
        (Mode.SESSION, 0xFF, True),
        (Mode.SESSION, 2, False),
    ],
)
def test_which_is_checked(mode, which, good):
    data = M2(mode, bytes(32), bytes(32), bytes(32), which, bytes(1088)).to_bytes()
    if good:
        assert M2.parse(data, mode).which == which
    else:
        with pytest.raises(HandshakeError):
            M2.parse(data, mode)
