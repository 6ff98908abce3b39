"""Words about the vault: strength, refusals, reports; each thing its own sentence."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QGuiApplication, QImage
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter

from safesession.core.vault_types import (
    Adoption,
    AnchorVerdict,
    CustodyCheck,
    Health,
    KeyringState,
    LostChange,
    Repair,
    SlotKind,
    Unlocked,
)
from safesession.crypto.argon2 import Argon2CostError, Argon2MemoryError
from safesession.crypto.recovery_key import RecoveryKey, RecoveryKeyTypingError
from safesession.ui.gallery import Look, looking
from safesession.ui.passphrase import Strength, strength_of
from safesession.ui.recovery_sheet import sheet_pdf, write_private
from safesession.ui.theme.controller import SchemeChoice
from safesession.ui.vault_errors import VAULT_ERRORS
from safesession.ui.vault_texts import (
    health_lines,
    keyring_text,
    report_notices,
    vault_problem_text,
)
from safesession.ui.views.sheet_panel import SheetPanel
from safesession.vault import errors


OPENED = Unlocked(SlotKind.PASSPHRASE, KeyringState.WORKING, AnchorVerdict.CONFIRMED)
HEALTHY = Health(0, 0, 0, False, (), CustodyCheck(9, None))
# Refusals of notes and clients, which have windows of their own.
NOT_AT_THE_DOOR = {
    *("no_such_record", "duplicate_client_code", "note_signed", "note_not_signed"),
    *("note_conflict", "attachment", "export_forbidden", "still_retained"),
    *("review_stale", "guess_counted"),
}


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("", Strength.EMPTY),
        ("1234567890123456", Strength.WEAK),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", Strength.WEAK),
        ("abababababababababab", Strength.WEAK),
        ("password", Strength.WEAK),
        ("correct", Strength.WEAK),
        ("13912345678", Strength.WEAK),
        ("correct horse", Strength.WEAK),
        ("horse and river", Strength.FAIR),
        ("窗外的雨下", Strength.FAIR),
        ("quiet river seven lamps", Strength.GOOD),
        ("quiet river under seven lamps", Strength.STRONG),
        ("窗外的雨下了一整夜没停", Strength.STRONG),
    ],
)
def test_strength_is_length_and_variety(text, strength) -> None:
    assert strength_of(text) is strength


def test_every_refusal_at_the_door_has_words() -> None:
    kinds = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.VaultError)
    ]
    kinds += [Argon2CostError, Argon2MemoryError, RecoveryKeyTypingError]
    codes = {kind.code for kind in kinds} - NOT_AT_THE_DOOR
    assert codes == set(VAULT_ERRORS)


def test_an_unknown_code_gets_the_general_words(plain_look) -> None:
    assert vault_problem_text("never heard of") == vault_problem_text("vault")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_each_event_has_a_sentence_of_its_own(qapp, language) -> None:
    reports = [
        replace(OPENED, failed_tries_ms=(1_760_000_000_000,)),
        replace(OPENED, tries_damaged=True),
        replace(OPENED, caught_up=2),
        replace(OPENED, journal_damaged=True),
        replace(OPENED, log_written=False),
        replace(OPENED, room_left=False),
        *(
            replace(OPENED, history=verdict)
            for verdict in (
                AnchorVerdict.ROLLED_BACK,
                AnchorVerdict.REWRITTEN,
                AnchorVerdict.FORGED,
            )
        ),
        *(
            replace(OPENED, history=AnchorVerdict.NONE, keyring=state)
            for state in (KeyringState.EMPTY, KeyringState.LOCKED, KeyringState.SLOW)
        ),
        *(
            replace(OPENED, adoption=adoption)
            for adoption in (
                Adoption.ADOPTED,
                Adoption.OTHER_IDENTITY,
                Adoption.DAMAGED,
            )
        ),
    ]
    with looking(Look(language, SchemeChoice.LIGHT)):
        said = [report_notices(report) for report in reports]
        assert all(len(notices) == 1 for notices in said)
        assert len({notices[0].text for notices in said}) == len(reports)
        assert report_notices(OPENED) == ()
        assert len({keyring_text(state) for state in KeyringState}) == 7


def test_a_repair_names_exactly_what_is_missing(plain_look) -> None:
    lost = (
        LostChange(5, "note:17", 1_760_000_000_000, None),
        LostChange(6, "", 1_760_000_000_000, 1_760_000_600_000),
    )
    repair = Repair(1_759_000_000_000, 41, 1_760_000_000_000, lost, ("x.db",))
    (notice,) = report_notices(replace(OPENED, repair=repair))
    assert notice.tone == "error"
    assert "changes saved after it: 41" in notice.text
    assert "note 17" in notice.text
    assert "saved between" in notice.text
    whole = replace(OPENED, repair=replace(repair, lost=()))
    assert "Nothing that was saved is missing" in report_notices(whole)[0].text


def test_health_in_words(plain_look) -> None:
    assert [notice.tone for notice in health_lines(HEALTHY)] == ["ok"]
    ill = Health(2, 1, 1, True, (17,), CustodyCheck(9, 4))
    found = [notice.text for notice in health_lines(ill)]
    assert len(found) == 5
    assert "17" in found[3]
    assert "line 4" in found[4]


def printed(path: Path, seed: int) -> QImage:
    """The sheet as a PDF, drawn again from its file."""
    key = RecoveryKey(bytes(range(seed, seed + 20)))
    font = QFont(QGuiApplication.font())
    write_private(str(path), sheet_pdf(key, date(2026, 3, 12), font))
    document = QPdfDocument()
    document.load(str(path))
    assert document.pageCount() == 1
    return document.render(0, QSize(620, 877))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_sheet_is_one_private_page_that_shows_the_key(
    qapp, tmp_path: Path, language
) -> None:
    path = tmp_path / "sheet.pdf"
    with looking(Look(language, SchemeChoice.LIGHT)):
        page, again, other = (printed(path, seed) for seed in (0, 0, 1))
    assert page == again
    assert page != other
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.qt_log_ignore("Returned false")
def test_a_printer_that_refuses_is_not_called_done(
    qtbot, plain_look, tmp_path: Path
) -> None:
    panel, key = SheetPanel(), RecoveryKey(bytes(20))
    qtbot.addWidget(panel)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "no-such-folder" / "sheet.pdf"))
    panel.print_on(printer, key)
    assert "printer refused" in panel.said
    printer.setOutputFileName(str(tmp_path / "sheet.pdf"))
    panel.print_on(printer, key)
    assert "handed to the printer" in panel.said
    assert (tmp_path / "sheet.pdf").stat().st_size > 1000
