"""How uncertain a rank is where values err: the standard deviation of the number of others that lie below, on the scale from 0 to 100.

With values x and errors e, normal and independent: given the place's own value x + e·z the others lie below it with probabilities
p = Phi((x + e·z - x_other) / e_other), independent of each other, so that the variance of their number is
E[sum(p·(1 - p))] + Var[sum(p)] over z (the law of total variance); the expectation over z by Gauss and Hermite.
"""

from __future__ import annotations

import numpy as np

from idtracker.analyse.composite.stage import Numbers

_NODES = 41


def rank_errors(x: Numbers, errors: Numbers, known: Numbers, sure: Numbers | None) -> Numbers:
    """Standard error of each unit's rank in points; not a number where no value has an error.

    `known` are the values that ranks are taken among (not a number where there is none), one for each unit, with their errors `sure`; values of
    other quarters have none, and are not those of the units.
    """
    from scipy.special import ndtr

    is_panel = sure is not None
    there = np.isfinite(known)
    count = int(there.sum())
    if count < 2:
        return np.full(len(x), np.nan)
    z, weight = np.polynomial.hermite_e.hermegauss(_NODES)
    weight = weight / weight.sum()
    own = np.nan_to_num(errors)
    other = np.nan_to_num(sure) if sure is not None else np.zeros(len(known))
    middle = np.where(np.isfinite(x), x, 0.0)
    drawn = middle[None, :] + own[None, :] * z[:, None]
    apart = drawn[:, :, None] - np.where(there, known, 0.0)[None, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(other > 0, ndtr(apart / np.where(other > 0, other, 1.0)), (apart > 0).astype(float))
    counted = there[None, :] & (
        ~np.eye(len(x), len(known), dtype=bool) if is_panel else np.ones((len(x), len(known)), dtype=bool)
    )
    share = np.where(counted[None], share, 0.0)
    below = share.sum(axis=2)
    inner = (share * (1 - share)).sum(axis=2)
    mean = (weight[:, None] * below).sum(axis=0)
    variance = (weight[:, None] * inner).sum(axis=0) + (weight[:, None] * (below - mean) ** 2).sum(axis=0)
    has = np.isfinite(errors) | (other[there] > 0).any()
    return np.where(has & ~np.isnan(x), 100 * np.sqrt(variance) / (count - 1), np.nan)
