"""The client's end of the line when the network under it is in doubt."""

from __future__ import annotations

import pytest
from tests.unit.core.test_room_link import TOKEN, WELCOME, Line, client, said, sent

from safesession.core import effects, inputs
from safesession.core.link_events import (
    CloseSocket,
    ConnectFailed,
    OpenSocket,
    SignOfLife,
    SocketClosed,
    SocketOpened,
    WritePing,
)
from safesession.core.link_state import LinkState
from safesession.core.patience import (
    CONNECT_LIMIT_S,
    HURRIED_CONNECT_LIMIT_S,
    PROBE_LIMIT_S,
)
from safesession.protocol import server_messages as wire


def probed() -> Line:
    """A line that stands, with an unanswered ping."""
    line = client()
    line.join()
    assert line.do(effects.ProbeServer()) == [WritePing()]
    return line


def test_a_line_that_answers_its_probe_stays() -> None:
    line = probed()
    line.wait(PROBE_LIMIT_S - 0.01)
    line.do(SignOfLife())
    assert line.wait(10.0) == []
    assert line.link.state is LinkState.JOINED


def test_a_line_that_does_not_is_renewed_at_once_and_resends() -> None:
    line = probed()
    line.do(effects.SendEnvelope(b"offer"))
    line.do(effects.ProbeServer())  # a second doubt gives no second patience
    out = line.wait(PROBE_LIMIT_S)
    down = inputs.ServerLinkChanged(up=False, retry_in_s=0.0)
    assert out == [CloseSocket(1001), down, OpenSocket()]
    line.do(SocketOpened())
    assert said(line.hear(WELCOME))[1] == wire.Resume(TOKEN, "0")
    assert sent(line.hear(wire.Joined(TOKEN, "0", peer=True, attempt=0))) == [b"offer"]


def test_a_renewed_line_hurries_until_it_stands() -> None:
    line = client()
    line.join()
    out = line.do(effects.RenewLine())
    assert out[0] == CloseSocket(1001)
    assert out[-1] == OpenSocket()
    for _ in range(8):  # no network for a while, and then another one
        line.do(ConnectFailed())
        line.wait(60.0)
    assert line.do(effects.RenewLine())[-1] == OpenSocket()
    waits = []
    for _ in range(8):  # the network is not there yet: random, growing pauses
        assert CloseSocket(1001) in line.wait(HURRIED_CONNECT_LIMIT_S)
        waits.append(line.link.deadline - line.now)
        assert line.wait(waits[-1]) == [OpenSocket()]
    assert waits[0] == pytest.approx(0.5)
    assert waits[-1] > 4.0
    line.join()
    line.do(SocketClosed(None))
    line.wait(30.0)
    line.wait(CONNECT_LIMIT_S - 0.1)
    assert line.link.state is LinkState.CONNECTING


@pytest.mark.parametrize("state", ["idle", "waiting", "connecting", "leaving"])
def test_a_doubt_in_any_other_state(state: str) -> None:
    line = client()
    if state == "idle":
        line.do(effects.CloseSignaling())
    elif state == "waiting":
        line.do(ConnectFailed())
    elif state == "leaving":
        line.join()
        line.do(effects.SendEnvelope(b"bye"))
        line.do(effects.ProbeServer())
        line.do(effects.CloseSignaling())
    assert line.do(effects.ProbeServer()) in ([], [WritePing()])
    out = line.do(effects.RenewLine())
    assert (OpenSocket() in out) == (state in ("waiting", "connecting"))
    if state == "leaving":
        assert CloseSocket(1001) in line.wait(PROBE_LIMIT_S)
        assert line.link.state is LinkState.IDLE
