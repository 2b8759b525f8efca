"""Aggregations that set the units against each other: units by children -> units, as the functions of aggregation.py."""

from __future__ import annotations

import numpy as np

from idtracker.analyse.composite.stage import Flags, Numbers
from idtracker.model.composite.node import NodeRules

APART = 1e-9
"""Eigenvalues, and sums of loadings, that differ by less are equal."""


def copeland(x: Numbers, w: Numbers, rules: NodeRules) -> Numbers:
    """Copeland's score: units beaten less units lost to, each pair by the weight of the children in which one is ahead.

    Ties count half. Units stand on the axis before the last; one that lacks a child is compared with nobody.
    """
    whole: Flags = np.asarray(~np.isnan(x).any(axis=-1))
    ahead = np.zeros((*x.shape[:-1], x.shape[-2]))
    weights = w.max(axis=-2, initial=0.0)
    for child in range(x.shape[-1]):
        a, b = x[..., :, None, child], x[..., None, :, child]
        ahead += weights[..., child, None, None] * ((a > b) + 0.5 * (a == b))
    ahead /= weights.sum(axis=-1)[..., None, None]
    both = whole[..., :, None] & whole[..., None, :]
    decided = np.where(both, np.sign(np.round(ahead - 0.5, 12)), 0.0)
    return np.where(whole, decided.sum(axis=-1), np.nan)


def principal_component(x: Numbers, w: Numbers, rules: NodeRules) -> Numbers:
    """Scores of the first principal component of the standardised children, in its standard deviations.

    Its sign is that in which most of the children rise; where as many fall there is none. Units that lack a child have none.
    """
    whole = ~np.isnan(x).any(axis=-1)
    found = np.full(x.shape[:-1], np.nan)
    loadings = first_component(x[whole])
    if loadings is not None and abs(loadings.sum()) > APART:
        z = _standardised(x[whole])
        scores = z @ loadings
        found[whole] = scores / scores.std(ddof=1)
    return found


def first_component(x: Numbers) -> Numbers | None:
    """Loadings (of length 1) of the first principal component of the correlation matrix; None where there is none.

    There is none either where a second one explains as much. Most of the children rise with it.
    """
    if len(x) < 3 or not (x.std(axis=0) > 0).all():
        return None
    values, vectors = np.linalg.eigh(np.atleast_2d(np.corrcoef(x, rowvar=False)))
    if len(values) > 1 and values[-1] - values[-2] < APART:
        return None
    loadings: Numbers = vectors[:, -1]
    return loadings if loadings.sum() >= 0 else -loadings


def _standardised(x: Numbers) -> Numbers:
    found: Numbers = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    return found
