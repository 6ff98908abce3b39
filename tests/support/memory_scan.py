"""How often secrets stand in the memory of another process (Linux).

Counts every spelling that a program of ours uses: UTF-8, Qt's UTF-16, Python's wide
strings, bytes as they are and in hexadecimal. A scan that finds nothing is worth
something only beside one of the same process that finds everything.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.canaries import memory_of
from tests.support.workday import Workday

from safesession.core.note_archive import _COST, _HEAD_BYTES, _MAGIC, _key
from safesession.crypto import argon2
from safesession.crypto.argon2 import Argon2Cost, passphrase_bytes
from safesession.crypto.recovery_key import RecoveryKey
from safesession.vault.backup_file import open_backup
from safesession.vault.files import VaultPaths
from safesession.vault.header_file import read_header
from safesession.vault.key_slots import Keys, keys_of
from safesession.vault.place import open_with


def spellings(secret: str | bytes) -> tuple[bytes, ...]:
    """Return what a secret looks like in memory."""
    if isinstance(secret, bytes):
        return secret, secret.hex().encode()
    return tuple(secret.encode(code) for code in ("utf-8", "utf-16-le", "utf-32-le"))


def residues(pid: int, secrets: Mapping[str, str | bytes]) -> dict[str, int]:
    """Return how often each secret stands in what the process can write to."""
    found = dict.fromkeys(secrets, 0)
    for region in memory_of(pid):
        for name, secret in secrets.items():
            found[name] += sum(region.count(spelt) for spelt in spellings(secret))
    return found


def why_not() -> str:
    """Return what this machine lacks, or an empty string."""
    return "" if sys.platform.startswith("linux") else "reads /proc"


def keys_of_vault(folder: Path, passphrase: str) -> dict[str, bytes]:
    """Return every key of an unlocked vault that could stay in memory."""
    header = read_header(VaultPaths(folder)).header
    keys = keys_of(header, open_with(passphrase, b"")(header))
    (slot,) = [slot for slot in header.slots if slot.cost is not None]
    stretched = argon2.derive(passphrase_bytes(passphrase), slot.salt, slot.cost)
    return _named("vault", keys) | {"stretched passphrase": stretched}


def keys_of_backup(path: Path, secret: str | RecoveryKey) -> dict[str, bytes]:
    """Return every key of a backup."""
    return _named("backup", open_backup(path, open_with(secret, b"")).keys)


def key_of_archive(path: Path, passphrase: str) -> bytes:
    """Return the key of an encrypted archive."""
    head = path.read_bytes()[:_HEAD_BYTES]
    cost = Argon2Cost(*_COST.unpack_from(head, len(_MAGIC)))
    return _key(passphrase, head[-argon2.SALT_BYTES :], cost)


def _named(whose: str, keys: Keys) -> dict[str, bytes]:
    return {
        f"{whose} master key": keys.master,
        f"{whose} file key": keys.file_key,
        f"{whose} database key": keys.database,
        f"{whose} journal key": keys.journal,
        f"{whose} anchor key": keys.anchor,
    }


# --- a workday, scanned ---------------------------------------------------------------

PASSPHRASE = "xq quiet river under seven lamps"
BACKUP = "xw third passphrase for the backup"
ARCHIVE = "xv another passphrase for the archive"
TEXTS = {
    "body": "她说窗外的合欢树开花了，焦虑便来敲门",
    "second body": "第二次谈到搬家与母亲的电话簿",
    "rewritten": "改写后的段落提到湖边的蓝色长椅",
    "addendum": "补记一句关于火车时刻表的话",
    "title": "第七次咨询的标题甲乙丙丁",
    "name": "欧阳标记女士的全名",
    "sought": "合欢树开花",
    "english": "the jacaranda by the window was in bloom",
    "file": "附件里的体检报告写着血压",
}
KEPT = "由测试故意留下的一句话"


@dataclass(frozen=True)
class Residue:
    """What was found after the lock; names without copies are left out."""

    keys: dict[str, int]
    typed: dict[str, int]
    texts: dict[str, int]
    kept: int
    unseen: tuple[str, ...]
    open_texts: dict[str, int]  # before the lock

    def words(self) -> str:
        """Return the figures in a line."""
        return (
            f"memory_residual_keys={sum(self.keys.values())} "
            f"memory_residual_typed={sum(self.typed.values())} "
            f"memory_residual_texts={sum(self.texts.values())} "
            f"memory_open_texts={sum(self.open_texts.values())} {self.texts}"
        )


def scan_a_workday(folder: Path) -> Residue:
    """Work in the app, lock it, and count what is left in its memory."""
    day = Workday(folder)
    try:
        sheet = _work(day)
        keys = keys_of_vault(day.state / "vault", PASSPHRASE)
        keys |= keys_of_backup(day.out / "copy.ssbak", BACKUP)
        keys["archive key"] = key_of_archive(day.out / "file.ssrec", ARCHIVE)
        typed: dict[str, str | bytes] = {
            "passphrase": PASSPHRASE,
            "backup's passphrase": BACKUP,
            "archive's passphrase": ARCHIVE,
            "sheet": sheet,
            "sheet's secret": RecoveryKey.parse(sheet).secret,
        }
        day.ask("let_be_read")
        everything = {**keys, **typed, **TEXTS, "kept": KEPT}
        before = residues(day.pid, everything)
        day.ask("lock")
        after = residues(day.pid, everything)
    finally:
        day.close()
    must_be_seen = ("vault master key", "vault file key", "body", "title", "kept")
    return Residue(
        {name: after[name] for name in keys if after[name]},
        {name: after[name] for name in typed if after[name]},
        {name: after[name] for name in TEXTS if after[name]},
        after["kept"],
        tuple(name for name in must_be_seen if not before[name]),
        {name: before[name] for name in TEXTS},
    )


def _work(day: Workday) -> str:
    report = day.documents / "report.txt"
    report.write_text(TEXTS["file"], encoding="utf-8")
    sheet = day.ask_for_secret("set_up", secret={"passphrase": PASSPHRASE})
    day.ask("keep", secret={"words": KEPT})
    day.ask("add_client", code="A-017", secret={"name": TEXTS["name"]})
    day.ask("write", secret={"title": TEXTS["title"], "body": TEXTS["second body"]})
    day.ask("attach", path=str(report))
    day.ask("rewrite", secret={"words": TEXTS["rewritten"]})
    day.ask("sign", secret={"addendum": TEXTS["addendum"]})
    day.ask("take_out", path=str(day.out / "file.pdf"))
    out = str(day.out / "file.ssrec")
    day.ask("take_out", path=out, secret={"passphrase": ARCHIVE})
    backup = str(day.out / "copy.ssbak")
    day.ask("back_up", path=backup, secret={"passphrase": BACKUP})
    day.ask("lock")
    day.ask("unlock", secret={"passphrase": PASSPHRASE})
    day.ask("reopen")
    day.ask("write", secret={"title": TEXTS["title"], "body": TEXTS["body"]})
    day.ask("add_words", secret={"words": TEXTS["english"]})
    day.ask("search", secret={"words": TEXTS["sought"]})
    day.ask("undo")
    day.ask("copy")
    day.ask("beside")
    return sheet
