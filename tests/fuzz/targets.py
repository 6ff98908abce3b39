"""All fuzz targets, gathered. Import `TARGETS` from here."""

from __future__ import annotations

from tests.fuzz import (
    targets_files,
    targets_handshake,
    targets_lines,
    targets_media,
    targets_papers,
    targets_phrase,
    targets_sealed,
    targets_session,
    targets_speech,
    targets_templates,
    targets_vault,
    targets_wire,
)
from tests.fuzz.catalogue import TARGETS, Target


MODULES = (
    targets_files,
    targets_handshake,
    targets_lines,
    targets_media,
    targets_papers,
    targets_phrase,
    targets_sealed,
    targets_session,
    targets_speech,
    targets_templates,
    targets_vault,
    targets_wire,
)
BY_NAME = {target.name: target for target in TARGETS}

__all__ = ["BY_NAME", "MODULES", "TARGETS", "Target"]
