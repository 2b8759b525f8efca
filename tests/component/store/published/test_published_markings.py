"""Rows about the work are marked as the rows of the files that they speak of; nothing is published without a marking."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb
import pandas as pd
import pytest
from claims_home import DEFINITION, ClaimsHome

from idtracker.analyse.metrics.registry import metrics
from idtracker.model.home import Home
from idtracker.model.tables import FACTS, SIMULATED, TABLES
from idtracker.store.markings import kept_markings, mark_decisions
from idtracker.store.operations import refresh_operations
from idtracker.store.tables import read_table

Make = Callable[..., ClaimsHome]
HEAD = "ref,period,targeted,reached,marking,groups\n"
MARKED = [
    *DEFINITION["columns"],
    {"field": "classification", "heading": "marking"},
    {"field": "releasable_to", "heading": "groups"},
]
HANDLING = {"classification": "OFFICIAL", "releasable_to": ["HMG", "PARTNERS", "PUBLIC"]}
ROWS = (
    HEAD
    + "A,2025-Q3,5,1,,\n"
    + "B,2025-Q3,5000,2,OFFICIAL-SENSITIVE,HMG\n"
    + "C,2025-Q3,many,3,,HMG;PARTNERS\n"
    + "D,2025-Q3,many,3,,\n"
    + "E,2025-Q3,5,3,OFFICIAL (SENSITIVE?),\n"
)
ALL = "HMG;PARTNERS;PUBLIC"


def refreshed(home: ClaimsHome) -> duckdb.DuckDBPyConnection:
    connection = home.store()
    refresh_operations(connection, home.home, {"s": home.source.handling.marking})
    return connection


def markings(rows: pd.DataFrame, by: Sequence[str]) -> dict[object, tuple[str, object]]:
    names = [*by, "classification", "releasable_to"]
    return {tuple(r[: len(by)]) if len(by) > 1 else r[0]: (r[-2], r[-1]) for r in rows[names].itertuples(index=False)}


@pytest.fixture
def home(make: Make) -> ClaimsHome:
    home = make(columns=MARKED, handling=HANDLING)
    home.send(1, ROWS)
    return home


def test_a_held_row_is_marked_as_it_says_else_as_its_source_says(home: ClaimsHome) -> None:
    held = markings(read_table(refreshed(home), "held_row"), ["row_number"])
    assert held == {
        3: ("OFFICIAL-SENSITIVE", "HMG"),
        4: ("OFFICIAL", "HMG;PARTNERS"),
        5: ("OFFICIAL", ALL),
        6: ("OFFICIAL-SENSITIVE", ALL),  # a marking that cannot be read counts as the highest
    }


def test_a_finding_is_marked_as_the_row_at_its_place(home: ClaimsHome) -> None:
    findings = markings(read_table(refreshed(home), "finding").dropna(subset=["row"]), ["row"])
    assert findings == {
        3: ("OFFICIAL-SENSITIVE", "HMG"),
        4: ("OFFICIAL", "HMG;PARTNERS"),
        5: ("OFFICIAL", ALL),
        6: ("OFFICIAL-SENSITIVE", ALL),
    }


def test_a_submission_is_marked_as_all_its_rows_and_its_source(home: ClaimsHome) -> None:
    home.send(2, HEAD + "F,2025-Q3,1,1,,\n", name="other.csv")
    connection = refreshed(home)
    for table in ("submission", "submission_state"):
        stated = markings(read_table(connection, table), ["submission_id"])
        assert sorted(stated.values()) == [("OFFICIAL", ALL), ("OFFICIAL-SENSITIVE", "HMG")], table


def test_rows_that_were_known_already_still_mark_the_file_that_repeats_them(home: ClaimsHome) -> None:
    row = "G,2025-Q3,1,1,OFFICIAL-SENSITIVE,HMG\n"
    home.send(2, HEAD + row, name="first.csv")
    home.send(3, HEAD + row + "H,2025-Q3,1,1,,\n", name="again.csv")
    stated = read_table(refreshed(home), "submission").set_index("file_name")
    assert stated.loc["again.csv", "rows_unchanged"] == 1
    assert tuple(stated.loc["again.csv", ["classification", "releasable_to"]]) == ("OFFICIAL-SENSITIVE", "HMG")


def test_a_change_of_the_handling_of_a_source_marks_its_rows_anew(home: ClaimsHome) -> None:
    connection = refreshed(home)
    home.changes["handling"] = {"classification": "OFFICIAL-SENSITIVE", "releasable_to": ["HMG"]}
    refresh_operations(connection, home.home, {"s": home.source.handling.marking})
    assert set(markings(read_table(connection, "submission"), ["submission_id"]).values()) == {
        ("OFFICIAL-SENSITIVE", "HMG")
    }


def test_what_names_nothing_known_is_marked_as_everything_is(home: ClaimsHome) -> None:
    connection = refreshed(home)
    known = kept_markings(connection)
    frame = known.mark(pd.DataFrame({"n": [1, 2]}), pd.Series(["s", "unheard-of"]))
    assert frame["classification"].tolist() == ["OFFICIAL-SENSITIVE"] * 2
    assert frame["releasable_to"].tolist() == ["HMG"] * 2


def test_a_decision_is_marked_as_its_cell_and_the_reports_of_it(home: ClaimsHome) -> None:
    connection = refreshed(home)
    cell = "'IND-01', 'JO-AM', '2025-Q3'"
    connection.execute(
        """INSERT INTO adjudication BY NAME SELECT 'a' AS adjudication_id, 'IND-01' AS indicator_id, 'JO-AM' AS place_id,
        '2025-Q3' AS period, 'x' AS decided_by, now()::TIMESTAMP AS decided_at, 'y' AS why,
        'OFFICIAL-SENSITIVE' AS classification"""
    )
    for table, marks in (
        ("merged_cell_vintage", "'OFFICIAL', 'HMG;PARTNERS'"),
        ("cell_report_vintage", "'OFFICIAL', 'HMG'"),
    ):
        described = connection.execute(f"DESCRIBE {table}").fetchall()
        for name, *_ in described:
            connection.execute(f'ALTER TABLE {table} ALTER COLUMN "{name}" DROP NOT NULL')
        connection.execute(
            f"INSERT INTO {table} (indicator_id, place_id, period, classification, releasable_to) VALUES ({cell}, {marks})"
        )
    mark_decisions(connection)
    decided = connection.execute("SELECT classification, releasable_to FROM adjudication").fetchall()
    assert decided == [("OFFICIAL", "HMG")]


OF_SCORES = {
    *(
        t
        for name in ("score", "trend", "method_score", "method_trend", "warning", "warning_skill")
        for t in (name, f"{name}_vintage")
    ),
    *SIMULATED,
    "score_change",
    "missing_report",
    "kpq_view",
    "framework_element",
    "framework_gap",
}


def test_no_row_of_any_published_table_lacks_its_marking(made: Home) -> None:
    folder = made.published / "hmg" / "current" / "parquet"
    filled = 0
    of_scores = [m.id for m in metrics().values() if OF_SCORES & set(m.inputs)]
    assert 0 < len(of_scores) < 5
    for name in TABLES:
        others = (
            "TRUE"
            if "metric_value" not in name and name != "framework_evidence"
            else f"metric_id NOT IN {tuple(of_scores)}"
        )
        rows, unmarked, unreleased = duckdb.execute(
            f"SELECT count(*), count(*) FILTER (classification IS NULL), count(*) FILTER (releasable_to IS NULL AND {others}) "
            f"FROM read_parquet('{folder / name}.parquet')"
        ).fetchall()[0]
        assert (name, unmarked) == (name, 0)
        if name not in OF_SCORES:  # those of nothing are for nobody
            assert (name, unreleased) == (name, 0)
        filled += rows > 0 and name not in FACTS
    assert filled > 20
