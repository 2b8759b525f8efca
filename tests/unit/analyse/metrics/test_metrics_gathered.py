"""What is gathered in the database, rows that look the same as one row, gives the figures of rows read one by one."""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

import duckdb
import pandas as pd
import pytest
from metrics_given import Case, Frames, cases, read_reference, table

from idtracker.analyse.metrics.known.delivered import TABLES as ACTIVITIES
from idtracker.analyse.metrics.known.delivered import Delivered, at_once, gather
from idtracker.analyse.metrics.known.marked import Marked
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import family, metric_of
from idtracker.analyse.metrics.values import measure
from idtracker.model.register.entity_columns import apply_entity_map
from idtracker.model.tables import FACTS, TABLES, empty_frame
from idtracker.model.tables.version import create_table_sql
from idtracker.store.tables import fill_table

BEFORE = pd.Timestamp("2019-12-31")  # nothing that is given was known yet
NETWORK = {m.id for m in family("network")}
CASES = list({str((case.tables, case.periods)): case for case in cases() if case.metric_id in NETWORK}.values())
"""Those of which no other has the same tables: every one is measured by all metrics of the network."""


MARKED = list({str((c.tables, c.periods)): c for c in cases() if not metric_of(c.metric_id).versions}.values())
"""Those that give only what is known on their day: what gives earlier versions too is no table as known then."""


@pytest.mark.parametrize("copies", [1, 3])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_gathered_activities_give_the_same_figures(case: Case, copies: int) -> None:
    periods, as_of = case.periods, case.as_of
    given, reference = _multiplied(case.given(), copies), read_reference()
    with duckdb.connect() as connection:
        for name in (*ACTIVITIES, "entity"):
            connection.execute(create_table_sql(name, TABLES[name]))
            fill_table(connection, name, given.get(name, empty_frame(TABLES[name])))
        delivered = Delivered(connection, as_of, reference["place"])
        delivered.gather(periods)
    others = {name: frame for name, frame in given.items() if name not in ACTIVITIES}
    found = measure(others, reference, periods, as_of, family="network", delivered=delivered)
    pd.testing.assert_frame_equal(found, measure(given, reference, periods, as_of, family="network"))
    if "activity" in given and (found["n"] > 0).any():
        assert found["scope"].str.contains("^portfolio=|^objective=").any() or given["activity"]["fund"].isna().all()


@pytest.mark.parametrize("case", [c for c in CASES if len(c.given().get("activity_cell", ())) > 1], ids=str)
def test_what_is_gathered_at_several_instants_at_once_is_that_of_each(case: Case) -> None:
    """One row in two is known only from the second instant on, and one in three no longer at the third."""
    place, start = read_reference()["place"], pd.Timestamp("2020-01-01")
    instants = [start + pd.Timedelta(days=day) for day in (1, 2, 3)]
    with duckdb.connect() as connection:
        for name in (*ACTIVITIES, "entity"):
            rows = case.given().get(name, empty_frame(TABLES[name])).reset_index(drop=True)
            if name != "entity":
                known = pd.Series([instants[n % 2] for n in rows.index], rows.index, "datetime64[ns]")
                ends = pd.Series(
                    [instants[2] if n % 3 == 2 else pd.NaT for n in rows.index], rows.index, "datetime64[ns]"
                )
                rows = rows.assign(recorded_from=known, recorded_to=ends)
            connection.execute(create_table_sql(name, TABLES[name]))
            fill_table(connection, name, rows)
        together, apart = ([Delivered(connection, at, place) for at in instants] for _ in range(2))
        assert at_once(connection, len(case.periods)) > len(instants)
        gather(connection, place, [(delivered, case.periods) for delivered in together])
        for delivered in apart:
            delivered.gather(case.periods)
    seen = [
        [(d.places, d.at_work(q), d.taking_part(q), d.paid(q), d.currency(q)) for q in map(Quarter.of, case.periods)]
        for d in apart
    ]
    assert any(working for quarters in seen for _, working, *_ in quarters)
    for delivered, expected in zip(together, seen, strict=True):
        quarters = map(Quarter.of, case.periods)
        assert expected == [
            (delivered.places, delivered.at_work(q), delivered.taking_part(q), delivered.paid(q), delivered.currency(q))
            for q in quarters
        ]


@pytest.fixture(scope="module")
def fact_tables() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with every fact table, empty; whoever fills them rolls back. Cases state only the columns that matter."""
    with duckdb.connect() as connection:
        for name in (*FACTS, "entity"):
            connection.execute(create_table_sql(name, TABLES[name]).replace(" NOT NULL", ""))
        yield connection


@pytest.mark.parametrize("case", MARKED, ids=str)
def test_gathered_markings_give_the_same_figures(case: Case, fact_tables: duckdb.DuckDBPyConnection) -> None:
    periods, as_of, metric_ids = case.periods, case.as_of, ["IM-12"]
    given, reference = case.given(), read_reference()
    decided = {
        "kind": "organisation",
        "decided_by": "somebody",
        "decided_on": pd.Timestamp("2026-01-01"),
        "classification": "OFFICIAL",
    }
    entity = table("entity", pd.DataFrame([{"member_id": "GB-GOV-3", "entity_id": "GB-GOV-1", **decided}]))
    known = apply_entity_map({name: _known_at(frame, as_of) for name, frame in given.items()}, entity)
    fact_tables.begin()
    for name, frame in (given | {"entity": entity}).items():
        if name in FACTS or name == "entity":
            fill_table(fact_tables, name, frame)
    marked = Marked(fact_tables)
    fact_tables.rollback()
    found = measure({}, reference, periods, as_of, metric_ids=metric_ids, marked=marked)
    pd.testing.assert_frame_equal(found, measure(known, reference, periods, as_of, metric_ids=metric_ids))
    assert measure({}, reference, periods, BEFORE, metric_ids=metric_ids, marked=marked)["n"].tolist() == [0] * len(
        periods
    )


def _known_at(frame: pd.DataFrame, at: pd.Timestamp) -> pd.DataFrame:
    """The rows of a fact table that were known then; every row of another."""
    if not {"recorded_from", "recorded_to"} <= set(frame.columns):
        return frame
    return frame[(frame["recorded_from"] <= at) & ~(frame["recorded_to"] <= at)]


def _multiplied(given: Frames, copies: int) -> Frames:
    """Every activity as often, under other identifiers; those that look the same otherwise differ in objective and fund."""
    found = dict(given)
    for name in set(ACTIVITIES) & set(given):
        again = [given[name].assign(activity_id=given[name]["activity_id"] + f"-{n}") for n in range(1, copies)]
        found[name] = pd.concat([given[name], *again], ignore_index=True)
    if "activity" in found:
        places = [crc32(str(unit).encode()) for unit in found["activity"]["activity_id"]]
        funds, objectives = ([f"{kind}{place % 3 or None}" for place in places] for kind in ("F", "O"))
        kept = {"fund": funds, "objective_id": objectives}
        found["activity"] = found["activity"].assign(
            **{name: [None if text.endswith("None") else text for text in texts] for name, texts in kept.items()}
        )
    return found
