"""Takes each protection out of the product and sees the named test fail.

A test that would also pass without what it protects proves nothing. Each removal
below patches the smallest place that undoes one protection, runs the test of
test_protections that is named with it, and expects its assertion to fail.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.adversary import cases_datagrams, cases_wire
from tests.integration import test_protections as named
from tests.support.attacked_room import AttackedRoom

from safesession.core import call
from safesession.core.call import Call
from safesession.core.safety_code import SafetyCode
from safesession.core.status import Role
from safesession.crypto.bind import bind_tag
from safesession.engine.peer import seams
from safesession.engine.peer.link import PeerLink


# --- what is taken out ----------------------------------------------------------------


def bind_compared(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(call, "verify_bind_tag", lambda *_: True)


def bind_awaited(patch: pytest.MonkeyPatch) -> None:
    """The channel opens and that is enough; no tag of the peer is looked at."""
    opened, received = Call.channel_open, Call.bind_received

    def channel_open(self: Call, event: Any, now: float) -> list[Any]:
        outputs = opened(self, event, now)
        peer = self._role.other
        tag = bind_tag(self._keys, peer, self.epoch, self._binding)
        return outputs + received(self, tag, now)

    patch.setattr(Call, "channel_open", channel_open)
    patch.setattr(Call, "bind_received", lambda *_: [])


def gate_shut_by_the_adapter(patch: pytest.MonkeyPatch) -> None:
    """The connection opens its own gate as soon as it stands."""
    truly = PeerLink._on_open

    def on_open(self: PeerLink) -> None:
        self.set_gate(send=True, receive=True)
        truly(self)

    patch.setattr(PeerLink, "_on_open", on_open)


def srtp_mix(patch: pytest.MonkeyPatch) -> None:
    """The self-test would not let such a program begin; these rooms do without it."""

    def unmixed(_secret, exported, _label, _fingerprints, _length) -> bytes:
        return exported

    patch.setattr(seams, "mix_srtp_keys", unmixed)


def words_compared(patch: pytest.MonkeyPatch) -> None:
    truly = SafetyCode.pick

    def pick(self: SafetyCode, _choice: int | None, unix_now: float) -> list[Any]:
        return truly(self, self.right_choice, unix_now)

    patch.setattr(SafetyCode, "pick", pick)


def mismatch_shuts_the_gate(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Call, "hold_gate_shut", lambda _: [])


# --- which test says so --------------------------------------------------------------------


@dataclass(frozen=True)
class Removal:
    take_out: Callable[[pytest.MonkeyPatch], None]
    test: Callable[..., Awaitable[None]]
    says: str
    parameters: tuple[tuple[str, Any], ...] = ()

    @property
    def name(self) -> str:
        return f"{self.take_out.__name__}-{self.test.__name__}"


BROKEN = "frames passed without BIND"
REMOVALS = (
    Removal(
        bind_compared, named.test_a_peer_that_reflects_our_bind_gets_no_frame, BROKEN
    ),
    *(
        Removal(
            bind_compared,
            named.test_a_bind_of_something_else_gets_no_frame,
            BROKEN,
            (("of", of),),
        )
        for of in ("another connection", "another epoch")
    ),
    *(
        Removal(
            protection,
            named.test_a_peer_that_never_sends_bind_gets_no_frame,
            BROKEN,
            (("hostile", hostile),),
        )
        for protection in (bind_awaited, gate_shut_by_the_adapter)
        for hostile in Role
    ),
    Removal(
        srtp_mix,
        named.test_media_under_another_session_secret_is_not_decoded,
        "frames were decoded",
    ),
    Removal(
        words_compared,
        named.test_words_that_do_not_match_stop_sound_and_picture,
        "words that differ were taken for equal",
        (("picked", "other words"),),
    ),
    Removal(
        mismatch_shuts_the_gate,
        named.test_words_that_do_not_match_stop_sound_and_picture,
        "sound and picture go on",
        (("picked", "none of these"),),
    ),
)


@pytest.mark.parametrize("removal", REMOVALS, ids=lambda removal: removal.name)
async def test_the_named_test_fails_without(
    removal: Removal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    removal.take_out(monkeypatch)
    async with AttackedRoom(tmp_path) as attacked:
        with pytest.raises(AssertionError, match=removal.says):
            await removal.test(attacked, **dict(removal.parameters))


@pytest.mark.parametrize(
    ("take_out", "attack", "says"),
    [
        (srtp_mix, cases_datagrams.forged_sound, "forged sound was taken for genuine"),
        (srtp_mix, cases_wire.media_of_another_secret, "frames were decoded"),
        (bind_compared, cases_wire.stolen_certificates, BROKEN),
    ],
)
async def test_the_attack_on_the_wire_succeeds_without(
    take_out: Callable[[pytest.MonkeyPatch], None],
    attack: Callable[[Path], Awaitable[Any]],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_out(monkeypatch)
    with pytest.raises(AssertionError, match=says):
        await attack(tmp_path)
