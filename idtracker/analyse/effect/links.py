"""One contribution under several identifiers: transfers that giver and receiver both report, and parts of a grant that is claimed as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

_COMING: Mapping[str, str] = {"1": "3", "11": "2"}
"""IATI transaction types that a receiver reports -> what the provider reports of the same money: disbursements and commitments."""


class Movement(NamedTuple):
    """One transaction that names an activity on its other side; `amount` in its currency, `day` in days since 1970."""

    reference: str
    activity: str | None
    kind: str | None
    day: int | None
    amount: float | None
    currency: str | None
    provider_activity: str | None
    receiver_activity: str | None

    @property
    def transfer(self) -> tuple[object, ...] | None:
        """What giver and receiver report alike; None where a side, the day or the amount is not stated."""
        kind, giver, taker = self.kind, self.activity, self.receiver_activity
        if kind is not None and kind in _COMING:
            kind, giver, taker = _COMING[kind], self.provider_activity, self.activity
        stated = (kind, giver, taker, self.day, self.amount, self.currency)
        is_whole = kind in _COMING.values() and None not in stated and giver != taker
        return stated if is_whole else None


def names_of_contributions(claimed: Iterable[str], movements: Iterable[Movement]) -> dict[str, str | None]:
    """Identifiers of contributions that are claimed -> the one name under which each counts; those alone that are not their own.

    Two references are one where their transactions are the two sides of one transfer: the same activities, day, amount and
    currency. Where more than one transaction of a side looks so, nobody can say which is which: None, a claim without an identifier.
    A reference to money from an activity that is itself claimed is a part of that, and has its name.
    """
    wanted, rows = set(claimed), list(movements)
    by_reference, by_transfer = _by_reference(rows), _by_transfer(rows)
    found: dict[str, str | None] = {}
    for name in sorted(wanted):
        same = by_reference.get(name, [])
        if len(same) != 1:  # no transaction, or a reference that several have: an identifier like any other
            continue
        found[name] = _name(name, same[0], by_transfer, wanted)
    return {name: other for name, other in found.items() if other != name}


def _name(
    name: str, movement: Movement, by_transfer: Mapping[tuple[object, ...], Sequence[Movement]], wanted: set[str]
) -> str | None:
    sides = by_transfer.get(movement.transfer, ()) if movement.transfer else ()
    giver = movement.provider_activity if movement.kind in _COMING else movement.activity
    if giver is not None and giver in wanted and giver != name:
        return giver
    given = [m for m in sides if m.kind not in _COMING]
    taken = [m for m in sides if m.kind in _COMING]
    if not given or not taken:
        return name
    return min(m.reference for m in sides) if len(given) == len(taken) == 1 else None


def _by_reference(rows: Iterable[Movement]) -> dict[str, list[Movement]]:
    found: dict[str, list[Movement]] = defaultdict(list)
    for row in rows:
        found[row.reference].append(row)
    return found


def _by_transfer(rows: Iterable[Movement]) -> dict[tuple[object, ...], list[Movement]]:
    found: dict[tuple[object, ...], list[Movement]] = defaultdict(list)
    for row in rows:
        if row.transfer is not None:
            found[row.transfer].append(row)
    return found
