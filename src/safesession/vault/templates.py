"""The institution's own note templates in an open vault: words, never a client's."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from safesession.core.template_file import (
    MAX_KEPT,
    NoteTemplate,
    TemplateFault,
    TemplateRefusal,
    TemplatesTaken,
    read_templates,
)
from safesession.vault.errors import DamagedError, NoSuchRecordError
from safesession.vault.store import Store


class Templates:
    """The institution's templates, in the order of their files."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> tuple[NoteTemplate, ...]:
        """Return every template.

        Raises:
            DamagedError: one is not what was written.
        """
        rows = self._store.rows("SELECT content FROM note_template ORDER BY place, key")
        try:
            return tuple(
                msgspec.json.decode(content, type=NoteTemplate) for (content,) in rows
            )
        except msgspec.MsgspecError:
            raise DamagedError("template") from None

    def take(self, untrusted_file: bytes) -> TemplatesTaken | TemplateRefusal:
        """Take a file whole, or say why not. One with a known key replaces that one."""
        found = read_templates(untrusted_file)
        if isinstance(found, TemplateRefusal):
            return found
        known = {template.key for template in self.all()}
        replaced = sum(template.key in known for template in found)
        if len(known) + len(found) - replaced > MAX_KEPT:
            return TemplateRefusal(TemplateFault.TOO_MANY)
        self._put(found)
        return TemplatesTaken(len(found) - replaced, replaced)

    def remove(self, key: str) -> None:
        """Forget a template; notes that began with it stay as they are.

        Raises:
            NoSuchRecordError: there is none with this key.
        """
        with self._store.transaction("template") as change:
            if not change.execute("DELETE FROM note_template WHERE key = ?", key):
                raise NoSuchRecordError("template")

    def _put(self, templates: Sequence[NoteTemplate]) -> None:
        with self._store.transaction("template") as change:
            last = change.rows("SELECT max(place) FROM note_template")[0][0] or 0
            for place, template in enumerate(templates, last + 1):
                content = msgspec.json.encode(template).decode()
                change.execute(
                    "INSERT INTO note_template(key, place, added_at_ms, content) "
                    "VALUES (?, ?, ?, ?) ON CONFLICT(key) DO UPDATE SET "
                    "added_at_ms = excluded.added_at_ms, content = excluded.content",
                    template.key,
                    place,
                    change.at_ms,
                    content,
                )
                change.expect(
                    "SELECT 1 FROM note_template WHERE key = ? AND content = ?",
                    template.key,
                    content,
                )
