"""Brier scores and hit rates: worked numbers, parts that add up, and silence where there is too little."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idtracker.analyse.judgement.calibration import FEWEST, Forecast, bucket_of, calibration_of, hit_rate
from idtracker.analyse.judgement.tables import term_of


def forecasts(*said: tuple[float, float]) -> list[Forecast]:
    return [Forecast(f"q{n}", p, o, term_of("phia_yardstick", p * 100)) for n, (p, o) in enumerate(said)]


def test_a_worked_score() -> None:
    found = calibration_of(forecasts(*[(0.3, 0.0)] * 5, *[(0.7, 1.0)] * 4, (0.7, 0.0)))
    assert found is not None
    assert found.brier == pytest.approx((9 * 0.09 + 0.49) / 10)
    assert found.reliability == pytest.approx(0.5 * 0.09 + 0.5 * 0.01)
    assert found.resolution == pytest.approx(0.5 * 0.16 + 0.5 * 0.16)
    assert found.uncertainty == pytest.approx(0.24)
    assert found.within_terms == pytest.approx(0, abs=1e-12)
    assert 0 <= found.low <= found.brier <= found.high <= 1


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0.0, 1.0])), min_size=FEWEST, max_size=60))
def test_the_parts_add_up(said: list[tuple[float, float]]) -> None:
    found = calibration_of(forecasts(*said))
    assert found is not None
    parts = found.reliability - found.resolution + found.uncertainty + found.within_terms
    assert abs(found.brier - parts) <= 1e-12
    assert found.brier == pytest.approx(sum((p - o) ** 2 for p, o in said) / len(said))


def test_a_question_judged_often_counts_once() -> None:
    often = [Forecast("q0", 1.0, 0.0, "P7")] * 50
    found = calibration_of([*often, *forecasts(*[(0.0, 0.0)] * 10)[1:]])
    assert found is not None and found.brier == pytest.approx(0.1)
    assert calibration_of(often) is None, "fifty judgements of one question are one question"


def test_below_the_fewest_nothing_is_said() -> None:
    assert calibration_of(forecasts(*[(0.5, 1.0)] * (FEWEST - 1))) is None
    assert hit_rate([1.0] * (FEWEST - 1)) is None


def test_ranges_that_held() -> None:
    found = hit_rate([1.0] * 9 + [0.0])
    assert found is not None
    assert found[0] == 0.9
    assert found[1:] == pytest.approx((0.652, 0.977), abs=2e-3)  # Wilson, 90 %


@pytest.mark.parametrize(
    ("until", "bucket"),
    [("2026-03-31", "TO_3_MONTHS"), ("2026-06-30", "TO_6_MONTHS"), ("2026-12-31", "TO_12_MONTHS"), ("2028-01-01", "BEYOND_12_MONTHS")],
)  # fmt: skip
def test_horizons(until: str, bucket: str) -> None:
    assert bucket_of(date(2026, 1, 1), date.fromisoformat(until)) == bucket
    assert bucket_of(date(2026, 1, 1), None) == "OPEN"
