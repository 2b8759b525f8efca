"""Conditions of rules over series, and warnings that are raised, stand and end."""

from __future__ import annotations

from typing import Any

import pytest

from idtracker.analyse.warning.conditions import Point, Series, judge, probability_beyond
from idtracker.analyse.warning.low_base import is_limited_change
from idtracker.analyse.warning.states import states_of
from idtracker.model.warnings.rule import Rule

THRESHOLD = {"kind": "threshold", "level": 50}
FALL = {"kind": "deterioration", "over": 2, "by": 5}
RISE = {"kind": "deterioration", "over": 1, "by_share": 0.5}


def rule(when: dict[str, Any], **more: Any) -> Rule:
    return Rule.model_validate(
        {
            "title": {"en": "t", "ar": "t"},
            "on": {"node": "STABILITY"},
            "level": "adm1",
            "when": when,
            "outcome": {"below": 40, "within": 2},
            **more,
        }
    )


def series(
    values: list[float | None], breaks: tuple[int, ...] = (), *, count: bool = False, error: float = 1
) -> Series:
    points = {q: Point(v, error) for q, v in enumerate(values) if v is not None}
    return Series(range(len(values)), points, breaks, count)


def said(one: Rule, values: Series, side: Any = "below") -> list[str | None]:
    return [state.state for state in states_of(one, side, values)]


def test_a_warning_ends_when_its_condition_does() -> None:
    states = list(states_of(rule(THRESHOLD), "below", series([60, 49, 48, 50, 60, 40])))
    assert [s.state for s in states] == [None, "RAISED", "RAISED", "CLEARED", None, "RAISED"]
    assert [s.since for s in states] == [None, 1, 1, 1, None, 5]


def test_a_quarter_without_a_value_neither_ends_nor_raises() -> None:
    assert said(rule(THRESHOLD), series([None, 49, None, 48, None, 60])) == [
        *(None, "RAISED", "UNJUDGED", "RAISED", "UNJUDGED", "CLEARED")
    ]


def test_persistence_asks_for_quarters_in_a_row() -> None:
    twice = rule(THRESHOLD, persistence=2)
    assert said(twice, series([49, 60, 49, None, 49, 49, 60])) == [*[None] * 5, "RAISED", "CLEARED"]


def test_nothing_is_compared_across_a_break() -> None:
    assert said(rule(FALL), series([60, 60, 50, 50])) == [None, None, "RAISED", "RAISED"]
    assert said(rule(FALL), series([60, 60, 50, 50], breaks=(2,))) == [None] * 4
    pettitt = rule({"kind": "change_point", "p": 0.1, "window": 12, "minimum_points": 6})
    values: list[float | None] = [60, 61, 62, 63, 64, 65, 40, 41, 42, 43, 44, 45]
    assert said(pettitt, series(values))[-1] == "RAISED"
    assert said(pettitt, series(values, breaks=(6,)))[-1] is None


def test_all_values_equal_is_no_change() -> None:
    for when in (FALL, RISE, {"kind": "change_point", "window": 12, "minimum_points": 8}):
        assert set(said(rule(when), series([50.0] * 12))) == {None}


@pytest.mark.parametrize(
    ("values", "states"),
    [
        ([1, 3], [None, "LIMITED"]),
        ([0, 5], [None, "LIMITED"]),
        ([0, 6], [None, "RAISED"]),
        ([2, 5], [None, "LIMITED"]),
        ([3, 5], [None, "RAISED"]),
        ([0, 0], [None, None]),
    ],
)
def test_few_events_more_or_less_are_limited_change(values: list[float | None], states: list[str | None]) -> None:
    assert said(rule(RISE), series(values, count=True), "above") == states


def test_the_low_base_guard_is_for_counts_alone() -> None:
    assert said(rule(RISE), series([1, 3]), "above") == [None, "RAISED"]
    assert is_limited_change([2, 2], 5) and not is_limited_change([2, 2.5], 5) and not is_limited_change([0], 5.5)


def test_a_probability_is_that_of_the_stated_error() -> None:
    assert probability_beyond(50, 5, 50, "below") == pytest.approx(0.5)
    assert probability_beyond(55, 5, 50, "below") == pytest.approx(0.158655, abs=1e-6)
    assert probability_beyond(55, 5, 50, "above") == pytest.approx(0.841345, abs=1e-6)
    assert (probability_beyond(49, 0, 50, "below"), probability_beyond(50, 0, 50, "below")) == (1, 0)
    fell = rule({"kind": "probability", "over": 1, "by": 0, "at_least": 0.9}).when
    judged = judge(fell, "below", series([60, 57], error=1), 1)
    assert judged.probability == pytest.approx(0.983053, abs=1e-6)  # 3 points, error sqrt(2)
    without = Series(range(2), {0: Point(60, 1.0), 1: Point(57)})
    assert judge(fell, "below", without, 1).holds is None
