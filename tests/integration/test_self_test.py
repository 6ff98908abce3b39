"""The start-up self-test passes here and fails when the mix is taken out."""

import secrets
import time

import pytest

from safesession.engine.peer import seams, self_test


async def test_it_passes_within_a_second():
    await self_test.run_self_test()  # the first run also loads the codecs
    start = time.monotonic()
    await self_test.run_self_test()
    assert time.monotonic() - start < 1.0


async def test_it_fails_without_the_mix(monkeypatch):
    def unmixed(secret, exported, label, fingerprints, length):
        return exported

    monkeypatch.setattr(seams, "mix_srtp_keys", unmixed)
    with pytest.raises(self_test.SelfTestError, match="without the session secret"):
        await self_test.run_self_test()


async def test_it_fails_when_nothing_comes_through(monkeypatch):
    monkeypatch.setattr(self_test, "LIMIT_S", 0.6)

    def never_equal(secret, exported, label, fingerprints, length):
        return secrets.token_bytes(length)

    monkeypatch.setattr(seams, "mix_srtp_keys", never_equal)
    with pytest.raises(self_test.SelfTestError, match="in time"):
        await self_test.run_self_test()
