"""Templates of notes, and the file in which an institution hands out its own.

A template file is YAML of a fixed shape (docs/USER_GUIDE.en.md). It is read as text
only: no types, no references from one place to another, little depth, and it is
accepted whole or refused with the line where it went wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeVar

import yaml


MAX_FILE_BYTES: Final = 64 << 10
MAX_TEMPLATES: Final = 40  # in one file
MAX_KEPT: Final = 100
MAX_FIELDS: Final = 40
MAX_WORDS_CHARS: Final = 120
OWN: Final = "own:"  # before the key of an institution's template, in a note
HEADING: Final = "■ "
_FILE_ID: Final = "note_templates"
_FILE_VERSION: Final = "1"
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TOP: Final = frozenset({"id", "version", "kinds", "language_rule", "templates"})
_MAX_DEPTH: Final = 8
_MAX_NODES: Final = 8000
_PLAIN_TAGS: Final = tuple(
    f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map")
)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Worded:
    """Words in both languages."""

    zh: str
    en: str

    def word(self, language: str) -> str:
        """Return the words in a language ("zh_CN", "en")."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class NoteTemplate:
    """One way to structure a note."""

    key: str
    name: Worded
    fields: tuple[Worded, ...]

    def body(self, language: str) -> str:
        """Return what a note begins with: each heading and room below it."""
        return "\n".join(f"{HEADING}{f.word(language)}\n\n" for f in self.fields)


class TemplateFault(Enum):
    """Why a template file is refused."""

    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"
    NOT_YAML = "not_yaml"
    REFERENCE = "reference"  # an alias or a type of its own
    SHAPE = "shape"  # a list, a group or a line of words where another is due
    OTHER_FILE = "other_file"  # another id or version
    NO_TEMPLATES = "no_templates"
    TOO_MANY = "too_many"
    UNKNOWN_NAME = "unknown_name"
    MISSING = "missing"
    KEY = "key"
    TWICE = "twice"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class TemplateRefusal:
    """A file that was not taken. `line` counts from 1; None where there is none."""

    fault: TemplateFault
    line: int | None = None


@dataclass(frozen=True, slots=True)
class TemplatesTaken:
    """A file that was taken whole."""

    added: int
    replaced: int


class _FaultError(Exception):
    def __init__(self, fault: TemplateFault, node: yaml.Node | None = None) -> None:
        super().__init__(fault.value)
        line = None if node is None else node.start_mark.line + 1
        self.refusal = TemplateRefusal(fault, line)


def read_templates(untrusted_file: bytes) -> tuple[NoteTemplate, ...] | TemplateRefusal:
    """Return the templates in a file, or why it is refused. Never raises."""
    if len(untrusted_file) > MAX_FILE_BYTES:
        return TemplateRefusal(TemplateFault.TOO_LARGE)
    try:
        untrusted_text = untrusted_file.decode("utf-8-sig")
    except UnicodeDecodeError:
        return TemplateRefusal(TemplateFault.NOT_TEXT)
    try:
        return _templates(_composed(untrusted_text))
    except _FaultError as error:
        return error.refusal


class _TextLoader(yaml.BaseLoader):
    """Composes a small tree of plain text; no aliases, no depth."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.get_mark()
            fault = _FaultError(TemplateFault.REFERENCE)
            fault.refusal = TemplateRefusal(TemplateFault.REFERENCE, mark.line + 1)
            raise fault
        self._depth += 1
        self._nodes += 1
        if self._depth > _MAX_DEPTH or self._nodes > _MAX_NODES:
            raise _FaultError(TemplateFault.SHAPE)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def _composed(untrusted_text: str) -> yaml.Node | None:
    try:
        loader = _TextLoader(untrusted_text)
        try:
            return loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        fault = _FaultError(TemplateFault.NOT_YAML)
        if mark is not None:
            fault.refusal = TemplateRefusal(TemplateFault.NOT_YAML, mark.line + 1)
        raise fault from None
    except (yaml.YAMLError, ValueError, OverflowError):
        # Escapes of characters that do not exist raise whatever `chr` raises.
        raise _FaultError(TemplateFault.NOT_YAML) from None


def _templates(root: yaml.Node | None) -> tuple[NoteTemplate, ...]:
    if root is None:
        raise _FaultError(TemplateFault.NO_TEMPLATES)
    top = _group(root, _TOP)
    for name, wanted in (("id", _FILE_ID), ("version", _FILE_VERSION)):
        if name in top and _line(top[name]) != wanted:
            raise _FaultError(TemplateFault.OTHER_FILE, top[name])
    if "templates" not in top:
        raise _FaultError(TemplateFault.NO_TEMPLATES, root)
    found = _list(top["templates"], _template, MAX_TEMPLATES)
    seen: set[str] = set()
    for template, node in found:
        if template.key in seen:
            raise _FaultError(TemplateFault.TWICE, node)
        seen.add(template.key)
    return tuple(template for template, _ in found)


def _template(node: yaml.Node) -> NoteTemplate:
    parts = _group(node, frozenset({"key", "name", "fields"}))
    for needed in ("key", "name", "fields"):
        if needed not in parts:
            raise _FaultError(TemplateFault.MISSING, node)
    key = _line(parts["key"])
    if not _KEY.fullmatch(key):
        raise _FaultError(TemplateFault.KEY, parts["key"])
    fields = _list(parts["fields"], _field, MAX_FIELDS)
    return NoteTemplate(
        OWN + key, _worded(parts["name"]), tuple(field for field, _ in fields)
    )


def _field(node: yaml.Node) -> Worded:
    return _worded(node, also=frozenset({"k"}))


def _worded(node: yaml.Node, also: frozenset[str] = frozenset()) -> Worded:
    """Return words; a language that is missing takes the other's."""
    parts = _group(node, also | {"zh", "en"})
    words = {
        language: _words(parts[language])
        for language in ("zh", "en")
        if language in parts
    }
    if not words:
        raise _FaultError(TemplateFault.MISSING, node)
    either = next(iter(words.values()))
    return Worded(words.get("zh", either), words.get("en", either))


def _words(node: yaml.Node) -> str:
    text = _line(node).strip()
    whole = all(c.isprintable() for c in text)  # no control signs, no half characters
    if not 1 <= len(text) <= MAX_WORDS_CHARS or not whole:
        raise _FaultError(TemplateFault.WORDS, node)
    return text


def _line(node: yaml.Node) -> str:
    if not isinstance(_plain(node), yaml.ScalarNode):
        raise _FaultError(TemplateFault.SHAPE, node)
    return str(node.value)


def _group(node: yaml.Node, allowed: frozenset[str]) -> dict[str, yaml.Node]:
    if not isinstance(_plain(node), yaml.MappingNode):
        raise _FaultError(TemplateFault.SHAPE, node)
    parts: dict[str, yaml.Node] = {}
    for key_node, value in node.value:
        name = _line(key_node)
        if name not in allowed:
            raise _FaultError(TemplateFault.UNKNOWN_NAME, key_node)
        if name in parts:
            raise _FaultError(TemplateFault.TWICE, key_node)
        parts[name] = value
    return parts


def _list(
    node: yaml.Node, read: Callable[[yaml.Node], _T], most: int
) -> list[tuple[_T, yaml.Node]]:
    if not isinstance(_plain(node), yaml.SequenceNode):
        raise _FaultError(TemplateFault.SHAPE, node)
    if not node.value:
        raise _FaultError(TemplateFault.NO_TEMPLATES, node)
    if len(node.value) > most:
        raise _FaultError(TemplateFault.TOO_MANY, node)
    return [(read(child), child) for child in node.value]


def _plain(node: yaml.Node) -> yaml.Node:
    if node.tag not in _PLAIN_TAGS:
        raise _FaultError(TemplateFault.REFERENCE, node)
    return node
