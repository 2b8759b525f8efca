"""Merged cells -> scores of every place, quarter and node of a tree of any depth, in the columns of the table `score`.

What a place is expected to have is as for the two-level methods (score.py): indicators by their level and retirement. A node
weighs those of its children that are expected there. Score, coverage and error of each node: nodes.py; leaves: leaves.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from idtracker.analyse.composite.aggregation import aggregated
from idtracker.analyse.composite.ordering import bands_of
from idtracker.analyse.composite.stage import Flags, Numbers, Table
from idtracker.analyse.index.across.behind import MARKING, cells_behind
from idtracker.analyse.index.across.states import States
from idtracker.analyse.index.across.units import panel_numbers, with_panel
from idtracker.analyse.index.aggregate import ERROR_SHARES
from idtracker.analyse.index.leaves import FIGURES, Leaves
from idtracker.analyse.index.nodes import Valued, errors_of, pruned, valued
from idtracker.analyse.index.score import bands_of as bands_of_scheme
from idtracker.analyse.index.score import described, expected_cells
from idtracker.analyse.merge.indicators import check_indicators
from idtracker.analyse.merge.quarters import grid
from idtracker.model.composite.definition import Bands, Index
from idtracker.model.composite.reach import columns_of, is_treated_alone
from idtracker.model.composite.tree import Tree
from idtracker.model.method import Method

_PLACE_QUARTER = ["place_id", "period"]
_DECIMALS = 9
_PARTS = (*ERROR_SHARES.values(), "carried_share")


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
    scores = scores.join(_nodes(index, merging, states, own, codes))
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
    units = asked if is_alone else panel_numbers(asked, place, partition_by)
    states = States(index, figures, units, place, merging, len(wanted), extra)
    return states, items


def _figures(index: Index, items: pd.DataFrame, count: int) -> dict[str, dict[str, Numbers]]:
    """Figures of every indicator by unit, and whether it is expected there (else not a number)."""
    figures: dict[str, dict[str, Numbers]] = {}
    for name in {index.column_of(code) for code in index.indicators}:
        own = items[items["child"] == name]
        figures[name] = {}
        for figure in (*FIGURES, *_PARTS, "expected"):
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


def _nodes(index: Index, merging: Method, states: States, leaves: Leaves, codes: Sequence[str]) -> pd.DataFrame:
    """Scores by unit and node, in the order of `codes` within each unit; units that expect the same share one tree."""
    pattern = np.stack([states.expected(code)[: states.count] for code in index.indicators], axis=-1)
    count = len(pattern)
    kinds, kind_of = np.unique(pattern, axis=0, return_inverse=True)
    order = {code: place for place, code in enumerate(codes)}
    frames = []
    for number, kind in enumerate(kinds):
        rows = np.flatnonzero(kind_of.reshape(-1) == number)
        kept = frozenset(code for code, there in zip(index.indicators, kind, strict=True) if there)
        if not kept:
            continue
        tree = pruned(index.hierarchy, kept)
        own = leaves.of(rows)
        together = {code: index.column_of(code) for code in tree.indicators}
        nodes = valued(tree, own.values, imputed=own.imputed)
        spread = errors_of(tree, own.values, own.errors, together, own.imputed)
        figures = {
            c: {name: states.figures[together[c]][name][: states.count][rows] for name in _PARTS}
            for c in tree.indicators
        }
        parts = _parts(tree, nodes, own, figures)
        for code, one in nodes.items():
            frame = _frame(one, spread[code], parts[code], merging)
            frames.append(frame.set_index(rows * len(codes) + order[code]))
    if not frames:
        return pd.DataFrame(columns=["score"], index=pd.RangeIndex(0))
    return pd.concat(frames).reindex(range(count * len(codes)))


def _parts(
    tree: Tree, nodes: Mapping[str, Valued], leaves: Leaves, figures: Mapping[str, Mapping[str, Numbers]]
) -> dict[str, dict[str, Numbers]]:
    """Shares of the present weight of every node: by what its error rests on, carried, imputed."""
    found: dict[str, dict[str, Numbers]] = {}
    for leaf in tree.indicators:
        there = ~np.isnan(leaves.values[leaf])
        sure = there & ~np.isnan(leaves.errors[leaf])
        own = {name: np.nan_to_num(figures[leaf][name]) for name in _PARTS}
        found[leaf] = {name: np.where(there if name == "carried_share" else sure, x, 0.0) for name, x in own.items()}
        found[leaf]["imputed_share"] = np.zeros(len(there))
        if leaf in leaves.imputed:
            _count_imputed(found[leaf], leaves.imputed[leaf], leaves.carried[leaf])
    for code, one in nodes.items():
        found[code] = {
            name: np.clip(
                sum(one.shares[..., n] * found[child][name] for n, child in enumerate(one.node.children)), 0, 1
            )
            for name in (*_PARTS, "imputed_share")
        }
    return found


def _count_imputed(parts: dict[str, Numbers], imputed: Flags, carried: Flags) -> None:
    """A value that stands in a gap: how far it may be off the method assumes; one carried on counts as carried."""
    for name in _PARTS:
        parts[name] = np.where(imputed, 1.0 if name == "error_assumed" else 0.0, parts[name])
    parts["carried_share"] = np.where(carried, 1.0, parts["carried_share"])
    parts["imputed_share"] = np.where(imputed & ~carried, 1.0, 0.0)


def _frame(one: Valued, error: Numbers, parts: Mapping[str, Numbers], merging: Method) -> pd.DataFrame:
    """One node of the units of one kind."""
    known = ~np.isnan(one.value)
    other = "geometric" if one.node.rules.aggregation == "arithmetic" else "arithmetic"
    rules = one.node.rules.model_copy(
        update={"aggregation": other, "floor": one.node.rules.floor or merging.floor, "worst_component": None}
    )
    weights = np.array(one.node.weights, dtype=float)
    alternative = np.clip(aggregated(np.where(known[:, None], one.children, np.nan), weights, rules).values, 0, 100)
    some = one.completeness > 0
    frame = pd.DataFrame(
        {
            "score": np.round(one.value, _DECIMALS) + 0.0,
            "score_alternative": np.round(alternative, _DECIMALS) + 0.0,
            "error": np.where(known, error, np.nan),
            **{name: np.where(known, parts[name], np.nan) for name in ERROR_SHARES.values()},
            "carried_share": np.where(some, np.round(parts["carried_share"], 12), np.nan),
            "imputed_share": np.where(some, np.round(parts["imputed_share"], 12), np.nan),
            "completeness": np.round(one.completeness, 12),
            "effective_weights": _weights_texts(one, known),
        }
    )
    return frame.astype({"effective_weights": "object"})


def _weights_texts(one: Valued, known: Flags) -> list[str | None]:
    """`{"child": weight}` of each unit over the children that are present."""
    order = sorted(range(len(one.node.children)), key=lambda n: one.node.children[n])
    said: list[str | None] = []
    for row, is_known in zip(np.round(one.shares, 12).tolist(), known, strict=True):
        kept = {one.node.children[n]: row[n] for n in order if row[n] > 0}
        said.append(json.dumps(kept, ensure_ascii=False) if is_known else None)
    return said


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
    others = others.merge(pairs, on="child")
    others = others.assign(node=others["unit"] * len(codes) + others["place"])
    return described(rows, "node", others[["node", *MARKING]])


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
