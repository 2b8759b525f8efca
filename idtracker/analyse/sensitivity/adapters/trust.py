"""The reliability index of the tracker's places and nodes, from cells and what stands behind them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from idtracker.analyse.index.across.units import country_of, members_of
from idtracker.analyse.sensitivity.adapters.tracker import Placed, RoundTables
from idtracker.analyse.sensitivity.problem import Flags, Numbers
from idtracker.analyse.sensitivity.reliability import Reliability, reliability
from idtracker.model.composite.definition import Index
from idtracker.model.composite.tree import TreeNode
from idtracker.model.method import Method


class Branch(Protocol):
    """A node with the codes of what lies directly below it, and their weights."""

    @property
    def code(self) -> str: ...
    @property
    def children(self) -> tuple[str, ...]: ...
    @property
    def weights(self) -> Sequence[float] | Numbers: ...


class Shape(Protocol):
    """What the index needs of a problem: places, leaves, and nodes from below."""

    @property
    def places(self) -> tuple[str, ...]: ...
    @property
    def leaves(self) -> tuple[str, ...]: ...
    @property
    def nodes(self) -> Sequence[Branch]: ...


class _Branch(NamedTuple):
    code: str
    children: tuple[str, ...]
    weights: Sequence[float] | Numbers
    """Of each child, or of each child by place."""


class _Shape(NamedTuple):
    places: tuple[str, ...]
    leaves: tuple[str, ...]
    nodes: tuple[_Branch, ...]


def shape_of(items: pd.DataFrame, method: Method | Index, scores: pd.DataFrame, place: pd.DataFrame) -> Shape:
    """Places, leaves and nodes of the items of a quarter, as a problem has them, without values and errors.

    Weights from the data are those that the scores of the quarter were made by.
    """
    leaf = "leaf" if isinstance(method, Index) else "child"
    places, leaves = (tuple(sorted(items[column].unique())) for column in ("place_id", leaf))
    if isinstance(method, Index):
        nodes = [
            _Branch(code, n.children, n.weights or _weights_in_force(n, places, scores, place))
            for code, n in method.hierarchy.nodes.items()
        ]
        return _Shape(places, leaves, tuple(nodes))
    weights = items.drop_duplicates("child").set_index("child").sort_index()
    nodes = []
    for code in sorted(method.dimensions):
        own = weights.loc[weights["node_code"] == code, "weight"]
        if len(own):
            nodes.append(_Branch(code, tuple(own.index), tuple(own.astype(float))))
    shares = tuple(method.dimensions[node.code].weight for node in nodes)
    return _Shape(places, leaves, (*nodes, _Branch(method.root, tuple(node.code for node in nodes), shares)))


def _weights_in_force(node: TreeNode, places: Sequence[str], scores: pd.DataFrame, place: pd.DataFrame) -> Numbers:
    """Weights from the data, places by children: those of a first-level division that has most of the children, which are the same in all of a country.

    Equal ones where the data gave none: then the node has no score either.
    """
    country, members = country_of(place), set(members_of(place)["place_id"])
    own = scores[
        (scores["node_code"] == node.code) & scores["effective_weights"].notna() & scores["place_id"].isin(members)
    ]
    known: dict[str, dict[str, float]] = {}
    for name, text in sorted(zip(own["place_id"].astype(str), own["effective_weights"].astype(str), strict=True)):
        said = json.loads(text)
        if len(said) > len(known.get(country[name], {})):
            known[country[name]] = said
    equal = dict.fromkeys(node.children, 1.0)
    rows = [known.get(country.get(name, name), equal) for name in places]
    return np.array([[row.get(child, 0.0) for child in node.children] for row in rows])


def reliability_of(tables: RoundTables, items: pd.DataFrame, problem: Shape) -> dict[str, Reliability]:
    """Node -> index and parts of every place of the problem; `items` are those that it was made of.

    A value of the country that is made of governorates is as well graded as they are on average.
    """
    at = Placed(items, problem.places, problem.leaves)
    present = at.flags(items["score"].notna())
    longest = items["max_age_days"].astype("float64")
    age = items["age_days"].astype("float64") / longest.where(longest > 0)
    expected = at.flags(pd.Series(True, index=items.index))
    parts: dict[str, Numbers] = {
        "carried": at(items["is_carried"].eq(True).astype("float64"), 0.0),
        "age": at(age),
        "quality": at(_quality(items, tables.cells)),
        "single": at((items["org_count"].astype("float64") == 1).astype("float64"), 0.0),
    }
    return {
        code: reliability(weights, present, parts["carried"] > 0, parts["age"], parts["quality"], parts["single"] > 0)
        for code, weights in weights_below(problem, expected).items()
    }


def weights_below(problem: Shape, expected: Flags) -> dict[str, Numbers]:
    """Node -> share of each leaf in it by place: what is not expected at a place shares its weight out among its siblings."""
    known: dict[str, Numbers] = {}
    for place, leaf in enumerate(problem.leaves):
        known[leaf] = np.zeros(expected.shape)
        known[leaf][:, place] = expected[:, place]
    for node in problem.nodes:
        total, below = np.zeros(len(expected)), np.zeros(expected.shape)
        for child, weight in zip(node.children, np.asarray(node.weights, dtype=float).T, strict=True):
            total += weight * (known[child] > 0).any(axis=1)
            below += np.reshape(weight, (-1, 1)) * known[child]
        known[node.code] = below / np.where(total > 0, total, 1.0)[:, None]
    return {node.code: known[node.code] for node in problem.nodes}


def _quality(items: pd.DataFrame, cells: pd.DataFrame) -> pd.Series:
    """Quality of the reports behind each value; of a value without reports that of the other places' values."""
    own = items["quality"].astype("float64")
    graded = cells.dropna(subset=["quality"])
    mean = graded.groupby(["indicator_id", "period"])["quality"].mean()
    asked = pd.MultiIndex.from_arrays([items["child"], items["origin_period"].astype("object")])
    of_others = pd.Series(mean.reindex(asked).to_numpy(dtype="float64"), index=items.index)
    has_reports = items["report"].notna()
    return own.where(has_reports, of_others)
