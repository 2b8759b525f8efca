"""Family `analysis`: joint analysis and strategy, IM-01 to IM-07."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.metrics.agreement import agreement_in, compared_rows, compared_units
from idtracker.analyse.metrics.indices import effective_number
from idtracker.analyse.metrics.inputs import Inputs, plain_rows
from idtracker.analyse.metrics.merged import cell_rows, stated_cells
from idtracker.analyse.metrics.metric_result import (
    Evidence,
    MetricResult,
    figure,
    groups_of,
    listed,
    ratio,
    share,
    share_of,
)
from idtracker.analyse.metrics.products import JOINT, PRODUCT_INPUTS, Product, product_evidence, products
from idtracker.analyse.metrics.quarter import Quarter, overlaps
from idtracker.analyse.metrics.registry import metric

USE_WITHIN = 180  # days


@metric(
    "IM-01",
    family="analysis",
    name="Joint analysis share",
    name_ar="نسبة التحليل المشترك",
    question="Is joint analysis the norm?",
    formula="#{p in P: dept(p) >= 2} / #P",
    unit="%",
    direction="higher",
    denominator="analysis products completed in the quarter",
    inputs=PRODUCT_INPUTS,
    source="Itad blog on integrated delivery (2021), definition D1",
    measures={
        "value": "Share of products with contributions from two or more HMG departments",
        "four_quarters": "The same over the four quarters to this one",
    },
    elements=["D1", "U2"],
    kpqs=["K1"],
    limitations="Every role counts alike. A merger of departments lowers the share without any change in behaviour: compare "
    "with the measure in which mergers are applied to the past. A published round is a product.",
    has_as_is=True,
)
def joint_analysis(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """A product is joint when at least two distinct departments contributed to it in any role."""
    yield from _product_shares(inputs, quarter, lambda product: product.departments >= JOINT)


@metric(
    "IM-02",
    family="analysis",
    name="Open joint analysis share",
    name_ar="نسبة التحليل المشترك المنفتح على الشركاء",
    question="Does joint analysis include boundary partners?",
    formula="#{p in P: dept(p) >= 1 and ext(p) >= 1} / #P",
    unit="%",
    direction="higher",
    denominator="analysis products completed in the quarter",
    inputs=PRODUCT_INPUTS,
    source="Itad blog on integrated delivery (2021), definition D2",
    measures={
        "value": "Share of products with contributions from an HMG department and from outside HMG",
        "four_quarters": "The same over the four quarters to this one",
    },
    elements=["D2", "U2"],
    kpqs=["K1"],
    limitations="An organisation not in the register is neither HMG nor outside HMG. A published round is a product.",
)
def open_joint_analysis(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """A product is open when at least one department and one organisation outside HMG contributed."""
    yield from _product_shares(inputs, quarter, lambda p: p.departments >= 1 and p.outsiders >= 1)


def _product_shares(inputs: Inputs, quarter: Quarter, counts: Callable[[Product], bool]) -> Iterator[MetricResult]:
    """The share of the products that count, in the quarter and over the year."""
    for measure, quarters in _spans(quarter):
        done = [product for q in quarters for product in products(inputs, q)]
        evidence = [e for q in quarters for e in product_evidence(inputs, q)]
        yield share_of(measure, [p.unit for p in done], [counts(p) for p in done], evidence=evidence)


@metric(
    "IM-03",
    family="analysis",
    name="Effective number of knowledge contributors",
    name_ar="العدد الفعلي للمساهمين في المعرفة",
    question="How merged is the knowledge?",
    formula="1 / Σ s², s = share of the observations of the quarter that one organisation states",
    unit="organisations",
    direction="higher",
    denominator="observations with a value whose period overlaps the quarter",
    inputs={
        "observation": ["org_id", "value", "period_start", "period_end"],
        "organisation": ["org_id", "successor_org_id", "valid_from", "valid_to"],
    },
    source="Herfindahl-Hirschman index, inverse (effective number)",
    measures={"value": "Number of equally large contributors that would give the same concentration"},
    elements=["D1"],
    kpqs=["K1"],
    limitations="Counts rows, so a source with many indicators and places weighs more than one with few. An open source "
    "counts for the organisation that states it.",
    has_as_is=True,
    observed_quarters=1,
)
def knowledge_contributors(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """An observation of a longer period counts in every quarter that it covers."""
    rows = inputs.table("observation")
    meets = overlaps(rows["period_start"], rows["period_end"], quarter.start, quarter.end).to_numpy()
    places = np.flatnonzero(meets & rows["value"].notna().to_numpy() & rows["org_id"].notna().to_numpy())
    stands_for = inputs.successors(quarter)
    stated_by = [stands_for.get(org, org) for (org,) in plain_rows(rows, ["org_id"], places)]
    sizes, n, of = dict(sorted(Counter(stated_by).items())), len(stated_by), partial(_stated, rows, places, stated_by)
    yield figure(
        "value",
        effective_number([*sizes.values()]),
        partial(listed, [*sizes], [True] * len(sizes)),
        denominator=n,
        n=n,
        evidence=[Evidence("observation", of, ["indicator_id", "place_id", "period"])],
    )


def _stated(observation: pd.DataFrame, places: npt.NDArray[np.intp], stated_by: Sequence[str]) -> pd.DataFrame:
    """The observations at some places, with the organisation as their unit."""
    return observation.take(places).assign(unit=list(stated_by))


@metric(
    "IM-04",
    family="analysis",
    name="Corroboration rate",
    name_ar="معدل التأكيد المتبادل",
    question="How many cells rest on two or more organisations?",
    formula="#{cells with org_count >= 2} / #{filled cells}",
    unit="%",
    direction="higher",
    denominator="merged cells of the quarter that are not carried forward",
    inputs={"merged_cell": ["indicator_id", "place_id", "period", "org_count", "is_carried"]},
    source="Admiralty system, credibility 1 (confirmed by other sources)",
    measures={"value": "Share of cells stated by two or more independent organisations"},
    elements=["D1"],
    kpqs=["K1"],
    limitations="A carried-forward cell is left out: it repeats an earlier quarter. Organisations that quote one open "
    "source count once. Organisations are counted as the cells were merged.",
)
def corroboration(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme and per place."""
    places, counts = stated_cells(inputs, quarter)
    units = partial(cell_rows, inputs, places, counts=counts)
    evidence = [Evidence("merged_cell", units, ["indicator_id", "place_id", "org_ids"])]
    yield ratio("value", units, counts, evidence=evidence)
    for place, at in groups_of(inputs.table("merged_cell")["place_id"].take(places)):
        here = partial(cell_rows, inputs, places[at], counts=counts[at])
        yield ratio("value", here, counts[at], scope=f"place={place}", evidence=evidence)


@metric(
    "IM-05",
    family="analysis",
    name="Agreement between organisations",
    name_ar="الاتفاق بين الجهات",
    question="Do organisations see the same thing?",
    formula="1 - mean |z_i - z_j| / 100 over pairs; Krippendorff's alpha for ordinal indicators",
    unit="0-1",
    direction="higher",
    denominator="pairs of organisations that report the same indicator, place and period",
    inputs={
        "observation": [
            *("indicator_id", "place_id", "period", "period_start", "period_end"),
            *("org_id", "value", "origin", "origin_org_id", "disaggregation"),
        ],
        "organisation": ["org_id", "successor_org_id", "valid_from", "valid_to"],
        "indicator": ["indicator_id", "unit", "direction", "goalpost_low", "goalpost_high", "roll_up"],
    },
    source="Mean absolute difference; Krippendorff's alpha",
    measures={
        "value": "One minus the mean distance of two reports on the 0-100 scale of the tracker",
        "alpha": "Krippendorff's alpha of ordinal indicators: 1 agreement, 0 as by chance, below 0 systematic difference",
    },
    elements=["D1"],
    kpqs=["K1"],
    limitations="Indicators without goalposts and breakdowns are left out. Organisations that quote one origin count "
    "once. Scores are cut at the goalposts, so reports beyond them look equal. Alpha may be below 0.",
    observed_quarters=1,
)
def agreement(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """Shorter periods are rolled up to the quarter as the indicator says; longer ones count in the quarter they end in."""
    found = agreement_in(inputs, quarter)
    rows = partial(compared_rows, inputs, quarter)
    evidence = [Evidence("observation", rows, ["indicator_id", "place_id", "org_id", "period"])]
    value = None if found.distance is None else 1 - found.distance / 100
    units = partial(compared_units, inputs, quarter)
    yield figure("value", value, units, denominator=found.pairs, n=found.pairs, evidence=evidence)
    n, units = found.ordinal_pairs, partial(compared_units, inputs, quarter, only_ordinal=True)
    yield figure("alpha", found.alpha, units, denominator=n, n=n, evidence=evidence)


@metric(
    "IM-06",
    family="analysis",
    name="Evidence-to-decision rate",
    name_ar="معدل تحويل الأدلة إلى قرارات",
    question="Is joint analysis used?",
    formula="#{decisions citing >= 1 joint product completed within the 180 days before} / #decisions",
    unit="%",
    direction="higher",
    denominator="decisions taken in the quarter",
    inputs={"decision": ["decision_id", "decided_on", "product_ids"], **PRODUCT_INPUTS},
    source="Itad blog on integrated delivery (2021), definition D1",
    measures={
        "value": "Share of decisions that cite a joint product of the last 180 days",
        "four_quarters": "The same over the four quarters to this one",
    },
    elements=["D1", "B4"],
    kpqs=["K3"],
    limitations="Sees only products that the record of the decision cites, joint by the organisations of their own quarter.",
    has_as_is=True,
)
def evidence_to_decision(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """A product completed on the day of the decision counts."""
    for measure, quarters in _spans(quarter):
        counts: dict[str, bool] = {}
        for unit, uses in (decision for q in quarters for decision in _decisions(inputs, q)):
            counts[unit] = uses or counts.get(unit, False)
        units, rows = sorted(counts), partial(_decision_rows, inputs, quarters)
        evidence = [Evidence("decision", rows, ["decision_id", "product_ids"])]
        yield share_of(measure, units, [counts[unit] for unit in units], evidence=evidence)


def _decisions(inputs: Inputs, quarter: Quarter) -> list[tuple[str, bool]]:
    """Decisions of the quarter, row by row, and whether each cites a joint product of the USE_WITHIN days before it."""
    rows = inputs.values("decision", "decision_id", "decided_on", "product_ids")
    done = [product for q in quarter.window() for product in products(inputs, q)]

    def make() -> list[tuple[str, bool]]:
        joint: dict[str, list[int]] = {}
        for product in done:
            if product.departments >= JOINT:
                joint.setdefault(product.unit, []).append(product.completed_on)
        taken = [rows[place] for place in inputs.places_in("decision", "decided_on", quarter).tolist()]
        return [(unit, _uses(joint, cited or "", day)) for unit, day, cited in taken]

    key = ("decisions", quarter, inputs.mode)
    return inputs.remember_while(key, [inputs.table("decision"), done], make)


def _uses(joint: Mapping[str, Sequence[int]], cited: str, day: int) -> bool:
    """Whether one of the products cited was completed within the days before one day."""
    completed = (done for product in cited.split(";") for done in joint.get(product.strip(), ()))
    return any(0 <= day - done <= USE_WITHIN for done in completed)


def _decision_rows(inputs: Inputs, quarters: Sequence[Quarter]) -> pd.DataFrame:
    places = [place for q in quarters for place in inputs.places_in("decision", "decided_on", q).tolist()]
    return inputs.table("decision").take(places).assign(unit=lambda rows: rows["decision_id"])


def _spans(quarter: Quarter) -> list[tuple[str, list[Quarter]]]:
    """The measures of a metric that is also read over a year: few teams finish five products in one quarter."""
    return [("value", [quarter]), ("four_quarters", quarter.window())]


@metric(
    "IM-07",
    family="analysis",
    name="Context specificity",
    name_ar="مراعاة السياق المحلي",
    question="Are strategies local?",
    formula="#{objectives below NSC level with >= 1 local indicator and >= 1 local evidence item} / #objectives below NSC",
    unit="%",
    direction="higher",
    denominator="objectives below the level of the National Security Council",
    inputs={"objective": ["objective_id", "level", "local_indicator_count", "local_evidence_count"]},
    source="Itad blog on integrated delivery (2021), barrier B3",
    measures={"value": "Share of objectives that are measured and evidenced locally"},
    elements=["D3", "B3", "U1"],
    kpqs=["K3"],
    limitations="Objectives carry no dates: every quarter counts those known on the day of knowledge, so only readings "
    "made on different days of knowledge show change. An empty count is taken as none.",
)
def context_specificity(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """An objective that several sources list counts once, and is local where any of them says so."""
    rows = inputs.table("objective")
    rows = rows[rows["level"] != "NSC"].assign(unit=lambda d: d["objective_id"])
    local = (rows["local_indicator_count"].fillna(0) >= 1) & (rows["local_evidence_count"].fillna(0) >= 1)
    units = rows.assign(counts=local.astype(bool)).groupby("unit", as_index=False).agg(counts=("counts", "any"))
    yield share("value", units, evidence=[Evidence("objective", rows, ["objective_id", "level"])])
