"""Weights estimated without labels by expectation and maximisation, to hold the stated ones against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from idtracker.analyse.matching.scorer import Measure, Scorer, Similarity

_STEPS = 60
_STILL = 1e-5
_SMOOTHING = 0.5
_MOST = 12.0


def estimate(
    measures: Sequence[Measure], pairs: Mapping[str, Similarity], strangers: Mapping[str, Similarity] | None = None
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
        measures_made = [
            replace(m, weights=tuple(np.clip(np.log(same[m.field] / other[m.field]), -_MOST, _MOST).tolist()))
            for m in scorer.measures
        ]
        share = float(np.clip(likely.mean(), 1e-6, 1 - 1e-6))
        moved = abs(np.log(share / (1 - share)) - scorer.prior)
        scorer = Scorer(tuple(measures_made), float(np.log(share / (1 - share))))
        if moved < _STILL:
            break
    return scorer


def _shares(measure: Measure, levels: npt.NDArray[np.int64], counts: npt.NDArray[np.float64]) -> Similarity:
    """The share of each level among the pairs that say something, smoothed so that none is 0."""
    known = levels >= 0
    shares = np.bincount(levels[known], weights=counts[known], minlength=len(measure.weights)) + _SMOOTHING
    return np.asarray(shares / shares.sum(), dtype=np.float64)
