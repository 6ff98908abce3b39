"""Rows 41 to 44: text replayed, skipped, forged, of an old epoch, and in storms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from tests.adversary.catalogue import Verdict, case
from tests.support.real_pair import Room
from tests.support.sim_pair import Endpoint
from tests.support.text_storm import TextStorm, long_text

from safesession.core import inputs
from safesession.core.messaging import MAX_TEXT_CHARACTERS, REORDER_WINDOW, WINDOW
from safesession.core.ports import Keeping, UnsentNews
from safesession.core.status import Phase, TextDirection, TextState
from safesession.crypto.chain import SKIP_WINDOW
from safesession.drafts.keeper import DraftKeeper
from safesession.drafts.sealed_file import SealedFile
from safesession.drafts.sealed_place import SealedPlace
from safesession.protocol.peer_messages import FrameKind, pack_frame


def _verdict(*pairs: TextStorm) -> Verdict:
    for pair in pairs:
        pair.settle()
        pair.settled()
    return Verdict(
        messages_sent=sum(pair.sent for pair in pairs),
        messages_lost=sum(pair.lost for pair in pairs),
        messages_doubled=sum(pair.doubled for pair in pairs),
    )


def _give_both_ways(pair: TextStorm, end: Endpoint, frame: bytes) -> None:
    """Once over the server, once over the channel."""
    pair.give(end, inputs.EnvelopeReceived(frame))
    if end.connection is not None:
        pair.give(end, inputs.ControlReceived(end.connection.epoch, frame))


def _burst(pair: TextStorm, count: int) -> None:
    for number in range(count):
        for end in (pair.counselor, pair.client):
            pair.write(end, f"{end.name} {pair.sent} " + "话" * (number * 7 % 200))


def _unmoved(pair: TextStorm, attack: Callable[[], None]) -> None:
    """The attack changes nothing that a person or a gate could notice."""
    ends = (pair.counselor, pair.client)
    before = [(end.status, dict(end.texts), end.gates[:]) for end in ends]
    attack()
    assert before == [(end.status, dict(end.texts), end.gates[:]) for end in ends]


# --- 41: replay -----------------------------------------------------------------------


@case(41, "every text frame again, by both ways, at once and a minute later")
async def replayed(_folder: Path) -> Verdict:
    pair = TextStorm("replayed")
    _burst(pair, 60)
    frames = [(end, event.untrusted_body) for end, event in pair.recorded]
    assert len(frames) >= 120

    def again() -> None:
        for end, frame in frames:
            _give_both_ways(pair, end, frame)

    _unmoved(pair, again)
    pair.advance(60.0)
    _unmoved(pair, again)
    return _verdict(pair)


@case(41, "every text frame again, to the one who wrote it")
async def reflected(_folder: Path) -> Verdict:
    pair = TextStorm("reflected")
    _burst(pair, 60)
    frames = [(pair.other(end), event.untrusted_body) for end, event in pair.recorded]

    def mirror() -> None:
        for writer, frame in frames:
            _give_both_ways(pair, writer, frame)

    _unmoved(pair, mirror)
    return _verdict(pair)


# --- 42: gaps and old epochs --------------------------------------------------------


@case(42, "more frames withheld than keys may be skipped")
async def gap_beyond_the_window(_folder: Path) -> Verdict:
    """Nothing withheld is lost, since it is sent again and keeps its number."""
    pair = TextStorm("gap")
    withheld: list[tuple] = []
    pair.deliver = lambda end, event, *, text: (
        withheld.append((end, event)) if text else pair.queue.append((end, event))
    )
    for number in range(3 * SKIP_WINDOW):
        pair.write(pair.client, f"{number}")
    assert len(withheld) == WINDOW, "an honest sender stays within the window"
    pair.advance(90.0)
    del pair.deliver
    # A sender that does not: sealed with true keys, but far ahead of what arrived.
    chains = pair.client.session._encounter._epoch.text_chains
    for _ in range(SKIP_WINDOW + 1):
        ahead = chains.seal(0, 0, b"")
    faults = pair.counselor.session.remote_faults
    _unmoved(
        pair,
        lambda: _give_both_ways(
            pair, pair.counselor, pack_frame(FrameKind.TEXT, ahead)
        ),
    )
    assert pair.counselor.session.remote_faults == faults + 2
    return _verdict_after_gap(pair, withheld)


def _verdict_after_gap(pair: TextStorm, withheld: list[tuple]) -> Verdict:
    """What was withheld comes after all, in the wrong order and twice."""
    pair.random.shuffle(withheld)
    for end, event in withheld + withheld:
        pair.give(end, event)
    # The chain above was spent by hand: a new epoch, as after any dropout.
    pair.drop_connection()
    return _verdict(pair)


@case(42, "frames of an old epoch in the new one")
async def old_epochs(_folder: Path) -> Verdict:
    pair = TextStorm("epochs")
    for _ in range(4):
        _burst(pair, 20)
        pair.drop_connection()
        pair.write(pair.client, f"in between {pair.sent}")
        pair.advance(40.0)
        assert pair.client.status.phase is Phase.IN_CALL
    assert pair.client.session._encounter._epoch.number >= 4
    pair.advance(5.0)
    frames = [(end, event.untrusted_body) for end, event in pair.recorded]

    def old() -> None:
        for end, frame in frames:
            _give_both_ways(pair, end, frame)

    _unmoved(pair, old)
    return _verdict(pair)


# --- 43: forged and absurd ------------------------------------------------------------


@case(43, "every byte of a text frame changed, cut and lengthened")
async def forged(_folder: Path) -> Verdict:
    pair = TextStorm("forged")
    held: list[bytes] = []
    pair.deliver = lambda end, event, *, text: (
        held.append(event.untrusted_body) if text else pair.queue.append((end, event))
    )
    pair.write(pair.client, "只有我能写这句话")
    del pair.deliver
    (frame,) = set(held)
    changed = [
        bytes([*frame[:n], frame[n] ^ (1 << n % 8), *frame[n + 1 :]])
        for n in range(1, len(frame))
    ]
    changed += [frame[:n] for n in range(1, len(frame), 7)]
    changed += [frame + bytes(n) for n in (1, 16, 256, 50_000)]

    def all_of_them() -> None:
        for wrong in changed:
            pair.give(pair.counselor, inputs.EnvelopeReceived(wrong))

    _unmoved(pair, all_of_them)
    assert pair.counselor.received == []
    assert pair.counselor.session.remote_faults == len(changed)
    _burst(pair, 40)
    return _verdict(pair)


@case(43, "a peer with the right keys sends absurd ids, acknowledgements and texts")
async def absurd_peer(_folder: Path) -> Verdict:
    pair = TextStorm("absurd")
    _burst(pair, 30)
    chains = pair.client.session._encounter._epoch.text_chains
    counselor = pair.counselor
    last = len(counselor.received)
    absurd = [
        (last + REORDER_WINDOW + 1, 0, b"too far ahead"),
        (2**64 - 1, 0, b"the end of all numbers"),
        (last + 1, 31, b"confirms what was never sent"),
        (0, 2**64 - 1, b""),
        (last + 1, 0, b""),
        (last + 1, 0, b"\xff\xfe"),
        (last + 1, 0, "字".encode() * (MAX_TEXT_CHARACTERS + 1)),
        (last + 1, 0, b"x" * (MAX_TEXT_CHARACTERS + 1)),
    ]

    def say() -> None:
        for message_id, ack, body in absurd:
            frame = chains.seal(message_id, ack, body)
            pair.give(
                counselor,
                inputs.EnvelopeReceived(pack_frame(FrameKind.TEXT, frame)),
            )

    _unmoved(pair, say)
    assert counselor.session.remote_faults == len(absurd)
    _burst(pair, 30)
    return _verdict(pair)


# --- 44: the way changes, processes die ----------------------------------------------


@case(44, "storms: loss, doubling, reordering, replay, forgery, dropouts, new epochs")
async def storms(_folder: Path) -> Verdict:
    pairs = []
    for number in range(12):
        pair = TextStorm(f"adversary {number}")
        pair.storm(60, rough=(0.0, 0.2, 0.4)[number % 3])
        pairs.append(pair)
    return _verdict(*pairs)


@case(44, "the longest texts in a burst while the way changes after every few")
async def ways_change(_folder: Path) -> Verdict:
    pair = TextStorm("ways")
    for number in range(120):
        pair.write(pair.client, long_text(number))
        pair.write(pair.counselor, f"{number} " + "嗯" * (number % 90))
        if number % 7 == 3:
            pair.toggle_wire()
            pair.advance(2.5)
        if number % 11 == 5:
            pair.toggle_server_line(pair.counselor)
        if number % 30 == 9:
            pair.drop_connection()
    return _verdict(pair)


@case(44, "the app is killed in mid-burst and starts again")
async def killed_in_mid_burst(folder: Path) -> Verdict:
    """What the window had not seen confirmed is on disk, and sent in a new session."""
    first = TextStorm("first life")
    _burst(first, 50)
    first.wire_up = first.relay_up = False
    for number in range(150):
        first.write(first.client, f"zuletzt {number}")
    keeper, _ = await _keeper(folder)
    keeper.keep(_unconfirmed(first.client), at_once=True)
    await _until((folder / "unsent.sealed").exists)
    keeper._place.release()  # kill -9: nobody says goodbye, the system frees the lock
    again, news = await _keeper(folder)
    kept = news[-1].last_time
    assert kept == tuple(f"zuletzt {number}" for number in range(150))
    second = TextStorm("second life")
    for text in kept:
        second.write(second.client, text)
    second.settle()
    second.settled()
    heard = first.counselor.received + second.counselor.received
    assert heard == first.written["client"]
    again.set_aside(())
    for one in (again, keeper):
        one.close()
    sent = len(first.written["client"])
    return Verdict(messages_sent=sent, messages_doubled=sent - len(set(heard)))


def _unconfirmed(end: Endpoint) -> tuple[str, ...]:
    return tuple(
        change.text
        for (direction, _), change in end.texts.items()
        if direction is TextDirection.SENT and change.state is not TextState.DELIVERED
    )


async def _keeper(folder: Path) -> tuple[DraftKeeper, list[UnsentNews]]:
    class Key:
        def fetch(self) -> bytes:
            return bytes(32)

        def erase(self) -> None:
            raise AssertionError("nobody asked for this")

    place = SealedPlace(SealedFile(folder, lambda n: bytes(range(n))), Key())
    keeper = DraftKeeper(place, shared=False)
    news: list[UnsentNews] = []
    keeper.subscribe(news.append)
    keeper.start()
    await _until(lambda: news[-1].keeping is Keeping.SEALED)
    return keeper, news


async def _until(wanted: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not wanted():
            await asyncio.sleep(0.01)


@case(44, "real engines: both write while the server restarts")
async def server_restarts(folder: Path) -> Verdict:
    async with Room(folder) as room:
        await room.meet()
        texts = [f"{n} " + "字" * (n * 31 % 500) for n in range(100)]
        await room.stop_server()
        for text in texts[:50]:
            room.client.do(inputs.SendText(text))
            room.counselor.do(inputs.SendText(text))
        await room.start_server()
        for text in texts[50:]:
            room.client.do(inputs.SendText(text))
            room.counselor.do(inputs.SendText(text))
        for end in (room.counselor, room.client):
            await end.until(lambda e=end: len(e.received) >= len(texts))
            assert end.received == texts
    return Verdict(messages_sent=2 * len(texts))
