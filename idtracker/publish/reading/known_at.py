"""A published database as it was known at a past instant, from the publication alone."""

from __future__ import annotations

import re

import duckdb
import pandas as pd

from idtracker.analyse.framework.derive import framework_tables
from idtracker.analyse.framework.rows import TABLES as FRAMEWORK
from idtracker.analyse.history.metrics import add_metrics_known_at
from idtracker.analyse.timeliness.freshness import freshness_table, organisation_names
from idtracker.model.errors import UsageError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.instants import naive_utc
from idtracker.model.tables import DERIVED, INDICES, OPERATIONS, SIMULATED, TABLES, empty_frame
from idtracker.model.tables.version import create_table_sql
from idtracker.model.tables.vintages import KEYS, vintages_of
from idtracker.publish.current import open_current
from idtracker.publish.reading.definitions import Definitions, read_definitions
from idtracker.publish.reading.publication import Publication
from idtracker.publish.reading.sandbox import close_off, open_closed
from idtracker.store.tables import fill_table, read_table, submissions_at
from idtracker.store.views import add_readings, known_at

_WORKED_OUT = tuple(name for name in OPERATIONS if name not in KEYS)
_ACTS = ("consequence",)
"""Each row is about an instant; at a past one those until then are there."""
NOW_ALONE = (*(t for t in DERIVED if t not in KEYS and t not in (*FRAMEWORK, *_ACTS)), *SIMULATED, *INDICES)
"""Not kept over time, and so not there at a past instant: `explain score`, `explain metric … --since … --as-known-at …` and
`uncertainty()` work them out for it; indices are there by the present editions of their files alone."""
_METRICS = ("metric_value", vintages_of("metric_value"))


def open_snapshot(
    home: Home, audience_id: str = DEFAULT_AUDIENCE, at: pd.Timestamp | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection over the published tables; with `at`, over what they were at that instant (UTC), see open_known_at().

    Without `at` the published file itself is opened read-only.
    """
    return open_current(home, audience_id) if at is None else open_known_at(Publication.of_home(home, audience_id), at)


def open_for_reader(publication: Publication, at: pd.Timestamp | None = None) -> duckdb.DuckDBPyConnection:
    """A connection over what is published, now or at an instant (UTC), that can read it and do nothing else (see sandbox.py)."""
    return open_closed(publication.database) if at is None else close_off(open_known_at(publication, at))


def open_known_at(publication: Publication, at: pd.Timestamp) -> duckdb.DuckDBPyConnection:
    """The published tables as they were at an instant (UTC).

    The same tables are there as views that read from the vintages of facts and derived tables what was known then; those about the
    work itself are worked out, and so are metrics, which are kept for the ends of months alone, and the framework, which is made of
    them. After the day of knowledge they are what they are now. UsageError where the publication has no manifest.
    """
    as_of, at = publication.as_of, naive_utc(at)
    connection, present = known_at(publication.database, at, (*_WORKED_OUT, *_METRICS, *FRAMEWORK, *_ACTS, *NOW_ALONE))
    definitions = read_definitions(connection, "published.main")
    for name, frame in _as_they_stood(connection, present, definitions, at).items():
        connection.execute(create_table_sql(name, TABLES[name]))
        fill_table(connection, name, frame)
    for name in _METRICS:
        connection.execute(create_table_sql(name, TABLES[name]))
        connection.execute(f'INSERT INTO main."{name}" BY NAME SELECT * FROM published.main."{name}"')
    for name in _ACTS:
        connection.execute(create_table_sql(name, TABLES[name]))
        if name in present:
            taken = f'INSERT INTO main."{name}" BY NAME SELECT * FROM published.main."{name}" WHERE acted_at <= $1'
            connection.execute(taken, [at])
    if at < as_of:
        add_metrics_known_at(connection, at, definitions.basis(publication.baseline))
    _add_framework(connection, definitions, min(at, as_of), publication.baseline)
    add_readings(connection, present, min(at, as_of))
    return connection


def _add_framework(
    connection: duckdb.DuckDBPyConnection, definitions: Definitions, at: pd.Timestamp, baseline: str | None
) -> None:
    """The tables of the published framework, made of the other tables of a connection as they were known at its instant."""
    tables = framework_tables(connection, definitions.framework, definitions.sources, definitions.own, at, baseline)
    for name, frame in tables.items():
        connection.execute(create_table_sql(name, TABLES[name]))
        fill_table(connection, name, frame)


def _as_they_stood(
    connection: duckdb.DuckDBPyConnection, present: list[str], definitions: Definitions, at: pd.Timestamp
) -> dict[str, pd.DataFrame]:
    """The tables about the work itself, as they stood at an instant."""
    now = {
        name: read_table(connection, name, schema="published.main") if name in present else empty_frame(TABLES[name])
        for name in _WORKED_OUT
    }
    submissions = submissions_at(now["submission"], now["submission_state"], at)
    states = now["submission_state"]
    states = states[states["since"] <= at].copy()
    states.loc[states["until"] > at, "until"] = pd.NaT
    frames = {
        "submission_state": states,
        "submission": submissions,
        "audit": now["audit"][now["audit"]["at"] <= at],
        "readership": now["readership"][now["readership"]["known_at"] <= at],
        "run": now["run"][now["run"]["started_at"] <= at],
        "adjudication": now["adjudication"][now["adjudication"]["decided_at"] <= at],
        "resolution": now["resolution"][now["resolution"]["decided_at"] <= at],
        "waiver": now["waiver"][now["waiver"]["given_at"] <= at],
        "finding": now["finding"][now["finding"]["submission_id"].isin(submissions["submission_id"])],
        "freshness": freshness_table(
            definitions.sources,
            read_table(connection, "obligation"),
            submissions,
            at,
            names=organisation_names(read_table(connection, "organisation")),
        ),
    }
    frames |= {name: empty_frame(TABLES[name]) for name in ("reconciliation", "drift")}  # of the latest run alone
    held = now["held_row"][now["held_row"]["held_from"] <= at].copy()
    held.loc[held["held_to"] > at, "held_to"] = pd.NaT
    frames["held_row"] = held
    return {name: frame for name, frame in frames.items() if name in present}


_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?\s?(Z|[+-]\d{2}(:?\d{2})?)?)?", re.IGNORECASE
)


def instant(at: str | pd.Timestamp) -> pd.Timestamp:
    """UTC instant of a text in ISO 8601; a bare date means the end of that day. UsageError where it is neither.

    No other form is read: 5/4/2026 is another day in London than in Washington.
    """
    if isinstance(at, str) and not _ISO.fullmatch(at.strip()):
        raise UsageError(f"`{at}` is not a date or an instant; write 2026-06-30 or 2026-06-30T12:00:00Z")
    try:
        stamp = naive_utc(at)
    except (ValueError, TypeError) as problem:
        raise UsageError(f"`{at}` is not a date or an instant; write 2026-06-30 or 2026-06-30T12:00:00Z") from problem
    if pd.isna(stamp):
        raise UsageError(f"`{at}` is not a date or an instant; write 2026-06-30 or 2026-06-30T12:00:00Z")
    is_bare_date = isinstance(at, str) and len(at.strip()) == 10
    return stamp + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1) if is_bare_date else stamp
