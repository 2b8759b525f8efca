"""A change divided among causes, then dimensions, then indicators, so that at each level no order is preferred.

The value of Shapley with levels (Owen 1977, Winter 1989): causes may come in any order, within a cause dimensions, within
a dimension indicators, each block unbroken. Causes have exactly their Shapley value in the game among causes, however
finely each is listed; everything adds up to the difference. Exact up to 12 players a level, else from seeded orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from idtracker.analyse.change.game import METHOD, Game
from idtracker.analyse.change.shapley import (
    MOST_EXACT,
    ORDERS,
    Bools,
    Floats,
    coalition_weights,
    coalitions,
    mean_and_error,
    prefixes,
    sampled_orders,
    shapley_values,
    values_of_orders,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 20_261_130
_MOST_CELLS = 2**21
"""Above so many values at once orders are sampled also where a level has few players; bounds memory."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one cause does through one indicator, in points; `error` is the standard error where orders were sampled, else 0."""

    cause: str
    dimension: str
    place: int
    points: float
    error: float


def divide(game: Game, seed: int = SEED, most_exact: int = MOST_EXACT) -> list[Part]:
    """The parts of the node's change; the method's own part has no dimension and the place -1."""
    if game.is_dimension and len(game.dimensions) == 1 and game.points(game.dimensions[0]) is not None:
        return _of_sum(game)
    whole = _Whole(game)
    parts: list[Part] = []
    for number, cause in enumerate(game.causes):
        if cause == METHOD:
            points = float(shapley_values(whole.value)[number])
            parts.append(Part(METHOD, "", -1, points, 0.0))
        else:
            parts += _divide_cause(whole, number, seed, most_exact)
    return parts


def _of_sum(game: Game) -> list[Part]:
    """The parts where the score is a plain sum of what moves: each has its own points, in whatever order."""
    dimension = game.dimensions[0]
    points = game.points(dimension)
    return [
        Part(cause, dimension, place, float(points[place, number]), 0.0)
        for number, cause in enumerate(game.causes)
        for place in game.players(cause).get(dimension, [])
        if points is not None
    ]


class _Whole:
    """The scores of every dimension, and of the node, for every set of whole causes."""

    def __init__(self, game: Game) -> None:
        self.game, count = game, len(game.causes)
        self.masks = coalitions(count)
        self.scores = {
            d: game.dimension_scores(d, np.repeat(self.masks[:, None, :], game.size(d), axis=1))
            for d in game.dimensions
        }
        stacked = np.stack([self.scores[d] for d in game.dimensions], axis=-1)
        self.value = game.whole(stacked, self.acted(np.arange(2**count)))

    def acted(self, numbers: NDArray[np.int64]) -> Bools:
        """Whether the method has changed in each coalition of causes."""
        if METHOD not in self.game.causes:
            return np.zeros(len(numbers), dtype=bool)
        acted: Bools = self.masks[numbers, self.game.causes.index(METHOD)]
        return acted


def _divide_cause(whole: _Whole, cause: int, seed: int, most_exact: int) -> list[Part]:
    game = whole.game
    players = game.players(game.causes[cause])
    names, others = list(players), 2 ** (len(game.causes) - 1)
    most = max(len(leaves) for leaves in players.values())
    cells = others * 2 ** min(len(names) - 1, 20) * min(2 ** min(most, 20), ORDERS * (most + 1))
    samples_blocks = len(names) > most_exact or cells > _MOST_CELLS
    orders = sampled_orders(len(names), seed) if samples_blocks else None
    parts = []
    for n, name in enumerate(names):
        before, weights = _blocks_before(n, len(names), orders)
        points, error = _divide_block(
            whole, cause, names, n, (before, weights), players[name], seed + 1 + n, most_exact
        )
        parts += [
            Part(game.causes[cause], name, place, float(p), float(e))
            for place, p, e in zip(players[name], points, error, strict=True)
        ]
    return parts


def _blocks_before(block: int, count: int, orders: NDArray[np.int64] | None) -> tuple[Bools, Floats | None]:
    """Which blocks come before one: every set with its weight, or those of the sampled orders (no weights)."""
    if orders is None:
        sets = np.zeros((2 ** (count - 1), count), dtype=bool)
        sets[:, [n for n in range(count) if n != block]] = coalitions(count - 1)
        return sets, coalition_weights(count - 1)
    places = np.argsort(orders, axis=1)
    return places < places[:, [block]], None


def _divide_block(
    whole: _Whole,
    cause: int,
    names: Sequence[str],
    block: int,
    before: tuple[Bools, Floats | None],
    leaves: Sequence[int],
    seed: int,
    most_exact: int,
) -> tuple[Floats, Floats]:
    """Points of each leaf of a block and their standard errors."""
    sets, weights = before
    is_exact = len(leaves) <= most_exact
    orders = None if is_exact else sampled_orders(len(leaves), seed)
    joined = coalitions(len(leaves)) if orders is None else prefixes(orders).reshape(-1, len(leaves))
    value = _value(whole, cause, names, block, sets, leaves, joined)
    if weights is not None:
        value = (weights @ value)[None, :]
    if orders is None:
        samples = shapley_values(value)
        return (samples[0], np.zeros(len(leaves))) if weights is not None else mean_and_error(samples)
    steps = value.reshape(len(value), len(orders), -1)
    of_orders = values_of_orders(steps, orders)
    mean, error = mean_and_error(of_orders.mean(axis=0))
    if weights is None:
        error = np.hypot(error, mean_and_error(of_orders.mean(axis=1))[1])
    return mean, error


def _value(
    whole: _Whole,
    cause: int,
    names: Sequence[str],
    block: int,
    sets: Bools,
    leaves: Sequence[int],
    joined: Bools,
) -> Floats:
    """Mean value over the sets of other causes, for each set of blocks before and each set of leaves: (sets, joined)."""
    game, count = whole.game, len(whole.game.causes)
    numbers = np.arange(2**count)
    numbers = numbers[numbers >> cause & 1 == 0]
    own = _own_scores(whole, cause, names[block], numbers, leaves, joined)
    shape = (len(numbers), len(sets), len(joined))
    scores = np.empty((2, *shape, len(game.dimensions)))
    for at, dimension in enumerate(game.dimensions):
        if dimension == names[block]:
            scores[..., at] = own[:, :, None, :]
        elif dimension in names:
            has = sets[:, names.index(dimension)]
            chosen = numbers[:, None] | np.where(has, 1 << cause, 0)[None, :]
            scores[..., at] = whole.scores[dimension][:, chosen][..., None]
        else:
            scores[..., at] = whole.scores[dimension][:, numbers][:, :, None, None]
    acted = np.broadcast_to(whole.acted(numbers)[:, None, None], shape).reshape(-1)
    value = game.whole(scores.reshape(2, -1, len(game.dimensions)), acted).reshape(shape)
    mean: Floats = np.tensordot(coalition_weights(count - 1), value, axes=1)
    return mean


def _own_scores(
    whole: _Whole, cause: int, name: str, numbers: NDArray[np.int64], leaves: Sequence[int], joined: Bools
) -> Floats:
    """Scores of the block's dimension for sets of other causes and of its leaves: (2, numbers, joined)."""
    size = whole.game.size(name)
    on = np.repeat(whole.masks[numbers][:, None, None, :], len(joined), axis=1)
    on = np.repeat(on, size, axis=2)
    on[:, :, list(leaves), cause] = joined[None, :, :]
    scores = whole.game.dimension_scores(name, on.reshape(-1, size, len(whole.game.causes)))
    return scores.reshape(2, len(numbers), len(joined))
