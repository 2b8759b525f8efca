"""The leaves of a tree on both sides of a change, each by the tree's own rule for it.

A leaf normalised by the register moves as an indicator of a two-level method does. One with a rule of its own, which may bend,
is divided in the indicator's unit; each part has the same share of what the leaf moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from idtracker.analyse.change.cells import Basis, Cell, Moved, Scale, moves_of
from idtracker.analyse.change.game import PANEL, Leaf
from idtracker.analyse.change.leaf import (
    Cells,
    Measure,
    Measured,
    NodeContext,
    Pair,
    PanelState,
    Scales,
    Side,
    between_goalposts,
    changed_between,
    leaf_of,
)
from idtracker.analyse.index.leaves import scaled
from idtracker.model.composite import normalisation as ways
from idtracker.model.composite.definition import Index, IndicatorRules
from idtracker.model.composite.reach import is_divisible_leaf


@dataclass(frozen=True, slots=True)
class TreeLeaf:
    """A leaf, and its score on either side as the tree reads it (None without one)."""

    leaf: Leaf
    scores: tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Counted:
    """A node of a tree, and the leaves below it that are expected on one side at least, by their code."""

    index: Index
    node: str
    leaves: Mapping[str, TreeLeaf]
    contexts: tuple[Mapping[str, NodeContext], Mapping[str, NodeContext]] = ({}, {})
    """Of the nodes that look across places, on either side."""


def counted_by(index: Index, node: str, sides: Pair, basis: Basis) -> Counted:
    """What one tree counts of both sides."""
    leaves = {}
    for code in dict.fromkeys(index.hierarchy.below(node)):
        indicator, rules = index.column_of(code), index.rules_of(code)
        if not any(indicator in side.expected for side in sides):
            continue
        is_own = not isinstance(rules.normalise, ways.OfRegister)
        in_panel = not is_divisible_leaf(index, code)
        is_own = is_own or in_panel
        measure = _in_panel(code) if in_panel else _by_rule(code, rules) if is_own else between_goalposts
        leaf = leaf_of(*sides, "", indicator, basis, measure)
        scores = (leaf.before.position, leaf.after.position) if is_own else _scores(sides, indicator)
        states = [
            state._replace(position=None if score is None else state.position)
            for state, score in zip((leaf.before, leaf.after), scores, strict=True)
        ]
        leaves[code] = TreeLeaf(replace(leaf, before=states[0], after=states[1]), scores)
    before, after = (_at_and_below(index, node, side.contexts) for side in sides)
    return Counted(index, node, leaves, (before, after))


def _at_and_below(index: Index, node: str, contexts: Mapping[str, NodeContext]) -> dict[str, NodeContext]:
    return {code: one for code, one in contexts.items() if node in index.hierarchy.at_and_above(code)}


def _scores(sides: Pair, indicator: str) -> tuple[float | None, float | None]:
    cells = [side.cells.get(indicator) if indicator in side.expected else None for side in sides]
    before, after = (None if cell is None or np.isnan(cell.score) else cell.score for cell in cells)
    return before, after


def _by_rule(code: str, rules: IndicatorRules) -> Measure:
    """Scores of both cells by a rule of the tree, and what moved them."""

    def measured(sides: Pair, cells: Cells, scales: Scales, basis: Basis) -> Measured:
        scores = [
            None if cell is None else _score(code, _divided(cell.value, rules, side), rules)
            for cell, side in zip(cells, sides, strict=True)
        ]
        (old, new), (before, after) = scores, cells
        if old is None or new is None or before is None or after is None or old == new:
            return scores, {}
        moved = {key: part for key, part in _raw_moves(before, after, sides, basis).items() if part}
        total = sum(moved.values())
        if abs(total) <= 1e-12 * max(map(abs, moved.values()), default=1.0):
            return scores, {("NEW_DATA" if basis == "PERIOD" else "REVISION", ""): new - old}
        return scores, {key: part / total * (new - old) for key, part in moved.items()}

    return measured


def _in_panel(code: str) -> Measure:
    """Scores of a leaf that rests on more than its cell. Of its own value it has the mean of what the value does among the others before and
    among those after; the rest is theirs. What is filled in on one side alone comes in or drops out."""

    def measured(sides: Pair, cells: Cells, scales: Scales, basis: Basis) -> Measured:
        states = [side.panel.get(code) for side in sides]
        scores = [None if state is None else state.score for state in states]
        (old, new), (one, other), (before, after) = scores, states, cells
        if old is None or new is None or one is None or other is None or old == new:
            return scores, {}
        if one.is_imputed or other.is_imputed or before is None or after is None:
            return scores, {(PANEL if one.is_imputed == other.is_imputed else "COVERAGE", ""): new - old}
        own = _own_part(one, other)
        raw = {key: part for key, part in _raw_moves(before, after, sides, basis).items() if part}
        total = sum(raw.values())
        if abs(total) <= 1e-12 * max(map(abs, raw.values()), default=1.0):
            moved = {("NEW_DATA" if basis == "PERIOD" else "REVISION", ""): own}
        else:
            moved = {key: part / total * own for key, part in raw.items()}
        rest = new - old - own
        kept = {key: part for key, part in (*moved.items(), ((PANEL, ""), rest)) if abs(part) > 1e-12}
        return scores, kept or {(PANEL, ""): new - old}

    return measured


def _own_part(one: PanelState, other: PanelState) -> float:
    """What the place's own value did."""
    if one.value is None or other.value is None or one.value == other.value or one.score is None or other.score is None:
        return 0.0
    early, late = one.onto(other.value), other.onto(one.value)
    parts = [early - one.score] if early is not None else []
    parts += [other.score - late] if late is not None else []
    return sum(parts) / len(parts) if parts else 0.0


def _divided(value: float, rules: IndicatorRules, side: Side) -> float:
    rule = rules.denominator
    if rule is None:
        return value
    below = side.figures.get(rule.column, np.nan)
    return value * rule.per / below if below > 0 else np.nan


def _score(code: str, value: float, rules: IndicatorRules) -> float | None:
    found = float(scaled(code, np.array([value]), rules)[0])
    return None if np.isnan(found) else found


def _raw_moves(before: Cell, after: Cell, sides: Pair, basis: Basis) -> Moved:
    """What moved the value, in shares of a scale that holds all values behind it."""
    parts = [cell for whole in (before, after) for cell in (whole, *whole.governorates.values())]
    low, high = min(cell.value for cell in parts), max(cell.value for cell in parts)
    wide = Scale(low, (high - low) or 1.0, 1)
    changed = changed_between(sides, basis, (wide, wide))
    if "NATIONAL_SUM" not in (before.made, after.made):
        old, new = (replace(cell, score=wide.position(cell.value)) for cell in (before, after))
        return moves_of(old, new, changed)
    moved: Moved = {}
    for place in sorted({*before.governorates, *after.governorates}):
        one, other = before.governorates.get(place), after.governorates.get(place)
        if one is not None and other is not None:
            old, new = (replace(cell, score=wide.position(cell.value)) for cell in (one, other))
            own = moves_of(old, new, changed)
        else:
            cell = one or other
            points = (-1 if other is None else 1) * 100 * (cell.value if cell else 0.0) / wide.width
            shares = (cell.organisations() if cell else {}) or {"": 1.0}
            own = {("COVERAGE", org): points * share for org, share in shares.items()}
        for key, points in own.items():
            moved[key] = moved.get(key, 0.0) + points
    return moved
