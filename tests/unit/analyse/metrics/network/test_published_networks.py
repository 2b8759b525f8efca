"""Figures of networks and of waiting times that are published, by the formulas that the metrics use."""

from __future__ import annotations

from collections import Counter

import networkx as nx
import numpy as np
import pytest
from scipy import stats

from idtracker.analyse.metrics.indices import (
    constraint,
    degree_centralisation,
    density,
    ei_index,
    expected_ei,
    log_rank,
    waiting_time,
)
from idtracker.analyse.metrics.network.brokers import broker_of

SIX_MP = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
SIX_MP_RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def test_the_karate_club() -> None:
    """Zachary 1977, as networkx has it: two clubs, ties without weights."""
    graph = nx.karate_club_graph()
    sides = nx.get_node_attributes(graph, "club")
    between = sum(sides[a] != sides[b] for a, b in graph.edges)
    assert density(graph.number_of_edges(), len(graph)) == pytest.approx(0.139037, abs=5e-7)
    assert degree_centralisation([d for _, d in graph.degree()]) == pytest.approx(0.399621, abs=5e-7)
    assert ei_index(between, graph.number_of_edges() - between) == pytest.approx(-0.717949, abs=5e-7)
    assert expected_ei(list(Counter(sides.values()).values())) == pytest.approx(0.030303, abs=5e-7)
    ties = {node: dict.fromkeys(graph[node], 1.0) for node in graph}
    assert constraint(ties, 0) == pytest.approx(0.155423, abs=5e-7)


def test_the_florentine_families() -> None:
    """Padgett and Ansell 1993: the Medici broker."""
    graph = nx.florentine_families_graph()
    names = sorted(graph)
    edges = sorted(tuple(sorted((names.index(a), names.index(b)))) for a, b in graph.edges)
    broker, _, bridged, _ = broker_of([(a, b, 1) for a, b in edges])
    assert broker is not None and names[broker] == "Medici"
    pairs_of_others = (len(names) - 1) * (len(names) - 2) / 2
    assert bridged / pairs_of_others == pytest.approx(0.521978, abs=5e-7)


def test_the_southern_women() -> None:
    """Davis, Gardner and Gardner 1941: women who came to the same event."""
    graph = nx.davis_southern_women_graph()
    women = graph.graph["top"]
    projected = nx.bipartite.projected_graph(graph, women)
    assert projected.number_of_edges() == 139
    assert density(projected.number_of_edges(), len(women)) == pytest.approx(0.908497, abs=5e-7)


def test_the_leukaemia_trial() -> None:
    """Freireich et al. 1963: weeks in remission; who had not relapsed is censored."""
    treated = np.array(SIX_MP, float), np.array(SIX_MP_RELAPSED, bool)
    assert waiting_time(*treated, 0.5) == 23
    assert waiting_time(np.array(PLACEBO, float), np.ones(21, bool), 0.5) == 8
    assert waiting_time(*treated, 0.8572) == 6 and waiting_time(*treated, 0.8571) == 7, "S(6) = .8571 to four digits"


def test_the_log_rank_of_the_leukaemia_trial() -> None:
    days = np.array([*SIX_MP, *PLACEBO], float)
    ended = np.array([*SIX_MP_RELAPSED, *[1] * 21], bool)
    is_placebo = np.repeat([False, True], 21)
    found = log_rank(days, ended, is_placebo)
    assert found is not None
    assert found.statistic == pytest.approx(16.793, abs=5e-4)
    assert (found.observed, round(found.expected, 2)) == (21, 10.75), "21 relapsed without the drug, 10.75 expected"
    treated = stats.CensoredData.right_censored(SIX_MP, np.logical_not(SIX_MP_RELAPSED))
    asked = stats.logrank(treated, PLACEBO)
    assert found.statistic == pytest.approx(asked.statistic**2) and found.p_value == pytest.approx(asked.pvalue)


def test_the_log_rank_of_random_groups_is_that_of_scipy() -> None:
    rng, compared = np.random.default_rng(20), 0
    for _ in range(200):
        days, ended = rng.integers(0, 12, 30).astype(float), rng.random(30) < 0.6
        side = rng.random(30) < 0.4
        found = log_rank(days, ended, side)
        if not (ended & side).any() or not (ended & ~side).any() or found is None:
            continue  # scipy asks for an end in each group
        groups = [stats.CensoredData.right_censored(days[of], ~ended[of]) for of in (side, ~side)]
        asked = stats.logrank(*groups)
        assert found.statistic == pytest.approx(asked.statistic**2)
        assert found.p_value == pytest.approx(asked.pvalue)
        compared += 1
    assert compared > 100


def test_the_log_rank_of_one_group_or_no_end_is_none() -> None:
    days, none, every = np.array([1.0, 2.0, 3.0]), np.zeros(3, bool), np.ones(3, bool)
    assert log_rank(days, every, none) is None and log_rank(days, every, every) is None
    assert log_rank(days, none, np.array([True, False, True])) is None
    assert log_rank(np.array([]), np.array([], bool), np.array([], bool)) is None
