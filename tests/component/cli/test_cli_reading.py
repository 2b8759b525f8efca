"""Commands that read the publication: `query` and `explain metric`, now and as known at a past day."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pandas as pd
import pytest

import idtracker
from docs_builder.json_schemas import schema_of
from tests.support.cli_programme import Program

Write = Callable[[str, "str | bytes"], Path]
NOTICE = "Invented figures [of a test]."


def valid(document: Any, command: str) -> Any:
    jsonschema.validate(document, schema_of(command))
    return document


# query


FORBIDDEN = {
    "create": "CREATE TABLE x AS SELECT 1",
    "drop": "DROP TABLE score",
    "insert": "INSERT INTO score SELECT * FROM score",
    "attach": "ATTACH '{file}'",
    "copy": "COPY score TO '{file}'",
    "export": "EXPORT DATABASE '{file}'",
    "set": "SET enable_external_access = true",
    "two statements": "SELECT 1; SELECT 2",
    "none": "",
    "other file": "SELECT * FROM read_csv('{there}')",
    "other text": "SELECT * FROM read_text('{there}')",
    "file by name": "SELECT * FROM '{there}'",
    "folder": "SELECT * FROM glob('{file}*')",
    "extension": "INSTALL httpfs",
    "mistake": "SELEC 1",
    "unknown table": "SELECT * FROM scores",
}


@pytest.mark.parametrize("sql", FORBIDDEN.values(), ids=FORBIDDEN)
def test_query_only_reads_and_only_what_is_published(
    published: Program, write: Write, tmp_path: Path, sql: str
) -> None:
    there = write("other.csv", "a,b\n1,hidden\n")
    result = published("query", sql.format(file=tmp_path / "new", there=there), code=2)
    assert result.stdout == "" and result.stderr.strip()
    assert "hidden" not in result.output
    assert not (tmp_path / "new").exists()


def test_query_of_the_past_only_reads_as_well(published: Program, write: Write) -> None:
    sql = FORBIDDEN["other file"].format(there=write("other.csv", "a,b\n1,hidden\n"))
    assert "hidden" not in published("query", sql, "--as-known-at", "2026-01-31", code=2).output
    assert "not CREATE" in published("query", FORBIDDEN["create"], "--as-known-at", "2026-01-31", code=2).stderr


def test_query_computes_the_past_again(published: Program) -> None:
    """Facts, what is derived from them and what is measured, now and before the last two files came."""
    sql = (
        "SELECT (SELECT count(*) FROM now.observation) AS facts, (SELECT count(*) FROM now.activity) AS later, "
        "(SELECT count(*) FROM merged_cell WHERE value IS NOT NULL) > 0 AS has_cells, "
        "(SELECT max(value) FROM metric_value WHERE metric_id = 'IM-01' AND measure = 'value') AS metric"
    )
    assert published.document("query", sql) == [{"facts": 4, "later": 5, "has_cells": True, "metric": 0.0}]
    past = published.document("query", sql, "--as-known-at", "2025-12-31")
    assert past == [{"facts": 4, "later": 0, "has_cells": True, "metric": None}]


def test_query_writes_each_format(published: Program, tmp_path: Path) -> None:
    sql = "SELECT source_id, count(*) AS n FROM submission GROUP BY ALL ORDER BY ALL"
    table = published("query", sql)
    assert table.stdout.splitlines()[-1] == "3 rows"
    assert table.stderr.strip() == NOTICE
    assert published("query", sql, "--format", "csv").stdout == "source_id,n\ncourses,2\nproducts,1\nsurvey,1\n"
    assert valid(published.document("query", sql), "query")[0] == {"source_id": "courses", "n": 2}
    for ending in ("csv", "json", "parquet", "xlsx"):
        assert published("query", sql, "-o", tmp_path / f"a.{ending}").stdout == ""
    assert len(pd.read_csv(tmp_path / "a.csv")) == len(pd.read_parquet(tmp_path / "a.parquet")) == 3
    assert list(openpyxl.load_workbook(tmp_path / "a.xlsx").active.values)[1] == ("courses", 2)
    assert json.loads((tmp_path / "a.json").read_text())[2] == {"source_id": "survey", "n": 1}
    assert "name one with -o" in published("query", sql, "--format", "parquet", code=2).stderr


def test_query_refuses_an_unknown_ending_before_it_reads(fresh: Program, tmp_path: Path) -> None:
    assert "nothing is written as .xls" in fresh("query", "SELECT 1", "-o", tmp_path / "a.xls", code=2).stderr


def test_each_engine_that_pages_name_reads_the_tables(published: Program) -> None:
    """`polars` is in requirements.lock; where it is not installed, this says so."""
    with idtracker.open(published.home.root, published.home.sources) as tracker:
        score = tracker.table("score")
        assert len(score.to_pandas()) == score.to_pyarrow().num_rows > 0
        pytest.importorskip("polars", reason="polars is not installed")
        assert score.to_polars().height == score.to_pyarrow().num_rows


def test_query_needs_a_publication_and_a_known_audience(fresh: Program, published: Program) -> None:
    assert "idtracker run" in fresh("query", "SELECT 1", code=2).stderr
    assert "Known audiences" in published("query", "SELECT 1", "--audience", "all", code=2).stderr
    assert "is not a date" in published("query", "SELECT 1", "--as-known-at", "never", code=2).stderr


# explain metric


def leaves(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [leaf for inner in node["because"] for leaf in leaves(inner)] or [node]


def test_explain_metric_leads_to_the_rows(published: Program) -> None:
    document = valid(published.document("explain", "metric", "IM-01"), "explain metric")
    assert document["what"].startswith("IM-01") and "2025-Q4" in document["what"] and document["value"] == 0
    rows = [leaf for leaf in leaves(document) if leaf.get("table") == "analysis_product"]
    assert {r["row_number"] for r in rows} == set(range(2, 8))
    said = published("explain", "metric", "im-01").stdout
    assert "denominator: 6" in said and "P-1" in said and "row 2" in said


def test_explain_metric_of_another_quarter_and_day(published: Program) -> None:
    assert "2025-Q3" in published.document("explain", "metric", "IM-01", "--period", "2025-Q3")["what"]
    past = published.document("explain", "metric", "IM-01", "--period", "2025-Q4", "--as-known-at", "2026-01-05")
    assert past["value"] is None
    assert "… and" not in published("explain", "metric", "IM-01", "--all").stdout


@pytest.mark.parametrize(
    "words, said",
    [
        (["IM-99"], "There is no metric 'IM-99'"),
        (["IM-01", "--period", "2031-Q1"], "has no value in 2031-Q1; there are: 2025-Q1"),
        (["IM-01", "--scope", "elsewhere"], "there are: programme"),
        (["IM-01", "--as-known-at", "never"], "is not a date"),
    ],
)
def test_explain_metric_says_what_there_is(published: Program, words: list[str], said: str) -> None:
    assert said in published("explain", "metric", *words, code=2).stderr


def test_explain_needs_a_publication(fresh: Program) -> None:
    assert "idtracker run" in fresh("explain", "metric", "IM-01", code=2).stderr
