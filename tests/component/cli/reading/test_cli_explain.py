"""`explain`: from a score or metric to the row of a file, and from a file to the figures that it changed."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import duckdb
import jsonschema
import pandas as pd
import pytest

import idtracker
from docs_builder.json_schemas import schema_of
from idtracker.explain import trees
from idtracker.explain.tables import IN_PARTS
from idtracker.store.tables import read_table
from tests.support.cli_programme import SURVEY_ROWS, Prepared, Program
from tests.support.small_programme import SURVEY_HEAD, drop, text_of

FILE = text_of(SURVEY_HEAD, SURVEY_ROWS[::2])
DIGEST = hashlib.sha256(FILE.encode()).hexdigest()
ARRIVAL = "2025-10-10T09:00:00"


def document(program: Program, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = program.document("explain", *words)
    jsonschema.validate(found, schema_of(f"explain {words[0]}"))
    return found


def nodes(tree: dict[str, Any], **keys: object) -> list[dict[str, Any]]:
    own = [tree] if all(tree.get(name) == value for name, value in keys.items()) else []
    return own + [found for inner in tree["because"] for found in nodes(inner, **keys)]


def child(tree: dict[str, Any], *path: str) -> dict[str, Any]:
    for what in path:
        (tree,) = [inner for inner in tree["because"] if inner["what"] == what]
    return tree


# score and cell


def test_a_score_leads_to_dimensions_and_indicators(published: Program) -> None:
    """Zarqa: 60 % heard is 60 points, 25 % out of work 75; both dimensions have one indicator, the whole is withheld."""
    whole = document(published, "score", "Zarqa", "2025-Q3")
    assert whole["value"] == pytest.approx(math.sqrt(60 * 75)) and whole["method_version"].startswith("STAB-")
    assert whole["aggregation"] == "geometric" and whole["completeness"] == 1
    parts = {part["node_code"]: part for part in whole["because"]}
    assert {code: part["weight"] for code, part in parts.items()} == {"BSF1": 0.5, "BSF2": 0.5}
    assert parts["BSF1"]["factor"] * parts["BSF2"]["factor"] == pytest.approx(whole["value"])
    (work,) = nodes(parts["BSF2"], kind="cell")
    assert (work["value"], work["unit"], work["score"], work["points"]) == (25, "%", 75, 75)
    assert work["merge_method"] == "SINGLE"
    (report,) = nodes(work, kind="report")
    assert (report["org_id"], report["use"], report["weight"]) == ("GB-GOV-24", "USED", 1)
    (row,) = nodes(report, table="observation")
    assert (row["file_name"], row["sha256"], row["row_number"]) == ("survey_2025-Q3.csv", DIGEST, 4)
    assert row["value"] == "survey_2025-Q3.csv, row 4" and row["received_at"] == ARRIVAL


def test_of_long_tables_only_what_is_explained_is_read(published: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    read: dict[str, set[str]] = {}

    def counted(connection: duckdb.DuckDBPyConnection, name: str, where: str = "TRUE") -> pd.DataFrame:
        rows = read_table(connection, name, where)
        if name in IN_PARTS and len(rows):
            read.setdefault(name, set()).update(rows["place_id"])
        return rows

    monkeypatch.setattr(trees, "read_table", counted)
    assert document(published, "score", "Zarqa", "2025-Q3")["because"]
    assert read == {table: {"JO-AZ"} for table in IN_PARTS}


@pytest.mark.parametrize("place", ["JO-AZ", "zarqa", "الزرقاء"])
@pytest.mark.parametrize("period", ["2025-Q3", "q3 2025", "2025q3"])
def test_place_and_quarter_as_people_write_them(published: Program, place: str, period: str) -> None:
    assert document(published, "score", place, period, "--node", "bsf1")["value"] == 60


@pytest.mark.parametrize(
    "words, said",
    [
        (["score", "Zarqqa", "2025-Q3"], "There is no place with a score `Zarqqa`. Did you mean Zarqa (JO-AZ)"),
        (["score", "Zarqa", "2031-Q1"], "2031-Q1 has no score; write one of 2025-Q1 to 2025-Q4. Nearest: 2025-Q4."),
        (["score", "Zarqa", "2025"], "Nearest: 2025-Q1, 2025-Q2, 2025-Q3, 2025-Q4."),
        (["score", "Zarqa", "soon"], "`soon` is not a quarter"),
        (["score", "Zarqa", "2025-Q3", "--node", "BSF9"], "There is no node of the index `BSF9`"),
        (["cell", "WORKS", "Zarqa", "2025-Q3"], "There is no indicator `WORKS`. Did you mean WORK"),
        (["submission", "survey_2025-Q4.csv"], "Did you mean survey_2025-Q3.csv"),
        (["fact", "12"], "write at least its first 6 characters"),
        (["fact", "zzzzzzzzz"], "There is no fact"),
    ],
)
def test_what_is_not_there_is_told_with_what_there_is(published: Program, words: list[str], said: str) -> None:
    assert said in published("explain", *words, code=2).stderr


def test_a_score_before_anything_was_known(published: Program) -> None:
    before = document(published, "score", "Zarqa", "2025-Q3", "--as-known-at", "2025-10-09")
    assert before["value"] is None and before["says"].startswith("withheld: 0% of the weight is present")


def test_a_metric_leads_to_files(published: Program) -> None:
    tree = document(published, "metric", "IM-01")
    rows = nodes(tree, table="analysis_product")
    assert {row["file_name"] for row in rows} == {"products_1.csv"}
    assert all(len(row["sha256"]) == 64 and row["rule_set_version"] and row["received_at"] for row in rows)
    assert rows[0]["value"] == f"products_1.csv, row {rows[0]['row_number']}"


def test_the_python_face_gives_the_same_tree(published: Program) -> None:
    home = published.home
    with idtracker.open(home.root, home.sources) as tracker:
        tree = tracker.explain_score("Zarqa", "2025-Q3")
    assert tree.printed() == document(published, "score", "Zarqa", "2025-Q3", "--all")


def test_on_a_terminal_a_score_says_its_parts(published: Program) -> None:
    said = published("explain", "score", "Zarqa", "2025-Q3", "--node", "BSF2").stdout
    assert "Residents out of work (WORK), Zarqa (JO-AZ), 2025-Q3: 25 %" in said.replace("25.0", "25")
    assert "[75 points of it, weight 1.000]" in said


# submission and fact


def test_a_file_says_what_it_changed(published: Program) -> None:
    submission = published.document("query", "SELECT submission_id FROM submission WHERE source_id = 'survey'")[0]
    tree = document(published, "submission", submission["submission_id"])
    assert tree["what"] == "survey_2025-Q3.csv of survey"
    assert (tree["value"], tree["sha256"], tree["received_at"]) == ("accepted", DIGEST, ARRIVAL)
    read = child(tree, "rows read")
    assert read["value"] == 4 and sum(fate["value"] for fate in read["because"]) == 4
    added = child(tree, "facts it changed on arrival", "observation", "added")
    assert added["value"] == 4
    assert {(row["sha256"], row["row_number"]) for row in added["because"]} == {(DIGEST, n) for n in (2, 3, 4, 5)}
    cells = child(tree, "merged cells that differ")
    assert cells["says"] == "4 new" or cells["says"].endswith("new")
    scores = child(tree, "scores that differ")
    assert {n["what"]: n["value"] for n in scores["because"]}["BSF2 JO-AZ 2025-Q3"] == 75
    assert child(tree, "facts of it that stand")["value"] == 4


def test_a_refused_file_changed_nothing(published: Program) -> None:
    tree = document(published, "submission", "courses_annex.csv")
    assert (tree["value"], tree["sha256"]) == ("rejected", None)
    assert child(tree, "facts it changed on arrival")["value"] == 0
    assert child(tree, "findings")["value"] == 1


@pytest.fixture
def corrected(prepared: Prepared, copied: Program) -> Program:
    """The programme after a second edition of the survey: one value corrected, three repeated."""
    rows = [SURVEY_ROWS[0].replace("60", "70"), *SURVEY_ROWS[2::2]]
    drop(copied.home.root, "survey", "survey_2025-Q3_v2.csv", text_of(SURVEY_HEAD, rows), "2025-12-01T09:00:00Z")
    copied("run")
    return copied


def test_a_correction_says_before_and_after_and_what_moved(corrected: Program) -> None:
    tree = document(corrected, "submission", "survey_2025-Q3_v2.csv")
    assert [f["value"] for f in child(tree, "rows read")["because"]] == [1, 0, 3, 0]
    kinds = child(tree, "facts it changed on arrival", "observation")
    assert kinds["says"] == "1 corrected"
    (row,) = child(kinds, "corrected")["because"]
    (change,) = row["because"]
    assert (change["what"], change["before"], change["value"]) == ("value", 60, 70)
    cells = {n["what"]: (n["before"], n["value"]) for n in child(tree, "merged cells that differ")["because"]}
    assert cells["VOICE JO-AZ 2025-Q3"] == (60, 70)
    assert all(name.startswith("VOICE") for name in cells), "nothing else moved"
    scores = child(tree, "scores that differ")["because"]
    assert {n["what"]: n["before"] for n in scores}["BSF1 JO-AZ 2025-Q3"] == 60
    sizes = [abs(n["value"] - n["before"]) for n in scores]
    assert sizes == sorted(sizes, reverse=True), "the largest move first"

    earlier = document(corrected, "submission", "survey_2025-Q3.csv")
    (ended,) = child(earlier, "facts of it that stand")["because"]
    assert ended["value"] == 1
    assert ended["what"] == f"since superseded: survey_2025-Q3_v2.csv ({tree['submission_id']})"

    fact = document(corrected, "fact", row["fact_id"])
    first, second = fact["because"]
    assert fact["value"] == "2 vintages" and fact["says"] == "it stands"
    assert (first["file_name"], first["row_number"]) == ("survey_2025-Q3.csv", 2)
    assert "revision_type INITIAL" in first["what"] and "recorded_to 2025-12-01T09:00:00" in first["what"]
    assert (second["file_name"], second["row_number"]) == ("survey_2025-Q3_v2.csv", 2)
    assert "revision_type C" in second["what"]
    assert [(c["what"], c["before"], c["value"]) for c in second["because"]] == [("value", 60, 70)]
    assert document(corrected, "fact", row["fact_id"][:8]) == fact
