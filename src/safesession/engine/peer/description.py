"""What an SDP of ours says, and no more (PROTOCOL, binding WebRTC).

aiortc writes three fingerprints per section and as many candidates as there are
addresses; the peer accepts one sha-256 fingerprint and 32 candidates.
"""

from __future__ import annotations


MAX_CANDIDATES_PER_SECTION = 10  # three sections, 32 in all
_CANDIDATE = "a=candidate:"
_FINGERPRINT = "a=fingerprint:"
_KEPT_FINGERPRINT = "a=fingerprint:sha-256 "
_SERVER_TYPES = ("relay", "srflx")


def tidy(sdp: str) -> str:
    """Return our own SDP with sha-256 fingerprints and few candidates only."""
    kept: list[str] = []
    section: list[str] = []
    for line in sdp.splitlines():
        if line.startswith(_CANDIDATE):
            section.append(line)
            continue
        if section:
            kept += few(section, MAX_CANDIDATES_PER_SECTION)
            section = []
        if line.startswith(_FINGERPRINT) and not line.startswith(_KEPT_FINGERPRINT):
            continue
        kept.append(line)
    kept += few(section, MAX_CANDIDATES_PER_SECTION)
    return "\r\n".join(kept) + "\r\n"


def few(candidates: list[str], most: int) -> list[str]:
    """Keep every server's candidate and the first host addresses."""
    if len(candidates) <= most:
        return candidates
    servers = [c for c in candidates if _type(c) in _SERVER_TYPES][:most]
    room = most - len(servers)
    hosts = [c for c in candidates if _type(c) not in _SERVER_TYPES][:room]
    return [c for c in candidates if c in servers or c in hosts]


def _type(candidate: str) -> str:
    words = candidate.split()
    return words[words.index("typ") + 1] if "typ" in words[:-1] else ""
