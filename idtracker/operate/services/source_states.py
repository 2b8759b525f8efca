"""The state of every source and published table, worked out from the definitions and the publication."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import duckdb

from idtracker.analyse.timeliness.freshness import freshness_table, organisation_names, status_exit_code
from idtracker.analyse.timeliness.obligations import obligation_table
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, catalogue_of
from idtracker.model.errors import NotPublishedError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.json_values import plain_record
from idtracker.model.register.known_names import KnownNames
from idtracker.model.tables import DERIVED, FACTS, OPERATIONS, columns_of, empty_frame
from idtracker.operate.documents.status import PublishedTable, SourceState, WrongDefinition
from idtracker.operate.services.explanations.missing import is_published, missing_reports
from idtracker.operate.services.stored_status import StatusSnapshot
from idtracker.publish.current import open_current
from idtracker.publish.tracker import instant
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.tables import read_table, reported_periods

if TYPE_CHECKING:
    import pandas as pd

MOST_MISSING = 3


def worked_out(
    home: Home, now: datetime, as_of: str | None, definitions: ProgrammeCatalogue | None = None
) -> tuple[StatusSnapshot, datetime]:
    """What `status` keeps, and the instant that it speaks of: `as_of`, else the day of knowledge."""
    catalogue = definitions or catalogue_of(home)
    day = instant(as_of) if as_of else day_of_knowledge(home, catalogue, now, None)
    try:
        with open_current(home, DEFAULT_AUDIENCE) as published:
            submissions = read_table(published, "submission")
            tables = _tables(published)
            missing = [] if as_of else _missing(published)
    except NotPublishedError:
        submissions, tables, missing = empty_frame(OPERATIONS["submission"]), [], []
    last_arrival = submissions["received_at"].max()
    submissions = submissions[submissions["received_at"] <= day]
    obligations = obligation_table(catalogue.sources, submissions, reported_periods(submissions), day)
    freshness = freshness_table(
        catalogue.sources, obligations, submissions, day, names=organisation_names(catalogue.register.organisations)
    )
    wrong: list[tuple[str | None, tuple[str, ...]]] = [*catalogue.stopped.items()]
    wrong += [(None, catalogue.set_aside)] if catalogue.set_aside else []
    snapshot = StatusSnapshot(
        notice=catalogue.programme.notice,
        clock=catalogue.programme.clock,
        last_arrival=last_arrival.to_pydatetime() if len(submissions) else None,
        day=day.date(),
        states=_states(freshness, KnownNames.of(catalogue.register)),
        missing=missing,
        tables=tables,
        wrong=[WrongDefinition(source=s, problems=list(problems)).printed() for s, problems in wrong],
        exit_code=2 if wrong else status_exit_code(freshness),
    )
    return snapshot, day.to_pydatetime()


def _states(freshness: pd.DataFrame, known: KnownNames) -> list[dict[str, Any]]:
    """Sources as `status` prints them."""
    return [
        SourceState(
            org_name=known.name(r["org_id"]),
            org_name_ar=known.name(r["org_id"], "ar"),
            **plain_record({name: r[name] for name in SourceState.model_fields if name in r}),
        ).printed()
        for r in freshness.rename(columns={"source_id": "id"}).to_dict("records")
    ]


def _missing(published: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The overdue reports that would tell most, one of each source."""
    reports = missing_reports(published) if is_published(published) else []
    telling = [r for r in reports if r.state == "overdue" and r.narrowing is not None and r.narrowing > 0]
    first = {report.source: report for report in reversed(telling)}
    return [report.printed() for report in telling if first[report.source] is report][:MOST_MISSING]


def _tables(published: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The published tables; a publication of an earlier version has not all of them."""
    present = {name for (name,) in published.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    return [_table(published, name) for name in (*FACTS, *DERIVED) if name in present]


def _table(published: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    columns = {c.name for c in columns_of({**FACTS, **DERIVED}[name])}
    data_time = "max(period_end)" if "period_end" in columns else "NULL"
    recorded = "max(recorded_from)" if "recorded_from" in columns else "NULL"
    where = "WHERE recorded_to IS NULL" if "recorded_to" in columns else ""
    row = published.execute(f'SELECT count(*), {data_time}, {recorded} FROM "{name}" {where}').fetchone()
    rows, until, since = row or (0, None, None)
    return PublishedTable(table=name, rows=rows, **plain_record({"data_time": until, "recorded_at": since})).printed()
