"""Integration metrics, a family at a time."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import duckdb
import pandas as pd

from idtracker.analyse.history.metrics import derive_metrics
from idtracker.analyse.history.network_changes import derive_network_changes, derive_pairs
from idtracker.analyse.history.readings import Basis, baseline_quarter
from idtracker.analyse.metrics.registry import Metric, family
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.operate.step import Check, CheckSpec, Context, Figures, Step, StepResult
from idtracker.operate.steps.figures.derived import derived_tables
from idtracker.operate.steps.rounds import ROUNDS
from idtracker.store.tables import count_rows

NETWORK, NETWORK_CHANGE = "network", "network_change"
"""The family whose step also says why its figures moved, and the table that says it."""
OVERLAP, PAIR = "overlap", "pair"
"""The family whose step also lists who works with whom, and the table that does."""
_BESIDE = {NETWORK: (NETWORK_CHANGE,), OVERLAP: (PAIR,)}
QUARTERS = 12
"""Quarters that the history of a family shows."""
_CHECK = CheckSpec("inputs", "no source that feeds the figures of the latest quarter owes a newer report than it sent")


def write_metrics(
    home: Home, catalogue: ProgrammeCatalogue, family_id: str, now: datetime, until: datetime | None
) -> tuple[Figures, Check]:
    """Measure one family at the ends of months, at rounds and on the day of knowledge; what it says now, and whether its inputs are stale.

    Figures are the rows, the suppressed ones, the first measure of each metric for the programme in the latest quarter as
    `IM-01 value`, and these measures quarter by quarter as `history`.
    """
    named = ", ".join(f"'{m.id}'" for m in family(family_id))
    with derived_tables(home, catalogue, now, until) as (connection, line, as_of):
        basis = Basis.of(catalogue, baseline_quarter(connection, catalogue))
        derive_metrics(connection, line, as_of, family_id, basis)
        if family_id == NETWORK:
            derive_network_changes(connection, line, as_of)
        if family_id == OVERLAP:
            derive_pairs(connection, line, as_of)
        every = count_rows(connection, "metric_value", f"metric_id IN ({named})")
        stated = count_rows(connection, "metric_value", f"metric_id IN ({named}) AND suppressed_reason IS NULL")
        history = _history(connection, family(family_id))
        check = _inputs(connection, named)
    latest = history.iloc[:, -1].dropna() if history.shape[1] else pd.Series(dtype="float64")
    shown = {str(name): float(value) for name, value in latest.items()}
    counted = {"dagster/row_count": every, "suppressed": every - stated}
    return {**counted, **shown, "history": _as_texts(history)}, check


def _history(connection: duckdb.DuckDBPyConnection, members: list[Metric]) -> pd.DataFrame:
    """The first measure of each metric for the programme: a row per metric, a column per quarter, the latest ones."""
    first = {m.id: next(iter(m.measures)) for m in members}
    pairs = ", ".join(f"('{metric_id}', '{measure}')" for metric_id, measure in first.items())
    rows = connection.execute(
        f"""SELECT metric_id || ' ' || measure AS name, period, value FROM metric_value
        WHERE scope = 'programme' AND (metric_id, measure) IN ({pairs}) ORDER BY ALL"""
    ).df()
    history: pd.DataFrame = rows.pivot(index="name", columns="period", values="value").iloc[:, -QUARTERS:]
    return history


def _as_texts(history: pd.DataFrame) -> pd.DataFrame:
    """The same for reading: three digits after the point, empty where a value is withheld."""
    texts = history.map(lambda value: "" if pd.isna(value) else f"{value:.3f}".rstrip("0").rstrip("."))
    return texts.rename_axis(columns=None).reset_index(names="metric")


def _inputs(connection: duckdb.DuckDBPyConnection, named: str) -> Check:
    """Whether sources owe what the figures of the latest quarter rest on, and how many metrics do."""
    late = connection.execute(
        f"""SELECT DISTINCT metric_id, unnest(string_split(overdue_source_ids, ';')) AS source_id FROM metric_value
        WHERE metric_id IN ({named}) AND is_stale AND period = (SELECT max(period) FROM metric_value)"""
    ).fetchall()
    metrics, sources = (sorted({row[n] for row in late}) for n in (0, 1))
    said = f"{', '.join(sources)} owe reports that feed {', '.join(metrics)}" if late else None
    details = {"stale_metrics": len(metrics), "overdue_sources": ";".join(sources)}
    return Check(_CHECK.name, not late, is_error=False, description=said, details=details)


def _metrics(name: str, context: Context) -> StepResult:
    figures, check = write_metrics(context.home, context.catalogue, name, context.now, context.until)
    return StepResult(figures, (check,))


def _runs(ids: list[str]) -> str:
    """Identifiers in order, those whose numbers follow each other as `IM-01 to IM-07`."""
    runs: list[list[str]] = []
    for one in ids:
        if runs and int(one[3:]) == int(runs[-1][-1][3:]) + 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def metrics_step(name: str) -> Step:
    """The step of one family."""
    description = f"Integration metrics {_runs([metric.id for metric in family(name)])}: {name}."
    inputs = ("tracker/scores", ROUNDS.name)
    tables = ("metric_value", *_BESIDE.get(name, ()))
    return Step(f"metrics/{name}", inputs, partial(_metrics, name), description, tables, (_CHECK,))
