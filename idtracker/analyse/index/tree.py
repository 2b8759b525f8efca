"""Merged cells -> scores of every place, quarter and node of a tree of any depth, in the columns of the table `score`.

What a place is expected to have is as for the two-level methods (score.py): indicators by their level and retirement. A node
weighs those of its children that are expected there. Score, coverage and error of each node: nodes.py; leaves: leaves.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from idtracker.analyse.composite.ordering import bands_of
from idtracker.analyse.composite.stage import Numbers, Table
from idtracker.analyse.index.across.behind import MARKING, cells_behind
from idtracker.analyse.index.across.states import States
from idtracker.analyse.index.across.units import panel_numbers, with_panel
from idtracker.analyse.index.leaves import FIGURES, Leaves
from idtracker.analyse.index.score import bands_of as bands_of_scheme
from idtracker.analyse.index.score import described, expected_cells
from idtracker.analyse.index.tree_nodes import PARTS, node_frames
from idtracker.analyse.merge.indicators import check_indicators
from idtracker.analyse.merge.quarters import grid
from idtracker.model.composite.definition import Bands, Index
from idtracker.model.composite.reach import columns_of, has_wide_nodes, is_treated_alone, is_wide_node
from idtracker.model.method import Method

_PLACE_QUARTER = ["place_id", "period"]


def tree_states(
    cells: pd.DataFrame,
    indicator: pd.DataFrame,
    place: pd.DataFrame,
    index: Index,
    merging: Method,
    wanted: pd.DataFrame,
    partition_by: Sequence[str] = (),
) -> pd.DataFrame:
    """The scores of the places and quarters in `wanted` (place_id, period), in its order, root first.

    `merging` gives the level of intervals, and bands where the tree states none. `partition_by` as for score_states().
    """
    states, items = tree_leaves(cells, indicator, place, index, merging, wanted, partition_by)
    leaves = states.leaves()
    own = leaves.of(slice(0, states.count))
    wanted = states.units.iloc[: states.count]
    wanted = wanted[[*_PLACE_QUARTER, *partition_by, "period_start", "period_end", "unit"]]
    codes = [node.code for node in reversed(index.hierarchy.nodes.values())]
    scores = wanted.merge(pd.DataFrame({"node_code": codes}, dtype="str"), how="cross")
    scores["node"] = np.arange(len(scores))
    scores = scores.join(node_frames(merging, states, leaves, codes))
    return _finished(scores.join(_below(states, items, own, codes), on="node"), index, merging)


def tree_leaves(
    cells: pd.DataFrame,
    indicator: pd.DataFrame,
    place: pd.DataFrame,
    index: Index,
    merging: Method,
    wanted: pd.DataFrame,
    partition_by: Sequence[str] = (),
    *,
    has_panels: bool = False,
) -> tuple[States, pd.DataFrame]:
    """What the leaves of the places and quarters in `wanted` are made of, and every cell that is expected of them.

    `cells` hold those of all units that with_panel() names: of a tree whose leaves look at no other place these are the wanted ones.
    `has_panels`: the panels of the wanted units are asked for although no leaf needs them.
    """
    indicator, by = check_indicators(indicator, merging), [*_PLACE_QUARTER, *partition_by]
    asked = with_panel(index, place, wanted, by)
    quarters = grid(asked["period"].drop_duplicates().tolist()).drop(columns="quarter")
    asked = asked.merge(quarters, on="period", how="left").assign(unit=np.arange(len(asked)))
    columns = {index.column_of(code) for code in index.indicators}
    scored = indicator[indicator["indicator_id"].isin(columns)]
    items = expected_cells(cells, scored, place, asked, by, ("value", "standard_error")).drop(columns="node_code")
    extra = _divisors(index, cells, asked, by)
    figures = _figures(index, items, len(asked))
    for name, own in extra.items():
        figures[name] = {c: own[c].to_numpy(dtype=float, na_value=np.nan) for c in ("value", "standard_error")}
        extra[name] = own[own["classification"].notna()]
    is_alone = not has_panels and all(is_treated_alone(index, code) for code in index.indicators)
    is_alone = is_alone and not has_wide_nodes(index)
    units = asked if is_alone else panel_numbers(asked, place, partition_by)
    states = States(index, figures, units, place, merging, len(wanted), extra)
    return states, items


def _figures(index: Index, items: pd.DataFrame, count: int) -> dict[str, dict[str, Numbers]]:
    """Figures of every indicator by unit, and whether it is expected there (else not a number)."""
    figures: dict[str, dict[str, Numbers]] = {}
    for name in {index.column_of(code) for code in index.indicators}:
        own = items[items["child"] == name]
        figures[name] = {}
        for figure in (*FIGURES, *PARTS, "expected"):
            column = np.full(count, np.nan)
            told = 1.0 if figure == "expected" else own[figure].to_numpy(dtype=float, na_value=np.nan)
            column[own["unit"].to_numpy()] = told
            figures[name][figure] = column
    return figures


def _divisors(index: Index, cells: pd.DataFrame, asked: pd.DataFrame, by: list[str]) -> dict[str, pd.DataFrame]:
    """Cells, by unit, of the indicators that others are divided by and that count nowhere themselves."""
    read = {index.column_of(code) for code in index.indicators}
    found: dict[str, pd.DataFrame] = {}
    for name in (name for name in columns_of(index) if name not in read):
        own = cells.reindex(columns=["indicator_id", *by, "value", "standard_error", *MARKING])
        found[name] = asked.merge(own[own["indicator_id"] == name], on=by, how="left").sort_values("unit")
    return found


def _below(states: States, items: pd.DataFrame, leaves: Leaves, codes: Sequence[str]) -> pd.DataFrame:
    """Counts, marking and knowledge time of the cells below each node, by its number."""
    index = states.index
    pairs = pd.DataFrame(
        sorted({(index.column_of(leaf), n) for n, code in enumerate(codes) for leaf in index.hierarchy.below(code)}),
        columns=["child", "place"],
    )
    own = items[items["unit"] < states.count]
    used = {
        name: np.any([~np.isnan(leaves.reported(c)) for c in index.indicators if index.column_of(c) == name], axis=0)
        for name in pairs["child"].unique()
    }
    is_used = [bool(used[name][unit]) for name, unit in zip(own["child"], own["unit"], strict=True)]
    rows = own.assign(score=np.where(is_used, 1.0, np.nan)).merge(pairs, on="child")
    rows = rows.assign(node=rows["unit"] * len(codes) + rows["place"])
    others = cells_behind(states, items)
    if others is None:
        return described(rows, "node")
    others = others.merge(_further(index, pairs, codes), on=["child", "through"])
    others = others.assign(node=others["unit"] * len(codes) + others["place"])
    return described(rows, "node", others[["node", *MARKING]])


def _further(index: Index, pairs: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """`pairs` with `through`: those of the nodes at and above a node that looks across places, for cells that go further by it."""
    parts, tree = [pairs.assign(through="")], index.hierarchy
    for node in tree.nodes.values():
        if is_wide_node(node):
            places = [n for n, code in enumerate(codes) if code in tree.at_and_above(node.code)]
            names = {index.column_of(leaf) for leaf in tree.below(node.code)}
            is_own = pairs["place"].isin(places) & pairs["child"].isin(names)
            parts.append(pairs[is_own].assign(through=node.code))
    return pd.concat(parts, ignore_index=True)


def _finished(scores: pd.DataFrame, index: Index, merging: Method) -> pd.DataFrame:
    """Interval, band and the values of nodes that nothing is expected of."""
    half = merging.interval_z * scores["error"]
    aggregation = {node.code: node.rules.aggregation or "arithmetic" for node in index.hierarchy.nodes.values()}
    banded = pd.concat([_banded(rows, str(code), index, merging) for code, rows in scores.groupby("node_code")])
    filled = {"completeness": 0.0, "expected_count": 0, "indicator_count": 0, "waived_count": 0}
    return scores.assign(
        low=(scores["score"] - half).clip(0, 100),
        high=(scores["score"] + half).clip(0, 100),
        band=banded["band"],
        band_scheme=banded["band_scheme"],
        aggregation=scores["node_code"].map(aggregation),
        **{name: scores[name].fillna(value) for name, value in filled.items()},
        classification=scores["classification"].fillna("OFFICIAL"),
        method_version=index.method_version,
    )


def _banded(rows: pd.DataFrame, code: str, index: Index, merging: Method) -> pd.DataFrame:
    """Band and scheme of one node: its own bands, else those of the root, else those of the tracker's method."""
    root = index.tree.code
    stated: dict[str, Bands] = {bands.node or root: bands for bands in index.bands}
    own = code if code in stated else root
    if own not in stated:
        return pd.DataFrame({"band": bands_of_scheme(rows["score"], merging), "band_scheme": merging.band_scheme.id})
    names = rows["place_id"].to_numpy(dtype=object)
    table = Table(pd.DataFrame(index=rows.index), rows["place_id"].astype("string"), names)
    band = bands_of(table, code, rows["score"].to_numpy(dtype=float), stated[own])
    return pd.DataFrame({"band": band, "band_scheme": f"{index.method_version}:{own}"})
