"""Whether the level of a series changed somewhere: Pettitt's test.

U_t = sum over i <= t < j of sign(x_i - x_j), K = max |U_t|; the change lies after the first t at which |U_t| = K
(Pettitt 1979, A non-parametric approach to the change-point problem, Applied Statistics 28). p is exact for up to 12 points
without ties, from the distribution of K over all orders; else 2·exp(-6K²/(n³ + n²)), at most 1.

The test takes points as independent and asks whether two halves differ, not how suddenly: a steady trend has a change point
as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

EXACT_UP_TO = 12
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """The most likely change: after which point (its place from 0), Pettitt's K, and two-sided p."""

    after: int
    k: int
    p: float


def pettitt(y: Numbers) -> ChangePoint:
    """Pettitt's test of at least two values in their order."""
    sign = np.sign(y[:, None] - y[None, :])
    u = [int(sign[:t, t:].sum()) for t in range(1, len(y))]
    k = max(map(abs, u))
    after = next(place for place, value in enumerate(u) if abs(value) == k)
    is_exact = len(y) <= EXACT_UP_TO and len(set(y.tolist())) == len(y)
    return ChangePoint(after, k, exact_p(k, len(y)) if is_exact else approximate_p(k, len(y)))


def approximate_p(k: int, n: int) -> float:
    """Pettitt's approximation, good for small p."""
    return min(1.0, 2 * math.exp(-6 * k**2 / (n**3 + n**2)))


def exact_p(k: int, n: int) -> float:
    """Share of all orders of n different values whose K is at least k."""
    return float(_orders_by_k(n)[k:].sum()) / math.factorial(n)


@cache
def _orders_by_k(n: int) -> npt.NDArray[np.int64]:
    """How many orders of n different values have K = 0, 1, 2 …

    Which values stand before a point decides its U, whatever their order: so the orders of each set of values follow from
    those of the sets that lack one of them.
    """
    orders = np.zeros((1 << n, n * n // 4 + 1), dtype="int64")
    orders[0, 0] = 1
    for before in range(1, 1 << n):
        ranks = [rank for rank in range(n) if before >> rank & 1]
        u = abs(2 * sum(rank + 1 for rank in ranks) - len(ranks) * (n + 1))
        ways = orders[[before ^ (1 << rank) for rank in ranks]].sum(axis=0)
        orders[before, u] = ways[: u + 1].sum()
        orders[before, u + 1 :] = ways[u + 1 :]
    whole: npt.NDArray[np.int64] = orders[-1]
    return whole
