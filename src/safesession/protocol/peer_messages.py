"""Messages between the two endpoints, and the frames that carry them.

Pure. A *frame* is one byte of kind and a body; it travels as the body of a relay
envelope or as one data-channel message. Signal bodies are sealed (PROTOCOL §5)
and hold one JSON message of this module. Nothing here trusts its input: bytes
become a typed message or a RemoteProtocolError.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Literal, TypeVar

import msgspec

from safesession.errors import RemoteProtocolError
from safesession.protocol.strict_json import refuse_doubled_fields


MAX_FRAME_BYTES = 60_000  # a text frame of 48 KiB and its header fit
MAX_SIGNAL_BYTES = 16_368  # the largest padding step of the sealed envelope


class FrameKind(IntEnum):
    """What a frame carries, and over which way it may come."""

    HANDSHAKE = 1  # M0..M5, relay only
    SIGNAL = 2  # sealed peer message, either way
    TEXT = 3  # sealed text frame, either way
    BIND = 4  # 32-byte tag, data channel only
    HEARTBEAT = 5  # empty, data channel only
    PATH = 6  # sealed path message, relay only


RELAY_KINDS = frozenset(
    {FrameKind.HANDSHAKE, FrameKind.SIGNAL, FrameKind.TEXT, FrameKind.PATH}
)
CHANNEL_KINDS = frozenset(
    {FrameKind.SIGNAL, FrameKind.TEXT, FrameKind.BIND, FrameKind.HEARTBEAT},
)


def pack_frame(kind: FrameKind, body: bytes = b"") -> bytes:
    """Prefix `body` with its kind."""
    return bytes([kind]) + body


def unpack_frame(
    untrusted_frame: bytes,
    allowed: frozenset[FrameKind],
) -> tuple[FrameKind, bytes]:
    """Split a frame; refuse sizes and kinds that do not belong on this way."""
    if not 1 <= len(untrusted_frame) <= MAX_FRAME_BYTES:
        raise RemoteProtocolError("frame size")
    try:
        kind = FrameKind(untrusted_frame[0])
    except ValueError:
        raise RemoteProtocolError("frame kind") from None
    if kind not in allowed:
        raise RemoteProtocolError("frame kind not allowed here")
    return kind, untrusted_frame[1:]


Epoch = Annotated[int, msgspec.Meta(ge=0, le=0xFFFF_FFFF)]
Run = Annotated[int, msgspec.Meta(ge=1, le=1000)]
Bytes32 = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Sdp = Annotated[str, msgspec.Meta(min_length=1, max_length=16_384)]
Fingerprint = Annotated[str, msgspec.Meta(pattern=r"\A([0-9A-F]{2}:){31}[0-9A-F]{2}\Z")]
Capture = Literal[
    "off",
    "starting",
    "on",
    "demo",
    "missing",
    "busy",
    "refused",
    "lost",
]


class _Message(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    tag_field="t",
):
    """Base: frozen, and unknown fields are refused."""


class Offer(_Message, frozen=True, tag="offer"):
    """The client's description of its peer connection for one epoch."""

    epoch: Epoch
    sdp: Sdp
    fingerprint: Fingerprint


class Answer(_Message, frozen=True, tag="answer"):
    """The counselor's description in reply."""

    epoch: Epoch
    sdp: Sdp
    fingerprint: Fingerprint


class MediaState(_Message, frozen=True, tag="media"):
    """What the sender's microphone and camera are doing."""

    microphone: Capture
    camera: Capture


class SafetyCommit(_Message, frozen=True, tag="sas_commit"):
    """Counselor: hash commitment to its share (PROTOCOL §7.1)."""

    run: Run
    commitment: Bytes32


class SafetyShare(_Message, frozen=True, tag="sas_share"):
    """Client: its share, sent only after the commitment."""

    run: Run
    share: Bytes32


class SafetyOpen(_Message, frozen=True, tag="sas_open"):
    """Counselor: opens the commitment."""

    run: Run
    share: Bytes32


class SafetyResult(_Message, frozen=True, tag="sas_result"):
    """Either: whether this person heard the words their screen shows."""

    run: Run
    matched: bool


class SafetyAgain(_Message, frozen=True, tag="sas_again"):
    """Either: asks for a new run after a mismatch."""

    run: Run


class PhraseAsk(_Message, frozen=True, tag="phrase_ask"):
    """Counselor: asks for the agreed phrase (PROTOCOL §7.4)."""

    run: Run
    nonce: Bytes32


class PhraseShare(_Message, frozen=True, tag="phrase_share"):
    """Client: the share made of what was typed."""

    run: Run
    share: Bytes32


class PhraseShares(_Message, frozen=True, tag="phrase_shares"):
    """Counselor: one share for each of the two phrases."""

    run: Run
    normal: Bytes32
    duress: Bytes32


class PhraseTags(_Message, frozen=True, tag="phrase_tags"):
    """Client: one proof for each share; at most one can be right."""

    run: Run
    normal: Bytes32
    duress: Bytes32


class PhraseVerdict(_Message, frozen=True, tag="phrase_verdict"):
    """Counselor: both words have one length, and duress is a pass."""

    run: Run
    verdict: Literal["pass", "fail"]


class ResumePlease(_Message, frozen=True, tag="resume"):
    """Counselor: lost the media; the client is asked to start RESUME.

    `closed`: its connection is gone for good, whatever the client still hears.
    """

    closed: bool = False


class Bye(_Message, frozen=True, tag="bye", omit_defaults=True):
    """Either: the session is over, because a person left or nobody came back."""

    why: Literal["left", "dropout"] = "left"


PeerMessage = (
    Offer
    | Answer
    | MediaState
    | SafetyCommit
    | SafetyShare
    | SafetyOpen
    | SafetyResult
    | SafetyAgain
    | ResumePlease
    | Bye
)

# Not part of PeerMessage while the apps do not offer the phrase: `decode` refuses it.
PhraseMessage = PhraseAsk | PhraseShare | PhraseShares | PhraseTags | PhraseVerdict

_T = TypeVar("_T")
_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[PeerMessage] = msgspec.json.Decoder(PeerMessage)
_phrase_decoder: msgspec.json.Decoder[PhraseMessage] = msgspec.json.Decoder(
    PhraseMessage
)


def encode(message: PeerMessage | PhraseMessage) -> bytes:
    """Return the JSON of a message, ready to be sealed."""
    return _encoder.encode(message)


def decode(untrusted_json: bytes) -> PeerMessage:
    """Turn opened bytes into a message or raise RemoteProtocolError."""
    return _decode(_decoder, untrusted_json)


def decode_phrase(untrusted_json: bytes) -> PhraseMessage:
    """Turn opened bytes into a message of the agreed phrase, or raise the same."""
    return _decode(_phrase_decoder, untrusted_json)


def _decode(decoder: msgspec.json.Decoder[_T], untrusted_json: bytes) -> _T:
    if len(untrusted_json) > MAX_SIGNAL_BYTES:
        raise RemoteProtocolError("signal size")
    try:
        message = decoder.decode(untrusted_json)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RemoteProtocolError("signal content") from None
    refuse_doubled_fields(untrusted_json)
    return message
