"""What a counselor tells the server about the client's seat, until it is done.

Sans-I/O. Every control names the claimant it is about, so that one meant for a
claimant who is gone never hits the next one.
"""

from __future__ import annotations

from safesession.protocol.server_messages import InviteClose, Ok, SeatDrop, SeatKeep


Control = SeatKeep | SeatDrop | InviteClose
_KINDS: dict[str, type[Control]] = {
    "seat.keep": SeatKeep,
    "seat.drop": SeatDrop,
    "invite.close": InviteClose,
}


class SeatControls:
    """The controls that the server has not confirmed, oldest first.

    `attempt` counts the claimants that were dropped, as far as this end knows.
    """

    def __init__(self) -> None:
        self.attempt = 0
        self.pending: list[Control] = []

    def keep(self) -> Control:
        """The present claimant stays for good."""
        return self._add(SeatKeep(self.attempt))

    def drop(self) -> Control:
        """The present claimant goes; what follows is for the next one."""
        control = self._add(SeatDrop(self.attempt))
        self.attempt += 1
        return control

    def close_invite(self) -> Control:
        """Nobody may claim the number any more."""
        return self._add(InviteClose())

    def superseded(self, attempt: int) -> bool:
        """The server is at claimant `attempt`; return whether that is news."""
        if attempt <= self.attempt:
            return False
        self.attempt = attempt
        self.pending = [c for c in self.pending if isinstance(c, InviteClose)]
        return True

    def acknowledge_drop(self) -> Control:
        """Tell the server that we know its present claimant is another one."""
        return self._add(SeatDrop(self.attempt - 1))

    def confirmed(self, message: Ok) -> None:
        """The server has done one of them for good."""
        kind = _KINDS[message.of]
        for index, control in enumerate(self.pending):
            if isinstance(control, kind):
                del self.pending[index]
                return

    def _add(self, control: Control) -> Control:
        self.pending.append(control)
        return control
