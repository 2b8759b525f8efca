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

from idtracker.model.method import UnobservedComponents


def calibrate(pairs: pd.DataFrame, rule: UnobservedComponents, partition_by: Sequence[str] = ()) -> pd.DataFrame:
    """One row per calibrated component: the key columns, indicator_id, component, bias and deviation, both on 0-100.

    `pairs` has the columns of calibration.component_pairs(), each pair once, in any order.
    """
    key = [*partition_by, "indicator_id"]
    columns = [*key, "component", "bias", "deviation"]
    components = [_nothing().assign(**{name: pairs[name].iloc[:0] for name in key})]
    for _, group in pairs.groupby(key, sort=True):
        calibrated = _calibrated(group.sort_values(["first", "second"]), rule)
        components.append(calibrated.merge(group[key].iloc[:1], how="cross"))
    return pd.concat(components, ignore_index=True)[columns].astype({name: pairs[name].dtype for name in key})


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(
        {"component": pd.Series(dtype="str"), **dict.fromkeys(("bias", "deviation"), pd.Series(dtype="float64"))}
    )


def _calibrated(pairs: pd.DataFrame, rule: UnobservedComponents) -> pd.DataFrame:
    """Component, bias and deviation of one indicator's components; no rows where they cannot be calibrated."""
    from scipy.optimize import nnls

    pairs = _partners(pairs, rule.minimum_cells)
    names = sorted({*pairs["first"], *pairs["second"]})
    if len(names) < rule.minimum_components:
        return _nothing()
    number = {name: n for n, name in enumerate(names)}
    first, second = (pairs[side].map(number).to_numpy() for side in ("first", "second"))
    each, root = np.arange(len(pairs)), np.sqrt(pairs["cell_count"].to_numpy(dtype="float64"))
    together = np.zeros((len(pairs), len(names)))
    together[each, first] = together[each, second] = 1.0
    if np.linalg.matrix_rank(together) < len(names):
        return _nothing()
    apart = together.copy()
    apart[each, second] = -1.0
    bias = np.linalg.lstsq(apart * root[:, None], pairs["difference"].to_numpy() * root, rcond=None)[0]
    squares, _ = nnls(together * root[:, None], pairs["variance"].to_numpy() * root)
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
