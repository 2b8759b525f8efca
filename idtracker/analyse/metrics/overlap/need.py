"""Need: which nodes of the index lie in the lowest bands at which place."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import pandas as pd

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.model.composite.definition import Index
from idtracker.model.methods.chosen import Methods, bundled_methods

WORST, MANY = 2, 4
SCORE_INPUTS = {
    "score": ["place_id", "period", "node_code", "score", "band"],
    "method": ["method_id", "method_version", "role", "definition"],
}


class Need(NamedTuple):
    """A node of the index at a place: whether it has a score, and whether that lies in the lowest bands."""

    place: str
    node: str
    is_scored: bool
    is_worst: bool

    @property
    def unit(self) -> str:
        return f"{self.place} {self.node}"


def needs(inputs: Inputs, quarter: Quarter) -> list[Need]:
    """Every node below the root at every place below the country that has scores in the quarter, in order."""
    rows, place, method = inputs.table("score"), inputs.table("place"), inputs.table("method")

    def make() -> dict[str, list[Need]]:
        methods = methods_in(method)
        countries = set(place.loc[place["level"] == "country", "place_id"].tolist())
        lowest = {node: _lowest(methods, node) for node in methods.headline.nodes - {methods.headline.root}}
        by_period: dict[str, list[Need]] = {}
        for at, period, node, score, band in inputs.values("score", "place_id", "period", "node_code", "score", "band"):
            if node in lowest and at not in countries:
                by_period.setdefault(period, []).append(Need(at, node, score is not None, band in lowest[node]))
        return {period: sorted(cells) for period, cells in by_period.items()}

    return inputs.remember_while(("needs",), [rows, place, method], make).get(quarter.code, [])


def score_evidence(inputs: Inputs, quarter: Quarter) -> Evidence:
    """The scores behind the units."""
    return Evidence("score", partial(_score_rows, inputs, quarter), ["place_id", "node_code", "score", "band"])


def _score_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    rows = inputs.table("score")
    rows = rows[rows["period"] == quarter.code]
    return rows.assign(unit=rows["place_id"] + " " + rows["node_code"])


def methods_in(rows: pd.DataFrame) -> Methods:
    """The methods that a table `method` states; the tracker's own where it states none."""
    from idtracker.model.methods.published import methods_of

    if rows.empty:
        return bundled_methods()
    return methods_of({str(name): value for name, value in row.items()} for row in rows.to_dict("records"))


def _lowest(methods: Methods, node: str) -> set[str]:
    """The labels of the two lowest bands of a node: its own, else those of the root, else those of the tracker's method."""
    labels, method = [band.label for band in methods.merging.band_scheme.bands], methods.headline.definition
    if isinstance(method, Index):
        stated = {bands.node or methods.headline.root: bands for bands in method.bands}
        own = stated.get(node, stated.get(methods.headline.root))
        labels = labels if own is None else [band.label for band in own.classes]
    else:
        labels = [band.label for band in method.band_scheme.bands]
    return set(labels[: WORST if len(labels) >= MANY else 1])
