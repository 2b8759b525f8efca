"""The contingency table of yes-or-no warnings and the scores made of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idtracker.analyse.warning.contingency import Contingency
from idtracker.analyse.warning.replay import verdict_of

FINLEY = Contingency(hits=28, false_alarms=72, misses=23, correct_negatives=2680)


def test_finleys_tornado_warnings() -> None:
    assert FINLEY.csi == pytest.approx(0.227642, abs=5e-7)
    assert FINLEY.peirce == pytest.approx(0.522857, abs=5e-7)
    assert FINLEY.heidke == pytest.approx(0.355325, abs=5e-7)
    assert FINLEY.base_rate == pytest.approx(51 / 2803)
    assert verdict_of(FINLEY).code == "BETTER"


def test_never_and_always_warning_stand_beside_it() -> None:
    never, always = FINLEY.never, FINLEY.always
    assert (never.csi, never.peirce, never.heidke) == (0, 0, 0)
    assert (always.csi, always.peirce, always.heidke) == (pytest.approx(51 / 2803), 0, 0)


@pytest.mark.parametrize(
    ("table", "csi", "peirce", "heidke"),
    [
        (Contingency(0, 0, 0, 0), None, None, None),
        (Contingency(0, 0, 0, 30), None, None, None),
        (Contingency(0, 4, 0, 30), 0, None, None),
        (Contingency(5, 0, 2, 0), 5 / 7, None, None),
        (Contingency(0, 0, 6, 30), 0, 0, 0),
    ],
)
def test_what_is_undefined_is_empty_with_its_reason_and_never_0(
    table: Contingency, csi: float | None, peirce: float | None, heidke: float | None
) -> None:
    assert (table.csi, table.peirce, table.heidke) == (csi, peirce, heidke)
    assert (table.undefined_because is None) == (heidke is not None)


@pytest.mark.parametrize(
    ("table", "signed", "code"),
    [
        (Contingency(1, 9, 9, 21), None, "REFUSED"),
        (Contingency(1, 9, 9, 21), "the desk answers for it", "SIGNED"),
        (Contingency(4, 26, 0, 0), None, "NOT_YET_TESTED"),
        (Contingency(10, 20, 0, 0), None, "REFUSED"),
        (Contingency(0, 0, 8, 30), None, "NOT_YET_TESTED"),
        (Contingency(3, 1, 1, 40), None, "NOT_YET_TESTED"),
        (Contingency(6, 3, 3, 7), None, "NOT_YET_TESTED"),
        (Contingency(6, 3, 3, 8), None, "BETTER"),
    ],
)
def test_a_rule_no_better_than_never_warning_is_refused_unless_somebody_signs(
    table: Contingency, signed: str | None, code: str
) -> None:
    verdict = verdict_of(table, signed)
    assert verdict.code == code
    assert verdict.may_warn == (code != "REFUSED")


counts = st.integers(0, 40)


@given(counts, counts, counts, counts)
def test_peirce_and_heidke_always_have_the_same_sign(a: int, b: int, c: int, d: int) -> None:
    table = Contingency(a, b, c, d)
    assert (table.peirce is None) == (table.heidke is None)
    if table.peirce is not None and table.heidke is not None:
        sign = (a * d > b * c) - (a * d < b * c)
        assert (table.heidke > 0) - (table.heidke < 0) == sign
        assert table.peirce == pytest.approx(0, abs=1e-12) if sign == 0 else table.peirce * sign > 0
