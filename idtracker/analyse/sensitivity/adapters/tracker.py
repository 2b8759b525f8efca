"""The tracker's own method as a problem: cells, their errors and the dimensions of one quarter.

An error is one and the same where the data say so: values of one indicator that rest on the same reports (a figure of a year in
four quarters; one report about several places) and a value that is carried forward. What a carried value has lost since is
split by quarter, as a walk loses it. All other errors are taken to be independent of each other: what the reports of one
organisation have in common is told by nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import dataclass

import numpy as np
import pandas as pd

from idtracker.analyse.index.score import expected_items
from idtracker.analyse.sensitivity.adapters.choices import (
    Forms,
    forms_at,
    no_other_form,
    shared_of,
    undeclared,
    weights_at,
)
from idtracker.analyse.sensitivity.adapters.ways import options_of_method, positions, tracker_ways
from idtracker.analyse.sensitivity.problem import Errors, Flags, Node, Numbers, Problem, Way
from idtracker.model.method import Method
from idtracker.model.methods.aggregations import FLOORED
from idtracker.model.methods.two_level import nodes_of_method

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
    why, options = dict(NOT_VARIED), options_of_method(method, items)
    ways = tracker_ways(items, {}, options, why)
    tree, other = nodes_of_method(method), method.alternatives
    forms = {code: forms_at(tree, node, other) for code, node in tree.nodes.items()}
    nodes = _nodes(items, method, forms, why)
    return Problem(
        method.method_version,
        period,
        places,
        leaves,
        raw_values(items, at, leaves, ways),
        nodes,
        covered_of(tables, nodes, places, period),
        limits=(0.0, 100.0),
        errors=errors_by_leaf(items, tables.cells, at, earlier, ways),
        ways=ways,
        shared=shared_of(options, forms),
        set_labels=tuple(one.label for one in other.weights.sets),
        ranked_within=levels_of(tables, places),
        not_varied=why | undeclared(other, leaves, ways),
    )


def items_of(tables: RoundTables, method: Method, period: str) -> pd.DataFrame:
    """Every indicator expected at a place that has scores, with its cell if any."""
    scored = tables.scores.loc[
        tables.scores["period"] == period, ["place_id", "period", "period_end"]
    ].drop_duplicates()
    cells = tables.cells[tables.cells["period"] == period]
    items = expected_items(cells, tables.indicator, tables.place, method, scored, further=("standard_error",))
    items = items[["place_id", "node_code", "child", "weight", "score", "error", "standard_error"]].assign(
        period=period
    )
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


def _nodes(items: pd.DataFrame, method: Method, forms: Mapping[str, Forms], why: dict[str, str]) -> tuple[Node, ...]:
    weights = items.drop_duplicates("child").set_index("child")
    nodes = []
    for code in sorted(method.dimensions):
        own = weights.loc[weights["node_code"] == code, "weight"].sort_index()
        if len(own):
            nodes.append(_node(code, tuple(own.index), tuple(own.astype(float)), forms[code], method))
    codes = tuple(node.code for node in nodes)
    shares = tuple(method.dimensions[code].weight for code in codes)
    nodes.append(_node(method.root, codes, shares, forms[method.root], method))
    for node in nodes:
        if len(node.forms) == 1 < len(node.children):
            why[f"aggregation of {node.code}"] = no_other_form(node.forms[0], forms[node.code])
    return tuple(nodes)


def _node(code: str, children: tuple[str, ...], weights: tuple[float, ...], forms: Forms, method: Method) -> Node:
    other = method.alternatives
    return Node(
        code,
        children,
        weights,
        forms.names,
        dict.fromkeys(FLOORED, method.floor),
        (0.0, 100.0),
        others=forms.rules,
        other_weights=weights_at(code, children, weights, other, forms.names[0]),
        spread=other.weights.spread,
    )


def raw_values(
    items: pd.DataFrame, at: Placed, leaves: tuple[str, ...], ways: Mapping[str, tuple[Way, ...]]
) -> Numbers:
    """Places by leaves: positions on the scale of the register, or the values themselves of leaves that have ways."""
    own = np.array([leaf in ways for leaf in leaves])
    return np.where(own[None, :], at(items["value"].astype("float64")), at(positions(items)))


def errors_by_leaf(
    items: pd.DataFrame, cells: pd.DataFrame, at: Placed, earlier: str | None, ways: Collection[str]
) -> dict[str, tuple[Errors, ...]]:
    """Errors in points where the register normalises, in the unit of the values of leaves that have ways."""
    if not ways:
        return cell_errors(items, cells, at, earlier)
    is_own = items["leaf" if "leaf" in items else "child"].isin(list(ways))
    unit = items.assign(error=items["standard_error"])
    points = cell_errors(items[~is_own], cells, at.of(~is_own), earlier)
    found = cell_errors(unit[is_own], cells, at.of(is_own), earlier, "standard_error")
    return {name: (*points[name], *found[name]) for name in points}


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
