"""`explain score … --since`: why a score moved, through the command line, its document, the table and Python."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

import idtracker
from docs_builder.json_schemas import schema_of
from tests.support.cli_programme import Program


def changed(program: Program, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = program.document("explain", "score", *words)
    jsonschema.validate(found, schema_of("explain score"))
    return found


def points(tree: dict[str, Any]) -> float:
    return sum(float(inner["value"] or 0) for inner in tree["because"])


def every_change(program: Program) -> list[dict[str, Any]]:
    with idtracker.open(program.home.root, program.home.sources) as tracker:
        return list(
            tracker.sql(
                "SELECT place_id, period, node_code, basis, since_period, score_before, score_after, sum(points) AS points, "
                "count(*) FILTER (cause IN ('APPEARED', 'WITHHELD')) AS marks FROM score_change GROUP BY ALL ORDER BY ALL"
            ).to_dict("records")
        )


def test_the_rows_of_every_published_change_add_up_to_it(published: Program) -> None:
    changes = every_change(published)
    assert changes
    for row in changes:
        if row["marks"]:
            assert row["points"] != row["points"]
        else:
            assert row["points"] == pytest.approx(row["score_after"] - row["score_before"], abs=1e-9)


def test_a_change_since_a_quarter_is_the_one_of_the_table(published: Program) -> None:
    for row in every_change(published):
        if row["basis"] == "PERIOD" and not row["marks"]:
            words = (row["place_id"], row["period"], "--node", row["node_code"], "--since", row["since_period"])
            tree = changed(published, *words)
            assert points(tree) == pytest.approx(tree["value"], abs=1e-9)
            assert tree["value"] == pytest.approx(row["points"], abs=1e-9)


@pytest.mark.parametrize(("lang", "word"), [("en", "Zarqa"), ("ar", "الزرقاء")])
def test_the_sentence_speaks_the_language_asked_for(published: Program, lang: str, word: str) -> None:
    tree = changed(published, "Zarqa", "2025-Q3", "--since", "2025-10-31", "--lang", lang)
    assert word in tree["sentence"]


def test_since_before_anything_was_known_is_refused(published: Program) -> None:
    result = published("explain", "score", "Zarqa", "2025-Q3", "--since", "1999-01-01", code=None)
    assert result.exit_code != 0 and "Nothing was said" in result.output
