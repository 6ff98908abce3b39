"""No file ever holds a word of the vault: every write of a whole workday is traced.

The app's own windows work in a process of their own, at the product's cost, and end
in a crash; strace sees every byte that goes to any file, pipe or socket. Afterwards
everything that is left on the disk is searched too.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.canaries import Canaries
from tests.support.children import need_programs
from tests.support.workday import Workday, WriteTrace

from safesession.vault.text_search import indexed


pytestmark = pytest.mark.timeout(600)

BODY = "她说窗外的合欢树开花了焦虑便来敲门 zqbodymark"
SECOND = "第二次谈到搬家与母亲的电话簿 zqsecondmark"
BETTER = "改写后的段落提到湖边的蓝色长椅 zqrewritten"
PROCESS = "我自己的印象像潮水退去的沙滩 zqprocessmark"
ADDENDUM = "补记一句关于火车时刻表的话 zqaddendum"
HALF = "说到一半就崩溃了的句子在此 zqhalfmark"
TITLE = "第七次咨询的标题甲乙丙 zqtitlemark"
NAME = "欧阳标记女士 zqnamemark"
SOUGHT = "合欢树开花"
FILE = "附件里的体检报告写着血压 zqfilemark"
PASSPHRASE = "zq quiet river under seven lamps"
ARCHIVE = "zw another passphrase for the archive"
BACKUP = "zv third passphrase for the backup"
NEXT = "zu fourth passphrase after the change"
TEXTS = {
    "body": BODY,
    "second body": SECOND,
    "rewritten": BETTER,
    "process note": PROCESS,
    "addendum": ADDENDUM,
    "half": HALF,
    "title": TITLE,
    "name": NAME,
    "sought": SOUGHT,
    "file": FILE,
    "passphrase": PASSPHRASE,
    "archive's passphrase": ARCHIVE,
    "backup's passphrase": BACKUP,
    "next passphrase": NEXT,
}
_RAM = Path("/dev/shm")  # noqa: S108 (it is looked into, not written to)
# The theme's coloured drawings for Qt's style sheets, and Python trying the folder.
_DRAWING = re.compile(r"/safesession-theme-\w+/[\w-]+\.svg$")
_PROBE = b"blat"


def planted(sheets: list[str]) -> Canaries:
    """Return what to look for: whole texts, their Latin word, their index form."""
    canaries = Canaries()
    for name, text in TEXTS.items():
        canaries.plant(name, text)
        canaries.plant(f"{name}, a piece", text[:8])
        canaries.plant(f"{name}, as it is indexed", indexed(text)[:21])
        if " zq" in text:
            canaries.plant(f"{name}, its Latin word", text.rsplit(" ", 1)[1])
    for number, sheet in enumerate(sheets):
        canaries.plant(f"sheet {number}", sheet)
        canaries.plant(f"sheet {number}, typed", sheet.replace("-", ""))
    return canaries


@pytest.fixture
def traced(tmp_path: Path) -> Iterator[Workday]:
    if not sys.platform.startswith("linux"):
        pytest.skip("strace is Linux's")
    need_programs("strace")
    workday = Workday(tmp_path, traced=True)
    try:
        yield workday
    finally:
        workday.close()


def work(day: Workday) -> list[str]:
    """Do everything a counselor does with a vault; return the sheets."""
    report = day.documents / "report.txt"
    report.write_text(FILE, encoding="utf-8")
    sheets = [day.ask_for_secret("set_up", secret={"passphrase": PASSPHRASE})]
    day.ask("add_client", code="A-017", secret={"name": NAME})
    day.ask("write", secret={"title": TITLE, "body": BODY})
    day.ask("attach", path=str(report))
    assert day.ask("search", secret={"words": SOUGHT}) >= 1
    day.ask("copy")
    day.ask("undo")
    day.ask("sign", secret={"addendum": ADDENDUM})
    day.ask("write", secret={"title": TITLE, "body": SECOND})
    day.ask("rewrite", secret={"words": BETTER})
    day.ask("beside")
    day.ask("write", kind="process", secret={"title": TITLE, "body": PROCESS})
    day.ask("take_out", path=str(day.out / "file.pdf"))
    out = day.out / "file.ssrec"
    day.ask("take_out", path=str(out), secret={"passphrase": ARCHIVE})
    backup = str(day.out / "copy.ssbak")
    day.ask("back_up", path=backup, secret={"passphrase": BACKUP})
    day.ask("rehearse", path=backup, secret={"opens": BACKUP})
    day.ask("snapshot")
    secrets = {"old": PASSPHRASE, "new": NEXT}
    day.ask("change_passphrase", secret=secrets)
    sheets.append(day.ask_for_secret("rekey", secret={"passphrase": NEXT}))
    day.ask("lock")
    day.ask("unlock", secret={"passphrase": NEXT})
    return sheets


def write_on(day: Workday) -> None:
    day.ask("add_client", code="A-018", secret={"name": NAME})
    day.ask("write", secret={"title": TITLE, "body": BODY})
    day.ask("half_a_sentence", secret={"words": HALF})


def shared_memory() -> set[Path]:
    return set(_RAM.iterdir()) if _RAM.is_dir() else set()


def left_files(day: Workday, known: set[Path]) -> Iterator[tuple[str, bytes]]:
    """Everything on the disk but what the person had before."""
    for place in (day.home, day.temporary, day.out):
        for path in place.rglob("*"):
            if path.is_file():
                yield str(path), path.read_bytes()
    for path in shared_memory() - known:
        if path.is_file() and path.stat().st_uid == os.getuid():
            yield str(path), path.read_bytes()


def outside(trace: WriteTrace, *allowed: Path) -> set[str]:
    """Return the real files that were written to outside of these places."""
    files = {
        place.split(" ", 1)[-1]
        for place, pieces in trace.written.items()
        if pieces != [_PROBE]
    }
    return {
        file
        for file in files
        if file.startswith("/")
        and not file.startswith(("/dev/null", "/proc/self/"))
        and not file.startswith(tuple(str(place) for place in allowed))
        and not _DRAWING.search(file)
    }


def test_no_write_of_a_whole_workday_holds_a_word(traced: Workday) -> None:
    known = shared_memory()
    sheets = work(traced)
    write_on(traced)
    assert traced.crash() == -signal.SIGSEGV, "no handler of ours, no core"
    canaries = planted(sheets)
    trace = WriteTrace.read(traced.trace)
    print(
        f"{trace.calls} calls wrote to {len(trace.written)} places, "
        f"{sum(len(s) for _, s in trace.streams()) >> 20} MiB"
    )
    assert trace.cut == 0, "strace cut a string"
    heard = "\n".join(trace.written)
    for name in ("-wal", ".ssj", ".ssbak", "vault.header", "snapshot", "vault-000002"):
        assert name in heard, f"the trace saw no write to {name}"
    singing = {
        place: names
        for place, stream in trace.streams()
        if (names := canaries.found_in([stream]))
    }
    assert singing == {}
    assert outside(trace, traced.state, traced.out) == set()
    # SQLite's table of what is where in the log; searched below as it was left.
    assert all(place.endswith("-shm") for place in trace.mapped), trace.mapped
    left = {
        place: names
        for place, content in left_files(traced, known)
        if (names := canaries.found_in([place.encode(), content]))
    }
    assert left == {}
    assert sorted(path.name for path in traced.out.iterdir()) == [
        "copy.ssbak",
        "file.pdf",
        "file.ssrec",
    ]
    left_over = [path.name for path in traced.temporary.iterdir()]
    assert all(name.startswith("safesession-theme-") for name in left_over), "no core"
    assert not any(name in traced.said() for name in ("zq", "zw", "zv", "zu"))


@pytest.mark.parametrize("coding", ["utf-8", "utf-16-le", "gb18030"])
def test_a_file_that_was_there_for_a_moment_is_noticed(traced, coding) -> None:
    traced.ask("leak", coding=coding, secret={"words": BODY})
    traced.ask("leak_mapped", secret={"words": BODY})
    traced.close()
    trace = WriteTrace.read(traced.trace)
    canaries = planted([])
    found = {p for p, stream in trace.streams() if canaries.found_in([stream])}
    assert any(place.endswith("/thumbnail") for place in found)
    assert outside(trace, traced.state) != set()
    assert any(place.endswith("/mapped") for place in trace.mapped)
    left = [p for p, c in left_files(traced, set()) if canaries.found_in([c])]
    assert [Path(place).name for place in left] == ["mapped"]


def test_a_restoration_writes_nothing_readable_either(traced, tmp_path) -> None:
    (tmp_path / "before").mkdir()
    before = Workday(tmp_path / "before")
    backup = before.out / "copy.ssbak"
    try:
        sheet = before.ask_for_secret("set_up", secret={"passphrase": PASSPHRASE})
        before.ask("add_client", code="A-017", secret={"name": NAME})
        before.ask("write", secret={"title": TITLE, "body": BODY})
        before.ask("back_up", path=str(backup), secret={"passphrase": BACKUP})
    finally:
        before.close()
    secrets = {"passphrase": NEXT, "opens": sheet}
    new_sheet = traced.ask_for_secret("set_up", backup=str(backup), secret=secrets)
    traced.ask("lock")
    traced.ask("unlock", secret={"passphrase": NEXT})
    traced.close()
    canaries = planted([sheet, new_sheet])
    trace = WriteTrace.read(traced.trace)
    assert trace.cut == 0
    assert any("restore" in place for place in trace.written), "the copy on its way"
    singing = {p: n for p, s in trace.streams() if (n := canaries.found_in([s]))}
    assert singing == {}
    assert outside(trace, traced.state) == set()
    left = [p for p, c in left_files(traced, set()) if canaries.found_in([c])]
    assert left == []
