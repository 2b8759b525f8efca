"""Global sensitivity: how much of the variance of an output each input explains, alone (first order) and with all its
interactions (total order).

A and B are two independent samples of all inputs; in AB_i input i is that of B and all else that of A (Saltelli et al. 2010,
Computer Physics Communications 181, 259-270; the estimators are scipy's). An input may be a group, such as all weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy.stats import sobol_indices

from idtracker.analyse.sensitivity.problem import Numbers

SampleOf = TypeVar("SampleOf")
LEAST_VARIANCE = 1e-18
"""An output whose variance is smaller does not vary: it has no indices."""


@dataclass(frozen=True, slots=True)
class Indices:
    """Inputs by outputs; not a number where the output does not vary or is not defined in every draw."""

    first: Numbers
    total: Numbers


def indices_of(a: Numbers, b: Numbers, mixed: Numbers) -> Indices:
    """From outputs under A and B (outputs by draws) and under each AB_i (inputs by outputs by draws).

    The number of draws is a power of 2.
    """
    inputs, outputs, size = mixed.shape
    known = np.isfinite(a).all(axis=1) & np.isfinite(b).all(axis=1) & np.isfinite(mixed).all(axis=(0, 2))
    known &= np.where(known, np.nan_to_num(np.concatenate([a, b], axis=1)).var(axis=1), 0.0) > LEAST_VARIANCE
    first, total = (np.full((inputs, outputs), np.nan) for _ in range(2))
    several = (
        mixed if inputs > 1 else np.concatenate([mixed, mixed])
    )  # of one input and output scipy makes a bare number
    for output in np.flatnonzero(known):  # one by one: what an output says does not depend on those beside it
        found = sobol_indices(
            func={"f_A": a[output, None], "f_B": b[output, None], "f_AB": several[:, output, None]}, n=size
        )
        first[:, output] = np.reshape(found.first_order, len(several))[:inputs]
        total[:, output] = np.reshape(found.total_order, len(several))[:inputs]
    return Indices(first, total)


def explored(
    inputs: Sequence[str],
    pairs: Callable[[], Iterable[tuple[SampleOf, SampleOf]]],
    mix: Callable[[SampleOf, str, SampleOf], SampleOf],
    outputs: Callable[[SampleOf], Numbers],
) -> Indices:
    """Indices of a model: `pairs` gives chunks of the samples A and B, `outputs` the outputs (outputs by draws) of a sample."""
    a, b = [], []
    mixed: Mapping[str, list[Numbers]] = {name: [] for name in inputs}
    for first, second in pairs():
        a.append(outputs(first))
        b.append(outputs(second))
        for name in inputs:
            mixed[name].append(outputs(mix(first, name, second)))
    return indices_of(
        np.concatenate(a, axis=1),
        np.concatenate(b, axis=1),
        np.stack([np.concatenate(mixed[name], axis=1) for name in inputs]),
    )
