"""Ranges of network figures against every completion of small graphs, counted one by one with networkx."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import chain, combinations

import networkx as nx
import numpy as np
import pytest

from idtracker.analyse.metrics.indices import constraint
from idtracker.analyse.metrics.network.brokers import broker_of, share_of_broker
from idtracker.analyse.metrics.network.ranges import (
    can_be_enumerated,
    centralisation_range,
    constraint_range,
    density_range,
    ei_range,
    enumerated,
    persistence_range,
    share_range,
)

Pair = tuple[int, int]
Graph = tuple[int, list[Pair], list[Pair]]


def graphs() -> list[Graph]:
    """Graphs of 3 to 6 organisations: size, ties, unreported ties (up to 8); the same in every process."""
    draw = random.Random(16)
    found = []
    for n in (3, 4, 5, 6) * 12:
        pairs = list(combinations(range(n), 2))
        draw.shuffle(pairs)
        ties = draw.randint(0, len(pairs))
        found.append((n, sorted(pairs[:ties]), sorted(pairs[ties : ties + draw.randint(0, 8)])))
    return found


GRAPHS = graphs()


def subsets(pairs: list[Pair]) -> Iterator[tuple[Pair, ...]]:
    return chain.from_iterable(combinations(pairs, size) for size in range(len(pairs) + 1))


def completed(graph: Graph) -> Iterator[nx.Graph]:
    n, ties, unreported = graph
    for added in subsets(unreported):
        net = nx.Graph()
        net.add_nodes_from(range(n))
        net.add_edges_from([*ties, *added])
        yield net


def ends(values: list[float]) -> tuple[float, float]:
    return min(values), max(values)


def test_the_graphs_have_something_unreported() -> None:
    assert sum(bool(unreported) for _, _, unreported in GRAPHS) > 30


@pytest.mark.parametrize("graph", GRAPHS, ids=str)
def test_the_density_is_exact(graph: Graph) -> None:
    n, ties, unreported = graph
    assert density_range(n, len(ties), len(unreported)) == pytest.approx(
        ends([nx.density(g) for g in completed(graph)])
    )


@pytest.mark.parametrize("graph", GRAPHS, ids=str)
def test_the_ei_index_is_exact(graph: Graph) -> None:
    """Even numbers are one group, odd ones the other."""
    _, ties, unreported = graph
    counts = [
        (sum((a + b) % 2 for a, b in pairs), sum((a + b + 1) % 2 for a, b in pairs)) for pairs in (ties, unreported)
    ]
    values = []
    for net in completed(graph):
        across = sum((a + b) % 2 for a, b in net.edges)
        if net.number_of_edges():
            values.append((2 * across - net.number_of_edges()) / net.number_of_edges())
    found = ei_range(counts[0], counts[1])
    assert found is None if not values else found == pytest.approx(ends(values))


@pytest.mark.parametrize("graph", GRAPHS, ids=str)
def test_the_centralisation_is_exact_above_and_holds_below(graph: Graph) -> None:
    n, ties, unreported = graph
    values = []
    for net in completed(graph):
        degrees = [d for _, d in net.degree()]
        values.append(sum(max(degrees) - d for d in degrees) / ((n - 1) * (n - 2)))
    by_node = [[sum(node in pair for pair in pairs) for node in range(n)] for pairs in (ties, unreported)]
    found = centralisation_range(*by_node)
    assert found is not None
    assert found[1] == pytest.approx(max(values))
    assert 0 <= found[0] <= min(values) + 1e-12


def test_the_lower_end_of_centralisation_is_often_exact() -> None:
    """A bound of 0 would hold as well and say nothing."""
    exact = useful = 0
    for graph in GRAPHS:
        n, ties, unreported = graph
        by_node = [[sum(node in pair for pair in pairs) for node in range(n)] for pairs in (ties, unreported)]
        least = min(n * max(d for _, d in g.degree()) - 2 * g.number_of_edges() for g in completed(graph))
        found = centralisation_range(*by_node)
        exact += found is not None and found[0] == pytest.approx(least / ((n - 1) * (n - 2)))
        useful += least > 0
    assert exact > len(GRAPHS) / 2 and useful > 10


@pytest.mark.parametrize("graph", GRAPHS, ids=str)
def test_the_share_of_bridging_is_within_its_range(graph: Graph) -> None:
    n, ties, unreported = graph
    values = []
    for net in completed(graph):
        between = nx.betweenness_centrality(net, normalized=False)
        if sum(between.values()) > 0:
            values.append(max(between.values()) / sum(between.values()))
    possible = [sum(node in pair for pair in [*ties, *unreported]) for node in range(n)]
    low, high = share_range(possible)
    assert all(low - 1e-12 <= value <= high + 1e-12 for value in values)
    if can_be_enumerated(len(unreported)):
        edges = [(*pair, 1) for pair in ties]
        found = enumerated(unreported, lambda added: share_of_broker([*edges, *((a, b, 1) for a, b in added)]))
        assert found is None if not values else found == pytest.approx(ends(values))


@pytest.mark.parametrize("seed", range(20))
def test_no_constraint_of_a_broker_is_beyond_its_range_whatever_ties_weigh(seed: int) -> None:
    draw = random.Random(seed)
    found = 0
    for n, ties, unreported in GRAPHS:
        edges = [(a, b, draw.choice([1, 2, 1000])) for a, b in [*ties, *draw.sample(unreported, len(unreported) // 2)]]
        top, least, _, _ = broker_of(edges)
        if top is not None and least is not None:
            possible = [sum(node in pair for pair in [*ties, *unreported]) for node in range(n)]
            low, high = constraint_range(possible)
            assert low - 1e-12 <= least <= high
            found += 1
    assert found > 10


def test_two_partners_that_work_with_each_other_alone_constrain_almost_by_two() -> None:
    """The upper end is not beyond reach: weights of 1, 1, and a thousand between the partners, a broker through a third."""
    ties = {0: {1: 1.0, 2: 1.0, 3: 1e-6}, 1: {0: 1.0, 2: 1e3}, 2: {0: 1.0, 1: 1e3}, 3: {0: 1e-6}}
    assert 1.99 < constraint(ties, 0) < 2


@pytest.mark.parametrize("seed", range(40))
def test_the_persistence_is_exact(seed: int) -> None:
    """Every completion of both quarters, of six pairs."""
    draw = random.Random(seed)
    states = [(draw.choice("TNU"), draw.choice("TNU")) for _ in range(6)]
    values = []
    for before in _resolved([s for s, _ in states]):
        for now in _resolved([s for _, s in states]):
            union = sum(a or b for a, b in zip(before, now, strict=True))
            if union:
                values.append(sum(a and b for a, b in zip(before, now, strict=True)) / union)
    columns = [tuple(np.array([s[side] == letter for s in states]) for letter in "TU") for side in (0, 1)]
    found = persistence_range(columns[0], columns[1])
    assert found is None if not values else found == pytest.approx(ends(values))


def _resolved(states: list[str]) -> Iterator[list[bool]]:
    open_places = [(n, n) for n, state in enumerate(states) if state == "U"]
    for added in subsets(open_places):
        yield [state == "T" or (n, n) in added for n, state in enumerate(states)]


def test_nothing_is_said_where_nothing_is_defined() -> None:
    nobody = np.zeros(0, bool)
    assert density_range(1, 0, 0) is None and centralisation_range([1, 1], [0, 0]) is None
    assert ei_range((0, 0), (0, 0)) is None and persistence_range((nobody, nobody), (nobody, nobody)) is None
    assert enumerated([(0, 1)], lambda added: share_of_broker([(a, b, 1) for a, b in added])) is None
