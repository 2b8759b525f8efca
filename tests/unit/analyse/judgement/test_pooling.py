"""The pool, the weights from the record, and the identity of the dividend."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idtracker.analyse.judgement.pooling import FLOOR, dividend_of, performance_weights, pooled

SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@given(SHARES, st.sampled_from([0.0, 1.0]))
def test_crowd_error_is_individual_error_less_diversity(values: list[float], outcome: float) -> None:
    found = dividend_of(values, outcome)
    assert abs(found.crowd - (found.individual - found.diversity)) <= 1e-12


@given(st.lists(st.tuples(SHARES, st.sampled_from([0.0, 1.0])), min_size=1, max_size=20))
def test_the_identity_holds_over_all_questions(questions: list[tuple[list[float], float]]) -> None:
    found = [dividend_of(values, outcome) for values, outcome in questions]
    crowd, alone, diversity = (pooled([getattr(d, n) for d in found]) for n in ("crowd", "individual", "diversity"))
    assert abs(crowd - (alone - diversity)) <= 1e-12


def test_a_worked_dividend() -> None:
    found = dividend_of([0.2, 0.6], 0.0)
    assert (found.crowd, found.individual, found.diversity) == pytest.approx((0.16, 0.2, 0.04))
    assert dividend_of([0.3], 1.0).diversity == 0


def test_weights_are_inverse_to_the_error_on_shared_questions() -> None:
    errors = {
        "A": {f"q{n}": 0.04 for n in range(5)} | {"easy": 0.0},
        "B": {f"q{n}": 0.16 for n in range(5)},
    }
    weights, past = performance_weights(errors, ["A", "B"])
    assert past == 5 and weights == pytest.approx([0.8, 0.2])
    lucky, _ = performance_weights({"A": dict.fromkeys("12345", 0.0), "B": dict.fromkeys("12345", FLOOR)}, ["A", "B"])
    assert lucky == [0.5, 0.5]


@pytest.mark.parametrize("errors", [{}, {"A": dict.fromkeys("1234", 0.1), "B": dict.fromkeys("1234", 0.2)}])
def test_a_short_record_weighs_equally(errors: dict[str, dict[str, float]]) -> None:
    weights, past = performance_weights(errors, ["A", "B"])
    assert weights == [0.5, 0.5] and past == (4 if errors else 0)


def test_a_pool_takes_values() -> None:
    with pytest.raises(ValueError, match="takes values"):
        pooled([])
    with pytest.raises(ValueError, match="takes values"):
        pooled([1.0], [0.5, 0.5])
