"""CPace against the CFRG draft's vectors where they are at hand, and by itself.

SAFESESSION_VECTORS names the directory with the published `cpace_cfrg.json`;
without it, a `shared/vectors` directory beside the repository is tried.
"""

import json
import os
from pathlib import Path

import pytest
from tests.unit.crypto import kit

from safesession.crypto import cpace


_DEFAULT = Path(__file__).resolve().parents[4] / "shared" / "vectors"
PUBLISHED = Path(os.environ.get("SAFESESSION_VECTORS", _DEFAULT)) / "cpace_cfrg.json"


@pytest.fixture
def published():
    if not PUBLISHED.is_file():
        pytest.skip("the published CPace vectors are not on this machine")
    return json.loads(PUBLISHED.read_text(encoding="utf-8"))


def test_published_vectors(published):
    v = {name: bytes.fromhex(text) for name, text in published["G_25519"].items()}
    a = cpace.make_share(v["PRS"], v["CI"], v["sid"], lambda _: v["ya"])
    b = cpace.make_share(v["PRS"], v["CI"], v["sid"], lambda _: v["yb"])
    assert (a.public, b.public) == (v["Ya"], v["Yb"])
    assert cpace.shared_point(v["ya"], v["Yb"]) == v["K"]
    assert cpace.shared_point(v["yb"], v["Ya"]) == v["K"]
    isk = cpace.session_key(v["sid"], v["K"], (v["Ya"], v["ADa"]), (v["Yb"], v["ADb"]))
    assert isk == v["ISK_IR"]


def test_published_low_order_points(published):
    points = published["X25519_points"]
    refused = 0
    for text in points.values():
        try:
            cpace.shared_point(b"\x11" * 32, bytes.fromhex(text))
        except cpace.BadShareError:
            refused += 1
    assert (refused, len(points)) == (7, 12)


def run(code_a=b"12345678", code_b=b"12345678", ci_b=b"ci", sid_b=b"sid"):
    a = cpace.make_share(code_a, b"ci", b"sid", kit.SeededEntropy("a"))
    b = cpace.make_share(code_b, ci_b, sid_b, kit.SeededEntropy("b"))
    sides = (a.public, b"AD"), (b.public, b"")
    return (
        cpace.session_key(b"sid", cpace.shared_point(a.scalar, b.public), *sides),
        cpace.session_key(sid_b, cpace.shared_point(b.scalar, a.public), *sides),
    )


def test_same_code_same_key_and_anything_else_another():
    one, other = run()
    assert one == other
    assert len(one) == 64
    for changed in ({"code_b": b"12345679"}, {"ci_b": b"cj"}, {"sid_b": b"sie"}):
        one, other = run(**changed)
        assert one != other


def test_shares_of_strange_length_are_refused():
    for length in (0, 31, 33, 64):
        with pytest.raises(cpace.BadShareError):
            cpace.shared_point(b"\x11" * 32, bytes([9]) * length)


def test_a_long_password_needs_no_zero_pad():
    text = cpace.generator_string(b"p" * 200, b"ci", b"sid")
    assert text == cpace.lv(b"CPace255", b"p" * 200, b"", b"ci", b"sid")


def test_repr_hides_the_scalar():
    share = cpace.make_share(b"12345678", b"ci", b"sid", lambda n: b"\x5a" * n)
    assert "ZZZZ" not in repr(share)
    assert "scalar" not in repr(share)


def test_an_all_zero_result_is_refused_even_if_the_library_lets_it_pass(monkeypatch):
    monkeypatch.setattr(cpace.bindings, "crypto_scalarmult", lambda *_: bytes(32))
    with pytest.raises(cpace.BadShareError):
        cpace.shared_point(b"\x11" * 32, b"\x09" * 32)
