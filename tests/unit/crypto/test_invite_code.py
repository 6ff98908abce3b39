"""The 16 digits: reading, typing errors, uniform secrets."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.crypto import kit

from safesession.crypto.invite_code import (
    CodeError,
    CodeIncompleteError,
    CodeMistypedError,
    InviteCode,
    format_groups,
    make_invite_code,
    parse_invite_code,
)
from safesession.errors import LocalProtocolError, SafeSessionError


CODE = make_invite_code("042917", kit.SeededEntropy("code"))
CHINESE = {
    "0": "零",
    "1": "一",
    "2": "二",
    "3": "三",
    "4": "四",
    "5": "五",
    "6": "六",
    "7": "七",
    "8": "八",
    "9": "九",
}
SPOKEN = {"0": "〇", "1": "幺", "2": "两"}
FORMAL = dict(zip("0123456789", "零壹贰叁肆伍陆柒捌玖", strict=True))


def translate(digits, table):
    return "".join(table.get(digit, digit) for digit in digits)


@pytest.mark.parametrize(
    "typed",
    [
        CODE.digits,
        format_groups(CODE.digits),
        "-".join(format_groups(CODE.digits).split()),
        "–".join(format_groups(CODE.digits).split()),
        f"  {format_groups(CODE.digits)}\n",
        "".join(chr(0xFF10 + int(digit)) for digit in CODE.digits),
        "\u3000".join(format_groups(CODE.digits).split()),
        "、".join(CODE.digits),
        translate(CODE.digits, CHINESE),
        translate(CODE.digits, SPOKEN),
        translate(CODE.digits, FORMAL),
    ],
)
def test_a_code_is_read_however_it_is_written(typed):
    assert parse_invite_code(typed) == CODE


def test_the_layout_is_number_secret_check():
    digits = CODE.digits
    assert len(digits) == 16
    assert digits[:6] == CODE.number == "042917"
    assert digits[6:14] == CODE.secret.decode()
    assert int(digits) % 97 == 1


def test_a_known_code():
    # ISO 7064 mod 97-10 by hand: 98 - (04291700000000 * 100 mod 97).
    code = InviteCode("042917", b"00000000")
    assert code.digits == f"04291700000000{98 - 429170000000000 % 97:02d}"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1234",
        "1" * 15,
        "1" * 17,
        "abcd efgh ijkl mnop",
        "1" * 15 + "x",
        "十" * 16,
        "1" * 201,
        "٣" * 16,
        "²" * 3,
        "１" * 15,
    ],
)
def test_what_is_not_sixteen_digits_is_incomplete(typed):
    with pytest.raises(CodeIncompleteError):
        parse_invite_code(typed)


def test_typing_errors_are_caught():
    """All single-digit errors and all swaps of neighbours, for a seeded sample."""
    entropy = kit.SeededEntropy("typing")
    random.seed("typing")
    for _ in range(60):
        digits = make_invite_code(f"{random.randrange(10**6):06d}", entropy).digits
        for position in range(16):
            head, tail = digits[:position], digits[position + 1 :]
            for digit in set("0123456789") - {digits[position]}:
                with pytest.raises(CodeMistypedError):
                    parse_invite_code(head + digit + tail)
            if tail and tail[0] != digits[position]:
                with pytest.raises(CodeMistypedError):
                    parse_invite_code(head + tail[0] + digits[position] + tail[1:])


def test_one_code_in_97_passes_by_chance():
    random.seed("chance")
    passed = 0
    for _ in range(9_700):
        try:
            parse_invite_code(f"{random.randrange(10**16):016d}")
        except CodeMistypedError:
            continue
        passed += 1
    assert 60 <= passed <= 145


def test_only_one_spelling_of_the_check_digits_is_good():
    # 97 and 00 (and 01 and 98) are congruent: the smaller ones never come up.
    for secret in range(300):
        body = f"042917{secret:08d}"
        good = []
        for check in range(100):
            try:
                parse_invite_code(f"{body}{check:02d}")
            except CodeMistypedError:
                continue
            good.append(check)
        assert len(good) == 1
        assert 2 <= good[0] <= 98


def test_secrets_are_uniform():
    entropy = kit.SeededEntropy("uniform")
    counts = [[0] * 10 for _ in range(8)]
    draws = 4_000
    for _ in range(draws):
        for place, digit in enumerate(make_invite_code("000000", entropy).secret):
            counts[place][digit - ord("0")] += 1
    for place in counts:
        chi2 = sum((count - draws / 10) ** 2 / (draws / 10) for count in place)
        assert chi2 < 33.7  # p = 0.0001 at 9 degrees of freedom


@pytest.mark.parametrize("number", ["", "12345", "1234567", "12345a", "１２３４５６"])
def test_a_number_that_is_not_six_digits_is_our_own_mistake(number):
    with pytest.raises(LocalProtocolError):
        make_invite_code(number, kit.SeededEntropy(0))


def test_neither_repr_nor_errors_show_digits():
    shown = repr(CODE)
    assert CODE.secret.decode() not in shown
    assert CODE.number not in shown
    for typed in (CODE.digits[:-1], CODE.digits[:-1] + "x", CODE.digits[::-1]):
        with pytest.raises(CodeError) as caught:
            parse_invite_code(typed)
        assert not any(character.isdigit() for character in str(caught.value))


def test_errors_name_themselves():
    assert issubclass(CodeError, SafeSessionError)
    assert CodeIncompleteError.code == "code_incomplete"
    assert CodeMistypedError.code == "code_mistyped"


@given(st.text(max_size=60))
def test_any_text_gives_a_code_or_a_typed_error(text):
    try:
        code = parse_invite_code(text)
    except CodeError:
        return
    assert parse_invite_code(code.digits) == code


@given(st.text(alphabet="0123456789 -—零一二三幺０１²①٣\u200b", max_size=40))
def test_nearly_codes_give_a_code_or_a_typed_error(text):
    try:
        code = parse_invite_code(text)
    except CodeError:
        return
    assert parse_invite_code(code.digits) == code
