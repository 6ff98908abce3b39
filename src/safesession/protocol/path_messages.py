"""What two endpoints say past a dead channel: of another path, and of a dropout.

Pure. An *end* is what ICE needs of one side: a name, a password and addresses to
try. It travels only sealed (PROTOCOL §5), and nothing here trusts it even then:
addresses are checked as those of a description are, before any WebRTC code.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from safesession.errors import RemoteProtocolError
from safesession.protocol.sdp_check import check_candidate
from safesession.protocol.strict_json import refuse_doubled_fields


MAX_PATH_BYTES = 4096 - 2  # a padding step of the sealed envelope
MAX_CANDIDATES = 10
MAX_GENERATION = 1_000_000

Generation = Annotated[int, msgspec.Meta(ge=1, le=MAX_GENERATION)]
Name = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9+/]{4,32}\Z")]
Password = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9+/]{22,64}\Z")]
Candidate = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Candidates = Annotated[
    tuple[Candidate, ...], msgspec.Meta(min_length=1, max_length=MAX_CANDIDATES)
]


class PathEnd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One side of a path: its ICE name and password, and where it may be reached."""

    name: Name
    password: Password
    candidates: Candidates

    def __repr__(self) -> str:
        """Hide the password: reprs end up in logs."""
        return f"PathEnd({len(self.candidates)} candidates)"


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="t"):
    """Base: frozen, and unknown fields are refused."""

    generation: Generation
    end: PathEnd


class PathOffer(_Message, frozen=True, tag="path_offer"):
    """Either: let us try this path beside the present one."""


class PathAnswer(_Message, frozen=True, tag="path_answer"):
    """Either: the other end of the path that was offered under this number."""


class Away(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    tag_field="t",
    tag="away",
):
    """Either: has not heard the other for that long."""

    for_ms: Annotated[int, msgspec.Meta(ge=0, le=900_000)]


PathMessage = PathOffer | PathAnswer
Overtaking = PathMessage | Away

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Overtaking] = msgspec.json.Decoder(Overtaking)


def encode_path(message: Overtaking) -> bytes:
    """Return the JSON of a message, ready to be sealed."""
    return _encoder.encode(message)


def decode_path(untrusted_json: bytes) -> Overtaking:
    """Turn opened bytes into a message or raise RemoteProtocolError."""
    if len(untrusted_json) > MAX_PATH_BYTES:
        raise RemoteProtocolError("path size")
    try:
        message = _decoder.decode(untrusted_json)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RemoteProtocolError("path content") from None
    refuse_doubled_fields(untrusted_json)
    if isinstance(message, Away):
        return message
    for candidate in message.end.candidates:
        _check(candidate)
    return message


def _check(untrusted_candidate: str) -> None:
    if not (untrusted_candidate.isascii() and untrusted_candidate.isprintable()):
        raise RemoteProtocolError("path candidate characters")
    check_candidate(untrusted_candidate)
    _, component, transport, *_rest = untrusted_candidate.split(" ")
    if component != "1" or transport.lower() != "udp":
        raise RemoteProtocolError("path candidate kind")
