"""A template file is taken whole, or refused with the line where it went wrong."""

from __future__ import annotations

from importlib import resources

import pytest

from safesession.core.template_file import (
    MAX_FILE_BYTES,
    NoteTemplate,
    TemplateFault,
    TemplateRefusal,
    Worded,
    read_templates,
)


GOOD = """\
id: note_templates
version: 1
templates:
  - key: intake
    name: {zh: "首次登记", en: "Intake"}
    fields:
      - {k: basic, zh: "基本信息", en: "Basics"}
      - {zh: "只有中文"}
  - key: follow_up
    name: {en: Follow-up}
    fields: [{en: yes}]
"""


def read(text: str) -> tuple[NoteTemplate, ...] | TemplateRefusal:
    return read_templates(text.encode("utf-8", "surrogatepass"))


def refused(text: str) -> tuple[TemplateFault, int | None]:
    found = read(text)
    assert isinstance(found, TemplateRefusal), found
    return found.fault, found.line


def test_a_file_becomes_templates_of_its_own_kind() -> None:
    one, two = read(GOOD)
    assert one == NoteTemplate(
        "own:intake",
        Worded("首次登记", "Intake"),
        (Worded("基本信息", "Basics"), Worded("只有中文", "只有中文")),
    )
    assert two.key == "own:follow_up"
    assert two.fields == (Worded("yes", "yes"),), "words are words, never a truth value"
    assert one.body("en") == "■ Basics\n\n\n■ 只有中文\n\n"


def test_a_mark_at_the_beginning_is_not_in_the_way() -> None:
    assert read("\ufeff" + GOOD) == read(GOOD)


def test_the_programs_own_file_is_one() -> None:
    """Whoever writes one begins with a copy of it."""
    content = resources.files("safesession.resources") / "content"
    found = read_templates((content / "note_templates.yaml").read_bytes())
    assert isinstance(found, tuple)
    assert len(found) == 8
    assert all(template.key.startswith("own:") for template in found)


def one(fields: str = "[{en: a}]", key: str = "a", name: str = "{en: b}") -> str:
    return f"templates:\n  - key: {key}\n    name: {name}\n    fields: {fields}\n"


F = TemplateFault


@pytest.mark.parametrize(
    ("text", "fault", "line"),
    [
        ("", F.NO_TEMPLATES, None),
        ("id: note_templates\n", F.NO_TEMPLATES, 1),
        ("templates: []\n", F.NO_TEMPLATES, 1),
        ("id: consent_form\ntemplates: []\n", F.OTHER_FILE, 1),
        ("version: 2\ntemplates: []\n", F.OTHER_FILE, 1),
        ("- a\n", F.SHAPE, 1),
        ("just words\n", F.SHAPE, 1),
        ("templates:\n  a: b\n", F.SHAPE, 2),
        ("templates:\n  - a\n", F.SHAPE, 2),
        (one(name="words"), F.SHAPE, 3),
        (one(fields="[a]"), F.SHAPE, 4),
        (one(key="[a]"), F.SHAPE, 2),
        ("[" * 300, F.SHAPE, None),
        ("templates: [\n", F.NOT_YAML, 2),
        ("templates: 'open\n", F.NOT_YAML, 2),
        ("a: b: c\n", F.NOT_YAML, 1),
        ("templates:\n\t- a\n", F.NOT_YAML, 2),
        ("---\na: b\n---\nc: d\n", F.NOT_YAML, 3),
        ('templates: "\\UFFFFFFFF"\n', F.NOT_YAML, None),
        ("%YAML 1." + "9" * 5000 + "\n---\na: b\n", F.NOT_YAML, None),
        ("templates: \x07\n", F.NOT_YAML, None),
        ("templates: &a []\nid: *a\n", F.REFERENCE, 2),
        ("templates: !!python/object:os.system []\n", F.REFERENCE, 1),
        (one(name="!date {en: b}"), F.REFERENCE, 3),
        ("extra: 1\n", F.UNKNOWN_NAME, 1),
        (one(fields="[{en: a, de: b}]"), F.UNKNOWN_NAME, 4),
        (one() + "    note: x\n", F.UNKNOWN_NAME, 5),
        ("templates:\n  - key: a\n", F.MISSING, 2),
        (one(fields="[{k: a}]"), F.MISSING, 4),
        (one(name="{}"), F.MISSING, 3),
        (one(key="A b"), F.KEY, 2),
        (one(key="9a"), F.KEY, 2),
        (one(key="own:a"), F.KEY, 2),
        (one(key="a" * 41), F.KEY, 2),
        (one() + "  - {key: a, name: {en: b}, fields: [{en: c}]}\n", F.TWICE, 5),
        ("id: note_templates\nid: note_templates\n", F.TWICE, 2),
        (one(name='{en: ""}'), F.WORDS, 3),
        (one(name='{en: "   "}'), F.WORDS, 3),
        (one(name='{en: "a\\nb"}'), F.WORDS, 3),
        (one(name='{en: "\\ud800"}'), F.WORDS, 3),
        (one(name='{en: "\\u202eabc"}'), F.WORDS, 3),
        (one(name=f"{{en: {'x' * 121}}}"), F.WORDS, 3),
        (one(fields="[" + "{en: a}," * 41 + "]"), F.TOO_MANY, 4),
        (one(fields="[]"), F.NO_TEMPLATES, 4),
    ],
)
def test_each_fault_has_its_name_and_line(text, fault, line) -> None:
    assert refused(text) == (fault, line)


def test_no_more_than_a_reader_can_use() -> None:
    entry = "  - {key: a%d, name: {en: b}, fields: [{en: c}]}\n"
    many = "templates:\n" + "".join(entry % n for n in range(41))
    assert refused(many) == (F.TOO_MANY, 2)


def test_size_and_encoding_come_first() -> None:
    large = read_templates(b"#" * (MAX_FILE_BYTES + 1))
    assert large == TemplateRefusal(F.TOO_LARGE)
    assert read_templates(GOOD.encode("utf-16")) == TemplateRefusal(F.NOT_TEXT)
    assert read_templates(b"\xff\xfe") == TemplateRefusal(F.NOT_TEXT)
