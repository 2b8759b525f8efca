"""Panels whose places are alike in what is expected of them, one upon the other, so that their nodes are worked out at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from idtracker.analyse.index.across.panel import Units
from idtracker.analyse.index.across.panel_tree import PanelTree
from idtracker.analyse.index.across.states import Rows, States
from idtracker.analyse.index.leaves import Leaves
from idtracker.model.composite.tree import Tree


@dataclass(frozen=True)
class Stack:
    """`rows`: units, panels by places. `firsts` are panels that differ, `same` the number among these of each panel."""

    tree: PanelTree
    rows: Rows
    firsts: Rows
    same: Rows

    def leaves(self, leaves: Leaves) -> Leaves:
        """The leaves of the panels that differ, panels by places."""
        return leaves.of(self.rows[self.firsts])


def stacks_of(states: States, leaves: Leaves) -> Iterator[Stack]:
    """The panels of the units that are asked for."""
    codes = list(states.index.indicators)
    alike: dict[tuple[object, ...], list[Rows]] = {}
    for _, rows in states.panels():
        expected = np.stack([states.expected(code)[rows] for code in codes])
        key = tuple(states.names[rows].tolist()), states.members[rows].tobytes(), expected.tobytes()
        alike.setdefault(key, []).append(rows)
    for own in alike.values():
        rows = np.stack(own)
        tree = tree_of_panel(states, rows[0])
        known: dict[bytes, int] = {}
        firsts: list[int] = []
        same: list[int] = []
        for number, panel in enumerate(rows):
            said = b"".join(part[code][panel].tobytes() for part in _parts(leaves) for code in part)
            if said not in known:
                known[said] = len(firsts)
                firsts.append(number)
            same.append(known[said])
        yield Stack(tree, rows, np.array(firsts, dtype=np.intp), np.array(same, dtype=np.intp))


def _parts(leaves: Leaves) -> tuple[dict[str, npt.NDArray[Any]], ...]:
    return leaves.values, leaves.errors, leaves.imputed


def tree_of_panel(states: States, rows: Rows) -> PanelTree:
    """The tree with the places of one panel."""
    expected = {code: states.expected(code)[rows] for code in states.index.indicators}
    names = tuple(states.names[rows].tolist())
    units = Units(names, str(states.periods[rows[0]]), states.members[rows], np.ones(len(rows), dtype=bool))
    return PanelTree(states.index.hierarchy, units, expected)


def alone(tree: Tree) -> PanelTree:
    """A tree whose nodes look at no other place: each unit is a panel of its own."""
    yes = np.ones(1, dtype=bool)
    return PanelTree(tree, Units(("",), "", ~yes, yes), dict.fromkeys(tree.indicators, yes))
