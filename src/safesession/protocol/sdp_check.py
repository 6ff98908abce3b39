"""Refuse a peer's SDP unless it is exactly what our own endpoint writes.

Pure, and run before any WebRTC code sees the text (PROTOCOL §5). It never
repairs: a description passes whole or raises RemoteProtocolError.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Literal

from safesession.errors import RemoteProtocolError


MAX_SDP_BYTES = 16_384
MAX_CANDIDATES = 32
EXPECTED_MEDIA = (
    ("audio", "UDP/TLS/RTP/SAVPF"),
    ("video", "UDP/TLS/RTP/SAVPF"),
    ("application", "UDP/DTLS/SCTP"),
)
_SETUP = {"offer": "actpass", "answer": "active"}
# Attributes our endpoint writes. Anything else (a=crypto, a=identity, …) is refused.
_ATTRIBUTES = frozenset(
    {
        "candidate",
        "end-of-candidates",
        "extmap",
        "fingerprint",
        "fmtp",
        "group",
        "ice-lite",
        "ice-options",
        "ice-pwd",
        "ice-ufrag",
        "max-message-size",
        "mid",
        "msid",
        "msid-semantic",
        "rtcp",
        "rtcp-fb",
        "rtcp-mux",
        "rtpmap",
        "sctp-port",
        "sendrecv",
        "setup",
        "ssrc",
        "ssrc-group",
    },
)
_MEDIA = re.compile(r"^m=(\S+) \d{1,5} (\S+) \S")
_CANDIDATE = re.compile(
    r"^[A-Za-z0-9+/]{1,64} [12] (udp|tcp) \d{1,10} (\S{1,64}) (\d{1,5}) "
    r"typ (host|srflx|prflx|relay)( \S+){0,12}$",
    re.IGNORECASE,
)


def _need(condition: object, why: str) -> None:
    if not condition:
        raise RemoteProtocolError(f"sdp: {why}")


def check_sdp(
    untrusted_sdp: str,
    kind: Literal["offer", "answer"],
    fingerprint: str,
    *,
    relay_only: bool = False,
) -> str:
    """Return the SDP unchanged if it is acceptable.

    Args:
        untrusted_sdp: text from inside a sealed envelope.
        kind: decides the DTLS role that must be offered (RFC 8842).
        fingerprint: the sha-256 fingerprint sent beside the SDP; every media
            section must carry it and no other.
        relay_only: refuse candidates that are not relayed.

    Raises:
        RemoteProtocolError: with the first rule that does not hold.
    """
    _need(len(untrusted_sdp.encode("utf-8", "replace")) <= MAX_SDP_BYTES, "size")
    _need(untrusted_sdp.isascii(), "not ASCII")
    _need("\0" not in untrusted_sdp, "NUL")
    lines = untrusted_sdp.replace("\r\n", "\n").split("\n")
    _need("\r" not in "".join(lines), "bare CR")
    # WebRTC's parser ends lines at more characters than we do.
    _need(all(line.isprintable() for line in lines), "control character")
    while lines and not lines[-1]:
        lines.pop()
    _need(lines and lines[0] == "v=0", "version")
    sections = _sections(lines)
    media = tuple(_MEDIA.match(section[0]) for section in sections[1:])
    found = tuple(m and m.group(1, 2) for m in media)
    _need(found == EXPECTED_MEDIA, "media sections")
    for section in sections:
        for line in section:
            _check_line(line)
    candidates = [line for line in lines if line.startswith("a=candidate:")]
    _need(len(candidates) <= MAX_CANDIDATES, "too many candidates")
    for line in candidates:
        check_candidate(line[len("a=candidate:") :], relay_only=relay_only)
    for section in sections[1:]:
        _check_section(section, kind, fingerprint)
    _need(
        all(
            line == f"a=fingerprint:sha-256 {fingerprint}"
            for line in lines
            if line.startswith("a=fingerprint:")
        ),
        "foreign fingerprint",
    )
    return untrusted_sdp


def _sections(lines: list[str]) -> list[list[str]]:
    sections: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line)
    return sections


def _check_line(line: str) -> None:
    _need(len(line) <= 1024 and len(line) >= 2 and line[1] == "=", "line form")  # noqa: PLR2004 - "x="
    if line[0] != "a":
        _need(line[0] in "vostcmb", "line type")
        return
    name = line[2:].split(":", 1)[0]
    _need(name in _ATTRIBUTES, "unknown attribute")


def check_candidate(untrusted_value: str, *, relay_only: bool = False) -> None:
    """Refuse an ICE candidate that is not well-formed, or names no address.

    Raises:
        RemoteProtocolError: with the first rule that does not hold.
    """
    found = _CANDIDATE.match(untrusted_value)
    if found is None:
        raise RemoteProtocolError("sdp: candidate form")
    _transport, address, port, typ = found.group(1, 2, 3, 4)
    try:
        ipaddress.ip_address(address)
    except ValueError:
        raise RemoteProtocolError("sdp: candidate address") from None
    _need(int(port) <= 65_535, "candidate port")  # noqa: PLR2004 - the port range
    _need(not relay_only or typ.lower() == "relay", "candidate not relayed")


def _check_section(section: list[str], kind: str, fingerprint: str) -> None:
    _need(section.count(f"a=fingerprint:sha-256 {fingerprint}") == 1, "fingerprint")
    setups = [line for line in section if line.startswith("a=setup:")]
    _need(setups == [f"a=setup:{_SETUP[kind]}"], "setup role")
    _need(
        any(re.fullmatch(r"a=ice-pwd:[A-Za-z0-9+/]{22,256}", line) for line in section),
        "ice-pwd",
    )
    _need(
        any(
            re.fullmatch(r"a=ice-ufrag:[A-Za-z0-9+/]{4,256}", line) for line in section
        ),
        "ice-ufrag",
    )
