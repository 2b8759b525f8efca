"""Intervals of shares and of their difference, and what may be said of a change."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from idtracker.analyse.framework import intervals
from idtracker.analyse.framework.intervals import (
    Change,
    Figure,
    change_of,
    direction_of,
    newcombe,
    point_direction_of,
    stated_change,
    wilson,
)


def bounds_by_search(count: int, total: int) -> tuple[float, float]:
    """The shares at which the score test would just reject `count` of `total`: found on a fine grid, without the formula."""
    steps = 20_000
    share = count / total
    inside = [
        p / steps
        for p in range(1, steps)
        if abs(share - p / steps) <= 1.6448536 * ((p / steps) * (1 - p / steps) / total) ** 0.5
    ]
    return (0.0 if count == 0 else inside[0]), (1.0 if count == total else inside[-1])


@pytest.mark.parametrize(("count", "total"), [(0, 5), (3, 6), (19, 24), (5, 5), (1, 200)])
def test_a_share_has_the_interval_of_the_score_test(count: int, total: int) -> None:
    assert wilson(count, total) == pytest.approx(bounds_by_search(count, total), abs=2e-4)


def test_a_published_difference_of_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Newcombe (1998), table II, (a), method 10: 56/70 and 48/80, at 95 % 0.0524 to 0.3339."""
    monkeypatch.setattr(intervals, "Z90", 1.959963984540054)
    assert newcombe((56, 70), (48, 80)) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@settings(max_examples=200, phases=[Phase.generate], deadline=None)
@given(st.tuples(*[st.integers(1, 60)] * 2), st.tuples(*[st.floats(0, 1)] * 2))
def test_the_interval_of_a_difference_holds_it_and_turns_round_with_its_sides(
    totals: tuple[int, int], shares: tuple[float, float]
) -> None:
    now, then = ((int(total * share), total) for total, share in zip(totals, shares, strict=True))
    lower, upper = newcombe(now, then)
    assert -1 <= lower <= now[0] / now[1] - then[0] / then[1] <= upper <= 1
    assert newcombe(then, now) == pytest.approx((-upper, -lower))


def share(count: int, total: int, **other: float) -> Figure:
    return Figure(100 * count / total, numerator=count, denominator=total, n=total, **other)


def test_counts_give_an_interval_only_where_the_framework_says_so() -> None:
    assert change_of(share(19, 24), share(6, 12), by_counts=False).basis == "NONE"
    counted = change_of(share(19, 24), share(6, 12), by_counts=True)
    assert counted.basis == "COUNTS"
    assert counted.lower is not None and counted.upper is not None
    assert (counted.lower, counted.upper) == pytest.approx([100 * end for end in newcombe((19, 24), (6, 12))])


@pytest.mark.parametrize(
    "other",
    [
        Figure(50.0, numerator=30.3, denominator=54.0, n=54),  # no whole units
        Figure(20.9, numerator=138_000, denominator=660_000, n=23),  # money, not units
        Figure(18.0, numerator=18, denominator=None, n=67),
        Figure(-7.1, numerator=22, denominator=35, n=35),  # not the share of its counts
    ],
)
def test_what_is_no_share_of_whole_units_has_no_interval_by_counts(other: Figure) -> None:
    assert change_of(other, other, by_counts=True).basis == "NONE"


def test_stated_ranges_give_the_widest_interval_and_need_both_figures() -> None:
    wide = change_of(Figure(40, 30, 60), Figure(20, 10, 35), by_counts=True)
    assert (wide.change, wide.lower, wide.upper, wide.basis) == (20, 30 - 35, 60 - 10, "STATED")
    assert change_of(Figure(40, 30, 60), Figure(20), by_counts=False).basis == "NONE"
    assert change_of(Figure(40, 30, None), Figure(20, 10, 35), by_counts=False).basis == "NONE"


@pytest.mark.parametrize(
    ("interval", "better", "expected"),
    [
        ((1, 3), "higher", "BETTER"),
        ((1, 3), "lower", "WORSE"),
        ((-3, -1), "higher", "WORSE"),
        ((-3, -1), "lower", "BETTER"),
        ((-1, 3), "higher", "NOT_DISTINGUISHABLE"),
        ((0, 3), "higher", "NOT_DISTINGUISHABLE"),
        ((0, 0), "higher", "UNCHANGED"),
        ((1, 3), "none", "NOT_JUDGED"),
        ((None, None), "higher", "NO_INTERVAL"),
    ],
)
def test_nothing_is_said_that_the_interval_does_not_allow(
    interval: tuple[float | None, float | None], better: str, expected: str
) -> None:
    assert direction_of(Change(2, *interval, "STATED"), better) == expected


def test_the_bare_figures_are_described_whatever_their_error() -> None:
    assert [point_direction_of(Change(c, None, None, "NONE"), "lower") for c in (2, -2, 0)] == [
        "WORSE",
        "BETTER",
        "UNCHANGED",
    ]
    assert point_direction_of(Change(2, None, None, "NONE"), "none") is None
    assert direction_of(stated_change(Figure(12.5)), "higher") == "NO_INTERVAL"
    assert direction_of(stated_change(Figure(12.5, 2, 20)), "higher") == "BETTER"
