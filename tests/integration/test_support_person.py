"""The person's eyes and hands on a small real window."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from tests.support.children import running
from tests.support.person import Person


APPLICATION = "person-self-test"
PROGRAM = """
import sys
from PySide6.QtWidgets import *
app = QApplication([sys.argv[1]])
app.setApplicationName(sys.argv[1])
window = QWidget(); window.setWindowTitle("Self-test"); window.resize(500, 300)
layout = QVBoxLayout(window)
field = QLineEdit(); field.setAccessibleName("Your name")
button = QPushButton("Greet"); answer = QLabel("nothing yet")
off = QPushButton("Greet nobody"); off.setEnabled(False)
button.clicked.connect(lambda: answer.setText("Hello, " + field.text() + "!"))
for each in (field, off, button, answer): layout.addWidget(each)
window.show()
app.exec()
"""


@pytest.mark.e2e
def test_a_person_finds_writes_pastes_clicks_and_sees(
    person: Person, tmp_path: Path
) -> None:
    log = tmp_path / "program.log"
    program = (sys.executable, "-c", PROGRAM, APPLICATION)
    with running(*program, environment=person.environment, log=log):
        person.sees(APPLICATION, "nothing yet")
        person.write(APPLICATION, "Your name", "Ada ")
        person.paste("王小明，你好")
        # The disabled button has the same beginning and is passed over.
        person.click(APPLICATION, "Greet", role="push button")
        person.sees(APPLICATION, "Hello, Ada 王小明，你好!")
        field = person.find(APPLICATION, "Your name")
        assert field.text == "Ada 王小明，你好"
        shot = tmp_path / "screen.png"
        person.screenshot(shot)
    image = QImage(str(shot))
    assert (image.width(), image.height()) == (1440, 900)
    # Paper and ink of the field, whichever theme the window has.
    row = [
        image.pixelColor(field.left + x, field.center[1]).lightness()
        for x in range(5, 150)
    ]
    assert max(row) - min(row) > 100
    assert person.controls("no such program") == []
