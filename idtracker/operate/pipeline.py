"""The pipeline's steps over the store: each opens it in its turn, does one thing, and says what it did in figures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd

from idtracker.analyse.history.cells import derive_cells
from idtracker.analyse.history.metrics import derive_metrics
from idtracker.analyse.history.obligations import derive_obligations
from idtracker.analyse.history.scores import derive_scores
from idtracker.analyse.history.timeline import Timeline, timeline
from idtracker.analyse.metrics.registry import family
from idtracker.analyse.timeliness.freshness import freshness_table, organisation_names
from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.ingest.judge.rules.locks import locks_of
from idtracker.model.findings import rule_set_version
from idtracker.model.home import Settings
from idtracker.model.method import Method, load_method, method_frame
from idtracker.model.register.entities import entity_table
from idtracker.model.tables import DERIVED, FACTS, schema_of
from idtracker.operate.run_log import run_log
from idtracker.publish.audience import audience
from idtracker.publish.snapshot import publish_snapshot
from idtracker.store.connection import open_store
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.operations import adjudication_frame, audit_table, operations_frames, submission_tables
from idtracker.store.refresh_facts import forget_sources, refresh_facts
from idtracker.store.schema import ensure_tables, remember
from idtracker.store.tables import (
    count_rows,
    known_now,
    read_table,
    reference_tables,
    replace_table,
    rewrite_table,
    transaction,
    write_reference,
)

EXPECTED_TABLES = [*FACTS, *DERIVED]
FAILING = "failing.parquet"
"""Beside the Data Docs: every expectation that failed, with the keys of all its failing rows."""


def write_registers(settings: Settings, catalogue: Catalogue) -> dict[str, int]:
    """Reference data and method into the store; rows per table."""
    entity = entity_table(catalogue.matches, catalogue.register.organisations["org_id"])
    tables = {**catalogue.register.tables(), "method": method_frame(load_method()), "entity": entity}
    with open_store(settings) as connection:
        ensure_tables(connection)
        write_reference(connection, tables)
    return {name: len(frame) for name, frame in tables.items()}


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


def write_cells(settings: Settings, catalogue: Catalogue, now: datetime, until: datetime | None) -> dict[str, int]:
    """Say who owes what, and merge observations into cells, at every moment at which that changed; rows per table now."""
    with _derived(settings, catalogue, now, until) as (connection, line, as_of):
        derive_obligations(connection, catalogue, line)
        derive_cells(connection, catalogue, line, load_method())
        freshness = freshness_table(
            catalogue.sources,
            read_table(connection, "obligation"),
            read_table(connection, "submission"),
            as_of,
            names=organisation_names(read_table(connection, "organisation")),
        )
        rewrite_table(connection, "freshness", freshness)
        return {
            name: count_rows(connection, name) for name in ("merged_cell", "cell_report", "obligation", "freshness")
        }


def write_scores(settings: Settings, catalogue: Catalogue, now: datetime, until: datetime | None) -> dict[str, int]:
    """Score the cells at every moment at which they changed; rows per table now."""
    with _derived(settings, catalogue, now, until) as (connection, line, _):
        derive_scores(connection, catalogue, line, load_method())
        return {name: count_rows(connection, name) for name in ("score", "trend")}


def write_metrics(
    settings: Settings, catalogue: Catalogue, family_id: str, now: datetime, until: datetime | None
) -> dict[str, int]:
    """Measure one family at every moment at which its inputs changed; values and suppressed values now."""
    named = ", ".join(f"'{m.id}'" for m in family(family_id))
    with _derived(settings, catalogue, now, until) as (connection, line, _):
        derive_metrics(connection, catalogue, line, family_id)
        every = count_rows(connection, "metric_value", f"metric_id IN ({named})")
        stated = count_rows(connection, "metric_value", f"metric_id IN ({named}) AND suppressed_reason IS NULL")
    return {"dagster/row_count": every, "suppressed": every - stated}


@contextmanager
def _derived(
    settings: Settings, catalogue: Catalogue, now: datetime, until: datetime | None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Timeline, pd.Timestamp]]:
    """The store, its timeline and the day of knowledge; everything that a step derives is written in one transaction."""
    as_of = day_of_knowledge(settings, catalogue, now, until)
    with open_store(settings) as connection, transaction(connection):
        yield connection, timeline(connection, catalogue, as_of, load_method()), as_of


@dataclass(frozen=True, slots=True)
class TableVerdict:
    """Expectations over one table. `failing_keys` is complete: every failing row's key per failed expectation."""

    table: str
    expectations: int
    passed: bool
    is_critical: bool
    failed: dict[str, int]
    failing_keys: dict[str, list[dict[str, object]]]


def check_expectations(
    settings: Settings, catalogue: Catalogue, now: datetime, until: datetime | None
) -> list[TableVerdict]:
    """Judge the merged tables by generated and stated suites; leave Data Docs and the failing rows' keys beside the store.

    A table without rows has nothing to be judged: its verdict counts no expectation.
    """
    from idtracker.quality.expectations.declared import read_stated
    from idtracker.quality.expectations.outcome import outcomes_frame
    from idtracker.quality.expectations.run import run_expectations
    from idtracker.quality.expectations.suite import key_of

    with open_store(settings) as connection:
        tables = {name: frame for name in EXPECTED_TABLES if len(frame := read_table(connection, name))}
        reference = reference_tables(connection)
    tables |= {name: reference[name] for name in ("indicator", "place")}
    codes = {str(s): g["code"].tolist() for s, g in reference["codelist"].groupby("scheme")}
    outcomes = run_expectations(
        tables,
        codes,
        data_docs_folder(settings),
        {name: key_of(name) for name in tables},
        as_of=day_of_knowledge(settings, catalogue, now, until),
        notice=catalogue.programme.notice,
        stated=read_stated(settings.sources),
        others=reference,
    )
    outcomes_frame([o for o in outcomes if not o.success]).to_parquet(data_docs_folder(settings) / FAILING, index=False)
    verdicts = []
    for name in EXPECTED_TABLES:
        mine = [o for o in outcomes if o.table == name]
        failed = [o for o in mine if not o.success]
        verdicts.append(
            TableVerdict(
                table=name,
                expectations=len(mine),
                passed=not failed,
                is_critical=any(o.severity == "critical" for o in failed),
                failed={o.id: o.failed_count for o in failed},
                failing_keys={o.id: o.failing_keys for o in failed},
            )
        )
    return verdicts


def write_drift(settings: Settings) -> pd.DataFrame:
    """Compare each source's latest period with its earlier ones; the comparisons that exceed their threshold."""
    from idtracker.quality.expectations.drift import measure_drift

    with open_store(settings) as connection:
        found = measure_drift({name: known_now(connection, name) for name in FACTS})
        replace_table(connection, "drift", found)
    return found[found["is_drift"]]


def data_docs_folder(settings: Settings) -> Path:
    """Where the Data Docs wait for the next publication."""
    return settings.store.parent / "data_docs"


def versions_of(catalogue: Catalogue) -> dict[str, str]:
    """Everything beside the received files that published content depends on."""
    import hashlib

    definitions = "\0".join(f"{s.id}={s.fingerprint}" for s in catalogue.sources.values())
    method: Method = load_method()
    return {
        "rule_set": rule_set_version(),
        "method": method.method_version,
        "register": catalogue.register.fingerprint[:12],
        "matches": catalogue.matches.fingerprint[:12],
        "sources": hashlib.sha256(definitions.encode()).hexdigest()[:12],
    }


def publish(
    settings: Settings,
    catalogue: Catalogue,
    audience_id: str,
    now: datetime,
    until: datetime | None,
    again: bool = False,
) -> tuple[Path, bool]:
    """Publish the store for one audience (see `publish_snapshot`); the folder, and whether it is new."""
    with open_store(settings) as connection:
        ensure_tables(connection)
        return publish_snapshot(
            connection,
            settings,
            audience(audience_id),
            catalogue.programme,
            day_of_knowledge(settings, catalogue, now, until),
            versions_of(catalogue),
            data_docs_folder(settings),
            again,
        )
