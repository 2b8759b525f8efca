"""Why a figure of a network differs between two quarters: merger, roster, silence, behaviour, in parts that add up.

Merger is what disappears where both quarters are read with the organisations of one day. Of the rest each pair's change has
one cause: roster where an end was not on both rosters, silence where it was not reported on a side and may have been tied,
behaviour only where both sides are known. What these three add to the figure is their Shapley value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from idtracker.analyse.change.shapley import coalitions, shapley_values
from idtracker.analyse.metrics.network.sides import Formula, Side, Weights

MERGER, ROSTER, SILENCE, BEHAVIOUR = "MERGER", "ROSTER", "SILENCE", "BEHAVIOUR"
CAUSES = (MERGER, ROSTER, SILENCE, BEHAVIOUR)
_PLAYERS = (ROSTER, SILENCE, BEHAVIOUR)
Bools = npt.NDArray[np.bool_]
Kind = TypeVar("Kind", np.bool_, np.int64)


@dataclass(frozen=True, slots=True)
class Change:
    """Two sides as published, `was` and `now`, and both read with the organisations of one day, `before` and `after`."""

    was: Side
    before: Side
    after: Side
    now: Side


class PairChange(NamedTuple):
    """Two organisations and how many activities they shared before and share now, in the last quarter of a figure."""

    a: str
    b: str
    before: int
    after: int


class Game:
    """The networks between two sides that name organisations alike: one for each choice of causes that have acted."""

    def __init__(self, before: Side, after: Side) -> None:
        self._orgs = orgs = sorted({*before.orgs, *after.orgs})
        self._members = [np.isin(orgs, side.orgs) for side in (before, after)]
        self._weights = [_widened(side, orgs, side.weights) for side in (before, after)]
        opened = [_widened(side, orgs, side.open) for side in (before, after)]
        hmg = {org: bool(flag) for side in (before, after) for org, flag in zip(side.orgs, side.is_hmg, strict=True)}
        self._is_hmg = np.array([hmg[org] for org in orgs], dtype=np.bool_)
        stays = self._members[0] & self._members[1]
        is_roster = np.broadcast_to(~(stays[:, None] & stays[None, :]), self._weights[0].shape)
        is_silence = ~is_roster & _unknown(self._weights, opened)
        self._acting = {ROSTER: is_roster, SILENCE: is_silence, BEHAVIOUR: ~is_roster & ~is_silence}

    def active(self) -> list[str]:
        """The causes that change anything, in order; the others add nothing to any figure."""
        differs = self._weights[0] != self._weights[1]
        has_other_members = bool((self._members[0] != self._members[1]).any())
        return [c for c in _PLAYERS if (differs & self._acting[c]).any() or (c == ROSTER and has_other_members)]

    def pairs(self, cause: str) -> list[PairChange]:
        """The pairs that a cause changes, in order."""
        old, new = (weights[-1] for weights in self._weights)
        changed = np.argwhere(np.triu((old != new) & self._acting[cause][-1]))
        return [PairChange(self._orgs[a], self._orgs[b], int(old[a, b]), int(new[a, b])) for a, b in changed.tolist()]

    def network(self, acted: set[str]) -> tuple[Bools, Weights]:
        """Who is HMG, and the ties, of the members where some causes have acted."""
        taken = np.zeros(self._weights[0].shape, dtype=np.bool_)
        for cause in acted:
            taken |= self._acting[cause]
        weights = np.where(taken, self._weights[1], self._weights[0])
        members = np.flatnonzero(self._members[1 if ROSTER in acted else 0])
        return self._is_hmg[members], weights[:, members[:, None], members[None, :]]


def split(change: Change, formulas: Mapping[tuple[str, str], Formula]) -> dict[tuple[str, str], dict[str, float]]:
    """What each cause adds to each figure, which sums to its difference; nothing of one that has no value on a side.

    A network on the way in which a figure is undefined counts as the one at the start, so that it moves nothing.
    """
    game = Game(change.before, change.after)
    players = game.active()
    networks = [
        game.network({c for c, acts in zip(players, row, strict=True) if acts}) for row in coalitions(len(players))
    ]
    parts = {}
    for name, formula in formulas.items():
        first, last = (formula(side.is_hmg, side.weights) for side in (change.was, change.now))
        if first is None or last is None:
            continue
        start = formula(*networks[0])
        begin = first if start is None else start
        values = [begin if (value := formula(*net)) is None else value for net in networks]
        added = dict(zip(players, shapley_values(np.array(values)).tolist(), strict=True))
        merger = (begin - first) + (last - values[-1])
        parts[name] = {MERGER: merger} | {cause: added.get(cause, 0.0) for cause in _PLAYERS}
    return parts


def _unknown(weights: list[Weights], opened: list[Bools]) -> Bools:
    """Pairs whose change is not known to be one: untied and unreported on a side, or tied on both and not wholly reported."""
    (old, new), (old_open, new_open) = weights, opened
    may_be_tied = ((old == 0) & old_open) | ((new == 0) & new_open)
    found: Bools = may_be_tied | ((old > 0) & (new > 0) & (old_open | new_open))
    return found


def _widened(side: Side, orgs: list[str], layers: npt.NDArray[Kind]) -> npt.NDArray[Kind]:
    """The layers of a side on more organisations than it has."""
    number = {org: n for n, org in enumerate(orgs)}
    here = np.array([number[org] for org in side.orgs], dtype=np.intp)
    wide = np.zeros((len(layers), len(orgs), len(orgs)), dtype=layers.dtype)
    wide[:, here[:, None], here[None, :]] = layers
    return wide
