"""matches suggest, list, accept, reject and undo: a person decides over what is published, and may take it back."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from docs_builder.json_schemas import schema_of
from tests.support.cli_programme import Program

BY = ("--by", "data team", "--why", "one timetable", "--on", "2026-01-20")


def checked(program: Program, *words: str) -> Any:
    """The document of a command, held against its published schema."""
    document = program.document(*words)
    jsonschema.Draft202012Validator(schema_of(" ".join(words[:2]))).validate(document)
    return document


def courses(program: Program) -> list[str]:
    rows = program.document("query", "SELECT DISTINCT activity_id FROM now.activity ORDER BY 1")
    return [str(row["activity_id"]) for row in rows]


def test_a_decision_is_listed_kept_once_and_taken_back(copied: Program) -> None:
    first, second, *_ = courses(copied)
    file = copied.home.sources / "_reference" / "matches.csv"
    assert checked(copied, "matches", "list") == {"matches": []}
    accepted = checked(copied, "matches", "accept", second, first, *BY)
    assert (accepted["kind"], accepted["decision"], accepted["added"]) == ("activity", "same", True)
    assert (accepted["left_id"], accepted["right_id"]) == (first, second)
    assert checked(copied, "matches", "accept", first, second, *BY)["added"] is False
    (listed,) = checked(copied, "matches", "list")["matches"]
    assert (listed["why"], listed["decided_on"]) == ("one timetable", "2026-01-20")
    assert "matches.csv:2" in copied("matches", "reject", first, second, *BY, code=2).stderr
    assert checked(copied, "matches", "undo", first, second)["decision"] == "same"
    assert checked(copied, "matches", "list") == {"matches": []}
    assert file.read_text("utf-8").count("\n") == 1
    assert "no decision about" in copied("matches", "undo", first, second, code=2).stderr


def test_a_rejected_pair_is_not_suggested_again(copied: Program) -> None:
    rows = checked(copied, "matches", "suggest", "--least", "0", "--kind", "organisation")["proposals"]
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    pair = (rows[0]["left_id"], rows[0]["right_id"])
    assert rows[0]["why"]
    assert checked(copied, "matches", "reject", *pair, *BY)["decision"] == "different"
    left = checked(copied, "matches", "suggest", "--least", "0", "--kind", "organisation")["proposals"]
    assert pair not in [(row["left_id"], row["right_id"]) for row in left]
    assert len(left) == len(rows) - 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("accept", "GB-GOV-1", "GB-GOV-X", *BY),
            "`GB-GOV-X` is no identifier of what is published. Did you mean `GB-GOV-",
        ),
        (("accept", "GB-GOV-1", "GB-GOV-3", *BY), "organisations.csv tells a merger"),
        (("accept", "GB-GOV-1", "GB-GOV-1", *BY), "is given twice"),
        (("accept", "GB-GOV-1", "GB-GOV-8", "--by", "a@b.example", "--why", "x"), "name a role such as `data team`"),
    ],
)
def test_a_decision_that_cannot_stand_is_refused(copied: Program, words: tuple[str, ...], said: str) -> None:
    assert said in copied("matches", *words, code=2).stderr
    assert not (copied.home.sources / "_reference" / "matches.csv").exists()


def test_suggestions_are_told_in_both_languages(published: Program) -> None:
    assert "speaks for it" in published("matches", "suggest", "--least", "0", "--kind", "organisation").stdout
    assert (
        "يؤيد ذلك" in published("matches", "suggest", "--least", "0", "--kind", "organisation", "--lang", "ar").stdout
    )
