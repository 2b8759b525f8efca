"""The optional composite: a number from 0 to 100 for each stage, by goalposts that stakeholders agreed, and how much each choice moves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from idtracker.analyse.composite.aggregation import aggregated
from idtracker.model.composite.node import NodeRules
from idtracker.model.framework.composite import Goalposts, StageComposite
from idtracker.model.framework.definition import Framework

MOST_MISSING = 1 / 3
"""Share of the weight of a stage that may be without a value, as of scores."""
SHIFT = 0.1
"""Goalposts are moved by this share of the distance between them."""
FLOOR = 1.0
"""Least value, of 100, that enters a geometric mean: zero would end it."""
Choice = Literal["worst", "best", "weight", "left_out", "equal_weights", "aggregation"]


@dataclass(frozen=True, slots=True)
class Known:
    """A figure as it is known: value and, where it has one, its interval, in its unit."""

    value: float | None
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """One choice made otherwise: what it would be, and the number then; None where it would be withheld."""

    choice: Choice
    series: str | None
    setting: str
    value: float | None
    difference: float | None


@dataclass(frozen=True, slots=True)
class StageNumber:
    """The number of a stage; None where less than two thirds of the weight has a value. Ends are there where every figure has ends."""

    stage: str
    value: float | None
    lower: float | None
    upper: float | None
    coverage: float
    figures: tuple[Goalposts, ...]
    missing: tuple[str, ...]
    without_interval: tuple[str, ...]
    variants: tuple[Variant, ...]


def stage_numbers(framework: Framework, known: Mapping[str, Known]) -> list[StageNumber]:
    """The composite of every stage with a question that cites one of its figures, in order. `known` are figures by series."""
    composite = framework.composite
    if composite is None:
        return []
    found = []
    for stage in framework.stages:
        cited = {name for q in framework.questions if q.stage == stage.code for name in q.evidence}
        figures = tuple(figure for figure in composite.figures if figure.series in cited)
        if figures:
            found.append(_number(stage.code, figures, composite, known))
    return found


def _number(
    stage: str, figures: tuple[Goalposts, ...], composite: StageComposite, known: Mapping[str, Known]
) -> StageNumber:
    there = [f for f in figures if known.get(f.series, Known(None)).value is not None]
    coverage = sum(f.weight for f in there) / sum(f.weight for f in figures)
    value = _value(figures, composite.aggregation, {name: one.value for name, one in known.items()})
    bare = tuple(f.series for f in there if known[f.series].lower is None or known[f.series].upper is None)
    is_bounded = value is not None and not bare
    lower, upper = (_at_ends(there, figures, composite, known, is_better) for is_better in (False, True))
    variants = tuple(_variants(figures, composite, known, value)) if value is not None else ()
    absent = tuple(f.series for f in figures if f not in there)
    ends = (lower, upper) if is_bounded else (None, None)
    return StageNumber(stage, value, *ends, coverage, figures, absent, bare, variants)


def _value(figures: Sequence[Goalposts], aggregation: str, values: Mapping[str, float | None]) -> float | None:
    """The weighted mean of the figures on the scale from 0 to 100; None where too much is missing."""
    points = np.array([_points(figure, values.get(figure.series)) for figure in figures])
    weights = np.array([figure.weight for figure in figures])
    if weights[np.isnan(points)].sum() > MOST_MISSING * weights.sum() + 1e-12 or np.isnan(points).all():
        return None
    rules = NodeRules(aggregation=aggregation, floor=FLOOR if aggregation == "geometric" else None)
    return float(aggregated(points[None, :], weights, rules).values[0])


def _points(figure: Goalposts, value: float | None) -> float:
    """A figure between its goalposts, 0 to 100; beyond them it is at the nearer one."""
    if value is None:
        return float("nan")
    return float(np.clip(100 * (value - figure.worst) / (figure.best - figure.worst), 0, 100))


def _at_ends(
    there: Sequence[Goalposts],
    figures: Sequence[Goalposts],
    composite: StageComposite,
    known: Mapping[str, Known],
    is_better: bool,
) -> float | None:
    """The number with every figure at the end of its interval that is better for it, or worse: the widest that intervals allow."""
    at = {f.series: known[f.series].upper if (f.best > f.worst) == is_better else known[f.series].lower for f in there}
    return _value(figures, composite.aggregation, at)


def _variants(
    figures: tuple[Goalposts, ...], composite: StageComposite, known: Mapping[str, Known], value: float
) -> Iterator[Variant]:
    values = {name: one.value for name, one in known.items()}
    for choice, series, setting, changed, aggregation in _choices(figures, composite):
        other = _value(changed, aggregation, values) if changed else None
        yield Variant(choice, series, setting, other, None if other is None else other - value)


def _choices(
    figures: tuple[Goalposts, ...], composite: StageComposite
) -> Iterator[tuple[Choice, str | None, str, tuple[Goalposts, ...], str]]:
    """Each goalpost moved both ways, each weight halved and doubled, each figure left out, equal weights, the other mean."""
    same = composite.aggregation
    for n, figure in enumerate(figures):
        step = SHIFT * (figure.best - figure.worst)
        for changed, choice in (
            *((figure.model_copy(update={"worst": figure.worst + s}), "worst") for s in (-step, step)),
            *((figure.model_copy(update={"best": figure.best + s}), "best") for s in (-step, step)),
            *((figure.model_copy(update={"weight": figure.weight * s}), "weight") for s in (0.5, 2.0)),
        ):
            setting = f"{getattr(changed, choice):g}"
            yield choice, figure.series, setting, (*figures[:n], changed, *figures[n + 1 :]), same  # type: ignore[misc]
        yield "left_out", figure.series, "", (*figures[:n], *figures[n + 1 :]), same
    equal = tuple(figure.model_copy(update={"weight": 1.0}) for figure in figures)
    yield "equal_weights", None, "1", equal, same
    other = "geometric" if same == "arithmetic" else "arithmetic"
    yield "aggregation", None, other, figures, other
