"""Bias and error of the components of one indicator, estimated from how far they stand apart where they report together.

Small dense algebra over a frame of pairs. 1. Components are partners if they share at least `minimum_cells` cells; those
with fewer than two partners are removed, all at once and repeatedly. With fewer than `minimum_components` left nothing
is estimated. 2. Biases a: least squares of a_k - a_l = mean(x_k - x_l) over the pairs, weighted by their common cells,
with sum(a) = 0. 3. Errors s: non-negative least squares of s_k² + s_l² = variance(x_k - x_l), same weights; nothing is
estimated where the pairs do not determine every error. No error is below `minimum_error`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from idtracker.merge.method import UnobservedComponents


def calibrate(pairs: pd.DataFrame, rule: UnobservedComponents, also: Sequence[str] = ()) -> pd.DataFrame:
    """One row per calibrated component: the key columns, indicator_id, component, bias and deviation, both on 0-100.

    `pairs` has the columns of calibration.component_pairs(), each pair once, in any order.
    """
    key = [*also, "indicator_id"]
    columns = [*key, "component", "bias", "deviation"]
    found = []
    for about, group in pairs.groupby(key, sort=True):
        made = _calibrated(group.sort_values(["first", "second"]), rule)
        found.append(made.assign(**dict(zip(key, about, strict=True))))
    if not found:
        return pd.DataFrame({name: pd.Series(dtype=pairs[name].dtype) for name in key}).assign(
            component=pd.Series(dtype="str"), bias=pd.Series(dtype="float64"), deviation=pd.Series(dtype="float64")
        )
    return pd.concat(found, ignore_index=True)[columns].astype({name: pairs[name].dtype for name in key})


def _calibrated(pairs: pd.DataFrame, rule: UnobservedComponents) -> pd.DataFrame:
    from scipy.optimize import nnls

    pairs = _partners(pairs, rule.minimum_cells)
    names = sorted({*pairs["first"], *pairs["second"]})
    nothing = pd.DataFrame({"component": pd.Series(dtype="str"), "bias": [], "deviation": []})
    if len(names) < max(rule.minimum_components, 1):
        return nothing
    first, second = (
        pairs[side].map({name: n for n, name in enumerate(names)}).to_numpy() for side in ("first", "second")
    )
    each, root = np.arange(len(pairs)), np.sqrt(pairs["cell_count"].to_numpy(dtype="float64"))
    design = np.zeros((len(pairs), len(names)))
    design[each, first] = design[each, second] = 1.0
    if np.linalg.matrix_rank(design) < len(names):
        return nothing
    difference = design.copy()
    difference[each, second] = -1.0
    bias = np.linalg.lstsq(difference * root[:, None], pairs["difference"].to_numpy() * root, rcond=None)[0]
    squares, _ = nnls(design * root[:, None], pairs["variance"].to_numpy() * root)
    deviation = np.maximum(np.sqrt(squares), rule.minimum_error)
    return pd.DataFrame({"component": pd.Series(names, dtype="str"), "bias": bias, "deviation": deviation})


def _partners(pairs: pd.DataFrame, minimum_cells: int) -> pd.DataFrame:
    """The pairs of components with enough common cells, without those that have fewer than two partners among the rest."""
    pairs = pairs[pairs["cell_count"] >= minimum_cells]
    while True:
        partners = pd.concat([pairs["first"], pairs["second"]]).value_counts()
        lonely = partners.index[partners < 2]
        if lonely.empty:
            return pairs
        pairs = pairs[~pairs["first"].isin(lonely) & ~pairs["second"].isin(lonely)]
