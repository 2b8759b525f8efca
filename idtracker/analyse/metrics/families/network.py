"""Family `network`, first half: the graph of who delivers with whom, IM-16 to IM-19 and IM-24. Breadth is in breadth.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd

from idtracker.analyse.metrics.delivery.activities import Network, Tie, network, tie_evidence
from idtracker.analyse.metrics.indices import degree_centralisation, density, ei_index, expected_ei
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import MetricResult, figure, share_of
from idtracker.analyse.metrics.network.brokers import top_broker
from idtracker.analyse.metrics.network.open_ties import (
    EXACT,
    NO_ENDS,
    OUTER,
    Ends,
    centralisation_ends,
    constraint_ends,
    density_ends,
    ei_ends,
    notes,
    persistence_ends,
    share_ends,
)
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import metric

_STATED = [
    "source_id",
    "activity_id",
    "org_id",
    "partner_org_id",
    "status",
    "start_on",
    "end_on",
    "period_start",
    "period_end",
]
_INPUTS = {
    "participation": ["source_id", "activity_id", "org_id", "period_start", "period_end", "start_on", "end_on"],
    "activity": _STATED,
    "activity_cell": _STATED,
    "obligation": ["source_id", "org_id", "period", "period_start", "period_end", "received_at"],
    "governance_role": ["org_id", "period_start", "period_end"],
    "organisation": ["org_id", "is_hmg", "successor_org_id", "valid_from", "valid_to"],
}
_ROSTER = (
    "organisations on the roster (they owe a report, hold a governance role or took part in the last four quarters)"
)
_LIMITS = (
    "The roster includes everyone who owes a report, so a publisher of open data lowers the figure although it delivers "
    "nothing. Every role of participation ties alike; where no participation in an activity is recorded, its reporting "
    "organisation and main counterpart are tied. The least roster is 3 organisations. n is the size of the roster."
)
_RANGE = (
    "The value counts what is reported. Where a report owed for the quarter has not come, `lower` and `upper` are what the figure may be "
    "over every completion of the unreported ties: those of whoever owes it with anyone on the roster, and those among whom its source "
    "named before. They do not know of organisations that only the missing report would name."
)


@metric(
    "IM-16",
    family="network",
    name="Co-delivery density",
    name_ar="كثافة التنفيذ المشترك",
    question="How connected are the organisations?",
    formula="2 m / (n (n - 1)), m = pairs on the roster that share an activity at work",
    unit="0-1",
    direction="higher",
    denominator=_ROSTER,
    inputs=_INPUTS,
    gathers="activities",
    existence_columns={"participation": ["activity_id"]},
    source="Density of an undirected graph (as in NetworkX)",
    measures={"value": "Share of the possible pairs of organisations that work on the same activity"},
    elements=["U2"],
    kpqs=["K8"],
    minimum_denominator=3,
    limitations=f"Density falls mechanically as organisations join: read it with n. {_LIMITS} {_RANGE}",
    has_as_is=True,
)
def co_delivery_density(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """The numerator is the number of pairs that share an activity, the denominator the number of possible pairs."""
    graph = network(inputs, quarter)
    n, m = len(graph.roster), len(graph.ties)
    value, units = density(m, n), partial(_tie_units, graph.ties)
    counted = figure("value", value, units, numerator=m, denominator=n * (n - 1) / 2, n=n)
    yield _with_ends(inputs, quarter, counted, density_ends(inputs, quarter))


@metric(
    "IM-17",
    family="network",
    name="Degree centralisation",
    name_ar="مركزية الروابط",
    question="One hub or many?",
    formula="Σ (max d - d) / ((n - 1) (n - 2)), d = partners of an organisation",
    unit="0-1",
    direction="none",
    denominator=_ROSTER,
    inputs=_INPUTS,
    gathers="activities",
    existence_columns={"participation": ["activity_id"]},
    source="Freeman (1978)",
    measures={"value": "0 where all have as many partners, 1 where one organisation holds every tie"},
    elements=["U2"],
    kpqs=["K8"],
    minimum_denominator=3,
    limitations=f"Undefined for fewer than three organisations, and where nobody has a tie: that is neither a hub nor the lack of one. {_LIMITS} {_RANGE} The "
    "upper end is exact, the lower one may be lower than any completion.",
    has_as_is=True,
    version="2",
)
def centralisation(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """Ties count once, however many activities they share."""
    graph = network(inputs, quarter)
    n = len(graph.roster)
    degrees = _degrees(graph)
    highest = max(degrees, default=0)
    gaps = sum(highest - d for d in degrees)
    value, units = degree_centralisation(degrees), partial(_tie_units, graph.ties)
    counted = figure("value", value, units, numerator=gaps, denominator=(n - 1) * (n - 2), n=n)
    yield _with_ends(inputs, quarter, counted, centralisation_ends(inputs, quarter), OUTER)


@metric(
    "IM-18",
    family="network",
    name="E-I co-delivery index",
    name_ar="مؤشر التنفيذ المشترك مع جهات خارج الحكومة البريطانية",
    question="Does co-delivery reach beyond government?",
    formula="(E - I) / (E + I) over ties, groups = HMG / outside HMG; minus the expected value "
    "(Σ n_g n_h - Σ n_g (n_g - 1) / 2) / (n (n - 1) / 2)",
    unit="-1 to 1",
    direction="higher",
    measure_directions={"expected": "none"},
    denominator=_ROSTER,
    inputs=_INPUTS,
    gathers="activities",
    existence_columns={"participation": ["activity_id"]},
    source="E-I index, Krackhardt and Stern (1988)",
    measures={
        "value": "1 where every tie crosses the border of HMG, -1 where none does",
        "expected": "The same under random mixing of the roster",
        "excess": "Index minus its expected value",
    },
    elements=["D2", "U2"],
    kpqs=["K8"],
    minimum_denominator=3,
    limitations="Ties between two organisations outside HMG are internal. Undefined without ties, not 0. The numerator is "
    f"E - I, the denominator E + I. {_LIMITS} {_RANGE} Silence about ties within a side raises the value, never the lower end.",
    has_as_is=True,
)
def ei_co_delivery(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """Ties count once, however many activities they share."""
    graph = network(inputs, quarter)
    traits = inputs.traits(quarter)
    is_hmg = {org: org in traits and traits[org].is_hmg for org in graph.roster}
    crosses = [is_hmg[tie.a] != is_hmg[tie.b] for tie in graph.ties]
    external, total, inside = sum(crosses), len(crosses), sum(is_hmg.values())
    value = ei_index(external, total - external)
    expected = expected_ei([inside, len(is_hmg) - inside])
    excess = None if value is None or expected is None else value - expected
    ends = ei_ends(inputs, quarter, [is_hmg[org] for org in graph.roster])
    beyond = [None if end is None or expected is None else end - expected for end in ends]
    units = partial(_tie_units, graph.ties, crosses)
    for measure, result, measure_ends in (
        ("value", value, ends),
        ("expected", expected, NO_ENDS),
        ("excess", excess, (beyond[0], beyond[1])),
    ):
        counts = (None, None) if measure == "expected" else (2 * external - total, total)
        counted = figure(measure, result, units, numerator=counts[0], denominator=counts[1], n=len(is_hmg))
        yield _with_ends(inputs, quarter, counted, measure_ends)


@metric(
    "IM-19",
    family="network",
    name="Brokerage",
    name_ar="الوساطة بين الجهات",
    question="Who bridges, and do we depend on one organisation?",
    formula="Burt's constraint Σ_w (p_vw + Σ_q p_vq p_qw)² of the top broker; max betweenness / Σ betweenness",
    unit="0-1",
    direction="none",
    measure_directions={"betweenness_share": "lower"},
    denominator=_ROSTER,
    inputs=_INPUTS,
    gathers="activities",
    existence_columns={"participation": ["activity_id"]},
    source="Burt (1992); betweenness, Freeman (1977); both as in NetworkX",
    measures={
        "constraint": "Burt's constraint of the organisation that bridges most: low where its partners do not work together",
        "betweenness_share": "Share of all bridging that runs through the organisation that bridges most",
    },
    elements=["U2"],
    kpqs=["K8"],
    minimum_denominator=3,
    limitations="Constraint weighs ties by the activities shared and may exceed 1; betweenness counts ties alike. Undefined where "
    f"nobody bridges. Of equal brokers the less constrained one is taken. {_LIMITS} {_RANGE} Beyond six unreported ties, and always of "
    "constraint, the ends are bounds that hold for every completion and may be wider: an explanation says which.",
    has_as_is=True,
)
def brokerage(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """The top broker has the highest betweenness; its ties are the units that count."""
    graph = network(inputs, quarter)
    top, least, highest, total = top_broker(inputs, graph)
    ties = partial(_tie_units, graph.ties, [top in (tie.a, tie.b) for tie in graph.ties])
    n = len(graph.roster)
    yield _with_ends(inputs, quarter, figure("constraint", least, ties, n=n), constraint_ends(inputs, quarter), OUTER)
    value = highest / total if total > 0 else None
    counted = figure("betweenness_share", value, ties, numerator=highest, denominator=total, n=n)
    yield _with_ends(inputs, quarter, counted, *share_ends(inputs, quarter))


@metric(
    "IM-24",
    family="network",
    name="Tie persistence",
    name_ar="استمرارية الروابط",
    question="Do ties last?",
    formula="|E_t ∩ E_(t-1)| / |E_t ∪ E_(t-1)|",
    unit="0-1",
    direction="higher",
    denominator="pairs of organisations tied in the quarter or in the one before",
    inputs=_INPUTS,
    gathers="activities",
    existence_columns={"participation": ["activity_id"]},
    source="Jaccard index",
    measures={"value": "Share of the ties of two successive quarters that exist in both"},
    elements=["D3", "B1", "U2"],
    kpqs=["K8"],
    minimum_denominator=3,
    limitations="A merger renames ties and lowers the value without any change in behaviour: compare with the measure in "
    f"which mergers are applied to the past. The least number of ties is 3. {_RANGE} Both quarters count. Silence about new ties "
    "raises the value, never the lower end.",
    has_as_is=True,
)
def tie_persistence(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """Ties of both quarters are the units; those in both count."""
    now, before = network(inputs, quarter), network(inputs, quarter.previous())
    ties = [{tie.unit for tie in graph.ties} for graph in (now, before)]
    union = sorted(ties[0] | ties[1])
    evidence = [e for q in (quarter, quarter.previous()) for e in tie_evidence(inputs, q)]
    lower, upper = persistence_ends(inputs, quarter)
    yield replace(
        share_of("value", union, [unit in ties[0] and unit in ties[1] for unit in union], evidence=evidence),
        lower=lower,
        upper=upper,
        notes=notes(inputs, [quarter.previous(), quarter]),
    )


def _with_ends(inputs: Inputs, quarter: Quarter, counted: MetricResult, ends: Ends, kind: str = EXACT) -> MetricResult:
    """A figure with its evidence, the ends that unreported ties leave, and what is said of them."""
    about = notes(inputs, [quarter], kind) if ends != NO_ENDS else []
    return replace(counted, evidence=tie_evidence(inputs, quarter), lower=ends[0], upper=ends[1], notes=about)


def _tie_units(ties: Sequence[Tie], counts: Sequence[bool] | None = None) -> pd.DataFrame:
    """Ties as units; all of them count where nothing else is said."""
    return pd.DataFrame(ties, columns=Tie._fields).assign(counts=True if counts is None else list(counts))


def _degrees(graph: Network) -> list[int]:
    ends = Counter(end for tie in graph.ties for end in (tie.a, tie.b))
    return [ends[org] for org in graph.roster]
