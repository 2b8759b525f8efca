"""Which trends rest on a score, and which rows of evidence name a submission; worked cases."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from idtracker.model.methods.chosen import bundled_methods
from idtracker.operate.services.consequences.lineage import _Searched, _trends

RULE = bundled_methods().trend


@pytest.mark.parametrize(
    "last, broken, carried, rests",
    [
        ("2020-Q1", None, 0.0, True),
        ("2022-Q4", None, 0.0, True),
        ("2023-Q1", None, 0.0, False),
        ("2019-Q4", None, 0.0, False),
        ("2020-Q3", "2020-Q1", 0.0, True),
        ("2020-Q3", "2020-Q2", 0.0, False),
        ("2020-Q3", None, 0.5, True),
        ("2020-Q3", None, 0.6, False),
    ],
    ids=["own", "twelfth", "thirteenth", "later", "break", "before_break", "half_carried", "mainly_carried"],
)
def test_a_trend_rests_on_its_points_alone(last: str, broken: str | None, carried: float, rests: bool) -> None:
    assert RULE.window == 12 and RULE.maximum_carried_share == 0.5
    with duckdb.connect() as store:
        store.execute(
            "CREATE TABLE score AS SELECT 'JO' AS place_id, '2020-Q1' AS period, 'BSF1' AS node_code, "
            "$1::DOUBLE AS carried_share, NULL::DOUBLE AS imputed_share",
            [carried],
        )
        store.execute(
            "CREATE TABLE trend AS SELECT 'JO' AS place_id, $1 AS period, 'BSF1' AS node_code, $2::VARCHAR AS series_break",
            [last, broken],
        )
        found = set(_trends(store, {("JO", "2020-Q1", "BSF1")}, RULE))
    assert found == ({("trend", ("JO", last, "BSF1"))} if rests else set())


def test_a_row_of_evidence_may_list_several_submissions() -> None:
    """The evidence of a cell lists the files behind it in `submission_id`, `;` between."""
    rows = pd.DataFrame({"submission_id": ["aa", "bb;aa", "bb", None]})
    assert list(_Searched("aa", set(), set())._is_of(rows)) == [True, True, False, False]
    assert list(_Searched("bb", set(), set())._is_of(rows)) == [False, True, True, False]
