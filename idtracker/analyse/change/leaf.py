"""One indicator on both sides of a change: whether it is expected, where its value stands, and what moved it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from idtracker.analyse.change.cells import Basis, Cell, Changed, Moved, Scale, came_by, moves_of, position_of
from idtracker.analyse.change.game import BREAK, REFERENCE, Leaf, State
from idtracker.analyse.change.shapley import Floats
from idtracker.model.composite.definition import Index
from idtracker.model.method import Method


@dataclass(frozen=True, slots=True)
class Expected:
    """An indicator that is expected at a place: its dimension, weight and scale (none without two goalposts)."""

    dimension: str
    weight: float
    scale: Scale | None


@dataclass(frozen=True, slots=True)
class PanelState:
    """A leaf that rests on more than its cell, on one side: its score, whether it was filled in, its value, and the score of another value there."""

    score: float | None
    is_imputed: bool
    value: float | None
    onto: Callable[[float], float | None]


@dataclass(frozen=True, slots=True)
class NodeContext:
    """What all places make of a node that looks across them, on one side: the weights of its children (not a number where there are
    none), and the place on its scale of other values that it might have (None where it has no such scale)."""

    weights: tuple[float, ...]
    onto: Callable[[Floats], Floats] | None = None
    says: bytes = b""
    """Equal where two contexts are."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a change: the score (None where it is withheld), the method, the indicators expected, their cells.

    `merging` is how cells were merged where a tree made the score.
    """

    score: float | None
    method: Method | Index
    expected: Mapping[str, Expected]
    cells: Mapping[str, Cell]
    shares: Mapping[str, float]
    merging: Method | None = None
    basis: Mapping[str, int] = field(default_factory=dict)
    """Indicator -> how many upstream breaks that no crosswalk leads across lie before it."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """What leaves of a tree are divided by, by column of the register of places."""
    panel: Mapping[str, PanelState] = field(default_factory=dict)
    """Leaves of a tree that rest on more than their cell."""
    contexts: Mapping[str, NodeContext] = field(default_factory=dict)
    """Nodes of a tree that look across places."""


Pair = tuple[Side, Side]
Cells = Sequence[Cell | None]
Scales = Sequence[Scale | None]
Measured = tuple[list[float | None], Moved]
Measure = Callable[[Pair, Cells, Scales, Basis], Measured]


def between_goalposts(sides: Pair, cells: Cells, scales: Scales, basis: Basis) -> Measured:
    """Positions of both cells between the register's goalposts, and what moved them."""
    positions = [
        None if cell is None or scale is None else position_of(cell, scale, side.shares)
        for side, cell, scale in zip(sides, cells, scales, strict=True)
    ]
    (old, new), (old_scale, new_scale) = cells, scales
    if old is None or new is None or old_scale is None or new_scale is None:
        return positions, {}
    return positions, moves_of(old, new, changed_between(sides, basis, (old_scale, new_scale)))


def changed_between(sides: Pair, basis: Basis, scales: tuple[Scale, Scale]) -> Changed:
    """What else differs between the sides."""
    merged_by = [side.merging if isinstance(side.method, Index) else side.method for side in sides]
    return Changed(basis, merged_by[0] != merged_by[1], scales, (sides[0].shares, sides[1].shares))


def leaf_of(
    before: Side, after: Side, dimension: str, indicator: str, basis: Basis, measure: Measure = between_goalposts
) -> Leaf:
    """An indicator that is expected in the dimension on one side at least."""
    sides = (before, after)
    entries = [s.expected.get(indicator) for s in sides]
    entries = [t if t is not None and t.dimension == dimension else None for t in entries]
    scale = next(t.scale for t in (*entries[::-1],) if t is not None)
    scales = [t.scale if t is not None else scale for t in entries]
    cells = [s.cells.get(indicator) if t is not None else None for s, t in zip(sides, entries, strict=True)]
    weight = next(t.weight for t in entries[::-1] if t is not None)
    positions, moved = measure(sides, cells, scales, basis)
    states = [
        State(entry.weight if entry is not None else weight, entry is not None, position)
        for entry, position in zip(entries, positions, strict=True)
    ]
    has_moved_in_register = None in entries and before.expected.get(indicator) != after.expected.get(indicator)
    other = has_moved_in_register and indicator in before.expected and indicator in after.expected
    turned = REFERENCE if other or (None in entries and basis == "KNOWLEDGE") else "COVERAGE"
    gone_or_new = cells[1] if cells[1] is not None else cells[0]
    came = came_by(cells[0], cells[1], basis) if None not in entries else turned
    if before.basis.get(indicator, 0) != after.basis.get(indicator, 0):
        moved, came = _by_break(moved), BREAK
    return Leaf(
        indicator,
        dimension,
        states[0],
        states[1],
        moved,
        came_by=came,
        expected_by=turned,
        reporters={} if gone_or_new is None else Reporters(gone_or_new),
    )


class Reporters(Mapping[str, float]):
    """Organisation -> share in a cell, worked out where somebody asks: of most leaves nobody does."""

    __slots__ = ("_cell", "_shares")

    def __init__(self, cell: Cell) -> None:
        self._cell = cell
        self._shares: dict[str, float] | None = None

    def _found(self) -> dict[str, float]:
        if self._shares is None:
            self._shares = self._cell.organisations()
        return self._shares

    def __getitem__(self, org: str) -> float:
        return self._found()[org]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())


def _by_break(moved: Moved) -> Moved:
    """What moved an indicator of which the two sides are not comparable: the break, whatever was reported."""
    broken: Moved = {}
    for (cause, org), points in moved.items():
        key = (cause if cause == REFERENCE else BREAK, org)
        broken[key] = broken.get(key, 0.0) + points
    return broken
