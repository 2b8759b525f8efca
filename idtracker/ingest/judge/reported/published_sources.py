"""The rows of the table `definition` about sources: what figures rest on of each, without the layout of its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from idtracker.ingest.judge.reported.coverage import names_days
from idtracker.model.config.reporting_calendar import ReportingSource
from idtracker.model.config.source import Source
from idtracker.model.tables import TABLES, columns_of, conform_types

TABLE, SOURCE = "definition", "source"


def source_rows(sources: Mapping[str, Source]) -> pd.DataFrame:
    """One row for each source, in order, marked as its rows are."""
    rows = [
        {
            "kind": SOURCE,
            "definition_id": source.id,
            "definition": _stated(source).model_dump_json(),
            **source.handling.marking.columns,
        }
        for _, source in sorted(sources.items())
    ]
    model = TABLES[TABLE]
    return conform_types(pd.DataFrame(rows, columns=[spec.name for spec in columns_of(model)]), model)


def sources_in(definitions: Iterable[str]) -> list[ReportingSource]:
    """The sources that such rows state."""
    return [ReportingSource.model_validate_json(text) for text in definitions]


def _stated(source: Source) -> ReportingSource:
    return ReportingSource(
        id=source.id,
        title=source.title,
        publisher=source.publisher,
        owner=source.owner,
        cadence=source.cadence,
        handling=source.handling,
        feeds=list(source.feeds),
        is_of_days=names_days(source),
    )
