"""A report of nothing is a report: it is accepted without rows, and is about the period that it names."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judged.archive import _outcome_of
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Source
from idtracker.model.register.register import Register

HEAD = "Indicator,Governorate,Quarter,Value\n"
ROW = "X-1,Amman,2026-Q2,1\n"
CATALOGUE = ProgrammeCatalogue(Programme(title="-", country=""), {}, Register.load(None), {})


def source(kind: str = "csv", **changes: Any) -> Source:
    fields = {"indicator": "Indicator", "place": "Governorate", "period": "Quarter", "value": "Value"}
    columns = [{"field": f, "heading": h} for f, h in {**fields, **changes.pop("headings", {})}.items()]
    return Source.model_validate(
        {
            "title": "t", "publisher": "GB-GOV-1", "format": {"kind": kind}, "cadence": {"every": "quarter"},
            "feeds": "observation", "key": ["indicator", "place", "period"], "columns": columns, **changes,
        }
    )  # fmt: skip


def judged(text: str, defined: Source | None = None, name: str = "return.csv") -> Assessment:
    at = pd.Timestamp("2026-07-05")
    return assess(text.encode(), name, defined or source(), CATALOGUE, submission_id="s", received_at=at)


def rules_of(found: Assessment) -> list[str]:
    return [g.rule.id for g in found.findings]


@pytest.mark.parametrize(
    "row", ["Nil,,2026-Q2,\n", ",,2026-Q2,Nothing to report.\n", "لا يوجد,,2026-Q2,\n", "nil return,Amman,2026-Q2,\n"]
)
def test_a_row_that_says_nothing_reports_its_period(row: str) -> None:
    found = judged(HEAD + row)
    assert (found.verdict, found.rows_read, found.nil_periods) == ("accepted", 0, ("2026-Q2",))
    assert rules_of(found) == ["file.nil"]


def test_headings_alone_report_the_period_of_the_name_of_the_file() -> None:
    named = source(headings={"period": "@name.period"}, received={"from_name": r"(?P<period>\d{4}-Q\d)"})
    found = judged(HEAD.replace("Quarter,", ""), named, "return_2026-Q2.csv")
    assert (found.verdict, found.rows_read, found.nil_periods) == ("accepted", 0, ("2026-Q2",))
    assert rules_of(found) == ["file.no_rows"]


def test_headings_alone_without_a_period_are_accepted_and_name_none() -> None:
    found = judged(HEAD)
    assert (found.verdict, found.nil_periods) == ("accepted", ())


def test_records_that_are_none_are_a_report() -> None:
    named = source("json", headings={"period": "@name.period"}, received={"from_name": r"(?P<period>\d{4}-Q\d)"})
    found = judged('{"count": 0, "next": null, "results": []}', named, "return_2026-Q2.json")
    assert (found.verdict, found.nil_periods) == ("accepted", ("2026-Q2",))


def test_words_of_nothing_count_where_a_source_usually_sends_rows() -> None:
    bounded = source(bounds={"rows": [10, 20]})
    assert judged(HEAD + "nil,,2026-Q2,\n", bounded).verdict == "accepted"
    assert judged(HEAD, bounded).verdict == "rejected"


def test_the_period_stands_in_the_outcome_by_which_obligations_are_met() -> None:
    assert _outcome_of(judged(HEAD + "nil,,2026-Q2,\n"), "j", "h", "r").periods == "2026-Q2"


@pytest.mark.parametrize("text", [ROW + "nil,,2026-Q2,\n", "X-1,Amman,2026-Q2,nil\n", "X-1,Amman,2026-Q2,\n"])
def test_a_file_with_any_other_row_is_no_report_of_nothing(text: str) -> None:
    found = judged(HEAD + text)
    assert found.rows_read and found.nil_periods == () and "file.nil" not in rules_of(found)


def test_a_file_of_which_nothing_is_left_is_none() -> None:
    asked = source(where={"Governorate": "Irbid"})
    assert judged(HEAD + ROW, asked).nil_periods == ()
