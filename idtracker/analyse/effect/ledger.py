"""The catalytic ledger: what outside actors gave, counted once over all who claim it, with what conflicting claims leave open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple


class Contribution(NamedTuple):
    """One claim of what an outside actor gave: `amount` in one unit (money of one currency, or 1 for an event).

    `reference` is the same for all who claim the same thing; None where the claim does not say which it was.
    """

    claimant: str
    actor: str
    reference: str | None
    amount: Fraction


class Share(NamedTuple):
    """What falls to a claimant: of what is agreed, and between what nobody else claims and all that it claims."""

    agreed: Fraction
    lower: Fraction
    upper: Fraction


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is there beyond any conflict (`agreed`), the most there can be (`upper`), and the share of each claimant.

    The agreed shares add up to `agreed` exactly. `left_out` are claims about an actor that claims itself: it is not outside.
    """

    agreed: Fraction
    upper: Fraction
    shares: Mapping[str, Share]
    left_out: tuple[Contribution, ...]


class _Pot(NamedTuple):
    """An amount that some claimants share."""

    amount: Fraction
    claimants: frozenset[str]


def settle(claims: Iterable[Contribution]) -> Ledger:
    """Allocate each contribution once. Of claims with one reference the least amount is agreed and the greatest is possible.

    A claim without a reference may speak of anything else that is claimed of the same actor: agreed is only what the greatest of
    them exceeds all referenced amounts by, possible is their sum. Agreed amounts are split evenly among those who claim so much, as
    the Shapley value of the airport game (Littlechild and Owen 1973). Two who claim each other are both inside: neither counts.
    """
    every = sorted(claims, key=lambda c: (c.actor, c.reference or "", c.claimant, c.amount))
    inside = {claim.claimant for claim in every}
    counted = [claim for claim in every if claim.actor not in inside]
    by_actor: dict[str, list[Contribution]] = defaultdict(list)
    for claim in counted:
        by_actor[claim.actor].append(claim)
    pots = [pot for of in by_actor.values() for pot in _pots(of)]
    upper = sum((_most(of) for of in by_actor.values()), Fraction())
    shares = {name: _share(name, counted, pots) for name in sorted(inside)}
    left_out = tuple(claim for claim in every if claim.actor in inside)
    return Ledger(sum((pot.amount for pot in pots), Fraction()), upper, shares, left_out)


def _pots(of: Sequence[Contribution]) -> list[_Pot]:
    """What is agreed of one actor: a pot for each reference, and what claims without one add."""
    by_reference = _by_reference(of)
    pots = [_Pot(min(c.amount for c in same), frozenset(c.claimant for c in same)) for same in by_reference.values()]
    referenced = sum((max(c.amount for c in same) for same in by_reference.values()), Fraction())
    stakes: dict[str, Fraction] = {}
    for claim in of:
        if claim.reference is None:
            stakes[claim.claimant] = max(stakes.get(claim.claimant, Fraction()), claim.amount - referenced)
    return [*pots, *_layers(stakes)]


def _layers(stakes: Mapping[str, Fraction]) -> list[_Pot]:
    """The greatest stake in layers, each shared by those whose stake reaches so high (the airport game)."""
    heights = sorted({Fraction(), *(stake for stake in stakes.values() if stake > 0)})
    return [
        _Pot(above - below, frozenset(name for name, stake in stakes.items() if stake >= above))
        for below, above in pairwise(heights)
    ]


def _most(of: Sequence[Contribution]) -> Fraction:
    """The most that one actor can have given: nothing without a reference is anything else."""
    referenced = sum((max(c.amount for c in same) for same in _by_reference(of).values()), Fraction())
    return referenced + sum((c.amount for c in of if c.reference is None), Fraction())


def _by_reference(of: Sequence[Contribution]) -> dict[str, list[Contribution]]:
    found: dict[str, list[Contribution]] = defaultdict(list)
    for claim in of:
        if claim.reference is not None:
            found[claim.reference].append(claim)
    return found


def _share(name: str, counted: Sequence[Contribution], pots: Sequence[_Pot]) -> Share:
    mine = [pot for pot in pots if name in pot.claimants]
    agreed = sum((pot.amount / len(pot.claimants) for pot in mine), Fraction())
    alone = sum((pot.amount for pot in mine if len(pot.claimants) == 1), Fraction())
    return Share(agreed, alone, _most_of_all([claim for claim in counted if claim.claimant == name]))


def _most_of_all(claims: Sequence[Contribution]) -> Fraction:
    by_actor: dict[str, list[Contribution]] = defaultdict(list)
    for claim in claims:
        by_actor[claim.actor].append(claim)
    return sum((_most(of) for of in by_actor.values()), Fraction())
