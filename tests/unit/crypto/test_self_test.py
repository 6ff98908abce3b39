"""The start-up self-test names what is damaged."""

import time

import pytest

from safesession.crypto import cpace, identity, self_test
from safesession.crypto.self_test import SelfTestError, run_self_test


def test_it_passes_quickly():
    run_self_test()
    began = time.perf_counter()
    run_self_test()
    assert time.perf_counter() - began < 0.02


def test_it_names_the_damaged_part(monkeypatch):
    for part, name in (
        ("hkdf", "_HKDF_OUTPUT"),
        ("cpace", "_CPACE_ISK"),
        ("mlkem", "_KEM_SECRET"),
        ("mlkem", "_KEM_PUBLIC_SHA256"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(self_test, name, bytes(64))
            with pytest.raises(SelfTestError) as caught:
                run_self_test()
            assert caught.value.part == part
            assert caught.value.code == "installation_damaged"


def test_a_library_that_accepts_everything_is_noticed(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(identity, "verify", lambda *_: True)
        with pytest.raises(SelfTestError) as caught:
            run_self_test()
        assert caught.value.part == "signature"
    with monkeypatch.context() as patch:
        patch.setattr(identity, "is_valid_public_key", lambda _: True)
        patch.setattr(
            identity.bindings, "crypto_sign_open", lambda signed, key: signed[64:]
        )
        with pytest.raises(SelfTestError):
            run_self_test()
    with monkeypatch.context() as patch:
        patch.setattr(cpace.bindings, "crypto_scalarmult", lambda *_: b"\x01" * 32)
        with pytest.raises(SelfTestError) as caught:
            run_self_test()
        assert caught.value.part == "cpace"


def test_a_library_that_breaks_is_noticed(monkeypatch):
    def broken(*_):
        raise OSError

    monkeypatch.setattr(self_test.cpace, "make_share", broken)
    with pytest.raises(SelfTestError) as caught:
        run_self_test()
    assert caught.value.part == "cpace"
