"""Refusal of what typed decoding lets pass: a field that is there twice.

Pure. RFC 8259 leaves open which of two equal names counts; two readers that choose
differently can be played against each other. It must never be the first check: the
typed decoder has bounded shape and depth by then.
"""

from __future__ import annotations

import json
from typing import Any

from safesession.errors import RemoteProtocolError


def refuse_doubled_fields(untrusted_json: bytes) -> None:
    """Look through text that a typed decoder has accepted.

    Raises:
        RemoteProtocolError: some object in it names a field twice.
    """
    try:
        json.loads(untrusted_json.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        # Not chained: the cause may quote the input.
        raise RemoteProtocolError("doubled field") from None


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("doubled field")
