"""The reliability index of scores in a quarter, from cells and what stands behind them, as the table score_reliability has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import groups_of
from idtracker.analyse.metrics.overlap.need import methods_in
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.model.composite.definition import Index
from idtracker.model.methods.chosen import Methods

RELIABILITY_INPUTS = {
    "merged_cell": [
        "indicator_id",
        "place_id",
        "period",
        "is_carried",
        "origin_period",
        "age_days",
        "org_count",
        "score",
    ],
    "cell_report": ["indicator_id", "place_id", "period", "weight", "quality"],
    "score": ["place_id", "period", "period_end", "node_code", "effective_weights"],
    "indicator": ["indicator_id", "dimension_code", "weight", "level", "retired_on", "max_age_days"],
    "place": ["place_id", "level", "parent_id"],
    "method": ["method_id", "method_version", "role", "definition"],
}
PARTS = ("missing", "age", "quality", "single", "ungraded")
_CELL = ["indicator_id", "place_id", "period"]
_READ = [
    *_CELL,
    "value",
    "standard_error",
    "score",
    "score_error",
    "error_basis",
    "spread",
    "is_carried",
    "origin_period",
    "age_days",
    "org_count",
]
_NONE = np.empty(0, dtype=np.intp)


class Rated(NamedTuple):
    """The index of a node at a place and its parts, NaN without any value, and how many indicators are expected there."""

    place: str
    node: str
    reliability_index: float
    parts: dict[str, float]
    expected: int


def rated(inputs: Inputs, quarter: Quarter) -> list[Rated]:
    """Every node of the index at every place that has scores in the quarter, in order of node and place."""
    cells, reports, scores = (inputs.table(name) for name in ("merged_cell", "cell_report", "score"))

    def make() -> list[Rated]:
        of_quarter = _of(inputs, "score", [quarter])
        return [] if of_quarter.empty else _rated(inputs, _cells(inputs, quarter), of_quarter, quarter)

    return inputs.remember_while(("rated", quarter), [cells, reports, scores], make)


def root_of(inputs: Inputs) -> str:
    """The code of the root of the index."""
    return _methods(inputs).headline.root


def cell_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """The cells behind the index, with their place as `unit`."""
    rows = _of(inputs, "merged_cell", [quarter])
    rows = rows.rename(columns={"submission_ids": "submission_id", "waivers": "waiver"})
    return rows.assign(unit=rows["place_id"])


def _rated(inputs: Inputs, cells: pd.DataFrame, scores: pd.DataFrame, quarter: Quarter) -> list[Rated]:
    from idtracker.analyse.sensitivity.adapters.tracker import Placed, RoundTables, items_of
    from idtracker.analyse.sensitivity.adapters.tree import items_of_tree
    from idtracker.analyse.sensitivity.adapters.trust import reliability_of, shape_of, weights_below

    tables = RoundTables(cells, scores, inputs.table("indicator"), inputs.table("place"))
    method = _methods(inputs).headline.definition
    items = (
        items_of_tree(tables, method, quarter.code)
        if isinstance(method, Index)
        else items_of(tables, method, quarter.code)
    )
    shape = shape_of(items, method, scores, tables.place)
    expected = Placed(items, shape.places, shape.leaves).flags(pd.Series(True, index=items.index))
    counts = {code: (weights > 0).sum(axis=1) for code, weights in weights_below(shape, expected).items()}
    return [
        Rated(place, code, float(part.index[n]), {p: float(getattr(part, p)[n]) for p in PARTS}, int(counts[code][n]))
        for code, part in reliability_of(tables, items, shape).items()
        for n, place in enumerate(shape.places)
    ]


def _cells(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """The cells of a quarter and the one before, and those they were carried from, with the quality of the reports behind each."""
    now = _of(inputs, "merged_cell", [quarter, quarter.previous()])
    carried = now[now["is_carried"].eq(True).fillna(False).astype(bool)]
    origins = carried[["indicator_id", "place_id", "origin_period"]].rename(columns={"origin_period": "period"})
    origins = origins[~origins["period"].isin([quarter.code, quarter.previous().code])].drop_duplicates()
    cells = now
    if len(origins):
        cells = pd.concat([now, inputs.table("merged_cell").merge(origins, on=_CELL)], ignore_index=True)
    return cells.merge(_quality(inputs), how="left", on=["indicator_id", "place_id", "origin_period"]).reindex(
        columns=[*_READ, "report", "quality"]
    )


def _quality(inputs: Inputs) -> pd.DataFrame:
    """The mean quality of the reports that each cell of its own quarter rests on, an ungraded one counting UNGRADED."""
    from idtracker.analyse.sensitivity.reliability import UNGRADED

    reports = inputs.table("cell_report")

    def make() -> pd.DataFrame:
        used = reports[reports["weight"] > 0]
        quality, weight = used["quality"].astype("float64"), used["weight"].astype("float64")
        rows = used[_CELL].assign(
            weight=weight, weighted=weight * quality.fillna(UNGRADED), graded=weight.where(quality.notna(), 0.0)
        )
        sums = rows.groupby(_CELL, as_index=False).sum()
        mean = (sums["weighted"] / sums["weight"]).where(sums["graded"] > 0)
        named = sums[_CELL].assign(quality=mean, report="reported")
        return named.rename(columns={"period": "origin_period"})

    return inputs.remember_while(("quality",), [reports], make)


def _methods(inputs: Inputs) -> Methods:
    rows = inputs.table("method")
    return inputs.remember_while(("methods",), [rows], lambda: methods_in(rows))


def _of(inputs: Inputs, name: str, quarters: Sequence[Quarter]) -> pd.DataFrame:
    """The rows of a table about some quarters."""
    rows = inputs.table(name)
    places = inputs.remember_while(("periods of", name), [rows], lambda: dict(groups_of(rows["period"])))
    return rows.take(np.concatenate([places.get(q.code, _NONE) for q in quarters]))
