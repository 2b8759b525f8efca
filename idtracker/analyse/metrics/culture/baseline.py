"""Change since the baseline, read with the organisations of the quarter at hand; and which quarter the baseline is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import Evidence, MetricResult, figure, listed, share_of
from idtracker.analyse.metrics.quarter import Quarter, by_quarter

POINTS = "percentage points"
BASELINE = (
    "The baseline is the quarter that programme.yml names (`baseline`), else the first in which a round ends with answers; at the baseline "
    "itself and before it there is no change to state."
)
Unit = TypeVar("Unit", bound=Hashable)


def baseline_of(inputs: Inputs, quarter: Quarter, first: Callable[[], str | None]) -> Quarter | None:
    """The quarter against which change in this one is measured; None where this one is not after it, or there is none.

    It is the quarter that the programme names, whoever answered in it; else `first` says the code of the first with answers.
    """
    code = inputs.baseline or first()
    return Quarter.of(code) if code is not None and code < quarter.code else None


def first_answered(
    inputs: Inputs, table: str, quarter: Quarter, is_answered: Callable[[Quarter], object], key: str = ""
) -> Quarter | None:
    """baseline_of() the answers of a table: by itself the first quarter in which a round of it ends with one."""

    def make() -> str | None:
        return first_with(by_quarter(inputs.table(table)["period_end"]), lambda code: is_answered(Quarter.of(code)))

    return baseline_of(inputs, quarter, lambda: inputs.remember(("first answered", table, key), make))


def first_with(codes: Iterable[str], has_value: Callable[[str], object], before: str | None = None) -> str | None:
    """The baseline of anything that is known by quarter: the first quarter that has a value, None where that is not `before`."""
    first = next((code for code in sorted(codes) if has_value(code)), None)
    return first if first is not None and (before is None or first < before) else None


def paired_change(
    measure: str,
    now: Mapping[Unit, float],
    then: Mapping[Unit, float],
    name: Callable[[Unit], str],
    *,
    of: Callable[[Iterable[float]], float],
    scope: str,
    evidence: Sequence[Evidence],
) -> MetricResult:
    """The difference of a summary of what answered both times, so that silence and a changed roster move nothing.

    Units are what answered both times; what rose counts.
    """
    both = [unit for unit in now if unit in then]
    counts = [now[unit] > then[unit] for unit in both]
    after, before = [now[unit] for unit in both], [then[unit] for unit in both]
    return figure(
        measure,
        of(after) - of(before) if both else None,
        partial(listed, [name(unit) for unit in both], counts),
        denominator=len(both),
        n=len(both),
        scope=scope,
        evidence=evidence,
    )


def moved(
    now: Mapping[Unit, float],
    then: Mapping[Unit, float],
    name: Callable[[Unit], str],
    *,
    scope: str,
    evidence: Sequence[Evidence],
) -> Iterator[MetricResult]:
    """`rose` and `fell`: the shares of what answered both times that say more, and less, than at the baseline."""
    both = [unit for unit in now if unit in then]
    names = [name(unit) for unit in both]
    yield share_of("rose", names, [now[unit] > then[unit] for unit in both], scope=scope, evidence=evidence)
    yield share_of("fell", names, [now[unit] < then[unit] for unit in both], scope=scope, evidence=evidence)


def share_change(measure: str, now: MetricResult, then: MetricResult | None) -> MetricResult:
    """The difference of two shares in percentage points, with the units and n of the later one.

    None where either is none; the smaller number of units is compared with the minimum denominator.
    """
    known = now.value is not None and then is not None and then.value is not None
    points = 100 * ((now.value or 0.0) - (then.value or 0.0)) if known and then is not None else None
    n, base = (now.n, min(now.n, then.n)) if known and then is not None else (0, 0)
    return MetricResult(
        measure, now.lazy_units, points, None, None, n, scope=now.scope, base=base, evidence=now.evidence
    )


def share_above(level: float) -> Callable[[Iterable[float]], float]:
    """The share of values at or above a level, in per cent."""

    def of(values: Iterable[float]) -> float:
        reached = [value >= level for value in values]
        return 100 * sum(reached) / len(reached)

    return of


def mean(values: Iterable[float]) -> float:
    """The arithmetic mean of values, of which there is at least one."""
    stated = list(values)
    return sum(stated) / len(stated)
