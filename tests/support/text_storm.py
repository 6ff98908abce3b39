"""A pair in bad weather: every hop may be late, early, twice, lost or down.

Real sessions in virtual time. Only what PROTOCOL §8 must survive is disturbed on
the relay (text frames); handshakes and signals pass, late. Each storm ends in good
weather, and `settled` says that every text arrived once, in order.
"""

from __future__ import annotations

import random
from collections import Counter

from tests.support.sim_pair import Endpoint, SimPair

from safesession.core import effects, inputs
from safesession.core.status import Phase, TextDirection, TextState
from safesession.protocol.peer_messages import FrameKind


LARGE = "我想把这件事从头到尾讲一遍。"
_TEXT = bytes([FrameKind.TEXT])


def long_text(number: int, characters: int = 10_000) -> str:
    """Return Chinese of exactly this length, different for every number."""
    head = f"{number}："
    return (head + LARGE * (characters // len(LARGE) + 1))[:characters]


class TextStorm(SimPair):
    """Two people who write while the weather changes."""

    def __init__(self, seed: object) -> None:
        super().__init__(seed=f"storm|{seed}")
        self.random = random.Random(f"{seed}")
        self.rough = 0.0  # chance of a mishap per frame
        self.late: list[tuple[float, int, Endpoint, inputs.Input]] = []
        self._count = 0
        self.written: dict[str, list[str]] = {"counselor": [], "client": []}
        self.mishaps: Counter[str] = Counter()
        self.server_up = {"counselor": True, "client": True}
        self.recorded: list[tuple[Endpoint, inputs.Input]] = []
        self.meet()
        assert self.counselor.status.phase is Phase.IN_CALL

    # --- the people ------------------------------------------------------------------

    def write(self, end: Endpoint, text: str) -> None:
        self.written[end.name].append(text)
        self.give(end, inputs.SendText(text))

    def some_text(self) -> str:
        number = sum(map(len, self.written.values()))
        if self.random.random() < 0.1:
            return long_text(number)
        return f"{number} " + "话" * self.random.randrange(300)

    # --- the weather -----------------------------------------------------------------

    def deliver(self, end: Endpoint, event: inputs.Input, *, text: bool) -> None:
        """Let one frame through the weather."""
        dice = self.random.random
        copies = 1
        if text:
            self.recorded.append((end, event))
            if dice() < self.rough:
                copies = 0
                self.mishaps["lost"] += 1
            elif dice() < self.rough:
                copies = 2
                self.mishaps["doubled"] += 1
        for _ in range(copies):
            delay_s = self.random.uniform(0.0, 3.0) if dice() < self.rough else 0.0
            if delay_s:
                self.mishaps["late"] += 1
            if not text:  # the relay and the channel keep the order of the rest
                delay_s = 0.0
            if delay_s:
                self._count += 1
                self.late.append((self.now + delay_s, self._count, end, event))
            else:
                self.queue.append((end, event))

    def advance(self, seconds: float) -> None:
        until = self.now + seconds
        while self.late and min(self.late)[0] <= until:
            self.late.sort(key=lambda item: item[:2])
            due, _, end, event = self.late.pop(0)
            super().advance(max(0.0, due - self.now))
            self.give(end, event)
        super().advance(until - self.now)

    def flush_mailboxes(self) -> None:
        if not self.relay_up:
            return
        for end in (self.counselor, self.client):
            if (end is self.client and not self.client_seated) or (
                not self.server_up[end.name]
            ):
                continue
            bodies, self.mailbox[end.name] = self.mailbox[end.name], []
            for body in bodies:
                event = inputs.EnvelopeReceived(body)
                self.deliver(end, event, text=body[:1] == _TEXT)

    def _control(self, end: Endpoint, effect: effects.SendControl) -> None:
        other = self.other(end)
        if not self.wire_up or end.connection is None or other.connection is None:
            return
        if other.connection.epoch != effect.epoch:
            return
        event = inputs.ControlReceived(effect.epoch, effect.body)
        self.deliver(other, event, text=effect.body[:1] == _TEXT)

    def replay(self) -> None:
        """The server, or the wire, says again what it has heard before."""
        if self.recorded:
            self.mishaps["replayed"] += 1
            end, event = self.random.choice(self.recorded)
            self.give(end, event)

    def forge(self) -> None:
        """Flip one bit of a frame that passed by."""
        if self.recorded:
            self.mishaps["forged"] += 1
            end, event = self.random.choice(self.recorded)
            relayed = isinstance(event, inputs.EnvelopeReceived)
            old = event.untrusted_body
            place = self.random.randrange(1, len(old))
            body = bytes([*old[:place], old[place] ^ 1, *old[place + 1 :]])
            forged = (
                inputs.EnvelopeReceived(body)
                if relayed
                else inputs.ControlReceived(event.epoch, body)
            )
            self.give(end, forged)

    def drop_connection(self) -> None:
        """Both peer connections fail for good: RESUME, and a new epoch."""
        self.mishaps["new epoch"] += 1
        for end in (self.counselor, self.client):
            if end.connection is not None:
                lost = inputs.PeerConnectionLost(end.connection.epoch, "closed")
                self.give(end, lost)

    def toggle_server_line(self, end: Endpoint) -> None:
        self.mishaps["line"] += 1
        self.server_up[end.name] = up = not self.server_up[end.name]
        retry = None if up else 1.0
        self.give(end, inputs.ServerLinkChanged(up=up, retry_in_s=retry))
        self.flush_mailboxes()
        self.run()

    def toggle_wire(self) -> None:
        self.mishaps["wire"] += 1
        self.wire_up = not self.wire_up

    # --- the whole storm ---------------------------------------------------------------

    def storm(self, steps: int, *, rough: float) -> None:
        self.rough = rough
        dice = self.random
        for _ in range(steps):
            match dice.randrange(16):
                case 0 | 1 | 2 | 3 | 4:
                    end = dice.choice((self.counselor, self.client))
                    for _ in range(dice.choice((1, 1, 1, 3, 40))):
                        self.write(end, self.some_text())
                case 5:
                    self.toggle_wire()
                case 6:
                    self.toggle_server_line(dice.choice((self.counselor, self.client)))
                case 7 if dice.random() < 0.4:
                    self.drop_connection()
                case 8 | 9:
                    self.replay()
                case 10:
                    self.forge()
                case _:
                    self.advance(dice.choice((0.02, 0.3, 1.0, 2.5, 7.0)))

    def settle(self) -> None:
        """Good weather, long enough for everything."""
        self.rough = 0.0
        for end in (self.counselor, self.client):
            if not self.server_up[end.name]:
                self.toggle_server_line(end)
        if not self.wire_up:
            self.wire_up = True
        for _ in range(60):
            self.advance(10.0)
            if self.lost == 0 and not self.late and self.all_delivered:
                return

    @property
    def all_delivered(self) -> bool:
        return all(
            change.state is TextState.DELIVERED
            for end in (self.counselor, self.client)
            for change in end.texts.values()
        )

    @property
    def sent(self) -> int:
        return sum(map(len, self.written.values()))

    @property
    def lost(self) -> int:
        return sum(
            len(self.written[end.name]) - len(set(self.other(end).received))
            for end in (self.counselor, self.client)
        )

    @property
    def doubled(self) -> int:
        received = [end.received for end in (self.counselor, self.client)]
        return sum(len(texts) - len(set(texts)) for texts in received)

    def settled(self) -> None:
        """Every text once, in order, and its writer knows."""
        for end in (self.counselor, self.client):
            assert self.other(end).received == self.written[end.name]
            sent = [
                change.text
                for (direction, _), change in end.texts.items()
                if direction is TextDirection.SENT
            ]
            assert sent == self.written[end.name]
        assert self.all_delivered
        assert (self.lost, self.doubled) == (0, 0)
