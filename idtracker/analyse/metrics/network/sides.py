"""A network on one side of a change: who is on the roster, who is tied how often, and which pairs a missing report could tie."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.metrics.delivery.activities import Network, network, network_of
from idtracker.analyse.metrics.indices import degree_centralisation, density, ei_index, expected_ei
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.network.brokers import Broker, Edge, broker_of
from idtracker.analyse.metrics.network.silence import open_pairs
from idtracker.analyse.metrics.quarter import Quarter

Weights = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Side:
    """Organisations in order, which of them are HMG, and of each quarter that a figure reads the ties and the open pairs.

    `weights` (quarters, n, n) says how many activities each pair shares, `open` of which pairs a report is missing.
    """

    orgs: tuple[str, ...]
    is_hmg: npt.NDArray[np.bool_]
    weights: Weights
    open: npt.NDArray[np.bool_]


Formula = Callable[[npt.NDArray[np.bool_], Weights], float | None]


def _degrees(weights: Weights) -> list[int]:
    degrees: list[int] = (weights[-1] > 0).sum(axis=1).tolist()
    return degrees


def _density(is_hmg: npt.NDArray[np.bool_], weights: Weights) -> float | None:
    return density(sum(_degrees(weights)) // 2, len(is_hmg))


def _centralisation(is_hmg: npt.NDArray[np.bool_], weights: Weights) -> float | None:
    return degree_centralisation(_degrees(weights))


def _ei(is_hmg: npt.NDArray[np.bool_], weights: Weights) -> float | None:
    tied = np.triu(weights[-1] > 0)
    external = int((tied & (is_hmg[:, None] != is_hmg[None, :])).sum())
    return ei_index(external, int(tied.sum()) - external)


def _expected(is_hmg: npt.NDArray[np.bool_], weights: Weights) -> float | None:
    inside = int(is_hmg.sum())
    return expected_ei([inside, len(is_hmg) - inside])


def _excess(is_hmg: npt.NDArray[np.bool_], weights: Weights) -> float | None:
    value, expected = _ei(is_hmg, weights), _expected(is_hmg, weights)
    return None if value is None or expected is None else value - expected


def _constraint(is_hmg: npt.NDArray[np.bool_], weights: Weights) -> float | None:
    return _known_broker(_edges(weights))[1]


def _share(is_hmg: npt.NDArray[np.bool_], weights: Weights) -> float | None:
    _, _, highest, total = _known_broker(_edges(weights))
    return highest / total if total > 0 else None


def _persistence(is_hmg: npt.NDArray[np.bool_], weights: Weights) -> float | None:
    before, now = (np.triu(layer > 0) for layer in weights)
    union = int((before | now).sum())
    return int((before & now).sum()) / union if union else None


FORMULAS: Mapping[tuple[str, str], Formula] = {
    ("IM-16", "value"): _density,
    ("IM-17", "value"): _centralisation,
    ("IM-18", "value"): _ei,
    ("IM-18", "expected"): _expected,
    ("IM-18", "excess"): _excess,
    ("IM-19", "constraint"): _constraint,
    ("IM-19", "betweenness_share"): _share,
    ("IM-24", "value"): _persistence,
}
"""The figures of networks, each as a function of who is HMG and of the ties; None where it is undefined."""
QUARTERS_READ = {"IM-24": 2}
"""How many quarters up to its own a metric reads, where it is not one."""
NETWORK_METRICS = tuple(dict.fromkeys(metric_id for metric_id, _ in FORMULAS))


def quarters_read(metric_id: str, quarter: Quarter) -> list[Quarter]:
    """The quarters that a metric reads, oldest first."""
    return quarter.window()[-QUARTERS_READ.get(metric_id, 1) :]


def as_published(inputs: Inputs, quarters: Sequence[Quarter]) -> Side:
    """The side of some quarters with organisations as they are in each."""

    def make() -> Side:
        return _side(inputs, quarters, [network(inputs, q) for q in quarters])

    return inputs.remember(("side", *quarters), make)


def as_read_on(inputs: Inputs, quarters: Sequence[Quarter], day: pd.Timestamp) -> Side:
    """The same with organisations as they are on one day: whoever was on a roster is there as whoever stands for them then."""
    read = inputs.organisations.reading
    if all(read(day) == read(inputs.day_of(q)) == read(q.end) for q in quarters):
        return as_published(inputs, quarters)
    fixed, stands_for = inputs.read_on(day), inputs.organisations.successors(day)
    graphs = []
    for q in quarters:
        members = sorted({stands_for.get(org, org) for org in network(inputs, q).roster})
        graphs.append(network_of(fixed, q, members))
    return _side(fixed, quarters, graphs)


def _side(inputs: Inputs, quarters: Sequence[Quarter], graphs: Sequence[Network]) -> Side:
    """The networks of some quarters on the organisations of all of them."""
    orgs = sorted({org for graph in graphs for org in graph.roster})
    number, traits = {org: n for n, org in enumerate(orgs)}, inputs.traits(quarters[-1])
    weights = np.zeros((len(graphs), len(orgs), len(orgs)), dtype=np.int64)
    is_open = np.zeros(weights.shape, dtype=np.bool_)
    for layer, (quarter, graph) in enumerate(zip(quarters, graphs, strict=True)):
        for tie in graph.ties:
            a, b = number[tie.a], number[tie.b]
            weights[layer, a, b] = weights[layer, b, a] = tie.weight
        here = [number[org] for org in graph.roster]
        is_open[layer][np.ix_(here, here)] = open_pairs(inputs, quarter, graph.roster)
    is_hmg = np.array([org in traits and traits[org].is_hmg for org in orgs], dtype=np.bool_)
    return Side(tuple(orgs), is_hmg, weights, is_open)


def _edges(weights: Weights) -> tuple[Edge, ...]:
    """The ties of the last quarter by the places of their ends, in order."""
    found = np.argwhere(np.triu(weights[-1])).tolist()
    return tuple((a, b, int(weights[-1, a, b])) for a, b in found)


@lru_cache(maxsize=256)
def _known_broker(edges: tuple[Edge, ...]) -> Broker:
    return broker_of(edges)
