"""Weights that come from the data, by the method that the definition names."""

from __future__ import annotations

import numpy as np

from idtracker.analyse.composite.among_units import APART
from idtracker.analyse.composite.normalisation import EQUAL
from idtracker.analyse.composite.stage import Flags, Numbers
from idtracker.model.composite.node import Weights

LEAST_UNITS = 3


def weights_from(children: Numbers, rule: Weights) -> Numbers | None:
    """Weights that add up to 1, from the units (by children) that have every child; None where the data do not give them.

    `principal_component`: squared loadings of the first component of the correlation matrix. `inverse_standard_deviation`:
    children that vary less weigh more.
    """
    found = weights_of_draws(children[None], rule)[0]
    return None if np.isnan(found).any() else found


def weights_of_draws(children: Numbers, rule: Weights) -> Numbers:
    """The same for draws by units by children: draws by children, not a number in draws that do not give them.

    The weights of a draw depend on that draw alone, to the last bit.
    """
    found = np.full((children.shape[0], children.shape[2]), np.nan)
    whole: Flags = np.asarray(~np.isnan(children).any(axis=-1))
    for kind in np.unique(whole, axis=0):
        rows = (whole == kind).all(axis=1)
        if int(kind.sum()) >= LEAST_UNITS:
            found[rows] = _weights(children[rows][:, kind], rule)
    return found


def _weights(x: Numbers, rule: Weights) -> Numbers:
    """Of whole draws: draws by units by children."""
    count = x.shape[1]
    apart = x - (_summed(x) / count)[:, None, :]
    variance = _summed(apart**2) / (count - 1)
    varies = (variance > 0).all(axis=1) & varying(x).all(axis=1)
    found = np.full((x.shape[0], x.shape[2]), np.nan)
    if rule == "principal_component":
        found[varies] = _squared_loadings(apart[varies], variance[varies])
    else:
        inverse = 1 / np.sqrt(variance[varies])
        found[varies] = inverse / inverse.sum(axis=1, keepdims=True)
    return found


def varying(x: Numbers) -> Flags:
    """Draws by children: whether units differ by more than the last bits of their arithmetic."""
    found: Flags = np.ptp(x, axis=1) > EQUAL * np.abs(x).max(axis=1)
    return found


def _squared_loadings(apart: Numbers, variance: Numbers) -> Numbers:
    """Not a number where a second component explains as much as the first one."""
    shared = _summed(apart[..., :, None] * apart[..., None, :]) / (apart.shape[1] - 1)
    deviation = np.sqrt(variance)
    correlation = np.clip(shared / deviation[:, :, None] / deviation[:, None, :], -1.0, 1.0)
    values, vectors = np.linalg.eigh(correlation)
    is_first = np.full(len(values), True) if values.shape[1] == 1 else values[:, -1] - values[:, -2] >= APART
    return np.where(is_first[:, None], vectors[:, :, -1] ** 2, np.nan)


def _summed(x: Numbers) -> Numbers:
    """Sum over units (the second axis), one after the other."""
    total = np.zeros((x.shape[0], *x.shape[2:]))
    for unit in range(x.shape[1]):
        total = total + x[:, unit]
    return total
