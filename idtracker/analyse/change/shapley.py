"""Shapley values: the mean of what each player adds, over every order in which the players may join.

Exact from the values of all 2^n coalitions, or from the prefixes of sampled orders; either way the values add up to
value(all) - value(none). Coalitions are numbered by bits: player i is in coalition m where bit i of m is set.
"""

from __future__ import annotations

from functools import cache
from math import comb

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MOST_EXACT = 12
"""Up to how many players every coalition is evaluated."""
ORDERS = 128
"""Orders that are sampled beyond."""


@cache
def coalitions(count: int) -> Bools:
    """Who is in each of the 2^count coalitions, one row per coalition."""
    found: Bools = (np.arange(2**count)[:, None] >> np.arange(count)) & 1 == 1
    return found


@cache
def coalition_weights(count: int) -> Floats:
    """For one further player: the share of all orders in which exactly these of `count` others come before it."""
    sizes = coalitions(count).sum(axis=1)
    return np.array([1 / ((count + 1) * comb(count, size)) for size in sizes], dtype="float64")


def shapley_values(value: Floats) -> Floats:
    """What each player adds; `value` holds the 2^n values of the coalitions along its last axis."""
    count = int(value.shape[-1]).bit_length() - 1
    if count == 0:
        return np.zeros((*value.shape[:-1], 0))
    numbers, weights = np.arange(2**count), coalition_weights(count - 1)
    added = []
    for player in range(count):
        without = numbers[numbers >> player & 1 == 0]
        added.append((value[..., without | 1 << player] - value[..., without]) @ weights)
    return np.stack(added, axis=-1)


def sampled_orders(count: int, seed: int, orders: int = ORDERS) -> NDArray[np.int64]:
    """Orders of the players in which each is first, second … equally often as far as chance has it; the same for the same seed.

    Each order is followed by its reverse, which makes the mean more exact.
    """
    draw = np.random.Generator(np.random.PCG64(seed))
    ahead = np.array([draw.permutation(count) for _ in range(orders // 2)], dtype="int64")
    return np.stack([ahead, ahead[:, ::-1]], axis=1).reshape(-1, count)


def prefixes(orders: NDArray[np.int64]) -> Bools:
    """Who has joined at each step of each order: (orders, n + 1, n)."""
    places = np.argsort(orders, axis=1)
    return places[:, None, :] < np.arange(orders.shape[1] + 1)[None, :, None]


def values_of_orders(value: Floats, orders: NDArray[np.int64]) -> Floats:
    """What each player adds in each order, in the players' own order; `value` holds the steps of the orders last."""
    gains, places = np.diff(value, axis=-1), np.argsort(orders, axis=1)
    return np.take_along_axis(gains, np.broadcast_to(places, gains.shape), axis=-1)


def mean_and_error(samples: Floats) -> tuple[Floats, Floats]:
    """Mean over the sampled orders (first axis) and its standard error; an order and its reverse are one sample."""
    pairs = samples.reshape(-1, 2, samples.shape[-1]).mean(axis=1)
    return samples.mean(axis=0), pairs.std(axis=0, ddof=1) / np.sqrt(len(pairs))
