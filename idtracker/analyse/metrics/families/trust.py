"""Family `trust`: how far the numbers can be trusted, IM-45 to IM-48."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from statistics import median

import numpy as np
import pandas as pd

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import PROGRAMME, Evidence, MetricResult, figure, listed, share_of
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import metric
from idtracker.analyse.metrics.trust.calibrated import (
    JUDGEMENT,
    JUDGEMENT_COLUMNS,
    RESOLUTION_COLUMNS,
    Scored,
    by_question,
    judgement_rows,
    scored,
)
from idtracker.analyse.metrics.trust.flips import TREND_COLUMNS, Message, messages, trend_rows
from idtracker.analyse.metrics.trust.reliable import PARTS, RELIABILITY_INPUTS, Rated, cell_rows, rated, root_of
from idtracker.analyse.metrics.trust.revisions import (
    KINDS,
    VERSION_COLUMNS,
    Revision,
    revisions,
    stated,
    version_rows,
)

_LEVELS = {
    "reliable": "RELIABLE",
    "low_reliability": "LOW_RELIABILITY",
    "suppressed": "SUPPRESSED",
    "no_value": "NO_VALUE",
}
_PART_TEXTS = {
    "missing": "M: share of the expected weight that is missing or carried forward",
    "age": "A: age as a share of the longest allowed, by weight",
    "quality": "Q: 1 less the quality of the sources, an ungraded one counting 0.5",
    "single": "K: share of the weight that rests on one organisation",
    "ungraded": "Share of the weight whose sources have no grade",
}


@metric(
    "IM-45",
    family="trust",
    name="Tracker reliability",
    name_ar="موثوقية المؤشر",
    question="How far can the tracker be trusted?",
    formula="RI = 10 (0.40 M + 0.30 A + 0.20 Q + 0.10 K) of the root per place; median and levels over places",
    unit="0-10",
    direction="lower",
    denominator="places below the country that have scores in the quarter; of one place the indicators expected there",
    inputs=RELIABILITY_INPUTS,
    source="INFORM reliability index (missing data, age), and grades of sources",
    measures={
        "value": "Reliability index, 0 is best; for the programme and a dimension the median over places",
        **{part: f"{text}; of one place" for part, text in _PART_TEXTS.items()},
        "reliable": "Share of places with an index up to 5",
        "low_reliability": "Share of places with an index above 5 up to 7",
        "suppressed": "Share of places with an index above 7, whose score should not be shown",
        "no_value": "Share of places without any value",
    },
    measure_units={**dict.fromkeys(PARTS, "0-1"), **dict.fromkeys(_LEVELS, "%")},
    measure_directions={"reliable": "higher", "low_reliability": "none"},
    kpqs=["K1", "K12"],
    limitations="A national value made of places is as well graded as they are on average. A place without a score row is not seen. The table "
    "score_reliability has the same of the latest quarter.",
)
def tracker_reliability(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme, per place (the root, with its parts), and per node below the root."""
    every, root = rated(inputs, quarter), root_of(inputs)
    evidence = [Evidence("merged_cell", partial(cell_rows, inputs, quarter), ["indicator_id", "place_id", "org_ids"])]
    countries = {p for p, level in inputs.values("place", "place_id", "level") if level == "country"}
    for node in (root, *dict.fromkeys(r.node for r in every if r.node != root)):
        scope = PROGRAMME if node == root else f"dimension={node}"
        yield from _over_places([r for r in every if r.node == node and r.place not in countries], scope, evidence)
    at_places = [r for r in every if r.node == root]
    for one in at_places:
        yield from _of_place(one, f"place={one.place}", evidence)
    if not at_places:
        yield from (figure(part, None, listed([], []), n=0, evidence=evidence) for part in PARTS)


def _over_places(places: Sequence[Rated], scope: str, evidence: Sequence[Evidence]) -> Iterator[MetricResult]:
    from idtracker.analyse.sensitivity.reliability import level_of

    known = [r for r in places if r.reliability_index == r.reliability_index]
    units = partial(listed, [r.place for r in known], [level_of(r.reliability_index) == "RELIABLE" for r in known])
    value = median(r.reliability_index for r in known) if known else None
    yield figure("value", value, units, denominator=len(known), n=len(known), scope=scope, evidence=evidence)
    names, levels = [r.place for r in places], [level_of(r.reliability_index) for r in places]
    for measure, level in _LEVELS.items():
        yield share_of(measure, names, [at == level for at in levels], scope=scope, evidence=evidence)


def _of_place(one: Rated, scope: str, evidence: Sequence[Evidence]) -> Iterator[MetricResult]:
    units = partial(listed, [one.place], [True])
    for measure, number in {"value": one.reliability_index, **one.parts}.items():
        value, n = None if np.isnan(number) else number, one.expected
        yield figure(measure, value, units, denominator=n, n=n, minimum=1, scope=scope, evidence=evidence)


@metric(
    "IM-46",
    family="trust",
    name="Size of revisions",
    name_ar="حجم المراجعات",
    question="Do numbers settle?",
    formula="MR = mean(L - P), MAR = mean |L - P|, RMAR = Σ|L - P| / Σ|L|, L = the later, P = the earlier value of a revision",
    unit="points",
    direction="lower",
    denominator="revisions known of observations whose period ends in the quarter; for the shares these observations",
    inputs={
        "observation": VERSION_COLUMNS,
        "indicator": ["indicator_id", "direction", "goalpost_low", "goalpost_high"],
    },
    versions=["observation"],
    observed_quarters=4,
    source="ESS quality indicator A6; kinds of revision of the ONS (2011)",
    measures={
        "mr": "Mean revision on the 0-100 scale of the tracker: positive where later values are better",
        "mar": "Mean size of a revision on the 0-100 scale",
        "rmar": "Size of revisions as a share of the later values, within each indicator, averaged by the number of revisions",
        "mr_four_quarters": "The mean revision over the four quarters to this one",
        "mar_four_quarters": "The mean size over the four quarters to this one",
        "rmar_four_quarters": "The size as a share of the later values over the four quarters to this one",
        "revised": "Share of the observations whose value was revised at least once",
        "withdrawn": "Share of the observations that are known no more",
    },
    measure_units={"rmar": "0-1", "rmar_four_quarters": "0-1", "revised": "%", "withdrawn": "%"},
    measure_directions={"mr": "none", "mr_four_quarters": "none"},
    kpqs=["K12"],
    limitations="A version that repeats the value is no revision, and one that states none is none. Points need goalposts: revisions of other "
    "indicators count in rmar alone. Few revisions may mean that nobody looks again. Observations count in the quarter in which their period ends, "
    "so the figures of a late quarter grow as it is known longer: compare quarters as known equally long after their end.",
)
def revision_size(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme, per source and per kind of revision."""
    observed, window = stated(inputs, quarter), quarter.window()
    spans = {"": revisions(inputs, quarter), "_four_quarters": [r for q in window for r in revisions(inputs, q)]}
    shown = ["indicator_id", "place_id", "period", "value"]
    evidence = [Evidence("observation", partial(version_rows, inputs, window), shown)]
    sources = sorted({*observed.source_ids, *(r.source_id for r in spans["_four_quarters"])})
    kinds = [kind for kind in KINDS if any(r.kind == kind for r in spans["_four_quarters"])]
    for scope in (PROGRAMME, *(f"source={s}" for s in sources), *(f"revision={k}" for k in kinds)):
        for span, every in spans.items():
            of_scope = [r for r in every if scope in (PROGRAMME, f"source={r.source_id}", f"revision={r.kind}")]
            yield from _sizes(of_scope, span, scope, evidence)
    for scope in (PROGRAMME, *(f"source={s}" for s in sources)):
        here = [n for n, s in enumerate(observed.source_ids) if scope in (PROGRAMME, f"source={s}")]
        names = [observed.fact_ids[n] for n in here]
        yield share_of("revised", names, observed.is_revised[here].tolist(), scope=scope, evidence=evidence)
        yield share_of("withdrawn", names, observed.is_withdrawn[here].tolist(), scope=scope, evidence=evidence)


def _sizes(every: Sequence[Revision], span: str, scope: str, evidence: Sequence[Evidence]) -> Iterator[MetricResult]:
    points = [(r.fact_id, r.points) for r in every if r.points is not None]
    for measure, sizes in (("mr", [p for _, p in points]), ("mar", [abs(p) for _, p in points])):
        units, total = partial(listed, [fact for fact, _ in points], [True] * len(points)), sum(sizes)
        value, n = total / len(sizes) if sizes else None, len(sizes)
        name = f"{measure}{span}"
        yield figure(name, value, units, numerator=total, denominator=n, n=n, scope=scope, evidence=evidence)
    shares = _relative(every)
    sized = [r.fact_id for r in every if r.indicator_id in shares]
    relative = sum(shares[r.indicator_id] for r in every if r.indicator_id in shares)
    units, value = partial(listed, sized, [True] * len(sized)), relative / len(sized) if sized else None
    yield figure(f"rmar{span}", value, units, denominator=len(sized), n=len(sized), scope=scope, evidence=evidence)


def _relative(every: Sequence[Revision]) -> dict[str, float]:
    """Σ|L - P| / Σ|L| of each indicator in its own unit; one whose later values are all 0 has none."""
    sums: dict[str, tuple[float, float]] = {}
    for r in every:
        change, later = sums.get(r.indicator_id, (0.0, 0.0))
        sums[r.indicator_id] = change + abs(r.change), later + abs(r.value)
    return {indicator: change / later for indicator, (change, later) in sums.items() if later > 0}


@metric(
    "IM-47",
    family="trust",
    name="Flips of trend classes",
    name_ar="تغيّر فئات الاتجاه",
    question="Do messages survive revision?",
    formula="#{place x node whose class is not what it first was} / #{place x node whose trend said something}",
    unit="%",
    direction="lower",
    denominator="places and nodes whose trend up to the quarter ever had a class other than INSUFFICIENT_DATA",
    inputs={"trend": TREND_COLUMNS},
    versions=["trend"],
    source="Inference of this project from revision analysis",
    measures={
        "value": "Share of the trends whose class is another now, or that say nothing any more",
        "reversed": "Share of the trends that turned from improvement to deterioration, or the other way round",
    },
    kpqs=["K12"],
    limitations="The first class is that of the first moment at which the quarter had one: late reports change it as corrections do, and a method that is "
    "changed makes new ones. A message that flipped and flipped back counts as unchanged.",
)
def trend_flips(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme, per place and per node. Units are a place and a node; those that changed count."""
    every = messages(inputs, quarter)
    evidence = [
        Evidence(
            "trend_vintage", partial(trend_rows, inputs, quarter), ["place_id", "node_code", "trend_class", "begins"]
        )
    ]
    scopes: dict[str, list[Message]] = {PROGRAMME: every}
    for message in every:
        scopes.setdefault(f"place={message.place}", []).append(message)
    for message in sorted(every, key=lambda m: m.node):
        scopes.setdefault(f"dimension={message.node}", []).append(message)
    for scope, of_scope in scopes.items():
        names = [m.unit for m in of_scope]
        yield share_of("value", names, [m.has_changed for m in of_scope], scope=scope, evidence=evidence)
        yield share_of("reversed", names, [m.is_reversed for m in of_scope], scope=scope, evidence=evidence)


@metric(
    "IM-48",
    family="trust",
    name="Calibration of judgements",
    name_ar="معايرة الأحكام",
    question="Are judgements calibrated?",
    formula="Brier = mean over questions of mean (p - o)²; share of ranges standardised to 90 % that held the value",
    unit="0-1",
    direction="lower",
    denominator="questions whose outcome was known by the end of the quarter, judged before it was",
    inputs={
        JUDGEMENT: JUDGEMENT_COLUMNS,
        "resolution": RESOLUTION_COLUMNS,
        "organisation": ["org_id", "successor_org_id", "valid_from", "valid_to"],
    },
    versions=[JUDGEMENT],
    source="Brier (1950); IDEA protocol for the ranges",
    measures={
        "brier": "Brier score: 0 is best, 0.25 is what saying 50 % to everything gives",
        "brier_reference": "Brier score of saying the share that came about to every question",
        "hit_rate": "Share of the ranges, standardised to 90 %, that held the value: near 90 % is calibrated",
    },
    measure_units={"hit_rate": "%"},
    measure_directions={"brier_reference": "none", "hit_rate": "none"},
    kpqs=["K12"],
    minimum_denominator=10,
    limitations="All questions resolved up to the end of the quarter count, so the figure changes slowly. Each counts once, however often it was judged. "
    "Questions that nobody resolves are not seen, and easy questions make a low score: compare with brier_reference. The table calibration has "
    "the same by scheme, with intervals and parts.",
    has_as_is=True,
)
def judgement_calibration(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For the programme, per organisation and per horizon. A score below ten questions is withheld."""
    every = scored(inputs, quarter)
    questions = {one.fact_id: one.question_id for one in every}
    evidence = [
        Evidence(
            JUDGEMENT,
            partial(judgement_rows, inputs, questions),
            ["scenario", "org_id", "probability_pct", "has_occurred"],
        )
    ]
    scopes: dict[str, list[Scored]] = {PROGRAMME: every}
    for kind in ("org", "horizon"):
        for one in sorted(every, key=lambda s: getattr(s, kind)):
            scopes.setdefault(f"{kind}={getattr(one, kind)}", []).append(one)
    for scope, of_scope in scopes.items():
        errors, outcomes = by_question(of_scope, "error"), by_question(of_scope, "outcome")
        yield _mean("brier", errors, scope, evidence)
        share = sum(outcomes.values()) / len(outcomes) if outcomes else 0.0
        yield _mean("brier_reference", dict.fromkeys(outcomes, share * (1 - share)), scope, evidence)
        yield _mean("hit_rate", by_question(of_scope, "is_held"), scope, evidence)


def _mean(measure: str, of: Mapping[str, float], scope: str, evidence: Sequence[Evidence]) -> MetricResult:
    total, n, units = sum(of.values()), len(of), partial(_question_units, [*of])
    value = total / n if n else None
    return figure(measure, value, units, numerator=total, denominator=n, n=n, scope=scope, evidence=evidence)


def _question_units(questions: Sequence[str]) -> pd.DataFrame:
    return listed(questions, [True] * len(questions))
