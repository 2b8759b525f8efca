"""The change of one score as rows: cause, indicator, organisation, points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from idtracker.analyse.change.cells import Basis, Cell, Changed, Moved, Scale, came_by, moves_of, position_of
from idtracker.analyse.change.game import METHOD, REFERENCE, Game, Leaf, Rules, State
from idtracker.analyse.change.levels import SEED, Part, divide
from idtracker.model.method import Method

TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Expected:
    """An indicator that is expected at a place: its dimension, weight and scale (none without two goalposts)."""

    dimension: str
    weight: float
    scale: Scale | None


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a change: the score (None where it is withheld), the method, the indicators expected, their cells."""

    score: float | None
    method: Method
    expected: Mapping[str, Expected]
    cells: Mapping[str, Cell]
    shares: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What one cause did through one indicator and organisation; no points where there is no numeric difference."""

    cause: str
    indicator_id: str
    org_id: str
    points: float | None
    error: float = 0.0


def decompose(before: Side, after: Side, node: str, basis: Basis, seed: int = SEED) -> list[ChangeRow]:
    """The rows of a change of `node`; their points add up to its difference within 1e-9.

    Where one side has no score the rows say APPEARED or WITHHELD and what came or went, without points; where neither has,
    and where nothing moved, there are none. ValueError where the score of a side does not follow from what it is made of.
    """
    if before.score is None and after.score is None:
        return []
    leaves = _leaves(before, after, node, basis)
    if before.score is None or after.score is None:
        return _without_difference(leaves, "APPEARED" if before.score is None else "WITHHELD")
    game = Game(
        leaves,
        rules_of(before.method, node),
        rules_of(after.method, node),
        before.score,
        is_dimension=node != after.method.root,
    )
    if not game.causes:
        return _checked([], after.score - before.score, node)
    rows = [row for part in divide(game, seed) for row in _rows(part, game)]
    return _checked(_united(rows), after.score - before.score, node)


def rules_of(method: Method, node: str) -> Rules:
    """What a method says of a node; of a dimension alone its mean within."""
    weights = {node: 1.0} if node != method.root else {code: d.weight for code, d in method.dimensions.items()}
    across = method.across if node == method.root else "arithmetic"
    return Rules(weights, method.within, across, method.floor, method.coverage)


def _leaves(before: Side, after: Side, node: str, basis: Basis) -> list[Leaf]:
    keys = {
        (side.expected[i].dimension, i)
        for side in (before, after)
        for i in side.expected
        if node in (side.method.root, side.expected[i].dimension)
    }
    return [_leaf(before, after, dimension, indicator, basis) for dimension, indicator in sorted(keys)]


def _leaf(before: Side, after: Side, dimension: str, indicator: str, basis: Basis) -> Leaf:
    sides = (before, after)
    told = [s.expected.get(indicator) for s in sides]
    told = [t if t is not None and t.dimension == dimension else None for t in told]
    scale = next(t.scale for t in (*told[::-1],) if t is not None)
    scales = [t.scale if t is not None else scale for t in told]
    cells = [s.cells.get(indicator) if t is not None else None for s, t in zip(sides, told, strict=True)]
    weight = next(t.weight for t in told[::-1] if t is not None)
    states = []
    for side, entry, cell, own in zip(sides, told, cells, scales, strict=True):
        position = None if cell is None or own is None else position_of(cell, own, side.shares)
        states.append(State(entry.weight if entry is not None else weight, entry is not None, position))
    moved = _moved(sides, cells, scales, basis)
    has_moved_in_register = None in told and before.expected.get(indicator) != after.expected.get(indicator)
    other = has_moved_in_register and indicator in before.expected and indicator in after.expected
    turned = REFERENCE if other or (None in told and basis == "KNOWLEDGE") else "COVERAGE"
    gone_or_new = cells[1] if cells[1] is not None else cells[0]
    came = came_by(cells[0], cells[1], basis) if None not in told else turned
    return Leaf(
        indicator,
        dimension,
        states[0],
        states[1],
        moved,
        came_by=came,
        expected_by=turned,
        reporters={} if gone_or_new is None else gone_or_new.organisations(),
    )


def _moved(
    sides: tuple[Side, Side], cells: Sequence[Cell | None], scales: Sequence[Scale | None], basis: Basis
) -> Moved:
    (old, new), (old_scale, new_scale) = cells, scales
    if old is None or new is None or old_scale is None or new_scale is None:
        return {}
    has_method = sides[0].method != sides[1].method
    return moves_of(old, new, Changed(basis, has_method, (old_scale, new_scale), (sides[0].shares, sides[1].shares)))


def _without_difference(leaves: Sequence[Leaf], what: str) -> list[ChangeRow]:
    """That the score appears or is withheld, and the indicators whose values came or went."""
    rows = [ChangeRow(what, "", "", None)]
    for leaf in leaves:
        if (leaf.before.position is None) != (leaf.after.position is None):
            rows += [ChangeRow(leaf.came_by, leaf.indicator_id, org, None) for org in sorted(leaf.reporters) or [""]]
    return rows


def _rows(part: Part, game: Game) -> list[ChangeRow]:
    """A part by organisation: in proportion to what each moved, else to its share in the value that came or went."""
    if part.place < 0:
        return [ChangeRow(METHOD, "", "", part.points, part.error)]
    leaf = game.leaf(part.dimension, part.place)
    moved = {org: points for (cause, org), points in leaf.moved.items() if cause == part.cause}
    total = sum(moved.values())
    if not moved and part.cause == leaf.came_by:
        moved = dict(leaf.reporters)
        total = sum(moved.values())
    if not moved or abs(total) < TOLERANCE or (leaf.before.weight != leaf.after.weight and part.cause == REFERENCE):
        return [ChangeRow(part.cause, leaf.indicator_id, "", part.points, part.error)]
    return [
        ChangeRow(part.cause, leaf.indicator_id, org, part.points * share / total, part.error * abs(share / total))
        for org, share in sorted(moved.items())
    ]


def _united(rows: Sequence[ChangeRow]) -> list[ChangeRow]:
    """One row per cause, indicator and organisation; the same indicator may stand in two dimensions."""
    found: dict[tuple[str, str, str], ChangeRow] = {}
    for row in rows:
        key = (row.cause, row.indicator_id, row.org_id)
        same = found.get(key)
        points = (row.points or 0.0) + ((same.points or 0.0) if same else 0.0)
        found[key] = ChangeRow(*key, points, row.error + (same.error if same else 0.0))
    return list(found.values())


def _checked(rows: list[ChangeRow], difference: float, node: str) -> list[ChangeRow]:
    found = sum(row.points or 0.0 for row in rows)
    if abs(found - difference) > 2 * TOLERANCE:
        raise ValueError(f"the change of {node} is {difference!r}, what it is made of gives {found!r}")
    if rows and found != difference:  # scores are rounded to nine decimals: the last digit goes to the largest part
        largest = max(range(len(rows)), key=lambda n: (abs(rows[n].points or 0.0), -n))
        rows[largest] = replace(rows[largest], points=(rows[largest].points or 0.0) + difference - found)
    return rows
