"""Facts, submissions, findings and held rows into the store, from the judged files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from idtracker.ingest.decisions.adjudications import Adjudications
from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.ingest.judge.rules.locks import locks_of
from idtracker.model.home import Settings
from idtracker.model.tables import FACTS
from idtracker.operate.run_log import run_log
from idtracker.store.connection import open_store
from idtracker.store.invariants import broken_invariants, kept_problems
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.operations import write_decisions
from idtracker.store.records import record_of
from idtracker.store.refresh_facts import forget_sources, refresh_source
from idtracker.store.schema import ensure_tables, remember
from idtracker.store.tables import count_rows, read_table, replace_table

__all__ = ["Refreshed", "broken_invariants", "refresh_store", "unreconciled"]


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
        records = {name: record_of(settings, name, until) for name in catalogue.sources}
        changed = [
            s.id
            for s in catalogue.sources.values()
            if refresh_source(connection, settings, s, records[s.id], locks_of(catalogue.programme, s.id), as_of)
        ]
        write_decisions(connection, list(records.values()), Adjudications(settings, until).all())
        replace_table(connection, "run", run_log(settings))
        rows = {t: count_rows(connection, t, "recorded_to IS NULL") for t in FACTS}
        broken = [problem for table in FACTS for problem in kept_problems(connection, table)]
        submissions = read_table(connection, "submission")
    return Refreshed(rows, len(submissions), changed, unreconciled(submissions), broken)


def unreconciled(submissions: pd.DataFrame) -> list[str]:
    """Submissions whose rows are not all accounted for. A withdrawn one keeps the account of its arrival."""
    fates = submissions[["rows_accepted", "rows_held", "rows_unchanged", "rows_superseded"]].sum(axis=1)
    return submissions.loc[submissions["rows_read"] != fates, "submission_id"].tolist()
