"""Snapshots and journals by name: which belong together, and in what order.

    snapshot-000001-0003-000000000120.db    key generation, schema, sequence
    journal-000001-0003-000000000120.ssj    the changes after that snapshot

Names only; what is inside is checked by whoever opens it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from safesession.vault.files import VaultPaths


KEEP_SNAPSHOTS = 3
_SNAPSHOT = re.compile(r"snapshot-(\d{6})-(\d{4})-(\d{12})\.db")
_JOURNAL = re.compile(r"journal-(\d{6})-(\d{4})-(\d{12})\.ssj")


@dataclass(frozen=True, slots=True, order=True)
class Stage:
    """The state a snapshot holds and its journal continues from."""

    generation: int
    version: int
    sequence: int

    def snapshot(self, paths: VaultPaths) -> Path:
        """Return the snapshot's file."""
        return paths.snapshots / f"snapshot-{self}.db"

    def journal(self, paths: VaultPaths) -> Path:
        """Return the journal's file."""
        return paths.journals / f"journal-{self}.ssj"

    def __str__(self) -> str:
        return f"{self.generation:06}-{self.version:04}-{self.sequence:012}"


def snapshots_of(paths: VaultPaths, generation: int) -> list[Stage]:
    """Return the snapshots of a key generation, newest first."""
    return _listed(paths.snapshots, _SNAPSHOT, generation)


def journals_of(paths: VaultPaths, generation: int) -> list[Stage]:
    """Return the journals of a key generation, newest first."""
    return _listed(paths.journals, _JOURNAL, generation)


def superseded(paths: VaultPaths, generation: int) -> list[Path]:
    """Return files that nothing needs: of older keys, or before the kept snapshots."""
    kept = snapshots_of(paths, generation)[:KEEP_SNAPSHOTS]
    if not kept:
        return []
    oldest = kept[-1]
    found = []
    for folder, pattern in ((paths.snapshots, _SNAPSHOT), (paths.journals, _JOURNAL)):
        for path, stage in _stages(folder, pattern):
            if stage.generation <= generation and stage < oldest:
                found.append(path)
    return found


def _listed(folder: Path, pattern: re.Pattern[str], generation: int) -> list[Stage]:
    stages = [stage for _, stage in _stages(folder, pattern)]
    return sorted((s for s in stages if s.generation == generation), reverse=True)


def _stages(folder: Path, pattern: re.Pattern[str]) -> list[tuple[Path, Stage]]:
    if not folder.is_dir():
        return []
    return [
        (path, Stage(int(match[1]), int(match[2]), int(match[3])))
        for path in folder.iterdir()
        if (match := pattern.fullmatch(path.name))
    ]
