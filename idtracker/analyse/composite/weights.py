"""Weights that come from the data, by the method that the definition names."""

from __future__ import annotations

import numpy as np

from idtracker.analyse.composite.aggregation import first_component
from idtracker.analyse.composite.stage import Numbers
from idtracker.model.composite.node import Weights

LEAST_UNITS = 3


def weights_from(children: Numbers, rule: Weights) -> Numbers | None:
    """Weights that add up to 1, from the units that have every child; None where the data do not give them.

    `principal_component`: squared loadings of the first component of the correlation matrix. `inverse_standard_deviation`:
    children that vary less weigh more.
    """
    whole = children[~np.isnan(children).any(axis=1)]
    if len(whole) < LEAST_UNITS or not (whole.std(axis=0) > 0).all():
        return None
    if rule == "principal_component":
        loadings = first_component(whole)
        return None if loadings is None else loadings**2
    inverse = 1 / whole.std(axis=0, ddof=1)
    found: Numbers = inverse / inverse.sum()
    return found
