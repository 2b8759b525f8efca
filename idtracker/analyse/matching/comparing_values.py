"""How alike two titles, sets, days or amounts are, from 0 to 1; NaN where one side says nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from idtracker.analyse.matching.comparing import Rarity, shared_words
from idtracker.analyse.matching.scorer import Similarity
from idtracker.ingest.resolve.spelling import words_of
from idtracker.model.text import fold

_ROUGHLY = 45.0


def compare_titles(left: Sequence[str | None], right: Sequence[str | None], rarity: Rarity) -> Similarity:
    """Titles by their words, weighed by rarity; NaN where one side has none. Those with few letters in common count as 0."""
    from rapidfuzz import fuzz
    from rapidfuzz.process import cpdist

    ours, theirs = ([" ".join(words_of(fold(text or ""))) for text in side] for side in (left, right))
    rough = cpdist(ours, theirs, scorer=fuzz.token_sort_ratio) if ours else np.empty(0)
    similarity = np.full(len(ours), np.nan)
    for place, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        if a and b:
            similarity[place] = shared_words(a.split(), b.split(), rarity, False) if rough[place] >= _ROUGHLY else 0.0
    return similarity


def compare_sets(left: Sequence[Collection[str]], right: Sequence[Collection[str]]) -> Similarity:
    """The share of the smaller set that both hold; NaN where one side is empty."""
    similarity = np.full(len(left), np.nan)
    for place, (a, b) in enumerate(zip(left, right, strict=True)):
        if a and b:
            similarity[place] = len(set(a) & set(b)) / min(len(set(a)), len(set(b)))
    return similarity


def compare_days(left: Similarity, right: Similarity, scale: float = 365.0) -> Similarity:
    """1 on the same day, less the further apart: exp(-days / scale); NaN where one is missing. Days are numbers."""
    return np.asarray(np.exp(-np.abs(left - right) / scale), dtype=np.float64)


def compare_amounts(left: Similarity, right: Similarity) -> Similarity:
    """The smaller of two amounts over the larger; NaN where one is missing or not positive."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.minimum(left, right) / np.maximum(left, right)
    return np.where((left > 0) & (right > 0), share, np.nan)
