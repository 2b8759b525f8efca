"""A table that is added is judged by what its columns state; no rule is told of it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from idtracker.analyse.metrics.markings import marking_columns
from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.definition import check_source
from idtracker.ingest.judge.rules.series import series_of
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Source
from idtracker.model.register.register import Register
from idtracker.model.tables import FACTS
from idtracker.model.tables.base import Fact, Integer, Moment, column


class Visit(Fact):
    """One visit of one organisation to another."""

    visit_id: str = column("Identifier", "text", field="reference", required=True)
    activity_id: str = column("Activity", "text", field="activity", references="activity.activity_id")
    host_org_id: str = column("Host", "organisation", field="host")
    guest_org_id: str = column("Guest", "organisation", field="guest", other_than="host_org_id")
    planned_on: Moment = column("Planned", "date")
    began_on: Moment = column("Began", "date", not_before="planned_on", about_until="left_on")
    left_on: Moment = column("Left", "date", follows="began_on", by_arrival=True)
    invited: Integer = column("Invited", "integer", ge=0)
    came: Integer = column("Came", "integer", ge=0, at_most="invited")
    rating_low: float = column("Lower end", "number")
    rating: float = column("Rating", "number", between=("rating_low", "rating_high"))
    rating_high: float = column("Upper end", "number")
    grade_scheme: str = column("Scheme of the grade", "code", codelist="score_scheme")
    grade: str = column("Grade", "text", codelist_from="grade_scheme")


GOOD = {
    "reference": "V1", "activity": "A", "host": "MOD", "guest": "FCDO", "planned_on": "2026-01-05",
    "began_on": "2026-01-06", "left_on": "2026-01-07", "invited": 5, "came": 4, "rating_low": 1, "rating": 2,
    "rating_high": 3, "grade_scheme": "fcdo_ar", "grade": "a+",
}  # fmt: skip
SOURCE = {
    "title": "Visits",
    "publisher": "GB-GOV-11",
    "format": {"kind": "json"},
    "cadence": {"every": "quarter"},
    "parts": [
        {"feeds": "activity", "key": ["reference"], "columns": [{"field": "reference"}], "layout": {"records": "a"}},
        {"feeds": "visit", "key": ["reference"], "columns": [{"field": f} for f in GOOD], "layout": {"records": "v"}},
    ],
}


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Source:
    monkeypatch.setitem(FACTS, "visit", Visit)
    return Source.model_validate(SOURCE).located("visits", Path(), "x")


def judge(source: Source, **cells: object) -> Assessment:
    register = Register.load(Path("nowhere"))
    assert check_source(source, register) == []
    content = json.dumps({"a": [{"reference": "A"}], "v": [GOOD | cells]}).encode()
    catalogue = ProgrammeCatalogue(Programme(title="-", country=""), {}, register, {})
    received_at = pd.Timestamp("2026-04-20")
    return assess(content, "visits.json", source, catalogue, submission_id="s", received_at=received_at)


def test_a_row_that_keeps_what_its_table_states_is_accepted(source: Source) -> None:
    result = judge(source)
    assert not result.findings.groups
    assert result.facts["visit"]["grade"].tolist() == ["A+"]


@pytest.mark.parametrize(
    ("rule", "cells"),
    [
        ("cross.reference", {"activity": "B"}),
        ("cross.same_organisation", {"guest": "MOD"}),
        ("cross.start_missing", {"began_on": None}),
        ("cross.score_without_scheme", {"grade_scheme": None}),
        ("period.order", {"began_on": "2026-01-04"}),
        ("period.order", {"left_on": "2026-01-05"}),
        ("period.future", {"left_on": "2026-05-01"}),
        ("count.subset", {"came": 6}),
        ("interval.order", {"rating": 4}),
        ("value.code", {"grade": "Z"}),
    ],
)
def test_a_row_that_breaks_it_is_reported(source: Source, rule: str, cells: dict[str, object]) -> None:
    assert [g.rule.id for g in judge(source, **cells).findings.groups] == [rule]


def test_series_and_markings_follow(source: Source) -> None:
    dated = source.parts[1].model_copy(update={"key": ["host", "began_on"]})
    series = series_of(dated)
    assert series is not None and [s.name for s in series.measures] == ["invited", "came", "rating"]
    assert marking_columns("visit")[-2:] == ["began_on", "left_on"]
