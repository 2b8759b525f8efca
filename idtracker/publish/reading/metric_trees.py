"""Why a published metric has its value: the published tables handed to the metric's own explanation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import pandas as pd

from idtracker.analyse.metrics.known.tables import ACTS
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import Metric, metric_of
from idtracker.explain.metric import explain
from idtracker.explain.network.change import explain_network_change
from idtracker.explain.trees import files_of, with_files
from idtracker.model.errors import UsageError
from idtracker.model.explanation import Node, node
from idtracker.model.messages import Lang
from idtracker.model.register.entity_columns import apply_entity_map
from idtracker.model.tables import FACTS, REFERENCE
from idtracker.model.tables.vintages import vintages_of
from idtracker.store.tables import known_now, read_table

_DERIVED = ("merged_cell", "cell_report", "score", "trend", "obligation", "round", "round_organisation")
"""Derived tables that metrics read."""
_OWED = "obligation"
"""What says that inputs are stale, for every metric."""


def _with_versions(table: str) -> str:
    """The table that holds every version of another: of a fact table itself."""
    return table if table in FACTS else vintages_of(table)


def metric_tree(
    published: duckdb.DuckDBPyConnection,
    at: pd.Timestamp,
    baseline: str | None,
    metric_id: str,
    scope: str = "programme",
    period: str | None = None,
    limit: int | None = 100,
    lang: Lang = "en",
) -> Node:
    """The tree behind a metric in one quarter, over published tables as known at `at`; `baseline` is the programme's quarter.

    `period` left out is the last published one of the metric; `limit` bounds the units under a figure. UsageError for an unknown metric, period or scope.
    """
    chosen = metric_of(metric_id.upper())
    read = _read(published, chosen)
    shown = read.quarter(period)
    values = read.values[(read.values["period"] == shown) & (read.values["scope"] == scope)]
    stale = _stale(values["overdue_source_ids"], read.facts[_OWED], Quarter.of(shown))
    tree = explain(
        chosen.id,
        read.facts,
        read.reference,
        shown,
        scope,
        as_of=at,
        limit=limit,
        baseline=baseline,
        of_inputs=stale,
        lang=lang,
    )
    return with_files(tree, read.files)


def metric_change_tree(
    published: duckdb.DuckDBPyConnection,
    at: pd.Timestamp,
    metric_id: str,
    since: str,
    period: str | None = None,
    lang: Lang = "en",
    limit: int | None = 100,
) -> Node:
    """The tree of why a network metric differs between the quarter `since` and another (default: the last published one).

    UsageError for an unknown metric or period, and for a metric that is not divided into causes.
    """
    chosen = metric_of(metric_id.upper())
    read = _read(published, chosen)
    return explain_network_change(
        chosen.id,
        read.facts,
        read.reference,
        read.quarter(since),
        read.quarter(period),
        as_of=at,
        lang=lang,
        limit=limit,
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What a metric reads as known at an instant, its values, and the files by submission."""

    chosen: Metric
    values: pd.DataFrame
    facts: dict[str, pd.DataFrame]
    reference: dict[str, pd.DataFrame]
    files: dict[str, dict[str, Any]]

    def quarter(self, period: str | None) -> str:
        """A quarter in which the metric has values, by default the last; UsageError for any other."""
        periods = sorted(self.values["period"].unique())
        if not periods:
            raise UsageError(f"{self.chosen.id} has no published value yet.")
        if period is not None and period not in periods:
            raise UsageError(f"{self.chosen.id} has no value in {period}; there are: {', '.join(periods)}.")
        return period or periods[-1]


def _read(published: duckdb.DuckDBPyConnection, chosen: Metric) -> _Known:
    values = read_table(published, "metric_value", f"metric_id = '{chosen.id}'")
    needed = {*chosen.inputs, _OWED}
    facts = {t: known_now(published, t) for t in FACTS if t in needed}
    derived = {t: read_table(published, t) for t in _DERIVED if t in needed}
    derived |= {stored: read_table(published, stored) for stored in map(_with_versions, chosen.versions)}
    acts = [name for name in chosen.inputs if name in ACTS]
    reference = {t: read_table(published, t) for t in (*REFERENCE, *acts)}
    return _Known(
        chosen,
        values,
        apply_entity_map({**facts, **derived}, reference["entity"]),
        apply_entity_map(reference, reference["entity"]),
        files_of(published),
    )


def _stale(listed: pd.Series, obligations: pd.DataFrame, quarter: Quarter) -> list[Node]:
    """The sources that owe a report: the newest that came for periods of the four quarters, beside the newest owed."""
    sources = sorted({source for text in listed.dropna() for source in text.split(";")})
    first = quarter.window()[0].start
    owed = obligations[(obligations["period_end"] >= first) & (obligations["period_end"] <= quarter.end)]
    owed = owed[~owed["is_derogated"].astype("bool")].sort_values("period_end")
    nodes = []
    for source in sources:
        reports = owed[owed["source_id"] == source]
        came, missing = reports[reports["received_at"].notna()].tail(1), reports[reports["received_at"].isna()].tail(1)
        said = [
            *(node("newest report", code) for code in came["period"]),
            *(node("overdue since", f"{day:%Y-%m-%d}") for day in missing["overdue_on"]),
        ]
        nodes.append(node(source, next(iter(missing["period"]), None), said))
    return [node("inputs are stale: reports that feed them are overdue", len(nodes), nodes)] if nodes else []
