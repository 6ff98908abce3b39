"""docs/BENCHMARKS.md from the reports: machine, versions, medians and ratios.

Takes the reports as their JSON says them and changes no number.
"""

from __future__ import annotations

from typing import Any

from benchmarks.report import shown


HEAD = """\
# Benchmarks

Written by `make bench`; do not edit. Each figure is the median of its runs, taken
alone on this machine; "-" was not measured, and a line says why. Which figure means
what stands at the top of its program in `benchmarks/`.
"""


def document(reports: list[dict[str, Any]]) -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(_section(report) for report in reports)])


def _section(report: dict[str, Any]) -> str:
    name, figures = report["benchmark"], report["figures"]
    peers = sorted({peer for figure in figures for peer in figure["peers"]})
    lines = [f"## {name}", "", f"`python -m benchmarks.{name}`, {report['runs']} runs."]
    lines += ["", *_machine(report["machine"]), ""]
    heads = ["figure", "unit", "ours", *peers, *(f"ours / {p}" for p in peers)]
    heads += ["goal", "met"]
    lines += [_row(heads), _row(["---"] * len(heads))]
    lines += [_row(_cells(figure, peers)) for figure in figures]
    reasons = [(f["name"], f["reason"]) for f in figures if f.get("reason")]
    if reasons:
        lines += ["", *(f"- `{figure}`: {reason}" for figure, reason in reasons)]
    return "\n".join(lines) + "\n"


def _machine(machine: dict[str, Any]) -> list[str]:
    versions = machine.get("versions", {})
    lines = [f"- {key}: {_plain(v)}" for key, v in machine.items() if key != "versions"]
    told = [f"{name} {shown(version)}" for name, version in versions.items()]
    return [*lines, "- versions: " + ", ".join(told)]


def _cells(figure: dict[str, Any], peers: list[str]) -> list[str]:
    values = [figure["peers"].get(peer) for peer in peers]
    ratios = [_ratio(figure["ours"], value) for value in values]
    met = {True: "yes", False: "**no**", None: ""}[figure["met"]]
    cells = [f"`{figure['name']}`", figure["unit"], shown(figure["ours"])]
    present = [
        shown(value) if peer in figure["peers"] else ""
        for peer, value in zip(peers, values, strict=True)
    ]
    return [*cells, *present, *ratios, figure["goal"] or "", met]


def _ratio(ours: float | None, peer: float | None) -> str:
    return f"{ours / peer:.2f}" if ours is not None and peer else ""


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(shown(item) for item in value)
    return shown(value)
