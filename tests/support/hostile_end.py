"""Turns one real engine into a hostile peer: it knows all keys and lies with them.

The engine pairs and connects as the product does; what it sends on the data
channel, under which secret it keys its media, and its own media gate are the
test's. Only an authenticated peer can do any of this.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.support.real_pair import End

from safesession.core.call import Call
from safesession.core.effects import (
    OpenPeerConnection,
    PeerEffect,
    SendControl,
    SetMediaGate,
)
from safesession.core.inputs import ControlChannelOpen, ControlReceived, PeerInput
from safesession.engine.peer.connection import PeerConnection
from safesession.protocol.peer_messages import FrameKind


class HostileEnd:
    """What `end` does instead of its duty; set the hooks before it connects."""

    def __init__(self, end: End) -> None:
        self.end = end
        self.connection: PeerConnection
        self.frames: Callable[[bytes], list[bytes]] = lambda body: [body]
        self.heard: Callable[[bytes], None] = lambda body: None
        self.session_secret: bytes | None = None
        self.sends_before_bind = False  # sound and pictures leave at once
        self._make_peer = end.assembly.runtime._make_peer
        end.assembly.runtime._make_peer = self._make

    @property
    def call(self) -> Call:
        return self.end.assembly.runtime.session._encounter._call

    def _make(self, deliver: Callable[[PeerInput], None]) -> PeerConnection:
        self.connection = self._make_peer(lambda news: self._deliver(deliver, news))
        self._execute_truly = self.connection.execute
        self.connection.execute = self._execute
        return self.connection

    def _deliver(self, deliver: Callable[[PeerInput], None], news: PeerInput) -> None:
        if isinstance(news, ControlChannelOpen) and self.sends_before_bind:
            self.open_gate(news.epoch)
        if isinstance(news, ControlReceived):
            self.heard(news.untrusted_body)
        deliver(news)

    def _execute(self, effect: PeerEffect) -> None:
        match effect:
            case OpenPeerConnection() if self.session_secret is not None:
                self._execute_truly(replace(effect, session_secret=self.session_secret))
            case SendControl():
                for body in self.frames(effect.body):
                    self._execute_truly(SendControl(effect.epoch, body))
            case SetMediaGate() if self.sends_before_bind:
                self.open_gate(effect.epoch)
            case _:
                self._execute_truly(effect)

    def open_gate(self, epoch: int) -> None:
        self._execute_truly(SetMediaGate(epoch, send=True, receive=True))

    def send(self, body: bytes) -> None:
        self._execute_truly(SendControl(self.call.epoch, body))


def is_bind(body: bytes) -> bool:
    return body[:1] == bytes([FrameKind.BIND.value])
