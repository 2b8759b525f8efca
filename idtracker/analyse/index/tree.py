"""Merged cells -> scores of every place, quarter and node of a tree of any depth, in the columns of the table `score`.

What a place is expected to have is as for the two-level methods (score.py): indicators by their level and retirement. A node
weighs those of its children that are expected there. Score, coverage and error of each node: nodes.py; leaves: leaves.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.composite.aggregation import aggregated
from idtracker.analyse.composite.ordering import bands_of
from idtracker.analyse.composite.stage import Flags, Numbers, Table
from idtracker.analyse.index.aggregate import ERROR_SHARES
from idtracker.analyse.index.leaves import FIGURES, leaves_of
from idtracker.analyse.index.nodes import Valued, errors_of, pruned, valued
from idtracker.analyse.index.score import bands_of as bands_of_scheme
from idtracker.analyse.index.score import described, expected_cells
from idtracker.analyse.merge.indicators import check_indicators
from idtracker.analyse.merge.quarters import grid
from idtracker.model.composite.definition import Bands, Index
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
    indicator, by = check_indicators(indicator, merging), [*_PLACE_QUARTER, *partition_by]
    quarters = grid(wanted["period"].drop_duplicates().tolist()).drop(columns="quarter")
    wanted = wanted[by].merge(quarters, on="period", how="left").assign(unit=np.arange(len(wanted)))
    columns = {index.column_of(code) for code in index.indicators}
    scored = indicator[indicator["indicator_id"].isin(columns)]
    items = expected_cells(cells, scored, place, wanted, by, ("value", "standard_error")).drop(columns="node_code")
    codes = [node.code for node in reversed(index.hierarchy.nodes.values())]
    scores = wanted.merge(pd.DataFrame({"node_code": codes}, dtype="str"), how="cross")
    scores["node"] = np.arange(len(scores))
    figures, leaves = _figures(index, items, len(wanted))
    scores = scores.join(_nodes(index, merging, figures, leaves, codes))
    return _finished(scores.join(_below(index, items, leaves, codes), on="node"), index, merging)


def _figures(
    index: Index, items: pd.DataFrame, count: int
) -> tuple[dict[str, dict[str, Numbers]], tuple[dict[str, Numbers], dict[str, Numbers], dict[str, Flags]]]:
    """Figures of every indicator by unit; and of every leaf its values, errors and whether it is expected."""
    figures: dict[str, dict[str, Numbers]] = {}
    for name in {index.column_of(code) for code in index.indicators}:
        own = items[items["child"] == name]
        figures[name] = {}
        for figure in (*FIGURES, *_PARTS, "expected"):
            column = np.full(count, np.nan)
            told = 1.0 if figure == "expected" else own[figure].to_numpy(dtype=float, na_value=np.nan)
            column[own["unit"].to_numpy()] = told
            figures[name][figure] = column
    values, errors = leaves_of(index, figures)
    expected = {code: ~np.isnan(figures[index.column_of(code)]["expected"]) for code in index.indicators}
    return figures, (values, errors, expected)


def _nodes(
    index: Index,
    merging: Method,
    figures: Mapping[str, Mapping[str, Numbers]],
    leaves: tuple[dict[str, Numbers], dict[str, Numbers], dict[str, Flags]],
    codes: Sequence[str],
) -> pd.DataFrame:
    """Scores by unit and node, in the order of `codes` within each unit; units that expect the same share one tree."""
    values, errors, expected = leaves
    pattern = np.stack([expected[code] for code in index.indicators], axis=-1)
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
        chosen = {code: values[code][rows] for code in tree.indicators}
        sure = {code: errors[code][rows] for code in tree.indicators}
        together = {code: index.column_of(code) for code in tree.indicators}
        nodes = valued(tree, chosen)
        spread = errors_of(tree, chosen, sure, together)
        parts = _parts(tree, nodes, chosen, sure, {c: figures[together[c]] for c in tree.indicators}, rows)
        for code, one in nodes.items():
            frame = _frame(one, spread[code], parts[code], merging)
            frames.append(frame.set_index(rows * len(codes) + order[code]))
    if not frames:
        return pd.DataFrame(columns=["score"], index=pd.RangeIndex(0))
    return pd.concat(frames).reindex(range(count * len(codes)))


def _parts(
    tree: Tree,
    nodes: Mapping[str, Valued],
    leaves: Mapping[str, Numbers],
    errors: Mapping[str, Numbers],
    figures: Mapping[str, Mapping[str, Numbers]],
    rows: npt.NDArray[np.intp],
) -> dict[str, dict[str, Numbers]]:
    """Shares of the present weight of every node: by what its error rests on, and carried."""
    found: dict[str, dict[str, Numbers]] = {}
    for leaf in tree.indicators:
        there = ~np.isnan(leaves[leaf])
        sure = there & ~np.isnan(errors[leaf])
        own = {name: np.nan_to_num(figures[leaf][name][rows]) for name in _PARTS}
        found[leaf] = {name: np.where(there if name == "carried_share" else sure, x, 0.0) for name, x in own.items()}
    for code, one in nodes.items():
        found[code] = {
            name: np.clip(
                sum(one.shares[..., n] * found[child][name] for n, child in enumerate(one.node.children)), 0, 1
            )
            for name in _PARTS
        }
    return found


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


def _below(
    index: Index,
    items: pd.DataFrame,
    leaves: tuple[dict[str, Numbers], dict[str, Numbers], dict[str, Flags]],
    codes: Sequence[str],
) -> pd.DataFrame:
    """Counts, marking and knowledge time of the cells below each node, by its number."""
    values = leaves[0]
    pairs = pd.DataFrame(
        sorted({(index.column_of(leaf), n) for n, code in enumerate(codes) for leaf in index.hierarchy.below(code)}),
        columns=["child", "place"],
    )
    used = {
        name: np.any([~np.isnan(values[c]) for c in index.indicators if index.column_of(c) == name], axis=0)
        for name in pairs["child"].unique()
    }
    is_used = [bool(used[name][unit]) for name, unit in zip(items["child"], items["unit"], strict=True)]
    rows = items.assign(score=np.where(is_used, 1.0, np.nan)).merge(pairs, on="child")
    return described(rows.assign(node=rows["unit"] * len(codes) + rows["place"]), "node")


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
