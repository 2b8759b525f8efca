"""Family `culture`, third part: who owns and who is accountable, IM-28 and IM-29."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pandas as pd

from idtracker.analyse.metrics.culture.baseline import BASELINE, POINTS, first_answered, share_change
from idtracker.analyse.metrics.culture.roles import (
    AT_POST,
    IN_WHITEHALL,
    OF_ACTIVITIES,
    ROLE,
    ROLE_COLUMNS,
    Filled,
    filled_roles,
    role_evidence,
)
from idtracker.analyse.metrics.delivery.activities import activities, located
from idtracker.analyse.metrics.delivery.rows import activity_evidence, taking_part_rows
from idtracker.analyse.metrics.inputs import Inputs, plain_rows
from idtracker.analyse.metrics.metric_result import PROGRAMME, Evidence, MetricResult, share_of
from idtracker.analyse.metrics.products import JOINT
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import metric

ACCOUNTABLE = "2"  # IATI organisation role
_DATED = ["start_on", "end_on", "period_start", "period_end", "place_id"]
_ACTIVITY = ["activity_id", "org_id", "partner_org_id", "status"]
_SAID = (
    "Where no role of anything is on record in the quarter nothing is said; otherwise a role of which nothing is on record is not filled. "
    f"{BASELINE}"
)


@metric(
    "IM-28",
    family="culture",
    name="Senior ownership of shared outcomes",
    name_ar="مسؤولية القيادات عن النتائج المشتركة",
    question="Do shared outcomes have senior owners at post and in Whitehall?",
    formula="#{shared objectives with filled SRO_COUNTRY and SRO_WHITEHALL} / #shared objectives; the share against the baseline",
    unit="%",
    direction="higher",
    denominator="objectives shared by more than one department",
    inputs={"objective": ["objective_id", "level", "is_shared"], ROLE: ROLE_COLUMNS},
    source="Itad blog on integrated delivery (2021), barrier B4; Fusion Doctrine (2018)",
    measures={
        "value": "Share of shared objectives with a senior owner both at post and in Whitehall",
        "at_post": "Share with a senior owner at post",
        "in_whitehall": "Share with a senior owner in Whitehall",
        "value_change": "Change of the share since the baseline",
    },
    measure_units={"value_change": POINTS},
    elements=["B4", "U4"],
    kpqs=["K5"],
    limitations="Objectives carry no dates: every quarter counts those known on the day of knowledge. One without a level counts for the programme and for "
    "no level. Objectives of the National Security Council count as any other; scope level shows them apart. A filled role says nothing of how "
    f"it is held. {_SAID}",
)
def senior_ownership(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme and per level. An objective that several sources list counts once, shared where any says so."""
    shared = _shared_objectives(inputs)
    first = first_answered(inputs, ROLE, quarter, lambda q: filled_roles(inputs, q))
    evidence = [
        Evidence("objective", partial(_objective_rows, inputs), ["objective_id", "level"]),
        *role_evidence(inputs, quarter, [(unit, unit) for unit in shared]),
    ]
    levels = dict.fromkeys(sorted({level for level in shared.values() if level}))
    for scope, level in ((PROGRAMME, None), *((f"level={level}", level) for level in levels)):
        units = [unit for unit in shared if level in (None, shared[unit])]
        now = _owned(units, filled_roles(inputs, quarter), scope, evidence)
        yield from now
        then = _owned(units, filled_roles(inputs, first), scope, evidence)[0] if first else None
        yield share_change("value_change", now[0], then)


def _owned(units: Sequence[str], filled: Filled | None, scope: str, evidence: Sequence[Evidence]) -> list[MetricResult]:
    named = [] if filled is None else units
    wanted = {"value": {AT_POST, IN_WHITEHALL}, "at_post": {AT_POST}, "in_whitehall": {IN_WHITEHALL}}
    return [
        share_of(
            measure, named, [roles <= (filled or {}).get(unit, set()) for unit in named], scope=scope, evidence=evidence
        )
        for measure, roles in wanted.items()
    ]


def _shared_objectives(inputs: Inputs) -> dict[str, str | None]:
    """The shared objectives with their level, in order."""
    rows = sorted(inputs.values("objective", "objective_id", "level", "is_shared"), key=lambda row: row[0])
    levels = {objective: level for objective, level, _ in rows if level is not None}
    return {objective: levels.get(objective) for objective, _, is_shared in rows if is_shared}


def _objective_rows(inputs: Inputs) -> pd.DataFrame:
    return inputs.table("objective").assign(unit=lambda rows: rows["objective_id"])


@metric(
    "IM-29",
    family="culture",
    name="Role clarity",
    name_ar="وضوح الأدوار",
    question="Are roles and shared responsibilities clear?",
    formula="#{v: dept(v) >= 2, all required roles filled and exactly one accountable organisation} / #{v: dept(v) >= 2}",
    unit="%",
    direction="higher",
    denominator="activities at work in the quarter in which two or more departments take part",
    inputs={
        "activity": [*_ACTIVITY, "objective_id", *_DATED],
        "activity_cell": [*_ACTIVITY, *_DATED],
        "participation": ["activity_id", "org_id", "role", *_DATED],
        "place": ["place_id", "level", "parent_id"],
        "organisation": ["org_id", "is_hmg", "group_code", "successor_org_id", "valid_from", "valid_to"],
        ROLE: ROLE_COLUMNS,
    },
    gathers="joint",
    existence_columns={"participation": ["activity_id"], "activity": ["activity_id", "objective_id"]},
    source="Itad blog on integrated delivery (2021), barrier B5",
    measures={
        "value": "Share of joint activities with all required roles filled and exactly one accountable organisation",
        "roles": "Share of joint activities with all required roles filled",
        "accountable": "Share of joint activities with exactly one accountable organisation",
        "value_change": "Change of the share since the baseline",
    },
    measure_units={"value_change": POINTS},
    elements=["B5", "U4"],
    kpqs=["K5"],
    limitations="Required are a delivery lead, a data owner, an MEL lead and a risk owner, of the activity or of the objective it serves; senior owners "
    "are those of IM-28. Accountable is IATI role 2; of an activity of which no participation is recorded nobody is. A merger of departments "
    f"takes activities out of the denominator without any change in behaviour. {_SAID}",
    has_as_is=True,
)
def role_clarity(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme and per first-level division or country; an activity in several of them counts in each."""
    first = first_answered(inputs, ROLE, quarter, lambda q: filled_roles(inputs, q))
    joint = _joint(inputs, quarter)
    at: dict[str, list[str]] = {}
    for place, activity in located(inputs, quarter):
        if activity.departments >= JOINT:
            at.setdefault(place, []).append(activity.unit)
    serves = _scopes_of(inputs)
    evidence = [
        *activity_evidence(inputs, quarter),
        *role_evidence(inputs, quarter, [(unit, about) for unit in joint for about in serves(unit)]),
    ]
    for scope, units in ((PROGRAMME, joint), *((f"place={place}", sorted(at[place])) for place in sorted(at))):
        now = _clear(inputs, quarter, units, scope, evidence)
        yield from now
        if scope == PROGRAMME:
            then = _clear(inputs, first, _joint(inputs, first), scope, evidence)[0] if first else None
            yield share_change("value_change", now[0], then)


def _joint(inputs: Inputs, quarter: Quarter) -> list[str]:
    return [activity.unit for activity in activities(inputs, quarter) if activity.departments >= JOINT]


def _clear(
    inputs: Inputs, quarter: Quarter, units: Sequence[str], scope: str, evidence: Sequence[Evidence]
) -> list[MetricResult]:
    """Clarity of some activities in a quarter: both, roles alone, accountability alone."""
    filled, serves, answers_for = filled_roles(inputs, quarter), _scopes_of(inputs), _accountable(inputs, quarter)
    held = [set().union(*((filled or {}).get(about, set()) for about in serves(unit))) for unit in units]
    roles = [set(OF_ACTIVITIES) <= named for named in held]
    single = [answers_for.get(unit, 0) == 1 for unit in units]
    both, named = [a and b for a, b in zip(roles, single, strict=True)], [] if filled is None else units
    return [
        share_of("value", named, both if named else [], scope=scope, evidence=evidence),
        share_of("roles", named, roles if named else [], scope=scope, evidence=evidence),
        share_of("accountable", units, single, scope=scope, evidence=evidence),
    ]


def _scopes_of(inputs: Inputs) -> Callable[[str], list[str]]:
    """What roles of an activity are recorded for: itself, and the objectives it serves."""

    def make() -> dict[str, list[str]]:
        serving: dict[str, set[str]] = {}
        for activity, objective in inputs.values("activity", "activity_id", "objective_id"):
            if objective is not None:
                serving.setdefault(activity, set()).add(objective)
        return {activity: sorted(objectives) for activity, objectives in serving.items()}

    served = inputs.remember_for_both(("served",), make)
    return lambda unit: [unit, *served.get(unit, ())]


def _accountable(inputs: Inputs, quarter: Quarter) -> dict[str, int]:
    """How many organisations are accountable for each activity at work."""

    taking_part = taking_part_rows(inputs, quarter)

    def make() -> dict[str, int]:
        rows = plain_rows(taking_part, ("unit", "org_id", "role"))
        present = inputs.members([unit for unit, _, _ in rows], [org for _, org, _ in rows], quarter)
        pairs = {(unit, org) for (unit, _, role), org in zip(rows, present, strict=True) if role == ACCOUNTABLE and org}
        return Counter(unit for unit, _ in pairs)

    return inputs.remember_while(("accountable", quarter, inputs.mode), [taking_part, inputs.reading(quarter)], make)
