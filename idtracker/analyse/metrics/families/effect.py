"""Family `effect`, first part: whether working together made a difference to outcomes, IM-36 to IM-38."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from idtracker.analyse.effect.cells import ARMS, Cells, cells_of
from idtracker.analyse.effect.contrast import Contrast, interaction_contrast
from idtracker.analyse.effect.differences import difference_in_differences
from idtracker.analyse.metrics.effects.achievement import Achieved, achievements
from idtracker.analyse.metrics.effects.arms import ARM_INPUTS, departments_by_place, first_start, part_evidence
from idtracker.analyse.metrics.effects.outcomes import (
    OUTCOME_INPUTS,
    Comparison,
    Outcomes,
    Series,
    comparisons,
    outcome_evidence,
    outcomes,
)
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import Evidence, MetricResult, figure, listed, share_of
from idtracker.analyse.metrics.products import JOINT
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import metric

_INPUTS = {**OUTCOME_INPUTS, **ARM_INPUTS}
_ARMS = (
    "A place is in the arm of the departments whose participation names it, or a place within it, in the quarter; a participation "
    "without a place is the same for all places and decides nothing. Places that have an outcome and no such participation are "
    "the comparison with neither."
)
_NOT_DRAWN = "Arms were not drawn by lot, so a difference may come from how places were chosen."
_CHANGE = ("value", "p_value", "detectable")
_LEAST = 2  # units in each cell that a spread can be told from


@metric(
    "IM-36",
    family="effect",
    name="Synergy contrast",
    name_ar="تباين التآزر",
    question="Did two departments together achieve more than the sum of what each achieves alone?",
    formula="IC = m11 - m10 - m01 + m00; J / P with J = m11 - m00 and P = (m10 - m00) + (m01 - m00)",
    unit="outcome units",
    direction="higher",
    denominator="places with an outcome of the quarter, in the four arms neither, A, B and both; the least is that of the smallest arm",
    inputs=_INPUTS,
    source="Rothman, Greenland and Lash, Modern Epidemiology (interaction contrast); interval by Welch",
    measures={
        "value": "Interaction contrast IC of a result indicator and two departments; the numerator is J, the denominator P",
        "ratio": "J / P, where each department alone does no harm and both sums are above 0",
        "share": "IC / J, where J is above 0",
        "shown": "Share of the comparisons with four arms whose 90 % interval lies above 0",
    },
    measure_units={"ratio": "ratio", "share": "ratio", "shown": "%"},
    elements=["D4", "U3"],
    kpqs=["K10"],
    minimum_denominator=_LEAST,
    limitations=f"{_ARMS} It is refused (`missing_cells`) unless all four arms have a place. {_NOT_DRAWN} Outcomes of places beside each other "
    "are taken as independent. Indicators of which lower is better are turned round. Rows that differ in unit or direction "
    "are `undefined`. With several indicators and pairs one in twenty null comparisons shows a synergy.",
)
def synergy_contrast(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For each result indicator of an activity and each two departments that work together in a place of it, never over several."""
    found, shown = comparisons(inputs, quarter), dict[str, bool]()
    for comparison, seen in found:
        contrast = _contrast(comparison, seen)
        yield from _contrast_figures(inputs, quarter, comparison, seen, contrast)
        if isinstance(contrast, Contrast) and contrast.lower is not None:
            shown[comparison.scope] = contrast.verdict == "synergy"
    if not found:
        yield from (figure(name, None, partial(listed, [], [])) for name in ("value", "ratio", "share"))
    rows = {
        comparison.scope: [row for area in comparison.arms for row in seen.rows[area]] for comparison, seen in found
    }
    yield _shown(inputs, shown, rows)


def _shown(inputs: Inputs, shown: Mapping[str, bool], rows: Mapping[str, list[int]]) -> MetricResult:
    """The share of the comparisons that show more than nothing; a single one is enough for it."""
    evidence = [outcome_evidence(inputs, {unit: rows[unit] for unit in shown})]
    return replace(share_of("shown", [*shown], [*shown.values()], evidence=evidence), minimum=1)


def _contrast(comparison: Comparison, seen: Outcomes) -> Contrast | str | None:
    """The contrast of the places in the four arms, why it is refused, or None where the outcomes are not comparable."""
    if seen.manner is None:
        return None
    areas = list(comparison.arms)
    arms = np.array([comparison.arms[area] for area in areas])
    values = np.array([seen.values[area] for area in areas])
    cells = cells_of(values, np.isin(arms, ("a", "both")), np.isin(arms, ("b", "both")))
    return interaction_contrast(cells) if isinstance(cells, Cells) else cells


def _contrast_figures(
    inputs: Inputs, quarter: Quarter, comparison: Comparison, seen: Outcomes, contrast: Contrast | str | None
) -> Iterator[MetricResult]:
    arms, units = comparison.arms, _named(comparison)
    sizes = [sum(arm == name for arm in arms.values()) for name in ARMS]
    of = figure(
        "value",
        None,
        partial(listed, [*units.values()], [arm == "both" for arm in arms.values()]),
        n=len(arms),
        base=min(sizes),
        scope=comparison.scope,
        evidence=_behind(inputs, quarter, comparison.series.activity, units, [seen]),
        withheld=contrast if isinstance(contrast, str) else None,
    )
    if not isinstance(contrast, Contrast):
        yield from (replace(of, measure=name) for name in ("value", "ratio", "share"))
        return
    of = replace(of, numerator=contrast.joint, denominator=contrast.parts)
    yield replace(of, value=contrast.contrast, lower=contrast.lower, upper=contrast.upper)
    yield replace(of, measure="ratio", value=contrast.ratio)
    yield replace(of, measure="share", value=contrast.share)


def _named(comparison: Comparison) -> dict[str, str]:
    """The name of each place, with its arm."""
    a, b = comparison.pair
    words = {"neither": "neither", "a": f"{a} alone", "b": f"{b} alone", "both": "both"}
    return {area: f"{area} ({words[arm]})" for area, arm in comparison.arms.items()}


def _behind(
    inputs: Inputs, quarter: Quarter, activity: str, units: Mapping[str, str], read: list[Outcomes]
) -> list[Evidence]:
    """The result rows of each area, and the participations that put it into its arm; `units` names the areas."""
    rows = {unit: [row for of in read for row in of.rows[area]] for area, unit in units.items()}
    return [
        outcome_evidence(inputs, rows),
        part_evidence(inputs, quarter, {(activity, area): unit for area, unit in units.items()}),
    ]


@metric(
    "IM-37",
    family="effect",
    name="Change where departments work together, against one alone",
    name_ar="التغير في أماكن العمل المشترك مقارنة بأماكن عمل جهة واحدة",
    question="Did places in which departments work together change more than those in which one works alone?",
    formula="(Y_T,after - Y_T,before) - (Y_C,after - Y_C,before); p by exact randomisation inference",
    unit="outcome units",
    direction="higher",
    denominator="places with an outcome in the quarter and before the start; the least is that of the smaller side",
    inputs=_INPUTS,
    source="Card and Krueger 1994 (difference in differences); MacKinnon and Webb 2020 (randomisation inference with few clusters)",
    measures={
        "value": "Difference in differences; the numerator is the change together, the denominator that alone",
        "p_value": "Two-sided p of randomisation inference; the numerator is the number of assignments at least as extreme, the "
        "denominator all that were looked at",
        "detectable": "Smallest true effect that so many places would show four times in five",
        "shown": "Share of the result indicators whose 90 % interval lies above 0, of those with two places on each side",
    },
    measure_units={"p_value": "0-1", "shown": "%"},
    measure_directions={"p_value": "none", "detectable": "none"},
    elements=["D4", "U3"],
    kpqs=["K10"],
    minimum_denominator=_LEAST,
    limitations=f"{_ARMS} Together is two departments or more, alone is one; places with neither do not enter. Before is the quarter before the "
    "first of them began anywhere in the activity. All assignments are looked at up to 10,000, else a sample with a fixed seed; the interval "
    "holds the constant effects that are not rejected, and an end that is missing lies nowhere. With fewer than ten places on a side it "
    f"is indicative. It rests on parallel trends, and is no synergy. {_NOT_DRAWN}",
)
def integrated_change(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """For each result indicator of an activity with places of both kinds; a two-way fixed effects regression is never used."""
    at_work, shown, rows = departments_by_place(inputs, quarter), dict[str, bool](), dict[str, list[int]]()
    for series, seen in outcomes(inputs, quarter).items():
        here = at_work.get(series.activity, {})
        sides = {area: len(here[area]) >= JOINT for area in seen.values if here.get(area)}
        if len(set(sides.values())) == 2:
            rows[series.scope] = [row for area in sides for row in seen.rows[area]]
            for result in _change_figures(inputs, quarter, series, seen, sides):
                yield result
                if result.measure == "value" and result.reason(_LEAST) is None:
                    shown[series.scope] = result.lower is not None and result.lower > 0
    if not rows:
        yield from (figure(name, None, partial(listed, [], [])) for name in _CHANGE)
    yield _shown(inputs, shown, rows)


def _change_figures(
    inputs: Inputs, quarter: Quarter, series: Series, seen: Outcomes, sides: Mapping[str, bool]
) -> Iterator[MetricResult]:
    before = _before(inputs, quarter, series)
    kept = {area: together for area, together in sides.items() if before is not None and area in before.values}
    together = np.array([*kept.values()], dtype=bool)
    sizes = int(together.sum()), int((~together).sum())
    units = {area: f"{area} ({'together' if joint else 'alone'})" for area, joint in kept.items()}
    of = figure(
        "value",
        None,
        partial(listed, [*units.values()], together.tolist()),
        n=len(kept),
        base=min(sizes),
        scope=series.scope,
        evidence=_behind(inputs, quarter, series.activity, units, [of for of in (before, seen) if of]),
    )
    if before is None or not all(sizes):
        yield from (replace(of, measure=name, n=len(sides), withheld="not_yet_reported") for name in _CHANGE)
        return
    if seen.manner is None or seen.manner != before.manner:
        yield from (replace(of, measure=name) for name in _CHANGE)
        return
    first, last = (np.array([of_quarter.values[area] for area in kept]) for of_quarter in (before, seen))
    found, change = difference_in_differences(first, last, together), last - first
    drawn, p_value = found.randomised.assignments, found.randomised.p_value
    yield replace(
        of,
        value=found.effect,
        lower=found.randomised.lower,
        upper=found.randomised.upper,
        numerator=float(change[together].mean()),
        denominator=float(change[~together].mean()),
    )
    yield replace(of, measure="p_value", value=p_value, numerator=round(p_value * drawn), denominator=drawn)
    yield replace(of, measure="detectable", value=found.detectable)


def _before(inputs: Inputs, quarter: Quarter, series: Series) -> Outcomes | None:
    """The outcomes of the last quarter in which no department had begun anywhere in the activity, where there are any."""
    start = first_start(inputs, series.activity, quarter)
    if start is None:
        return None
    day = pd.Timestamp(0) + pd.Timedelta(days=start)
    before = Quarter.of(f"{day.year}-Q{day.quarter}").previous()
    return outcomes(inputs, before).get(series)


@metric(
    "IM-38",
    family="effect",
    name="Outcome premium (descriptive)",
    name_ar="فارق النتائج (وصفي)",
    question="Do joint activities reach more of their targets than those of one department?",
    formula="mean of (actual - baseline) / (target - baseline), kept within 0 and 1.5, of joint activities minus that of others",
    unit="ratio",
    direction="higher",
    denominator="activities with a result of the quarter that has baseline, target and actual; the least is that of the smaller group",
    inputs=_INPUTS,
    source="this project: descriptive, not causal",
    measures={
        "value": "Mean achievement of joint activities minus that of activities of one department",
        "joint": "Mean achievement of activities of two or more departments",
        "single": "Mean achievement of activities of one department",
    },
    elements=["U3"],
    kpqs=["K10"],
    minimum_denominator=3,
    limitations="A description, with no interval: joint activities may have had easier targets or better places. Departments count through "
    "participation in any role; activities without a department or without any participation are left out. Results whose target equals "
    "their baseline, and those without baseline, have no achievement.",
)
def outcome_premium(inputs: Inputs, quarter: Quarter) -> Iterator[MetricResult]:
    """An activity counts once, with the mean of its results."""
    found = achievements(inputs, quarter)
    groups = {
        "joint": [a for a in found if a.departments >= JOINT],
        "single": [a for a in found if a.departments == 1],
    }
    means = {name: float(np.mean([a.achieved for a in of])) if of else None for name, of in groups.items()}
    joint, single = means["joint"], means["single"]
    value = None if joint is None or single is None else joint - single
    sizes, every = [len(of) for of in groups.values()], [*groups["joint"], *groups["single"]]
    of = _premium("value", value, every, inputs)
    yield replace(of, numerator=joint, denominator=single, base=min(sizes))
    for name, group in groups.items():
        yield _premium(name, means[name], group, inputs)


def _premium(name: str, value: float | None, of: list[Achieved], inputs: Inputs) -> MetricResult:
    units = partial(listed, [a.unit for a in of], [a.departments >= JOINT for a in of])
    return figure(name, value, units, n=len(of), evidence=[outcome_evidence(inputs, {a.unit: a.rows for a in of})])
