"""One chunk of draws of everything that varies, and the values of all nodes under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from idtracker.analyse.sensitivity.nodes import node_values
from idtracker.analyse.sensitivity.problem import ERRORS, INPUTS, VARIANTS, Node, Numbers, Places, Problem, weights_vary
from idtracker.analyse.sensitivity.streams import Streams

WEIGHT_SPREAD = 0.2
"""Standard deviation of a drawn weight as share of it, for children of equal weight."""
Part = list[Numbers | None]


@dataclass(frozen=True, slots=True)
class Sample:
    """Input -> what was drawn of it: errors by leaf (draws by places), choices of variants, weights and forms by node."""

    size: int
    errors: Mapping[str, Part]
    picks: Mapping[str, Places]
    weights: Mapping[str, Numbers]
    forms: Mapping[str, Places]

    def with_input(self, name: str, other: Sample) -> Sample:
        """The same, with one input from another sample."""
        return Sample(
            self.size,
            {**self.errors, name: other.errors[name]} if name in other.errors else self.errors,
            {**self.picks, name: other.picks[name]} if name in other.picks else self.picks,
            other.weights if name == "weights" else self.weights,
            other.forms if name == "aggregation" else self.forms,
        )


def sample_of(problem: Problem, streams: Streams, size: int, only: tuple[str, ...] = INPUTS) -> Sample:
    """Draws of the inputs named; the others stay as they are. `streams` has begun a chunk of this size.

    Choices of the method have one draw for all places and rounds; an error has one for all values that share it.
    """
    varied = [name for name in problem.varied() if name in only]
    picks = {n: streams.pick(n, len(problem.variants[n]) + 1) for n in VARIANTS if n in varied}
    return Sample(
        size,
        {n: _errors(problem, streams, n, size) for n in ERRORS if n in varied},
        picks,
        {node.code: drawn_weights(node, streams) for node in problem.nodes if weights_vary(node)}
        if "weights" in varied
        else {},
        {
            node.code: streams.pick(f"aggregation|{node.code}", len(node.forms))
            for node in problem.nodes
            if len(node.forms) > 1
        }
        if "aggregation" in varied
        else {},
    )


def _errors(problem: Problem, streams: Streams, name: str, size: int) -> Part:
    found: Part = []
    for leaf in range(len(problem.leaves)):
        drawn = np.zeros((size, len(problem.places)))
        for part in problem.errors[name]:
            for place in np.flatnonzero(part.size[:, leaf] > 0):
                drawn[:, place] += part.size[place, leaf] * streams.normal(f"{name}|{part.name[place, leaf]}")
        found.append(drawn if any((part.size[:, leaf] > 0).any() for part in problem.errors[name]) else None)
    return found


def drawn_weights(node: Node, streams: Streams) -> Numbers:
    """Draws by children: Dirichlet around the stated weights, their sum as stated. A weight of 0 stays 0.

    The concentration k is that under which equal weights 1/m have the standard deviation WEIGHT_SPREAD/m: k = (m-1)/spread² - 1.
    """
    total, count = sum(node.weights), sum(weight > 0 for weight in node.weights)
    concentration = (count - 1) / WEIGHT_SPREAD**2 - 1
    found = np.zeros((streams.size, len(node.weights)))
    for place, (child, weight) in enumerate(zip(node.children, node.weights, strict=True)):
        if weight > 0:
            found[:, place] = streams.gamma(f"weights|{node.code}|{child}", concentration * weight / total)
    sums = np.zeros(streams.size)
    for place in range(found.shape[1]):
        sums += found[:, place]
    return found * (total / sums)[:, None]


def evaluated(problem: Problem, sample: Sample | None = None) -> dict[str, Numbers]:
    """Values of every node, draws by places; without a sample one draw that is the point itself."""
    known: dict[str, Numbers] = dict(zip(problem.leaves, _leaves(problem, sample), strict=True))
    for node in problem.nodes:
        children = [known[child] for child in node.children]
        weights = None if sample is None else sample.weights.get(node.code)
        forms = None if sample is None else sample.forms.get(node.code)
        values = node_values(node, children, weights, forms)
        known[node.code] = np.where(problem.covered[node.code], values, np.nan)
    size = 1 if sample is None else sample.size
    return {node.code: np.broadcast_to(known[node.code], (size, len(problem.places))) for node in problem.nodes}


def _leaves(problem: Problem, sample: Sample | None) -> list[Numbers]:
    """Values of each leaf, draws by places; one draw where nothing about it varies."""
    low, high = problem.limits or (-np.inf, np.inf)
    found: list[Numbers] = []
    for leaf in range(len(problem.leaves)):
        values: Numbers = problem.values[None, :, leaf]
        for name, picks in sample.picks.items() if sample else ():
            options = np.stack([problem.values[:, leaf], *(v[:, leaf] for v in problem.variants[name])])
            other = options - options[0]
            if not np.array_equal(np.nan_to_num(other), np.zeros_like(other)) or np.isnan(other).any():
                values = np.where(picks[:, None] > 0, options[picks], values)
        for part in sample.errors.values() if sample else ():
            drawn = part[leaf]
            values = values if drawn is None else values + drawn
        found.append(np.clip(values, low, high) if problem.limits else values)
    return found
