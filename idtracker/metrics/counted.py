"""What a metric function hands back: a figure together with the units it was counted from and the rows behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

PROGRAMME = "programme"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Rows of one table behind the units: column `unit` names the unit, `show` the columns that tell a row apart."""

    table: str
    rows: pd.DataFrame
    show: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """One figure of a metric for one scope and quarter.

    `units` has one row per unit with `unit` (its name) and `counts` (whether it is in the numerator). `value` is None
    where the figure is mathematically undefined; a share is a ratio here, also where it is published in %. `n` is
    the number of units, `base` the number that is compared with the minimum denominator (default n).
    """

    measure: str
    units: pd.DataFrame
    value: float | None
    numerator: float | None
    denominator: float | None
    n: int
    scope: str = PROGRAMME
    base: int | None = None
    minimum: int | None = None
    evidence: Sequence[Evidence] = field(default=())

    def reason(self, minimum: int) -> str | None:
        """Why the value is not published (codelist suppression_reason), or None."""
        least = minimum if self.minimum is None else self.minimum
        if self.n == 0:
            return "no_units"
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
) -> Counted:
    """The (weighted) share of the units that count. Undefined where the weights sum to nothing."""
    weights = units[weight].astype("float64") if weight else pd.Series(1.0, index=units.index)
    numerator, denominator = float(weights[units["counts"]].sum()), float(weights.sum())
    value = numerator / denominator if denominator > 0 else None
    return Counted(measure, units, value, numerator, denominator, len(units), scope=scope, evidence=evidence)


def figure(
    measure: str,
    value: float | None,
    units: pd.DataFrame,
    *,
    numerator: float | None = None,
    denominator: float | None = None,
    n: int | None = None,
    base: int | None = None,
    minimum: int | None = None,
    scope: str = PROGRAMME,
    evidence: Sequence[Evidence] = (),
) -> Counted:
    """A figure that is not a share; `n` defaults to the number of units."""
    units = units if "counts" in units else units.assign(counts=True)
    count = len(units) if n is None else n
    return Counted(measure, units, value, numerator, denominator, count, scope, base, minimum, evidence)


def by_place(units: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The scopes `place=…` of units that have a column `place_id`, in order, each with its units."""
    return [(f"place={place}", group) for place, group in units.groupby("place_id", sort=True)]
