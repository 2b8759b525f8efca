"""Which sources make a figure stale: held against plain loops over the reports owed, and where it can be said in a sentence."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd
import pytest

from idtracker.analyse.history.metrics import _due
from idtracker.analyse.history.readings import Reading, kept_readings
from idtracker.analyse.history.timeline import Timeline
from idtracker.analyse.metrics.known.stale import MADE_OF, Stale
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import metric_of
from idtracker.model.periods import period
from idtracker.model.tables import TABLES
from idtracker.model.tables.version import create_table_sql
from idtracker.store.history.change_points import ChangePoints
from idtracker.store.tables import fill_table
from tests.unit.analyse.metrics.metrics_given import table

FEEDS = {"share_event": ["a", "b"], "observation": ["b", "c"], "pai_record": ["d"]}
_DAY = pd.Timedelta(days=1)


def _owed(
    source: str, code: str, came: str | None, known_from: str = "2020-01-01", **more: object
) -> dict[str, object]:
    end = pd.Timestamp(period(code).end)
    row = {
        "source_id": source,
        "org_id": "GB-GOV-1",
        "period": code,
        "due_on": end + 20 * _DAY,
        "overdue_on": end + 30 * _DAY,
    }
    row |= {
        "is_derogated": "false",
        "received_at": came,
        "state": "received" if came else "due",
        "known_from": known_from,
    }
    return row | {"classification": "OFFICIAL"} | more


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def _stale(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, object]]) -> Stale:
    model = TABLES["obligation_vintage"]
    connection.execute(create_table_sql("obligation_vintage", model))
    frame = table("obligation_vintage", pd.DataFrame(rows))
    fill_table(connection, "obligation_vintage", frame)
    return Stale(connection, FEEDS)


def test_a_source_is_stale_from_the_day_on_which_its_newer_report_is_overdue(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    stale = _stale(connection, [_owed("a", "2025-Q4", "2026-01-10"), _owed("a", "2026-Q1", None)])
    metric = metric_of("IM-09")

    def at(day: str, quarter: str = "2026-Q1") -> tuple[str, ...]:
        return stale.sources(metric, quarter, pd.Timestamp(day))

    assert at("2026-04-29") == () and at("2026-04-30") == ("a",)
    assert at("2026-04-30", "2025-Q4") == (), "what is said of an earlier quarter does not rest on the later report"
    assert stale.sources(metric_of("IM-43"), "2026-Q1", pd.Timestamp("2026-05-01")) == (), "it feeds nothing of that"
    assert stale.sources(metric_of("IM-13"), "2026-Q1", pd.Timestamp("2026-05-01")) == (), (
        "completeness counts late reports"
    )
    assert at("2027-06-30", "2027-Q1") == (), "four quarters on nothing is owed any more"


def test_a_report_that_comes_or_is_derogated_ends_it(connection: duckdb.DuckDBPyConnection) -> None:
    rows = [
        _owed("b", "2026-Q1", None, known_to="2026-06-01"),
        _owed("b", "2026-Q1", "2026-06-01", known_from="2026-06-01"),
        _owed("c", "2026-Q1", None, is_derogated="true"),
    ]
    stale, metric = _stale(connection, rows), metric_of("IM-04")  # of merged cells, which are made of observations
    days = [pd.Timestamp(day) for day in ("2026-05-31", "2026-06-01")]
    assert [stale.sources(metric, "2026-Q1", day) for day in days] == [("b",), ()]
    assert stale.differs(metric, "2026-Q1", *days) and not stale.differs(metric, "2025-Q4", *days)


def test_what_turns_stale_is_measured_again_although_no_input_changed(connection: duckdb.DuckDBPyConnection) -> None:
    stale = _stale(connection, [_owed("a", "2026-Q1", None)])
    reading = Reading(
        pd.Timestamp("2026-05-01"), ("2025-Q4", "2026-Q1"), frozenset(), frozenset(), pd.Timestamp("2026-04-01")
    )

    class NothingChanged:
        def concern(self, *_: object) -> None:
            return None

    assert list(_due(metric_of("IM-09"), NothingChanged(), stale, reading)) == [("IM-09", "2026-Q1")]  # type: ignore[arg-type]
    assert list(_due(metric_of("IM-43"), NothingChanged(), stale, reading)) == []  # type: ignore[arg-type]


def test_stale_sources_are_those_of_plain_loops(connection: duckdb.DuckDBPyConnection) -> None:
    rng, codes = np.random.default_rng(5), ["2025-Q1", "2025-Q2", "2025-07", "2025-08", "2025-09", "2025-Q4", "2026-Q1"]
    rows = []
    for source in "abcd":
        for code in codes:
            wait = int(rng.integers(0, 120))
            came = pd.Timestamp(period(code).end) + wait * _DAY if rng.random() < 0.7 else None
            rows.append(
                _owed(source, code, came and f"{came:%Y-%m-%d}", is_derogated="true" if rng.random() < 0.2 else "false")
            )
    stale, seen = _stale(connection, rows), 0
    for day in pd.date_range("2025-04-01", "2026-07-01", freq="23D"):
        for quarter in ("2025-Q1", "2025-Q3", "2025-Q4", "2026-Q1"):
            for metric_id in ("IM-04", "IM-09", "IM-43"):
                metric = metric_of(metric_id)
                feeding = {s for name in metric.inputs for s in FEEDS.get(MADE_OF.get(name, name), [])}
                expected = tuple(sorted(s for s in feeding if _is_late(rows, s, Quarter.of(quarter), day)))
                assert stale.sources(metric, quarter, day) == expected
                seen += bool(expected)
    assert seen > 50


def _is_late(rows: list[dict[str, object]], source: str, quarter: Quarter, day: pd.Timestamp) -> bool:
    newest_due = newest_come = None
    for row in rows:
        end = pd.Timestamp(period(str(row["period"])).end)
        if row["source_id"] != source or row["is_derogated"] == "true":
            continue
        if not quarter.window()[0].start <= end <= quarter.end:
            continue
        has_come = row["received_at"] is not None and pd.Timestamp(str(row["received_at"])) <= day
        if has_come:
            newest_come = max(newest_come or end, end)
        if has_come or pd.Timestamp(str(row["overdue_on"])) <= day:
            newest_due = max(newest_due or end, end)
    return newest_due is not None and (newest_come is None or newest_come < newest_due)


def test_metrics_are_kept_at_the_ends_of_months_and_of_rounds() -> None:
    at = tuple(pd.Timestamp(day) for day in ("2026-01-10", "2026-02-20"))
    line = Timeline(ChangePoints(at, ("x", "y")), (("2025-Q4",), ("2025-Q4",)))
    rounds = [pd.Timestamp("2026-02-14 15:00"), pd.Timestamp("2026-03-20"), pd.Timestamp("2025-12-01")]
    kept = kept_readings(line, pd.Timestamp("2026-03-09"), rounds).change_points
    assert [f"{day:%m-%d %H}" for day in kept.at] == ["02-01 00", "02-14 15", "03-01 00", "03-09 00"]
    assert kept.signatures == ("x", "x", "y", "y"), "each with all that was known by then"
