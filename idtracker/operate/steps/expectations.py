"""Expectations over the tables of the store, and drift of the sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.model.home import Settings
from idtracker.model.tables import DERIVED, FACTS, TABLES
from idtracker.store.connection import open_store
from idtracker.store.copies import content_hashes
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.tables import (
    count_rows,
    known_now,
    read_table,
    reference_tables,
    replace_table,
)

if TYPE_CHECKING:
    from idtracker.quality.expectations.outcome import Outcome

EXPECTED_TABLES = [*FACTS, *DERIVED]
JUDGED_TABLES = [*EXPECTED_TABLES, "indicator", "place"]
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
    settings: Settings, catalogue: Catalogue, now: datetime, until: datetime | None, *, every: bool = False
) -> list[TableVerdict]:
    """Judge the merged tables by generated and stated suites; leave Data Docs and the failing rows' keys beside the store.

    A table of which nothing changed since it was judged keeps its verdict and pages, unless `every` table is asked for.
    A table without rows has nothing to be judged: its verdict counts no expectation.
    """
    from idtracker.quality.expectations.declared import read_stated
    from idtracker.quality.expectations.outcome import outcomes_frame
    from idtracker.quality.expectations.pages import has_pages, publish_index
    from idtracker.quality.expectations.record import basis_of, read_record, write_record
    from idtracker.quality.expectations.run import judge_suites, suites_of

    folder, notice = data_docs_folder(settings), catalogue.programme.notice
    as_of = day_of_knowledge(settings, catalogue, now, until)
    with open_store(settings) as connection:
        names = [name for name in JUDGED_TABLES if count_rows(connection, name)]
        content = content_hashes(connection, names)
        tables = _Tables(connection)
        codes = {str(s): g["code"].tolist() for s, g in tables["codelist"].groupby("scheme")}
        suites = suites_of(names, codes, tables, as_of=as_of, stated=read_stated(settings.sources))
        bases = {name: basis_of(content[name], suite, notice) for name, suite in suites.items()}
        before = {} if every else read_record(folder)
        kept = {n: o for n, (basis, o) in before.items() if bases.get(n) == basis and has_pages(folder, n, o)}
        changed = {name: suite for name, suite in suites.items() if name not in kept}
        judged = judge_suites(changed, tables.__getitem__, folder, {}, as_of=as_of, notice=notice)
    by_table = {name: kept.get(name) or [o for o in judged if o.table == name] for name in suites}
    outcomes = [o for found in by_table.values() for o in found]
    publish_index(folder, outcomes, as_of, notice)
    outcomes_frame([o for o in outcomes if not o.success]).to_parquet(folder / FAILING, index=False)
    write_record(folder, {name: (bases[name], found) for name, found in by_table.items()})
    return [_verdict(name, by_table.get(name, [])) for name in EXPECTED_TABLES]


def _verdict(table: str, outcomes: list[Outcome]) -> TableVerdict:
    failed = [o for o in outcomes if not o.success]
    return TableVerdict(
        table=table,
        expectations=len(outcomes),
        passed=not failed,
        is_critical=any(o.severity == "critical" for o in failed),
        failed={o.id: o.failed_count for o in failed},
        failing_keys={o.id: o.failing_keys for o in failed},
    )


class _Tables(Mapping[str, pd.DataFrame]):
    """The tables of the store, each read when it is asked for; only reference tables stay in memory."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection, self._reference = connection, reference_tables(connection)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._reference[name] if name in self._reference else read_table(self._connection, name)

    def __iter__(self) -> Iterator[str]:
        return iter(TABLES)

    def __len__(self) -> int:
        return len(TABLES)


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
