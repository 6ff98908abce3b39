"""A counselor's whole day by hand, in both languages, from an empty computer on.

Vault, call, a note beside it, a power cut in the middle of a sentence, search,
signature, addendum, lock, backup, a lost keyring, a forgotten passphrase, another
computer. A real keyring service, the product's own Argon2 cost, real keys and clicks.
"""

from __future__ import annotations

import itertools
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.app_seat import APP, PATIENCE_S, AppSeat, is_alive, kill_at_once
from tests.support.children import need_programs, wait_until
from tests.support.display import open_display
from tests.support.headless import HeadlessPeer
from tests.support.person import sit_down
from tests.support.secret_service import SecretService, secret_service_in
from tests.support.server_process import ServerProcess
from tests.support.words import Words


PASSPHRASE = "quiet river under seven lamps"
NEXT_PASSPHRASE = "nine slow boats beside the harbour"
LOOKED_FOR = "焦虑"
UNDER_WAY_S = 4.0  # far more than the longest burst and its saving

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Wording:
    """What this counselor is called and writes."""

    name: str
    first: str
    going_on: tuple[str, ...]
    added: str


WORDING = {
    "en": Wording(
        name="Dr. Wang",
        first="She speaks of 焦虑, and of waking at night. ",
        going_on=("In the first ", "session she ", "wants to ", "talk about "),
        added="We meet again next Tuesday at the same hour.",
    ),
    "zh_CN": Wording(
        name="王老师",
        first="来访者说这两周很焦虑，夜里常常醒来。",
        going_on=("她想先从", "睡眠谈起，", "再慢慢说到", "工作和家里。"),
        added="已约定下周二同一时间再谈。",
    ),
}


@dataclass(frozen=True)
class Day:
    """The counselor, the institution's server, two computers and a disk."""

    seat: AppSeat
    wording: Wording
    server: ServerProcess
    keyring: SecretService
    home: Path
    other_home: Path
    backup: Path


# The other language takes its minute in soak runs.
@pytest.fixture(params=["zh_CN", pytest.param("en", marks=pytest.mark.soak)])
def day(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Day]:
    need_programs("setxkbmap", "gnome-keyring-daemon")
    keyrings = Path(tempfile.mkdtemp(prefix="ss-"))  # a socket needs a short path
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, keyrings, ignore_errors=True)
        display = stack.enter_context(open_display(tmp_path))
        person = stack.enter_context(sit_down(display, tmp_path))
        bus = person.environment["DBUS_SESSION_BUS_ADDRESS"]
        keyring = stack.enter_context(secret_service_in(keyrings, bus))
        keyring.unlock()
        server = stack.enter_context(ServerProcess(tmp_path / "server"))
        seat = AppSeat(person, Words(request.param), tmp_path)
        stack.callback(seat.keep_picture, "last")  # where it stopped, if it failed
        yield Day(
            seat=seat,
            wording=WORDING[request.param],
            server=server,
            keyring=keyring,
            home=tmp_path / "home",
            other_home=tmp_path / "other-home",
            backup=tmp_path / "disk.ssbak",
        )


def test_the_counselors_whole_day(day: Day) -> None:
    seat = day.seat
    with seat.app("--demo-media", home=day.home) as pid:
        sheet = set_up(day)
        stood, typed = write_in_a_call_until_the_power_fails(day, pid)
    with seat.app("--demo-media", home=day.home) as pid:
        come_back(day)
        find_the_note(day)
        found = seat.text_in("Text of the note")
        assert stood in found
        kept = found[found.index(stood) :].split("\n")[0]
        assert typed.startswith(kept)
        sign_and_add(day)
        lock_and_unlock(day)
        back_up(day)
        close(seat, pid)
    day.keyring.lose_everything()
    with seat.app(home=day.home) as pid:
        recover_by_sheet(day, sheet)
        close(seat, pid)
    with seat.app(home=day.other_home):
        restore(day, sheet)
        find_the_note(day)
        assert seat.text_in("Text of the note") == found
        seat.sees("Signed {time}, unchanged since")
        seat.reads(day.wording.added)
        seat.keep_picture("restored-note")
    assert "Traceback" not in seat.log.read_text()
    header = next(day.home.rglob("vault.header"))
    assert header.stat().st_mode & 0o077 == 0
    assert not list(day.home.rglob("device.json"))


# --- the morning ---------------------------------------------------------------------


def set_up(day: Day) -> str:
    """First run, passphrase, sheet; returns the sheet's key."""
    seat = day.seat
    seat.sees("A quiet room for two")
    seat.keep_picture("first")
    introduce_oneself(day)
    seat.fill("Enrolment token", day.server.enrol_token())
    seat.keep_picture("first-run")
    seat.click("Continue")
    seat.sees("Set up your vault")
    return choose_passphrase(day, PASSPHRASE, "Your vault is ready and open.")


def introduce_oneself(day: Day) -> None:
    seat = day.seat
    seat.click("I am a counselor")
    seat.fill("Server address", day.server.origin)
    seat.fill("Your name", day.wording.name)


def choose_passphrase(day: Day, passphrase: str, done: str) -> str:
    seat = day.seat
    seat.fill("Passphrase", passphrase, hidden=True)
    seat.sees("Very strong.")
    seat.fill("The same again", passphrase, hidden=True)
    seat.keep_picture("passphrase")
    seat.keys("Return")
    seat.sees("Your recovery sheet")
    seat.keep_picture("sheet")
    key = key_on_the_sheet(seat)
    groups = key.split("-")
    seat.click("It is on paper")
    seat.sees("Check the sheet")
    for number in range(1, 9):
        caption = seat.words.whole("Group {n} on the sheet", n=number)
        if any(caption.search(words) for words in seat.labels()):
            seat.fill("Group {n} on the sheet", groups[number - 1].lower(), n=number)
    seat.keep_picture("retype")
    seat.keys("Return")
    seat.sees(done)
    seat.keep_picture("vault-made")
    seat.click("Continue")
    seat.sees("Create invite")
    return key


def key_on_the_sheet(seat: AppSeat) -> str:
    """What a person would copy from the screen."""
    labels = seat.labels()
    found = [re.fullmatch(r"(\d) +([0-9A-Z]{4})", one) for one in labels]
    groups = {match[1]: match[2] for match in found if match}
    assert "".join(groups) == "12345678"
    last = seat.words.whole("and at the end: {check}")
    check = next(one for one in labels if last.search(one))[-2:]
    return "-".join((*groups.values(), check))


# --- the session ---------------------------------------------------------------------


def write_in_a_call_until_the_power_fails(day: Day, pid: int) -> tuple[str, str]:
    """Return what stood on the screen seconds before the end, and all that was typed."""
    seat = day.seat
    limits = Path(f"/proc/{pid}/limits").read_text()
    assert re.search(r"Max core file size +0 +0 ", limits)
    open_a_file(seat)
    code = make_an_invite(seat)
    client = HeadlessPeer(
        seat.folder / "client",
        *("join", "--server", day.server.origin, "--code", code),
        *("--seconds", "120"),
    )
    with client:
        client.wait_for("connected")
        seat.sees("Encrypted · not yet compared")
        seat.keys("ctrl+shift+n")
        begin_a_note(seat)
        seat.sees_it_move("Picture of {name}")
        written = write_mid_sentence(day)
        kill_at_once(pid)
        client.wait_for("state", phase="reconnecting")
    return written


def open_a_file(seat: AppSeat) -> None:
    seat.keys("ctrl+shift+n")
    seat.sees("No client's file yet.")
    seat.keep_picture("notes-empty")
    seat.click("New client's file")
    seat.sees("Code, shown in lists")
    seat.keep_picture("new-client")
    seat.click("Open file")
    seat.sees("File opened {day}")
    seat.keep_picture("client-file")
    seat.keys("ctrl+shift+n")


def make_an_invite(seat: AppSeat) -> str:
    seat.click("Create invite")
    seat.click("Copy code only")
    seat.keep_picture("invite")
    return seat.person.clipboard()


def begin_a_note(seat: AppSeat) -> None:
    seat.keep_picture("call-notes-file")
    seat.click("New formal record")
    seat.sees("Begin with headings")
    seat.keep_picture("call-new-note")
    seat.click("Begin")
    seat.sees("Saved {time}")


def write_mid_sentence(day: Day) -> tuple[str, str]:
    seat, wording = day.seat, day.wording
    seat.put(wording.first)
    seat.reads(wording.first)
    seat.sees("Saved {time}")
    headings, _, rest = seat.text_in("Text of the note").partition(wording.first)
    assert headings.startswith("■")  # below the first heading, not before it
    assert headings.count("\n") == 1
    typed = wording.first
    seat.sees_it_move("Picture of {name}")
    pieces = itertools.cycle(wording.going_on)
    for piece in itertools.islice(pieces, 4):
        seat.reads(typed)  # the next piece takes the clipboard
        seat.put(piece)
        typed += piece
    seat.reads(typed)
    stood = seat.text_in("Text of the note").removeprefix(headings)
    stood = stood.removesuffix(rest)
    assert stood.startswith(wording.first)
    seat.keep_picture("call-writing")
    begun_s = time.monotonic()
    while time.monotonic() - begun_s < UNDER_WAY_S:  # without a pause in typing
        piece = next(pieces)
        seat.reads(typed)  # the next piece takes the clipboard
        seat.put(piece)
        typed += piece
    return stood, typed


# --- after the power cut -------------------------------------------------------------


def come_back(day: Day) -> None:
    """A slip in the passphrase, then the right one; the slip is told."""
    seat = day.seat
    seat.sees("The vault is locked")
    assert not any(day.wording.name in words for words in seat.labels())
    seat.keep_picture("door")
    seat.put("not it")
    seat.keys("Return")
    seat.sees("This passphrase does not open it.")
    seat.keep_picture("door-wrong")
    seat.put(PASSPHRASE)
    seat.keys("Return")
    seat.sees(
        "Failed tries to open the vault since you were last here: {n}, the latest on "
        "{day}. If it was not you, change the passphrase.",
        n=1,
    )
    seat.keep_picture("door-report")
    seat.click("Continue")
    seat.sees("Create invite")


def find_the_note(day: Day) -> None:
    seat = day.seat
    seat.keys("ctrl+shift+n")
    seat.sees("Clients")
    seat.keys("ctrl+f")
    seat.put(LOOKED_FOR)
    seat.sees("Found")
    seat.keep_picture("found")
    seat.person.click(APP, LOOKED_FOR, role="list item")
    seat.reads(day.wording.first)


def sign_and_add(day: Day) -> None:
    seat = day.seat
    seat.keep_picture("note-open")
    seat.click("Finish and sign")
    seat.sees("Finish and sign this note?")
    seat.keep_picture("sign-question")
    seat.keys("Tab", "space")
    seat.sees("Signed {time}, unchanged since")
    seat.keep_picture("note-signed")
    seat.fill("Addendum", day.wording.added)
    seat.click("Sign and add")
    seat.sees("Addendum {n}, signed {time}", n=1)
    seat.keep_picture("note-addendum")


def lock_and_unlock(day: Day) -> None:
    seat = day.seat
    seat.keys("ctrl+l")
    seat.sees("The vault is locked")
    for private in (LOOKED_FOR, day.wording.added):
        assert not any(private in one.name + one.text for one in seat.showing())
    seat.keep_picture("locked")
    seat.put(PASSPHRASE)
    seat.keys("Return")
    seat.sees("Create invite")


def back_up(day: Day) -> None:
    seat = day.seat
    show_vault_page(seat)
    seat.keep_picture("vault-page")
    seat.click("Back up now")
    seat.fill("File", str(day.backup))
    seat.keep_picture("backup-form")
    seat.click("Write the backup")
    seat.sees(
        "The backup is written and was read back whole ({size} KB). Keep it on "
        "another disk than this computer's."
    )
    seat.keep_picture("backup-written")


def show_vault_page(seat: AppSeat) -> None:
    seat.choose_first_in_menu()  # Vault and backups
    seat.sees("Your vault")


def close(seat: AppSeat, pid: int) -> None:
    """Close the window as people do; the app ends with it."""
    seat.keys("alt+F4")
    wait_until(lambda: not is_alive(pid), "the app has ended", timeout_s=PATIENCE_S)


# --- what can go wrong with a computer -----------------------------------------------


def recover_by_sheet(day: Day, sheet: str) -> None:
    """Without the keyring and the passphrase; then a new passphrase."""
    seat = day.seat
    seat.sees("The vault is locked")
    seat.click("Use the recovery sheet")
    seat.fill("Key from the recovery sheet", sheet.lower(), hidden=True)
    seat.keep_picture("door-sheet")
    seat.keys("Return")
    seat.sees("The system's keyring works and holds nothing of this vault.")
    seat.keep_picture("keyring-lost")
    seat.click("Continue")
    seat.sees("Create invite")
    show_vault_page(seat)
    seat.click("Change the passphrase")
    seat.fill("Present passphrase, or the sheet's key", sheet, hidden=True)
    seat.fill("New passphrase", NEXT_PASSPHRASE, hidden=True)
    seat.fill("The same again", NEXT_PASSPHRASE, hidden=True)
    seat.keep_picture("change-passphrase")
    seat.keys("Return")
    seat.sees(
        "The passphrase was changed. Whoever copied the key file before could still "
        "open that copy with the old one."
    )
    seat.keep_picture("passphrase-changed")
    seat.keys("ctrl+l")
    seat.sees("The vault is locked")
    seat.put(NEXT_PASSPHRASE)
    seat.keys("Return")
    seat.sees("Create invite")


def restore(day: Day, sheet: str) -> None:
    seat = day.seat
    introduce_oneself(day)
    seat.click("I have a backup")
    seat.sees("Restore from a backup")
    seat.fill("Backup file", str(day.backup))
    seat.fill("Backup's passphrase, or the sheet's key", sheet, hidden=True)
    seat.keep_picture("restore")
    seat.click("Continue")
    choose_passphrase(
        day,
        PASSPHRASE,
        "The backup of {day} is back. Clients: {clients}, notes: {notes}. If the old "
        "computer still exists, do not use SafeSession on both.",
    )
