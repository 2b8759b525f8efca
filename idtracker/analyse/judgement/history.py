"""Scenarios and calibration over time: they follow whenever a judgement or a resolution changes what is known."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pandas as pd

from idtracker.analyse.history.timeline import Timeline
from idtracker.analyse.judgement.assessments import QUANTITY, Assessment, assessments_of
from idtracker.analyse.judgement.outcomes import Decision, decisions_of
from idtracker.analyse.judgement.tables import judgement_tables
from idtracker.ingest.resolve.yardstick import SCHEMES
from idtracker.model.steps.progress import report
from idtracker.model.tables import TABLES, columns_of
from idtracker.store.history.change_points import keep_change_points
from idtracker.store.history.derived_vintages import add_vintages, truncate_after
from idtracker.store.tables import read_table

STEP = "judgement"
JUDGEMENT_TABLES = ("scenario", "calibration")
_BLOCK = 50


def derive_judgements(connection: duckdb.DuckDBPyConnection, line: Timeline) -> None:
    """Continue the tables `scenario` and `calibration` and their vintages at the moments at which a judgement changed."""
    pending = line.resume(connection, STEP)
    if pending.at or pending.has_other:
        for table in JUDGEMENT_TABLES:
            truncate_after(connection, table, pending.since)
    moments = _moments(connection, pending.since, pending.at[-1]) if pending.at else []
    if moments:
        every = assessments_of(read_table(connection, "judgement"))
        decisions = decisions_of(read_table(connection, "resolution"))
        for number, begin in enumerate(range(0, len(moments), _BLOCK), 1):
            report("block of judgements", number)
            _add(connection, every, decisions, moments[begin : begin + _BLOCK])
    keep_change_points(connection, STEP, line.change_points)


def _moments(
    connection: duckdb.DuckDBPyConnection, since: pd.Timestamp | None, until: pd.Timestamp
) -> list[pd.Timestamp]:
    """Instants after `since` at which a judgement came or went, or an outcome was decided."""
    after = "-infinity" if since is None else since.isoformat(sep=" ")
    rows = connection.execute(
        f"""SELECT DISTINCT moment FROM (
          SELECT unnest([recorded_from, recorded_to]) AS moment FROM judgement UNION ALL SELECT decided_at FROM resolution
        ) WHERE moment > TIMESTAMP '{after}' AND moment <= TIMESTAMP '{until.isoformat(sep=" ")}' ORDER BY moment"""
    ).fetchall()
    return [pd.Timestamp(at) for (at,) in rows]


def _add(
    connection: duckdb.DuckDBPyConnection,
    every: Sequence[Assessment],
    decisions: Sequence[Decision],
    moments: Sequence[pd.Timestamp],
) -> None:
    found = [(at, judgement_tables(every, decisions, at)) for at in moments]
    states = pd.DataFrame({"scheme": [*SCHEMES, QUANTITY]}).merge(pd.DataFrame({"known_at": moments}), how="cross")
    for table in JUDGEMENT_TABLES:
        rows = [row | {"known_at": at} for at, tables in found for row in tables[table]]
        columns = [*(c.name for c in columns_of(TABLES[table])), "known_at"]
        frame = pd.DataFrame(rows, columns=columns).astype({"known_at": "datetime64[ns]"})
        add_vintages(connection, table, frame, states)
