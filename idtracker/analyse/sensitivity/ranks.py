"""Ranks of places in many draws at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.stats import rankdata

from idtracker.analyse.sensitivity.problem import Numbers, Places, Problem

DECIMALS = 9
"""Values that agree to so many decimals are tied."""


def groups_of(problem: Problem) -> Iterator[Places]:
    """The places that are ranked with each other, group by group; a place alone is in none."""
    labels = problem.ranked_within
    names = np.array(["" if labels is None else str(label) for label in labels]) if labels is not None else None
    if names is None:
        names = np.array([""] * len(problem.places))
    for name in np.unique(names):
        members = np.flatnonzero(names == name)
        if len(members) > 1:
            yield members


def ranks_of(problem: Problem, values: Numbers) -> Numbers:
    """Rank of each place in each draw, 1 the first; ties share the better one. None where there is no value or nobody beside it.

    `values` are draws by places.
    """
    found = np.full(values.shape, np.nan)
    for members in groups_of(problem):
        compared = np.round(values[:, members], DECIMALS)
        missing = np.isnan(compared)
        ordered = np.where(missing, np.inf, -compared if problem.is_high_first else compared)
        found[:, members] = np.where(missing, np.nan, rankdata(ordered, method="min", axis=1))
    return found
