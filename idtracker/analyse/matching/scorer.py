"""From levels of agreement to a probability: log odds added field by field, after Fellegi and Sunter (1969).

The weights are stated. Nothing here knows what is compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Similarity = npt.NDArray[np.float64]
MISSING = -1


@dataclass(frozen=True, slots=True)
class Measure:
    """How one field speaks: similarity from 0 to 1 is cut into levels, and each level adds its weight (natural log odds)."""

    field: str
    cuts: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.weights) != len(self.cuts) + 1 or list(self.cuts) != sorted(self.cuts):
            raise ValueError(f"measure {self.field}: expected rising cuts and one weight more than cuts")

    def level(self, similarity: Similarity) -> npt.NDArray[np.int64]:
        """The number of cuts reached; MISSING where one side says nothing (NaN)."""
        reached = np.searchsorted(np.array(self.cuts), np.nan_to_num(similarity), side="right").astype(np.int64)
        return np.where(np.isnan(similarity), MISSING, reached)


@dataclass(frozen=True, slots=True)
class Scorer:
    """Measures and the log odds from which every pair starts."""

    measures: tuple[Measure, ...]
    prior: float

    def parts(self, similarity: Mapping[str, Similarity]) -> dict[str, Similarity]:
        """What each field adds to the log odds of each pair; 0 where one side says nothing."""
        parts = {}
        for measure in self.measures:
            levels = measure.level(similarity[measure.field])
            weights = np.array([*measure.weights, 0.0])
            parts[measure.field] = weights[levels]
        return parts

    def score(self, similarity: Mapping[str, Similarity]) -> Similarity:
        """Probability of a match, 0 to 1."""
        total = sum(self.parts(similarity).values(), start=np.float64(self.prior))
        return np.asarray(1.0 / (1.0 + np.exp(-total)), dtype=np.float64)
