"""The catalytic ledger: every pound once, whoever claims it."""

from __future__ import annotations

import random
from fractions import Fraction

from idtracker.analyse.effect.ledger import Contribution, Ledger, settle


def pound(claimant: str, actor: str, reference: str | None, amount: int) -> Contribution:
    return Contribution(claimant, actor, reference, Fraction(amount))


def total(of: Ledger) -> list[int]:
    return [int(of.agreed), int(of.upper)]


def test_two_who_claim_the_same_pound_share_it() -> None:
    found = settle([pound("A", "X", "grant", 100), pound("B", "X", "grant", 100), pound("A", "X", "other", 30)])
    assert total(found) == [130, 130]
    assert [*map(int, found.shares["A"])] == [80, 30, 130] and [*map(int, found.shares["B"])] == [50, 0, 100]


def test_claims_that_differ_leave_a_range() -> None:
    found = settle([pound("A", "X", "grant", 100), pound("B", "X", "grant", 60)])
    assert total(found) == [60, 100]
    bare = settle([pound("A", "X", None, 100), pound("B", "X", None, 60)])
    assert total(bare) == [100, 160]
    assert [*map(int, bare.shares["A"])] == [70, 40, 100] and [*map(int, bare.shares["B"])] == [30, 0, 60]
    beside = settle([pound("A", "X", "grant", 100), pound("B", "X", None, 60)])
    assert total(beside) == [100, 160]
    elsewhere = settle([pound("A", "X", None, 100), pound("B", "Y", None, 60)])
    assert total(elsewhere) == [160, 160]


def test_those_who_claim_each_other_are_not_outside() -> None:
    found = settle([pound("A", "B", "x", 10), pound("B", "A", "y", 20), pound("B", "X", "z", 5)])
    assert total(found) == [5, 5]
    assert len(found.left_out) == 2


def test_sums_are_exact_in_500_random_graphs() -> None:
    for seed in range(500):
        _hold(random.Random(seed))


def _hold(dice: random.Random) -> None:
    names = [*"ABCDEFGH"]
    claims = [
        Contribution(
            dice.choice(names[:5]),
            dice.choice(names),
            dice.choice([None, "p", "q", "r"]),
            Fraction(dice.randint(1, 10_000), 100),
        )
        for _ in range(dice.randint(1, 14))
    ]
    found = settle(claims)
    assert sum(share.agreed for share in found.shares.values()) == found.agreed
    assert all(share.lower <= share.agreed <= share.upper for share in found.shares.values())
    assert (found.agreed, found.upper) == _plain(claims)
    dice.shuffle(claims)
    assert settle(claims) == found
    repeated = settle([*claims, *(c for c in claims if c.reference)])
    assert (repeated.agreed, repeated.upper, repeated.shares) == (found.agreed, found.upper, found.shares)


def _plain(claims: list[Contribution]) -> tuple[Fraction, Fraction]:
    """The least and the most that outside actors can have given, in plain loops."""
    least = most = Fraction()
    for actor in {c.actor for c in claims} - {c.claimant for c in claims}:
        named, bare = dict[str, list[Fraction]](), list[Fraction]()
        for claim in claims:
            if claim.actor == actor and claim.reference:
                named.setdefault(claim.reference, []).append(claim.amount)
            elif claim.actor == actor:
                bare.append(claim.amount)
        high = sum(max(amounts) for amounts in named.values())
        least += sum(min(amounts) for amounts in named.values()) + max([Fraction(), *(b - high for b in bare)])
        most += high + sum(bare)
    return least, most
