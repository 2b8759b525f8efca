"""What the score of a place rests on beyond its own cell of a quarter: other places, other quarters, other indicators."""

from __future__ import annotations

from dataclasses import dataclass

from idtracker.model.composite import normalisation as ways
from idtracker.model.composite.definition import Index, IndicatorRules
from idtracker.model.composite.preparation import Missing

OF_REGISTER = ("population", "area_km2")
"""Figures of the register of places that a value may be divided by."""
OF_UNITS = ("mean", "median", "group_mean", "group_median", "neighbours")
"""Fillings that take the values of other units."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Of one leaf. `is_across`: its value follows from the other places of the quarter too."""

    is_across: bool = False
    reference: tuple[str, str] | None = None
    """First and last quarter that make its statistics."""
    back: int = 0
    """How many quarters a value may come from before its own."""
    is_near: bool = False
    """Gaps are filled from places that are alike in all other indicators of the tree."""
    place: str | None = None
    """The one place that all are held against, which may be the country."""

    @property
    def is_local(self) -> bool:
        return not (self.is_across or self.reference or self.back)


def reach_of(rules: IndicatorRules) -> Reach:
    """What a leaf with these rules rests on."""
    filling = _filling(rules.missing)
    reference = getattr(rules.normalise, "reference_periods", None)
    carried = rules.missing is not None and rules.missing.method == "carried"
    return Reach(
        _looks_across(rules.normalise) or bool(rules.treatment and rules.treatment.steps) or filling in OF_UNITS,
        reference,
        (rules.missing.periods or 0) if carried and rules.missing is not None else 0,
        filling == "neighbours",
        getattr(rules.normalise, "unit", None),
    )


def _filling(rule: Missing | None) -> str:
    return "none" if rule is None else rule.method


def _looks_across(way: object) -> bool:
    """Whether the values of other units decide about the scale."""
    if isinstance(way, ways.DistanceToTarget):
        return way.worst is None
    if isinstance(way, ways.Bins):
        return way.percentiles
    return isinstance(way, ways.FromUnits | ways.DistanceToReference)


def reaches_of(index: Index) -> dict[str, Reach]:
    """Of every leaf."""
    return {code: reach_of(index.rules_of(code)) for code in index.indicators}


def whole_reach(index: Index) -> Reach:
    """Of the tree: as far as any of its leaves."""
    found = reaches_of(index).values()
    stated = [reach.reference for reach in found if reach.reference]
    reference = (min(r[0] for r in stated), max(r[1] for r in stated)) if stated else None
    return Reach(any(r.is_across for r in found), reference, max(r.back for r in found), any(r.is_near for r in found))


def is_treated_alone(index: Index, code: str) -> bool:
    """Whether a leaf is what a cell says by a rule of its own, without statistics, fillings or other places."""
    rules = index.rules_of(code)
    return reach_of(rules).is_local and _filling(rules.missing) == "none"


def is_of_own_cells(index: Index) -> bool:
    """Whether every leaf follows from the cell of its own place and quarter alone."""
    return all(is_treated_alone(index, c) and index.rules_of(c).denominator is None for c in index.indicators)


def divisors_of(index: Index) -> tuple[str, ...]:
    """Columns of the register of places that leaves are divided by."""
    below = {rule.column for code in index.indicators if (rule := index.rules_of(code).denominator)}
    return tuple(name for name in OF_REGISTER if name in below)


def is_divisible_leaf(index: Index, code: str) -> bool:
    """Whether a leaf follows from its cell, at most per a figure of the register."""
    rule = index.rules_of(code).denominator
    return is_treated_alone(index, code) and (rule is None or rule.column in OF_REGISTER)


def is_divisible(index: Index) -> bool:
    """Whether every leaf of a tree does."""
    return all(is_divisible_leaf(index, code) for code in index.indicators)


def columns_of(index: Index) -> list[str]:
    """Indicators of the register that the leaves read, and those that they are divided by, sorted."""
    below = [rule.column for code in index.indicators if (rule := index.rules_of(code).denominator)]
    read = [index.column_of(code) for code in index.indicators]
    return sorted({*read, *(name for name in below if name not in OF_REGISTER)})
