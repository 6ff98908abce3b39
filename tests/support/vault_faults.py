"""Break a vault's process or disk at a chosen moment, then look what is left.

`Rig` keeps a forking child with diskfault.c preloaded. `Rig.strike` copies a
prepared home, lets the child work until the fault, opens what is left in this
process and counts: acknowledged things that are lost, vaults that do not open.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.children import LEASH
from tests.support.source_tree import ROOT
from tests.support.vault_child import BACKUP_NAME, SECOND_SHEET
from tests.support.vaults import Desk, add_client, flip, make_old_vault, write_note

from safesession.errors import SafeSessionError
from safesession.vault.errors import NoVaultError, VaultError, WrongRecoveryKeyError
from safesession.vault.open_vault import OpenVault
from safesession.vault.vault import Vault


_SOURCE = Path(__file__).with_name("diskfault.c")
LATER_S = 12 * 366 * 86_400.0  # when the erased client's file is due
MODES = ("kill", "torn", "io_error_once", "io_error", "disk_full")
MOMENT = "moment"  # killed from outside, between two disk operations as well
# How many disk operations each kind of work has, roughly; faults fall in there.
REACH = {
    "edit": 260,
    "rekey": 190,
    "erase": 190,
    "backup": 120,
    "restore": 110,
    "create": 90,
    "migrate": 260,
    "repair": 230,
}


def why_not() -> str:
    """Return what this machine lacks, or an empty string."""
    if not sys.platform.startswith("linux"):
        return "faults are preloaded on Linux only"
    return "" if shutil.which("gcc") else "needs gcc"


@dataclass(frozen=True)
class Count:
    """What a series of strikes did."""

    strikes: int = 0
    killed: int = 0
    acknowledged: int = 0
    acknowledged_lost: int = 0
    unopenable: int = 0
    undeclared: int = 0
    details: tuple[str, ...] = field(default=(), repr=False)

    def __add__(self, other: Count) -> Count:
        return Count(
            *(
                getattr(self, name) + getattr(other, name)
                for name in self.__dataclass_fields__
            )
        )


class Rig:
    """A child that can be broken. Close it."""

    def __init__(self, scratch: Path, child: str = "tests.support.vault_child") -> None:
        self._scratch = scratch
        library = scratch / "diskfault.so"
        command = ["gcc", "-O1", "-shared", "-fPIC", "-w", "-o", str(library)]
        subprocess.run([*command, str(_SOURCE), "-ldl"], check=True)
        self._child = subprocess.Popen(
            [*LEASH, sys.executable, "-m", child, str(library)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={
                **os.environ,
                "LD_PRELOAD": str(library),
                "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
                "DBUS_SESSION_BUS_ADDRESS": "",
            },
        )
        self._homes: dict[str, tuple[Path, list[dict[str, Any]]]] = {}
        self._number = 0

    def close(self) -> None:
        """End the child."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.close()
        self._child.wait(10)
        self._child.stdout.close()

    def strike(self, work: str, mode: str, nth: int, seed: int) -> Count:
        """Let the fault fall into the `nth` disk operation of a kind of work."""
        self._number += 1
        home = self._scratch / f"run-{self._number}"
        self._homes = self._homes or prepare_homes(self._scratch / "homes")
        template, facts = self._homes[work]
        shutil.copytree(template, home)
        now_s = Desk(home).now_s + (LATER_S if work == "erase" else 60.0)
        said = self.ask(
            {
                "home": str(home),
                "work": work,
                "mode": mode,
                "nth": nth,
                "seed": seed,
                "now_s": now_s,
            }
        )
        where = f"{work} {mode} nth={nth} seed={seed}"
        count = judge(home, work, [*facts, *said], now_s + 60, where)
        shutil.rmtree(home)
        return count

    def ask(self, job: dict[str, Any]) -> list[dict[str, Any]]:
        """Let the child do a job; return what it said until its end."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(job) + "\n")
        self._child.stdin.flush()
        said: list[dict[str, Any]] = []
        for line in self._child.stdout:
            try:
                word = json.loads(line)
            except ValueError:
                continue  # killed in the middle of a line: not acknowledged
            said.append(word)
            if "end" in word:
                return said
        raise AssertionError("the child is gone")


def prepare_homes(folder: Path) -> dict[str, tuple[Path, list[dict[str, Any]]]]:
    """Make one home per kind of work, with the facts that must survive there."""
    plain = Desk(folder / "plain")
    with plain.made() as vault:
        client = add_client(vault)
        facts = []
        for n in range(3):
            saved = write_note(vault, f"before {n} 焦虑", client=client)
            facts.append(
                {"note": saved.note_id, "revision": 1, "body": f"before {n} 焦虑"}
            )
        vault.back_up(plain.home / BACKUP_NAME, None).result()
    erasing = folder / "erasing"
    shutil.copytree(plain.home, erasing)
    with Desk(erasing).opened() as vault:
        gone = add_client(vault, "B-001")
        write_note(vault, "to be erased", client=gone)
        vault.run(lambda v: v.retention.set_client_years(client, 100)).result()
    restoring = folder / "restoring"
    restoring.mkdir()
    shutil.copy(plain.home / BACKUP_NAME, restoring)
    damaged = folder / "damaged"
    shutil.copytree(plain.home, damaged)
    flip(damaged / "vault" / "vault-000001.db", 4096 * 2 + 50)
    (damaged / "vault" / "suspect").touch()
    empty = folder / "empty"
    empty.mkdir()
    homes = {
        "edit": (plain.home, facts),
        "rekey": (plain.home, facts),
        "backup": (plain.home, facts),
        "erase": (erasing, facts),
        "restore": (restoring, facts),
        "repair": (damaged, facts),
        "create": (empty, []),
    }
    old = folder / "old"
    homes["migrate"] = (old, [make_old_vault(Desk(old), version=1)])
    return homes


def judge(
    home: Path, work: str, said: list[dict[str, Any]], now_s: float, where: str
) -> Count:
    """Open what is left and compare it with what was acknowledged."""
    count = Count(1, int(said[-1].get("killed", False)))
    undeclared = [word["undeclared"] for word in said if "undeclared" in word]
    if undeclared:
        count += Count(undeclared=1, details=(f"{where}: {undeclared[0]}",))
    promises = [word for word in said if "note" in word]
    backed_up = work == "backup"
    try:
        vault = _open_anyhow(Desk(home, now_s=now_s), work, said)
    except SafeSessionError as error:
        return count + Count(unopenable=1, details=(f"{where}: {error!r}",))
    if vault is None:
        return count  # nothing was acknowledged and nothing is there
    try:
        broken = vault.run(lambda v: _broken(v, said)).result()
    finally:
        vault.close()
    details = tuple(f"{where}: {what}" for what in broken)
    lost = Count(0, 0, len(promises), len(broken), details=details)
    return count + lost + (_judge_backup(home, now_s, where) if backed_up else Count())


def _open_anyhow(desk: Desk, work: str, said: list[dict[str, Any]]) -> Vault | None:
    """Open what is left; what never became a vault must become one at a second try."""
    vault = desk.vault()
    try:
        try:
            _unlock(vault, desk)
        except NoVaultError:
            promised = any("restored" in word or "created" in word for word in said)
            if work not in ("create", "restore") or promised:
                raise
            if work == "create":
                vault.create("again", desk.recovery).result()
                vault.close()
                return None
            copy, sheet = desk.home / BACKUP_NAME, desk.recovery
            vault.restore(copy, sheet, "again", sheet).result()
    except BaseException:
        vault.close()
        raise
    return vault


def _unlock(vault: Vault, desk: Desk) -> None:
    try:
        vault.unlock_with_sheet(desk.recovery).result()
    except WrongRecoveryKeyError:
        vault.unlock_with_sheet(SECOND_SHEET).result()


def _broken(v: OpenVault, said: list[dict[str, Any]]) -> list[str]:
    """Return every acknowledged thing that is not there, in words."""
    broken: list[str] = []
    newest: dict[int, dict[str, Any]] = {}
    for word in said:
        if "note" in word:
            newest[word["note"]] = word
    for note_id, word in newest.items():
        try:
            note = v.notes.read(note_id)
        except VaultError as error:
            broken.append(f"note {note_id}: {error!r}")
            continue
        revision = note.head.revision
        same = note.body == word["body"]
        # A later save may have happened without having been acknowledged.
        if revision < word["revision"] or (revision == word["revision"] and not same):
            broken.append(f"note {note_id}: text of revision {word['revision']}")
        if not v.search.find(note.body[:2], client_id=note.head.client_id):
            broken.append(f"note {note_id}: not found by its words")
    for word in said:
        if "attachment" in word:
            content = v.attachments.content(word["attachment"]).hex()
            if content != word["content"]:
                broken.append(f"attachment {word['attachment']}")
        elif "signed" in word and v.notes.head(word["signed"]).signed_at_ms is None:
            broken.append(f"signature of {word['signed']}")
        elif "addended" in word:
            addenda = [a.body for a in v.notes.read(word["addended"]).addenda]
            if word["body"] not in addenda:
                broken.append(f"addendum of {word['addended']}")
        elif "erased" in word and v.clients.by_code("B-001") is not None:
            broken.append("the erased file is back")
    health = v.check_everything()
    if not health.well:
        broken.append(f"{health}")
    return broken


def _judge_backup(home: Path, now_s: float, where: str) -> Count:
    """A backup that is there must restore: the new one, or the one before."""
    backup = home / BACKUP_NAME
    other = Desk(home / "elsewhere", now_s=now_s)
    with other.started() as vault:
        try:
            sheet = other.recovery
            vault.restore(backup, sheet, "x", sheet).result()
        except SafeSessionError as error:
            return Count(unopenable=1, details=(f"{where}: backup {error!r}",))
    return Count()


def series(rig: Rig, strikes: int, dice: random.Random) -> Count:
    """Strike all kinds of work in all ways, at random moments."""
    total = Count()
    for number in range(strikes):
        work = list(REACH)[number % len(REACH)]
        mode = dice.choices((*MODES, MOMENT), (6, 3, 2, 2, 2, 6))[0]
        nth = dice.randrange(1, REACH[work])
        total += rig.strike(work, mode, nth, dice.randrange(1 << 30))
    return total
