"""One chunk of draws of everything that varies, and the values of all nodes under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from idtracker.analyse.sensitivity.nodes import node_values
from idtracker.analyse.sensitivity.problem import (
    ERRORS,
    INPUTS,
    VARIANTS,
    Flags,
    Node,
    Numbers,
    Places,
    Problem,
    Way,
    weights_vary,
)
from idtracker.analyse.sensitivity.streams import Streams

Part = list[Numbers | None]


@dataclass(frozen=True, slots=True)
class Sample:
    """Input -> what was drawn of it: errors by leaf (draws by places), choices of variants, weights and forms by node.

    `ways` are choices of normalisation by leaf, `donors` what stands in for imputed values by leaf (not a number elsewhere).
    """

    size: int
    errors: Mapping[str, Part]
    picks: Mapping[str, Places]
    weights: Mapping[str, Numbers]
    forms: Mapping[str, Places]
    ways: Mapping[str, Places] = field(default_factory=dict)
    donors: Mapping[str, Numbers] = field(default_factory=dict)

    def with_input(self, name: str, other: Sample) -> Sample:
        """The same, with one input from another sample."""
        return Sample(
            self.size,
            {**self.errors, name: other.errors[name]} if name in other.errors else self.errors,
            {**self.picks, name: other.picks[name]} if name in other.picks else self.picks,
            other.weights if name == "weights" else self.weights,
            other.forms if name == "aggregation" else self.forms,
            other.ways if name == "normalisation" else self.ways,
            other.donors if name == "imputation" else self.donors,
        )


def sample_of(problem: Problem, streams: Streams, size: int, only: tuple[str, ...] = INPUTS) -> Sample:
    """Draws of the inputs named; the others stay as they are. `streams` has begun a chunk of this size.

    Choices of the method have one draw for all places and rounds; an error has one for all values that share it.
    """
    varied = [name for name in problem.varied() if name in only]
    picks = {
        n: streams.pick(n, len(problem.variants[n]) + 1) for n in VARIANTS if n in varied and problem.variants.get(n)
    }
    weighted = [node for node in problem.nodes if weights_vary(node)] if "weights" in varied else []
    formed = [node for node in problem.nodes if len(node.forms) > 1] if "aggregation" in varied else []
    several = {leaf: ways for leaf, ways in problem.ways.items() if len(ways) > 1 and "normalisation" in varied}
    shared = problem.shared
    return Sample(
        size,
        {n: _errors(problem, streams, n, size) for n in ERRORS if n in varied},
        picks,
        {node.code: drawn_weights(node, streams) for node in weighted},
        {n.code: streams.pick(f"aggregation|{shared.get(n.code, n.code)}", len(n.forms)) for n in formed},
        {leaf: streams.pick(f"normalisation|{shared.get(leaf, leaf)}", len(ways)) for leaf, ways in several.items()},
        _all_donated(problem, streams) if "imputation" in varied else {},
    )


def _all_donated(problem: Problem, streams: Streams) -> dict[str, Numbers]:
    found = {leaf: _donated(problem, streams, leaf) for leaf in problem.donors}
    return found | {leaf: _late_donated(problem, streams, leaf) for leaf in problem.late_donors}


def _late_donated(problem: Problem, streams: Streams, leaf: str) -> Numbers:
    """The place (its number) whose value on the scale stands in for a missing one."""
    found = np.full((streams.size, len(problem.places)), np.nan)
    for place, donors in problem.late_donors[leaf].items():
        found[:, place] = np.array(donors)[streams.pick(f"donor|{leaf}|{problem.places[place]}", len(donors))]
    return found


def _donated(problem: Problem, streams: Streams, leaf: str) -> Numbers:
    """Values that stand in for imputed ones: each place draws one of its donors."""
    found = np.full((streams.size, len(problem.places)), np.nan)
    for place, values in problem.donors[leaf].items():
        found[:, place] = values[streams.pick(f"donor|{leaf}|{problem.places[place]}", len(values))]
    return found


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

    The concentration k is that under which equal weights 1/m have the standard deviation spread/m: k = (m-1)/spread² - 1.
    Where a node has other sets of weights, each draw is around one of the sets; one pick chooses for all nodes.
    """
    found = _around(node, node.weights, streams)
    if node.other_weights:
        picks = streams.pick("weights|set", len(node.other_weights) + 1)
        for number, weights in enumerate(node.other_weights, start=1):
            found = np.where((picks == number)[:, None], _around(node, weights, streams), found)
    return found


def _around(node: Node, weights: tuple[float, ...], streams: Streams) -> Numbers:
    total, count = sum(weights), sum(weight > 0 for weight in weights)
    if count < 2 or node.spread <= 0:
        return np.tile(np.array(weights, dtype=float), (streams.size, 1))
    concentration = (count - 1) / node.spread**2 - 1
    found = np.zeros((streams.size, len(weights)))
    for place, (child, weight) in enumerate(zip(node.children, weights, strict=True)):
        if weight > 0:
            found[:, place] = streams.gamma(f"weights|{node.code}|{child}", concentration * weight / total)
    sums = np.zeros(streams.size)
    for place in range(found.shape[1]):
        sums += found[:, place]
    return found * (total / sums)[:, None]


def evaluated(problem: Problem, sample: Sample | None = None) -> dict[str, Numbers]:
    """Values of every node, draws by places; without a sample one draw that is the point itself.

    What a draw leaves undefined that is defined as stated (a logarithm of zero, a geometric mean) leaves all above it undefined in that
    draw: it does not count as missing. An imputed value that stays away does.
    """
    known = known_of(problem, sample)
    size = 1 if sample is None else sample.size
    return {node.code: np.broadcast_to(known[node.code], (size, len(problem.places))) for node in problem.nodes}


def known_of(problem: Problem, sample: Sample | None = None) -> dict[str, Numbers]:
    """Values of leaves, on their scale, and nodes: draws by places, or one draw where nothing about them varies."""
    known: dict[str, Numbers] = dict(zip(problem.leaves, _leaves(problem, sample), strict=True))
    stated = None if sample is None else known_of(problem)
    lost: dict[str, Flags] = {}
    if stated is not None and sample is not None:
        lost = {code: _undefined(known[code], stated[code]) for code in problem.ways if code in known}
        lost = {code: flags & ~_stays_away(problem, sample, code) for code, flags in lost.items() if flags.any()}
    for node in problem.nodes:
        children = [known[child] for child in node.children]
        weights = None if sample is None else sample.weights.get(node.code)
        forms = None if sample is None else sample.forms.get(node.code)
        values = node_values(node, children, weights, forms, problem.covered[node.code])
        gone = [lost[child] for child in node.children if child in lost]
        for flags in gone:
            values = np.where(flags, np.nan, values)
        known[node.code] = values
        if stated is not None and (undefined := _undefined(values, stated[node.code])).any():
            some = np.logical_or.reduce(np.broadcast_arrays(*(~np.isnan(x) for x in children), *gone))
            lost[node.code] = undefined & some
    return known


def _undefined(values: Numbers, stated: Numbers) -> Flags:
    return np.isnan(values) & ~np.isnan(stated)


def _stays_away(problem: Problem, sample: Sample, leaf: str) -> Flags:
    """Where the choice of a draw is that an imputed value stays away."""
    at, found = problem.leaves.index(leaf), np.zeros((1, len(problem.places)), dtype=bool)
    for name, picks in sample.picks.items():
        options = np.stack([problem.values[:, at], *(v[:, at] for v in problem.variants[name])])
        found = found | np.isnan(options[picks])
    return found


def _leaves(problem: Problem, sample: Sample | None) -> list[Numbers]:
    """Values of each leaf on its scale, draws by places; one draw where nothing about it varies."""
    low, high = problem.limits or (-np.inf, np.inf)
    found: list[Numbers] = []
    for leaf, code in enumerate(problem.leaves):
        values = _before_scaling(problem, sample, leaf)
        if code in problem.ways:
            scaled = _scaled(problem.ways[code], values, sample, code)
            found.append(_filled(problem, sample, code, scaled))
        else:
            found.append(np.clip(values, low, high) if problem.limits else values)
    return found


def _filled(problem: Problem, sample: Sample | None, code: str, scaled: Numbers) -> Numbers:
    """Values on the scale with those that stand in for missing ones of a leaf that is filled there."""
    donors = None if sample is None else sample.donors.get(code)
    if donors is None or code not in problem.late_donors:
        return scaled
    whole = np.broadcast_to(scaled, donors.shape)
    asked = np.where(np.isnan(donors), 0, donors).astype(np.intp)
    return np.where(np.isnan(donors), whole, np.take_along_axis(whole, asked, axis=1))


def _before_scaling(problem: Problem, sample: Sample | None, leaf: int) -> Numbers:
    """Values of one leaf with what stands in for imputed ones, the other variants and the errors."""
    values: Numbers = problem.values[None, :, leaf]
    if sample is None:
        return values
    donors = sample.donors.get(problem.leaves[leaf])
    if donors is not None and problem.leaves[leaf] not in problem.late_donors:
        values = np.where(np.isnan(donors) | np.isnan(values), values, donors)
    for name, picks in sample.picks.items():
        options = np.stack([problem.values[:, leaf], *(v[:, leaf] for v in problem.variants[name])])
        other = options - options[0]
        if not np.array_equal(np.nan_to_num(other), np.zeros_like(other)) or np.isnan(other).any():
            values = np.where(picks[:, None] > 0, options[picks], values)
    for part in sample.errors.values():
        drawn = part[leaf]
        values = values if drawn is None else values + drawn
    return values


def _scaled(ways: tuple[Way, ...], values: Numbers, sample: Sample | None, leaf: str) -> Numbers:
    if sample is None:
        return ways[0].onto(values)
    picks = sample.ways.get(leaf)
    if picks is None:
        return _under(ways[0], values)
    found = np.full((len(picks), values.shape[1]), np.nan)
    for number, way in enumerate(ways):
        rows = picks == number
        if rows.any():
            found[rows] = _under(way, values if len(values) == 1 else values[rows])
    return found


def _under(way: Way, values: Numbers) -> Numbers:
    return way.onto(values if way.ends is None else np.clip(values, *way.ends))
