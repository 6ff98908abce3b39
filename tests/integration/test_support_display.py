"""The instruments for real windows: screen, hands, pictures of the screen."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.support.children import running, wait_until
from tests.support.display import HEIGHT_PX, WIDTH_PX, Display, Hands


_PROGRAM = """
from pathlib import Path
import sys
from PySide6.QtWidgets import QApplication, QLineEdit
app = QApplication([])
line = QLineEdit()
line.setWindowTitle("Line of words")
line.setStyleSheet("background: #ff0000")
line.resize(400, 80)
line.returnPressed.connect(lambda: Path(sys.argv[1]).write_text(line.text()))
line.show()
app.exec()
"""


def test_hands_type_both_languages_into_a_real_window(
    display: Display, hands: Hands, tmp_path: Path
) -> None:
    typed, log = tmp_path / "typed", tmp_path / "log"
    command = (sys.executable, "-c", _PROGRAM, typed)
    with running(*command, environment=display.environment, log=log):
        window = hands.window("^Line of words$")
        hands.click(window, 100, 40)
        hands.type_text("hello ")
        hands.type_text("你好")
        hands.key("Return")
        wait_until(typed.exists, "Return reaches the window")
        red = (display.picture() == (255, 0, 0)).all(axis=2).sum()
        display.save_picture(tmp_path / "screen.png")
    assert typed.read_text(encoding="utf-8") == "hello 你好"
    assert display.picture().shape == (HEIGHT_PX, WIDTH_PX, 3)
    assert red > 400 * 80 * 0.8
    assert (tmp_path / "screen.png").read_bytes().startswith(b"\x89PNG")


def test_hands_wait_for_a_window_only_so_long(hands: Hands) -> None:
    with pytest.raises(AssertionError, match="no such window"):
        hands.window("no such window", timeout_s=0.2)
