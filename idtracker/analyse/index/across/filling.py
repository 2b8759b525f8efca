"""What stands in for the gaps of one panel, and how far it may be off.

A filled value is as uncertain as another place among those that it was taken of: their standard deviation times sqrt(1 + 1/n), and
no less than their own errors. Where the values that stand behind it do not differ, or are one alone, the deviation of all places
of the panel counts; where that says nothing either, or a value is stated, anything on the scale is possible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from idtracker.analyse.composite.imputation import nearest
from idtracker.analyse.composite.stage import Flags, Numbers
from idtracker.model.composite.preparation import Missing


@dataclass(frozen=True, slots=True)
class Filling:
    """Gap (place of a unit) -> the units whose values it takes. `is_median`: the median of them, else the mean."""

    donors: Mapping[int, tuple[int, ...]]
    is_median: bool = False
    stated: float | None = None
    """A value that stands in every gap."""
    gaps: tuple[int, ...] = ()

    def fill(self, values: Numbers) -> Numbers:
        """Values with the gaps filled; draws stand before the last axis."""
        if not self.gaps:
            return values
        found = values.copy()
        for gap, own in self.donors.items():
            found[..., gap] = (np.median if self.is_median else np.mean)(values[..., list(own)], axis=-1)
        if self.stated is not None:
            found[..., list(self.gaps)] = self.stated
        return found

    def spread(self, values: Numbers, errors: Numbers, basis: Flags) -> dict[int, float]:
        """Standard error of each filled value, in the unit of the values; not a number where nothing tells it."""
        whole = _deviation(values[basis & np.isfinite(values)])
        found: dict[int, float] = {}
        for gap in self.filled:
            own = [n for n in self.donors.get(gap, ()) if np.isfinite(values[n])]
            known = _deviation(values[own]) if len(own) > 1 else np.nan
            known = known if known > 0 else whole
            if self.stated is not None or not own or not known > 0:
                found[gap] = np.nan
                continue
            least = np.nan_to_num(errors[own])
            size = max(known**2, float(np.mean(np.where(np.isfinite(least), least, 0.0) ** 2)))
            found[gap] = float(np.sqrt(size * (1 + 1 / len(own))))
        return found

    @property
    def filled(self) -> tuple[int, ...]:
        """Gaps that something stands in."""
        return self.gaps if self.stated is not None else tuple(self.donors)


def _deviation(values: Numbers) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else np.nan


NOTHING = Filling({})


def filling_of(
    rule: Missing | None, values: Numbers, gaps: Flags, members: Flags, others: Numbers, groups: tuple[Flags, ...]
) -> Filling:
    """How the gaps of one panel are filled: those of the country only by a stated value, since it is no place among others.

    `others` are the other indicators of the tree, units by indicators; `groups` the units of each group.
    """
    if rule is None or rule.method in ("none", "carried") or not gaps.any():
        return NOTHING
    if rule.method == "value":
        return Filling({}, stated=float(rule.value or 0.0), gaps=tuple(np.flatnonzero(gaps).tolist()))
    asked = np.flatnonzero(gaps & members)
    known = members & np.isfinite(values)
    if rule.method == "neighbours":
        donors = _near(values, members, gaps, others, rule.neighbours)
    else:
        within = groups if rule.method.startswith("group_") else (members,)
        donors = {
            int(gap): tuple(np.flatnonzero(rows & known).tolist()) for rows in within for gap in asked if rows[gap]
        }
    found = {gap: donors[gap] for gap in sorted(donors) if donors[gap]}
    return Filling(found, rule.method.endswith("median"), gaps=tuple(asked.tolist()))


def _near(values: Numbers, members: Flags, gaps: Flags, others: Numbers, count: int) -> dict[int, tuple[int, ...]]:
    """Of each gap the nearest members by their other indicators."""
    rows = np.flatnonzero(members)
    own = np.where(np.isfinite(values[rows]), values[rows], np.nan)
    known = rows[~np.isnan(own)]
    at, near = nearest(own, others[rows], count)
    return {
        int(rows[gap]): tuple(known[flags].tolist())
        for gap, flags in zip(at, near, strict=True)
        if gaps[rows[gap]] and flags.any()
    }
