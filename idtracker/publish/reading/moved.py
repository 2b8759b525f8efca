"""Figures that differ between two instants of knowledge, the largest moves first."""

from __future__ import annotations

import pandas as pd

FIGURES: dict[str, tuple[list[str], str, str | None]] = {
    "merged_cell": (["indicator_id", "place_id", "period"], "value", "score"),
    "score": (["node_code", "place_id", "period"], "score", "score"),
    "metric_value": (["metric_id", "measure", "scope", "period"], "value", None),
}
"""Table -> its key, the column of the value, and the column by which moves are ordered (None: the value's change in relation to itself)."""


def compare_figures(table: str, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The figures that differ: key, `before`, `after` and `size`, new and gone ones last, else the largest move first.

    `size` is in points on the 0-100 scale for cells and scores, relative to the larger of both values for metrics.
    """
    key, value, order = FIGURES[table]
    pairs = [frame[[*key, *dict.fromkeys([value, order or value])]] for frame in (before, after)]
    both = pairs[0].merge(pairs[1], on=key, how="outer", suffixes=("_before", "_after"))
    old, new = both[f"{value}_before"], both[f"{value}_after"]
    differs = (old != new) & ~(old.isna() & new.isna())
    size = (both[f"{order or value}_after"] - both[f"{order or value}_before"]).abs()
    if order is None:
        larger = pd.concat([old.abs(), new.abs()], axis=1).max(axis=1)
        size = size / larger.where(larger > 0)
    moved = both[key].assign(before=old, after=new, size=size)[differs]
    return moved.sort_values(["size", *key], ascending=[False, *[True] * len(key)], ignore_index=True)
