"""The benchmark of reconnecting counts what it was given, and nothing else."""

from __future__ import annotations

import pytest
from benchmarks import reconnect
from benchmarks.reconnect import FULL, QUICK, Plan, figures, p95
from benchmarks.reconnect_runs import Trial


def trial(
    back_s: float,
    *,
    same: bool = True,
    unstable_s: float | None = None,
    reconnecting_s: float | None = None,
) -> Trial:
    return Trial(back_s, back_s + 0.1, unstable_s, reconnecting_s, same)


def found(**changes: list[Trial]) -> dict[str, list[Trial]]:
    names = ("gap3", "gap10", "gap40", "silence", "told")
    return {name: changes.get(name, [trial(0.2)]) for name in names}


def named(trials: dict[str, list[Trial]], plan: Plan = FULL) -> dict:
    return {figure.name: figure for figure in figures(trials, plan)}


def test_each_figure_is_made_of_its_own_trials() -> None:
    made = named(
        found(
            gap3=[trial(0.1, unstable_s=2.1), trial(0.3, unstable_s=2.0)],
            gap10=[trial(0.4, unstable_s=2.2, reconnecting_s=5.1)],
            silence=[trial(1.2)],
            told=[trial(0.9)],
        )
    )
    assert made["audio_back_s_gap3"].ours == pytest.approx(0.2)
    assert made["video_back_s_gap3"].ours == pytest.approx(0.3)
    assert made["audio_back_p95_s_gap10"].ours == 0.4
    assert made["media_back_s_address_change"].met
    assert made["media_back_s_address_told"].met is False
    assert made["unstable_notice_s"].ours == pytest.approx(2.1)
    assert made["reconnecting_notice_s"].ours == 5.1
    assert made["objects_made_anew"].met


def test_another_connection_counts_but_not_after_forty_seconds() -> None:
    assert named(found(gap40=[trial(0.2, same=False)]))["objects_made_anew"].ours == 0
    made = named(found(told=[trial(0.2, same=False)]))
    assert made["objects_made_anew"].met is False


def test_a_status_that_never_came_is_absent_and_the_quick_run_asks_for_less() -> None:
    made = named(found())
    assert made["reconnecting_notice_s"].ours is None
    assert made["reconnecting_notice_s"].reason
    quick = named(found(gap3=[trial(0.1, unstable_s=2.0)]), QUICK)
    assert "reconnecting_notice_s" not in quick
    assert all(figure.measured for figure in quick.values())


def test_the_95th_percentile_is_a_value_that_was_measured() -> None:
    assert p95([3.0, 1.0, 2.0]) == 3.0
    assert p95([float(n) for n in range(1, 41)]) == 39.0


def test_without_namespaces_the_reason_is_the_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reconnect, "why_not", lambda: "needs root")
    monkeypatch.setattr("sys.argv", ["reconnect", "--json"])
    assert reconnect.main() == 1
    assert "needs root" in capsys.readouterr().out
