"""Where a typed code or a link leads, before anything is sent.

Pure. It must never let a link choose another server than the configured one
unless the person has agreed to that server by name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from safesession.core.inputs import JoinByCode
from safesession.core.status import Problem
from safesession.crypto.invite_code import (
    CodeError,
    CodeIncompleteError,
    CodeMistypedError,
)
from safesession.crypto.invite_link import JoinRequest, parse_join_text


@dataclass(frozen=True, slots=True)
class AskServer:
    """The link names a server that the person has not agreed to yet."""

    server: str


def destination(
    event: JoinByCode, configured: str
) -> JoinRequest | AskServer | Problem:
    """Return what to join, with its server filled in, or why not.

    `configured` is this app's own server as `host[:port]`, or empty.
    """
    try:
        target = parse_join_text(event.untrusted_text)
    except CodeIncompleteError:
        return Problem.CODE_INCOMPLETE
    except CodeMistypedError:
        return Problem.CODE_MISTYPED
    except CodeError:
        return Problem.LINK_INVALID
    server = target.server or configured
    if not server:
        return Problem.SERVER_UNKNOWN
    if configured and server not in (configured, event.accepted_server):
        return AskServer(server)
    return replace(target, server=server)
