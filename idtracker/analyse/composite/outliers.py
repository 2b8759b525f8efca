"""Fixed functions of a value, and what is done about outliers: tests of skew and kurtosis, winsorising, logarithms, Box-Cox.

Skew and kurtosis are those of spreadsheets (type 2 of e1071), the order of steps that of COINr's Treat().
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from idtracker.analyse.composite.stage import Numbers, Table
from idtracker.model.composite.preparation import (
    BoxCox,
    LogForm,
    OutlierTest,
    Step,
    Transform,
    Treatment,
    Winsorise,
    WinsorisePercentiles,
    WinsoriseSpread,
)

Function = Callable[[Numbers], Numbers]
LEAST_TESTED = 4
ROOM = 0.01
"""Share of the range by which COINr's logarithm keeps off zero."""


def transform(rule: Transform | None) -> Function:
    """The fixed function; not-a-number where it is not defined."""
    if rule is None or rule.method == "none":
        return _same
    inner: dict[str, Function] = {
        "log": np.log,
        "log10": np.log10,
        "log1p": np.log1p,
        "square_root": np.sqrt,
        "power": lambda x: np.power(x, rule.exponent),
        "reciprocal": lambda x: rule.factor / x,
        "logit": lambda x: np.log(x / (1 - x)),
        "exponential": np.exp,
        "absolute": np.abs,
    }
    function, factor = inner[rule.method], 1.0 if rule.method == "reciprocal" else rule.factor
    return lambda x: _defined(function, x * factor + rule.offset)


def _defined(function: Function, values: Numbers) -> Numbers:
    with np.errstate(all="ignore"):
        found = function(np.asarray(values, dtype=float))
    return np.where(np.isfinite(found), found, np.nan)


def skew(x: Numbers) -> float:
    """Skewness of the values without gaps; not a number for fewer than three, or where all are equal."""
    n = len(x)
    d = x - x.mean() if n else x
    if n < 3 or not (d**2).sum() > 0:
        return float("nan")
    return float(np.sqrt(n) * (d**3).sum() / (d**2).sum() ** 1.5 * np.sqrt(n * (n - 1)) / (n - 2))


def kurtosis(x: Numbers) -> float:
    """Excess kurtosis; not a number for fewer than four values, or where all are equal."""
    n = len(x)
    d = x - x.mean() if n else x
    if n < LEAST_TESTED or not (d**2).sum() > 0:
        return float("nan")
    r = n * (d**4).sum() / (d**2).sum() ** 2
    return float(((n + 1) * (r - 3) + 6) * (n - 1) / ((n - 2) * (n - 3)))


def passes(x: Numbers, test: OutlierTest) -> bool:
    """Whether a distribution is in order; too few values, or equal ones, have no outliers."""
    known = x[~np.isnan(x)]
    tests = [
        not abs(statistic(known)) >= limit if statistic is skew else not statistic(known) >= limit
        for statistic, limit in ((skew, test.skew), (kurtosis, test.kurtosis))
        if limit is not None
    ]
    return any(tests) if test.passes == "either" else all(tests)


@dataclass(frozen=True, slots=True)
class Cut:
    """Values beyond two ends take the end."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Treated:
    """A treatment as it came out on some values: what it does to these and to others, step by step."""

    parts: tuple[Cut | Function, ...] = ()
    steps: tuple[str, ...] = ()
    """Names of the steps that were taken; none where the test was passed without them."""
    is_passed: bool = True

    def apply(self, values: Numbers, *, cut: bool = True) -> Numbers:
        """Values after all steps; `cut`: also those that hold extreme values at an end."""
        for part in self.parts:
            if isinstance(part, Cut):
                values = np.clip(values, part.low, part.high) if cut else values
            else:
                values = part(values)
        return values

    def function(self, values: Numbers) -> Numbers:
        """What goalposts go through to stay comparable with the values."""
        return self.apply(values, cut=False)


def treated(table: Table, code: str, values: Numbers, rule: Treatment | None) -> tuple[Numbers, Function]:
    """Values after the treatment, and the function that goalposts go through to stay comparable with them."""
    fitted = treatment_of(values, rule)
    if not fitted.is_passed:
        table.say("test-not-passed", code)
    if not fitted.parts:
        return values, _same
    found = fitted.apply(values)
    undefined = np.isnan(found) & ~np.isnan(values)
    table.say_of("not-positive", code, undefined, values, function="its treatment")
    return found, fitted.function


def treatment_of(values: Numbers, rule: Treatment | None) -> Treated:
    """The treatment of some values: one step after the other until the test is passed; all of them where there is no test."""
    if rule is None or not rule.steps or np.isnan(values).all():
        return Treated()
    if rule.test is None:
        return _all_steps(values, rule.steps, None)
    if passes(values, rule.test):
        return Treated()
    for number, step in enumerate(rule.steps):
        tried = rule.steps[: number + 1] if rule.combine else (step,)
        found = _all_steps(values, tried, rule.test)
        if passes(found.apply(values), rule.test):
            return found
    return replace(found, is_passed=False)


def _same(x: Numbers) -> Numbers:
    return x


def _all_steps(values: Numbers, steps: tuple[Step, ...], test: OutlierTest | None) -> Treated:
    parts: list[Cut | Function] = []
    for step in steps:
        if np.isnan(values).all():
            break
        part: Cut | Function
        if isinstance(step, LogForm):
            part = _logarithm(values, step)
        elif isinstance(step, BoxCox):
            part = _box_cox(values, step)
        else:
            part = _winsorised(values, step, test)
        parts.append(part)
        values = Treated((part,)).apply(values)
    return Treated(tuple(parts), tuple(step.method for step in steps))


def _winsorised(values: Numbers, step: Step, test: OutlierTest | None) -> Cut:
    if isinstance(step, Winsorise):
        held = _point_by_point(values, step.points, test or OutlierTest())
        return Cut(float(np.nanmin(held)), float(np.nanmax(held)))
    if isinstance(step, WinsorisePercentiles):
        low, high = np.nanpercentile(values, step.percentiles)
    elif isinstance(step, WinsoriseSpread) and step.method == "winsorise_iqr":
        first, third = np.nanpercentile(values, [25, 75])
        low, high = first - step.width * (third - first), third + step.width * (third - first)
    else:
        known = values[~np.isnan(values)]
        spread = step.width * known.std(ddof=1) if len(known) > 1 and isinstance(step, WinsoriseSpread) else 0.0
        low, high = (known.mean() - spread, known.mean() + spread) if spread else (known.min(), known.max())
    return Cut(float(low), float(high))


def _point_by_point(values: Numbers, points: int, test: OutlierTest) -> Numbers:
    """The extreme value on the side of the skew takes the next one, ties together, until the test is passed."""
    x, at_top, at_bottom = values.copy(), 0, 0
    while not passes(x, test) and at_top + at_bottom < points:
        is_high = skew(x[~np.isnan(x)]) >= 0
        extreme = np.nanmax(x) if is_high else np.nanmin(x)
        at = x == extreme
        rest = x[~at & ~np.isnan(x)]
        x[at] = rest.max() if is_high else rest.min()
        at_top, at_bottom = (int(at.sum()), at_bottom) if is_high else (at_top, int(at.sum()))
    return x


def _logarithm(values: Numbers, step: LogForm) -> Function:
    """The function of these values. GII's turns values round where none is above 1: there it is not defined."""
    low, high = np.nanmin(values), np.nanmax(values)
    if step.method == "gii_log" and not high > 1:
        return lambda x: np.full_like(x, np.nan)
    room = ROOM * (high - low)
    is_mirrored = skew(values[~np.isnan(values)]) < 0
    forms: dict[str, Function] = {
        "log": np.log,
        "coin_log": (lambda x: -np.log(high + room - x)) if is_mirrored else (lambda x: np.log(x - low + room)),
        "coin_log_original": lambda x: np.log(x - low + 1),
        "gii_log": lambda x: np.log((high - 1) * (x - low) / (high - low) + 1),
    }
    function = forms[step.method]
    return lambda x: _defined(function, x)


def _box_cox(values: Numbers, step: BoxCox) -> Function:
    low = np.nanmin(values)

    def shifted(x: Numbers) -> Numbers:
        return x - low + 1 if step.shift else x

    power = step.power
    if power is None:
        from scipy.stats import boxcox_normmax

        known = shifted(values[~np.isnan(values)])
        usable = known.min() > 0 and known.min() < known.max()
        power = float(boxcox_normmax(known, method="mle")) if usable else 1.0

    def function(x: Numbers) -> Numbers:
        positive = np.where(shifted(x) > 0, shifted(x), np.nan)
        return np.log(positive) if power == 0 else (positive**power - 1) / power

    return lambda x: _defined(function, x)
