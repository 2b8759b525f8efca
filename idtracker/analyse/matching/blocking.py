"""Which pairs are worth comparing: those that share a key which few share. Everything else is never looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

MOST_IN_BLOCK = 60
Pairs = npt.NDArray[np.int64]


def pairs_that_share(keys: Sequence[Iterable[str]], most: int = MOST_IN_BLOCK) -> Pairs:
    """Places (left < right) of records that share a key, each pair once, sorted; shape (n, 2).

    A key held by more than `most` records says nothing by itself and is left out; a record whose keys are all like that is
    still found through two of them taken together.
    """
    blocks: dict[str, list[int]] = {}
    for place, own_keys in enumerate(keys):
        for key in dict.fromkeys(own_keys):
            blocks.setdefault(key, []).append(place)
    common = {key for key, places in blocks.items() if len(places) > most}
    for place, own_keys in enumerate(keys):
        wide = sorted(set(own_keys) & common)
        for pair in combinations(wide[:6], 2):
            blocks.setdefault("\0".join(pair), []).append(place)
    pairs: set[tuple[int, int]] = set()
    for places in blocks.values():
        if 2 <= len(places) <= most:
            pairs.update(combinations(places, 2))
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def strangers(count: int, wanted: int = 20_000) -> Pairs:
    """Pairs of `count` records spread evenly over all of them, the same each time: nearly all are different things."""
    if count < 2:
        return np.empty((0, 2), dtype=np.int64)
    total = count * (count - 1) // 2
    numbers = np.unique(np.linspace(0, total - 1, min(wanted, total)).astype(np.int64))
    right = ((1 + np.sqrt(1 + 8 * numbers)) / 2).astype(np.int64)
    right = np.where(right * (right - 1) // 2 > numbers, right - 1, right)
    left = numbers - right * (right - 1) // 2
    return np.column_stack([left, right])
