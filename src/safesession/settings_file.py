"""What the windows remember (language, theme, server, role) in one small file.

Never a code, a token, a key or anything about a session.
"""

from __future__ import annotations

from pathlib import Path

from safesession.atomic_file import read_json, write_json
from safesession.errors import StateError


FILE_NAME = "settings.json"


class SettingsFile:
    """String settings; a damaged file is set aside and defaults are used."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        try:
            self._values = read_json(self._path)
        except StateError:
            # Preferences are not worth stopping anybody; keep the file to look at.
            self._path.replace(self._path.with_suffix(".damaged"))
            self._values = {}

    def get(self, key: str, default: str) -> str:
        """Return the remembered value or `default`."""
        value = self._values.get(key, default)
        return value if isinstance(value, str) else default

    def set(self, key: str, value: str) -> None:
        """Remember a value."""
        if self._values.get(key) != value:
            self._values[key] = value
            write_json(self._path, self._values)
