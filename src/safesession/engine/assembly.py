"""Puts one engine together on the running event loop, and takes it apart.

The only module of the engine that knows all its parts. It decides nothing about
a session: options in, a running `Runtime` and a `MediaPlane` out.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from safesession import __version__
from safesession.core import inputs
from safesession.core.device_state import StateStore
from safesession.core.inputs import PeerInput, SignalingInput
from safesession.core.ports import SoundProcessing
from safesession.core.session import Session
from safesession.core.session_config import SessionConfig
from safesession.core.status import Role
from safesession.crypto import self_test as crypto_self_test
from safesession.engine.enrolment import enrol
from safesession.engine.local_state import LocalState
from safesession.engine.media.plane import MediaPlane
from safesession.engine.media.processing import make_processor
from safesession.engine.media.recorder import Recorder
from safesession.engine.media.stats import (
    CallFigures,
    TransportFigures,
    call_figures,
)
from safesession.engine.peer import self_test as peer_self_test
from safesession.engine.peer.connection import PeerConnection
from safesession.engine.runtime import Runtime
from safesession.engine.server_address import server_address
from safesession.engine.signaling import SignalingConnection, make_link


_log = logging.getLogger(__name__)


class EmbeddedServerPort(Protocol):
    """A signaling server that lives and dies with this engine."""

    async def start(self) -> str:
        """Start it on a free loopback port and return its origin."""

    async def new_enrolment_token(self) -> str:
        """Return a one-use token for a counselor."""

    async def stop(self) -> None:
        """Stop it."""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What an engine is made with.

    `server_origin` is a URL like `https://relay.example.org`; empty for a client
    whose link will name the server. `embedded` replaces it. `enrolment_token` is
    used when this counselor has no account at that server yet. `make_state` is
    called on the engine's thread; without it a small file in `state_dir` is used.
    """

    role: Role
    state_dir: Path
    server_origin: str = ""
    display_name: str = ""
    embedded: EmbeddedServerPort | None = None
    make_state: Callable[[], StateStore] | None = None
    enrolment_token: str = field(default="", repr=False)
    record_dir: Path | None = None
    on_first_frame: Callable[[str], None] | None = None
    sound_processing: SoundProcessing | None = None


class Assembly:
    """One engine: state, media, runtime; made by `create`, freed by `close`."""

    def __init__(self, options: EngineOptions, origin: str) -> None:
        self.options = options
        self.origin = origin
        self._damaged = False
        self.state: StateStore = (
            options.make_state()
            if options.make_state is not None
            else LocalState(options.state_dir, os.urandom)
        )
        recorder = Recorder(options.record_dir) if options.record_dir else None
        self.media = MediaPlane(options.on_first_frame, recorder=recorder)
        self.media.audio.use(make_processor(options.sound_processing))
        self._peer: PeerConnection | None = None
        self._earlier = TransportFigures()
        self.runtime = Runtime(
            self._make_session, self._make_signaling, self._make_peer, self.state
        )

    @classmethod
    async def create(cls, options: EngineOptions) -> Assembly:
        """Start the embedded server if asked, enrol if needed, and assemble.

        A failed self-test leaves an engine whose only session has ended and says
        so; it can begin nothing.

        Raises:
            SafeSessionError: the state file cannot be used, or enrolment failed.
        """
        origin = options.server_origin
        if origin:
            origin = server_address(origin).origin
        token = options.enrolment_token
        async with AsyncExitStack() as undo:
            if options.embedded is not None:
                undo.push_async_callback(options.embedded.stop)
                origin = await options.embedded.start()
                token = await options.embedded.new_enrolment_token()
            assembly = cls(options, origin)
            undo.push_async_callback(assembly.media.close)
            undo.push_async_callback(assembly.runtime.close)
            await assembly._test_itself()
            await assembly._enrol_if_needed(token)
            assembly._take_up_invite()
            undo.pop_all()
        return assembly

    async def close(self) -> None:
        """End the session, free media, stop the embedded server."""
        await self.runtime.close()
        await self.media.close()
        if self.options.embedded is not None:
            await self.options.embedded.stop()

    async def _test_itself(self) -> None:
        """Refuse to work with libraries that do not do what we rely on."""
        try:
            crypto_self_test.run_self_test()
            await peer_self_test.run_self_test()
        except Exception as error:  # noqa: BLE001 - a broken library raises anything
            code = getattr(error, "code", type(error).__name__)
            _log.error("self-test failed: %s", code)
            self._damaged = True
            self.runtime.dispatch(inputs.InstallationDamaged())

    async def _enrol_if_needed(self, token: str) -> None:
        if self.options.role is not Role.COUNSELOR or not token:
            return
        if self._damaged:
            return  # it speaks to nobody; the one-use token stays good
        if self.state.account(self.origin) is None:
            account = await enrol(self.origin, token)
            self.state.save_account(self.origin, account)

    def _take_up_invite(self) -> None:
        """Go on waiting where an earlier start of the app stopped."""
        invites = self.state.invites
        kept = invites.kept_invite if invites is not None else None
        if kept is not None and not self._damaged:
            self.runtime.dispatch(inputs.TakeUpInvite(kept))

    # --- factories for the runtime ---------------------------------------------------

    def _make_session(self, now: float) -> Session:
        options = self.options
        # The last picture of one person must not greet the next.
        self.media.remote_video.clear()
        config = SessionConfig(
            role=options.role,
            identity=self.state.identity,
            entropy=os.urandom,
            relay_origin=server_address(self.origin).authority if self.origin else "",
            display_name=options.display_name,
            app_version=__version__,
            unix_at_zero=time.time() - now,
            wrong_attempts_by_tag=self.state.wrong_attempts,
            keeps_invites=self.state.invites is not None,
        )
        session = Session(config)
        if self._damaged:
            session.handle(inputs.InstallationDamaged(), now)
        return session

    def _make_signaling(
        self, server: str, deliver: Callable[[SignalingInput], None]
    ) -> SignalingConnection:
        origin = self._origin_of(server)
        account = None
        if self.options.role is Role.COUNSELOR:
            account = self.state.account(origin)
        return SignalingConnection(origin, make_link(origin, account), deliver)

    def _origin_of(self, server: str) -> str:
        """The configured server keeps its scheme; others get the usual one."""
        if self.origin and server_address(self.origin).authority == server:
            return self.origin
        return server_address(server).origin

    def _make_peer(self, deliver: Callable[[PeerInput], None]) -> PeerConnection:
        self._earlier = self._transport()
        self._peer = PeerConnection(self.media, deliver)
        return self._peer

    def _transport(self) -> TransportFigures:
        if self._peer is None:
            return self._earlier
        return self._earlier.followed_by(self._peer.transport_figures())

    def figures(self) -> CallFigures:
        """What was decoded, sent and spent so far."""
        return call_figures(self.media.figures.counts, self._transport())
