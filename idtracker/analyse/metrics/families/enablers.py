"""Family `culture`, second part: conditions, guidance and constraints, IM-27, IM-30 and IM-31."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from statistics import median

import numpy as np

from idtracker.analyse.metrics.culture.answers import (
    ASSESSMENT,
    BARRIERS,
    GUIDANCE,
    RANKS,
    RESPONSE,
    SCALE,
    Team,
    answer_evidence,
    answers,
    assessors,
    barrier_ratings,
    by_org,
    team_answers,
    team_name,
    teams,
)
from idtracker.analyse.metrics.culture.baseline import (
    BASELINE,
    POINTS,
    baseline_of,
    first_answered,
    moved,
    paired_change,
    share_change,
)
from idtracker.analyse.metrics.culture.constraints import (
    CONSTRAINT_COLUMNS,
    Constraint,
    constraint_evidence,
    constraints,
)
from idtracker.analyse.metrics.indices import waiting_time
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import PROGRAMME, Evidence, MetricResult, figure, listed, share_of
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import metric

MET, FEWEST = 3, 3
INNOVATION = "K9"
_ROUND = ["scope_id", "org_id", "period_start", "period_end"]
_RATED = ("barrier_code", "scope_id", "rating")
_ORGANISATION = {"organisation": ["org_id", "successor_org_id", "valid_from", "valid_to"]}
_ROUNDS = (
    "A round counts in the quarter in which its period ends; of several answers in it those of the latest period count, of these the "
    f"lower median. {BASELINE}"
)


@metric(
    "IM-27",
    family="culture",
    name="Enabler profile",
    name_ar="ملف العوامل الممكّنة",
    question="Are the conditions for integrated delivery in place?",
    formula="per barrier B1 to B6: median rating, organisations by rating, #{rating >= 3} / #organisations; each against the baseline",
    unit="%",
    direction="none",
    denominator="organisations that rated any barrier in the four quarters to this one",
    inputs={ASSESSMENT: [*_ROUND, "barrier_code", "rating"], "objective": ["objective_id"], **_ORGANISATION},
    source="Itad blog on integrated delivery (2021), barriers B1 to B6",
    measures={
        "barriers_met": "Barriers, of the six, whose median rating is 3 or more and that three or more organisations rated",
        "median": "Median rating of the organisations that rated the barrier",
        "at_least_3": "Share of all organisations that rate the barrier at 3 or more",
        **{f"rating_{rating}": f"Share of all organisations that rate the barrier {rating}" for rating in SCALE},
        "silent": "Share of all organisations that do not rate the barrier in the quarter",
        "median_change": "Change of the median since the baseline, of organisations that rated both times",
        "rose": "Share of the organisations that rated both times whose rating is higher than at the baseline",
        "fell": "Share of the organisations that rated both times whose rating is lower than at the baseline",
    },
    measure_units={"barriers_met": "count", "median": "1-4", "median_change": "ratings"},
    measure_directions={
        **dict.fromkeys(("barriers_met", "median", "at_least_3", "median_change", "rose"), "higher"),
        **dict.fromkeys(("silent", "fell"), "lower"),
    },
    elements=["D3", *BARRIERS, "U4"],
    kpqs=["K8"],
    minimum_denominator=FEWEST,
    limitations="Never one average over barriers: the programme has only the number of barriers met. A rating beyond the scale is none. No colours "
    "are given: a scheme of colours has no general definition. An organisation that assesses several scopes counts once, with the lower "
    f"median of them. The least number of organisations is 3. {_ROUNDS}",
    has_as_is=True,
)
def enabler_profile(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """Per barrier, and per objective and barrier where an objective was assessed."""
    now = barrier_ratings(inputs, quarter, quarter)
    first = first_answered(inputs, ASSESSMENT, quarter, lambda q: barrier_ratings(inputs, q, q))
    then = barrier_ratings(inputs, first, quarter) if first else {}
    rounds, roster = [quarter, *([first] if first else [])], assessors(inputs, quarter)
    medians = {b: median(r.values()) for b in BARRIERS if len(r := by_org(now, b)) >= FEWEST}
    named = [*medians]
    yield figure(
        "barriers_met",
        sum(value >= MET for value in medians.values()) if medians else None,
        partial(listed, named, [medians[b] >= MET for b in named]),
        numerator=sum(value >= MET for value in medians.values()),
        denominator=len(named),
        n=len(named),
        minimum=1,
        evidence=answer_evidence(inputs, ASSESSMENT, [quarter], quarter, _RATED, "", "subject"),
    )
    objectives = {objective for (objective,) in inputs.values("objective", "objective_id")}
    assessed = sorted({scope for _, scope, _ in now} & objectives)
    for about in (None, *assessed):
        for barrier in BARRIERS:
            scope = f"barrier={barrier}" if about is None else f"objective={about};barrier={barrier}"
            rated, before = by_org(now, barrier, about), by_org(then, barrier, about)
            if about is not None and not rated:
                continue
            evidence = answer_evidence(inputs, ASSESSMENT, rounds, quarter, _RATED, barrier, "org")
            orgs = roster if about is None else {org for org in roster if org in rated or org in before}
            yield from _profile(rated, before, sorted(orgs) if rated else [], scope, evidence)


def _profile(
    rated: Mapping[str, float],
    before: Mapping[str, float],
    orgs: Sequence[str],
    scope: str,
    evidence: Sequence[Evidence],
) -> Iterator[MetricResult]:
    """The distribution over organisations, silent ones among them, and its change."""
    here = {org: rated[org] for org in orgs if org in rated}
    value, units = median(here.values()) if here else None, partial(listed, [*here], [True] * len(here))
    yield figure("median", value, units, denominator=len(here), n=len(here), scope=scope, evidence=evidence)
    yield share_of("at_least_3", orgs, [here.get(o, 0) >= MET for o in orgs], scope=scope, evidence=evidence)
    for rating in SCALE:
        yield share_of(f"rating_{rating}", orgs, [here.get(o) == rating for o in orgs], scope=scope, evidence=evidence)
    yield share_of("silent", orgs, [o not in here for o in orgs], scope=scope, evidence=evidence)
    yield paired_change("median_change", here, before, str, of=_median, scope=scope, evidence=evidence)
    yield from moved(here, before, str, scope=scope, evidence=evidence)


def _median(values: Iterable[float]) -> float:
    return float(median(values))


@metric(
    "IM-30",
    family="culture",
    name="Guidance uptake",
    name_ar="استخدام الإرشادات",
    question="Is guidance available and used?",
    formula="#{teams whose answer to K6 is YES or PARTLY} / #teams; teams by answer, and the share against the baseline",
    unit="%",
    direction="none",
    denominator="teams (organisation and scope) that answered any question in the four quarters to this one, without those for which K6 does not arise",
    inputs={RESPONSE: [*_ROUND, "kpq_code", "answer", "evidence"], **_ORGANISATION},
    source="Itad blog on integrated delivery (2021), barrier B6",
    measures={
        "value": "Share of teams that say guidance is available and used, at least partly",
        "evidenced": "Share of teams that say so and cite evidence",
        "answer_yes": "Share of teams that answer YES",
        "answer_partly": "Share of teams that answer PARTLY",
        "answer_no": "Share of teams that answer NO or NOT_YET",
        "silent": "Share of teams that do not answer in the quarter",
        "value_change": "Change of the share since the baseline, of teams that answered both times",
    },
    measure_units={"value_change": POINTS},
    measure_directions={
        **dict.fromkeys(("value", "evidenced", "value_change"), "higher"),
        "silent": "lower",
    },
    elements=["B6", "U4"],
    kpqs=["K6"],
    minimum_denominator=FEWEST,
    limitations=f"What teams say of themselves; lessons recorded elsewhere are not seen. The least number of teams is 3. {_ROUNDS}",
    has_as_is=True,
)
def guidance_uptake(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme. Silent teams stay in the denominator; where nobody answers K6 in the quarter nothing is said."""
    now = team_answers(inputs, quarter, quarter, GUIDANCE)
    first = first_answered(inputs, RESPONSE, quarter, lambda q: team_answers(inputs, q, q, GUIDANCE))
    then = team_answers(inputs, first, quarter, GUIDANCE) if first else {}
    rounds = [quarter, *([first] if first else [])]
    columns = ("kpq_code", "scope_id", "answer")
    evidence = answer_evidence(inputs, RESPONSE, rounds, quarter, columns, GUIDANCE, "team")
    counted = [team for team in teams(inputs, quarter) if now.get(team) != 0] if any(now.values()) else []
    names, ranks, cited = [team_name(t) for t in counted], [now.get(t) for t in counted], _citing(inputs, quarter)
    used = [(rank or 0) >= RANKS["PARTLY"] for rank in ranks]
    proven = [is_used and team in cited for team, is_used in zip(counted, used, strict=True)]
    yield share_of("value", names, used, evidence=evidence)
    yield share_of("evidenced", names, proven, evidence=evidence)
    for measure, answer in (("answer_yes", "YES"), ("answer_partly", "PARTLY"), ("answer_no", "NO")):
        yield share_of(measure, names, [rank == RANKS[answer] for rank in ranks], evidence=evidence)
    yield share_of("silent", names, [rank is None for rank in ranks], evidence=evidence)
    after, before = ({team: float(rank) for team, rank in ranked.items() if rank} for ranked in (now, then))
    of, scope = _at_least_partly, PROGRAMME
    yield paired_change("value_change", after, before, team_name, of=of, scope=scope, evidence=evidence)


def _citing(inputs: Inputs, quarter: Quarter) -> set[Team]:
    """Teams that cite evidence for their answer about guidance."""
    every = answers(inputs, RESPONSE, quarter, ("kpq_code", "scope_id", "evidence"), quarter)
    return {(a.org, a.cells[1]) for a in every if a.cells[0] == GUIDANCE and a.cells[2]}


def _at_least_partly(ranks: Iterable[float]) -> float:
    reached = [rank >= RANKS["PARTLY"] for rank in ranks]
    return 100 * sum(reached) / len(reached)


@metric(
    "IM-31",
    family="culture",
    name="Constraint resolution and innovation",
    name_ar="إزالة القيود والابتكار",
    question="Are constraints removed, and new approaches tried?",
    formula="#{constraints resolved} / #{constraints logged}; Kaplan-Meier median of the days from logged to resolved; #{K9 answered YES}",
    unit="%",
    direction="higher",
    denominator="constraints logged in the four quarters to the end of the quarter; for tried organisations that answer K9",
    inputs={
        ASSESSMENT: [*CONSTRAINT_COLUMNS],
        RESPONSE: [*_ROUND, "kpq_code", "answer"],
        **_ORGANISATION,
    },
    source="Itad blog on integrated delivery (2021), definition D3; Kaplan and Meier (1958)",
    measures={
        "resolved": "Share of the constraints that are resolved by the end of the quarter",
        "median_days": "Days after which half of the constraints have been resolved",
        "resolved_change": "Change of the share since the baseline, by itself the first quarter in which a constraint was logged",
        "tried": "Organisations that answer YES to K9: constraints are removed and innovations tried",
    },
    measure_units={"median_days": "days", "resolved_change": POINTS, "tried": "count"},
    measure_directions={"median_days": "lower"},
    elements=["D3", "U4"],
    kpqs=["K8", "K9"],
    limitations="A constraint is logged with an assessment of a barrier, by its day; one that no day is stated for is not seen, and one that nobody logs "
    "looks like none: read the share with n. Open ones are censored at the end of the quarter or the day of knowledge. The record does not "
    "say which new approaches were approved: tried is what organisations say, and n how many answered.",
    has_as_is=True,
)
def constraint_resolution(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme and per barrier; the number of organisations for the programme."""
    every, evidence = constraints(inputs, quarter), constraint_evidence(inputs)
    first = _first_logged(inputs, quarter)
    then = _resolved([*constraints(inputs, first)], PROGRAMME, evidence) if first else None
    for scope, logged in (
        (PROGRAMME, every),
        *((f"barrier={b}", [c for c in every if c.barrier == b]) for b in BARRIERS),
    ):
        share = _resolved(logged, scope, evidence)
        yield share
        days, ended = np.array([c.days for c in logged], float), np.array([c.is_resolved for c in logged], bool)
        value, units = waiting_time(days, ended, 0.5), share.lazy_units
        yield figure(
            *("median_days", value, units),
            numerator=int(ended.sum()),
            denominator=len(logged),
            n=len(logged),
            scope=scope,
            evidence=evidence,
        )
        if scope == PROGRAMME:
            yield share_change("resolved_change", share, then)
    yield _tried(inputs, quarter)


def _resolved(logged: Sequence[Constraint], scope: str, evidence: Sequence[Evidence]) -> MetricResult:
    units, counts = [c.unit for c in logged], [c.is_resolved for c in logged]
    return share_of("resolved", units, counts, scope=scope, evidence=evidence)


def _first_logged(inputs: Inputs, quarter: Quarter) -> Quarter | None:
    """The baseline: by itself the first quarter before this one in which a constraint was logged."""
    days = inputs.table(ASSESSMENT)["action_opened_on"].dropna()
    days = days[days < quarter.start]
    return baseline_of(inputs, quarter, lambda: f"{days.min().year}-Q{days.min().quarter}" if len(days) else None)


def _tried(inputs: Inputs, quarter: Quarter) -> MetricResult:
    answered = team_answers(inputs, quarter, quarter, INNOVATION)
    orgs = sorted({org for (org, _), rank in answered.items() if rank})
    counts = [any(rank == RANKS["YES"] for (org, _), rank in answered.items() if org == one) for one in orgs]
    columns = ("kpq_code", "scope_id", "answer")
    evidence = answer_evidence(inputs, RESPONSE, [quarter], quarter, columns, INNOVATION, "org")
    units, yes = partial(listed, orgs, counts), sum(counts)
    return figure("tried", yes, units, numerator=yes, denominator=len(orgs), n=len(orgs), minimum=1, evidence=evidence)
