"""Scores, errors and shares of every node of some units, as columns of the table `score`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from idtracker.analyse.composite.aggregation import aggregated
from idtracker.analyse.composite.stage import Flags, Numbers
from idtracker.analyse.index.across.node_errors import panel_errors
from idtracker.analyse.index.across.panel_tree import PanelTree
from idtracker.analyse.index.across.stacks import alone, stacks_of
from idtracker.analyse.index.across.states import Rows, States
from idtracker.analyse.index.aggregate import ERROR_SHARES
from idtracker.analyse.index.leaves import Leaves
from idtracker.analyse.index.nodes import Valued, compared_rules, errors_of, pruned, valued
from idtracker.model.composite.reach import has_own_scale, has_wide_nodes
from idtracker.model.composite.tree import Tree
from idtracker.model.method import Method

PARTS = (*ERROR_SHARES.values(), "carried_share")
_DECIMALS = 9


def node_frames(merging: Method, states: States, leaves: Leaves, codes: Sequence[str]) -> pd.DataFrame:
    """Scores by unit and node, in the order of `codes` within each unit that is asked for; a node that is expected nowhere has no figures."""
    index = states.index
    if has_wide_nodes(index):
        frames = _of_panels(merging, states, leaves, codes)
    else:
        frames = _of_units(merging, states, leaves.of(slice(0, states.count)), codes)
    if not frames:
        return pd.DataFrame(columns=["score"], index=pd.RangeIndex(0))
    return pd.concat(frames).reindex(range(states.count * len(codes)))


def _of_units(merging: Method, states: States, leaves: Leaves, codes: Sequence[str]) -> list[pd.DataFrame]:
    """Of units that are worked out each by itself; those that expect the same share one tree."""
    index = states.index
    pattern = np.stack([states.expected(code)[: states.count] for code in index.indicators], axis=-1)
    kinds, kind_of = np.unique(pattern, axis=0, return_inverse=True)
    frames = []
    for number, kind in enumerate(kinds):
        rows = np.flatnonzero(kind_of.reshape(-1) == number)
        kept = frozenset(code for code, there in zip(index.indicators, kind, strict=True) if there)
        if not kept:
            continue
        tree = pruned(index.hierarchy, kept)
        own = leaves.of(rows)
        together = {code: index.column_of(code) for code in tree.indicators}
        if any(has_own_scale(node) for node in tree.nodes.values()):
            panel = alone(tree)
            column = {code: x[:, None] for code, x in own.values.items()}
            imputed = {code: x[:, None] for code, x in own.imputed.items()}
            nodes = panel.valued(column, imputed)
            spread = panel_errors(panel, column, {c: x[:, None] for c, x in own.errors.items()}, together, imputed)
            flat = np.arange(len(rows))
            frames += _framed(merging, states, panel, nodes, spread, own, rows, flat, codes)
            continue
        nodes = valued(tree, own.values, imputed=own.imputed)
        spread = errors_of(tree, own.values, own.errors, together, own.imputed)
        parts = _parts(tree, nodes, own, _figures(states, tree, rows))
        for code, one in nodes.items():
            frame = _frame(one, spread[code], parts[code], merging)
            frames.append(frame.set_index(rows * len(codes) + codes.index(code)))
    return frames


def _of_panels(merging: Method, states: States, leaves: Leaves, codes: Sequence[str]) -> list[pd.DataFrame]:
    """Of units that are worked out with their panel; panels that say the same are worked out once."""
    index, frames = states.index, []
    together = {code: index.column_of(code) for code in index.indicators}
    for stack in stacks_of(states, leaves):
        own = stack.leaves(leaves)
        nodes = stack.tree.valued(own.values, own.imputed)
        spread = panel_errors(stack.tree, own.values, own.errors, together, own.imputed)
        units = stack.rows.reshape(-1)
        flat = np.flatnonzero(units < states.count)
        frames += _framed(
            merging, states, stack.tree, nodes, spread, leaves.of(units[flat]), units[flat], flat, codes, stack.same
        )
    return frames


def _framed(
    merging: Method, states: States, panel: PanelTree, nodes: Mapping[str, Valued], spread: Mapping[str, Numbers], leaves: Leaves,
    units: Rows, flat: Rows, codes: Sequence[str], same: Rows | None = None,
) -> list[pd.DataFrame]:  # fmt: skip
    """Rows of the nodes of `units`, which are at `flat` among the panels by places; `same`: panel -> the one it was worked out as."""
    places = len(panel.units.places)
    panels, at = np.divmod(flat, places)
    panels = panels if same is None else same[panels]
    own: dict[str, Valued] = {}
    found = {}
    for code, one in nodes.items():
        found[code] = panel.alternative(one, merging.floor)[panels, at]
        own[code] = Valued(
            one.node,
            one.children[panels, at],
            one.shares[panels, at],
            one.completeness[panels, at],
            one.value[panels, at],
        )
    parts = _parts(panel.tree, own, leaves, _figures(states, panel.tree, units))
    frames = []
    for code, one in own.items():
        frame = _frame(one, spread[code][panels, at], parts[code], merging, found[code])
        frame = frame.set_index(units * len(codes) + codes.index(code))
        frames.append(frame.loc[np.asarray(panel.mask(one.node).any(axis=1))[at]])
    return frames


def _figures(states: States, tree: Tree, units: Rows) -> dict[str, dict[str, Numbers]]:
    """PARTS of the cells of each leaf."""
    own = {code: states.figures[states.index.column_of(code)] for code in tree.indicators}
    return {code: {name: figures[name][units] for name in PARTS} for code, figures in own.items()}


def _parts(
    tree: Tree, nodes: Mapping[str, Valued], leaves: Leaves, figures: Mapping[str, Mapping[str, Numbers]]
) -> dict[str, dict[str, Numbers]]:
    """Shares of the present weight of every node: by what its error rests on, carried, imputed."""
    found: dict[str, dict[str, Numbers]] = {}
    for leaf in tree.indicators:
        there = ~np.isnan(leaves.values[leaf])
        sure = there & ~np.isnan(leaves.errors[leaf])
        own = {name: np.nan_to_num(figures[leaf][name]) for name in PARTS}
        found[leaf] = {name: np.where(there if name == "carried_share" else sure, x, 0.0) for name, x in own.items()}
        found[leaf]["imputed_share"] = np.zeros(len(there))
        if leaf in leaves.imputed:
            _count_imputed(found[leaf], leaves.imputed[leaf], leaves.carried[leaf])
    for code, one in nodes.items():
        found[code] = {
            name: np.clip(
                sum(one.shares[..., n] * found[child][name] for n, child in enumerate(one.node.children)), 0, 1
            )
            for name in (*PARTS, "imputed_share")
        }
    return found


def _count_imputed(parts: dict[str, Numbers], imputed: Flags, carried: Flags) -> None:
    """A value that stands in a gap: how far it may be off the method assumes; one carried on counts as carried."""
    for name in PARTS:
        parts[name] = np.where(imputed, 1.0 if name == "error_assumed" else 0.0, parts[name])
    parts["carried_share"] = np.where(carried, 1.0, parts["carried_share"])
    parts["imputed_share"] = np.where(imputed & ~carried, 1.0, 0.0)


def _frame(
    one: Valued, error: Numbers, parts: Mapping[str, Numbers], merging: Method, alternative: Numbers | None = None
) -> pd.DataFrame:
    """One node of the units of one kind."""
    known = ~np.isnan(one.value)
    if alternative is None:
        alternative = _alternative(one, merging)
    some = one.completeness > 0
    frame = pd.DataFrame(
        {
            "score": np.round(one.value, _DECIMALS) + 0.0,
            "score_alternative": np.round(alternative, _DECIMALS) + 0.0,
            "error": np.where(known, error, np.nan),
            **{name: np.where(known, parts[name], np.nan) for name in ERROR_SHARES.values()},
            "carried_share": np.where(some, np.round(parts["carried_share"], 12), np.nan),
            "imputed_share": np.where(some, np.round(parts["imputed_share"], 12), np.nan),
            "completeness": np.round(one.completeness, 12),
            "effective_weights": _weights_texts(one, known),
        }
    )
    return frame.astype({"effective_weights": "object"})


def _alternative(one: Valued, merging: Method) -> Numbers:
    """Values of a node under the aggregation that its own is compared with."""
    known = ~np.isnan(one.value)
    rules = compared_rules(one.node, merging.floor)
    weights = np.array(one.node.weights, dtype=float)
    return np.clip(aggregated(np.where(known[:, None], one.children, np.nan), weights, rules).values, 0, 100)


def _weights_texts(one: Valued, known: Flags) -> list[str | None]:
    """`{"child": weight}` of each unit over the children that are present."""
    order = sorted(range(len(one.node.children)), key=lambda n: one.node.children[n])
    said: list[str | None] = []
    for row, is_known in zip(np.round(one.shares, 12).tolist(), known, strict=True):
        kept = {one.node.children[n]: row[n] for n in order if row[n] > 0}
        said.append(json.dumps(kept, ensure_ascii=False) if is_known else None)
    return said
