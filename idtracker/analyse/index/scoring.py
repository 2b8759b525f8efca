"""Scores and trends by whichever method a programme names: a tree of any depth, or one of the tracker's two-level methods."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from idtracker.analyse.index.score import score_states
from idtracker.analyse.index.tree import tree_states
from idtracker.model.composite.definition import Index
from idtracker.model.method import Method
from idtracker.model.methods.chosen import Scoring


def scored_states(
    cells: pd.DataFrame,
    indicator: pd.DataFrame,
    place: pd.DataFrame,
    scoring: Scoring,
    merging: Method,
    wanted: pd.DataFrame,
    partition_by: Sequence[str] = (),
) -> pd.DataFrame:
    """The scores of the places and quarters in `wanted`, as score_states() and tree_states() give them."""
    if isinstance(scoring.definition, Index):
        return tree_states(cells, indicator, place, scoring.definition, merging, wanted, partition_by)
    return score_states(cells, indicator, place, scoring.definition, wanted, partition_by)


def nodes_above(scoring: Scoring, indicator: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Indicator -> every node that it counts in."""
    method = scoring.definition
    if isinstance(method, Index):
        above: dict[str, list[str]] = {}
        for code in method.hierarchy.nodes:
            for leaf in dict.fromkeys(method.hierarchy.below(code)):
                above.setdefault(method.column_of(leaf), []).append(code)
        return {name: tuple(dict.fromkeys(codes)) for name, codes in above.items()}
    scored = indicator[indicator["dimension_code"].isin(list(method.dimensions)) & (indicator["weight"] > 0)]
    pairs = zip(scored["indicator_id"].astype(str), scored["dimension_code"].astype(str), strict=True)
    return {name: (code, method.root) for name, code in pairs}
