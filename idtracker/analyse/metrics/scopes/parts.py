"""Shares of a programme by part: the units of each share sorted into objectives, departments and portfolios."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.metrics.culture.answers import GUIDANCE, team_answers, team_name, teams
from idtracker.analyse.metrics.culture.constraints import constraint_scopes
from idtracker.analyse.metrics.delivery.activities import at_work, paid
from idtracker.analyse.metrics.effects.claims import claims
from idtracker.analyse.metrics.effects.outcomes import review_name, rows_ending_in
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import PROGRAMME, MetricResult, listed, ratio
from idtracker.analyse.metrics.quarter import Quarter, day_number
from idtracker.analyse.metrics.registry import Metric
from idtracker.analyse.metrics.scopes.declared import NAMES, SCOPES, Kind, Units
from idtracker.analyse.metrics.scopes.labels import (
    Labels,
    departments,
    of_activities,
    of_products,
    with_those_above,
)

SPEND = "spend"


def with_parts(
    chosen: Metric, inputs: Inputs, quarter: Quarter, results: Iterable[MetricResult]
) -> Iterator[MetricResult]:
    """The results, then the shares of each part that has any of their units."""
    every = list(results)
    yield from every
    shares = [result for result in every if result.is_share and result.n and _is_of_all(result.scope)]
    for kind, units in SCOPES[chosen.id].sorted_kinds if shares else ():
        labels = _LABELS[units](inputs, quarter, kind)
        times = _times(inputs, quarter) if units == "activities" and inputs.delivered is not None else {}
        parts = [part for result in shares for part in _parts(result, kind, labels, times)]
        yield from _withheld_together(parts) if units == "actors" else parts


def _is_of_all(scope: str) -> bool:
    """Whether a scope takes in every unit of its own: the programme, or a scheme of review scores, which are never mixed."""
    return scope == PROGRAMME or scope.startswith("scheme=")


def _parts(
    result: MetricResult, kind: Kind, labels: Labels, times: Mapping[str, tuple[int, int]]
) -> Iterator[MetricResult]:
    names, counts, weights = _plain(result)
    found: dict[str, list[int]] = {}
    for place, unit in enumerate(names):
        for label in labels.get(unit, ()):
            found.setdefault(label, []).append(place)
    same, own = _same(names, result.measure, times), "" if result.scope == PROGRAMME else f";{result.scope}"
    for label in sorted(found):
        places = np.array(found[label], dtype=np.intp)
        part = ratio(
            result.measure,
            partial(_taken, result, places),
            counts[places],
            None if weights is None else weights[places],
            times=None if same is None else same[places],
            scope=f"{NAMES[kind]}={label}{own}",
            evidence=result.evidence,
        )
        yield part if result.value is not None else replace(part, value=None, numerator=None)


def _plain(
    result: MetricResult,
) -> tuple[Sequence[str], npt.NDArray[np.bool_], npt.NDArray[np.float64] | None]:
    """The names of units, whether each counts, and its weight where it has one; a frame is made only where there is no list."""
    made = result.lazy_units
    if isinstance(made, partial) and made.func is listed:
        return made.args[0], np.array(made.args[1], dtype=bool), None
    units = result.units
    weights = units["weight"].to_numpy(dtype="float64") if "weight" in units else None
    return units["unit"].tolist(), units["counts"].to_numpy(dtype=bool), weights


def _taken(result: MetricResult, places: npt.NDArray[np.intp]) -> pd.DataFrame:
    return result.units.take(places)


def _same(names: Sequence[str], measure: str, times: Mapping[str, tuple[int, int]]) -> npt.NDArray[np.int64] | None:
    """How many activities each unit stands for; with spend as weight, how many of these have any."""
    side = 1 if measure.startswith(SPEND) else 0
    return np.array([times[unit][side] for unit in names], dtype=np.int64) if times else None


def _times(inputs: Inputs, quarter: Quarter) -> dict[str, tuple[int, int]]:
    """How many activities each unit stands for where those that look the same are one, and how many of these have spend."""
    spend = paid(inputs, quarter)
    return {
        row.unit: (row.times, spend[row.unit, None].paid if (row.unit, None) in spend else 0)
        for row in at_work(inputs, quarter)
    }


def _withheld_together(parts: list[MetricResult]) -> Iterator[MetricResult]:
    """Parts of one measure, all withheld where one of them is too small: the whole less the others would say what it is."""
    small = {part.measure for part in parts if part.n < _FEWEST_ACTORS}
    for part in parts:
        if part.measure in small:
            part = replace(
                part, value=None, numerator=None, denominator=None, lazy_units=_nobody, withheld="small_count"
            )
        yield part


_FEWEST_ACTORS = 5


def _nobody() -> pd.DataFrame:
    return pd.DataFrame({"unit": pd.Series(dtype="str"), "counts": pd.Series(dtype="bool")})


def _of_decisions(inputs: Inputs, quarter: Quarter, kind: Kind) -> Labels:
    found: dict[str, set[str]] = {}
    for q in quarter.window():
        rows = inputs.values("decision", "decision_id", "objective_ids")
        for place in inputs.places_in("decision", "decided_on", q).tolist():
            unit, named = rows[place]
            listed = [one.strip() for one in (named or "").split(";") if one.strip()]
            found.setdefault(unit, set()).update(with_those_above(inputs, listed))
    return found


def _of_objectives(inputs: Inputs, quarter: Quarter, kind: Kind) -> Labels:
    named = {objective for (objective,) in inputs.values("objective", "objective_id")}
    return {objective: with_those_above(inputs, [objective]) for objective in named}


def _of_scoped(inputs: Inputs, scopes: Mapping[str, str]) -> Labels:
    """Units by the objective that they answer for, where their scope is one."""
    named = {objective for (objective,) in inputs.values("objective", "objective_id")}
    return {unit: with_those_above(inputs, [scope]) for unit, scope in scopes.items() if scope in named}


def _of_teams(inputs: Inputs, quarter: Quarter, kind: Kind) -> Labels:
    """By the objective that a team answers for; of one for which nobody answers in the quarter nothing is said."""
    labels = _of_scoped(inputs, {team_name(team): team[1] for team in teams(inputs, quarter)})
    given = team_answers(inputs, quarter, quarter, GUIDANCE)
    heard = {label for team, rank in given.items() if rank for label in labels.get(team_name(team), ())}
    return {unit: heard.intersection(of) for unit, of in labels.items()}


def _of_constraints(inputs: Inputs, quarter: Quarter, kind: Kind) -> Labels:
    return _of_scoped(inputs, constraint_scopes(inputs))


def _of_claims(inputs: Inputs, quarter: Quarter, kind: Kind) -> Labels:
    """By the activity that a claim is about, or the department that makes it."""
    every = claims(inputs, quarter)
    found: dict[str, set[str]] = {}
    if kind == "department":
        of = departments(inputs, quarter)
        for claim in every:
            department = of.get(claim.org_id or "")
            found.setdefault(claim.claim_id, set()).update([department] if department else [])
        return found
    by_activity = of_activities(inputs, quarter, kind)
    for claim in every:
        found.setdefault(claim.claim_id, set()).update(by_activity.get(claim.activity_id or "", ()))
    return found


def _of_reviews(inputs: Inputs, quarter: Quarter, kind: Kind) -> Labels:
    """By the activity reviewed, with which the name of a review begins."""
    labels, found = of_activities(inputs, quarter, kind), dict[str, Collection[str]]()
    for q in quarter.window():
        for row in rows_ending_in(inputs, q):
            activity, end, last = inputs.values("result_value", "activity_id", "period_end", "end_on")[row]
            found[review_name(activity, last if end is None else end)] = labels.get(activity, ())
    return found


def _of_actors(inputs: Inputs, quarter: Quarter, kind: Kind) -> Labels:
    """By the objectives that observations of an actor so far serve."""
    found: dict[str, set[str]] = {}
    for actor, objective, day in inputs.values("pai_record", "actor_id", "objective_id", "observed_on"):
        if objective is not None and day is not None and day <= day_number(quarter.end):
            found.setdefault(actor, set()).update(with_those_above(inputs, [objective]))
    return found


_LABELS: Mapping[Units, Callable[[Inputs, Quarter, Kind], Labels]] = {
    "products": of_products,
    "decisions": _of_decisions,
    "objectives": _of_objectives,
    "activities": of_activities,
    "teams": _of_teams,
    "constraints": _of_constraints,
    "claims": _of_claims,
    "reviews": _of_reviews,
    "actors": _of_actors,
}
