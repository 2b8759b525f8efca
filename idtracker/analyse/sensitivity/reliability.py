"""Reliability index of a composite: how far it can be trusted, from 0 (best) to 10.

RI = 10·(0.40·M + 0.30·A + 0.20·Q + 0.10·K), after the ingredients of INFORM's reliability index (missing data, data that are
out of date) and the grading of sources: M is the share of the weight that is missing or carried forward; over the weight that is
there A is the mean of min(age / longest age, 1), Q is 1 - the mean quality of the sources, an ungraded one counting 0.5, and K the
share that rests on one organisation. Up to 5 it is reliable, up to 7 of low reliability, above that not to be shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from idtracker.analyse.sensitivity.problem import Flags, Numbers

PARTS = {"missing": 0.40, "age": 0.30, "quality": 0.20, "single": 0.10}
RELIABLE, LOW = 5.0, 7.0
UNGRADED = 0.5


@dataclass(frozen=True, slots=True)
class Reliability:
    """Parts from 0 to 1 by place, the index, and the share of the weight whose sources are ungraded."""

    missing: Numbers
    age: Numbers
    quality: Numbers
    single: Numbers
    ungraded: Numbers
    index: Numbers


def reliability(
    weights: Numbers, present: Flags, carried: Flags, age: Numbers, quality: Numbers, single: Flags
) -> Reliability:
    """All of them places by leaves: weights of what is expected, age as a share of the longest, quality 0 to 1 or missing.

    Without any value there is no index: nothing is there that could be reliable.
    """
    expected = weights.sum(axis=1)
    held = np.where(present, weights, 0.0)
    total = held.sum(axis=1)
    ungraded = np.isnan(quality)
    with np.errstate(invalid="ignore", divide="ignore"):
        missing = 1 - np.where(carried, 0.0, held).sum(axis=1) / expected
        aged = (held * np.minimum(np.nan_to_num(age), 1.0)).sum(axis=1) / total
        graded = 1 - (held * np.where(ungraded, UNGRADED, quality)).sum(axis=1) / total
        alone = (held * single).sum(axis=1) / total
        unknown = (held * ungraded).sum(axis=1) / total
    parts = {"missing": missing, "age": aged, "quality": graded, "single": alone}
    index = 10 * sum(share * parts[name] for name, share in PARTS.items())
    return Reliability(**parts, ungraded=unknown, index=np.asarray(index))


def level_of(index: float) -> str:
    """RELIABLE, LOW_RELIABILITY (SDMX status U), SUPPRESSED, or NO_VALUE."""
    if index != index:
        return "NO_VALUE"
    rounded = round(index, 9)
    return "RELIABLE" if rounded <= RELIABLE else "LOW_RELIABILITY" if rounded <= LOW else "SUPPRESSED"
