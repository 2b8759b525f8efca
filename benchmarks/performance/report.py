"""The table and the growth as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from benchmarks.performance.growth import MOST_MEMORY_RATIO, Growth
from benchmarks.performance.measure import ROOT, Usage
from benchmarks.performance.rows import BEFORE_COMMIT, Measured, Row

RESULTS = ROOT / "build" / "bench"
_TABLE = ["work", f"before ({BEFORE_COMMIT})", "now", "bound", "ratio", "goal", "kept", "MB before", "MB", "MB bound"]
_GROWTH = [
    "what grows",
    "sizes",
    "processor seconds",
    "exponent",
    "of the last step",
    "MB",
    "exponent",
    "last / before",
]


def document_of(row: Row, measured: Measured, scale: float) -> dict[str, object]:
    """One row as a JSON document. `kept` is null where the goal speaks of another size."""
    goal = measured.goal if measured.goal is not None else row.goal
    compared, speaks = measured.compared, scale == 1 or not row.grows
    return {
        "name": row.name,
        "work": row.title,
        "scale": scale,
        "before": {"commit": BEFORE_COMMIT, "seconds": row.before, "megabytes": row.before_memory},
        "seconds": measured.usage.seconds,
        "megabytes": measured.usage.megabytes,
        "compared_with": row.compared_with,
        "compared_seconds": compared.seconds if compared else None,
        "compared_megabytes": compared.megabytes if compared else None,
        "ratio": measured.usage.seconds / compared.seconds if compared else None,
        "goal": row.goal_text,
        "goal_seconds": goal,
        "goal_megabytes": measured.memory_goal,
        "kept": _is_kept(measured.usage, goal, measured.memory_goal) if speaks else None,
    }


def _is_kept(usage: Usage, seconds: float | None, megabytes: float | None) -> bool:
    return (seconds is None or usage.seconds <= seconds) and (megabytes is None or usage.megabytes <= megabytes)


def table_line(document: dict[str, object]) -> str:
    """A row of the Markdown table."""
    before, goal, is_kept = document["before"], document["goal"], document["kept"]
    assert isinstance(before, dict)
    if document["goal_seconds"] is not None and str(_figure(document["goal_seconds"])) not in str(goal):
        goal = f"{goal} = {_figure(document['goal_seconds'])}"
    bound = _figure(document["compared_seconds"])
    return _line(
        [
            *(document["work"], before["seconds"], _figure(document["seconds"])),
            f"{bound} ({document['compared_with']})" if bound else "",
            *(_figure(document["ratio"]), goal, {True: "yes", False: "no", None: "other size"}[is_kept]),  # type: ignore[index]
            *(before["megabytes"], _whole(document["megabytes"]), _whole(document["compared_megabytes"])),
        ]
    )


def growth_document(growth: Growth, scale: float) -> dict[str, object]:
    """One series as a JSON document."""
    return {
        "name": growth.series.name,
        "what": growth.series.title,
        "scale": scale,
        "sizes": growth.sizes,
        "seconds": [u.seconds for u in growth.usages],
        "megabytes": [u.megabytes for u in growth.usages],
        "exponent": growth.exponent,
        "last_exponent": growth.last_exponent,
        "memory_exponent": growth.memory_exponent,
        "memory_ratio": growth.memory_ratio,
        "memory_is_flat": growth.memory_ratio <= MOST_MEMORY_RATIO,
    }


def growth_line(document: dict[str, object]) -> str:
    """A row of the Markdown table of growth."""
    return _line(
        [
            document["what"],
            *(_listed(document["sizes"], "{:,}"), _listed(document["seconds"], "{:,.1f}")),
            *(_figure(document["exponent"]), _figure(document["last_exponent"])),
            *(_listed(document["megabytes"], "{:,.0f}"), _figure(document["memory_exponent"])),
            f"{_figure(document['memory_ratio'])}{'' if document['memory_is_flat'] else ' (not flat)'}",
        ]
    )


def table_head() -> str:
    return _line(_TABLE) + "\n" + _line(["---"] * len(_TABLE))


def growth_head() -> str:
    return _line(_GROWTH) + "\n" + _line(["---"] * len(_GROWTH))


def write(section: str, documents: Iterable[dict[str, object]]) -> Path:
    """Keep the results of a section; rows that were not measured this time stay as they were."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    for document in documents:
        path = RESULTS / f"{section}_{document['name']}.json"
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return RESULTS


def _figure(value: object) -> str:
    """Three figures, or nothing."""
    return "" if value is None else f"{value:,.3g}" if abs(float(str(value))) < 100 else f"{value:,.0f}"


def _whole(value: object) -> str:
    return "" if value is None else f"{value:,.0f}"


def _listed(values: object, form: str) -> str:
    assert isinstance(values, list)
    return " / ".join(form.format(v) for v in values)


def _line(cells: list[object]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
