"""What rests on facts that ended, of a store written by hand: corrections of some rows, withdrawals, and what nobody sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import duckdb
import pandas as pd
import pytest

from idtracker.analyse.consequence.acts import find_acts
from idtracker.analyse.consequence.derive import _rows
from idtracker.model.methods.chosen import bundled_methods
from idtracker.store.schema import ensure_tables

T = {n: datetime.fromisoformat(f"2026-0{n + 2}-05") for n in range(5)}
RULE = bundled_methods().trend
MARK = {"classification": "OFFICIAL", "releasable_to": "HMG"}
TABLES = (
    *("observation", "decision", "analysis_product", "submission", "place", "indicator"),
    *("merged_cell_vintage", "score_vintage"),
)


def observed(
    submission: str, indicator: str, place: str, begins: int, ends: int | None, source: str = "s"
) -> dict[str, Any]:
    """A report of the last quarter of 2025."""
    return {
        **{"fact_id": f"{source}-{indicator}-{place}", "source_id": source, "submission_id": submission},
        **{"content_hash": submission, "indicator_id": indicator, "place_id": place},
        **{"period_start": "2025-10-01", "period_end": "2025-12-31"},
        **{"recorded_from": T[begins], "recorded_to": None if ends is None else T[ends]},
    }


def cell(
    indicator: str, place: str, value: float, begins: int, ends: int | None, behind: str, period: str = "2025-Q4"
) -> dict[str, Any]:
    return {
        **{"indicator_id": indicator, "place_id": place, "period": period, "origin_period": "2025-Q4", "value": value},
        **{"submission_ids": behind, "known_from": T[begins], "known_to": None if ends is None else T[ends], **MARK},
    }


def score(node: str, weights: str, value: float, begins: int, ends: int | None) -> dict[str, Any]:
    known = {"known_from": T[begins], "known_to": None if ends is None else T[ends]}
    return {
        "node_code": node,
        "place_id": "Z",
        "period": "2025-Q4",
        "score": value,
        "effective_weights": weights,
        **known,
        **MARK,
    }


STORE: dict[str, list[dict[str, Any]]] = {
    "submission": [
        {"submission_id": "S1", "source_id": "s", "received_at": T[0], **MARK},
        {"submission_id": "S2", "source_id": "s", "received_at": T[1], "withdrawn_at": T[2], **MARK},
        {"submission_id": "S3", "source_id": "other", "received_at": T[1], **MARK},
        {
            "submission_id": "S4",
            "source_id": "p",
            "received_at": T[0],
            "classification": "OFFICIAL-SENSITIVE",
            "releasable_to": "HMG",
        },
    ],
    "observation": [
        observed("S1", "VOICE", "Z", 0, 1),
        observed("S1", "WORK", "Z", 0, None),
        observed("S2", "VOICE", "Z", 1, 2),
        observed("S1", "VOICE", "Z", 2, None),
        observed("S3", "WORK", "Y", 1, None, "other"),
    ],
    "analysis_product": [
        {
            "fact_id": "p1",
            "source_id": "p",
            "submission_id": "S4",
            "product_id": "P",
            "content_hash": "p",
            "recorded_from": T[0],
            "recorded_to": T[3],
            **MARK,
        }
    ],
    "decision": [
        {
            "fact_id": f"d{n}",
            "source_id": "d",
            "submission_id": "S5",
            "product_ids": cited,
            "content_hash": "d",
            "recorded_from": T[0],
            **MARK,
        }
        for n, cited in enumerate(("A;P", "PP", None))
    ],
    "place": [{"place_id": "Z", "parent_id": "LB"}, {"place_id": "Y", "parent_id": "LB"}, {"place_id": "LB"}],
    "indicator": [{"indicator_id": "VOICE"}, {"indicator_id": "WORK"}],
    "merged_cell_vintage": [
        cell("VOICE", "Z", 50, 0, 1, "S0;S1"),
        cell("VOICE", "Z", 60, 1, 2, "S2"),
        cell("VOICE", "Z", 50, 2, None, "S1"),
        cell("VOICE", "Z", 50, 0, None, "S1", "2026-Q1"),
        cell("VOICE", "LB", 50, 0, 1, "S1"),
        cell("VOICE", "Y", 70, 0, None, "S1"),
        cell("WORK", "Z", 20, 0, None, "S1"),
    ],
    "score_vintage": [
        score("BSF1", '{"VOICE": 1}', 50, 0, 1),
        score("BSF1", '{"VOICE": 1}', 61, 1, None) | {"classification": "OFFICIAL-SENSITIVE"},
        score("BSF2", '{"WORK": 1}', 80, 0, None),
        score("ROOT", '{"BSF1": 0.5, "BSF2": 0.5}', 65, 0, None),
    ],
}


@pytest.fixture(scope="module")
def rows() -> Iterator[pd.DataFrame]:
    with duckdb.connect() as store:
        ensure_tables(store)
        for table in TABLES:
            for name, *_ in store.execute(f"DESCRIBE {table}").fetchall():
                store.execute(f'ALTER TABLE {table} ALTER COLUMN "{name}" DROP NOT NULL')
            for row in STORE[table]:
                marks = ", ".join("?" * len(row))
                store.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
        assert find_acts(store, None, pd.Timestamp(T[4])) == 3
        found = _rows(store, RULE)
        assert find_acts(store, pd.Timestamp(T[2]), pd.Timestamp(T[4])) == 1, "acts after a moment alone"
        assert find_acts(store, pd.Timestamp(T[3]), pd.Timestamp(T[4])) == 0
        yield found


def of(rows: pd.DataFrame, submission: str, table: str) -> dict[str, tuple[Any, ...]]:
    chosen = rows[(rows["submission_id"] == submission) & (rows["subject_table"] == table)]
    plain = chosen.astype("object").where(chosen.notna(), None)
    return {str(r.subject): (r.basis, r.value_before, r.value_after) for r in plain.itertuples()}


def test_a_correction_of_some_rows_names_what_rested_on_these(rows: pd.DataFrame) -> None:
    """Not the cell of the other indicator, nor that of another place, though the same file is behind them."""
    assert of(rows, "S1", "merged_cell") == {
        "merged_cell/VOICE/Z/2025-Q4": ("REPORTS", 50, 60),
        "merged_cell/VOICE/Z/2026-Q1": ("REPORTS", 50, 50),
        "merged_cell/VOICE/LB/2025-Q4": ("REPORTS", 50, None),
    }
    assert of(rows, "S1", "score") == {
        "score/Z/2025-Q4/BSF1": ("WEIGHS", 50, 61),
        "score/Z/2025-Q4/ROOT": ("WEIGHS", 65, 65),
    }


def test_each_act_says_what_ended_the_facts_and_what_else_came(rows: pd.DataFrame) -> None:
    plain = rows.astype("object").where(rows.notna(), None)
    names = ["submission_id", "acted_at", "act", "corrected_by", "other_submission_ids"]
    acts = {tuple(row) for row in plain[names].itertuples(index=False, name=None)}
    assert acts == {
        ("S1", pd.Timestamp(T[1]), "CORRECTED", "S2", "S3"),
        ("S2", pd.Timestamp(T[2]), "WITHDRAWN", "S1", None),
        ("S4", pd.Timestamp(T[3]), "ENDED", None, None),
    }


def test_statements_that_name_what_ended_are_there_with_the_marking_of_both(rows: pd.DataFrame) -> None:
    assert of(rows, "S4", "analysis_product") == {"analysis_product/p1": ("STATED", None, None)}
    assert of(rows, "S4", "decision") == {"decision/d0": ("NAMES", None, None)}, "`PP` is another product"
    assert set(rows.loc[rows["submission_id"] == "S4", "classification"]) == {"OFFICIAL-SENSITIVE"}
    higher = rows[(rows["submission_id"] == "S1") & (rows["classification"] != "OFFICIAL")]
    assert set(higher["subject"]) == {"score/Z/2025-Q4/BSF1"}, "what it became is marked higher than what it was"


def test_metrics_are_named_where_they_read_a_table_of_the_facts(rows: pd.DataFrame) -> None:
    by_score, by_product = of(rows, "S1", "metric_value"), of(rows, "S4", "metric_value")
    assert "IM-04" in by_score and "IM-01" in by_product and "IM-01" not in by_score
    assert {basis for basis, *_ in (*by_score.values(), *by_product.values())} == {"INPUT"}
