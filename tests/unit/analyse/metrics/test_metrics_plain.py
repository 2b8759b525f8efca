"""Quarters, days and changes that metrics read as plain values are those of the frames they were."""

from __future__ import annotations

import datetime as dt

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from metrics_given import case_of, table

from idtracker.analyse.metrics.inputs import plain_rows
from idtracker.analyse.metrics.known.delivered import TABLES as ACTIVITIES
from idtracker.analyse.metrics.known.delivered import Delivered
from idtracker.analyse.metrics.quarter import Quarter, by_quarter
from idtracker.model.tables import TABLES, empty_frame
from idtracker.model.tables.version import create_table_sql
from idtracker.store.tables import fill_table

DAY = dt.timedelta(days=1)


@given(days=st.lists(st.none() | st.dates(dt.date(1969, 1, 1), dt.date(2035, 12, 31)), max_size=30))
def test_places_by_quarter_are_those_between_its_days(days: list[dt.date | None]) -> None:
    column = pd.Series(pd.to_datetime(days)).astype("datetime64[ns]")
    places = by_quarter(column)
    for code, found in places.items():
        quarter = Quarter.of(code)
        assert found.tolist() == column.index[column.between(quarter.start, quarter.end)].tolist()
    assert sum(map(len, places.values())) == column.notna().sum()


def test_what_was_delivered_holds_until_the_tables_of_activities_change() -> None:
    given_tables = case_of("IM-20_merger_quarter").given()
    later = given_tables["activity"].assign(recorded_from=pd.Timestamp("2026-03-01"))
    with duckdb.connect() as connection:
        for name in (*ACTIVITIES, "entity"):
            connection.execute(create_table_sql(name, TABLES[name]))
            rows = {"activity": later}.get(name, given_tables.get(name, empty_frame(TABLES[name])))
            fill_table(connection, name, rows)
        begins, place = pd.Timestamp("2026-03-01"), empty_frame(TABLES["place"])
        before, after = Delivered(connection, begins - DAY, place), Delivered(connection, begins, place)
        assert before.holds(begins - DAY) and not before.holds(begins) and not before.holds(begins - 2 * DAY)
        assert after.holds(begins) and after.holds(begins + 100 * DAY) and not after.holds(begins - DAY)
        with pytest.raises(KeyError, match="has not been gathered"):
            after.at_work(Quarter.of("2026-Q1"))


def test_days_are_whole_numbers_and_nothing_is_none() -> None:
    rows = table("decision", pd.DataFrame({"decision_id": ["D1", "D2"], "decided_on": ["1970-01-02", None]}))
    assert plain_rows(rows, ("decision_id", "decided_on")) == [("D1", 1), ("D2", None)]
    assert plain_rows(rows, ("decision_id",), [1]) == [("D2",)]
