"""Fuzz target: an institution's template file, which anybody may have written."""

from __future__ import annotations

from importlib import resources

from tests.fuzz.catalogue import target

from safesession.core.template_file import (
    MAX_FIELDS,
    MAX_FILE_BYTES,
    MAX_TEMPLATES,
    MAX_WORDS_CHARS,
    OWN,
    TemplateRefusal,
    read_templates,
)


def _template_files() -> tuple[bytes, ...]:
    own = resources.files("safesession.resources") / "content" / "note_templates.yaml"
    small = 'templates:\n- {key: a, name: {zh: "甲", en: B}, fields: [{k: c, en: d}]}\n'
    awkward = (
        b"a: &b [*b]\n",
        b'"\\U00110000": "\\x00"\n',
        b"%YAML 1.1\n%TAG ! tag:x,2002:\n---\n!<!a> {? [b] : |2-\n  c\n}\n",
        b"templates: >+\n  a\n\n",
    )
    return (own.read_bytes()[:2000], small.encode(), *awkward)


@target("template_file", _template_files, weight=6)
def template_file(data: bytes) -> None:
    found = read_templates(data)
    if isinstance(found, TemplateRefusal):
        assert found.line is None or 1 <= found.line <= len(data) + 2
        return
    assert len(data) <= MAX_FILE_BYTES
    assert 1 <= len(found) <= MAX_TEMPLATES
    assert len({one.key for one in found}) == len(found)
    for one in found:
        assert one.key.startswith(OWN)
        assert 1 <= len(one.fields) <= MAX_FIELDS
        for worded in (one.name, *one.fields):
            for text in (worded.zh, worded.en):
                assert 1 <= len(text) <= MAX_WORDS_CHARS
                assert text.isprintable()
                assert text == text.strip()
                text.encode()
