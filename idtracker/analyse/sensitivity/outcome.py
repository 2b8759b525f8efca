"""Draws of one round, and of the round before it, summed up: interval and median of score and rank, shares, changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from idtracker.analyse.sensitivity.aligned import aligned_to
from idtracker.analyse.sensitivity.one_at_a_time import Changed, changed_one_at_a_time
from idtracker.analyse.sensitivity.problem import INPUTS, Numbers, Problem
from idtracker.analyse.sensitivity.ranks import ranks_of
from idtracker.analyse.sensitivity.sample import Sample, evaluated, sample_of
from idtracker.analyse.sensitivity.sobol import Indices, explored
from idtracker.analyse.sensitivity.streams import Streams

DRAWS = 1000
SOBOL_DRAWS = 1024
"""Draws of each of the two samples of the global sensitivity, a power of 2."""
CELLS_OF_CHUNK = 2_000_000
"""Numbers drawn at a time, so that memory stays bounded."""
Bounds = Sequence[float]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Values of all nodes in all draws (nodes by draws by places), their ranks, those of the round before, and the points."""

    problem: Problem
    values: Numbers
    ranks: Numbers
    point: Numbers
    """Nodes by places."""
    point_ranks: Numbers
    before: Numbers | None
    point_before: Numbers | None
    """Both in the order of the places of the round; not a number where a place had none."""
    lost: Numbers
    """Draws in which a value is not defined that is defined as stated, nodes by places."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Indices of the root's score and rank (inputs by places), and what one change at a time makes of them."""

    inputs: tuple[str, ...]
    score: Indices | None
    rank: Indices | None
    changed: list[Changed]


def drawn(problem: Problem, draws: int = DRAWS, before: Problem | None = None, only: Sequence[str] = INPUTS) -> Drawn:
    """Draws of everything that varies, or of the inputs named; the round before under the same choices of the method."""
    aligned = None if before is None or not before.places else aligned_to(before, problem)
    values: list[Numbers] = []
    earlier: list[Numbers] = []
    streams = Streams(f"{problem.method}|draws")
    for size in _chunks(problem, draws):
        streams.begin(size)
        values.append(_stacked(problem, sample_of(problem, streams, size, tuple(only))))
        if aligned is not None:
            earlier.append(_stacked(aligned, sample_of(aligned, streams, size, tuple(only))))
    whole = np.concatenate(values, axis=1)
    point = _stacked(problem, None)[:, 0]
    return Drawn(
        problem,
        whole,
        np.stack([ranks_of(problem, node) for node in whole]),
        point,
        np.stack([ranks_of(problem, node[None, :])[0] for node in point]),
        np.concatenate(earlier, axis=1) if earlier else None,
        None if aligned is None else _stacked(aligned, None)[:, 0],
        (np.isnan(whole).sum(axis=1) * ~np.isnan(point)).astype(np.float64),
    )


def sensitivity(problem: Problem, draws: int = SOBOL_DRAWS) -> Sensitivity:
    """Global sensitivity of the root, and one change at a time."""
    inputs, changed = problem.varied(), changed_one_at_a_time(problem)
    if not inputs:
        return Sensitivity((), None, None, changed)
    root = problem.nodes[-1].code

    def pairs() -> Iterator[tuple[Sample, Sample]]:
        first, second = (Streams(f"{problem.method}|{half}") for half in "AB")
        for size in _chunks(problem, draws):
            first.begin(size)
            second.begin(size)
            yield sample_of(problem, first, size), sample_of(problem, second, size)

    def outputs(sample: Sample) -> Numbers:
        values = evaluated(problem, sample)[root]
        return np.concatenate([values, ranks_of(problem, values)], axis=1).T

    found = explored(inputs, pairs, Sample.with_input, outputs)
    count = len(problem.places)
    score, rank = (Indices(found.first[:, part], found.total[:, part]) for part in (slice(count), slice(count, None)))
    return Sensitivity(inputs, score, rank, changed)


def _chunks(problem: Problem, draws: int) -> Iterator[int]:
    most = max(1, CELLS_OF_CHUNK // max(1, len(problem.places) * len(problem.leaves)))
    for begin in range(0, draws, most):
        yield min(most, draws - begin)


def _stacked(problem: Problem, sample: Sample | None) -> Numbers:
    return np.stack(list(evaluated(problem, sample).values()))


def interval(values: Numbers, level: float) -> tuple[Numbers, Numbers, Numbers]:
    """Lower bound, median and upper bound over the first axis, over the draws in which there is a value."""
    shares = [(1 - level) / 2, 0.5, (1 + level) / 2]
    found = np.full((3, *values.shape[1:]), np.nan)
    missing = np.isnan(values)
    whole, some = ~missing.any(axis=0), missing.any(axis=0) & ~missing.all(axis=0)
    if whole.any():
        found[:, whole] = np.quantile(values[:, whole], shares, axis=0)
    if some.any():
        found[:, some] = np.nanquantile(values[:, some], shares, axis=0)
    return found[0], found[1], found[2]


def shares_of_bands(values: Numbers, lows: Bounds, closed: Literal["low", "high"] = "low") -> Numbers:
    """Share of the draws in each band (bands by places), over the draws in which there is a value.

    `closed` says which end belongs to a band; values beyond the outer ends count in the outer bands.
    """
    side: Literal["left", "right"] = "right" if closed == "low" else "left"
    place = np.maximum(np.searchsorted(np.asarray(lows), np.round(values, 9), side=side) - 1, 0)
    known = ~np.isnan(values)
    counts = np.stack([((place == band) & known).sum(axis=0) for band in range(len(lows))])
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Numbers = counts / known.sum(axis=0)
    return found


def share_moving_alike(before: Numbers, now: Numbers, change: Numbers) -> Numbers:
    """Share of the draws in which the value moved as it did as stated; none where it did not move or is missing."""
    moved = now - before
    known = ~np.isnan(moved)
    alike = (np.sign(np.round(moved, 9)) == np.sign(change)) & known
    with np.errstate(invalid="ignore", divide="ignore"):
        share = alike.sum(axis=0) / known.sum(axis=0)
    return np.where(np.isnan(change) | (np.round(change, 9) == 0), np.nan, share)
