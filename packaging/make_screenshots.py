"""Take the README's pictures from real windows in a real call, in both languages.

    python packaging/make_screenshots.py docs/images

Uses the test support for screens and hands, so it needs what the end-to-end tests
need. Nothing in the pictures is drawn afterwards.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage


ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.children import running  # noqa: E402
from tests.support.display import open_display  # noqa: E402
from tests.support.person import Person, sit_down  # noqa: E402
from tests.support.server_process import ServerProcess  # noqa: E402


APP = "SafeSession"
CHINESE = ROOT / "src/safesession/resources/i18n/safesession_zh_CN.ts"
WIDTH_PX = 640
TALK = {
    "en": ("I am a little nervous.", "That is all right. We take our time."),
    "zh_CN": ("您好，我有点紧张。", "没关系，我们慢慢来。"),
}


@dataclass(frozen=True)
class Sitter:
    """One person at one screen, and the language of their window."""

    person: Person
    words: dict[str, str]

    def say(self, source: str) -> str:
        """Return a text of the window in its language."""
        return self.words.get(source, source)

    def click(self, source: str) -> None:
        """Press a button, named by its English text."""
        self.person.click(APP, self.say(source), role="push button")

    def shoot(self, file: Path) -> None:
        """Save the window alone, scaled for a page."""
        area = next(c for c in self.person.controls(APP) if c.role == "filler")
        time.sleep(1.0)
        whole = file.with_suffix(".whole.png")
        self.person.display.save_picture(whole)
        window = QImage(str(whole)).copy(area.left, area.top, area.width, area.height)
        whole.unlink()
        smooth = Qt.TransformationMode.SmoothTransformation
        window.scaledToWidth(WIDTH_PX, smooth).save(str(file))


def chinese() -> dict[str, str]:
    """Return English to Chinese as translated."""
    tree = ET.parse(CHINESE)  # noqa: S314 - our own file
    return {
        message.findtext("source", ""): message.findtext("translation", "")
        for message in tree.iter("message")
    }


def sit(
    stack: ExitStack, folder: Path, role: str, language: str, server: ServerProcess
) -> Sitter:
    """Open one person's window."""
    state = folder / "state"
    state.mkdir(parents=True)
    (state / "settings.json").write_text(
        json.dumps({"appearance/language": language, "appearance/scheme": "light"})
    )
    display = stack.enter_context(open_display(folder))
    person = stack.enter_context(sit_down(display, folder))
    token = server.enrol_token() if role == "counselor" else ""
    environment = {
        **person.environment,
        "PYTHONPATH": str(ROOT / "src"),
        "PULSE_SERVER": "unix:/nonexistent",
        "SAFESESSION_ENROL_TOKEN": token,
    }
    command = [sys.executable, "-m", "safesession.cli", "app", "--demo-media"]
    command += ["--role", role, "--server", server.origin, "--state", str(state)]
    stack.enter_context(
        running(*command, environment=environment, log=folder / "app.log")
    )
    return Sitter(person, chinese() if language == "zh_CN" else {})


def session(language: str, images: Path) -> None:
    """Hold one session and photograph it."""
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        folder = Path(scratch)
        server = stack.enter_context(ServerProcess(folder / "server"))
        counselor = sit(stack, folder / "counselor", "counselor", language, server)
        client = sit(stack, folder / "client", "client", language, server)

        def picture(name: str) -> Path:
            return images / f"{name}.{language}.png"

        counselor.click("Create invite")
        counselor.click("Copy code only")
        counselor.shoot(picture("invite"))
        code = counselor.person.clipboard()
        field = client.say("Invite code, 16 digits, or a link")
        client.person.click(APP, field, role="text")
        client.person.hands.type_text(code)
        client.shoot(picture("join"))
        client.click("Continue")
        for sitter in (counselor, client):
            sitter.click("Start comparing")
        client.person.find(APP, client.say("None of these"))
        client.shoot(picture("safety-code"))
        read = {id(s): read_words(s) for s in (counselor, client)}
        counselor.click(read[id(client)])
        client.click(read[id(counselor)])
        time.sleep(4)
        counselor.person.hands.key("Escape")
        counselor.shoot(picture("call"))
        for writer, text in zip((client, counselor), TALK[language], strict=True):
            writer.person.hands.key("ctrl+shift+c")
            time.sleep(1)
            writer.person.paste(text)
            writer.person.hands.key("Return")
            time.sleep(1)
        counselor.shoot(picture("chat"))


def read_words(sitter: Sitter) -> str:
    """Return the two words this person reads aloud."""
    labels = [
        control.name
        for control in sitter.person.controls(APP)
        if control.role == "label" and "showing" in control.states
    ]
    first = next(i for i, name in enumerate(labels) if name.startswith("1."))
    second = next(i for i, name in enumerate(labels) if name.startswith("2."))
    return ", ".join(labels[first + 1 : second])


def main() -> int:
    """Photograph both languages."""
    images = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")
    images.mkdir(parents=True, exist_ok=True)
    for language in TALK:
        session(language, images)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
