"""Intervals of a share and of the difference of two figures, and what may be said of a change by them."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

Basis = Literal["STATED", "COUNTS", "NONE"]
Z90 = 1.6448536269514722
"""Two-sided 90 % of a normal distribution, as every interval of a metric is."""
SMALLEST = 1e-9
"""Differences below this are rounding."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its interval, and the counts that it is a share of, where it has them. A share is in the unit of `value`."""

    value: float
    lower: float | None = None
    upper: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    n: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A difference with its interval, None where there is no interval, and what that rests on."""

    change: float
    lower: float | None
    upper: float | None
    basis: Basis


def wilson(count: float, total: float) -> tuple[float, float]:
    """The 90 % score interval of a share of independent units, 0 to 1 (Wilson 1927). `total` is above 0."""
    share, z2 = count / total, Z90 * Z90
    middle, width = share + z2 / (2 * total), Z90 * sqrt(share * (1 - share) / total + z2 / (4 * total * total))
    return max(0.0, (middle - width) / (1 + z2 / total)), min(1.0, (middle + width) / (1 + z2 / total))


def newcombe(now: tuple[float, float], then: tuple[float, float]) -> tuple[float, float]:
    """The 90 % interval of the difference of two shares, each (count, total), 0 to 1 (Newcombe 1998, method 10).

    Where the same units are counted both times, shares tend to move together and the interval is wider than it need be.
    """
    (low, high), (low_then, high_then) = wilson(*now), wilson(*then)
    share, share_then = now[0] / now[1], then[0] / then[1]
    difference = share - share_then
    return (
        difference - sqrt((share - low) ** 2 + (high_then - share_then) ** 2),
        difference + sqrt((high - share) ** 2 + (share_then - low_then) ** 2),
    )


def change_of(now: Figure, then: Figure, by_counts: bool) -> Change:
    """The change from one figure to another.

    Where both state an interval or a range, the interval is the widest that these allow: they may be ranges, and they may be
    dependent. Else, `by_counts`, that of two shares. Else there is none.
    """
    difference = now.value - then.value
    if now.lower is not None and now.upper is not None and then.lower is not None and then.upper is not None:
        return Change(difference, now.lower - then.upper, now.upper - then.lower, "STATED")
    scale = _scale(now) if by_counts and _scale(now) == _scale(then) else None
    counted = _counts(now), _counts(then)
    if scale is None or counted[0] is None or counted[1] is None:
        return Change(difference, None, None, "NONE")
    lower, upper = newcombe(counted[0], counted[1])
    return Change(difference, scale * lower, scale * upper, "COUNTS")


def stated_change(figure: Figure) -> Change:
    """A figure that is itself a change."""
    has_both = figure.lower is not None and figure.upper is not None
    return (
        Change(figure.value, figure.lower, figure.upper, "STATED")
        if has_both
        else Change(figure.value, None, None, "NONE")
    )


def direction_of(change: Change, better: str) -> str:
    """What may be said of a change (codelist framework_direction); `better` is `higher`, `lower` or `none`."""
    if better == "none":
        return "NOT_JUDGED"
    if change.lower is None or change.upper is None:
        return "NO_INTERVAL"
    if change.lower > SMALLEST or change.upper < -SMALLEST:
        return "BETTER" if (change.lower > 0) == (better == "higher") else "WORSE"
    is_exact = max(abs(change.lower), abs(change.upper)) <= SMALLEST
    return "UNCHANGED" if is_exact else "NOT_DISTINGUISHABLE"


def point_direction_of(change: Change, better: str) -> str | None:
    """Which way the bare figures differ; None where neither way is better."""
    if better == "none":
        return None
    if abs(change.change) <= SMALLEST:
        return "UNCHANGED"
    return "BETTER" if (change.change > 0) == (better == "higher") else "WORSE"


def _counts(figure: Figure) -> tuple[float, float] | None:
    """Count and total of a share of whole units, one each; None of any other figure."""
    count, total = figure.numerator, figure.denominator
    if count is None or total is None or total <= 0 or total != figure.n or count != int(count):
        return None
    return (count, total) if 0 <= count <= total else None


def _scale(figure: Figure) -> float | None:
    """What a share is multiplied by to be the value, 100 or 1; None where the value is no share of its counts."""
    counted = _counts(figure)
    if counted is None:
        return None
    share = counted[0] / counted[1]
    return next((scale for scale in (100.0, 1.0) if abs(scale * share - figure.value) < 1e-6), None)
