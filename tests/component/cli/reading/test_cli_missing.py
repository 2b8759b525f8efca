"""`explain missing`, and what `status` says of it: through the command line, its documents, the table and Python."""

from __future__ import annotations

import json

import jsonschema
import pytest

import idtracker
from docs_builder.json_schemas import schema_of
from idtracker.model.errors import UsageError
from tests.support.cli_programme import Program


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_open_report_that_feeds_scores_is_listed_once(published: Program, lang: str) -> None:
    document = published.document("explain", "missing", "--lang", lang)
    jsonschema.validate(document, schema_of("explain missing"))
    with idtracker.open(published.home.root, published.home.sources) as tracker:
        owed = tracker.sql("SELECT source_id, period FROM obligation WHERE state IN ('due', 'overdue') ORDER BY ALL")
        rows = tracker.missing_reports()
    listed = sorted((r["source"], r["report_period"]) for r in document["reports"])
    assert listed and listed == sorted(
        {pair for pair in owed.itertuples(index=False, name=None) if pair[0] == "survey"}
    )
    assert sum(len(r["scores"]) for r in document["reports"]) == int(rows["place_id"].notna().sum())
    shown = published("explain", "missing", "--lang", lang).stdout
    assert all(r["sentence"] in shown for r in document["reports"])


def test_status_names_the_overdue_reports_that_tell_most(published: Program) -> None:
    document = published.document("status", code=1)
    jsonschema.validate(document, schema_of("status"))
    every = published.document("explain", "missing")["reports"]
    telling = [r for r in every if r["state"] == "overdue" and (r["narrowing"] or 0) > 0]
    assert document["missing"] == telling[:1]
    assert published.document("status", "--as-of", "2025-12-01", code=None)["missing"] == []


def test_at_a_past_instant_there_is_no_such_table(published: Program) -> None:
    with (
        idtracker.open(published.home.root, published.home.sources) as tracker,
        tracker.as_known_at("2026-01-05") as past,
    ):
        with pytest.raises(UsageError, match="not kept for a past instant"):
            past.missing_reports()
        assert "missing_report" not in past.tables


def test_a_publication_without_the_table_says_what_to_do(copied: Program) -> None:
    import duckdb

    path = copied.home.published / "hmg" / "current" / "idtracker.duckdb"
    path.chmod(0o644)
    with duckdb.connect(str(path)) as connection:
        connection.execute("DROP TABLE missing_report")
    result = copied("explain", "missing", code=2)
    assert "idtracker run" in result.output
    assert json.loads(copied("status", "--json", code=1).stdout)["missing"] == []
