"""Two headless peers and the server as three processes: the command line's contract."""

from __future__ import annotations

import os
import signal
import socket
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import pytest
from tests.support.children import need_programs, wait_until
from tests.support.headless import (
    HeadlessPeer,
    RelayProcess,
    run_server,
    start_server,
)
from tests.support.pulse import best_correlation, piece_correlations, read_wav, speak
from tests.support.text_storm import long_text


pytestmark = pytest.mark.e2e

ACCEPT = "--accept-safety-code"
FIGURES = {
    "video_fps": float,
    "video_frames": int,
    "freezes": int,
    "audio_frames": int,
    "audio_gaps": int,
    "rtt_ms": float,
    "path": str,
    "bytes_sent": int,
    "bytes_received": int,
    "cpu_s": float,
    "peak_rss_mb": float,
}
FIELDS = {
    "invite": {"code", "server"},
    "joined": set(),
    "paired": {"peer"},
    "bound": set(),
    "connected": {"path"},
    "first_frame": {"kind"},
    "message": {"text", "direction", "state"},
    "wrong_code": {"attempts"},
    "state": {"phase", "safety_code", "server_link", "problem"},
    "closed": {"reason"},
    "figures": set(FIGURES),
}
SPOKEN = "This room is quiet. Nobody else can listen."
SAID = ("您好，今天感觉怎么样？", "Take your time.")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayProcess]:
    relay = start_server(tmp_path_factory.mktemp("relay"))
    yield relay
    relay.program.close()


@dataclass(frozen=True)
class Meeting:
    """Two peers and how they ended."""

    host: HeadlessPeer
    guest: HeadlessPeer
    host_code: int
    guest_code: int


@dataclass(frozen=True)
class Recorded(Meeting):
    """A whole call of which the guest recorded what it decoded."""

    record: Path
    spoken: Path


def start_host(
    relay: RelayProcess, folder: Path, *arguments: str
) -> tuple[HeadlessPeer, str]:
    """Start a host and return it with the code it printed."""
    host = HeadlessPeer(
        folder,
        *("host", "--server", relay.origin, *arguments),
        environment=relay.enrolment(),
    )
    return host, host.wait_for("invite")["code"]


def start_guest(server: str, code: str, folder: Path, *arguments: str) -> HeadlessPeer:
    return HeadlessPeer(folder, "join", "--server", server, "--code", code, *arguments)


def meet(
    relay: RelayProcess, folder: Path, host_says: list[str], guest_says: list[str]
) -> Meeting:
    """Let two peers meet and end."""
    host, code = start_host(relay, folder / "host", *host_says)
    with host, start_guest(relay.origin, code, folder / "guest", *guest_says) as guest:
        return Meeting(host, guest, host.finish(), guest.finish())


@pytest.fixture(scope="module")
def call(server: RelayProcess, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """One good call of five seconds: files sent by the host, recorded by the guest."""
    need_programs("espeak-ng", "sox")
    folder = tmp_path_factory.mktemp("call")
    spoken, record = folder / "spoken.wav", folder / "record"
    speak(SPOKEN, spoken)
    clip = Path("src/safesession/resources/demo/counselor.webm").resolve()
    met = meet(
        server,
        folder,
        [
            *("--video", str(clip), "--audio", str(spoken), "--name", "Dr. Lin"),
            *("--say", SAID[0], "--say", SAID[1], "--seconds", "9", ACCEPT),
        ],
        ["--record", str(record), "--seconds", "5", ACCEPT],
    )
    return Recorded(met.host, met.guest, met.host_code, met.guest_code, record, spoken)


# --- the contract of --json ------------------------------------------------------------


def test_a_verified_call_ends_with_zero_on_both_sides(call: Recorded) -> None:
    assert (call.host_code, call.guest_code) == (0, 0), (
        call.host.errors + call.guest.errors
    )
    assert call.host.errors == ""
    assert call.guest.errors == ""


def test_events_come_in_the_order_in_which_things_happen(call: Recorded) -> None:
    order = ["joined", "paired", "bound", "connected", "first_frame", "closed"]
    for peer, first in ((call.host, ["invite", *order]), (call.guest, order)):
        events = peer.events
        names = [event["event"] for event in events]
        places = [names.index(name) for name in first]
        assert places == sorted(places), names
        assert names[-1] == "figures"
        assert all(b["t"] >= a["t"] >= 0 for a, b in pairwise(events))
        for name in (*first, "figures"):
            assert names.count(name) == (2 if name == "first_frame" else 1), name


def test_events_have_exactly_the_fields_they_promise(call: Recorded) -> None:
    for event in (*call.host.events, *call.guest.events):
        assert set(event) - {"t", "event"} == FIELDS[event["event"]]
    invite = call.host.of("invite")[0]
    assert len(invite["code"]) == 16
    assert invite["code"].isdecimal()
    assert invite["server"].startswith("http://127.0.0.1:")
    kinds = {event["kind"] for event in call.guest.of("first_frame")}
    assert kinds == {"video", "audio"}
    assert call.guest.of("paired")[0]["peer"] == "Dr. Lin"
    assert call.guest.of("closed")[0]["reason"] == "left"
    assert call.host.of("closed")[0]["reason"] == "peer_left"


def test_no_frame_comes_before_the_line_is_bound(call: Recorded) -> None:
    for peer in (call.host, call.guest):
        bound = peer.of("bound")[0]["t"]
        assert all(frame["t"] >= bound for frame in peer.of("first_frame"))


def test_texts_arrive_once_in_order_and_are_acknowledged(call: Recorded) -> None:
    received = call.guest.of("message")
    assert [m["text"] for m in received] == list(SAID)
    assert {m["direction"] for m in received} == {"received"}
    for text in SAID:
        states = [m["state"] for m in call.host.of("message") if m["text"] == text]
        assert states[-1] == "delivered"
        ranks = [("queued", "sent", "delivered").index(state) for state in states]
        assert ranks == sorted(set(ranks))


def test_the_longest_texts_cross_each_other_between_processes(
    server: RelayProcess, tmp_path: Path
) -> None:
    """30,000 bytes each, and they stay out of the relay's hands."""
    mine, theirs = ([long_text(n + k) for n in range(3)] for k in (0, 100))
    says = [
        [word for text in texts for word in ("--say", text)] for texts in (mine, theirs)
    ]
    met = meet(
        server,
        tmp_path,
        [*says[0], "--seconds", "12", ACCEPT],
        [*says[1], "--seconds", "6", ACCEPT],
    )
    for peer, sent, heard in ((met.host, mine, theirs), (met.guest, theirs, mine)):
        messages = peer.of("message")
        received = [m["text"] for m in messages if m["direction"] == "received"]
        assert received == heard
        last = {m["text"]: m["state"] for m in messages if m["direction"] == "sent"}
        assert last == dict.fromkeys(sent, "delivered")
    kept = b"".join(f.read_bytes() for f in server.data_dir.rglob("*") if f.is_file())
    assert mine[0][:20].encode() not in kept


def test_figures_are_measured(call: Recorded) -> None:
    for peer in (call.host, call.guest):
        figures = peer.figures
        for name, kind in FIGURES.items():
            assert isinstance(figures[name], kind), name
        assert figures["path"] == "direct"
        assert 20 < figures["video_fps"] < 31
        assert figures["video_frames"] > 100
        assert figures["audio_frames"] > 200
        assert 0 < figures["rtt_ms"] < 500
        assert figures["bytes_sent"] > 50_000
        assert figures["bytes_received"] > 50_000
        assert figures["cpu_s"] > 0.1
        assert 30 < figures["peak_rss_mb"] < 600
    assert call.host.figures["bytes_sent"] >= call.guest.figures["bytes_received"]


# --- --record --------------------------------------------------------------------------


def counter(frame: av.VideoFrame) -> int:
    """Read the number in the strip of the demo clip."""
    row = frame.reformat(format="gray").to_ndarray()[11]
    return sum(int(row[11 + bit * 10] > 128) << bit for bit in range(24))


def test_the_recording_holds_the_pictures_that_were_sent(call: Recorded) -> None:
    with av.open(call.record / "video.mkv") as container:
        frames = list(container.decode(video=0))
    assert len(frames) == call.guest.figures["video_frames"]
    assert (frames[0].width, frames[0].height) == (640, 360)
    numbers = [counter(frame) for frame in frames]
    steps = [b - a for a, b in pairwise(numbers)]
    # Under load a picture may be skipped; none may come twice or out of order.
    assert all(0 < step < 15 for step in steps), numbers
    assert sum(step == 1 for step in steps) > 0.8 * len(steps)
    times = [frame.time for frame in frames]
    assert times == sorted(times)


def test_the_recording_holds_the_voice_that_was_sent(call: Recorded) -> None:
    with wave.open(str(call.record / "audio.wav")) as sound:
        assert (sound.getframerate(), sound.getnchannels()) == (48_000, 1)
        assert sound.getnframes() == call.guest.figures["audio_frames"] * 960
    heard = read_wav(call.record / "audio.wav")
    spoken = read_wav(call.spoken)
    # The file repeats, so a whole pass of it is in there somewhere.
    assert best_correlation(spoken, heard) > 0.6
    pieces = piece_correlations(spoken, heard)
    assert sorted(pieces)[len(pieces) // 2] > 0.95


def test_nothing_is_recorded_unless_asked(call: Recorded) -> None:
    beside = {path.name for path in (call.record.parent / "host").iterdir()}
    assert beside == {"stdout", "stderr"}
    assert {path.name for path in call.record.iterdir()} == {"video.mkv", "audio.wav"}


# --- zero only after a verified call -----------------------------------------------------


def test_without_accepting_the_words_nobody_is_verified(
    server: RelayProcess, tmp_path: Path
) -> None:
    met = meet(server, tmp_path, ["--seconds", "8", ACCEPT], ["--seconds", "1.5"])
    assert (met.host_code, met.guest_code) == (1, 1)
    for peer in (met.host, met.guest):
        assert peer.of("connected")
        states = {event["safety_code"] for event in peer.of("state")}
        assert "matched" not in states
        assert peer.figures["audio_frames"] > 0  # the call itself was good


def test_a_wrong_secret_meets_nobody_and_does_not_end_the_host(
    server: RelayProcess, tmp_path: Path
) -> None:
    host, code = start_host(server, tmp_path / "host", ACCEPT, "--seconds", "1")
    with host:
        wrong = code_with_other_secret(code)
        with start_guest(server.origin, wrong, tmp_path / "wrong", ACCEPT) as guest:
            assert guest.finish() == 1
            assert guest.of("closed")[0]["reason"] == "code_wrong"
            assert "do not match" in guest.errors
            for name in ("bound", "connected", "first_frame"):
                assert not guest.of(name)
            assert guest.figures["bytes_received"] == 0
        with start_guest(server.origin, code, tmp_path / "right", ACCEPT) as guest:
            assert guest.finish() == 0
        assert host.finish() == 0


def code_with_other_secret(code: str) -> str:
    """The same room, another secret, and check digits that are right."""
    from safesession.crypto.invite_code import make_invite_code

    return make_invite_code(code[:6], os.urandom).digits


@pytest.mark.parametrize(
    ("code", "reason", "words"),
    [
        ("1234", "code_incomplete", "must have 16 digits"),
        ("1234 5678 9012 3456", "code_mistyped", "typing error"),
        ("not a code", "code_incomplete", "must have 16 digits"),
        ("safesession:nonsense", "link_invalid", "link cannot be read"),
    ],
)
def test_a_malformed_code_gets_a_sentence_and_reaches_nobody(
    tmp_path: Path, code: str, reason: str, words: str
) -> None:
    with start_guest("http://127.0.0.1:9", code, tmp_path / "guest") as guest:
        assert guest.finish() == 1
        assert guest.of("closed")[0]["reason"] == reason
        assert words in guest.errors
        assert "Traceback" not in guest.errors
        assert code not in guest.output + guest.errors
        assert {event["server_link"] for event in guest.of("state")} == {"idle"}
        assert guest.figures["bytes_sent"] == 0


def test_a_server_that_is_gone_gets_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, but nobody listens
        origin = f"http://127.0.0.1:{unused.getsockname()[1]}"
        guest = start_guest(origin, "5152436852675155", tmp_path / "guest", ACCEPT)
        host = HeadlessPeer(
            tmp_path / "host",
            *("host", "--server", origin),
            environment={"SAFESESSION_ENROL_TOKEN": "ABCD-EFGH"},
        )
        with guest, host:
            assert host.finish() == 1
            assert host.errors == "safesession: no answer (server_unreachable)\n"
            assert guest.finish() == 1
            assert guest.of("closed")[0]["reason"] == "server_unreachable"
            assert guest.errors == (
                "safesession: no server answers there; check --server.\n"
            )


def test_a_server_that_goes_away_ends_no_call(tmp_path: Path) -> None:
    relay = start_server(tmp_path / "relay")
    host, code = start_host(relay, tmp_path / "host", ACCEPT, "--seconds", "20")
    with (
        relay.program,
        host,
        start_guest(
            relay.origin, code, tmp_path / "guest", ACCEPT, "--seconds", "4"
        ) as guest,
    ):
        guest.wait_for("state", safety_code="matched")
        assert relay.program.interrupt() == 0
        guest.wait_for("state", server_link="down", phase="in_call")
        assert guest.finish() == 0
        assert host.finish() == 0
        assert host.of("closed")[0]["reason"] == "peer_left"


@pytest.mark.soak  # half a minute
def test_a_restart_of_the_server_touches_no_call_and_loses_no_seat(
    tmp_path: Path,
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{probe.getsockname()[1]}"
    relay = start_server(tmp_path / "relay", listen=listen)
    host, code = start_host(relay, tmp_path / "host", ACCEPT, "--seconds", "60")
    guest = start_guest(
        relay.origin, code, tmp_path / "guest", ACCEPT, "--seconds", "30"
    )
    with relay.program, host, guest:
        for end in (host, guest):
            end.wait_for("state", safety_code="matched")
        relay.program.process.send_signal(signal.SIGTERM)
        assert relay.program.finish(15) == 0
        for end in (host, guest):
            end.wait_for("state", server_link="down", phase="in_call")
        again = start_server(tmp_path / "relay", listen=listen)
        with again.program:
            for end in (host, guest):
                wait_until(
                    lambda e=end: e.of("state")[-1]["server_link"] == "up",
                    "back at the restarted server",
                    timeout_s=40,
                )
            assert guest.finish() == 0
            assert host.finish() == 0
        assert host.of("closed")[0]["reason"] == "peer_left"
        for end in (host, guest):
            # One line between the two, bound once, all the time in the call.
            assert len(end.of("bound")) == len(end.of("connected")) == 1
            phases = [event["phase"] for event in end.of("state")]
            began = phases.index("in_call")
            assert set(phases[began:-1]) == {"in_call"}
            assert end.figures["audio_frames"] > 500


def test_a_port_that_is_taken_gets_a_sentence(
    server: RelayProcess, tmp_path: Path
) -> None:
    taken = server.origin.removeprefix("http://")
    with run_server(tmp_path / "second", listen=taken) as second:
        assert second.finish() == 1
        assert second.errors == (
            f"safesession-server: {taken} is taken by another program; choose "
            "another with --listen.\n"
        )


# --- --embedded and Ctrl+C ---------------------------------------------------------------


def children_of(pid: int) -> set[str]:
    return set(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def temporary_folders(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.startswith("safesession-")]


def test_embedded_needs_no_server_and_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    host = HeadlessPeer(
        tmp_path / "host",
        *("host", "--embedded", ACCEPT, "--seconds", "60"),
        environment={"TMPDIR": str(scratch)},
    )
    with host:
        invite = host.wait_for("invite")
        assert temporary_folders(scratch)
        arguments = (invite["server"], invite["code"], tmp_path / "guest")
        with start_guest(*arguments, ACCEPT, "--seconds", "60") as guest:
            host.wait_for("state", safety_code="matched")
            guest.wait_for("first_frame", kind="video")
            host.wait_for("first_frame", kind="video")
            assert not children_of(host.process.pid)
            assert host.interrupt() == 130
            # Left politely: the other side knows it, after a verified call.
            assert guest.finish() == 0
            assert guest.of("closed")[0]["reason"] == "peer_left"
        assert "Traceback" not in host.errors
        assert host.of("closed")[0]["reason"] == "left"
        assert host.figures["video_frames"] > 0
        assert temporary_folders(scratch) == []
        port = int(invite["server"].rpartition(":")[2])
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 2)


def test_sigterm_closes_what_ctrl_c_closes(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    host = HeadlessPeer(
        tmp_path / "host", "host", "--embedded", environment={"TMPDIR": str(scratch)}
    )
    with host:
        host.wait_for("invite")
        host.process.send_signal(signal.SIGTERM)
        assert host.finish(15) == 143
        assert "Traceback" not in host.errors
        assert host.figures["video_frames"] == 0
        wait_until(lambda: not temporary_folders(scratch), "its folders are gone")
