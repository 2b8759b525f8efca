"""From levels of agreement to a probability: log odds added field by field, after Fellegi and Sunter (1969).

The weights are stated, or estimated without labels by expectation and maximisation. Nothing here knows what is compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Likeness = npt.NDArray[np.float64]
MISSING = -1
_STEPS = 60
_STILL = 1e-5
_SMOOTHING = 0.5
_MOST = 12.0


@dataclass(frozen=True, slots=True)
class Measure:
    """How one field speaks: likeness from 0 to 1 is cut into levels, and each level adds its weight (natural log odds)."""

    field: str
    cuts: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.weights) != len(self.cuts) + 1 or list(self.cuts) != sorted(self.cuts):
            raise ValueError(f"measure {self.field}: expected rising cuts and one weight more than cuts")

    def level(self, likeness: Likeness) -> npt.NDArray[np.int64]:
        """The number of cuts reached; MISSING where one side says nothing (NaN)."""
        reached = np.searchsorted(np.array(self.cuts), np.nan_to_num(likeness), side="right").astype(np.int64)
        return np.where(np.isnan(likeness), MISSING, reached)


@dataclass(frozen=True, slots=True)
class Scorer:
    """Measures and the log odds from which every pair starts."""

    measures: tuple[Measure, ...]
    prior: float

    def parts(self, likeness: Mapping[str, Likeness]) -> dict[str, Likeness]:
        """What each field adds to the log odds of each pair; 0 where one side says nothing."""
        found = {}
        for measure in self.measures:
            levels = measure.level(likeness[measure.field])
            weights = np.array([*measure.weights, 0.0])
            found[measure.field] = weights[levels]
        return found

    def score(self, likeness: Mapping[str, Likeness]) -> Likeness:
        """Probability of a match, 0 to 1."""
        total = sum(self.parts(likeness).values(), start=np.float64(self.prior))
        return np.asarray(1.0 / (1.0 + np.exp(-total)), dtype=np.float64)


def estimate(
    measures: Sequence[Measure], pairs: Mapping[str, Likeness], strangers: Mapping[str, Likeness] | None = None
) -> Scorer:
    """Weights estimated without labels from candidate pairs; the stated weights only begin the search.

    `strangers` are pairs taken without looking, nearly all of them different: they fix how often different things agree
    by chance. Without them that is estimated as well.
    """
    levels = {m.field: m.level(pairs[m.field]) for m in measures}
    by_chance = (
        {m.field: _shares(m, m.level(strangers[m.field]), np.ones(len(strangers[m.field]))) for m in measures}
        if strangers is not None
        else None
    )
    scorer = Scorer(tuple(measures), prior=-2.0)
    for _ in range(_STEPS):
        likely = scorer.score(pairs)
        same = {m.field: _shares(m, levels[m.field], likely) for m in measures}
        other = by_chance or {m.field: _shares(m, levels[m.field], 1.0 - likely) for m in measures}
        made = [
            replace(m, weights=tuple(np.clip(np.log(same[m.field] / other[m.field]), -_MOST, _MOST).tolist()))
            for m in scorer.measures
        ]
        share = float(np.clip(likely.mean(), 1e-6, 1 - 1e-6))
        moved = abs(np.log(share / (1 - share)) - scorer.prior)
        scorer = Scorer(tuple(made), float(np.log(share / (1 - share))))
        if moved < _STILL:
            break
    return scorer


def _shares(measure: Measure, levels: npt.NDArray[np.int64], counts: npt.NDArray[np.float64]) -> Likeness:
    """The share of each level among the pairs that say something, smoothed so that none is 0."""
    known = levels >= 0
    found = np.bincount(levels[known], weights=counts[known], minlength=len(measure.weights)) + _SMOOTHING
    return np.asarray(found / found.sum(), dtype=np.float64)
