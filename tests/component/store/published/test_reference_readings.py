"""Organisations as they were and as they are, read by SQL as a published database offers it."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pandas as pd
import pytest

from idtracker.analyse.metrics.organisations import Organisations
from idtracker.model.register.register import Register
from idtracker.model.tables import TABLES, conform_types
from idtracker.model.tables.version import create_table_sql
from idtracker.store.reference_views import readings
from idtracker.store.tables import fill_table

DAYS = ["2010-01-01", "2016-07-01", "2020-09-01", "2020-09-02", "2023-02-07", "2024-03-31", "2024-04-01", "2026-11-01"]


def installed(organisation: pd.DataFrame) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(create_table_sql("organisation", TABLES["organisation"]))
    marked = organisation.assign(classification="OFFICIAL")
    fill_table(connection, "organisation", conform_types(marked, TABLES["organisation"]))
    for statement in readings(["organisation", "place"]):
        connection.execute(statement)
    return connection


@pytest.fixture(scope="module")
def bundled() -> Iterator[duckdb.DuckDBPyConnection]:
    with installed(Register.load().organisations) as connection:
        yield connection


def test_nothing_is_offered_about_tables_that_are_not_there() -> None:
    assert readings(["observation"]) == []


@pytest.mark.parametrize("day", DAYS)
def test_every_identifier_stands_for_whom_the_metrics_take_it_for(bundled: duckdb.DuckDBPyConnection, day: str) -> None:
    organisations = Register.load().organisations
    found = bundled.execute(f"SELECT org_id, as_org_id FROM organisation_as_was('{day}')").df()
    assert sorted(found["org_id"]) == sorted(organisations["org_id"].unique())
    ids = pd.Series(found["org_id"].tolist(), dtype="str")
    assert found["as_org_id"].tolist() == Organisations(organisations).identify(ids, pd.Timestamp(day)).tolist()


@pytest.mark.parametrize(
    ("day", "org", "expected"),
    [
        ("2020-09-01", "GB-GOV-3", ("GB-GOV-3", "Foreign & Commonwealth Office", "current")),
        ("2020-09-02", "GB-GOV-3", ("GB-GOV-1", "Foreign, Commonwealth & Development Office", "succeeded")),
        ("2020-09-02", "GB-1", ("GB-GOV-1", "Foreign, Commonwealth & Development Office", "succeeded")),
        ("2019-01-01", "GB-GOV-1", ("GB-GOV-1", "Foreign, Commonwealth & Development Office", "not_yet")),
        ("2024-03-31", "GB-GOV-52", ("GB-GOV-52", "Conflict, Stability and Security Fund", "current")),
        ("2024-04-01", "GB-GOV-52", ("GB-GOV-53", "UK Integrated Security Fund", "succeeded")),
        ("2026-01-01", "GB-GOV-15", ("GB-GOV-15", "Department for International Trade", "ended")),
    ],
)
def test_mergers_on_the_day(
    bundled: duckdb.DuckDBPyConnection, day: str, org: str, expected: tuple[str, str, str]
) -> None:
    query = f"SELECT as_org_id, name, state FROM organisation_as_was(DATE '{day}') WHERE org_id = ?"
    assert bundled.execute(query, [org]).fetchall() == [expected]


def test_as_it_is_every_merger_counts(bundled: duckdb.DuckDBPyConnection) -> None:
    found = dict(bundled.execute("SELECT org_id, as_org_id FROM organisation_as_is()").fetchall())
    assert found["GB-GOV-3"] == found["GB-1"] == found["GB-GOV-1"] == "GB-GOV-1"
    assert found["GB-GOV-52"] == "GB-GOV-53"


def test_chains_are_followed_to_their_end_and_a_renamed_organisation_has_the_name_of_the_day() -> None:
    day = pd.to_datetime
    rows = pd.DataFrame(
        {
            "org_id": ["A", "A", "B", "C", "X", "Y"],
            "name": ["A first", "A second", "B", "C", "X", "Y"],
            "group_code": ["OTHER"] * 6,
            "is_hmg": [False] * 6,
            "is_traditional": [False] * 6,
            "successor_org_id": [None, "B", "C", None, "Y", "X"],
            "valid_from": day([None, "2010-01-01", "2012-01-01", "2015-01-01", None, None]),
            "valid_to": day(["2009-12-31", "2011-12-31", "2014-12-31", None, "2012-12-31", "2013-12-31"]),
        }
    )
    with installed(rows) as connection:
        at = [
            connection.execute(
                f"SELECT as_org_id, name, state FROM organisation_as_was('{d}') WHERE org_id = 'A'"
            ).fetchone()
            for d in ("2009-06-01", "2010-06-01", "2013-01-01", "2020-01-01")
        ]
        assert at == [
            ("A", "A first", "current"),
            ("A", "A second", "current"),
            ("B", "B", "succeeded"),
            ("C", "C", "succeeded"),
        ]
        circle = connection.execute("SELECT count(*) FROM organisation_as_is() WHERE org_id IN ('X', 'Y')").fetchone()
        assert circle == (2,)
