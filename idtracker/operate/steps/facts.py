"""Facts, submissions, findings and held rows into the store, from the judged files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb
import pandas as pd

from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.ingest.judge.rules.locks import locks_of
from idtracker.model.home import Settings
from idtracker.model.tables import FACTS, schema_of
from idtracker.operate.run_log import run_log
from idtracker.store.connection import open_store
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.operations import adjudication_frame, audit_table, operations_frames, submission_tables
from idtracker.store.refresh_facts import forget_sources, refresh_facts
from idtracker.store.schema import ensure_tables, remember
from idtracker.store.tables import (
    count_rows,
    read_table,
    replace_table,
)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh of the facts found. `unreconciled` and `broken` are empty when all is well."""

    rows: dict[str, int]
    submissions: int
    changed_sources: list[str]
    unreconciled: list[str]
    broken: list[str]


def refresh_store(settings: Settings, catalogue: Catalogue, now: datetime, until: datetime | None = None) -> Refreshed:
    """Bring facts, submissions, findings, held rows, waivers and the audit up to date with the accepted files."""
    as_of = day_of_knowledge(settings, catalogue, now, until)
    with open_store(settings) as connection:
        ensure_tables(connection)
        remember(connection, as_of=as_of.isoformat(), until=until.isoformat() if until else "")
        forget_sources(connection, list(catalogue.sources))
        changed = [
            s.id
            for s in catalogue.sources.values()
            if refresh_facts(connection, settings, s, until, locks=locks_of(catalogue.programme, s.id), as_of=as_of)
        ]
        told = submission_tables(connection, settings, catalogue.sources, until)
        submissions = told["submission"]
        told |= operations_frames(connection, settings, catalogue.sources, until)
        told["adjudication"] = adjudication_frame(settings, until)
        for name, frame in told.items():
            replace_table(connection, name, frame)
        replace_table(connection, "audit", audit_table(settings, catalogue.sources, until))
        replace_table(connection, "run", run_log(settings))
        rows = {t: count_rows(connection, t, "recorded_to IS NULL") for t in FACTS}
        broken = [problem for table in FACTS for problem in broken_invariants(connection, table)]
    return Refreshed(rows, len(submissions), changed, unreconciled(submissions), broken)


def unreconciled(submissions: pd.DataFrame) -> list[str]:
    """Submissions whose rows are not all accounted for. A withdrawn one keeps the account of its arrival."""
    fates = submissions[["rows_accepted", "rows_held", "rows_unchanged", "rows_superseded"]].sum(axis=1)
    return submissions.loc[submissions["rows_read"] != fates, "submission_id"].tolist()


def broken_invariants(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """What the pandera model and the store's own invariants say about one fact table."""
    import pandera.errors

    problems: list[str] = []
    frame = read_table(connection, table)
    if frame.empty:
        return problems
    try:
        schema_of(FACTS[table]).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as failures:
        cases = failures.failure_cases
        problems += [
            f"{table}.{c}: {k} ({n} rows)"
            for (c, k), n in cases.groupby(["column", "check"], dropna=False).size().items()
        ]
    current = frame[frame["recorded_to"].isna()]
    if current["fact_id"].duplicated().any():
        problems.append(f"{table}: {int(current['fact_id'].duplicated().sum())} facts have two open vintages")
    if (frame["recorded_to"] <= frame["recorded_from"]).any():
        problems.append(f"{table}: a vintage ends before it begins")
    return problems
