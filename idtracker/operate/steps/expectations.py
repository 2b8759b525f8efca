"""Expectations over the tables of the store, and drift of the sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.model.home import Settings
from idtracker.model.tables import DERIVED, FACTS
from idtracker.store.connection import open_store
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.tables import (
    known_now,
    read_table,
    reference_tables,
    replace_table,
)

EXPECTED_TABLES = [*FACTS, *DERIVED]
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
