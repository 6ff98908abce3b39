"""The seams notice an aiortc that is not the one they were written for."""

import importlib.metadata

import pytest
from aioice import ice
from aiortc.rtcdtlstransport import RTCDtlsTransport

from safesession.engine.peer import expected, seams


def test_the_installed_aiortc_is_the_expected_one():
    expected.check()


def test_a_changed_signature_is_noticed(monkeypatch):
    def renamed(self, other_name):
        raise AssertionError

    monkeypatch.setattr(RTCDtlsTransport, "_send_rtp", renamed)
    with pytest.raises(expected.SeamsChangedError, match="_send_rtp"):
        expected.check()


def test_a_name_that_is_gone_is_noticed(monkeypatch):
    monkeypatch.delattr(RTCDtlsTransport, "_setup_srtp")
    with pytest.raises(expected.SeamsChangedError, match="_setup_srtp"):
        expected.check()


@pytest.mark.parametrize("package", ["aiortc", "aioice", "av"])
def test_another_version_is_noticed(monkeypatch, package):
    real = importlib.metadata.version
    monkeypatch.setattr(
        importlib.metadata,
        "version",
        lambda name: "99.0" if name == package else real(name),
    )
    with pytest.raises(expected.SeamsChangedError, match=package):
        expected.check()


def test_loopback_is_offered_only_where_there_is_nothing_else(monkeypatch):
    seams.install()
    monkeypatch.setattr(seams, "_gather_real", lambda **_: [])
    assert ice.get_host_addresses(use_ipv4=True, use_ipv6=True) == ["127.0.0.1"]
    monkeypatch.setattr(seams, "_gather_real", lambda **_: ["192.0.2.7"])
    assert ice.get_host_addresses(use_ipv4=True, use_ipv6=True) == ["192.0.2.7"]
    with seams.on_loopback_only():
        assert ice.get_host_addresses(use_ipv4=True, use_ipv6=True) == ["127.0.0.1"]
