"""Everything that follows from facts: cells, scores, trends and metrics, as pure functions of what was known.

The pipeline calls these step by step over the store; reading as known at a past day calls them over that day's facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from idtracker.catalog.programme import Programme
from idtracker.merge import Method, derive_observations, merge_observations
from idtracker.metrics import families, family, measure
from idtracker.periods import current_period, previous_period, quarters_between
from idtracker.tracker import score_cells, trend_scores

Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Horizon:
    """The quarters of the tracker and the day of knowledge."""

    periods: list[str]
    as_of: pd.Timestamp


def horizon(programme: Programme, observation: pd.DataFrame, as_of: pd.Timestamp) -> Horizon:
    """Quarters from the programme's first (else the first observed) to its last, none later than the last complete one."""
    complete = previous_period(as_of.date(), "quarter")
    first = programme.tracker.first
    if first is None:
        starts = observation["period_start"].dropna()
        if starts.empty:
            return Horizon([], as_of)
        first = current_period(starts.min().date(), "quarter")
    last = min(programme.tracker.last or complete, complete)
    return Horizon(quarters_between(first, last) if first <= last else [], as_of)


def derive_cells(
    facts: Frames,
    reference: Frames,
    programme: Programme,
    span: Horizon,
    method: Method,
    adjudication: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Merged cells of every scored and kept indicator on the tracker's quarters, and the reports behind them.

    `adjudication` holds the decisions known at the moment that `facts` are known at.
    """
    computed = derive_observations(facts, reference["indicator"], reference["place"], span.periods)
    frames = [f for f in (facts["observation"], computed) if not f.empty]
    observation = pd.concat(frames, ignore_index=True) if frames else facts["observation"]
    places = scored_places(reference["place"], programme)
    merged = merge_observations(observation, reference["indicator"], places, method, span.periods, adjudication)
    return {"merged_cell": merged.cells, "cell_report": merged.reports}


def scored_places(place: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """The programme's country and its first-level divisions; every place where no country is named."""
    if not programme.country:
        return place
    return place[(place["place_id"] == programme.country) | (place["parent_id"] == programme.country)]


def derive_scores(
    cells: pd.DataFrame, reference: Frames, programme: Programme, span: Horizon, method: Method
) -> dict[str, pd.DataFrame]:
    """Scores and trends."""
    places = scored_places(reference["place"], programme)
    score = score_cells(cells, reference["indicator"], places, method, span.periods)
    return {"score": score, "trend": trend_scores(score, method, cells, reference["indicator"])}


def organisation_names(organisation: pd.DataFrame) -> dict[str, str]:
    """Short name, else name, of each organisation as it is called last."""
    last = organisation.sort_values("valid_from", na_position="first").drop_duplicates("org_id", keep="last")
    return dict(zip(last["org_id"], last["short_name"].fillna(last["name"]), strict=True))


def derive_metrics(
    facts: Frames, derived: Frames, reference: Frames, span: Horizon, family_id: str | None = None
) -> pd.DataFrame:
    """Metric values of one family, or of all."""
    return measure({**facts, **derived}, reference, span.periods, span.as_of, family=family_id)


def metric_families() -> list[str]:
    """Names of the metric families, in catalogue order."""
    return list(families())


def metric_ids(family_id: str) -> list[str]:
    return [m.id for m in family(family_id)]


def derive_all(
    facts: Frames,
    obligation: pd.DataFrame,
    reference: Frames,
    programme: Programme,
    as_of: pd.Timestamp,
    method: Method,
    adjudication: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Every derived table from the facts and the decisions known at `as_of`."""
    span = horizon(programme, facts["observation"], as_of)
    merged = derive_cells(facts, reference, programme, span, method, adjudication)
    scores = derive_scores(merged["merged_cell"], reference, programme, span, method)
    derived = {"merged_cell": merged["merged_cell"], "obligation": obligation, **scores}
    return {**merged, **scores, "metric_value": derive_metrics(facts, derived, reference, span)}
