"""Which trends rest on a score, and which rows of evidence name a submission; worked cases."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from idtracker.model.methods.chosen import bundled_methods
from idtracker.operate.services.consequences.differences import facts_differ
from idtracker.operate.services.consequences.lineage import _Searched, _trends
from idtracker.store.schema import ensure_tables

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


def test_a_fact_that_another_file_states_alike_is_no_difference() -> None:
    """Where it came from, its row and its marking are no content; its values and that it is there are."""
    with duckdb.connect() as one, duckdb.connect() as other:
        for store in (one, other):
            ensure_tables(store)
            for name, *_ in store.execute("DESCRIBE decision").fetchall():
                store.execute(f'ALTER TABLE decision ALTER COLUMN "{name}" DROP NOT NULL')
        stated = "INSERT INTO decision (fact_id, submission_id, row_number, decision_id, product_ids) VALUES (?, ?, ?, 'D', ?)"
        one.execute(stated, ["f", "first", 3, "P"])
        assert facts_differ(one, other)
        other.execute(stated, ["f", "second", 9, "P"])
        assert not facts_differ(one, other)
        other.execute("UPDATE decision SET product_ids = 'P;Q'")
        assert facts_differ(one, other)
        other.execute("UPDATE decision SET product_ids = 'P', recorded_to = '2026-01-01'")
        assert facts_differ(one, other), "it is known no more"
