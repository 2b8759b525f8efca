"""What a metric function hands back: a figure together with the units it was counted from and the rows behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

PROGRAMME = "programme"
Rows = pd.DataFrame | Callable[[], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Rows of one table behind the units: column `unit` names the unit, `show` the columns that tell a row apart.

    `lazy_rows` are the rows, or what makes them where only an explanation needs them.
    """

    table: str
    lazy_rows: Rows
    show: Sequence[str] = ()

    @property
    def rows(self) -> pd.DataFrame:
        """The rows; made anew each time where they are not kept."""
        return self.lazy_rows() if callable(self.lazy_rows) else self.lazy_rows


@dataclass(frozen=True, slots=True)
class MetricResult:
    """One figure of a metric for one scope and quarter.

    `units` has one row per unit with `unit` (its name) and `counts` (whether it is in the numerator); `lazy_units` are the
    units, or what makes them where only an explanation needs them. `value` is None where the figure is mathematically
    undefined; a share is a ratio here, also where it is published in %. `n` is the number of units, `base` the number
    that is compared with the minimum denominator (default n). `lower` and `upper` are the ends of the 90 % interval, or of the
    range that claims which contradict each other or ties that nobody reported leave, in the unit of `value`; None where there is
    no such end. `notes` are what an explanation says beside them. `withheld` names another reason not to publish a value, and
    goes before the others but for the lack of units. `is_share` marks the share of the units that count (by weight, where they
    have one), which can be had of any part of them.
    """

    measure: str
    lazy_units: Rows
    value: float | None
    numerator: float | None
    denominator: float | None
    n: int
    scope: str = PROGRAMME
    base: int | None = None
    minimum: int | None = None
    evidence: Sequence[Evidence] = field(default=())
    lower: float | None = None
    upper: float | None = None
    withheld: str | None = None
    notes: Sequence[tuple[str, object]] = ()
    is_share: bool = False

    @property
    def units(self) -> pd.DataFrame:
        """The units; made anew each time where they are not kept."""
        return self.lazy_units() if callable(self.lazy_units) else self.lazy_units

    def reason(self, minimum: int) -> str | None:
        """Why the value is not published (codelist suppression_reason), or None."""
        least = minimum if self.minimum is None else self.minimum
        if self.n == 0:
            return "no_units"
        if self.withheld is not None:
            return self.withheld
        if self.value is None:
            return "undefined"
        return "below_minimum_denominator" if (self.n if self.base is None else self.base) < least else None


def share(
    measure: str,
    units: pd.DataFrame,
    *,
    weight: str | None = None,
    scope: str = PROGRAMME,
    evidence: Sequence[Evidence] = (),
) -> MetricResult:
    """The (weighted) share of the units that count. Undefined where the weights sum to nothing."""
    counts = units["counts"].to_numpy(dtype=bool)
    weights = units[weight].to_numpy(dtype="float64") if weight else None
    return ratio(measure, units, counts, weights, times=_times(units), scope=scope, evidence=evidence)


def _times(units: pd.DataFrame) -> npt.NDArray[np.int64] | None:
    """How many units each row stands for, where it says so."""
    return units["times"].to_numpy(dtype="int64") if "times" in units else None


def share_of(
    measure: str,
    units: Sequence[str],
    counts: Sequence[bool],
    *,
    scope: str = PROGRAMME,
    evidence: Sequence[Evidence] = (),
) -> MetricResult:
    """The share of the units that count, `counts` running parallel to their names."""
    return ratio(measure, partial(listed, units, counts), np.array(counts, dtype=bool), scope=scope, evidence=evidence)


def listed(units: Sequence[str], counts: Sequence[bool]) -> pd.DataFrame:
    """Units by name, with whether each counts."""
    return pd.DataFrame({"unit": units, "counts": counts}).astype({"unit": "str", "counts": "bool"})


def ratio(
    measure: str,
    units: Rows,
    counts: npt.NDArray[np.bool_],
    weights: npt.NDArray[np.float64] | None = None,
    *,
    times: npt.NDArray[np.int64] | None = None,
    scope: str = PROGRAMME,
    evidence: Sequence[Evidence] = (),
) -> MetricResult:
    """share() of units that are not at hand: `counts`, `weights` and `times` (how many units one stands for) run parallel."""
    n = len(counts) if times is None else int(times.sum())
    shared = np.ones(len(counts)) if times is None else times
    weighted = shared if weights is None else weights
    numerator, denominator = float(weighted[counts].sum()), float(weighted.sum())
    value = numerator / denominator if denominator > 0 else None
    return MetricResult(measure, units, value, numerator, denominator, n, scope=scope, evidence=evidence, is_share=True)


def shares(
    measure: str, units: pd.DataFrame, column: str, label: str, *, evidence: Sequence[Evidence] = ()
) -> Iterator[MetricResult]:
    """The share of each group of units with one text in `column`, in the order of the texts, as scope `label=text`."""
    counts, times = units["counts"].to_numpy(dtype=bool), _times(units)
    for text, places in groups_of(units[column]):
        here = None if times is None else times[places]
        scope, taken = f"{label}={text}", partial(units.take, places)
        yield ratio(measure, taken, counts[places], times=here, scope=scope, evidence=evidence)


def figure(
    measure: str,
    value: float | None,
    units: Rows,
    *,
    numerator: float | None = None,
    denominator: float | None = None,
    n: int | None = None,
    base: int | None = None,
    minimum: int | None = None,
    scope: str = PROGRAMME,
    evidence: Sequence[Evidence] = (),
    lower: float | None = None,
    upper: float | None = None,
    withheld: str | None = None,
    notes: Sequence[tuple[str, object]] = (),
) -> MetricResult:
    """A figure that is not a share. `n` defaults to the number of units; units without `counts` all count."""
    if n is None:
        n = len(units() if callable(units) else units)
    made, ends = partial(_counted_units, units), (lower, upper, withheld, notes)
    return MetricResult(measure, made, value, numerator, denominator, n, scope, base, minimum, evidence, *ends)


def _counted_units(units_or_maker: Rows) -> pd.DataFrame:
    units = units_or_maker() if callable(units_or_maker) else units_or_maker
    return units if "counts" in units else units.assign(counts=True)


def groups_of(texts: pd.Series) -> list[tuple[str, npt.NDArray[np.intp]]]:
    """The different texts in order, each with the places it stands at; missing ones belong to no group."""
    codes, different = pd.factorize(texts, sort=True)
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(len(different) + 1))
    return [(str(text), order[starts[n] : starts[n + 1]]) for n, text in enumerate(different)]
