"""What each two organisations have in common in a quarter: activities, products, items shared, ratings, and cells where both are.

Everything is counted by the functions that the metrics of delivery, sharing and overlap count by; coordinated is what IM-34 calls so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from typing import NamedTuple

from idtracker.analyse.metrics.culture.ties import ratings_in_sight
from idtracker.analyse.metrics.delivery.activities import network_of, participations
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.overlap.pairs import Pair, meetings, ties
from idtracker.analyse.metrics.overlap.presence import presence, unit_of
from idtracker.analyse.metrics.products import contributors_by_product
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.sharing.events import shared

RESTS_ON = ("IM-34", "IM-10")
"""Metrics that read all of this between them."""


class PairRow(NamedTuple):
    """A row of the table `pair` but for its marking."""

    period: str
    org_id: str
    other_org_id: str
    as_is_org_id: str
    as_is_other_org_id: str
    shared_activity_count: int
    shared_product_count: int
    shared_item_count: int
    shared_cell_count: int
    shared_cells: str | None
    frey_level: int | None
    is_coordinated: bool


def pair_rows(inputs: Inputs, quarter: Quarter) -> list[PairRow]:
    """Every two organisations that share anything in a quarter, or of which either has rated the other, in order."""
    activities = _shared_activities(inputs, quarter)
    products, items = _shared_products(inputs, quarter), _shared_items(inputs, quarter)
    cells = {(met.a, met.b): [unit_of(cell) for cell in met.cells] for met in meetings(presence(inputs, quarter))}
    levels: dict[Pair, int] = {}
    for (rater, rated), level in ratings_in_sight(inputs, quarter).items():
        pair = _in_order(rater, rated)
        levels[pair] = max(levels.get(pair, 0), int(level))
    tied, now = ties(inputs, quarter).tied, inputs.organisations.successors(inputs.as_of.normalize())
    every = sorted({*activities, *products, *items, *cells, *levels})
    return [
        PairRow(
            quarter.code,
            a,
            b,
            now.get(a, a),
            now.get(b, b),
            activities[a, b],
            products[a, b],
            items[a, b],
            len(cells.get((a, b), ())),
            ";".join(sorted(cells.get((a, b), ()))) or None,
            levels.get((a, b)),
            (a, b) in tied,
        )
        for a, b in every
    ]


def _shared_activities(inputs: Inputs, quarter: Quarter) -> Counter[Pair]:
    """Activities at work in which both take part."""
    everybody = sorted({row.org for row in participations(inputs, quarter)})
    return Counter({(tie.a, tie.b): tie.weight for tie in network_of(inputs, quarter, everybody).ties})


def _shared_products(inputs: Inputs, quarter: Quarter) -> Counter[Pair]:
    """Products of the four quarters to this one to which both contributed."""
    stands_for = inputs.successors(quarter)
    groups = (orgs for q in quarter.window() for orgs in contributors_by_product(inputs, q).values())
    return Counter(pair for orgs in groups for pair in _pairs({stands_for.get(org, org) for org in orgs}))


def _shared_items(inputs: Inputs, quarter: Quarter) -> Counter[Pair]:
    """Items that one shared with the other in the quarter, either way."""
    transfers = ((one.giver.org, one.taker.org) for one in shared(inputs, quarter))
    return Counter(_in_order(giver, taker) for giver, taker in transfers if giver != taker)


def _pairs(orgs: Iterable[str]) -> Iterable[Pair]:
    return combinations(sorted(orgs), 2)


def _in_order(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)
