"""One thing changed and all else as stated: an indicator left out, the weights of two swapped, another aggregation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np

from idtracker.analyse.sensitivity.nodes import with_form
from idtracker.analyse.sensitivity.problem import Node, Numbers, Problem
from idtracker.analyse.sensitivity.ranks import ranks_of
from idtracker.analyse.sensitivity.sample import evaluated

Change = Literal["DROP_ONE", "SWAP_WEIGHTS", "SWAP_AGGREGATION", "SWAP_NORMALISATION"]


@dataclass(frozen=True, slots=True)
class Changed:
    """What was changed, and by how much score and rank of the root of each place differ from those as stated."""

    change: Change
    subject: str
    score: Numbers
    rank: Numbers


def changed_one_at_a_time(problem: Problem) -> list[Changed]:
    """Every leaf left out (its weight is shared out), the weights of every two of a node swapped where they differ, equal ones
    where they come from the data, every other set of weights, each node under each other aggregation, and each other normalisation of the leaves that choose it together.

    A place is not taken out by the coverage rule where it was not before; it has no score where nothing is left.
    """
    score, rank = _root(problem)
    found = []
    changes = (_without_a_leaf, _with_swapped_weights, _with_equal_weights, _with_sets, _with_forms, _with_ways)
    for change, subject, other in (one for make in changes for one in make(problem)):
        new_score, new_rank = _root(other)
        found.append(Changed(change, subject, new_score - score, new_rank - rank))
    return found


def _root(problem: Problem) -> tuple[Numbers, Numbers]:
    values = evaluated(problem)[problem.nodes[-1].code]
    return values[0], ranks_of(problem, values)[0]


def _without_a_leaf(problem: Problem) -> Iterator[tuple[Change, str, Problem]]:
    for place, leaf in enumerate(problem.leaves):
        values = problem.values.copy()
        values[:, place] = np.nan
        yield "DROP_ONE", leaf, replace(problem, values=values)


def _with_swapped_weights(problem: Problem) -> Iterator[tuple[Change, str, Problem]]:
    for node in problem.nodes:
        if not node.has_weights:
            continue
        for a, b in combinations(range(len(node.children)), 2):
            if abs(node.weights[a] - node.weights[b]) > 1e-12:
                weights = list(node.weights)
                weights[a], weights[b] = weights[b], weights[a]
                subject = f"{node.children[a]} and {node.children[b]}"
                yield "SWAP_WEIGHTS", subject, _with(problem, replace(node, weights=tuple(weights)))


def _with_equal_weights(problem: Problem) -> Iterator[tuple[Change, str, Problem]]:
    """Equal weights where they come from the data."""
    for node in problem.nodes:
        if node.weigh is not None:
            equal = replace(node, weigh=None, weights=(1.0,) * len(node.children))
            yield "SWAP_WEIGHTS", f"{node.code} with equal weights", _with(problem, equal)


def _with_sets(problem: Problem) -> Iterator[tuple[Change, str, Problem]]:
    for number, label in enumerate(problem.set_labels):
        nodes = (replace(n, weights=n.other_weights[number]) if n.other_weights else n for n in problem.nodes)
        yield "SWAP_WEIGHTS", f"set {label}", replace(problem, nodes=tuple(nodes))


def _with_ways(problem: Problem) -> Iterator[tuple[Change, str, Problem]]:
    groups: dict[tuple[str, str], list[str]] = {}
    for leaf, ways in problem.ways.items():
        for way in ways[1:]:
            groups.setdefault((problem.shared.get(leaf, leaf), way.label), []).append(leaf)
    for (_, label), leaves in groups.items():
        own = {leaf: tuple(w for w in problem.ways[leaf] if w.label == label) for leaf in leaves}
        subject = f"{', '.join(leaves)}: {label}"
        yield "SWAP_NORMALISATION", subject, replace(problem, ways={**problem.ways, **own})


def _with_forms(problem: Problem) -> Iterator[tuple[Change, str, Problem]]:
    for node in problem.nodes:
        for form in dict.fromkeys(form for form in node.forms if form != node.forms[0]):
            yield "SWAP_AGGREGATION", f"{node.code} {form}", _with(problem, with_form(node, form))


def _with(problem: Problem, node: Node) -> Problem:
    return replace(problem, nodes=tuple(node if other.code == node.code else other for other in problem.nodes))
