"""One mistake is one block that names its rows, and what is to be done speaks of rows only where rows are to be corrected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from idtracker.feedback.annotate.lines import Places, gathered, lines_of
from idtracker.feedback.check.json import document
from idtracker.feedback.check.mistakes import mistakes_of, spans
from idtracker.feedback.check.result import CheckResult
from idtracker.feedback.check.sentences import steps
from idtracker.feedback.check.view import ViewLimits, view_of
from idtracker.ingest.judge.assess import Assessment
from idtracker.model.config.source import Source
from idtracker.model.findings import Findings
from idtracker.model.messages import LANGS

LIMITS = ViewLimits(places=12, places_in_all=480, groups=40, characters=80)
SOURCE = Source.model_validate(
    {
        "title": "Returns",
        "publisher": "GB-GOV-11",
        "format": {"kind": "csv"},
        "cadence": {"every": "quarter"},
        "feeds": "activity",
        "key": ["reference"],
        "revision": "replace_all",
        "columns": [{"field": "reference", "heading": "ref"}],
    }
).located("returns", Path(), "x")


def answer(findings: Findings) -> CheckResult:
    return CheckResult(
        SOURCE, "s", Assessment("returns", "s", "returns.csv", findings=findings), file_name="returns.csv"
    )


def outliers() -> Findings:
    """Twelve rows of one mistake, each with details of its own."""
    found = Findings()
    for row in (4, 5, 6, 7, 8, 9, 12, 20, 21, 22, 30, 40):
        usual = {"usual": row * 2, "low": row, "high": row * 3, "count": 8}
        found.add("history.outlier", column="Value", position=2, rows=[row], values=[str(row)], value=row, **usual)
    return found


def test_rows_are_named_in_short() -> None:
    assert spans([9, 4, 5, 6, 7, 8, 12, 12]) == "4-9, 12"
    assert spans([2], lambda n: f"C{n}", ":") == "C2" and spans([2, 3], lambda n: f"C{n}", ":") == "C2:C3"
    assert spans(range(1, 60, 2)).endswith("23, …")


def test_one_mistake_in_twelve_rows_is_one_block_in_every_output() -> None:
    found = outliers()
    (mistake,) = mistakes_of(found)
    assert len(mistake.group) == 12 and mistake.differs
    (card,) = view_of(answer(found), "en", LIMITS, isolate=False).cards
    assert (card.count, card.rows, card.more) == (12, "4-9, 12, 20-22, 30, 40", 0)
    assert "usually lies around 24" in next(p.note for p in card.places if p.rows == "12")
    told = document(answer(found))
    (group,) = told["groups"]
    assert (group["locations"], group["row_numbers"]) == (12, "4-9, 12, 20-22, 30, 40")
    assert [f["row"] for f in told["findings"]] == [4, 5, 6, 7, 8, 9, 12, 20, 21, 22, 30, 40]
    assert "usually lies around 24" in told["findings"][6]["message"] and json.dumps(told)


def test_where_the_same_is_typed_the_rows_share_a_line() -> None:
    found = Findings()
    found.add("value.number", column="Share", position=3, rows=[2, 3, 4, 9], values=["many", "many", "few", "many"])
    (card,) = view_of(answer(found), "en", LIMITS, isolate=False).cards
    assert [(p.rows, p.cells, p.typed, p.count) for p in card.places] == [
        ("2-3, 9", "D2:D3, D9", "many", 3), ("4", "D4", "few", 1),
    ]  # fmt: skip
    lines = gathered(lines_of(found, Places({}, lambda _: ()), "en"))
    assert [(line.at("en"), line.value) for line in lines] == [("D2:D3, D9", "many"), ("D4", "few")]


@pytest.mark.parametrize("lang", LANGS)
def test_rows_are_spoken_of_only_where_rows_are_to_be_corrected(lang) -> None:
    said = {"en": ("Correct the rows", "row"), "ar": ("صحح الصفوف", "الصفوف")}[lang]
    for rule_id, details, rows, speaks in (
        ("file.unreadable", {"reason": "-"}, [], False),
        ("file.protective_marking", {"marking": "SECRET"}, [], False),
        ("file.member_unreadable", {"member": "a.csv", "reason": "-"}, [], False),
        ("file.incomplete", {"reason": "-"}, [2, 3], False),
        ("value.number", {}, [2], True),
    ):
        found = Findings()
        found.add(rule_id, rows=rows, values=["x"] * len(rows), **details)
        assert any(said[0] in step for step in steps(answer(found), lang)) is speaks, rule_id


def test_what_the_data_team_does_stands_apart_from_the_remedy() -> None:
    found = Findings()
    found.add("row.total", column="Ref", rows=[3], values=["Total"], value="Total")
    (group,) = document(answer(found))["groups"]
    assert "`map`" in group["data_team"] and "`map`" not in group["remedy"] and "`map`" in group["data_team_ar"]


def test_findings_about_a_whole_file_share_a_line_only_where_the_same_is_wrong() -> None:
    found = Findings()
    words = {"name": "r", "count": 1, "lines": "2", "version": "2.03", "standard": "s"}
    for column, problem in (("@a", "is missing"), ("@b", "is unknown"), ("@c", "is missing")):
        found.add("iati.schema", column=column, problem=problem, **words)
    cards = view_of(answer(found), "en", LIMITS, isolate=False).cards
    assert [(c.column, c.columns_in_all) for c in cards] == [("@a", 1), ("@b", 0)]
