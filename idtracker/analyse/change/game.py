"""The score of a node as a function of which changes have happened: the tracker's own aggregation, vectorised over coalitions.

An intermediate state may have too little for a score. Coverage decides whether a score is shown, so that of the node
itself is not asked in between; that of a dimension is, because it changes the whole. Where no dimension is covered all of
them count, and where nothing at all is left, the score before stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from idtracker.analyse.change.shapley import Bools, Floats
from idtracker.analyse.composite.aggregation import two_level_mean
from idtracker.model.methods.aggregations import TwoLevelAggregation

CAUSES = ("NEW_DATA", "REVISION", "CARRIED", "COVERAGE", "METHOD", "JUDGEMENT", "REFERENCE", "BREAK", "PANEL")
METHOD, REFERENCE, BREAK, PANEL = "METHOD", "REFERENCE", "BREAK", "PANEL"
_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Rules:
    """What a method says of aggregation: weights of the dimensions (one alone where a dimension is the node), means, coverage."""

    weights: Mapping[str, float]
    within: TwoLevelAggregation
    across: TwoLevelAggregation
    floor: float
    coverage: float


class State(NamedTuple):
    """An indicator on one side of a change; `position` is its place between the goalposts, unclipped, or None without a value."""

    weight: float
    is_expected: bool
    position: float | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """An indicator of a dimension before and after, with what moved it: points of position by cause and organisation.

    `came_by` is the cause for which a value appears or is gone, `expected_by` that for which it begins or ceases to be
    expected. A change of weight is one of reference data.
    """

    indicator_id: str
    dimension: str
    before: State
    after: State
    moved: Mapping[tuple[str, str], float] = field(default_factory=dict)
    came_by: str = "COVERAGE"
    expected_by: str = "COVERAGE"
    reporters: Mapping[str, float] = field(default_factory=dict)

    def causes(self) -> list[str]:
        """The causes that change anything of it."""
        if not self.moved and self.before == self.after:
            return []
        found = {cause for cause, _ in self.moved}
        if (self.before.position is None) != (self.after.position is None):
            found.add(self.came_by)
        if self.before.is_expected != self.after.is_expected:
            found.add(self.expected_by)
        if self.before.weight != self.after.weight:
            found.add(REFERENCE)
        return [cause for cause in CAUSES if cause in found]


class Game:
    """The leaves of a node and the rules of both sides. `causes` are those that are there, in the order of CAUSES."""

    def __init__(
        self, leaves: Sequence[Leaf], before: Rules, after: Rules, start: float, *, is_dimension: bool
    ) -> None:
        self.leaves, self.rules, self.start, self.is_dimension = tuple(leaves), (before, after), start, is_dimension
        self._causes = [leaf.causes() for leaf in leaves]
        there = {cause for causes in self._causes for cause in causes} | ({METHOD} if before != after else set())
        self.causes = [cause for cause in CAUSES if cause in there]
        self.dimensions = sorted({leaf.dimension for leaf in leaves})
        self._members = {d: [n for n, leaf in enumerate(leaves) if leaf.dimension == d] for d in self.dimensions}
        self._linear = {d: self._as_sum([leaves[n] for n in at]) for d, at in self._members.items()}

    def players(self, cause: str) -> dict[str, list[int]]:
        """Dimension -> which of its leaves (by their place in it) a cause changes."""
        found = {
            d: [n for n, leaf in enumerate(members) if cause in self._causes[leaf]]
            for d, members in self._members.items()
        }
        return {d: leaves for d, leaves in found.items() if leaves}

    def leaf(self, dimension: str, place: int) -> Leaf:
        """A leaf by its place in its dimension."""
        return self.leaves[self._members[dimension][place]]

    def size(self, dimension: str) -> int:
        """Leaves of a dimension."""
        return len(self._members[dimension])

    def points(self, dimension: str) -> Floats | None:
        """What each cause does through each leaf of a dimension that is a plain sum of them; None where it is not."""
        linear = self._linear[dimension]
        return None if linear is None else linear[1].reshape(-1, len(self.causes))

    def dimension_scores(self, dimension: str, on: Bools) -> Floats:
        """Scores of a dimension for coalitions: (2, N), in the first row empty where it is not covered, in the second nowhere but without values.

        `on` says which causes have acted on which leaf: (N, leaves of the dimension, causes).
        """
        linear = self._linear[dimension]
        if linear is not None:
            base, points, is_covered = linear
            loose = np.round(base + on.reshape(len(on), -1) @ points, _DECIMALS)
            return np.stack([loose if is_covered else np.full(len(on), np.nan), loose])
        leaves = [self.leaves[n] for n in self._members[dimension]]
        position, weight = leaf_inputs(leaves, on, self.causes)
        scores = self._mean_within(position, weight, self.rules[0])
        if METHOD not in self.causes:
            return scores
        acted = on[:, 0, self.causes.index(METHOD)]
        return np.where(acted, self._mean_within(position, weight, self.rules[1]), scores)

    def _as_sum(self, leaves: Sequence[Leaf]) -> tuple[float, Floats, bool] | None:
        """Score before, points of each leaf and cause in one row, and coverage, where the dimension is a plain sum; else None.

        It is where nothing but values within the goalposts moves: no weight, no value that comes or goes, no clipping.
        """
        rules = self.rules[0]
        if METHOD in self.causes or rules.within != "arithmetic" or not all(_is_plain(leaf) for leaf in leaves):
            return None
        expected = [leaf.before.weight if leaf.before.is_expected else 0.0 for leaf in leaves]
        there = [w if leaf.before.position is not None else 0.0 for w, leaf in zip(expected, leaves, strict=True)]
        total = sum(there)
        if total <= 0:
            return None
        base, points = 0.0, np.zeros((len(leaves), len(self.causes)))
        for n, (leaf, weight) in enumerate(zip(leaves, there, strict=True)):
            base += weight / total * min(max(leaf.before.position or 0.0, 0.0), 100.0)
            for (cause, _), moved in leaf.moved.items():
                points[n, self.causes.index(cause)] += weight / total * moved
        return base, points.ravel(), round(total / sum(expected), 12) >= round(rules.coverage, 12)

    def _mean_within(self, score: Floats, weight: Floats, rules: Rules) -> Floats:
        present = np.where(np.isnan(score), 0.0, weight)
        loose = _mean(score, present, rules.within, rules.floor)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = present.sum(axis=1) / weight.sum(axis=1)
        is_covered = np.round(share, 12) >= round(rules.coverage, 12)
        return np.stack([np.where(is_covered, loose, np.nan), loose])

    def whole(self, scores: Floats, acted: Bools) -> Floats:
        """The node's score from `scores` of its dimensions (2, N, dimensions); `acted` says where the method has changed."""
        covered, loose = scores
        none_covered = np.isnan(covered).all(axis=1)[:, None]
        chosen = loose if self.is_dimension else np.where(none_covered, loose, covered)
        different = self.rules[:1] if self.rules[0] == self.rules[1] else self.rules
        means = [
            _mean(chosen, self._dimension_weights(rules, chosen), rules.across, rules.floor) for rules in different
        ]
        values = means[0] if len(means) == 1 else np.where(acted, means[1], means[0])
        return np.where(np.isnan(values), self.start, values)

    def _dimension_weights(self, rules: Rules, scores: Floats) -> Floats:
        weights = np.array([rules.weights.get(d, 0.0) for d in self.dimensions])
        return np.where(np.isnan(scores), 0.0, weights)


def leaf_inputs(leaves: Sequence[Leaf], on: Bools, causes: Sequence[str]) -> tuple[Floats, Floats]:
    """Score (empty where there is no value) and expected weight of each leaf in each coalition: (N, leaves) of `on` (N, leaves, causes)."""
    place = {cause: n for n, cause in enumerate(causes)}
    position = np.empty(on.shape[:2])
    weight = np.empty(on.shape[:2])
    for n, leaf in enumerate(leaves):
        old, new = leaf.before, leaf.after
        acted = {cause: on[:, n, k] for cause, k in place.items()}
        never = np.zeros(len(on), dtype=bool)
        known = old.position if old.position is not None else new.position
        position[:, n] = np.nan if known is None else known
        for (cause, _), points in sorted(leaf.moved.items()):
            position[:, n] += np.where(acted[cause], points, 0.0)
        came = acted.get(leaf.came_by, never)
        is_there = np.where(came, new.position is not None, old.position is not None)
        position[~is_there, n] = np.nan
        turned, weighed = acted.get(leaf.expected_by, never), acted.get(REFERENCE, never)
        expected = np.where(turned, new.is_expected, old.is_expected)
        weight[:, n] = np.where(expected, np.where(weighed, new.weight, old.weight), 0.0)
    return np.clip(position, 0.0, 100.0), weight


def _is_plain(leaf: Leaf) -> bool:
    """Whether only the value moves, and never beyond a goalpost, whichever of its causes have acted."""
    old, new = leaf.before, leaf.after
    if (old.weight, old.is_expected, old.position is None) != (new.weight, new.is_expected, new.position is None):
        return False
    if not leaf.moved or old.position is None:
        return True
    down = sum(min(p, 0.0) for p in leaf.moved.values())
    up = sum(max(p, 0.0) for p in leaf.moved.values())
    return old.position + down >= 0.0 and old.position + up <= 100.0


def _mean(score: Floats, weight: Floats, aggregation: TwoLevelAggregation, floor: float) -> Floats:
    """The mean of that name, as scores have it, over the last axis; empty where no weight is."""
    total = weight.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = weight / total[:, None]
    known: Floats = np.where(np.isnan(score), floor, score)
    mean = two_level_mean(aggregation, known, floor, lambda values: (share * values).sum(axis=1))
    kept: Floats = np.where(total > 0, np.clip(mean, 0.0, 100.0), np.nan)
    return np.round(kept, _DECIMALS)
