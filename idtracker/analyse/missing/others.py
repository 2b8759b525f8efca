"""Scores that a missing report would change through other places alone: those of a tree that looks across them."""

from __future__ import annotations

import pandas as pd

from idtracker.analyse.index.across.units import whole_panels

_NODE = ["place_id", "period", "node_code"]
_SAME = 1e-9


def through_others(nodes: pd.DataFrame, place: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Every node of the places and quarters of `scores` that has none of the new cells, while another place of the country has some below that node.

    `nodes` has number, country, _NODE and what the cells of each place are. What stands for them is that of all their places: cells_count
    is 0. Whether a report changes any of these scores is not asked here: gains().
    """
    by = ["number", "country", "node_code"]
    joined = nodes.assign(names=nodes["indicator_ids"].str.split(";")).sort_values([*by, *_NODE[:2]])
    groups = joined.groupby(by, as_index=False)
    whole = groups.agg(
        indicator_ids=("names", lambda lists: ";".join(sorted({name for own in lists for name in own}))),
        reported_count=("reported_count", "min"),
        of_count=("of_count", "max"),
        weakness=("weakness", "max"),
        is_known=("is_known", "all"),
        has_absent=("has_absent", "any"),
    )
    basis = joined.sort_values("weakness", kind="stable").groupby(by, as_index=False)["error_basis"].last()
    whole = whole.merge(basis, on=by).assign(cells_count=0)
    panels = scores[_NODE].drop_duplicates().merge(whole_panels(place), on="place_id")
    others = whole.merge(panels, on=["country", "node_code"])
    keys = ["number", *_NODE]
    is_own = others[keys].merge(nodes[keys], how="left", indicator=True)["_merge"] == "both"
    return others[~is_own.to_numpy()][list(nodes.columns)]


def gains(rows: pd.DataFrame) -> pd.Series:
    """Whether interval or coverage with the report differ from those now (`width`, `completeness`)."""
    width = rows["high_with"] - rows["low_with"]
    wider = (width - rows["width"]).abs() > _SAME
    covered = (rows["completeness_with"] - rows["completeness"]).abs() > _SAME
    found: pd.Series = wider | covered | (width.isna() != rows["width"].isna())
    return found
