"""The change of one score as rows: cause, indicator, organisation, points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from idtracker.analyse.change.cells import Basis
from idtracker.analyse.change.game import REFERENCE, Game, Leaf, Rules
from idtracker.analyse.change.leaf import Expected, Side, leaf_of
from idtracker.analyse.change.levels import SEED, Part, divide
from idtracker.analyse.change.tree_game import TreeGame
from idtracker.analyse.change.tree_leaves import counted_by
from idtracker.analyse.change.tree_levels import divide_tree
from idtracker.model.composite.definition import Index
from idtracker.model.composite.reach import is_divisible
from idtracker.model.method import Method

__all__ = ["ChangeRow", "Expected", "Side", "decompose"]
TOLERANCE = 1e-9
UNDIVIDED = "UNDIVIDED"


class MismatchError(ValueError):
    """A score does not follow from what it is made of."""


class ChangeRow(NamedTuple):
    """What one cause did through one indicator and organisation; no points where there is no numeric difference."""

    cause: str
    indicator_id: str
    org_id: str
    points: float | None
    error: float = 0.0


Leaves = dict[tuple[str, str], Leaf]
"""Leaves between two sides, by dimension and indicator."""


def decompose(
    before: Side,
    after: Side,
    node: str,
    basis: Basis,
    seed: int = SEED,
    known: Leaves | None = None,
    node_before: str | None = None,
) -> list[ChangeRow]:
    """The rows of a change of `node` (`node_before`: in another tree before, where it has another code there); their points add up to its difference within 1e-9.

    Where one side has no score the rows say APPEARED or WITHHELD and what came or went, without points; where neither has,
    and where nothing moved, there are none. Where two methods of which one looks beyond the
    cells of a place are compared, or what was filled in decides, one row has the whole difference (UNDIVIDED). ValueError where the score of a side does not follow from what it is made of.
    `known` holds leaves of other nodes between the same cells, and takes those that are made: the root has those of all dimensions.
    Where one side is a tree the other is one too: a two-level method as tree_of_method() has it.
    """
    if before.score is None and after.score is None:
        return []
    made_by = before.method, after.method
    is_wide = any(isinstance(method, Index) and not is_divisible(method) for method in made_by)
    if (is_wide and made_by[0] != made_by[1]) or before.figures != after.figures:
        return _undivided(before.score, after.score)
    if isinstance(made_by[0], Index) and isinstance(made_by[1], Index):
        try:
            return _of_tree((made_by[0], made_by[1]), (before, after), (node_before or node, node), basis, seed)
        except MismatchError:
            if not is_wide:
                raise
            return _undivided(
                before.score, after.score
            )  # what is filled in counts in no coverage: a game knows no such child
    if isinstance(made_by[0], Index) or isinstance(made_by[1], Index):
        raise TypeError("a two-level method beside a tree is compared as the tree of tree_of_method()")
    leaves = _leaves(before, after, node, basis, {} if known is None else known)
    if before.score is None or after.score is None:
        return _without_difference(leaves, "APPEARED" if before.score is None else "WITHHELD")
    rules = rules_of(made_by[0], node), rules_of(made_by[1], node)
    game = Game(leaves, *rules, before.score, is_dimension=node != made_by[1].root)
    return _united_rows(divide(game, seed) if game.causes else [], game, after.score - before.score, node)


def _undivided(start: float | None, end: float | None) -> list[ChangeRow]:
    """A change that cannot be divided among cells, as one row that says so."""
    if start is None or end is None:
        return [ChangeRow("APPEARED" if start is None else "WITHHELD", "", "", None)]
    return [ChangeRow(UNDIVIDED, "", "", end - start)] if end != start else []


def _of_tree(
    made_by: tuple[Index, Index], sides: tuple[Side, Side], nodes: tuple[str, str], basis: Basis, seed: int
) -> list[ChangeRow]:
    """The same of a tree; where it is another one on either side, each has its own leaves."""
    trees = list(zip(made_by, nodes, strict=True))
    counted = [counted_by(index, node, sides, basis) for index, node in (trees[:1] if trees[0] == trees[1] else trees)]
    start, end = (side.score for side in sides)
    if start is None or end is None:
        leaves = {leaf.leaf.indicator_id: leaf.leaf for one in counted for leaf in one.leaves.values()}
        return _without_difference([leaves[i] for i in sorted(leaves)], "APPEARED" if start is None else "WITHHELD")
    game = TreeGame(counted, start)
    return _united_rows(divide_tree(game, seed) if game.causes else [], game, end - start, nodes[1])


def _united_rows(parts: Sequence[Part], game: Game | TreeGame, difference: float, node: str) -> list[ChangeRow]:
    return _checked(_united([row for part in parts for row in _rows(part, game)]), difference, node)


def rules_of(method: Method, node: str) -> Rules:
    """What a method says of a node; of a dimension alone its mean within."""
    weights = {node: 1.0} if node != method.root else {code: d.weight for code, d in method.dimensions.items()}
    across = method.across if node == method.root else "arithmetic"
    return Rules(weights, method.within, across, method.floor, method.coverage)


def _leaves(before: Side, after: Side, node: str, basis: Basis, known: Leaves) -> list[Leaf]:
    keys = {
        (expected.dimension, i)
        for side in (before, after)
        if isinstance(side.method, Method)
        for i, expected in side.expected.items()
        if node in (side.method.root, expected.dimension)
    }
    for key in keys - known.keys():
        known[key] = leaf_of(before, after, *key, basis)
    return [known[key] for key in sorted(keys)]


def _without_difference(leaves: Sequence[Leaf], what: str) -> list[ChangeRow]:
    """That the score appears or is withheld, and the indicators whose values came or went."""
    rows = [ChangeRow(what, "", "", None)]
    for leaf in leaves:
        if (leaf.before.position is None) != (leaf.after.position is None):
            rows += [ChangeRow(leaf.came_by, leaf.indicator_id, org, None) for org in sorted(leaf.reporters) or [""]]
    return rows


def _rows(part: Part, game: Game | TreeGame) -> list[ChangeRow]:
    """A part by organisation: in proportion to what each moved, else to its share in the value that came or went."""
    if part.place < 0:
        return [ChangeRow(part.cause, "", "", part.points, part.error)]
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
        if same is None:
            found[key] = row if row.points else row._replace(points=0.0)
        else:
            found[key] = ChangeRow(*key, (row.points or 0.0) + (same.points or 0.0), row.error + same.error)
    return list(found.values())


def _checked(rows: list[ChangeRow], difference: float, node: str) -> list[ChangeRow]:
    found = sum(row.points or 0.0 for row in rows)
    if abs(found - difference) > 2 * TOLERANCE:
        raise MismatchError(f"the change of {node} is {difference!r}, what it is made of gives {found!r}")
    if rows and found != difference:  # scores are rounded to nine decimals: the last digit goes to the largest part
        largest = max(range(len(rows)), key=lambda n: (abs(rows[n].points or 0.0), -n))
        rows[largest] = rows[largest]._replace(points=(rows[largest].points or 0.0) + difference - found)
    return rows
