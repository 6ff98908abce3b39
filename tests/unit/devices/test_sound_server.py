"""What the sound server is asked when Qt stays silent."""

from __future__ import annotations

import pytest

from safesession.devices import sound_server
from safesession.devices.sound_server import ServerWatch


@pytest.mark.parametrize(
    ("connections", "answers"),
    [
        # No PulseAudio here (another system, another backend).
        (["", "", ""], [True, True, True]),
        (["ab", "ab"], [True, True]),
        # The second connection is made by the first stream.
        (["a", "ab", "ab"], [True, True, True]),
        # Down, half back, back: not before it has stood for one question.
        (["ab", "", "", "c", "cd", "cd"], [True, False, False, False, False, True]),
        (["ab", "cd", "cd"], [True, False, True]),
        # An attempt to reconnect that failed in between.
        (["ab", "", "cd", "ef", "ef"], [True, False, False, False, True]),
    ],
)
def test_ready(
    monkeypatch: pytest.MonkeyPatch, connections: list[str], answers: list[bool]
) -> None:
    watch = ServerWatch()
    got = []
    for threads in connections:
        monkeypatch.setattr(
            sound_server, "_connections", lambda now=threads: frozenset(now)
        )
        got.append(watch.ready())
    assert got == answers
