"""A rule's past: as it was known then, against what is known now to have come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idtracker.analyse.warning.conditions import Point, Series
from idtracker.analyse.warning.contingency import Contingency
from idtracker.analyse.warning.replay import Forecast, did_come, replay
from idtracker.model.warnings.rule import Outcome

BELOW = Outcome(below=50, within=2, only_new=False)


def series(values: list[float | None], breaks: tuple[int, ...] = ()) -> Series:
    return Series(range(len(values)), {q: Point(v) for q, v in enumerate(values) if v is not None}, breaks)


@pytest.mark.parametrize(
    ("values", "came"),
    [
        ([60, 60, 60], False),
        ([60, 60, 49], True),
        ([60, 49, None], True),
        ([60, None, 60], None),
        ([60, 60, 60, 49], False),
        ([None, 60, 60], False),
    ],
)
def test_an_outcome_comes_within_the_horizon_or_cannot_be_told(values: list[float | None], came: bool | None) -> None:
    assert did_come(BELOW, series(values), 0) is came


def test_what_is_so_already_is_no_outcome_where_only_new_ones_count() -> None:
    new = Outcome(below=50, within=1)
    assert did_come(new, series([45, 45]), 0) is None
    assert did_come(new, series([None, 45]), 0) is None
    assert did_come(new, series([55, 45]), 0) is True


def test_a_level_after_a_break_is_not_the_level_before() -> None:
    assert did_come(BELOW, series([60, 60, 40], breaks=(2,)), 0) is None
    assert did_come(Outcome(falls_by=5, within=1), series([60, 40], breaks=(1,)), 0) is None


def test_a_horizon_that_has_not_ended_is_not_counted_even_where_the_outcome_came() -> None:
    forecasts = [Forecast("JO-MA", q, True) for q in range(4)]
    past = replay(BELOW, forecasts, {"JO-MA": series([60, 40, 60, 40])}, ended=3)
    assert (past.table, past.left_out) == (Contingency(2, 0, 0, 0), 0)


def test_one_place_and_a_place_of_which_nothing_is_known() -> None:
    forecasts = [Forecast("JO-MA", 0, False), Forecast("JO-AQ", 0, True), Forecast("JO-MA", 1, None)]
    past = replay(BELOW, forecasts, {"JO-MA": series([60, 60, 60, 60])}, ended=3)
    assert (past.table, past.left_out) == (Contingency(0, 0, 0, 1), 2)


value = st.one_of(st.none(), st.integers(40, 60).map(float))
told = st.one_of(st.none(), st.booleans())


@given(st.lists(st.tuples(value, told), min_size=1, max_size=20), st.integers(1, 4), st.booleans())
def test_the_table_is_that_of_a_count_by_hand(
    history: list[tuple[float | None, bool | None]], within: int, new: bool
) -> None:
    values, warned = [v for v, _ in history], [w for _, w in history]
    outcome = Outcome(below=50, within=within, only_new=new)
    forecasts = [Forecast("X", q, w) for q, w in enumerate(warned)]
    table = replay(outcome, forecasts, {"X": series(values)}, ended=len(values) - 1).table
    counted = {"a": 0, "b": 0, "c": 0, "d": 0}
    for q in range(len(values) - within):
        ahead = values[q + 1 : q + 1 + within]
        low = [v for v in ahead if v is not None and v < 50]
        if warned[q] is None or (not low and None in ahead):
            continue
        if new and (values[q] is None or values[q] < 50):  # type: ignore[operator]
            continue
        counted[("a" if low else "b") if warned[q] else ("c" if low else "d")] += 1
    assert table == Contingency(counted["a"], counted["b"], counted["c"], counted["d"])
