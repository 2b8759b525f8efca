"""Pools of judgements: those of one question, quarter and scheme, one voice for each organisation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from idtracker.analyse.judgement.assessments import LIKELIHOOD_UNIT, QUANTITY, Assessment
from idtracker.analyse.judgement.outcomes import Outcome
from idtracker.analyse.judgement.pooling import Dividend, dividend_of, performance_weights, pooled
from idtracker.analyse.metrics.krippendorff import alpha
from idtracker.model.periods import period, previous_period, quarters_between

Errors = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Pool:
    """Assessments of one question, quarter and scheme: the voices that count, and how many rows were left out."""

    question_id: str
    period: str
    scheme: str
    voices: tuple[Assessment, ...]
    left_out: int
    every: tuple[Assessment, ...]

    @property
    def about(self) -> Assessment:
        return self.every[0]

    @property
    def made_on(self) -> date:
        """The day of its latest judgement."""
        return max(one.made_on for one in self.every)

    @property
    def estimates(self) -> list[float]:
        return [one.estimate for one in self.voices if one.estimate is not None]

    def scale(self) -> float:
        """What differences are divided by where they are squared: likelihoods are scored from 0 to 1."""
        return 100.0 if self.about.question.unit == LIKELIHOOD_UNIT else 1.0


def pools_of(known: Iterable[Assessment]) -> list[Pool]:
    """The pools of what is known, by question, quarter and scheme.

    An organisation that judges twice in a quarter has one voice: its latest judgement. Left out are judgements without an
    estimate and those graded E or 5.
    """
    groups: dict[tuple[str, str, str], list[Assessment]] = {}
    for one in known:
        groups.setdefault((one.question_id, one.period, one.scheme), []).append(one)
    return [_pool(key, groups[key]) for key in sorted(groups)]


def _pool(key: tuple[str, str, str], said: list[Assessment]) -> Pool:
    ordered = sorted(said, key=lambda one: (one.made_on, one.known_from, one.judgement_id, one.fact_id))
    usable = [one for one in ordered if one.estimate is not None and not one.is_excluded]
    latest = {one.assessor: one for one in usable}
    voices = tuple(latest[assessor] for assessor in sorted(latest))
    return Pool(*key, voices, len(said) - len(usable), tuple(ordered))


def is_forecast(one: Assessment, outcome: Outcome) -> bool:
    """Whether a judgement was made before what it judges was decided."""
    return one.made_on < (outcome.resolved_on or outcome.known_from.date())


def errors_before(pools: Iterable[Pool], outcomes: dict[str, Outcome], day: date, scheme: str) -> Errors:
    """Squared errors (0 to 1) of each assessor on each question that had come about, and was known, before a day.

    Of several quarters in which an assessor judged the question the mean counts.
    """
    found: dict[str, dict[str, list[float]]] = {}
    for pool in pools:
        outcome = outcomes.get(pool.question_id)
        if pool.scheme != scheme or outcome is None or outcome.value is None or not outcome.is_known_before(day):
            continue
        for one in pool.voices:
            if one.estimate is not None and is_forecast(one, outcome):
                error = ((one.estimate - outcome.value) / pool.scale()) ** 2
                found.setdefault(one.assessor, {}).setdefault(pool.question_id, []).append(error)
    return {who: {question: pooled(errors) for question, errors in of.items()} for who, of in found.items()}


@dataclass(frozen=True, slots=True)
class Weighted:
    """The pool by the record of its members; `is_equal` where the record is too short for it."""

    estimate: float
    is_equal: bool
    past_count: int


def weighted(pool: Pool, pools: Sequence[Pool], outcomes: dict[str, Outcome]) -> Weighted | None:
    """The performance-weighted pool, from what was known before its last judgement was made; None without a voice."""
    if not pool.voices:
        return None
    if len(pool.voices) == 1 or pool.scheme == QUANTITY:
        return Weighted(pooled(pool.estimates), True, 0)
    errors = errors_before(pools, outcomes, pool.made_on, pool.scheme)
    weights, past = performance_weights(errors, [one.assessor for one in pool.voices])
    is_equal = len(set(weights)) == 1
    return Weighted(pooled(pool.estimates, None if is_equal else weights), is_equal, past)


def range_of(pool: Pool) -> tuple[float, float] | None:
    """Ends of the pooled range: means of the standardised ends; None unless every voice states a range and its confidence."""
    ranges = [one.interval for one in pool.voices if one.interval is not None]
    if not ranges or len(ranges) < len(pool.voices):
        return None
    return pooled([low for low, _ in ranges]), pooled([high for _, high in ranges])


def dividend(pool: Pool, outcome: Outcome | None) -> Dividend | None:
    """The errors of a pool whose question is resolved; None where a voice of it was raised after that."""
    if outcome is None or outcome.value is None or not pool.voices:
        return None
    if not all(is_forecast(one, outcome) for one in pool.voices):
        return None
    return dividend_of([value / pool.scale() for value in pool.estimates], outcome.value / pool.scale())


def series_of(pool: Pool) -> tuple[object, ...]:
    """What pools of one scenario over time share."""
    about = pool.about.question
    return about.scenario_id, about.place_id, about.unit, pool.scheme


def before(pool: Pool, of_series: Sequence[Pool]) -> Pool | None:
    """The pool of the quarter before with the same horizon; else, of a horizon that moves along, the one as far ahead."""
    last = [other for other in of_series if other.period == previous_period(pool.period) and other.voices]
    same = [other for other in last if other.question_id == pool.question_id]
    ahead = [other for other in last if _ahead(other) is not None and _ahead(other) == _ahead(pool)]
    return next(iter([*same, *ahead]), None)


def _ahead(pool: Pool) -> int | None:
    """Quarters from the one of the judgement to the one of the horizon."""
    horizon, start = pool.about.question.horizon_on, period(pool.period).start
    return None if horizon is None or horizon < start else len(quarters_between(start, horizon))


def agreement(pool: Pool, of_series: Sequence[Pool]) -> float | None:
    """Krippendorff's alpha (interval) between assessors over the pools of a scenario up to this quarter.

    None with fewer than two pools that two assessors judged: one question alone cannot tell agreement from chance.
    """
    units = [other for other in of_series if other.period <= pool.period and len(other.voices) > 1]
    if len(units) < 2:
        return None
    names = sorted({one.assessor for unit in units for one in unit.voices})
    grid = np.full((len(names), len(units)), np.nan)
    for column, unit in enumerate(units):
        for one in unit.voices:
            grid[names.index(one.assessor), column] = one.estimate
    return alpha(grid, "interval")


def known_at(every: Iterable[Assessment], at: pd.Timestamp) -> list[Assessment]:
    """The assessments that stand at an instant."""
    return [one for one in every if one.is_known(at)]
