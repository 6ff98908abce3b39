"""Whose connection a trusted proxy carries, from its X-Forwarded-For header.

Pure. Only what trusted proxies wrote themselves counts: the list is read from its
end, and the first address that is none of theirs is the client. Whatever stands
before it the client may have invented.
"""

from __future__ import annotations

import ipaddress
import re


Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_HEADER = b"x-forwarded-for"


def is_trusted(address: str, proxies: tuple[Network, ...]) -> bool:
    """Say whether an address is one of the proxies'."""
    parsed = _parse(address) if proxies else None
    return parsed is not None and _among(parsed, proxies)


def client_address(untrusted_head: bytes, proxies: tuple[Network, ...]) -> str | None:
    """Return the client's address out of a request head that a proxy passed on.

    None when the head names nobody but proxies, or what stands where the client
    should is no address: then the proxy itself is the best that is known.
    """
    for entry in reversed(_entries(untrusted_head)):
        address = _parse(entry)
        if address is None:
            return None
        if not _among(address, proxies):
            return str(address)
    return None


def _entries(head: bytes) -> list[str]:
    entries: list[str] = []
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == _HEADER:
            entries += value.decode("latin-1").split(",")
    return [entry.strip() for entry in entries]


def _parse(text: str) -> _Address | None:
    bracketed = re.fullmatch(r"\[([^\]]+)\](:\d{1,5})?", text)
    with_port = re.fullmatch(r"([0-9.]+):\d{1,5}", text)
    found = bracketed or with_port
    try:
        address = ipaddress.ip_address((found[1] if found else text).partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _among(address: _Address, proxies: tuple[Network, ...]) -> bool:
    return any(address in network for network in proxies)
