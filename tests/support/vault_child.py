"""The process that vault fault tests kill: forks one short life per job.

Reads jobs (one JSON object a line) from its input. Each fork works on a vault and
writes what was acknowledged as JSON lines; the parent of the forks adds an `end`.
Faults come from diskfault.c, preloaded; the mode `moment` kills from outside after so
many milliseconds, wherever the process is. Imported and run with `-m`.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.vaults import PASSPHRASE, Desk

from safesession.core.note_types import NewNote, NoteKind, Saved
from safesession.crypto.recovery_key import RecoveryKey
from safesession.errors import SafeSessionError
from safesession.vault.vault import Vault


MODES = ("none", "kill", "io_error_once", "io_error", "disk_full", "torn")
SECOND_SHEET = RecoveryKey(bytes(range(20, 40)))
BACKUP_NAME = "copy.ssbak"


def tell(**what: Any) -> None:
    """Acknowledge something to the test."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def acknowledged(saved: Saved, body: str) -> None:
    tell(note=saved.note_id, revision=saved.revision, body=body)


class Life:
    """One process's work on one vault."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.home = Path(job["home"])
        self.desk = Desk(self.home, now_s=job["now_s"])
        self.dice = random.Random(job["seed"])
        self.client = 1

    def text(self) -> str:
        words = self.dice.choices(("焦虑", "睡眠", "calm", "work", "母亲"), k=40)
        return "".join(words) + str(self.dice.random())

    def write(self, vault: Vault, times: int) -> None:
        """Begin notes, save over them, finish some."""
        saved: Saved | None = None
        for _ in range(times):
            try:
                saved = self._one_change(vault, saved)
            except SafeSessionError as error:
                tell(refused=error.code)

    def _one_change(self, vault: Vault, saved: Saved | None) -> Saved | None:
        body = self.text()
        what = self.dice.random()
        if saved is None or what < 0.2:
            new = NewNote(self.client, NoteKind.RECORD, "soap", 5, "t", body)
            saved = vault.run(lambda v: v.notes.begin(new)).result()
            acknowledged(saved, body)
        elif what < 0.8:
            last = saved
            saved = vault.run(
                lambda v: v.notes.save(last.note_id, last.revision, "t", body)
            ).result()
            acknowledged(saved, body)
        elif what < 0.85:
            vault.run(lambda v: v.take_snapshot()).result()
        elif what < 0.93:
            last = saved
            content = self.dice.randbytes(9000)
            made = vault.run(
                lambda v: v.attachments.add(last.note_id, "a.bin", "x/y", content)
            ).result()
            tell(attachment=made.id, content=content.hex())
        else:
            last = saved
            vault.run(lambda v: v.notes.sign(last.note_id, last.revision)).result()
            tell(signed=last.note_id)
            vault.run(lambda v: v.notes.addend(last.note_id, body)).result()
            tell(addended=last.note_id, body=body)
            saved = None
        return saved

    def edit(self) -> None:
        with self.desk.opened() as vault:
            self.write(vault, 12)
            vault.lock().result()
            vault.unlock_with_sheet(self.desk.recovery).result()
            self.write(vault, 4)

    migrate = edit  # the same on a vault of an earlier version
    repair = edit  # the same on a damaged one

    def rekey(self) -> None:
        with self.desk.opened() as vault:
            self.write(vault, 3)
            try:
                vault.rekey(self.desk.recovery, PASSPHRASE, SECOND_SHEET).result()
                tell(rekeyed=True)
            except SafeSessionError as error:
                tell(refused=error.code)
            self.write(vault, 3)

    def erase(self) -> None:
        with self.desk.opened() as vault:
            self.write(vault, 2)
            due = vault.run(lambda v: v.retention.due()).result()
            vault.erase(due).result()
            tell(erased=True)
            self.write(vault, 2)

    def backup(self) -> None:
        with self.desk.opened() as vault:
            self.write(vault, 2)
            vault.back_up(self.home / BACKUP_NAME, None).result()
            tell(backed_up=True)
            self.write(vault, 2)

    def restore(self) -> None:
        with self.desk.started() as vault:
            copy = self.home / BACKUP_NAME
            sheet = self.desk.recovery
            vault.restore(copy, sheet, PASSPHRASE, sheet).result()
            tell(restored=True)
            self.write(vault, 2)

    def create(self) -> None:
        with self.desk.started() as vault:
            vault.create(PASSPHRASE, self.desk.recovery).result()
            tell(created=True)
            vault.run(lambda v: v.clients.add("A")).result()
            self.write(vault, 3)


def live(
    kind: type[Life], job: dict[str, Any], arm: Callable[[int, int], None]
) -> None:
    """Do one job in a forked process; never returns."""
    code = 0
    try:
        work = getattr(kind(job), job["work"])
        if job["mode"] in MODES:
            arm(MODES.index(job["mode"]), job["nth"])
        work()
    except SafeSessionError as error:
        tell(stopped=error.code)
    except BaseException as error:  # noqa: BLE001 (the test shall see it)
        import traceback

        tell(undeclared="".join(traceback.format_exception(error)))
        code = 1
    finally:
        arm(0, 0)
        os._exit(code)


def main(kind: type[Life] = Life) -> None:
    library = ctypes.CDLL(sys.argv[1])
    library.disk_fault_arm.argtypes = (ctypes.c_int, ctypes.c_long)
    library.disk_fault_calls.restype = ctypes.c_long
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if not child:
            live(kind, job, library.disk_fault_arm)
        if job["mode"] == "moment":
            time.sleep(job["nth"] / 1000)
            os.kill(child, signal.SIGKILL)  # perhaps it has ended: then it is a zombie
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status)
        tell(end=True, killed=killed)


if __name__ == "__main__":
    main()
