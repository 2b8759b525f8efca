"""A file whose name states a period that none of its rows is about, or that many come after, says so."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from rule_cases import BASE, OBSERVATION

from idtracker.ingest.judge.assess import assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.rules.name_period import RULE, span_in_name
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Source
from idtracker.model.register.register import Register

CATALOGUE = ProgrammeCatalogue(Programme(title="-", country=""), {}, Register.load(), {})
PAYMENTS = {
    "feeds": "transaction",
    "key": ["reference"],
    "columns": [
        {"field": "reference", "heading": "no", "required": True},
        {"field": "transaction_type", "constant": "3"},
        {"field": "transaction_on", "heading": "paid", "required": True},
        {"field": "amount", "heading": "amount", "currency": "GBP", "required": True},
    ],
}


@pytest.mark.parametrize(
    ("name", "span"),
    [
        ("returns_2026-Q1.csv", ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31))),
        ("returns_2026-H2_v3.xlsx", ("2026-H2", date(2026, 7, 1), date(2026, 12, 31))),
        ("spend-2010-04.csv", ("2010-04", date(2010, 4, 1), date(2010, 4, 30))),
        ("spend 2010-04 to 2010-06.csv", ("2010-04 to 2010-06", date(2010, 4, 1), date(2010, 6, 30))),
        ("spend_2010-04-06_2010-05-05.csv", ("2010-04-06_2010-05-05", date(2010, 4, 6), date(2010, 5, 5))),
        ("log_2020-Q1_2023-Q2.xlsx", ("2020-Q1_2023-Q2", date(2020, 1, 1), date(2023, 6, 30))),
        ("export_2026-10-01.csv", None),
        ("returns_2026.csv", None),
        ("returns_2026-13.csv", None),
        ("a_2026-Q1_b_2026-Q2.csv", None),
        ("12026-Q1.csv", None),
        ("log_2023-Q2_2020-Q1.xlsx", None),
    ],
)
def test_the_period_of_a_name(name: str, span: tuple[str, date, date] | None) -> None:
    assert span_in_name(name) == span


def told(definition: dict[str, object], name: str, text: str) -> list[dict[str, object]]:
    source = Source.model_validate({**BASE, **definition}).located("returns", "/nowhere", "f")  # type: ignore[arg-type]
    judged = assess(text.encode(), name, source, CATALOGUE, submission_id="s", received_at=pd.Timestamp("2026-11-20"))
    assert not judged.findings.is_critical, judged.findings.to_frame()
    return [dict(g.details) for g in judged.findings.groups if g.rule.id == RULE]


def observations(*periods: str) -> str:
    places = ("Mafraq", "Irbid", "Karak", "Zarqa")
    rows = [f"BSF4-WATER,{place},{period},50,,,\n" for place, period in zip(places, periods, strict=False)]
    return "indicator,place,period,value,lower,upper,grade\n" + "".join(rows)


def test_rows_about_another_quarter_than_the_name_says_are_told() -> None:
    [said] = told(OBSERVATION, "returns_2026-Q2.csv", observations("2026-Q1", "2026-Q1", "2025-Q4"))
    assert (said["span"], said["count"], said["total"]) == ("2026-Q2", "3", "3")
    assert (said["first"], said["last"]) == ("2025-10-01", "2026-03-31")
    assert told(OBSERVATION, "returns_2026-Q1.csv", observations("2026-Q1", "2025-Q4", "2025-Q3")) == [], "it repeats"
    [said] = told(OBSERVATION, "returns_2026-Q1.csv", observations("2026-Q1", "2026-Q1", "2026-Q2"))
    assert (said["count"], said["last"]) == ("1", "2026-06-30")
    assert told(OBSERVATION, "returns_2026-H1.csv", observations("2026-Q1", "2026-02")) == []


def test_payments_outside_the_range_of_the_name_are_told() -> None:
    text = "no,paid,amount\n1,2010-07-01,5\n2,2010-08-01,6\n3,2010-05-01,7\n"
    [said] = told(PAYMENTS, "spend_2010-04_to_2010-06.csv", text)
    assert (said["count"], said["total"], said["last"]) == ("2", "3", "2010-08-01")
    assert told(PAYMENTS, "spend_2010-04_to_2010-08.csv", text) == []
    assert told(PAYMENTS, "spend_2010-09-01.csv", text) == [], "a day in the name is that of the export"


def test_activities_may_start_and_end_at_any_time() -> None:
    text = "ref,governorate,partner,status,start,end,spend,targeted,reached\nA,Mafraq,UNHCR,2,2020-01-05,2027-02-05,1,20,10\n"
    assert told({}, "returns_2026-Q2.csv", text) == []
