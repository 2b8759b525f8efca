"""Which periods a file reports: one mistyped row is no report, and dated rows reach as far as their days do."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from idtracker.ingest.judge.assess import assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.reported.coverage import Coverage
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Source
from idtracker.model.register.register import Register

CATALOGUE = ProgrammeCatalogue(Programme(title="-", country=""), {}, Register.load(), {})
BASE = {"title": "Returns", "publisher": "GB-GOV-11", "format": {"kind": "csv"}, "cadence": {"every": "quarter"}}
CELLS = {"feeds": "activity_cell", "key": ["reference", "place", "period"],
         "columns": [{"field": f} for f in ("reference", "place", "period", "people_reached")]}  # fmt: skip
PAYMENTS = {"feeds": "transaction", "key": ["reference"],
            "columns": [{"field": "reference"}, {"field": "transaction_on", "heading": "paid_on"}]}  # fmt: skip
STAYS = {"feeds": "activity", "key": ["reference"],
         "columns": [{"field": "reference"}, {"field": "start_on"}, {"field": "end_on"}]}  # fmt: skip


def coverage(part: dict[str, Any], lines: list[str], came: str, **more: Any) -> Coverage:
    source = Source.model_validate({**BASE, **part, **more}).located("returns", Path(), "x")
    heads = [c.get("heading", c["field"]) for c in part["columns"]]
    content = "\n".join([",".join(heads), *lines]) + "\n"
    at = pd.Timestamp(came)
    return assess(content.encode(), "returns.csv", source, CATALOGUE, submission_id="s", received_at=at).coverage


def cells(**rows: int) -> list[str]:
    return [f"{code}-{n},Mafraq,{code.replace('_', '-')},5" for code, count in rows.items() for n in range(count)]


def paid(*days: str) -> list[str]:
    return [f"P-{n},{day}" for n, day in enumerate(days)]


@pytest.mark.parametrize(
    ("rows", "reported"),
    [
        ({"2026_Q2": 24, "2026_Q3": 1}, ["2026-Q2"]),  # one row mistyped into the next quarter
        ({"2026_Q2": 24, "2026_Q3": 4}, ["2026-Q2"]),
        ({"2026_Q2": 24, "2026_Q3": 5}, ["2026-Q2", "2026-Q3"]),  # a fifth, rounded up
        ({"2026_Q2": 4, "2026_Q3": 1}, ["2026-Q2"]),
        ({"2026_Q2": 37, "2026_Q1": 1, "2026_Q3": 1, "2025_Q2": 1}, ["2026-Q2"]),
        ({"2026_Q2": 1, "2026_Q3": 1}, ["2026-Q2", "2026-Q3"]),  # a national series: a row each
        ({"2026_Q2": 12, "2026_04": 1, "2026_05": 1, "2026_06": 1}, ["2026-04", "2026-05", "2026-06", "2026-Q2"]),
    ],
)
def test_a_period_is_reported_by_a_fair_part_of_the_rows(rows: dict[str, int], reported: list[str]) -> None:
    assert coverage(CELLS, cells(**rows), "2026-10-20").periods == tuple(reported)


def test_payments_of_long_ago_report_long_ago() -> None:
    found = coverage(PAYMENTS, paid("2012-03-05", "2012-03-09", "2012-06-30"), "2026-10-20")
    assert (found.periods, found.last_day) == (("2012-03", "2012-06"), date(2012, 6, 30))


def test_days_after_the_arrival_never_count() -> None:
    days = ["2026-08-05", "2026-08-06", "2026-08-07", "2026-12-01", "2026-12-02", "2026-12-03"]
    assert coverage(PAYMENTS, paid(*days), "2026-10-20").last_day == date(2026, 8, 7)
    assert coverage(PAYMENTS, paid(*days[3:]), "2026-10-20") == Coverage()


def test_one_day_among_many_mistyped_into_a_later_quarter_moves_nothing() -> None:
    many = [f"2026-07-{n:02}" for n in range(1, 25)]
    assert coverage(PAYMENTS, paid(*many, "2026-12-07"), "2027-01-05") == Coverage(("2026-07",), date(2026, 7, 24))


def test_three_days_are_enough_in_a_quiet_quarter() -> None:
    crisis = [f"2026-0{1 + n % 3}-{1 + n % 28:02}" for n in range(90)]
    found = coverage(PAYMENTS, paid(*crisis, "2026-08-01", "2026-08-09", "2026-08-30"), "2026-10-20")
    assert (found.periods[-1], found.last_day) == ("2026-08", date(2026, 8, 30))


@pytest.mark.parametrize(("revision", "quiet"), [("replace_all", True), ("upsert", False)])
def test_a_whole_feed_speaks_of_its_quiet_months_too(revision: str, quiet: bool) -> None:
    days = [f"2026-{month}-{n:02}" for month in ("02", "07") for n in range(1, 9)]
    found = coverage(PAYMENTS, paid(*days), "2026-10-20", revision=revision)
    assert ("2026-05" in found.periods) is quiet and "2026-08" not in found.periods


def test_the_month_that_runs_counts_for_the_day_and_not_as_a_period() -> None:
    days = ["2026-09-03", "2026-09-04", "2026-09-05"]
    assert coverage(PAYMENTS, paid(*days), "2026-09-06") == Coverage((), date(2026, 9, 5))


def test_what_goes_on_is_about_the_day_of_arrival_and_what_has_ended_is_not() -> None:
    ended = ["A,2010-01-01,2012-06-30", "B,2011-01-01,2012-06-30"]
    assert coverage(STAYS, ended, "2026-10-20").last_day == date(2012, 6, 30)
    going_on = [f"{name},2026-02-01,{end}" for name, end in (("C", ""), ("D", "2027-01-01"))]
    found = coverage(STAYS, [*ended, *going_on], "2026-10-20")
    assert (found.periods[-1], found.last_day) == ("2026-09", date(2026, 10, 20))


def test_rows_of_a_daily_source_are_days() -> None:
    found = coverage(PAYMENTS, paid("2026-10-18", "2026-10-19", "2026-10-19"), "2026-10-20", cadence={"every": "day"})
    assert found.periods == ("2026-10-18", "2026-10-19")


def test_a_file_that_waits_whole_says_what_it_will_report() -> None:
    rows = [f"{line[:-1]}x" for line in cells(**{"2026_Q2": 3})]
    assert coverage(CELLS, rows, "2026-07-20").periods == ()  # nothing to let through: no number
    late = {"columns": [*CELLS["columns"][:3], {"field": "people_reached", "maximum": 1}]}  # type: ignore[index]
    assert coverage({**CELLS, **late}, cells(**{"2026_Q2": 3}), "2026-07-20").periods == ("2026-Q2",)
