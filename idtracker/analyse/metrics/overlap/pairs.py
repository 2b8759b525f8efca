"""Pairs of organisations that meet in a place and sector, and what ties them: a rated relation, an activity or a product."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from itertools import combinations
from typing import NamedTuple

import pandas as pd

from idtracker.analyse.metrics.culture.ties import TIE, rating_rows, ratings_in_sight
from idtracker.analyse.metrics.delivery.activities import participations, tie_evidence, tie_name
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.overlap.presence import SHOWN, Cell, Presence, cell_rows, presence, unit_of
from idtracker.analyse.metrics.products import contributors_by_product, product_evidence
from idtracker.analyse.metrics.quarter import Quarter

COOPERATION = 2  # Frey: information is provided, roles are somewhat defined
Pair = tuple[str, str]


class Meeting(NamedTuple):
    """Two organisations that are present in the same cells."""

    unit: str
    a: str
    b: str
    cells: list[Cell]


class Ties(NamedTuple):
    """Pairs tied in whatever way, and those of which either side has rated the other."""

    tied: set[Pair]
    rated: set[Pair]


def meetings(presence: Presence) -> list[Meeting]:
    """Every pair that meets anywhere, in order."""
    cells: dict[Pair, list[Cell]] = {}
    for cell, orgs in presence.orgs.items():
        for pair in combinations(sorted(orgs), 2):
            cells.setdefault(pair, []).append(cell)
    return [Meeting(tie_name(*pair), *pair, met) for pair, met in sorted(cells.items())]


def pair_evidence(inputs: Inputs, quarter: Quarter) -> list[Evidence]:
    """The rows that each pair has in common."""
    return [Evidence("activity_cell", partial(_pair_rows, inputs, quarter), SHOWN)]


def coordination_evidence(inputs: Inputs, quarter: Quarter) -> list[Evidence]:
    """The ratings of each pair by either side, the activities it shares, and its contributions to one product."""
    window = quarter.window()
    return [
        Evidence(TIE, partial(_rating_rows, inputs, quarter), ["from_org_id", "to_org_id", "period", "frey_level"]),
        *tie_evidence(inputs, quarter),
        *(replace(e, lazy_rows=partial(_product_rows, e, inputs, q, quarter)) for q in window
          for e in product_evidence(inputs, q) if e.table in ("product_contribution", "round_organisation")),
    ]  # fmt: skip


def ties(inputs: Inputs, quarter: Quarter) -> Ties:
    """Who is tied in a quarter: by a rating of cooperation or more by either side, by an activity at work, or by a product.

    Ratings and products are those of the four quarters to this one.
    """

    def make() -> Ties:
        levels = ratings_in_sight(inputs, quarter)
        tied = {_ordered(*pair) for pair, level in levels.items() if level >= COOPERATION}
        together: dict[str, set[str]] = {}
        for row in participations(inputs, quarter):
            together.setdefault(row.unit, set()).add(row.org)
        tied |= _pairs(together.values())
        stands_for = inputs.successors(quarter)
        for earlier in quarter.window():
            groups = contributors_by_product(inputs, earlier).values()
            tied |= _pairs({stands_for.get(org, org) for org in orgs} for orgs in groups)
        return Ties(tied, {_ordered(*pair) for pair in levels})

    return inputs.remember(("ties", quarter), make)


def _pair_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    rows = cell_rows(inputs, quarter).rename(columns={"unit": "cell"})
    sides = [
        (pair.unit, unit_of(cell), org)
        for pair in meetings(presence(inputs, quarter))
        for cell in pair.cells
        for org in (pair.a, pair.b)
    ]
    return rows.merge(pd.DataFrame(sides, columns=["unit", "cell", "org"], dtype="str"), on=["cell", "org"])


def _rating_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    rows = rating_rows(inputs, quarter.window(), quarter)
    units = [tie_name(*sorted(dyad)) for dyad in zip(rows["rater"], rows["rated"], strict=True)]
    return rows.assign(unit=pd.Series(units, rows.index, dtype="str"))


def _product_rows(evidence: Evidence, inputs: Inputs, earlier: Quarter, quarter: Quarter) -> pd.DataFrame:
    """Contributions once for every pair of the product that they are part of."""
    rows, stands_for = evidence.rows, inputs.successors(quarter)
    present = [stands_for.get(org, org) for org in rows["org"]]
    rows = rows.rename(columns={"unit": "product"}).astype({"product": "str"})
    rows = rows.assign(org=pd.Series(present, rows.index, dtype="str"))
    sides = [
        (tie_name(*pair), product, org)
        for product, orgs in contributors_by_product(inputs, earlier).items()
        for pair in combinations(sorted({stands_for.get(org, org) for org in orgs}), 2)
        for org in pair
    ]
    return rows.merge(pd.DataFrame(sides, columns=["unit", "product", "org"], dtype="str"), on=["product", "org"])


def _pairs(groups: Iterable[set[str]]) -> set[Pair]:
    return {pair for orgs in groups for pair in combinations(sorted(orgs), 2)}


def _ordered(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)
