"""One node for many draws at once. Means that draws try unasked are worked out child by child, so that no sum depends on what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from idtracker.analyse.composite.aggregation import REFUSES, aggregated, refuses, transformed
from idtracker.analyse.sensitivity.problem import Flags, Node, Numbers, Places
from idtracker.model.composite.node import NodeRules
from idtracker.model.methods.aggregations import DRAWN


def node_values(
    node: Node,
    children: Sequence[Numbers],
    weights: Numbers | None = None,
    forms: Places | None = None,
    covered: Flags | None = None,
) -> Numbers:
    """Values of a node, draws by places, or one draw where nothing below it varies. Children are draws (or one) by places.

    `weights` are draws by children, the stated ones (or those that follow from the children) where there are none; `forms` is the place of the aggregation of each draw
    in the node's `forms`. A place that is not `covered` has no value, and is not among those that others are held against. Not a number where an aggregation is not defined.
    """
    used = weights
    if used is None:
        used = np.array([node.weights]) if node.weigh is None else node.weigh(children)
    if forms is None:
        found = _under(node, node.forms[0], children, used)
    else:
        found = np.full((len(forms), children[0].shape[1]), np.nan)
        for number, form in enumerate(node.forms):
            rows = forms == number
            found[rows] = _under(node, form, [_chosen(x, rows) for x in children], _chosen(used, rows))
    if covered is not None:
        found = np.where(covered, found, np.nan)
    if node.finish is not None:
        found = node.finish(found)
    return np.clip(found, *node.limits) if node.limits else found


def _chosen(x: Numbers, rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Numbers:
    return x if len(x) == 1 else x[rows]


def _under(node: Node, form: str, children: Sequence[Numbers], weights: Numbers) -> Numbers:
    floor = node.floors.get(form)
    raised = children if floor is None else [np.maximum(x, floor) for x in children]
    rules = node.others.get(form) or node.rules.model_copy(update={"aggregation": form})
    if used_alike(weights) and form in DRAWN and rules.worst_component is None:
        return _mean(form, raised, weights, rules)
    size = max(len(weights), *(len(x) for x in raised))
    stacked = np.stack([np.broadcast_to(x, (size, x.shape[1])) for x in raised], axis=-1)
    if form == "sum" and len(weights) > 1:
        return _mean("arithmetic", raised, weights, rules) * sum(node.weights)
    if not used_alike(weights):
        lost = np.isnan(weights).any(axis=-1)
        found = aggregated(stacked, np.nan_to_num(weights), rules).values
        return np.where(lost, np.nan, found)
    return aggregated(stacked, weights[0] if len(weights) == 1 else weights[:, None, :], rules).values


def used_alike(weights: Numbers) -> bool:
    """Whether the weights of a draw are those of all places: draws by children."""
    return weights.ndim == 2


def _mean(name: str, children: Sequence[Numbers], weights: Numbers, rules: NodeRules) -> Numbers:
    """Weighted mean over the children that are there; not a number where the aggregation has no value for one of them."""
    total: Numbers = np.zeros((1, 1))
    share: Numbers = np.zeros((1, 1))
    lost: Flags = np.zeros((1, 1), dtype=bool)
    function = transformed(name)
    with np.errstate(all="ignore"):
        for place, x in enumerate(children):
            weight = weights[:, place, None]
            term = weight * function.into(x, rules)
            missing = np.isnan(x)
            if missing.any():
                total = total + np.where(missing, 0.0, term)
                share = share + np.where(missing, 0.0, weight)
            else:
                total, share = total + term, share + weight
            if name in REFUSES:
                lost = lost | refuses(name, x, rules)
        found = function.back(total / np.where(share > 0, share, np.nan), rules)
        return np.where(lost, np.nan, found) if lost.any() else found


def with_form(node: Node, form: str) -> Node:
    """The node under another aggregation alone."""
    return replace(node, forms=(form,))
