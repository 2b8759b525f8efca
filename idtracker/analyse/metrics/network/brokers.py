"""Who bridges: betweenness and Burt's constraint of numbered organisations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from idtracker.analyse.metrics.delivery.activities import Network
from idtracker.analyse.metrics.indices import constraint
from idtracker.analyse.metrics.inputs import Inputs

Edge = tuple[int, int, int]
"""Two numbered organisations and how many activities they share."""
Broker = tuple[int | None, float | None, float, float]
"""The organisation with the highest betweenness, its constraint, its betweenness and the sum of all."""


def top_broker(inputs: Inputs, graph: Network) -> tuple[str | None, float | None, float, float]:
    """The organisation with the highest betweenness, its constraint, its betweenness and the sum of all."""
    # Nodes are numbers: sets of texts are walked in another order in every process, which moves the last digits of sums.
    edges = numbered(graph)
    top, least, highest, total = inputs.remember_while(("broker", *edges), [], lambda: broker_of(edges))
    return None if top is None else graph.roster[top], least, highest, total


def numbered(graph: Network) -> list[Edge]:
    """The ties of a network by the places of their ends on the roster, in order."""
    number = {org: n for n, org in enumerate(graph.roster)}
    return sorted((number[tie.a], number[tie.b], tie.weight) for tie in graph.ties)


def broker_of(edges: Sequence[Edge]) -> Broker:
    """top_broker() of numbered organisations; one without a tie bridges nothing and is left out."""
    net = _graph(edges)
    between = _betweenness(net)
    highest, total = max(between.values(), default=0.0), float(sum(between.values()))
    if total <= 0:
        return None, None, 0.0, 0.0
    tied = [node for node, bridged in between.items() if bridged >= highest - 1e-9]
    ties = {v: {w: weight["weight"] for w, weight in near.items()} for v, near in net.adjacency()}
    constraints = {node: constraint(ties, node) for node in tied}
    top = min(tied, key=lambda node: (round(constraints[node], 12), node))
    return top, constraints[top], float(highest), total


def share_of_broker(edges: Sequence[Edge]) -> float | None:
    """The largest share of all bridging; None where nobody bridges."""
    between = _betweenness(_graph(edges))
    total = float(sum(between.values()))
    return max(between.values()) / total if total > 0 else None


def _betweenness(net: Any) -> dict[int, float]:
    import networkx as nx

    found: dict[int, float] = nx.betweenness_centrality(net, normalized=False)
    return found


def _graph(edges: Sequence[Edge]) -> Any:
    import networkx as nx

    net: Any = nx.Graph()
    net.add_nodes_from(sorted({end for a, b, _ in edges for end in (a, b)}))
    net.add_weighted_edges_from(edges)
    return net
