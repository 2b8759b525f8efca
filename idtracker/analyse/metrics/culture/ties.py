"""Ratings of working relations: who rates whom how in the round that ends in a quarter, and who could have.

A dyad is an ordered pair, who rates and who is rated. A rating of oneself, and one beyond its scale, says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import pandas as pd

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.quarter import Quarter

TIE = "collaboration_tie"
TRUST = ("trust_reliability", "trust_mission", "trust_openness")
VALUE = ("value_power", "value_involvement", "value_resources")
_ITEMS = ("frey_level", *TRUST, *VALUE)
_SCALES = {"frey_level": (0, 5), **dict.fromkeys((*TRUST, *VALUE), (1, 4))}
TIE_COLUMNS = ["from_org_id", "to_org_id", "period_start", "period_end"]
Dyad = tuple[str, str]


class Rating(NamedTuple):
    """What one organisation says of another: level 0 to 5, trust and value from 0 to 1; None where it does not say."""

    level: float | None
    trust: float | None
    value: float | None


class RatedRow(NamedTuple):
    """A row of the table: its place, who rates whom as they are in some quarter, when, and the items in order."""

    place: int
    dyad: Dyad
    when: tuple[int, int]
    items: tuple[int | None, ...]


def ratings(inputs: Inputs, quarter: Quarter, as_in: Quarter | None = None) -> dict[Dyad, Rating]:
    """The ratings of the round whose period ends in a quarter, with organisations as they are in `as_in` (default: in it).

    Of several ratings of a dyad those of the latest period count, of these the lower median of each item.
    """

    read_as = as_in or quarter

    def make() -> dict[Dyad, Rating]:
        by_dyad: dict[Dyad, list[RatedRow]] = {}
        for row in _rated_rows(inputs, quarter, read_as):
            by_dyad.setdefault(row.dyad, []).append(row)
        return {dyad: _rating(_latest(rows)) for dyad, rows in sorted(by_dyad.items())}

    key = ("ratings", quarter, read_as, inputs.mode)
    return inputs.remember_while(key, [inputs.table(TIE), inputs.reading(read_as)], make)


def ratings_in_sight(inputs: Inputs, quarter: Quarter) -> dict[Dyad, float]:
    """The last level that was stated of each dyad in the four quarters to this one."""
    levels: dict[Dyad, float] = {}
    for earlier in quarter.window():
        rated = ratings(inputs, earlier, quarter)
        levels |= {dyad: rating.level for dyad, rating in rated.items() if rating.level is not None}
    return levels


def survey_roster(inputs: Inputs, quarter: Quarter) -> list[str]:
    """Organisations that rate or are rated in any of the four quarters to this one; silent ones stay.

    One that ended before the quarter without a successor does not.
    """
    known = inputs.traits(quarter)
    named = {org for earlier in quarter.window() for dyad in ratings(inputs, earlier, quarter) for org in dyad}
    return sorted(org for org in named if org not in known or known[org].is_current)


def dyad_name(dyad: Dyad) -> str:
    """The name of a dyad: who rates, and who is rated."""
    return f"{dyad[0]} → {dyad[1]}"


def rating_evidence(inputs: Inputs, rounds: Sequence[Quarter], as_in: Quarter) -> list[Evidence]:
    """The rows behind the dyads of some rounds."""
    return [Evidence(TIE, partial(rating_rows, inputs, rounds, as_in), ["from_org_id", "to_org_id", "period"])]


def rating_rows(inputs: Inputs, rounds: Sequence[Quarter], as_in: Quarter) -> pd.DataFrame:
    """The rows of some rounds with their dyad as `unit`, and who rates (`rater`) and is rated (`rated`) as in a quarter."""
    chosen = [row for quarter in rounds for row in _rated_rows(inputs, quarter, as_in)]
    rows = inputs.table(TIE).take([row.place for row in chosen])
    names = {"unit": [dyad_name(row.dyad) for row in chosen]}
    names |= {side: [row.dyad[n] for row in chosen] for n, side in enumerate(("rater", "rated"))}
    return rows.assign(**{name: pd.Series(texts, rows.index, dtype="str") for name, texts in names.items()})


def _rated_rows(inputs: Inputs, quarter: Quarter, as_in: Quarter) -> list[RatedRow]:
    places = inputs.places_in(TIE, "period_end", quarter).tolist()
    table = inputs.table(TIE)
    items = [name for name in _ITEMS if name in table]
    rows = inputs.values(TIE, *TIE_COLUMNS, *items)
    chosen = [rows[place] for place in places]
    raters, rated = [row[0] for row in chosen], [row[1] for row in chosen]
    raters_now = inputs.members(rated, raters, as_in)
    rated_now = inputs.members(raters, rated, as_in)
    return [
        RatedRow(place, (rater, other), (row[3], row[2]), _on_scale(dict(zip(items, row[4:], strict=True))))
        for place, rater, other, row in zip(places, raters_now, rated_now, chosen, strict=True)
        if rater is not None and other is not None and rater != other
    ]


def _on_scale(items: Mapping[str, Any]) -> tuple[int | None, ...]:
    """The items in order; one that is missing or beyond its scale is None."""
    values = []
    for name, (low, high) in _SCALES.items():
        value = items.get(name)
        values.append(None if value is None or not low <= value <= high else int(value))
    return tuple(values)


def _latest(rows: Sequence[RatedRow]) -> list[RatedRow]:
    last = max(row.when for row in rows)
    return [row for row in rows if row.when == last]


def _rating(rows: Sequence[RatedRow]) -> Rating:
    items = [lower_median([row.items[n] for row in rows]) for n in range(len(_ITEMS))]
    return Rating(items[0], _rescaled(items[1:4]), _rescaled(items[4:7]))


def lower_median(values: Sequence[float | None]) -> float | None:
    """The lower of the two middle values of an even number; None where none is stated."""
    stated = sorted(value for value in values if value is not None)
    return stated[(len(stated) - 1) // 2] if stated else None


def _rescaled(items: Sequence[float | None]) -> float | None:
    """The mean of three items of 1 to 4, from 0 to 1; None unless all three are stated."""
    stated = [item for item in items if item is not None]
    return (sum(stated) / len(stated) - 1) / 3 if stated and len(stated) == len(items) else None
