"""Judgements whose outcome is known by the end of a quarter, made before it was: squared errors and whether ranges held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from idtracker.analyse.judgement.assessments import QUANTITY, Assessment, assessments_of
from idtracker.analyse.judgement.calibration import bucket_of
from idtracker.analyse.judgement.outcomes import Decision, Outcome, decisions_of, outcomes_at
from idtracker.analyse.judgement.pools import is_forecast, known_at, pools_of
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.model.tables import TABLES, columns_of

JUDGEMENT = "judgement"
JUDGEMENT_COLUMNS = [
    *(
        "judgement_id",
        "scenario",
        "scenario_id",
        "org_id",
        "originator_org_id",
        "place_id",
        "period_end",
        "made_on",
        "horizon_on",
    ),
    *(
        "yardstick_code",
        "icd203_code",
        "probability_low_pct",
        "probability_pct",
        "probability_high_pct",
        "confidence_pct",
    ),
    *("value_low", "value_best", "value_high", "value_unit", "value_min", "value_max", "reliability", "credibility"),
    *("resolved_on", "has_occurred", "resolved_value"),
]
RESOLUTION_COLUMNS = ["resolution_id", "question_id", "outcome", "resolved_on", "decided_at"]


class Scored(NamedTuple):
    """A judgement held against what came about: from 0 to 1 its squared error and the outcome, or whether its range held."""

    fact_id: str
    question_id: str
    org: str
    horizon: str
    error: float | None
    outcome: float | None
    is_held: float | None


def scored(inputs: Inputs, quarter: Quarter) -> list[Scored]:
    """Judgements of questions whose outcome was known by the end of the quarter, and by the day of knowledge.

    As in the table `calibration`: an organisation has one voice in a quarter, its latest; judgements graded E or 5, without an
    estimate, or made after the fact do not count.
    """

    def make() -> list[Scored]:
        ends = quarter.end.date()
        every = [one for one in _assessments(inputs) if one.made_on <= ends]
        outcomes = {q: o for q, o in outcomes_at(every, _decisions(inputs), inputs.as_of).items() if _is_by(o, quarter)}
        stands_for = inputs.successors(quarter)
        return [
            _scored(one, outcomes[one.question_id], stands_for.get(one.assessor, one.assessor))
            for pool in pools_of(known_at(every, inputs.as_of))
            if pool.question_id in outcomes
            for one in pool.voices
            if is_forecast(one, outcomes[one.question_id])
        ]

    return inputs.remember(("scored", quarter), make)


def by_question(every: Sequence[Scored], figure: str) -> dict[str, float]:
    """The mean of a figure over the judgements of each question that have it."""
    stated: dict[str, list[float]] = {}
    for one in every:
        value = getattr(one, figure)
        if value is not None:
            stated.setdefault(one.question_id, []).append(value)
    return {question: sum(values) / len(values) for question, values in sorted(stated.items())}


def judgement_rows(inputs: Inputs, every: Mapping[str, str]) -> pd.DataFrame:
    """The latest version known of each judgement, by its fact, with its question as `unit`."""
    rows = inputs.versions(JUDGEMENT)
    rows = rows[(rows["begins"] <= inputs.as_of) & rows["fact_id"].isin(list(every))]
    last = rows.sort_values(["fact_id", "begins"]).drop_duplicates("fact_id", keep="last")
    return last.assign(unit=pd.Series([every[fact] for fact in last["fact_id"]], last.index, dtype="str"))


def _is_by(outcome: Outcome, quarter: Quarter) -> bool:
    day = outcome.resolved_on or outcome.known_from.date()
    return outcome.value is not None and day <= quarter.end.date()


def _scored(one: Assessment, outcome: Outcome, org: str) -> Scored:
    horizon, value = bucket_of(one.made_on, one.question.horizon_on), outcome.value
    error = came = held = None
    if one.scheme != QUANTITY and one.estimate is not None and value is not None:
        error, came = ((one.estimate - value) / 100) ** 2, value / 100
    elif one.interval is not None and value is not None:
        held = float(one.interval[0] <= value <= one.interval[1])
    return Scored(one.fact_id, one.question_id, org, horizon, error, came, held)


def _assessments(inputs: Inputs) -> list[Assessment]:
    frame = inputs.versions(JUDGEMENT)

    def make() -> list[Assessment]:
        rows = frame.assign(recorded_from=frame["begins"], recorded_to=frame["ends"], classification="OFFICIAL")
        return assessments_of(rows.reindex(columns=[spec.name for spec in columns_of(TABLES[JUDGEMENT])]))

    return inputs.remember_while(("assessments",), [frame], make)


def _decisions(inputs: Inputs) -> list[Decision]:
    frame = inputs.table("resolution")
    return inputs.remember_while(("decisions",), [frame], lambda: decisions_of(frame))
