"""What the score of a place rests on beyond its own cell of a quarter: other places, other quarters, other indicators."""

from __future__ import annotations

from dataclasses import dataclass, replace

from idtracker.model.composite import normalisation as ways
from idtracker.model.composite.definition import Index, IndicatorRules
from idtracker.model.composite.node import FROM_DATA
from idtracker.model.composite.preparation import Missing
from idtracker.model.composite.tree import TreeNode

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


def rules_of_node(node: TreeNode) -> IndicatorRules:
    """What is done to a node's aggregated value, as the rules of a leaf that has it as its value."""
    rules = node.rules
    return IndicatorRules.model_construct(
        transform=rules.transform, normalise=rules.normalise, direction=rules.direction, round=rules.round
    )


def has_own_scale(node: TreeNode) -> bool:
    """Whether a node's value is transformed or normalised before its parent reads it."""
    return node.rules.transform is not None or node.rules.normalise is not None


def has_weights_from_data(node: TreeNode) -> bool:
    """Whether a node's weights are worked out from the values of its children in all places."""
    return node.weights is None and node.rules.weights in FROM_DATA


def is_wide_node(node: TreeNode) -> bool:
    """Whether the other places of the quarter decide about a node beside its children."""
    return has_weights_from_data(node) or _looks_across(node.rules.normalise)


def has_wide_nodes(index: Index) -> bool:
    """Whether any node of a tree looks at the other places of the quarter."""
    return any(is_wide_node(node) for node in index.hierarchy.nodes.values())


def reaches_at(index: Index, code: str) -> dict[str, Reach]:
    """How far the cells of a leaf go: into its own value (`""`), and through each node above it that looks across places, by its code."""
    own, tree = reach_of(index.rules_of(code)), index.hierarchy
    above = [node for node in tree.nodes.values() if is_wide_node(node) and code in tree.below(node.code)]
    further = {n.code: replace(own, is_across=True, place=getattr(n.rules.normalise, "unit", None)) for n in above}
    return {"": own, **further}


def whole_reach(index: Index) -> Reach:
    """Of the tree: as far as any of its leaves, through whatever node."""
    found = [reach for code in index.indicators for reach in reaches_at(index, code).values()]
    stated = [reach.reference for reach in found if reach.reference]
    reference = (min(r[0] for r in stated), max(r[1] for r in stated)) if stated else None
    return Reach(any(r.is_across for r in found), reference, max(r.back for r in found), any(r.is_near for r in found))


def is_treated_alone(index: Index, code: str) -> bool:
    """Whether a leaf is what a cell says by a rule of its own, without statistics, fillings or other places."""
    rules = index.rules_of(code)
    return reach_of(rules).is_local and _filling(rules.missing) == "none"


def is_of_own_cells(index: Index) -> bool:
    """Whether every leaf, and every node, follows from the cells of its own place and quarter alone."""
    is_alone = all(is_treated_alone(index, c) and index.rules_of(c).denominator is None for c in index.indicators)
    return is_alone and not has_wide_nodes(index)


def divisors_of(index: Index) -> tuple[str, ...]:
    """Columns of the register of places that leaves are divided by."""
    below = {rule.column for code in index.indicators if (rule := index.rules_of(code).denominator)}
    return tuple(name for name in OF_REGISTER if name in below)


def is_divisible_leaf(index: Index, code: str) -> bool:
    """Whether a leaf follows from its cell, at most per a figure of the register."""
    rule = index.rules_of(code).denominator
    return is_treated_alone(index, code) and (rule is None or rule.column in OF_REGISTER)


def is_divisible(index: Index) -> bool:
    """Whether every leaf of a tree does, and no node looks at other places."""
    return all(is_divisible_leaf(index, code) for code in index.indicators) and not has_wide_nodes(index)


def columns_of(index: Index) -> list[str]:
    """Indicators of the register that the leaves read, and those that they are divided by, sorted."""
    below = [rule.column for code in index.indicators if (rule := index.rules_of(code).denominator)]
    read = [index.column_of(code) for code in index.indicators]
    return sorted({*read, *(name for name in below if name not in OF_REGISTER)})
