"""Merged cells -> leaves of a tree: each indicator's value and error on the scale from 0 to 100."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from idtracker.analyse.composite.findings import Finding
from idtracker.analyse.composite.stage import Flags, Numbers
from idtracker.analyse.index.across.scales import SPAN
from idtracker.analyse.index.leaf_rules import scaled, without_ends
from idtracker.model.composite import normalisation as ways
from idtracker.model.composite.definition import IndicatorRules

__all__ = ["FIGURES", "SPAN", "Figures", "Leaves", "leaf_alone", "scaled"]
FIGURES = ("score", "error", "value", "standard_error")
Figures = Mapping[str, Mapping[str, Numbers]]
"""Figures of FIGURES by indicator, one for each unit."""


@dataclass(frozen=True, slots=True)
class Leaves:
    """Every leaf of some units. `imputed`: nobody reported the value; `findings` say what is empty or at an end, and why."""

    values: dict[str, Numbers]
    errors: dict[str, Numbers]
    imputed: dict[str, Flags] = field(default_factory=dict)
    """Of leaves that fill gaps."""
    carried: dict[str, Flags] = field(default_factory=dict)
    """Of those, where the value is the place's own of an earlier quarter."""
    findings: tuple[Finding, ...] = ()

    def of(self, rows: slice | npt.NDArray[np.intp]) -> Leaves:
        """The same of some of the units."""
        values, errors, imputed, carried = (
            {code: column[rows] for code, column in part.items()}
            for part in (self.values, self.errors, self.imputed, self.carried)
        )
        return Leaves(values, errors, imputed, carried, self.findings)  # type: ignore[arg-type]

    def reported(self, code: str) -> Numbers:
        """Values of a leaf, not a number where nothing was reported."""
        values = self.values[code]
        return np.where(self.imputed[code], np.nan, values) if code in self.imputed else values


def leaf_alone(code: str, rules: IndicatorRules, cell: Mapping[str, Numbers]) -> tuple[Numbers, Numbers]:
    """Value and standard error of a leaf that looks at no other unit, one for each of them; `cell` has FIGURES.

    A leaf that is normalised by the register takes both from its cell. One with a rule of its own takes them from the cell's
    value: its error is the larger of what a standard error up or down changes, ends, limits and rounding left aside, so that a value beyond
    a goalpost is no surer than one inside. Where a standard error leads out of what a transformation is defined for (a logarithm of
    zero), it is the whole scale.
    """
    if isinstance(rules.normalise, ways.OfRegister):
        return cell["score"], cell["error"]
    value, error = cell["value"], cell["standard_error"]
    values = scaled(code, value, rules)
    open_ended = without_ends(rules)
    middle = scaled(code, value, open_ended)
    with np.errstate(invalid="ignore"):
        moved = [np.abs(scaled(code, value + side * error, open_ended) - middle) for side in (1, -1)]
    is_known = np.isfinite(value) & np.isfinite(error) & ~np.isnan(values)
    return values, np.fmax(*(np.where(is_known & ~np.isfinite(part), SPAN, part) for part in moved))
