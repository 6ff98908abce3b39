"""One aiortc peer connection: one epoch, one session secret, one data channel.

Everything here runs on the event loop. A link reports news through `deliver` and
decides nothing; it must never open its own media gate, and after `close` it must
leave no task, thread or socket behind.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import av
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCDataChannel,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError

from safesession.core.effects import (
    ApplyRemoteDescription,
    DropPath,
    OpenPath,
    OpenPeerConnection,
    UsePath,
)
from safesession.core.inputs import (
    ChannelProgress,
    ControlChannelOpen,
    ControlReceived,
    LocalDescription,
    PathQuiet,
    PathSilent,
    PeerConnectionLost,
    PeerInput,
    QualityMeasured,
)
from safesession.engine.media.gate import MediaGate, SendGate
from safesession.engine.media.plane import MediaPlane
from safesession.engine.media.stats import TransportFigures
from safesession.engine.media.tracks import CameraTrack, MicrophoneTrack
from safesession.engine.peer import description, path, path_swap, seams, speech
from safesession.engine.peer.fresh_path import FreshPath
from safesession.engine.peer.ice_servers import ice_servers
from safesession.engine.peer.path import PathNews
from safesession.engine.peer.speech_link import SpeechLink
from safesession.tasks import spawn


logger = logging.getLogger(__name__)

CHANNEL_LABEL = "ss1"
CONNECT_LIMIT_S = 15.0
CLOSE_LIMIT_S = 2.0
MEASURE_EVERY_S = 1.0
PROGRESS_EVERY_S = 0.5
SETTLED_S = 0.5
_CODECS = {"audio": (speech.RED, speech.OPUS), "video": ("video/vp8", "video/rtx")}


class PeerLink:
    """A connection being made, living or closed. Speaks of its own epoch only."""

    def __init__(
        self,
        effect: OpenPeerConnection,
        plane: MediaPlane,
        deliver: Callable[[PeerInput], None],
        *,
        connect_limit_s: float = CONNECT_LIMIT_S,
    ) -> None:
        self.epoch = effect.epoch
        self._offerer = effect.offerer
        self._plane = plane
        self._deliver = deliver
        self._connect_limit_s = connect_limit_s
        self._gate = MediaGate()
        self._channel: RTCDataChannel | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._over = False  # lost was reported, or close began: say nothing more
        self._rtt_ms: float | None = None
        self._progress_at_s = float("-inf")
        self._tasks: set[asyncio.Task[Any]] = set()
        self._microphone = MicrophoneTrack(plane.audio, self._gate)
        self._camera = CameraTrack(plane.camera, self._gate)
        self._connection = seams.QuietPeerConnection(_configuration(effect))
        with seams.keyed_by(effect.session_secret):
            self._add_tracks()
        self._dtls = seams.dtls_transport(self._connection)
        self._pictures = seams.picture_sender(self._connection)
        self._speech = SpeechLink(
            *seams.speech_ends(self._connection),
            plane,
            self._gate,
            received_bytes=lambda: seams.transport_bytes(self._dtls)[1],
            on_pictures=self._limit_pictures,
        )
        self._paths = FreshPath(self._dtls, self.epoch, self._tell, self._on_swapped)
        self._listen()

    def _add_tracks(self) -> None:
        for track in (self._microphone, self._camera):
            transceiver = self._connection.addTransceiver(track, "sendrecv")
            known = RTCRtpSender.getCapabilities(track.kind).codecs
            wanted = _CODECS[track.kind]
            transceiver.setCodecPreferences(
                [c for c in known if c.mimeType.lower() in wanted]
            )

    def _listen(self) -> None:
        self._connection.on("track", self._on_track)
        self._connection.on("datachannel", self._on_channel)
        self._dtls.on("statechange", self._on_state)
        self._dtls.on_channel_data = self._on_channel_data
        self._dtls.transport.on("statechange", self._on_state)
        if self._offerer:
            # In-band and after the tracks: a bundled answerer never sees a
            # negotiated channel open.
            self._on_channel(self._connection.createDataChannel(CHANNEL_LABEL))

    # --- orders ---

    def start(self) -> None:
        """Begin: an offerer makes its offer, an answerer waits for one."""
        if self._offerer:
            self._run(self._offer(), "offer")

    def apply(self, effect: ApplyRemoteDescription) -> None:
        """Take the peer's checked description; an offer is answered."""
        self._run(self._apply(effect.kind, effect.sdp), "description")

    def send(self, body: bytes) -> None:
        """Send one message; a channel that is not open loses it, and says so."""
        if self._channel is not None and self._channel.readyState == "open":
            self._channel.send(body)
        else:
            logger.warning("a control message found no open channel")

    def set_gate(self, *, send: bool, receive: bool) -> None:
        """Let media through or not, at once."""
        if self._over:
            return
        opened = send and self._gate.send is not SendGate.OPEN
        stopped = self._gate.receive and not receive
        self._gate.set(send=send, receive=receive)
        self._dtls.media_in = receive
        match self._gate.send:
            case SendGate.OPEN:
                self._dtls.media_out = seams.MediaOut.ALL
            case SendGate.SILENT:
                self._dtls.media_out = seams.MediaOut.AUDIO
            case SendGate.SHUT:
                self._dtls.media_out = seams.MediaOut.NOTHING
        if opened:
            for sender in self._connection.getSenders():
                seams.force_key_frame(sender)
        if stopped:
            self._plane.interrupted()
        if receive and self._dtls.blocked_in_ssrcs:
            self._run(self._catch_up(), "key-frame")

    def lead(self, effect: OpenPath | UsePath | DropPath) -> None:
        """Make another path under this connection, or forget it."""
        if self._over:
            return
        match effect:
            case OpenPath():
                self._paths.open(effect)
            case UsePath():
                self._paths.use(effect)
            case DropPath():
                self._paths.drop(effect.generation)

    async def close(self) -> None:
        """Free everything within two seconds; nothing is delivered any more."""
        self._shut()
        await self._paths.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._microphone.stop()
        self._camera.stop()
        try:
            async with asyncio.timeout(CLOSE_LIMIT_S):
                await self._connection.close()
        except TimeoutError:
            logger.warning("the peer connection did not close in time")
        seams.close_sockets(self._dtls.transport)

    # --- making the connection ---

    async def _offer(self) -> None:
        try:
            offer = await self._connection.createOffer()
            await self._connection.setLocalDescription(offer)
        except OSError:  # no socket could be had
            self._lose("no_route")
            return
        self._report_description()

    async def _apply(self, kind: str, untrusted_sdp: str) -> None:
        try:
            await self._connection.setRemoteDescription(
                RTCSessionDescription(sdp=untrusted_sdp, type=kind)
            )
            if kind == "offer":
                answer = await self._connection.createAnswer()
                await self._connection.setLocalDescription(answer)
                self._report_description()
        except Exception:  # noqa: BLE001 - aiortc raises whatever a bad SDP hits
            self._lose("description")
            return
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self._connect_limit_s, self._on_deadline)

    def _report_description(self) -> None:
        local = self._connection.localDescription
        fingerprint = next(
            f.value.upper()
            for f in self._dtls.getLocalParameters().fingerprints
            if f.algorithm == "sha-256"
        )
        sdp = description.tidy(local.sdp)
        self._tell(LocalDescription(self.epoch, local.type, sdp, fingerprint))

    def _on_deadline(self) -> None:
        ice_done = self._dtls.transport.state == "completed"
        self._lose("dtls" if ice_done else "no_route")

    def _on_state(self) -> None:
        if self._dtls.state == "failed":
            self._lose("dtls")
        elif self._dtls.state == "closed":
            self._lose("closed")
        elif self._dtls.transport.state == "failed":
            self._lose("no_route")

    # --- the data channel ---

    def _on_channel(self, channel: RTCDataChannel) -> None:
        if self._channel is not None or channel.label != CHANNEL_LABEL:
            logger.warning("the peer opened a channel that is not ours")
            channel.close()
            return
        self._channel = channel
        channel.on("message", self._on_message)
        channel.on("close", lambda: self._lose("closed"))
        if channel.readyState == "open":
            self._on_open()
        else:
            channel.on("open", self._on_open)

    def _on_open(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._run(self._measure(), "measure")
        self._run(self._speech.report(), "speech-report")
        self._run(path.keep_watching(self._connection, self._on_path), "path")
        self._run(self._plane.keep_listening(), "listen")
        self._tell(
            ControlChannelOpen(
                self.epoch,
                self._dtls.local_fingerprint,
                self._dtls.remote_fingerprint,
                self._dtls.exporter,
            )
        )

    def _on_message(self, message: bytes | str) -> None:
        body = message.encode() if isinstance(message, str) else bytes(message)
        self._tell(ControlReceived(self.epoch, body))

    def _on_channel_data(self) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s >= self._progress_at_s + PROGRESS_EVERY_S:
            self._progress_at_s = now_s
            self._tell(ChannelProgress(self.epoch))

    # --- the path ---

    def _on_path(self, news: PathNews) -> None:
        quiet = news is PathNews.QUIET
        self._tell(PathQuiet(self.epoch) if quiet else PathSilent(self.epoch))

    def _on_swapped(self) -> None:
        self._run(self._begin_on_another_path(), "swapped")

    async def _begin_on_another_path(self) -> None:
        self._speech.another_path()
        self._plane.audio.another_path()
        await path.use_at_once(self._connection)
        await asyncio.sleep(SETTLED_S)  # a few packets came the old way meanwhile
        self._plane.audio.another_path()

    @property
    def address_in_use(self) -> str:
        """This machine's address of the present path, or an empty string."""
        return path_swap.address_in_use(self._dtls)

    # --- media of the peer ---

    def _on_track(self, track: MediaStreamTrack) -> None:
        self._run(self._drain(track), f"drain-{track.kind}")

    async def _drain(self, track: MediaStreamTrack) -> None:
        """Take every decoded picture: a waiting one would grow aiortc's queue."""
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            if not isinstance(frame, av.VideoFrame):
                raise TypeError("a decoder yielded no picture")
            self._plane.decoded()
            if self._gate.receive:
                self._plane.show(frame)

    async def _catch_up(self) -> None:
        """Pictures were dropped before the gate opened: ask for a key frame."""
        missed, self._dtls.blocked_in_ssrcs = self._dtls.blocked_in_ssrcs, set()
        for receiver in self._connection.getReceivers():
            if receiver.track.kind == "video":
                await seams.request_key_frames(receiver, missed)

    def _limit_pictures(self, bps: int | None) -> None:
        """Let pictures take no more than speech leaves; 0 holds them."""
        self._pictures.limit(bps)
        self._camera.pace(self._pictures.fps)
        self._camera.hold(bps == 0)

    # --- figures ---

    def figures(self) -> TransportFigures:
        """What this connection's transport did so far."""
        sent, received = seams.transport_bytes(self._dtls)
        return TransportFigures(
            rtt_ms=self._rtt_ms,
            path=seams.nominated_path(self._dtls.transport),
            bytes_sent=sent,
            bytes_received=received,
            rtp_packets_sent=self._dtls.sent_rtp_packets,
            rtp_packets_received=self._dtls.received_rtp_packets,
        )

    async def _measure(self) -> None:
        """Report the quality once a second until the link is over."""
        loop = asyncio.get_running_loop()
        before, before_s = self.figures(), loop.time()
        while True:
            await asyncio.sleep(MEASURE_EVERY_S)
            for sender in self._connection.getSenders():
                rtt_s = await _round_trip_s(sender)
                if rtt_s is not None:
                    # aiortc takes wall time: a clock step may turn it negative.
                    self._rtt_ms = max(0.0, rtt_s * 1000)
            now, now_s = self.figures(), loop.time()
            bits_per_s = 8 / (now_s - before_s)
            sent = (now.bytes_sent - before.bytes_sent) * bits_per_s
            received = (now.bytes_received - before.bytes_received) * bits_per_s
            before, before_s = now, now_s
            self._tell(
                QualityMeasured(
                    rtt_ms=now.rtt_ms,
                    path=now.path,
                    received_fps=self._plane.received_fps(),
                    sent_bitrate_bps=int(sent),
                    received_bitrate_bps=int(received),
                )
            )

    # --- the end ---

    def _tell(self, news: PeerInput) -> None:
        if not self._over:
            self._deliver(news)

    def _lose(self, reason: str) -> None:
        if self._over:
            return
        self._shut()
        self._deliver(PeerConnectionLost(self.epoch, reason))

    def _shut(self) -> None:
        self._over = True
        if self._deadline is not None:
            self._deadline.cancel()
        if self._gate.receive:
            self._plane.interrupted()
        self._gate.close()
        self._dtls.media_in = False
        self._dtls.media_out = seams.MediaOut.NOTHING

    def _run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        if self._over:
            work.close()
            return
        task = spawn(work, name=f"peer-{self.epoch}-{name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _round_trip_s(sender: RTCRtpSender) -> float | None:
    """Return the RTT of the peer's last receiver report, None before one came."""
    for report in (await sender.getStats()).values():
        if report.type == "remote-inbound-rtp" and report.roundTripTime is not None:
            return float(report.roundTripTime)
    return None


def _configuration(effect: OpenPeerConnection) -> RTCConfiguration:
    servers = ice_servers(effect.turn_urls, effect.turn_username, effect.turn_password)
    # An empty list, never None: aiortc would ask a public STUN server.
    return RTCConfiguration(iceServers=servers, bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
