"""The templates of notes: headings in both languages, from one content file.

A note is plain text; a heading is a line that begins with `HEADING`. Nothing of a
client is in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final

import yaml

from safesession.core.template_file import HEADING, NoteTemplate, Worded


FREE: Final = "free"  # the key of a note that begins empty
_FILE: Final = "note_templates.yaml"


@dataclass(frozen=True, slots=True)
class NoteContent:
    """Everything in the content file that the windows show."""

    language_rule: Worded
    templates: tuple[NoteTemplate, ...]

    def template(self, key: str) -> NoteTemplate | None:
        """Return a template, or None for a free note or an unknown key."""
        return next((one for one in self.templates if one.key == key), None)


@lru_cache(maxsize=1)
def note_content() -> NoteContent:
    """Return the content file's words."""
    path = resources.files("safesession.resources") / "content" / _FILE
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return NoteContent(
        _worded(data["language_rule"]), tuple(map(_template, data["templates"]))
    )


def is_heading(line: str) -> bool:
    """Tell whether a line of a note is a heading."""
    return line.startswith(HEADING.rstrip())


def _template(row: dict[str, Any]) -> NoteTemplate:
    fields = tuple(_worded(one) for one in row["fields"])
    return NoteTemplate(row["key"], _worded(row["name"]), fields)


def _worded(row: dict[str, str]) -> Worded:
    return Worded(row["zh"], row["en"])
