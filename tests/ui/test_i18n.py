"""The translation is complete, fresh and compiled; switching keeps what is there."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import PySide6
import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

import safesession.ui
from safesession.core.status import Role
from safesession.ui.i18n import (
    LanguageController,
    default_language,
    language_controller,
    translate,
)
from safesession.ui.settings import MemorySettings


UI = Path(safesession.ui.__file__).parent
SOURCES = sorted(UI.rglob("*.py"))
I18N = UI.parent / "resources" / "i18n"
TS = I18N / "safesession_zh_CN.ts"
QM = I18N / "safesession_zh_CN.qm"
FIELD = re.compile(r"\{(\w*)\}")


def tool(name: str) -> str:
    """Return the path of a Qt tool that comes with PySide6."""
    beside = Path(PySide6.__file__).parent / name
    found = shutil.which(str(beside)) or shutil.which(
        f"pyside6-{name}", path=str(Path(sys.executable).parent)
    )
    assert found, f"PySide6 came without {name}"
    return found


def messages(ts: Path) -> Iterator[tuple[str, str, ET.Element]]:
    """Yield context, source and translation of each message."""
    for context in ET.parse(ts).getroot().iter("context"):  # noqa: S314 - our own file
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            element = message.find("translation")
            assert element is not None
            yield name, message.findtext("source") or "", element


def test_every_text_is_translated() -> None:
    unfinished = [
        (context, source)
        for context, source, element in messages(TS)
        if element.get("type") or not (element.text or "").strip()
    ]
    assert unfinished == []


def test_translations_keep_their_fields() -> None:
    for _, source, element in messages(TS):
        assert sorted(FIELD.findall(source)) == sorted(FIELD.findall(element.text))


def test_the_ts_file_matches_the_sources(tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.ts"
    command = [tool("lupdate"), "-silent", "-locations", "none"]
    command += ["-source-language", "en", "-target-language", "zh_CN"]
    subprocess.run([*command, *map(str, SOURCES), "-ts", str(fresh)], check=True)
    now = {(context, source) for context, source, _ in messages(fresh)}
    kept = {(context, source) for context, source, _ in messages(TS)}
    assert now - kept == set(), "run lupdate and translate"
    assert kept - now == set(), "remove what is no longer used"


def test_the_qm_file_matches_the_ts_file(qapp) -> None:
    data = QM.read_bytes()
    translator = QTranslator()
    assert translator.load(data)
    for context, source, element in messages(TS):
        assert translator.translate(context, source) == element.text


def test_every_argument_of_translate_is_a_literal() -> None:
    wrong = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id not in ("translate", "QT_TRANSLATE_NOOP"):
                continue
            literal = all(isinstance(arg, ast.Constant) for arg in node.args)
            if len(node.args) < 2 or not literal:
                wrong.append(f"{path.name}:{node.lineno}")
    assert wrong == []


def test_view_models_know_no_widgets() -> None:
    wrong = []
    for path in (UI / "view_models").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            if module.startswith(("PySide6.QtWidgets", "PySide6.QtGui")):
                wrong.append(path.name)
            if module.startswith(("safesession.ui.widgets", "safesession.ui.views")):
                wrong.append(path.name)
    assert wrong == []


def test_no_nested_event_loops() -> None:
    wrong = [
        f"{path.name}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in ("exec", "exec_", "processEvents", "getSaveFileName")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("locale", "language"),
    [("zh_CN", "zh_CN"), ("zh_TW", "zh_CN"), ("zh-Hans", "zh_CN"), ("de_DE", "en")],
)
def test_the_first_language_follows_the_system(locale, language) -> None:
    assert default_language(locale) == language


@pytest.mark.usefixtures("plain_look")
def test_the_choice_is_remembered(qapp) -> None:
    settings = MemorySettings()
    first = LanguageController(QCoreApplication.instance(), settings)
    first.set_language("zh_CN")
    second = LanguageController(QCoreApplication.instance(), settings)
    try:
        assert second.language == "zh_CN"
        with pytest.raises(ValueError, match="no such language"):
            second.set_language("fr")
    finally:
        for controller in (first, second):
            controller.set_language("en")
            controller.setParent(None)
            controller.deleteLater()


def test_switching_retranslates_and_keeps_state(open_window, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.join.field.setText("4821 0937")
    assert window.join._title.text() == "Welcome"

    window.header.language.click()

    assert language_controller().language == "zh_CN"
    qtbot.waitUntil(lambda: window.join._title.text() == "欢迎")
    assert window.join.field.text() == "4821 0937"
    assert window.header.language.text() == "English"
    assert translate("JoinView", "Continue") == "继续"

    window.header.language.click()
    qtbot.waitUntil(lambda: window.join._title.text() == "Welcome")
