"""Family `flow`, first part: who shares with whom, and handling, IM-09, IM-10 and IM-12. Waiting is in sharing.py, reporting in reporting.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd

from idtracker.analyse.metrics.indices import ei_index, expected_ei
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.markings import marking_columns, official_rows
from idtracker.analyse.metrics.metric_result import Evidence, MetricResult, figure, share, share_of, shares
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import metric
from idtracker.analyse.metrics.sharing.events import (
    SHARE_EVENT,
    Member,
    event_evidence,
    event_rows,
    members,
    shared,
)
from idtracker.model.tables import FACTS

_WITH_ORGANISATIONS = {**SHARE_EVENT, "organisation": ["org_id", "is_hmg", "group_code", "parent_org_id"]}


@metric(
    "IM-09",
    family="flow",
    name="Outward sharing index",
    name_ar="مؤشر المشاركة نحو الخارج",
    question="Does information flow inward or outward?",
    formula="(E - I) / (E + I) over share events, groups = departments and HMG / outside HMG; minus the expected value "
    "(Σ n_g n_h - Σ n_g (n_g - 1) / 2) / (n (n - 1) / 2)",
    unit="-1 to 1",
    direction="higher",
    measure_directions={"department_expected": "none", "hmg_expected": "none"},
    denominator="items shared in the quarter, once per recipient",
    inputs=_WITH_ORGANISATIONS,
    source="E-I index, Krackhardt and Stern (1988); barrier B2",
    measures={
        "department": "Index over departments: 1 all sharing leaves the department, -1 none does",
        "department_expected": "The same under random mixing of the organisations",
        "department_excess": "Index over departments minus its expected value",
        "hmg": "Index over HMG and outside HMG: 1 all sharing crosses the border of HMG, -1 none does",
        "hmg_expected": "The same under random mixing of the organisations",
        "hmg_excess": "Index over HMG and outside HMG minus its expected value",
    },
    elements=["B2", "U2"],
    kpqs=["K7"],
    limitations="A body of HMG counts with its parent department, an organisation outside HMG is its own department. Group "
    "sizes come from the holders and entitled recipients of the four quarters to this one. The numerator is E - I; "
    "n is the number of those organisations.",
    has_as_is=True,
)
def outward_sharing(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """Sharing between teams of one organisation is internal."""
    transfers, everyone = shared(inputs, quarter), members(inputs, quarter)
    places, ties, n = [t.place for t in transfers], len(transfers), len(everyone)
    groups: dict[str, Callable[[Member], object]] = {
        "department": lambda member: member.traits.department,
        "hmg": lambda member: member.traits.is_hmg,
    }
    for group, of in groups.items():
        crosses = [of(t.giver) != of(t.taker) for t in transfers]
        external, units = sum(crosses), partial(_events, inputs, places, crosses)
        value, expected = ei_index(external, ties - external), expected_ei([*Counter(map(of, everyone)).values()])
        excess = None if value is None or expected is None else value - expected
        for measure, result in ((group, value), (f"{group}_expected", expected), (f"{group}_excess", excess)):
            yield figure(
                measure,
                result,
                units,
                numerator=None if measure.endswith("_expected") else 2 * external - ties,
                denominator=ties,
                n=n,
                base=n if measure.endswith("_expected") else ties,
                evidence=event_evidence(inputs, places),
            )


def _events(inputs: Inputs, places: Sequence[int], counts: Sequence[bool]) -> pd.DataFrame:
    return event_rows(inputs, places).assign(counts=list(counts))


@metric(
    "IM-10",
    family="flow",
    name="Sharing reciprocity",
    name_ar="تبادلية المشاركة",
    question="Does information flow both ways?",
    formula="#{(u, v) in E: (v, u) in E} / #E over the directed graph of who shared with whom",
    unit="0-1",
    direction="higher",
    denominator="ordered pairs of organisations of which one shared something with the other in the quarter",
    inputs=_WITH_ORGANISATIONS,
    source="Reciprocity of a directed graph (as in NetworkX)",
    measures={"value": "Share of sharing relations that are returned in the same quarter"},
    elements=["B2", "U2"],
    kpqs=["K7"],
    limitations="Volume does not matter: one item each way is reciprocal. Sharing inside one organisation is left out. n is "
    "the number of holders and entitled recipients of the four quarters to this one.",
    has_as_is=True,
)
def reciprocity(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """Undefined where nothing was shared between organisations."""
    between = [t for t in shared(inputs, quarter) if t.giver.org != t.taker.org]
    ways = [(t.giver.org, t.taker.org) for t in between]
    ties = dict.fromkeys(ways)
    names, returned = [_way(*tie) for tie in ties], [(taker, giver) in ties for giver, taker in ties]
    evidence = event_evidence(inputs, [t.place for t in between], [_way(*tie) for tie in ways])
    result = share_of("value", names, returned, evidence=evidence)
    yield replace(result, n=len(members(inputs, quarter)), base=len(ties))


def _way(giver: str, taker: str) -> str:
    return f"{giver} → {taker}"


@metric(
    "IM-12",
    family="flow",
    name="Over-restriction rate",
    name_ar="معدل الإفراط في تقييد التداول",
    question="Are handling limits blocking the flow?",
    formula="#{OFFICIAL, not -SENSITIVE, releasable to the originator only} / #{OFFICIAL, not -SENSITIVE}",
    unit="%",
    direction="lower",
    denominator="rows marked OFFICIAL that speak of the quarter",
    inputs={table: marking_columns(table) for table in FACTS},
    gathers="markings",
    source="Government Security Classifications Policy",
    measures={"value": "Share of OFFICIAL rows that only their originator may see"},
    elements=["B2"],
    kpqs=["K7"],
    limitations="Reads every fact table. Counts rows, so a large feed outweighs a small return: read the value per source "
    "as well. `releasable_to` must be exactly the originator or ORIGINATOR. A row without any date counts in every "
    "quarter. The metric must be measured over all rows: a reader who may not see restricted rows finds none.",
)
def over_restriction(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme and per source."""
    units = official_rows(inputs, quarter)
    evidence = [Evidence("", units, ["releasable_to"])]
    yield share("value", units, evidence=evidence)
    yield from shares("value", units, "source_id", "source", evidence=evidence)
