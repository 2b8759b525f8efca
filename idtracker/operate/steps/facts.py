"""Facts, submissions, findings and held rows into the store, from the judged files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pandas as pd

from idtracker.ingest.access.readership import Readership, keep_readership, readership_of
from idtracker.ingest.access.readership_table import readership_frame
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.rules.locks import locks_of
from idtracker.model.home import Home
from idtracker.model.instants import aware_utc
from idtracker.model.tables import FACTS, schema_of
from idtracker.operate.run_log import run_log
from idtracker.operate.step import Check, CheckSpec, Context, Step, StepResult, account_check
from idtracker.operate.steps.registers import REGISTERS
from idtracker.quality.reconciliation import accounts
from idtracker.store.connection import open_store
from idtracker.store.copies import filled
from idtracker.store.history.recorded_changes import forget_changes
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.markings import kept_markings
from idtracker.store.operations import (
    adjudication_frame,
    audit_table,
    refresh_operations,
    resolution_frame,
    round_acts_frame,
)
from idtracker.store.refresh_facts import changed_since, forget_sources, mark_done, refresh_facts
from idtracker.store.schema import ensure_tables, remember, replace_round_acts
from idtracker.store.tables import count_rows, quoted_list, read_in_chunks, read_table, replace_table

REMEDY = "nothing was published; make the store again with `idtracker rebuild`"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh of the facts found. `unreconciled` and `broken` are empty when all is well."""

    rows: dict[str, int]
    submissions: int
    changed_sources: list[str]
    unreconciled: list[str]
    broken: list[str]


def refresh_store(
    home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None = None, *, every: bool = False
) -> Refreshed:
    """Bring facts, submissions, findings, held rows, waivers and the audit up to date with the accepted files.

    Checked are the facts of sources that changed, or `every` one; then their changes are taken from the rows anew as well.
    """
    as_of = day_of_knowledge(home, catalogue, now, until)
    with open_store(home) as connection:
        ensure_tables(connection)
        remember(connection, as_of=as_of.isoformat(), until=until.isoformat() if until else "")
        forget_sources(connection, catalogue.known)
        if every:
            forget_changes(connection)
        changed = [
            s.id
            for s in catalogue.sources.values()
            if refresh_facts(connection, home, s, until, locks=locks_of(catalogue.programme, s.id), as_of=as_of)
        ]
        handling = {s.id: s.handling.marking for s in catalogue.sources.values()}
        refresh_operations(connection, home, handling, until, left=set(catalogue.known) - set(handling))
        markings = kept_markings(connection, with_held_rows=True)
        audit = audit_table(home, catalogue.known, until)
        replace_table(connection, "adjudication", markings.mark(adjudication_frame(home, until)))
        replace_table(connection, "resolution", markings.mark(resolution_frame(home, until)))
        replace_round_acts(connection, round_acts_frame(home, until))
        replace_table(connection, "audit", markings.mark(audit, audit["subject"]))
        replace_table(connection, "readership", markings.mark(_readership(home, catalogue, as_of, until)))
        replace_table(connection, "run", markings.mark(run_log(home)))
        submissions = read_table(connection, "submission")
        rows = {t: count_rows(connection, t, "recorded_to IS NULL") for t in FACTS}
        broken = _broken(connection, catalogue.known, every)
    return Refreshed(rows, len(submissions), changed, unreconciled(submissions), broken)


def _readership(home: Home, catalogue: ProgrammeCatalogue, as_of: pd.Timestamp, until: datetime | None) -> pd.DataFrame:
    """Who read what, where the programme says for whom people read; what must outlast the lines of the log is kept first."""
    programme = catalogue.programme
    if not programme.readers:
        return readership_frame(Readership((), None, ()), (), {}, {})
    if until is None:
        keep_readership(home, programme.readers, aware_utc(as_of.to_pydatetime()), programme.audit_days)
    audiences = programme.audience_by_id
    sees = {
        name: [*catalogue.known]
        if audience.is_owner
        else [s.id for s in catalogue.sources.values() if audience.sees(s.handling.marking)]
        for name, audience in audiences.items()
    }
    delays = {name: audience.delay for name, audience in audiences.items()}
    return readership_frame(readership_of(home, programme.readers, until), programme.readers, sees, delays)


def _broken(connection: duckdb.DuckDBPyConnection, sources: Sequence[str], every: bool) -> list[str]:
    """What is wrong with the facts. Rows of a source that were whole when it last changed are looked at if `every` row is."""
    chosen = changed_since(connection, "whole", sources, every)
    broken = [
        problem for table in filled(connection, FACTS) for problem in broken_invariants(connection, table, list(chosen))
    ]
    if not broken:
        mark_done(connection, "whole", chosen)
    return broken


def unreconciled(submissions: pd.DataFrame) -> list[str]:
    """Submissions whose rows are not all accounted for. A withdrawn one keeps the account of its arrival."""
    fates = submissions[["rows_accepted", "rows_held", "rows_unchanged", "rows_superseded"]].sum(axis=1)
    return submissions.loc[submissions["rows_read"] != fates, "submission_id"].tolist()


def broken_invariants(
    connection: duckdb.DuckDBPyConnection, table: str, sources: Sequence[str] | None = None
) -> list[str]:
    """What the store's own invariants say about one fact table, and the pandera model about the rows of some `sources`."""
    problems = _broken_rows(connection, table, sources)
    twice = connection.execute(
        f'SELECT count(*) - count(DISTINCT fact_id) FROM "{table}" WHERE recorded_to IS NULL'
    ).fetchone()
    if twice and twice[0]:
        problems.append(f"{table}: {twice[0]} facts have two open vintages")
    if count_rows(connection, table, "recorded_to <= recorded_from"):
        problems.append(f"{table}: a vintage ends before it begins")
    return problems


def _broken_rows(connection: duckdb.DuckDBPyConnection, table: str, sources: Sequence[str] | None) -> list[str]:
    """What the pandera model says about the rows of some sources (None: of all), some of them in memory at a time."""
    import pandera.errors

    where = "TRUE" if sources is None else f"source_id IN ({quoted_list(sources)})"
    counts: Counter[tuple[object, object]] = Counter()
    for frame in read_in_chunks(connection, table, where):
        if frame.empty:  # asking the model about no rows costs as much as about a few
            continue
        try:
            schema_of(FACTS[table]).validate(frame, lazy=True)
        except pandera.errors.SchemaErrors as failures:
            counts.update(failures.failure_cases.groupby(["column", "check"], dropna=False).size().to_dict())
    return [f"{table}.{column}: {check} ({rows} rows)" for (column, check), rows in sorted(counts.items(), key=str)]


def _facts(context: Context) -> StepResult:
    every = context.is_thorough
    refreshed = refresh_store(context.home, context.catalogue, context.now, context.until, every=every)
    _, stored = accounts.reconcile_facts(context.home, context.catalogue, context.until, every=every)
    whole = Check(
        "reconciliation",
        not refreshed.unreconciled,
        details={"submissions": refreshed.submissions, "unreconciled": refreshed.unreconciled},
    )
    why = "; ".join([*refreshed.broken, REMEDY]) if refreshed.broken else None
    schema = Check("schema", not refreshed.broken, description=why, details={"broken": refreshed.broken})
    figures = {"row_count": sum(refreshed.rows.values()), **refreshed.rows}
    return StepResult(figures, (account_check("accepted_to_store", stored), whole, schema))


def facts_step(catalogue: ProgrammeCatalogue) -> Step:
    """The step of the facts, which follows every source."""
    return Step(
        "tracker/facts",
        (REGISTERS.name, *(f"accepted/{source}" for source in catalogue.sources)),
        _facts,
        "Every accepted fact as vintages: what was known, from when to when, and where it came from.",
        ("observation", *(name for name in FACTS if name != "observation")),
        (
            CheckSpec("reconciliation", "For every submission: rows read = accepted + held + unchanged + superseded."),
            CheckSpec(
                "accepted_to_store",
                "Every row of the accepted files is in a vintage, repeats one, or was superseded or corrected.",
            ),
            CheckSpec(
                "schema",
                "Every fact table keeps its pandera model, and no fact has two open vintages.",
                is_blocking=True,
            ),
        ),
    )
