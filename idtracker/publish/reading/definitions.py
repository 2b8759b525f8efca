"""What figures rest on beside rows, read from the publication itself: sources with their cadence, and the framework."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from idtracker.analyse.framework.published import DEFINITION, FRAMEWORK_ROW, framework_in
from idtracker.analyse.history.readings import Basis
from idtracker.ingest.judge.reported.published_sources import SOURCE, sources_in
from idtracker.model.config.reporting_calendar import ReportingSource
from idtracker.model.errors import OtherTablesError, UsageError
from idtracker.model.framework.definition import Framework
from idtracker.model.framework.load import LoadedFramework
from idtracker.model.marking import HIGHEST, Marking, marking_of


@dataclass(frozen=True, slots=True)
class Definitions:
    """The sources of a publication, and its framework with the marking of what follows from no row; None where it names none."""

    sources: Sequence[ReportingSource]
    framework: Framework | None
    own: Marking

    def basis(self, baseline: str | None) -> Basis:
        """What metrics rest on beside the store."""
        feeds: dict[str, list[str]] = {}
        for source in self.sources:
            for table in source.feeds:
                feeds.setdefault(table, []).append(source.id)
        return Basis(baseline, feeds)


def read_definitions(connection: duckdb.DuckDBPyConnection, schema: str = "main") -> Definitions:
    """The definitions that are published in a schema.

    OtherTablesError where the publication is of a version that published none. UsageError where figures of the framework are
    there and its definition is not: it is marked for others.
    """
    try:
        rows = connection.execute(
            f"SELECT kind, definition, classification, releasable_to FROM {schema}.{DEFINITION} ORDER BY kind, definition_id"
        ).fetchall()
    except duckdb.CatalogException as problem:
        raise OtherTablesError from problem
    sources = sources_in(text for kind, text, *_ in rows if kind == SOURCE)
    for kind, text, classification, releasable_to in rows:
        if kind == FRAMEWORK_ROW:
            return Definitions(sources, framework_in(text), marking_of(classification, releasable_to))
    views = connection.execute(f"SELECT count(*) FROM {schema}.kpq_view").fetchone()
    if views and views[0]:
        raise UsageError(
            "The definition of the framework is not in this publication, which has rows that follow from it: the table "
            "`definition` has no row `framework`."
        )
    return Definitions(sources, None, HIGHEST)


def published_framework(connection: duckdb.DuckDBPyConnection) -> LoadedFramework:
    """The framework of a publication, of which only what was sound is published: nothing can be said of the rest."""
    return LoadedFramework(read_definitions(connection).framework, (), (), "")
