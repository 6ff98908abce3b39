"""Why a template file was refused: one sentence each, with the line where it is."""

from __future__ import annotations

from safesession.core.template_file import (
    MAX_FILE_BYTES,
    MAX_KEPT,
    MAX_TEMPLATES,
    MAX_WORDS_CHARS,
    TemplateFault,
    TemplateRefusal,
    TemplatesTaken,
)
from safesession.ui import texts
from safesession.ui.i18n import translate


_KIB = 1024


def refusal_words(refusal: TemplateRefusal) -> str:
    """Say what is wrong, where, and that nothing was taken."""
    words = _fault_words(refusal.fault)
    if refusal.line is not None:
        where = translate("TemplateFile", "Line {n}: {fault}")
        words = where.format(n=refusal.line, fault=words)
    return texts.sentences(
        words, translate("TemplateFile", "Nothing was taken from this file.")
    )


def taken_words(taken: TemplatesTaken) -> str:
    """Say what came in."""
    words = translate(
        "TemplateFile", "The file was taken. New templates: {added}; replaced: {old}."
    )
    return words.format(added=taken.added, old=taken.replaced)


def _fault_words(fault: TemplateFault) -> str:
    words = {
        TemplateFault.TOO_LARGE: translate(
            "TemplateFile", "The file is larger than {n} KB."
        ).format(n=MAX_FILE_BYTES // _KIB),
        TemplateFault.NOT_TEXT: translate(
            "TemplateFile", "This is not a text file in UTF-8."
        ),
        TemplateFault.NOT_YAML: translate(
            "TemplateFile",
            "This cannot be read as YAML. Often a quotation mark, a bracket or the "
            "indentation is not right.",
        ),
        TemplateFault.REFERENCE: translate(
            "TemplateFile", "References (*) and types (!) are not allowed here."
        ),
        TemplateFault.SHAPE: translate(
            "TemplateFile",
            "Something else is expected here: compare with the example file.",
        ),
        TemplateFault.OTHER_FILE: translate(
            "TemplateFile", "This is another kind of file, or another version."
        ),
        TemplateFault.NO_TEMPLATES: translate(
            "TemplateFile", "There is no template in it, or one without headings."
        ),
        TemplateFault.TOO_MANY: translate(
            "TemplateFile",
            "There are too many: at most {n} templates in a file, {n} headings in a "
            "template, {all} templates in a vault.",
        ).format(n=MAX_TEMPLATES, all=MAX_KEPT),
        TemplateFault.UNKNOWN_NAME: translate(
            "TemplateFile", "This name is not known here; perhaps it is mistyped."
        ),
        TemplateFault.MISSING: translate(
            "TemplateFile",
            "Something is missing: a template needs key, name and fields, and words in "
            "zh or en.",
        ),
        TemplateFault.KEY: translate(
            "TemplateFile",
            "A key has up to 40 small letters a-z, digits and _, and begins with a "
            "letter.",
        ),
        TemplateFault.TWICE: translate("TemplateFile", "This is there twice."),
        TemplateFault.WORDS: translate(
            "TemplateFile",
            "A name or heading is one line of 1 to {n} characters that can be printed.",
        ).format(n=MAX_WORDS_CHARS),
    }
    return words[fault]
