"""The change of a node of a tree, divided among causes, then along the tree's own levels down to its leaves.

The value of Shapley with levels (Winter 1989): causes may come in any order; within a cause the children of a node, each with
everything below it unbroken, and so on down. With n children that a cause changes at each node on the way to a leaf, 2^(n - 1) sets
of siblings come before, and their product over the way is evaluated. Where a node has more than 12 such children, or a
product is too large, seeded orders of all leaves that keep blocks unbroken are drawn for that cause instead; each of them adds up.
Where the tree itself changes, what a cause does is divided by the tree that is in force among the causes before it. Where nodes look across places, what
other places did through leaves, weights and scales is one player and one row, as another method is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from idtracker.analyse.change.game import METHOD, PANEL
from idtracker.analyse.change.levels import SEED, Part
from idtracker.analyse.change.shapley import (
    MOST_EXACT,
    ORDERS,
    Bools,
    Floats,
    coalition_weights,
    coalitions,
    mean_and_error,
    prefixes,
    shapley_values,
    values_of_orders,
)
from idtracker.analyse.change.tree_game import Branch, Masks, State, TreeGame, TreeScore

_MOST_CELLS = 2**20


def divide_tree(game: TreeGame, seed: int = SEED, most_exact: int = MOST_EXACT) -> list[Part]:
    """The parts of the node's change; `dimension` is the tree (0, or 1 for that after), `place` the leaf, -1 for what acts on the whole tree."""
    parts: list[Part] = []
    for number, cause in enumerate(game.causes):
        if cause == METHOD or (cause == PANEL and game.has_contexts):
            parts.append(Part(cause, "", -1, float(shapley_values(game.value)[number]), 0.0))
            continue
        masks = np.arange(2 ** len(game.causes))
        masks = masks[masks >> number & 1 == 0]
        weights = coalition_weights(len(game.causes) - 1)
        for tree, score in enumerate(game.scores):
            own = game.tree_of[masks] == tree
            one = _Cause(game, score, cause, 1 << number, masks[own], weights[own])
            for place, (points, error) in sorted(one.divided(seed + number, most_exact).items()):
                parts.append(Part(cause, str(tree), place, points, error))
    return parts


@dataclass(frozen=True)
class _Step:
    """A node on the way down: which child the way takes, the siblings that may come before it, every set of them with its weight."""

    branch: Branch
    child: int
    siblings: list[int]
    sets: Bools
    weights: Floats


@dataclass(frozen=True)
class _Cause:
    """One cause in the game of one tree: its bit, and the sets of other causes that may come before it, with their weights."""

    game: TreeGame
    score: TreeScore
    name: str
    bit: int
    masks: Masks
    weights: Floats

    def divided(self, seed: int, most_exact: int) -> dict[int, tuple[float, float]]:
        """Points and standard error of each leaf that the cause changes, by its place."""
        root = self.score.root
        if not self.score.players(root, self.name):
            return {}
        if self._cells(root, len(self.masks), most_exact) > _MOST_CELLS:
            return self._sampled(seed)
        parts: dict[int, tuple[float, float]] = {}
        self._visit(root, (), parts)
        return parts

    def _cells(self, branch: Branch, ahead: float, most_exact: int) -> float:
        """Values that the largest block below needs; beyond every bound where a block has too many players."""
        players = self.score.players(branch, self.name)
        if len(players) > most_exact:
            return float("inf")
        inner = [child for n in players if isinstance(child := branch.children[n], Branch)]
        own = float(ahead * 2 ** len(players))
        return max([own, *(self._cells(child, own / 2, most_exact) for child in inner)])

    def _visit(self, branch: Branch, way: tuple[_Step, ...], parts: dict[int, tuple[float, float]]) -> None:
        """The parts of the leaves below a branch."""
        players = self.score.players(branch, self.name)
        points = shapley_values(self._block(branch, players, way))
        for place, n in enumerate(players):
            child, others = branch.children[n], [other for other in players if other != n]
            if isinstance(child, Branch):
                step = _Step(branch, n, others, coalitions(len(others)), coalition_weights(len(others)))
                self._visit(child, (*way, step), parts)
            else:
                parts[child] = float(points[place]), 0.0

    def _block(self, branch: Branch, players: Sequence[int], way: Sequence[_Step]) -> Floats:
        """Mean value of the node for each set of a branch's players, over everything that may come before: (2^players,)."""
        after = self.score.after(self.masks)
        state = branch.state(self._children(branch, players, coalitions(len(players))), after)
        for step in reversed(way):
            children = self._children(step.branch, step.siblings, step.sets)
            axes = state.covered.ndim - 1
            children = [child.spread(2, axes) for child in children]
            children[step.child] = state.spread(1)
            state = step.branch.state(children, after)
        value = np.tensordot(self.weights, self.game.stated(state.loose), axes=1)
        for step in way:
            value = np.tensordot(step.weights, value, axes=1)
        mean: Floats = value
        return mean

    def _children(self, branch: Branch, players: Sequence[int], sets: Bools) -> list[State]:
        """Every child of a branch where sets of its players are ahead: arrays (masks, sets)."""
        states = []
        for n, child in enumerate(branch.children):
            has = sets[:, players.index(n)] if n in players else np.zeros(len(sets), dtype=bool)
            states.append(self.score.of(child).take(self.masks[:, None] | np.where(has, self.bit, 0)[None, :]))
        return states

    def _sampled(self, seed: int) -> dict[int, tuple[float, float]]:
        """The same from seeded orders and their reverses."""
        draw = np.random.Generator(np.random.PCG64(seed))
        ahead = [self._order(self.score.root, draw) for _ in range(ORDERS // 2)]
        places = sorted(ahead[0])
        number = {place: n for n, place in enumerate(places)}
        orders = np.array([[number[p] for p in order] for one in ahead for order in (one, one[::-1])], dtype="int64")
        joined = prefixes(orders)
        steps = np.zeros(joined.shape[:2])
        for mask, weight in zip(self.masks.tolist(), self.weights.tolist(), strict=True):
            on = {place: joined[:, :, n] for place, n in number.items()}
            steps += weight * self.game.stated(self._joint(self.score.root, mask, on).loose)
        mean, error = mean_and_error(values_of_orders(steps, orders))
        return {place: (float(mean[n]), float(error[n])) for place, n in number.items()}

    def _order(self, branch: Branch, draw: np.random.Generator) -> list[int]:
        """The leaves below a branch that the cause changes, in an order that keeps blocks unbroken."""
        players = self.score.players(branch, self.name)
        order: list[int] = []
        for n in draw.permutation(len(players)).tolist():
            child = branch.children[players[n]]
            order += self._order(child, draw) if isinstance(child, Branch) else [child]
        return order

    def _joint(self, item: Branch | int, mask: int, on: dict[int, Bools]) -> State:
        """A leaf or branch where the cause has acted on the leaves that `on` says, beside a set of other causes."""
        if not self.score.acts(item, self.name):
            return self.score.of(item).take(np.array([[mask]]))
        if isinstance(item, Branch):
            after = self.score.after(np.array([mask]))
            return item.state([self._joint(child, mask, on) for child in item.children], after)
        return self.score.of(item).take(np.where(on[item], mask | self.bit, mask))
