"""The vault's benchmark measures everything it names, on a very small vault."""

from __future__ import annotations

import random
from pathlib import Path

from benchmarks import vault
from benchmarks.vault_text import CHINESE, note_text

from safesession.crypto import argon2


def test_every_figure_is_measured(qapp, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(argon2, "DEFAULT", argon2.LEAST)
    bench = vault.Bench(vault.Plan(400, 100, 4, 1, 30), tmp_path)
    try:
        figures = {figure.name: figure for figure in bench.figures()}
        assert "SQLCipher" in bench.engine()
    finally:
        bench.close()
    assert all(figure.measured for figure in figures.values())
    goals = {name: str(f.goal) for name, f in figures.items() if f.goal}
    assert goals == {
        "insert_ratio": "<= 1.4",
        "bulk_insert_ratio": "<= 1.4",
        "warm_search_ratio": "<= 1.1",
        "open_list_ratio": "<= 2",
        "ranked_zh_ms": "<= 60",
        "key_to_paint_ms_p99": "<= 16",
        "unlock_s": "<= 0.8",
    }


def test_notes_are_alike_and_hold_the_words_that_are_searched() -> None:
    dice = random.Random(1)
    notes = [note_text(dice) for _ in range(300)]
    sizes = [len(note.encode()) for note in notes]
    assert 1200 < sum(sizes) / len(sizes) < 1700
    for word in CHINESE[:5]:
        assert 10 < sum(word in note for note in notes) < 60
