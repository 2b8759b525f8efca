"""Leaves of a tree that looks across places as they stood on one side of a change, and what another value of a place would be there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import duckdb
import numpy as np
import pandas as pd

from idtracker.analyse.change.leaf import NodeContext, PanelState
from idtracker.analyse.composite.stage import Numbers
from idtracker.analyse.index.across.panel_tree import PanelTree
from idtracker.analyse.index.across.scales import looks_across
from idtracker.analyse.index.across.stacks import tree_of_panel
from idtracker.analyse.index.across.states import Rows, States
from idtracker.analyse.index.across.units import country_of, whole_panels, with_panel
from idtracker.analyse.index.leaf_rules import scaled
from idtracker.analyse.index.leaves import Leaves
from idtracker.analyse.index.nodes import Valued
from idtracker.analyse.index.tree import tree_leaves
from idtracker.model.composite.definition import Index
from idtracker.model.composite.reach import has_wide_nodes, is_divisible_leaf, is_wide_node
from idtracker.model.method import Method, load_method
from idtracker.store.tables import read_table

At = pd.Timestamp | None
_TOGETHER = 65_536
"""Values that are put onto a scale at once."""


class Panels:
    """The panels of a store or publication at any instant, each worked out once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, index: Index, merging: Method | None) -> None:
        self._index, self._merging = index, merging or load_method()
        self._cells = read_table(connection, "merged_cell_vintage")
        self._indicator = read_table(connection, "indicator")
        self._place = read_table(connection, "place")
        self._country = country_of(self._place)
        self._whole = whole_panels(self._place[self._place["level"].isin(["country", "adm1"])])
        self._known: dict[tuple[str, str, At], tuple[States, Leaves]] = {}

    def leaves(self, place: str, period: str, at: At) -> Mapping[str, PanelState]:
        """The leaves that rest on more than their cell, of one place and quarter as known at an instant (None: now)."""
        states, known = self._states(self._country[place], period, at)
        (unit,) = np.flatnonzero((states.names[: states.count] == place) & (states.periods[: states.count] == period))
        found = {}
        for (code, _), (rows, _) in states.details.items():
            if unit in rows and not is_divisible_leaf(self._index, code):
                found[code] = _state(states, known, code, rows, int(unit))
        for code in self._index.indicators:
            if code not in found and not is_divisible_leaf(self._index, code):
                found[code] = _alone(states, known, code, int(unit))
        return found

    def contexts(self, place: str, period: str, at: At) -> dict[str, NodeContext]:
        """What all places make of the nodes that look across them, for one place."""
        if not has_wide_nodes(self._index):
            return {}
        states, known = self._states(self._country[place], period, at)
        (unit,) = np.flatnonzero((states.names[: states.count] == place) & (states.periods[: states.count] == period))
        number, rows = next((n, rows) for n, rows in states.panels() if unit in rows)
        tree, nodes = states.once(("nodes", number), lambda: _nodes(states, known, rows))
        row = int(np.flatnonzero(rows == unit)[0])
        return {one.node.code: _context(tree, one, row) for one in nodes if is_wide_node(one.node)}

    def _states(self, country: str, period: str, at: At) -> tuple[States, Leaves]:
        key = country, period, at
        if key not in self._known:
            own = self._whole.loc[self._whole["country"] == country, ["place_id"]]
            wanted = own.assign(period=period).astype("str").sort_values("place_id", ignore_index=True)
            asked = with_panel(self._index, self._place, wanted, ["place_id", "period"])
            cells = self._cells_at(at, asked["period"].unique().tolist())
            states, _ = tree_leaves(cells, self._indicator, self._place, self._index, self._merging, wanted)
            self._known[key] = states, states.leaves()
        return self._known[key]

    def _cells_at(self, at: At, periods: list[str]) -> pd.DataFrame:
        cells = self._cells[self._cells["period"].isin(periods)]
        begins, ends = cells["known_from"], cells["known_to"]
        return cells[ends.isna() if at is None else (begins <= at) & ~(ends <= at)]


def _nodes(states: States, known: Leaves, rows: Rows) -> tuple[PanelTree, list[Valued]]:
    tree, own = tree_of_panel(states, rows), known.of(rows[None, :])
    return tree, list(tree.valued(own.values, own.imputed).values())


def _context(tree: PanelTree, one: Valued, row: int) -> NodeContext:
    assert one.stated is not None and one.changed is not None
    weights, values = one.stated.reshape(-1, one.stated.shape[-1])[0], one.changed[0]
    if not looks_across(one.node.rules.normalise):
        return NodeContext(tuple(weights.tolist()), None, weights.tobytes())
    panel = tree.panel(one.node)

    def onto(other: Numbers) -> Numbers:
        found = np.empty(other.shape)
        for start in range(0, len(other), _TOGETHER):
            rows = np.tile(values, (len(other[start : start + _TOGETHER]), 1))
            rows[:, row] = other[start : start + _TOGETHER]
            found[start : start + _TOGETHER] = panel.onto(rows, rows)[:, row]
        return found

    says = weights.tobytes() + np.delete(values, row).tobytes()
    return NodeContext(tuple(weights.tolist()), onto, says)


def _state(states: States, known: Leaves, code: str, rows: Rows, unit: int) -> PanelState:
    at = int(np.flatnonzero(rows == unit)[0])
    panel = states.panel_leaf(code, states.index.rules_of(code), rows)
    values = states.filled[code][rows]
    nothing = np.full(len(values), np.nan)

    def onto(value: float) -> float | None:
        moved = values.copy()
        moved[at] = value
        return _plain(panel.leaf(moved, nothing).scores[at])

    imputed = code in known.imputed and bool(known.imputed[code][unit])
    return PanelState(_plain(known.values[code][unit]), imputed, _plain(states.raw[code][0][unit]), onto)


def _alone(states: States, known: Leaves, code: str, unit: int) -> PanelState:
    """A leaf that looks at no other place and is divided by another indicator: what moves it beside its value is that."""
    raw = states.raw[code][0]
    return PanelState(_plain(known.values[code][unit]), False, _plain(raw[unit]), _rule(states, code))


def _rule(states: States, code: str) -> Callable[[float], float | None]:
    rules = states.index.rules_of(code)
    return lambda value: _plain(scaled(code, np.array([value]), rules)[0])


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
