"""Where this app keeps its files. Creates nothing by itself."""

from __future__ import annotations

import os
from pathlib import Path


def state_dir() -> Path:
    """Folder of the app's own state; SAFESESSION_STATE_DIR overrides it."""
    override = os.environ.get("SAFESESSION_STATE_DIR")
    if override:
        return Path(override)
    import platformdirs

    return Path(platformdirs.user_data_dir("SafeSession", appauthor=False))
