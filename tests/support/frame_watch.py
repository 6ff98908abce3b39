"""Counts frames that leave or are decoded without a valid BIND of their epoch.

Speech counts when it is handed over for decoding; the loudspeaker decodes later.

A witness beside the product: it looks at what passes the adapters' outermost
calls and checks each BIND tag by itself, so a gate that opens too early is seen
whoever opened it. It must never change what the product does.
"""

from __future__ import annotations

import functools
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self

import pytest
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtp import is_rtcp

from safesession.core.call import Call
from safesession.core.effects import OpenPeerConnection
from safesession.core.status import Role
from safesession.crypto.bind import bind_tag, channel_binding
from safesession.crypto.handshake import SessionKeys
from safesession.engine.media.gate import MediaGate
from safesession.engine.media.plane import MediaPlane
from safesession.engine.peer.link import PeerLink
from safesession.engine.peer.speech import SpeechPacket
from safesession.engine.peer.speech_link import SpeechLink
from safesession.protocol.peer_messages import FrameKind, pack_frame


@dataclass(eq=False)
class WatchedLink:
    """One connection of an honest end, and what it did."""

    link: PeerLink
    role: Role
    keys: SessionKeys
    present: bool = True  # no newer connection of the same end
    sent_bind: bool = False
    heard_bind: bool = False
    frames: int = 0  # sent or decoded
    leaked: int = 0  # of these, without a valid BIND of the present epoch

    @property
    def bound(self) -> bool:
        return self.sent_bind and self.heard_bind

    def is_bind_of(self, role: Role, frame: bytes) -> bool:
        dtls = self.link._dtls
        if not dtls.exporter:
            return False
        prints = [dtls.local_fingerprint, dtls.remote_fingerprint]
        if self.role is Role.COUNSELOR:
            prints.reverse()
        binding = channel_binding(*prints, dtls.exporter)
        tag = bind_tag(self.keys, role, self.link.epoch, binding)
        return frame == pack_frame(FrameKind.BIND, tag)

    def passed(self) -> None:
        """A frame left, or was decoded."""
        self.frames += 1
        if not (self.bound and self.present):
            self.leaked += 1


class FrameWatch:
    """Watches every connection made inside `with`, except those of `hostile`.

    A connection that no `Call` asked for (the self-test's, an attacker's own) is
    not watched.
    """

    def __init__(self) -> None:
        self.links: list[WatchedLink] = []
        self.hostile: set[MediaPlane] = set()
        self._keys: dict[tuple[bytes, int, Role], SessionKeys] = {}
        self._by_link: dict[PeerLink, WatchedLink] = {}
        self._by_dtls: dict[RTCDtlsTransport, WatchedLink] = {}
        self._by_gate: dict[MediaGate | None, WatchedLink] = {}
        self._giving: ContextVar[MediaGate | None] = ContextVar("giving")
        self._patches = pytest.MonkeyPatch()

    @property
    def leaked(self) -> int:
        """Frames sent or decoded without a valid BIND of the present epoch."""
        return sum(seen.leaked for seen in self.links if not self._hostile(seen))

    @property
    def bound(self) -> int:
        """How many connections of honest ends were bound."""
        return sum(seen.bound for seen in self.links if not self._hostile(seen))

    def _hostile(self, seen: WatchedLink) -> bool:
        return seen.link._plane in self.hostile

    def __enter__(self) -> Self:
        self._watch_calls()
        self._watch_links()
        self._watch_frames()
        return self

    def __exit__(self, *_: object) -> None:
        self._patches.undo()

    # --- where the product is watched ------------------------------------------------

    def _watch_calls(self) -> None:
        watch, begin = self, Call.__init__

        def init(call: Call, role: Role, epoch: int, keys: SessionKeys) -> None:
            watch._keys[keys.session_secret, epoch, role] = keys
            begin(call, role, epoch, keys)

        self._patches.setattr(Call, "__init__", init)

    def _watch_links(self) -> None:
        watch = self
        begin, send, heard = PeerLink.__init__, PeerLink.send, PeerLink._on_message

        def init(link: PeerLink, effect: OpenPeerConnection, *rest: Any, **more: Any):
            begin(link, effect, *rest, **more)
            watch._begun(link, effect)

        def noting_send(link: PeerLink, body: bytes) -> None:
            seen = watch._by_link.get(link)
            if seen is not None and seen.is_bind_of(seen.role, body):
                seen.sent_bind = True
            send(link, body)

        def noting_message(link: PeerLink, message: bytes | str) -> None:
            seen = watch._by_link.get(link)
            if seen is not None and isinstance(message, bytes):
                seen.heard_bind |= seen.is_bind_of(seen.role.other, message)
            heard(link, message)

        self._patches.setattr(PeerLink, "__init__", init)
        self._patches.setattr(PeerLink, "send", noting_send)
        self._patches.setattr(PeerLink, "_on_message", noting_message)

    def _begun(self, link: PeerLink, effect: OpenPeerConnection) -> None:
        role = Role.CLIENT if effect.offerer else Role.COUNSELOR
        keys = self._keys.get((effect.session_secret, effect.epoch, role))
        if keys is None:
            return
        for earlier in self.links:
            if earlier.link._plane is link._plane:
                earlier.present = False
        seen = WatchedLink(link, role, keys)
        self.links.append(seen)
        self._by_link[link] = self._by_dtls[link._dtls] = seen
        self._by_gate[link._gate] = seen

    def _watch_frames(self) -> None:
        watch = self
        send = RTCDtlsTransport._send_rtp
        drain, decoded = PeerLink._drain, MediaPlane.decoded
        on_speech, hear = SpeechLink._on_speech, MediaPlane.hear

        @functools.wraps(send)  # the product's own check reads its signature
        async def noting_send(transport: RTCDtlsTransport, data: bytes) -> None:
            seen = watch._by_dtls.get(transport)
            if seen is not None and not is_rtcp(data):
                seen.passed()
            await send(transport, data)

        async def noting_drain(link: PeerLink, track: Any) -> None:
            watch._giving.set(link._gate)  # a task has a context of its own
            await drain(link, track)

        def noting_decoded(plane: MediaPlane) -> None:
            watch._given()
            decoded(plane)

        def noting_speech(speech: SpeechLink, packet: SpeechPacket) -> None:
            token = watch._giving.set(speech._gate)
            try:
                on_speech(speech, packet)
            finally:
                watch._giving.reset(token)

        def noting_hear(plane: MediaPlane, *speech: Any) -> None:
            watch._given()
            hear(plane, *speech)

        # Below the product's gate: what arrives here is encrypted and goes out.
        self._patches.setattr(RTCDtlsTransport, "_send_rtp", noting_send)
        self._patches.setattr(PeerLink, "_drain", noting_drain)
        self._patches.setattr(MediaPlane, "decoded", noting_decoded)
        self._patches.setattr(SpeechLink, "_on_speech", noting_speech)
        self._patches.setattr(MediaPlane, "hear", noting_hear)

    def _given(self) -> None:
        """The plane was given a picture, or speech to decode in its turn."""
        seen = self._by_gate.get(self._giving.get(None))
        if seen is not None:
            seen.passed()
