"""The round before with the places of a round, so that a draw is of the same places in both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from idtracker.analyse.sensitivity.problem import Node, Numbers, Problem

Kept = TypeVar("Kept")


def aligned_to(before: Problem, problem: Problem) -> Problem:
    """The round before with the places and nodes of this one, in its order; a place that was not there has no values."""
    if before.places == problem.places:
        return replace(before, ranked_within=problem.ranked_within)
    at = {place: number for number, place in enumerate(before.places)}
    rows = np.array([at.get(place, -1) for place in problem.places], dtype=np.int64)

    def chosen(x: Numbers, missing: float) -> Numbers:
        return np.where((rows < 0).reshape(-1, *[1] * (x.ndim - 1)), missing, x[rows])

    errors = {
        name: tuple(replace(part, size=chosen(part.size, 0.0), name=part.name[rows]) for part in parts)
        for name, parts in before.errors.items()
    }
    ours = np.flatnonzero(rows >= 0)
    onto = _Reordered(len(before.places), rows[ours], ours)
    return replace(
        before,
        places=problem.places,
        ways={leaf: tuple(replace(w, onto=onto.of(w.onto)) for w in ways) for leaf, ways in before.ways.items()},
        nodes=tuple(onto.node(node) for node in before.nodes),
        donors={leaf: onto.keyed(own) for leaf, own in before.donors.items()},
        late_donors={
            leaf: onto.keyed({n: tuple(onto.new[d] for d in donors if d in onto.new) for n, donors in own.items()})
            for leaf, own in before.late_donors.items()
        },
        values=chosen(before.values, np.nan),
        errors=errors,
        variants={name: tuple(chosen(v, np.nan) for v in others) for name, others in before.variants.items()},
        covered={code: (rows >= 0) & flags[rows] for code, flags in before.covered.items()},
        ranked_within=problem.ranked_within,
    )


@dataclass(frozen=True)
class _Reordered:
    """Functions of draws by places whose places are some of those before, in another order: `theirs` are their numbers, `ours` the new ones."""

    count: int
    theirs: npt.NDArray[np.int64]
    ours: npt.NDArray[np.int64]

    @property
    def new(self) -> dict[int, int]:
        """Number before -> number now."""
        return dict(zip(self.theirs.tolist(), self.ours.tolist(), strict=True))

    def of(self, make: Callable[[Numbers], Numbers]) -> Callable[[Numbers], Numbers]:
        def made(values: Numbers) -> Numbers:
            found = np.full(values.shape, np.nan)
            found[:, self.ours] = make(self._back(values))[:, self.theirs]
            return found

        return made

    def node(self, node: Node) -> Node:
        weigh = node.weigh
        if weigh is None:
            return node if node.finish is None else replace(node, finish=self.of(node.finish))

        def weights(children: Sequence[Numbers]) -> Numbers:
            own = weigh([self._back(x) for x in children])
            found = np.zeros((len(own), children[0].shape[1], own.shape[-1]))
            found[:, self.ours] = own[:, self.theirs]
            return found

        return replace(node, finish=None if node.finish is None else self.of(node.finish), weigh=weights)

    def keyed(self, by_place: Mapping[int, Kept]) -> dict[int, Kept]:
        """What is known by place, for the places that are still there."""
        return {self.new[n]: own for n, own in by_place.items() if n in self.new}

    def _back(self, values: Numbers) -> Numbers:
        whole = np.full((len(values), self.count), np.nan)
        whole[:, self.theirs] = values[:, self.ours]
        return whole
