"""Expectations over the tables of the store, and drift of the sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from idtracker.analyse.metrics.registry import families
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.model.method import Method
from idtracker.model.steps.progress import counted
from idtracker.model.tables import DERIVED, FACTS, INDICES, OPERATIONS, SIMULATED, conform_types
from idtracker.operate.step import Check, CheckSpec, Context, Step, StepResult
from idtracker.quality.expectations.suite import REFERENCES
from idtracker.store.connection import open_store
from idtracker.store.copies import cached_hashes
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.markings import kept_markings
from idtracker.store.tables import count_rows, read_table, replace_table

if TYPE_CHECKING:
    from idtracker.quality.expectations.judge import Judge
    from idtracker.quality.expectations.outcome import ExpectationResult
    from idtracker.quality.expectations.suite import Expected

EXPECTED_TABLES = [*FACTS, *DERIVED, *SIMULATED, *INDICES]
JUDGED_TABLES = [*EXPECTED_TABLES, *(table for table, _ in REFERENCES.values())]
VERDICTS, COMPARISONS = "verdicts.json", "comparisons.json"
"""Beside the store: what was judged and compared last, and what it rested on. They are not published."""
FAILING = "failing.parquet"
"""Beside the Data Docs: every expectation that failed, with the keys of all its failing rows."""


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
    home: Home, catalogue: ProgrammeCatalogue, now: datetime, until: datetime | None, *, every: bool = False
) -> list[TableVerdict]:
    """Judge the merged tables by generated and stated suites; leave Data Docs and the failing rows' keys beside the store.

    A table of which nothing changed since it was judged keeps its verdict, unless `every` table is asked for: neither its
    rows nor anything that its suite compares them with. The pages are made from the verdicts, kept or not.
    A table without rows has nothing to be judged: its verdict counts no expectation.
    """
    from idtracker.quality.expectations.outcome import ExpectationResult, outcomes_frame
    from idtracker.quality.expectations.pages import publish_pages
    from idtracker.quality.expectations.record import basis_of, read_record, write_record

    folder, record = data_docs_folder(home), home.store.parent / VERDICTS
    as_of = day_of_knowledge(home, catalogue, now, until)
    with open_store(home) as connection:
        names = [name for name in JUDGED_TABLES if count_rows(connection, name)]
        method = catalogue.methods.headline.definition
        coverage = method.coverage if isinstance(method, Method) else None  # each node of a tree has its own
        suites = _suites(connection, names, home, as_of, coverage)
        content = cached_hashes(connection, names, anew=every)
        bases = {name: basis_of(content[name], suite) for name, suite in suites.items()}
        before = {} if every else read_record(record)
        unchanged = {
            n: [ExpectationResult(**o) for o in rows] for n, (basis, rows) in before.items() if bases.get(n) == basis
        }
        by_table = unchanged | _judged(
            connection, {n: suite for n, suite in suites.items() if n not in unchanged}, every
        )
    judged = {name: by_table[name] for name in suites}
    publish_pages(folder, suites, judged, as_of, catalogue.programme.notice)
    failed = [o for outcomes in judged.values() for o in outcomes if not o.success]
    outcomes_frame(failed).to_parquet(folder / FAILING, index=False)
    write_record(record, {n: (bases[n], [o.record() for o in by_table[n]]) for n in suites})
    return [_verdict(name, by_table.get(name, [])) for name in EXPECTED_TABLES]


def _suites(
    connection: duckdb.DuckDBPyConnection, names: Sequence[str], home: Home, as_of: pd.Timestamp, coverage: float | None
) -> dict[str, list[Expected]]:
    """The suite of each table, with the values of the store that it compares with."""
    from idtracker.quality.expectations.declared import read_declared
    from idtracker.quality.expectations.run import suites_of

    @cache
    def known(table: str, column: str) -> list[str]:
        values = connection.execute(f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL').df()
        return sorted(values[column].astype(str))

    codes: dict[str, list[str]] = {}
    for scheme, code in read_table(connection, "codelist")[["scheme", "code"]].itertuples(index=False):
        codes.setdefault(scheme, []).append(code)
    references = {kind: known(*place) for kind, place in REFERENCES.items()}
    stated = read_declared(home.sources)
    return suites_of(names, codes, references, known, as_of=as_of, coverage=coverage, stated=stated)


def _judged(
    connection: duckdb.DuckDBPyConnection, suites: Mapping[str, Sequence[Expected]], every: bool
) -> dict[str, list[ExpectationResult]]:
    """What comes of suites, one table in memory at a time.

    What a count over the stored rows decides is taken as it is, unless `every` expectation is to be judged: then Great
    Expectations judges all of them. It is imported where there is something for it.
    """
    from idtracker.quality.expectations.counted import outcomes_by_count
    from idtracker.quality.expectations.suite import key_of

    @cache
    def judge() -> Judge:
        from idtracker.quality.expectations.judge import Judge

        return Judge()

    judged = {}
    for n, suite in counted("tables judged", list(suites.items())):
        results = {} if every else outcomes_by_count(connection, n, suite, key_of(n))
        others = {i: e for i, e in enumerate(suite) if i not in results}
        if others:
            outcomes = judge().outcomes(n, read_table(connection, n), list(others.values()), key_of(n))
            results |= dict(zip(others, outcomes, strict=True))
        judged[n] = [results[i] for i in range(len(suite))]
    return judged


def _verdict(table: str, outcomes: list[ExpectationResult]) -> TableVerdict:
    failed = [o for o in outcomes if not o.success]
    return TableVerdict(
        table=table,
        expectations=len(outcomes),
        passed=not failed,
        is_critical=any(o.severity == "critical" for o in failed),
        failed={o.id: o.failed_count for o in failed},
        failing_keys={o.id: o.failing_keys for o in failed},
    )


def write_drift(home: Home, *, every: bool = False) -> pd.DataFrame:
    """Compare each source's latest period with its earlier ones; the comparisons that exceed their threshold.

    The comparisons of a table whose rows did not change are kept, unless `every` table is asked for.
    """
    from idtracker.quality.expectations.record import basis_of, read_record, write_record

    path = home.store.parent / COMPARISONS
    with open_store(home) as connection:
        contents = cached_hashes(connection, list(FACTS), anew=every)
        bases = {name: basis_of(content) for name, content in contents.items()}
        before = {} if every else read_record(path)
        unchanged = {n: entry for n, entry in before.items() if bases.get(n) == entry[0]}
        changed = [n for n in bases if n not in unchanged]
        record = unchanged | {n: (bases[n], rows) for n, rows in _compared(connection, changed).items()}
        drift = conform_types(pd.DataFrame([r for n in FACTS for r in record[n][1]]), OPERATIONS["drift"])
        replace_table(connection, "drift", kept_markings(connection).mark(drift, drift["source_id"]))
    write_record(path, record)
    return drift[drift["is_drift"]]


def _compared(connection: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> dict[str, list[dict[str, object]]]:
    """Rows of the table `drift` by fact table."""
    from idtracker.quality.expectations.drift import measure_drift

    compared: dict[str, list[dict[str, object]]] = {}
    for name in counted("tables compared", tables):
        rows = measure_drift(connection, [name]).astype(object)
        plain = rows.where(rows.notna(), None).to_dict("records")
        compared[name] = [{str(column): value for column, value in row.items()} for row in plain]
    return compared


def data_docs_folder(home: Home) -> Path:
    """Where the Data Docs wait for the next publication."""
    return home.store.parent / "data_docs"


def _expectations(context: Context) -> StepResult:
    every = context.is_thorough
    verdicts = check_expectations(context.home, context.catalogue, context.now, context.until, every=every)
    drift = write_drift(context.home, every=every)
    shown = drift.drop(columns=["is_drift"]).astype(object).where(drift.notna(), None).to_dict("records")
    unlike = Check("drift", drift.empty, is_error=False, details={"count": len(drift), "drift": shown})
    figures = {"expectations": sum(v.expectations for v in verdicts)}
    return StepResult(figures, (*(verdict_check(v) for v in verdicts), unlike))


def verdict_check(verdict: TableVerdict) -> Check:
    """The outcome of one table's expectations, with the keys of every failing row."""
    details = {"expectations": verdict.expectations, "failed": verdict.failed, "failing_keys": verdict.failing_keys}
    return Check(verdict.table, verdict.passed, verdict.is_critical, details=details)


EXPECTATIONS = Step(
    "tracker/expectations",
    (
        *("tracker/scores", "tracker/uncertainty", "tracker/judgements", "tracker/warnings", "tracker/rounds"),
        *("tracker/consequences", "tracker/indices", *(f"metrics/{name}" for name in families()), "tracker/framework"),
    ),
    _expectations,
    "Expectations over the merged tables, generated from the contract and stated, with Data Docs as static pages.",
    (),
    (
        *(CheckSpec(name, f"Great Expectations suite of the table {name}.") for name in EXPECTED_TABLES),
        CheckSpec("drift", "The latest period of every source is like its earlier ones: rows, cells, distributions."),
    ),
)
