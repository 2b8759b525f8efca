"""Merged cells -> scores of every place, quarter and node: indicators make dimensions, dimensions make the whole.

A governorate is expected to have the indicators of level `adm1` or `both`, the country all of them; none is expected in
a quarter that ends after the indicator's retirement, and a dimension without expected indicators does not count there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from idtracker.analyse.index.aggregate import ERROR_SHARES, aggregate
from idtracker.analyse.merge.indicators import check_indicators
from idtracker.analyse.merge.marks_frames import high_water, intersection
from idtracker.analyse.merge.quarters import grid
from idtracker.model.method import Method

_PLACE_QUARTER = ["place_id", "period"]
_CELL = [
    "score",
    "score_error",
    "error_basis",
    "is_carried",
    "classification",
    "releasable_to",
    "waivers",
    "recorded_from",
]


def score_states(
    cells: pd.DataFrame,
    indicator: pd.DataFrame,
    place: pd.DataFrame,
    method: Method,
    wanted: pd.DataFrame,
    partition_by: Sequence[str] = (),
) -> pd.DataFrame:
    """The scores of the places and quarters in `wanted` (place_id, period), in its order, root first.

    A dimension is scored from its indicators, the root from its dimensions, each once two thirds (the method's coverage)
    of the expected weight is present: completeness is a share of indicator weight for a dimension and of dimension weight
    for the root. Counts, marking and knowledge time are those of all cells below the node.

    `partition_by` names further columns of `cells` and `wanted`, such as an instant of knowledge: each of their values is scored by
    itself, and they stand in the result.
    """
    indicator, by = check_indicators(indicator, method), [*_PLACE_QUARTER, *partition_by]
    quarters = grid(wanted["period"].drop_duplicates().tolist()).drop(columns="quarter")
    wanted = wanted[by].merge(quarters, on="period", how="left")
    items = expected_items(cells, indicator, place, method, wanted, by)
    nodes = _expected_nodes(wanted, method)
    items["node"] = items[[*by, "node_code"]].merge(nodes, how="left", on=[*by, "node_code"])["node"].to_numpy()
    of_dimensions = aggregate(items, method.within, method)
    dimensions = nodes[nodes["node_code"] != method.root].join(of_dimensions, on="node")
    roots = nodes.loc[nodes["node_code"] == method.root, [*by, "node"]]
    weights = {code: dimension.weight for code, dimension in method.dimensions.items()}
    children = dimensions[dimensions["completeness"].notna()].drop(columns="node")
    children = children.assign(child=children["node_code"], weight=children["node_code"].map(weights))
    of_roots = aggregate(children.merge(roots, on=by), method.across, method)
    items["root"] = items[by].merge(roots, how="left", on=by)["node"].to_numpy()
    told = pd.concat([described(items, "node"), described(items, "root")])
    scores = nodes.join(pd.concat([of_dimensions, of_roots]), on="node").join(told, on="node")
    return _finished(scores, method)


def expected_items(
    cells: pd.DataFrame,
    indicator: pd.DataFrame,
    place: pd.DataFrame,
    method: Method,
    wanted: pd.DataFrame,
    by: Sequence[str] = _PLACE_QUARTER,
    further: Sequence[str] = (),
) -> pd.DataFrame:
    """One row per place and quarter of `wanted` and indicator that is expected there, with the cell's figures if any."""
    scored = indicator[indicator["dimension_code"].isin(list(method.dimensions)) & (indicator["weight"] > 0)]
    return expected_cells(cells, scored, place, wanted, by, further)


def expected_cells(
    cells: pd.DataFrame,
    scored: pd.DataFrame,
    place: pd.DataFrame,
    wanted: pd.DataFrame,
    by: Sequence[str] = _PLACE_QUARTER,
    further: Sequence[str] = (),
) -> pd.DataFrame:
    """The same for the indicators `scored`; `further` columns of the cells stand beside the figures that every score needs."""
    scored = scored[["indicator_id", "dimension_code", "weight", "level", "retired_on"]]
    levels = place[["place_id", "level"]].rename(columns={"level": "place_level"})
    items = wanted.merge(levels, on="place_id").merge(scored, how="cross")
    is_level = (items["place_level"] == "country") | items["level"].isin(["adm1", "both"])
    is_retired = items["retired_on"].notna() & (items["period_end"] > items["retired_on"])
    items = items[is_level & ~is_retired].merge(
        cells.reindex(columns=["indicator_id", *by, *_CELL, *further]), on=["indicator_id", *by], how="left"
    )
    items = items.rename(columns={"dimension_code": "node_code", "indicator_id": "child", "score_error": "error"})
    shares = {name: items["error_basis"].eq(basis).astype("float64") for basis, name in ERROR_SHARES.items()}
    items = items.assign(**shares, carried_share=items["is_carried"].astype("float64"))
    return items.sort_values([*by, "node_code", "child"], ignore_index=True)


def _expected_nodes(wanted: pd.DataFrame, method: Method) -> pd.DataFrame:
    """Every node of every place and quarter, numbered by `node` in output order: the root, then its dimensions."""
    codes = pd.DataFrame({"node_code": [method.root, *sorted(method.dimensions)]}, dtype="str")
    nodes = wanted.merge(codes, how="cross")
    return nodes.assign(node=np.arange(len(nodes)))


def bands_of(score: pd.Series, method: Method) -> pd.Series:
    """Label of the half-open band [low, high) of each score; the top band holds 100 as well. Missing stays missing."""
    bands = method.band_scheme.bands
    place = np.searchsorted([band.low for band in bands], score.fillna(0.0), side="right") - 1
    labels = pd.Series(np.array([band.label for band in bands], dtype="object")[place], index=score.index)
    return labels.where(score.notna())


def described(items: pd.DataFrame, by: Literal["node", "root"], behind: pd.DataFrame | None = None) -> pd.DataFrame:
    """Counts, marking and knowledge time of the cells below each node, by its number.

    `behind` are further rows that a node rests on and that do not count in it: `by`, marking and recorded_from.
    """
    present = items[items["score"].notna()]
    marked = present if behind is None else pd.concat([present[list(behind.columns)], behind], ignore_index=True)
    expected = items.groupby(by).size()
    return pd.DataFrame(
        {
            "expected_count": expected,
            "indicator_count": present.groupby(by).size().reindex(expected.index, fill_value=0),
            "waived_count": present["waivers"].notna().groupby(present[by]).sum().reindex(expected.index, fill_value=0),
            "classification": high_water(marked, by),
            "releasable_to": intersection(marked, by, "releasable_to"),
            "recorded_from": marked.groupby(by)["recorded_from"].max(),
        }
    )


def _finished(scores: pd.DataFrame, method: Method) -> pd.DataFrame:
    """Interval, band and the values of nodes that nothing is expected of."""
    half = method.interval_z * scores["error"]
    is_root = scores["node_code"] == method.root
    aggregation = pd.Series(np.where(is_root, method.across, method.within), index=scores.index)
    return scores.assign(
        low=(scores["score"] - half).clip(0, 100),
        high=(scores["score"] + half).clip(0, 100),
        band=bands_of(scores["score"], method),
        band_scheme=method.band_scheme.id,
        aggregation=aggregation,
        completeness=scores["completeness"].fillna(0.0),
        expected_count=scores["expected_count"].fillna(0),
        indicator_count=scores["indicator_count"].fillna(0),
        waived_count=scores["waived_count"].fillna(0),
        imputed_share=scores["carried_share"].where(scores["carried_share"].isna(), 0.0),
        classification=scores["classification"].fillna("OFFICIAL"),
        method_version=method.method_version,
    )
