"""Why a published metric has its value: the published tables handed to the metric's own explanation."""

from __future__ import annotations

from idtracker.analyse.metrics.known.tables import ACTS
from idtracker.analyse.metrics.registry import metric_of
from idtracker.explain.metric import explain
from idtracker.explain.trees import files_of, with_files
from idtracker.model.errors import UsageError
from idtracker.model.explanation import Node
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.register.entity_columns import apply_entity_map
from idtracker.model.tables import FACTS, REFERENCE
from idtracker.model.tables.vintages import vintages_of
from idtracker.publish.current import open_published
from idtracker.publish.manifest import read_manifest
from idtracker.publish.tracker import instant
from idtracker.store.tables import known_facts, read_table

_DERIVED = ("merged_cell", "cell_report", "score", "trend", "obligation", "round", "round_organisation")
"""Derived tables that metrics read."""


def _with_versions(table: str) -> str:
    """The table that holds every version of another: of a fact table itself."""
    return table if table in FACTS else vintages_of(table)


def explain_metric(
    home: Home,
    metric_id: str,
    scope: str,
    period: str | None = None,
    as_known_at: str | None = None,
    audience_id: str = DEFAULT_AUDIENCE,
    limit: int | None = 100,
) -> Node:
    """The tree behind a metric in one quarter, from what is published or was known at a past instant.

    `period` left out is the last published one of the metric; `limit` bounds the units under a figure. UsageError for an unknown metric, period or scope.
    """
    chosen = metric_of(metric_id.upper())
    with open_published(home, audience_id, as_known_at) as published:
        values = read_table(published, "metric_value", f"metric_id = '{chosen.id}'")
        periods = sorted(values["period"].unique())
        if not periods:
            raise UsageError(f"{chosen.id} has no published value yet.")
        if period is not None and period not in periods:
            raise UsageError(f"{chosen.id} has no value in {period}; there are: {', '.join(periods)}.")
        facts = known_facts(published)
        derived = {t: read_table(published, t) for t in _DERIVED}
        derived |= {stored: read_table(published, stored) for stored in map(_with_versions, chosen.versions)}
        acts = [name for name in chosen.inputs if name in ACTS]
        reference = {t: read_table(published, t) for t in (*REFERENCE, *acts)}
        files = files_of(published)
    at = instant(as_known_at or str((read_manifest(home, audience_id) or {})["as_of"]))
    known, reference = (
        apply_entity_map({**facts, **derived}, reference["entity"]),
        apply_entity_map(reference, reference["entity"]),
    )
    tree = explain(chosen.id, known, reference, period or periods[-1], scope, as_of=at, limit=limit)
    return with_files(tree, files)
