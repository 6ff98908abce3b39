"""BIND tags are good for one sender, one epoch and one DTLS session."""

import pytest
from tests.unit.crypto import kit

from safesession.crypto.bind import bind_tag, channel_binding, verify_bind_tag
from safesession.crypto.role import Role
from safesession.errors import LocalProtocolError


KEYS = kit.session_keys()
FP_A, FP_B = kit.FINGERPRINT_CLIENT, kit.FINGERPRINT_COUNSELOR
BINDING = channel_binding(FP_A, FP_B, kit.EXPORTER)


def test_the_binding_depends_on_every_part_and_on_their_order():
    assert len(BINDING) == 64
    assert channel_binding(FP_A.lower(), FP_B, kit.EXPORTER) == BINDING
    others = [
        channel_binding(FP_B, FP_A, kit.EXPORTER),
        channel_binding(FP_A, FP_A, kit.EXPORTER),
        channel_binding(FP_A, FP_B, bytes(32)),
    ]
    assert BINDING not in others
    assert len(set(others)) == 3


@pytest.mark.parametrize("fingerprint", ["", "0A", FP_A[:-1], FP_A + ":0A", "é" * 95])
def test_strange_fingerprints_are_our_own_mistake(fingerprint):
    with pytest.raises(LocalProtocolError):
        channel_binding(fingerprint, FP_B, kit.EXPORTER)
    with pytest.raises(LocalProtocolError):
        channel_binding(FP_A, fingerprint, kit.EXPORTER)


def test_a_strange_exporter_is_our_own_mistake():
    for exporter in (b"", bytes(31), bytes(64)):
        with pytest.raises(LocalProtocolError):
            channel_binding(FP_A, FP_B, exporter)


@pytest.mark.parametrize("sender", Role)
def test_a_tag_is_good_for_one_sender_epoch_and_channel(sender):
    tag = bind_tag(KEYS, sender, 3, BINDING)
    assert len(tag) == 32
    assert verify_bind_tag(KEYS, sender, 3, BINDING, tag)
    assert not verify_bind_tag(KEYS, sender.other, 3, BINDING, tag)
    assert not verify_bind_tag(KEYS, sender, 4, BINDING, tag)
    assert not verify_bind_tag(KEYS, sender, 3, bytes(64), tag)
    assert not verify_bind_tag(kit.session_keys("other"), sender, 3, BINDING, tag)
    for position in range(32):
        changed = bytearray(tag)
        changed[position] ^= 1
        assert not verify_bind_tag(KEYS, sender, 3, BINDING, bytes(changed))
    for strange in (b"", tag[:-1], tag + b"\0", tag * 2):
        assert not verify_bind_tag(KEYS, sender, 3, BINDING, strange)


def test_epochs_out_of_range_are_our_own_mistake():
    for epoch in (-1, 1 << 32):
        with pytest.raises(LocalProtocolError):
            bind_tag(KEYS, Role.CLIENT, epoch, BINDING)
