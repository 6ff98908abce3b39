"""Another path under a living connection: who offers, who answers, when to give up.

Sans-I/O (PROTOCOL §5, *Another path*). Either side may offer; generations only
rise, so that an old or repeated offer is nothing, and of two with the same number
the client's counts. It must never touch keys, gates or the DTLS session, and never
give up a path that carries: only the adapter swaps, once the new one works.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, IntEnum, auto

from safesession.core.effects import DropPath, OpenPath, UsePath
from safesession.core.status import Role
from safesession.protocol.path_messages import (
    MAX_GENERATION,
    PathAnswer,
    PathEnd,
    PathMessage,
    PathOffer,
)


GATHER_LIMIT_S = 3.0
ANSWER_LIMIT_S = 3.0
CHECK_LIMIT_S = 3.0
PROVE_LIMIT_S = 2.5  # more than two heartbeats
FRESH_FOR_S = 10.0  # a NAT forgets an address that nobody uses
HELD_LIMIT_S = 30.0
MAX_TRIES = 3
FIRST_PAUSE_S = 0.25
MAX_PAUSE_S = 4.0
_JITTER_STEPS = 256
# No honest peer offers faster; each answer costs sockets and questions to servers.
MAX_ANSWERS = 8
ANSWERS_WITHIN_S = 10.0


class PathState(Enum):
    """What is being made beside the path in use."""

    REST = auto()  # nothing
    GATHERING = auto()  # our offer; once made it may have to wait for the relay
    OFFERED = auto()
    ANSWERING = auto()  # our end of the peer's offer
    CHECKING = auto()  # both ends known
    PROVING = auto()  # under the connection; nothing authentic came yet
    PAUSED = auto()  # it failed, and is tried again
    HOPELESS = auto()  # it failed too often: fresh keys are the next thing to try


class Want(IntEnum):
    """Why this side wants another path; the larger reason stays."""

    NOTHING = 0
    SILENCE = 1  # the path in use is silent: its return would do as well
    MOVED = 2  # its address is gone: it cannot return


@dataclass(frozen=True, slots=True)
class PathHopeless:
    """Another path could not be made; something else must be tried."""


Output = OpenPath | UsePath | DropPath | PathOffer | PathAnswer | PathHopeless


class PathRestart:
    """The paths of one epoch's connection."""

    def __init__(
        self,
        role: Role,
        epoch: int,
        entropy: Callable[[int], bytes],
        *,
        reachable: bool,
    ) -> None:
        self._role = role
        self._epoch = epoch
        self._entropy = entropy
        self._reachable = reachable
        self.state = PathState.REST
        self.deadline: float | None = None
        self.generation = 0  # the highest that was offered by either side
        self._want = Want.NOTHING
        self._tries = 0
        self._ours: PathEnd | None = None
        self._gathered_at = 0.0
        self._theirs: PathEnd | None = None
        self._answered_at: deque[float] = deque(maxlen=MAX_ANSWERS)

    # --- what this side notices ------------------------------------------------------

    def silent(self, now: float) -> list[Output]:
        """The path in use is silent. What is under way already goes on."""
        self._want = max(self._want, Want.SILENCE)
        return self._start(now) if self.state is PathState.REST else []

    def moved(self, now: float) -> list[Output]:
        """Our addresses changed: whatever is under way was made of the old ones."""
        self._want = Want.MOVED
        self._tries = 0
        return self._start(now)

    def heard(self) -> list[Output]:
        """Something authentic came over the connection.

        What the peer knows of is brought to its end: it may swap at any moment.
        """
        match self.state:
            case PathState.PROVING | PathState.HOPELESS | PathState.PAUSED:
                return self._rest()
            case PathState.GATHERING if self._want is Want.SILENCE:
                return [self._drop(), *self._rest()]
            case _ if self._want is Want.SILENCE:
                self._want = Want.NOTHING
        return []

    def reachable(self, reachable: bool, now: float) -> list[Output]:
        """Say whether the relay reaches the peer's app."""
        back = reachable and not self._reachable
        self._reachable = reachable
        if not back:
            return []
        self._tries = 0
        match self.state:
            case PathState.GATHERING if self._ours is not None:
                return self._offer(now)
            case PathState.PAUSED:
                return self._start(now)
            case _:
                return []

    # --- what the adapter says ---------------------------------------------------------

    def gathered(self, generation: int, end: PathEnd, now: float) -> list[Output]:
        """Our end is ready."""
        if generation != self.generation:
            return []
        if self.state is PathState.GATHERING:
            self._ours, self._gathered_at = end, now
            return self._offer(now)
        theirs = self._theirs
        if self.state is PathState.ANSWERING and theirs is not None:
            self._enter(PathState.CHECKING, now + CHECK_LIMIT_S)
            answer = PathAnswer(generation, end)
            return [answer, UsePath(self._epoch, generation, theirs)]
        return []

    def swapped(self, generation: int, now: float) -> list[Output]:
        """The new path is in use; whether it carries is heard."""
        if generation == self.generation and self.state is PathState.CHECKING:
            self._enter(PathState.PROVING, now + PROVE_LIMIT_S)
        return []

    def failed(self, generation: int, now: float) -> list[Output]:
        """The adapter could not make it."""
        making = self.state not in (
            PathState.REST,
            PathState.PAUSED,
            PathState.HOPELESS,
        )
        return self._failed(now) if generation == self.generation and making else []

    # --- what the peer says --------------------------------------------------------------

    def receive(self, message: PathMessage, now: float) -> list[Output]:
        """Take an opened message. What is stale, repeated or too much is nothing."""
        if isinstance(message, PathOffer):
            return self._offered(message, now)
        expected = self.state is PathState.OFFERED
        if not expected or message.generation != self.generation:
            return []
        self._enter(PathState.CHECKING, now + CHECK_LIMIT_S)
        return [UsePath(self._epoch, message.generation, message.end)]

    def _offered(self, offer: PathOffer, now: float) -> list[Output]:
        if not (offer.generation > self.generation or self._yields_to(offer)):
            return []
        full = len(self._answered_at) == MAX_ANSWERS
        if full and now < self._answered_at[0] + ANSWERS_WITHIN_S:
            return []
        self._answered_at.append(now)
        self.generation = offer.generation
        self._theirs = offer.end
        self._enter(PathState.ANSWERING, now + GATHER_LIMIT_S)
        return [OpenPath(self._epoch, self.generation)]

    def _yields_to(self, offer: PathOffer) -> bool:
        """Both offered at once: the client's counts."""
        ours = self.state in (PathState.GATHERING, PathState.OFFERED)
        same = offer.generation == self.generation
        return ours and same and self._role is Role.COUNSELOR

    # --- time ----------------------------------------------------------------------------

    def handle_timeout(self, now: float) -> list[Output]:
        """Try again, or give up, what took too long."""
        if self.deadline is None or now < self.deadline:
            return []
        held = self.state is PathState.GATHERING and self._ours is not None
        if held or self.state is PathState.PAUSED:
            return self._start(now)
        return self._failed(now)

    # --- the steps -----------------------------------------------------------------------

    def _start(self, now: float) -> list[Output]:
        if self.generation >= MAX_GENERATION:
            return self._give_up()
        self.generation += 1
        self._enter(PathState.GATHERING, now + GATHER_LIMIT_S)
        return [OpenPath(self._epoch, self.generation)]

    def _offer(self, now: float) -> list[Output]:
        """Hand over what was gathered, once it can arrive while it is true."""
        if not self._reachable or self._ours is None:
            self.deadline = now + HELD_LIMIT_S
            return []
        if now > self._gathered_at + FRESH_FOR_S:
            return self._start(now)
        end = self._ours
        self._enter(PathState.OFFERED, now + ANSWER_LIMIT_S)
        return [PathOffer(self.generation, end)]

    def _failed(self, now: float) -> list[Output]:
        dropped = self._drop()
        if self._want is Want.NOTHING:
            return [dropped, *self._rest()]
        if self._reachable:  # else nobody had a chance to answer
            self._tries += 1
        if self._tries >= MAX_TRIES:
            return [dropped, *self._give_up()]
        self._enter(PathState.PAUSED, now + self._pause_s())
        return [dropped]

    def _give_up(self) -> list[Output]:
        self._enter(PathState.HOPELESS, None)
        return [PathHopeless()]

    def _rest(self) -> list[Output]:
        self._enter(PathState.REST, None)
        self._want = Want.NOTHING
        self._tries = 0
        return []

    def _enter(self, state: PathState, deadline: float | None) -> None:
        self.state = state
        self.deadline = deadline
        self._ours = None
        if state is not PathState.ANSWERING:
            self._theirs = None

    def _drop(self) -> DropPath:
        return DropPath(self._epoch, self.generation)

    def _pause_s(self) -> float:
        """Doubling, with up to 20 % more by chance so that two do not collide."""
        base_s = min(MAX_PAUSE_S, FIRST_PAUSE_S * 2.0**self._tries)
        return base_s * (1 + 0.2 * self._entropy(1)[0] / _JITTER_STEPS)
