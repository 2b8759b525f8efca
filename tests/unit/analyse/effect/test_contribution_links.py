"""One contribution under several identifiers."""

from __future__ import annotations

import random

import pytest

from idtracker.analyse.effect.links import Movement, names_of_contributions


def given(reference: str, amount: float = 100, day: int = 5) -> Movement:
    """What the provider reports of money from activity P to activity R."""
    return Movement(reference, "P", "3", day, amount, "GBP", None, "R")


def taken(reference: str, amount: float = 100, day: int = 5) -> Movement:
    """What the receiver reports of the same."""
    return Movement(reference, "R", "1", day, amount, "GBP", "P", None)


@pytest.mark.parametrize(
    "claimed, movements, expected",
    [
        ({"out", "in"}, [given("out"), taken("in")], {"out": "in"}),
        ({"out", "in"}, [given("out"), taken("in", day=6)], {}),
        ({"out", "in"}, [given("out"), taken("in", amount=99)], {}),
        ({"out", "in"}, [given("out"), taken("in")._replace(currency="EUR")], {}),
        ({"out", "in"}, [given("out"), taken("in")._replace(kind="11")], {}),
        ({"out", "in"}, [given("out")._replace(day=None), taken("in")._replace(day=None)], {}),
        ({"out", "in"}, [given("out"), taken("in"), taken("in2")], {"out": None, "in": None}),
        ({"in", "in2"}, [taken("in"), taken("in2")], {}),
        ({"in", "in2", "P"}, [taken("in"), taken("in2", day=9)], {"in": "P", "in2": "P"}),
        ({"in"}, [taken("in"), taken("in", day=9), given("out")], {}),
        ({"other"}, [given("out"), taken("in")], {}),
    ],
    ids=[
        *("two_sides", "another_day", "another_amount", "another_currency", "commitment", "no_day", "which_of_two"),
        *("one_side", "part_of_a_grant", "reference_of_several", "not_a_transaction"),
    ],
)
def test_which_identifiers_are_one(
    claimed: set[str], movements: list[Movement], expected: dict[str, str | None]
) -> None:
    assert names_of_contributions(claimed, movements) == expected


def test_the_order_of_transactions_does_not_matter() -> None:
    dice = random.Random(7)
    for _ in range(100):
        rows = [dice.choice((given, taken))(f"r{n}", dice.choice((10, 20)), dice.choice((1, 2))) for n in range(6)]
        claimed = {*dice.sample([row.reference for row in rows], 4), *dice.choice(((), ("P",)))}
        names = names_of_contributions(claimed, rows)
        assert names == names_of_contributions(claimed, dice.sample(rows, len(rows)))
        assert all(names.get(str(other), other) == other for other in names.values()), "a name is its own"
