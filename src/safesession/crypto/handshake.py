"""The pairing and session handshake, M0 to M5 (PROTOCOL §4).

The client is always `Initiator`, the counselor always `Responder`. Each is an
explicit state machine with one transition table and is used once. Bytes from
outside raise only `HandshakeError` and end the machine in FAILED (a machine that
is DONE stays DONE: its keys are agreed). Calling a step of our own out of order
raises LocalProtocolError. Nothing here may fall back to another mode or suite.

    counselor                              client
    offer()            -- M0 (PAIR) -->    start(M0)
    receive_m1(M1)     <-- M1 ---------
                       -- M2 --------->    receive_m2(M2)
    receive_m3(M3)     <-- M3 ---------    the client proves the code first
                       -- M4 --------->    receive_m4(M4)
    receive_m5(M5)     <-- M5 ---------    only now the pair is active
"""

from safesession.crypto.handshake_access import (
    Access,
    PairAccess,
    ResumeAccess,
    SessionAccess,
    handshake_context,
    pair_context,
)
from safesession.crypto.handshake_initiator import Initiator
from safesession.crypto.handshake_machine import (
    INITIATOR_TRANSITIONS,
    RESPONDER_TRANSITIONS,
    InitiatorEvent,
    InitiatorState,
    ResponderEvent,
    ResponderState,
)
from safesession.crypto.handshake_messages import (
    M0,
    HandshakeError,
    HandshakeFailure,
    Mode,
    message_number,
)
from safesession.crypto.handshake_responder import Responder
from safesession.crypto.session_keys import SessionKeys


__all__ = [
    "INITIATOR_TRANSITIONS",
    "M0",
    "RESPONDER_TRANSITIONS",
    "Access",
    "HandshakeError",
    "HandshakeFailure",
    "Initiator",
    "InitiatorEvent",
    "InitiatorState",
    "Mode",
    "PairAccess",
    "Responder",
    "ResponderEvent",
    "ResponderState",
    "ResumeAccess",
    "SessionAccess",
    "SessionKeys",
    "handshake_context",
    "message_number",
    "pair_context",
]
