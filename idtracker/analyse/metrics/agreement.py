"""Reports of several organisations about the same thing, side by side on the 0-100 scale."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.merge.indicators import scale
from idtracker.analyse.metrics.inputs import ROW, Inputs, plain_rows
from idtracker.analyse.metrics.krippendorff import alpha
from idtracker.analyse.metrics.quarter import Quarter, day_number

ORDINAL = "ordinal"
_SPACE = re.compile(r"\s+")
_COLUMNS = (
    *("period_end", "fact_id", "period_start", "period", "indicator_id", "place_id"),
    *("org_id", "origin_org_id", "origin", "value"),
)


class Report(NamedTuple):
    """A row in which an organisation says something of one thing: an indicator, a place and a period."""

    unit: str
    indicator_id: str
    org: str
    origin: str | None
    value: float
    place: int


class Rolled(NamedTuple):
    """What an organisation says of one thing in all of its rows; of the values their mean, sum and last."""

    unit: str
    indicator_id: str
    org: str
    origin: str | None
    mean: float
    sum: float
    last: float


class Score(NamedTuple):
    """The same on the 0-100 scale."""

    unit: str
    org: str
    score: float
    is_ordinal: bool


class Pair(NamedTuple):
    """Two organisations that report the same thing (`of`), and how far they are from each other (points of 100)."""

    unit: str
    of: str
    distance: float


class Agreement(NamedTuple):
    """Pairs of organisations that report the same thing, how far they are from each other on the mean, and Krippendorff's
    alpha of the ordinal ones among them; None where there is none to be had."""

    pairs: int
    distance: float | None
    ordinal_pairs: int
    alpha: float | None


def agreement_in(inputs: Inputs, quarter: Quarter) -> Agreement:
    """How far organisations agree in a quarter.

    Only the figures are remembered: all pairs of all quarters would take more memory than the observations themselves.
    They are the same in both modes where an organisation is the same in both.
    """

    def make() -> Agreement:
        scores, pairs = side_by_side(inputs, quarter)
        ordinal = [score for score in scores if score.is_ordinal]
        distance = float(np.mean([pair.distance for pair in pairs])) if pairs else None
        return Agreement(len(pairs), distance, len(_among(pairs, ordinal)), krippendorff_alpha(ordinal))

    key = ("agreement", quarter, inputs.organisations.reading(inputs.day_of(quarter)))
    return inputs.remember_while(key, [inputs.table("observation"), inputs.table("indicator")], make)


def side_by_side(inputs: Inputs, quarter: Quarter) -> tuple[list[Score], list[Pair]]:
    """One score per organisation of each thing that several report, and every pair of them.

    Periods inside the quarter are rolled up as the indicator says; longer ones are compared with each other in the
    quarter they end in. Of several organisations that quote one origin the first by identifier stands for all, or the
    origin itself where it is an organisation that reports.
    """
    rolled = _rolled(_reports(inputs, quarter))
    things = (list(said) for _, said in groupby(rolled, key=lambda r: r.unit))
    several = [r for said in things if len(said) > 1 for r in _one_of_each_word(said)]
    scores = _scored(several, inputs.table("indicator"))
    return scores, _pairs_of(scores)


def compared_units(inputs: Inputs, quarter: Quarter, only_ordinal: bool = False) -> pd.DataFrame:
    """The pairs by name, or those about ordinal indicators."""
    scores, pairs = side_by_side(inputs, quarter)
    chosen = _among(pairs, [s for s in scores if s.is_ordinal]) if only_ordinal else pairs
    return pd.DataFrame({"unit": [pair.unit for pair in chosen]})


def compared_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """The observation rows behind each pair."""
    reports, (_, pairs) = _reports(inputs, quarter), side_by_side(inputs, quarter)
    rows = inputs.table("observation")[["indicator_id", "place_id", "org_id", "period", *ROW]]
    rows = rows.take([r.place for r in reports]).assign(of=[r.unit for r in reports])
    return pd.DataFrame(pairs, columns=Pair._fields)[["unit", "of"]].merge(rows, on="of")


def _among(pairs: Sequence[Pair], scores: Sequence[Score]) -> list[Pair]:
    """The pairs about what the scores are about."""
    things = {score.unit for score in scores}
    return [pair for pair in pairs if pair.of in things]


def krippendorff_alpha(scores: Sequence[Score]) -> float | None:
    """Krippendorff's alpha of ordinal scores, organisations as coders; None where no two differ or none can be paired."""
    orgs, units = ({name: n for n, name in enumerate(sorted({s[part] for s in scores}))} for part in (1, 0))
    grid = np.full((len(orgs), len(units)), np.nan)
    for said in scores:
        grid[orgs[said.org], units[said.unit]] = said.score
    return alpha(grid, "ordinal")


def _reports(inputs: Inputs, quarter: Quarter) -> list[Report]:
    """Observations of totals with a value whose period ends in the quarter, in the order of periods."""
    places = inputs.places_in("observation", "period_end", quarter)
    places = places[_is_total(inputs)[places]]
    stands_for = inputs.successors(quarter)
    begins, reports = day_number(quarter.start), []
    rows = plain_rows(inputs.table("observation"), _COLUMNS, places)
    for (_, _, start, period, indicator, where, org, origin_org, origin, value), place in sorted(
        zip(rows, places.tolist(), strict=True), key=lambda row: row[0][:2]
    ):
        if org is None or where is None:
            continue
        when = period if start is not None and start < begins else quarter.code
        said_by = origin if origin_org is None else stands_for.get(origin_org, origin_org)
        org = stands_for.get(org, org)
        reports.append(Report(f"{indicator} {where} {when}", indicator, org, said_by, value, place))
    return reports


def _is_total(inputs: Inputs) -> npt.NDArray[np.bool_]:
    """Which observations are no breakdown, have a value and are of an indicator that is known."""
    observation, indicator = inputs.table("observation"), inputs.table("indicator")

    def make() -> npt.NDArray[np.bool_]:
        total = observation["disaggregation"].isna() | (observation["disaggregation"] == "")
        is_known = observation["indicator_id"].isin(indicator["indicator_id"])
        return np.asarray(total & observation["value"].notna() & is_known, dtype=bool)

    return inputs.remember_while(("is_total",), [observation, indicator], make)


def _rolled(reports: Sequence[Report]) -> Iterator[Rolled]:
    """Reports by thing and organisation, in order."""
    said = [list(same) for _, same in groupby(sorted(reports, key=lambda r: r[:3]), key=lambda r: r[:3])]
    values = pd.Series([r.value for same in said for r in same], dtype="float64")
    grouped = values.groupby([n for n, same in enumerate(said) for _ in same])
    for same, mean, total in zip(said, grouped.mean().tolist(), grouped.sum().tolist(), strict=True):
        first, origins = same[0], (r.origin for r in same if r.origin is not None)
        yield Rolled(first.unit, first.indicator_id, first.org, next(origins, None), mean, total, same[-1].value)


def _one_of_each_word(said: Sequence[Rolled]) -> list[Rolled]:
    """The first by organisation of those that are one word: what an organisation says itself before those who quote it."""
    first: dict[str, tuple[bool, Rolled]] = {}
    for one in said:
        own, quoted = one.org.lower(), _SPACE.sub(" ", one.origin or "").strip().lower()
        is_quote = quoted not in ("", own)
        word = quoted if is_quote else own
        if word not in first or (first[word][0] and not is_quote):
            first[word] = is_quote, one
    kept = {one.org for _, one in first.values()}
    return [one for one in said if one.org in kept]


def _scored(rolled: Sequence[Rolled], indicator: pd.DataFrame) -> list[Score]:
    """The rolled-up values between the goalposts of their indicator; those without two different goalposts are left out."""
    columns = ("indicator_id", "unit", "direction", "goalpost_low", "goalpost_high", "roll_up")
    terms = {indicator_id: row for indicator_id, *row in plain_rows(indicator, columns)}
    found = [terms[r.indicator_id] for r in rolled]
    values = [
        {"sum": r.sum, "last": r.last}.get(roll_up, r.mean) for r, (*_, roll_up) in zip(rolled, found, strict=True)
    ]
    low, high, direction = (pd.Series([row[n] for row in found], dtype="float64") for n in (2, 3, 1))
    scores = scale(pd.Series(values, dtype="float64"), low, high, direction).tolist()
    return [
        Score(r.unit, r.org, score, measured_in == ORDINAL)
        for r, (measured_in, *_), score in zip(rolled, found, scores, strict=True)
        if score == score
    ]


def _pairs_of(scores: Sequence[Score]) -> list[Pair]:
    """Every pair of organisations that report the same thing."""
    return [
        Pair(f"{unit}: {a.org} – {b.org}", unit, abs(a.score - b.score))
        for unit, same in groupby(scores, key=lambda s: s.unit)
        for said in [list(same)]
        for a in said
        for b in said
        if a.org < b.org
    ]
