"""Metrics that read observations of a few quarters only are measured some quarters at a time where observations are many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd

from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import Metric
from idtracker.model.steps.blocks import in_blocks

TABLE = "observation"
MOST_ROWS = 250_000
"""Observations that end in the quarters of one span; a single quarter may have more."""
Due = Mapping[pd.Timestamp, list[tuple[str, str]]]
"""Instant -> metrics and quarters to be measured at it."""


@dataclass(frozen=True, slots=True)
class Span:
    """Metrics to be measured together, where and when, and in SQL the rows of long tables that they can read."""

    chosen: list[Metric]
    due: Due
    only: Mapping[str, str]


def spans(connection: duckdb.DuckDBPyConnection, chosen: Sequence[Metric], due: Due) -> Iterator[Span]:
    """What is due in spans: one, where observations are few or no metric says how far back it reads them."""
    far = {m.observed_quarters for m in chosen if m.observed_quarters}
    rows = _rows_by_quarter(connection) if far else {}
    if sum(rows.values()) <= MOST_ROWS:
        yield Span(list(chosen), due, {})
        return
    for quarters in (0, *sorted(far)):
        part = [m for m in chosen if m.observed_quarters == quarters]
        own = _of(due, {m.id for m in part}, None)
        codes = sorted({code for pairs in own.values() for _, code in pairs})
        if quarters == 0 and codes:
            yield Span(part, own, {})
        for block in in_blocks(codes, rows, MOST_ROWS) if quarters else ():
            only = _only(block, quarters, any(TABLE in m.versions for m in part))
            yield Span(part, _of(own, {m.id for m in part}, block), {TABLE: only})


def _rows_by_quarter(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Quarter -> versions of observations whose period ends in it."""
    found = connection.execute(
        f"SELECT year(period_end), quarter(period_end), count(*) FROM {TABLE} WHERE period_end IS NOT NULL GROUP BY ALL"
    ).fetchall()
    return {f"{year}-Q{number}": count for year, number, count in found}


def _of(due: Due, metric_ids: set[str], codes: Sequence[str] | None) -> Due:
    """The part of what is due that is about some metrics, in some quarters or all."""
    return {
        at: [(i, code) for i, code in pairs if i in metric_ids and (codes is None or code in codes)]
        for at, pairs in due.items()
    }


def _only(block: Sequence[str], quarters: int, has_versions: bool) -> str:
    """In SQL the observations that meet the quarters of a block and those before, so many with each; all versions of one where they are read."""
    first, last = Quarter.of(block[0]), Quarter.of(block[-1])
    for _ in range(quarters - 1):
        first = first.previous()
    since, until = f"DATE '{first.start:%Y-%m-%d}'", f"DATE '{last.end:%Y-%m-%d}'"
    meets = (
        f"((period_end IS NULL OR period_end >= {since}) AND (period_start IS NULL OR period_start <= {until})"
        f" OR period_end BETWEEN {since} AND {until})"
    )
    return f"fact_id IN (SELECT fact_id FROM {TABLE} WHERE {meets})" if has_versions else meets
