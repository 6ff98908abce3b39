"""What went wrong, in one sentence for the person at a terminal.

English only: windows have their own words in both languages. A sentence must
never hold a code, a name or an address.
"""

from __future__ import annotations

from typing import Final

from safesession.core.status import Problem


_SENTENCES: Final[dict[Problem, str]] = {
    Problem.SERVER_UNREACHABLE: "no server answers there; check --server.",
    Problem.SERVER_REFUSED: "the server does not speak this program's version.",
    Problem.NOT_ENROLLED: (
        "the server does not know this counselor; put an enrolment token into "
        "SAFESESSION_ENROL_TOKEN, or use --embedded."
    ),
    Problem.ACCOUNT_REVOKED: (
        "the institution has ended this counselor's access to the server."
    ),
    Problem.SERVER_UNKNOWN: "a code alone names no server; add --server.",
    Problem.CODE_MISTYPED: "the code has a typing error; nothing was sent.",
    Problem.CODE_INCOMPLETE: "the code must have 16 digits; nothing was sent.",
    Problem.LINK_INVALID: "the link cannot be read; nothing was sent.",
    Problem.CODE_UNAVAILABLE: "this code cannot be used now; ask for a new one.",
    Problem.CODE_WRONG: "the two codes do not match; nobody was met.",
    Problem.TOO_MANY_ATTEMPTS: "a wrong code was tried three times; make a new invite.",
    Problem.TRY_LATER: "the server asks to wait before the next try.",
    Problem.OPENED_ELSEWHERE: "this session was opened in another place.",
    Problem.PEER_LEFT: "the other side has left.",
    Problem.PEER_MISBEHAVED: "the other side sent what it must not; it was dropped.",
    Problem.IDENTITY_CHANGED: "the other side has another identity key than before.",
    Problem.NO_ROUTE: "no network path to the other side was found.",
    Problem.BIND_FAILED: "the line could not be proven private; nothing was sent.",
    Problem.SAFETY_CODE_MISMATCH: "the safety codes do not match; all media stopped.",
    Problem.INVITE_EXPIRED: "the invite has expired; make a new one.",
    Problem.INSTALLATION_DAMAGED: "a self-test failed; install SafeSession again.",
    Problem.INTERNAL: "something went wrong inside; the session was closed.",
}
OTHER_SERVER: Final = "the link leads to another server than --server."


def sentence(problem: Problem) -> str:
    """Return the sentence of a problem."""
    return _SENTENCES[problem]
