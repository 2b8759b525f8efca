"""The tracker's own method as a problem: cells, their errors and the dimensions of one quarter.

An error is one and the same where the data say so: values of one indicator that rest on the same reports (a figure of a year in
four quarters; one report about several places) and a value that is carried forward. What a carried value has lost since is
split by quarter, as a walk loses it. All other errors are taken to be independent of each other: what the reports of one
organisation have in common is told by nobody.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

import numpy as np
import pandas as pd

from idtracker.analyse.index.score import expected_items
from idtracker.analyse.sensitivity.nodes import OTHER
from idtracker.analyse.sensitivity.problem import Errors, Flags, Node, Numbers, Problem
from idtracker.model.method import Method

_CELL = ["indicator_id", "place_id", "period"]
NOT_VARIED = {
    "imputation": "the method imputes nothing: the weight of a missing value is shared out, a carried one has its error",
    "normalisation": "the goalposts are fixed reference data, and the method names no other normalisation",
}


@dataclass(frozen=True, slots=True)
class RoundTables:
    """What the store says about some quarters: their cells and those they were carried from, the scores, what stands behind."""

    cells: pd.DataFrame
    """merged_cell, with `report`: a name that values have in common which rest on the same reports; missing where none is known."""
    scores: pd.DataFrame
    indicator: pd.DataFrame
    place: pd.DataFrame


def tracker_problem(tables: RoundTables, method: Method, period: str, earlier: str | None = None) -> Problem:
    """One quarter. What carried values had lost by the quarter `earlier` is one error with what they had lost then."""
    items = items_of(tables, method, period)
    places = tuple(sorted(items["place_id"].unique()))
    leaves = tuple(sorted(items["child"].unique()))
    at = Placed(items, places, leaves)
    nodes = _nodes(items, method)
    return Problem(
        method.method_version,
        period,
        places,
        leaves,
        at(positions(items)),
        nodes,
        covered_of(tables, nodes, places, period),
        limits=(0.0, 100.0),
        errors=cell_errors(items, tables.cells, at, earlier),
        ranked_within=levels_of(tables, places),
        not_varied=NOT_VARIED,
    )


def items_of(tables: RoundTables, method: Method, period: str) -> pd.DataFrame:
    """Every indicator expected at a place that has scores, with its cell if any."""
    scored = tables.scores.loc[
        tables.scores["period"] == period, ["place_id", "period", "period_end"]
    ].drop_duplicates()
    cells = tables.cells[tables.cells["period"] == period]
    items = expected_items(cells, tables.indicator, tables.place, method, scored)
    items = items[["place_id", "node_code", "child", "weight", "score", "error"]].assign(period=period)
    return detailed(items, tables, cells)


def detailed(items: pd.DataFrame, tables: RoundTables, cells: pd.DataFrame) -> pd.DataFrame:
    """Items of one quarter with what stands behind their cells, and the terms of their indicators."""
    further = [
        *_CELL, "value", "spread", "is_carried", "origin_period", "report", "quality", "age_days", "org_count",
    ]  # fmt: skip
    merged = items.merge(
        cells[further].rename(columns={"indicator_id": "child"}), on=["child", "place_id", "period"], how="left"
    )
    terms = tables.indicator[["indicator_id", "goalpost_low", "goalpost_high", "direction", "max_age_days"]]
    return merged.merge(terms.rename(columns={"indicator_id": "child"}), on="child", how="left")


def covered_of(tables: RoundTables, nodes: tuple[Node, ...], places: tuple[str, ...], period: str) -> dict[str, Flags]:
    """Node -> places in which it has a score."""
    scores = tables.scores[tables.scores["period"] == period].set_index(["node_code", "place_id"])["score"]
    return {node.code: np.array([not pd.isna(scores.get((node.code, place))) for place in places]) for node in nodes}


def levels_of(tables: RoundTables, places: tuple[str, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
    """Level of each place: those of one level are ranked with each other."""
    levels = tables.place.set_index("place_id")["level"]
    return np.array([str(levels.get(place)) for place in places], dtype=object)


class Placed:
    """Turns a column of the items into places by leaves; items of a tree name their `leaf`, else the indicator is it."""

    def __init__(self, items: pd.DataFrame, places: tuple[str, ...], leaves: tuple[str, ...]) -> None:
        self.shape = len(places), len(leaves)
        self.rows = pd.Index(places).get_indexer(pd.Index(items["place_id"]))
        self.columns = pd.Index(leaves).get_indexer(pd.Index(items["leaf" if "leaf" in items else "child"]))

    def __call__(self, column: pd.Series, missing: float = np.nan) -> Numbers:
        found = np.full(self.shape, missing)
        found[self.rows, self.columns] = column.to_numpy(dtype="float64", na_value=missing)
        return found

    def named(self, column: pd.Series) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
        """The same for names."""
        found = np.full(self.shape, "", dtype=object)
        found[self.rows, self.columns] = column.astype("object").to_numpy()
        return found

    def of(self, rows: pd.Series) -> Placed:
        """The same for some of the items."""
        part = copy(self)
        part.rows, part.columns = self.rows[rows.to_numpy()], self.columns[rows.to_numpy()]
        return part

    def flags(self, column: pd.Series) -> Flags:
        """The same for what is true or not."""
        return self(column.astype("float64"), 0.0) > 0


def _nodes(items: pd.DataFrame, method: Method) -> tuple[Node, ...]:
    floors, limits = {"geometric": method.floor}, (0.0, 100.0)
    weights = items.drop_duplicates("child").set_index("child")
    nodes = []
    for code in sorted(method.dimensions):
        own = weights.loc[weights["node_code"] == code, "weight"].sort_index()
        if len(own):
            forms = (method.within, OTHER[method.within])
            nodes.append(Node(code, tuple(own.index), tuple(own.astype(float)), forms, floors, limits))
    codes = tuple(node.code for node in nodes)
    shares = tuple(method.dimensions[code].weight for code in codes)
    return (*nodes, Node(method.root, codes, shares, (method.across, OTHER[method.across]), floors, limits))


def positions(items: pd.DataFrame) -> pd.Series:
    """Scores before they were held between 0 and 100, where the value alone says them: what is drawn may lie beyond."""
    low, high, value = (items[c].astype("float64") for c in ("goalpost_low", "goalpost_high", "value"))
    position = 100 * (value - low) / (high - low)
    position = position.where(items["direction"].astype("float64") > 0, 100 - position)
    score = items["score"].astype("float64")
    is_it = (position.clip(0, 100) - score).abs() < 1e-9
    return position.where(is_it, score)


def cell_errors(
    items: pd.DataFrame, cells: pd.DataFrame, at: Placed, earlier: str | None, figure: str = "score_error"
) -> dict[str, tuple[Errors, ...]]:
    """Errors of own reports and of disagreeing ones, and what carried values have lost since; `figure` is that of the cells."""
    errors = cells.set_index(_CELL)[figure].astype("float64")

    def error_in(quarter: pd.Series) -> pd.Series:
        asked = pd.MultiIndex.from_arrays([items["child"], items["place_id"], quarter])
        return pd.Series(errors.reindex(asked).to_numpy(), index=items.index)

    own = items["error"].astype("float64")
    carried = items["is_carried"].eq(True).fillna(False).astype(bool)
    origin = items["origin_period"].astype("object").where(items["origin_period"].notna(), "")
    first = error_in(origin).where(carried).fillna(own)
    first = first.where(first <= own, own)
    lost = own**2 - first**2
    before = (error_in(pd.Series(earlier, index=items.index, dtype=object)) ** 2 - first**2).where(
        carried & (origin <= (earlier or "")), 0.0
    )
    before = before.fillna(0.0).clip(lower=0.0)
    before = before.where(before <= lost, lost)
    own_name = _named(items["child"], items["place_id"], origin)
    report = _named(items["child"], items["report"]).where(items["report"].notna(), own_name)
    several = items["spread"].notna()
    return {
        "measurement": (Errors(at(first.mask(several, 0.0), 0.0), at.named(report)),),
        "disagreement": (Errors(at(first.where(several, 0.0), 0.0), at.named(report)),),
        "carried": (
            Errors(at(before**0.5, 0.0), at.named(own_name + f"|{earlier}")),
            Errors(at((lost - before) ** 0.5, 0.0), at.named(_named(own_name, items["period"]))),
        ),
    }


def _named(*columns: pd.Series) -> pd.Series:
    """Names made of the texts of several columns."""
    rows = ["|".join(map(str, row)) for row in zip(*columns, strict=True)]
    return pd.Series(rows, index=columns[0].index, dtype="object")
