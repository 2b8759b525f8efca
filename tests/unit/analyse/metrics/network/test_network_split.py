"""The split of changes of networks against all orders of the causes, graph by graph, and where figures are undefined on the way."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import permutations

import networkx as nx
import numpy as np
import pytest

from idtracker.analyse.metrics.network.sides import FORMULAS, Side
from idtracker.analyse.metrics.network.split import BEHAVIOUR, MERGER, ROSTER, SILENCE, Change, split


def random_side(draw: random.Random, layers: int) -> Side:
    orgs = sorted(draw.sample("abcdefg", 5))
    weights, is_open = np.zeros((layers, 5, 5), np.int64), np.zeros((layers, 5, 5), bool)
    for layer in range(layers):
        for a in range(5):
            for b in range(a):
                weights[layer, a, b] = weights[layer, b, a] = draw.choice([0, 0, 1, 3])
                is_open[layer, a, b] = is_open[layer, b, a] = draw.random() < 0.3
    return Side(tuple(orgs), np.array([org in "aceg" for org in orgs]), weights, is_open)


def pair_states(side: Side) -> dict[frozenset[str], list[tuple[int, bool]]]:
    pairs = [(a, b) for a in range(5) for b in range(a)]
    return {
        frozenset((side.orgs[a], side.orgs[b])): [
            (int(w[a, b]), bool(o[a, b])) for w, o in zip(side.weights, side.open, strict=True)
        ]
        for a, b in pairs
    }


def oracle(before: Side, after: Side, figure: Callable[[list[str], list[nx.Graph]], float | None]) -> dict[str, float]:
    """The mean over all orders in which roster, silence and behaviour act, graph by graph."""
    sides, layers = (pair_states(before), pair_states(after)), len(before.weights)
    stays = set(before.orgs) & set(after.orgs)

    def cause_of(pair: frozenset[str], layer: int) -> str:
        if not pair <= stays:
            return ROSTER
        (old, was_open), (new, is_open) = sides[0][pair][layer], sides[1][pair][layer]
        is_unknown = (not old and was_open) or (not new and is_open) or (old and new and (was_open or is_open))
        return SILENCE if is_unknown else BEHAVIOUR

    def value(acted: frozenset[str]) -> float | None:
        members = sorted(after.orgs if ROSTER in acted else before.orgs)
        graphs = []
        for layer in range(layers):
            net = nx.Graph()
            net.add_nodes_from(members)
            for pair in set(sides[0]) | set(sides[1]):
                taken = sides[1] if cause_of(pair, layer) in acted else sides[0]
                weight = taken.get(pair, [(0, False)] * layers)[layer][0]
                if weight and pair <= set(members):
                    net.add_edge(*pair, weight=weight)
            graphs.append(net)
        return figure(members, graphs)

    start = value(frozenset())
    assert start is not None
    added = dict.fromkeys((ROSTER, SILENCE, BEHAVIOUR), 0.0)
    for order in permutations(added):
        last = start
        for place, cause in enumerate(order):
            now = value(frozenset(order[: place + 1]))
            now = start if now is None else now
            added[cause] += (now - last) / 6
            last = now
    return added


def _density(members: list[str], graphs: list[nx.Graph]) -> float | None:
    return float(nx.density(graphs[-1]))


def _ei(members: list[str], graphs: list[nx.Graph]) -> float | None:
    crosses = [(a in "aceg") != (b in "aceg") for a, b in graphs[-1].edges]
    return sum(1 if c else -1 for c in crosses) / len(crosses) if crosses else None


def _share(members: list[str], graphs: list[nx.Graph]) -> float | None:
    between = nx.betweenness_centrality(graphs[-1], normalized=False)
    return max(between.values()) / sum(between.values()) if sum(between.values()) else None


def _persistence(members: list[str], graphs: list[nx.Graph]) -> float | None:
    old, new = ({frozenset(edge) for edge in g.edges} for g in graphs)
    return len(old & new) / len(old | new) if old | new else None


ORACLES = {
    ("IM-16", "value"): _density,
    ("IM-18", "value"): _ei,
    ("IM-19", "betweenness_share"): _share,
    ("IM-24", "value"): _persistence,
}


@pytest.mark.parametrize("seed", range(30))
def test_the_parts_are_those_of_all_orders(seed: int) -> None:
    draw = random.Random(seed)
    before, after = random_side(draw, 2), random_side(draw, 2)
    change, compared = Change(before, before, after, after), 0
    for name, figure in ORACLES.items():
        parts = split(change, {name: FORMULAS[name]})
        if not parts:
            continue
        found = parts[name]
        assert found[MERGER] == pytest.approx(0, abs=1e-12)
        assert {c: found[c] for c in (ROSTER, SILENCE, BEHAVIOUR)} == pytest.approx(
            oracle(before, after, figure), abs=1e-12
        )
        compared += 1
    assert compared >= 3


@pytest.mark.parametrize("seed", range(30))
def test_the_parts_add_up_whatever_is_undefined_on_the_way(seed: int) -> None:
    draw = random.Random(seed)
    was, before, after, now = (random_side(draw, 2) for _ in range(4))
    if seed % 3 == 0:
        before = Side(before.orgs, before.is_hmg, np.zeros_like(before.weights), before.open)
    if seed % 3 == 1:
        after = Side(after.orgs, after.is_hmg, np.zeros_like(after.weights), after.open)
    parts = split(Change(was, before, after, now), FORMULAS)
    assert len(parts) >= 6
    for name, added in parts.items():
        first, last = (FORMULAS[name](side.is_hmg, side.weights) for side in (was, now))
        assert first is not None and last is not None
        assert sum(added.values()) == pytest.approx(last - first, abs=1e-9)
