"""What an assistant may ask of one audience's current publication, and what every answer carries."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import pandas as pd
from pydantic import Field

from idtracker.model.document import Count, Document
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.model.json_values import plain
from idtracker.model.marking import HIGHEST, Marking, marking_of, united
from idtracker.model.tables import TABLES, columns_of, grain
from idtracker.publish.reading.cited import Cited, cite
from idtracker.publish.reading.known_at import instant
from idtracker.publish.reading.publication import Publication
from idtracker.publish.reading.sandbox import running, tables_read
from idtracker.publish.reading.tracker import Tracker

MOST_ROWS, USUAL_ROWS, MOST_NODES = 1000, 100, 100
TIMEOUT_S = 30.0
_BEHIND_SCORES = ("score", "merged_cell", "cell_report", "observation", "event", "survey_response", "submission")


class Answer(Document):
    """What stands beside everything that is read from a publication."""

    audience: str = Field(description="whose publication it is")
    as_known_at: str = Field(description="instant of knowledge, UTC")
    classification: str = Field(description="the highest marking of everything that the answer may rest on")
    releasable_to: str | None = Field(description="groups that may see all of it; null: nobody but those who marked it")
    notice: str = Field(description="what every reader must know, such as that figures are invented")


class QueryAnswer(Answer):
    """Rows of a query."""

    columns: list[str] = Field(description="names of the columns")
    rows: list[list[Any]] = Field(description="the rows; null is not stated, never zero")
    is_cut: bool = Field(description="whether there are more rows than these")


class ExplainedAnswer(Answer):
    """A figure and everything behind it."""

    explanation: dict[str, Any] = Field(description="a tree of what, value and because")


class CitedAnswer(Answer):
    """One value by its address."""

    cited: Cited = Field(description="the value and what has to be said with it")


class PublicationAnswer(Answer):
    """What is published."""

    programme: str = Field(description="programme")
    publication: str = Field(description="name of the publication")
    tables: dict[str, str] = Field(description="each table with what one row of it is")


class ColumnAnswer(Document):
    """A column of a table."""

    name: str = Field(description="name")
    kind: str = Field(description="kind of value")
    meaning: str = Field(description="what it means")
    unit: str | None = Field(description="unit")
    codelist: str | None = Field(description="codelist; its codes are in the table `codelist`")


class TableAnswer(Answer):
    """A table of the data dictionary."""

    table: str = Field(description="name")
    row: str = Field(description="what one row is")
    rows: Count = Field(description="number of rows")
    key: list[str] = Field(description="columns that name a row")
    columns: list[ColumnAnswer] = Field(description="columns in their order")


class Assistance:
    """Answers questions about what is published now for one audience; one at a time, since they share an engine.

    A newer publication is opened as soon as there is one. One past instant is held open beside the present.
    """

    def __init__(self, home: Home, audience_id: str) -> None:
        """NotPublishedError where nothing is published, UsageError where there is no such audience."""
        self._home, self._audience, self._lock = home, audience_id, Lock()
        self._open: dict[str, Tracker] = {}
        with self.reading():
            pass

    @contextmanager
    def reading(self, as_known_at: str | None = None) -> Iterator[Tracker]:
        """The current publication, now or as it was known at a day or instant (UTC)."""
        with self._lock:
            publication = Publication.of_home(self._home, self._audience)
            if any(tracker.publication.database != publication.database for tracker in self._open.values()):
                self.close()
            at = instant(as_known_at) if as_known_at else None
            key = "" if at is None else at.isoformat()
            if key not in self._open:
                for other in [name for name in self._open if name and key]:
                    self._open.pop(other).close()
                self._open[key] = Tracker(publication, at=at)
            yield self._open[key]

    def close(self) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def query(self, sql: str, limit: int, as_known_at: str | None) -> QueryAnswer:
        """The first rows of one SELECT. UsageError for a mistake in it, and for a look at anything else."""
        if not 1 <= limit <= MOST_ROWS:
            raise UsageError(f"limit: write a number from 1 to {MOST_ROWS}.")
        with self.reading(as_known_at) as tracker:
            with running(tracker.connection, sql, TIMEOUT_S) as result:
                rows, columns = result.rows(limit + 1), list(result.columns)
            return QueryAnswer(
                **self._beside(tracker, tables_read(sql)),
                columns=columns,
                rows=[[_cell(value) for value in row] for row in rows[:limit]],
                is_cut=len(rows) > limit,
            )

    def explain_score(
        self, place: str, period: str, node: str | None, since: str | None, limit: int, as_known_at: str | None
    ) -> ExplainedAnswer:
        """What a score is made of, or why it moved since a quarter or an instant."""
        with self.reading(as_known_at) as tracker:
            tree = tracker.explain_score(place, period, node, _nodes(limit), since)
            return ExplainedAnswer(**self._beside(tracker, _BEHIND_SCORES), explanation=tree.printed())

    def explain_metric(
        self, metric_id: str, period: str | None, scope: str, limit: int, as_known_at: str | None
    ) -> ExplainedAnswer:
        """Numerator, denominator and rows behind a metric."""
        from idtracker.analyse.metrics.registry import metric_of

        with self.reading(as_known_at) as tracker:
            tree = tracker.explain_metric(metric_id, period, scope, _nodes(limit))
            read = {"metric_value", "submission", *metric_of(metric_id.upper()).inputs}
            return ExplainedAnswer(**self._beside(tracker, read), explanation=tree.printed())

    def cite(self, address: str) -> CitedAnswer:
        """The value at an address."""
        with self.reading() as tracker:
            cited = cite(tracker, address)
            beside = self._beside(tracker, ()) | {
                "classification": cited.classification,
                "releasable_to": cited.releasable_to,
            }
            return CitedAnswer(**beside, cited=cited)

    def publication(self) -> PublicationAnswer:
        """What is published, and the tables."""
        with self.reading() as tracker:
            return PublicationAnswer(
                **self._beside(tracker, None),
                programme=str(tracker.publication.manifest.get("programme", "")),
                publication=tracker.publication.folder.name,
                tables={name: grain(TABLES[name]) for name in tracker.tables},
            )

    def table(self, name: str) -> TableAnswer:
        """A table of the data dictionary. UsageError, with the nearest name, where there is none."""
        with self.reading() as tracker:
            tracker.columns(name)  # where there is no such table, this says so
            counted = tracker.sql(f'SELECT count(*) AS n FROM "{name}"')
            return TableAnswer(
                **self._beside(tracker, (name,)),
                table=name,
                row=grain(TABLES[name]),
                rows=int(counted["n"].iloc[0]),
                key=list(TABLES[name].key),
                columns=[
                    ColumnAnswer(name=s.name, kind=s.kind, meaning=s.description, unit=s.unit, codelist=s.codelist)
                    for s in columns_of(TABLES[name])
                ],
            )

    def _beside(self, tracker: Tracker, tables: Collection[str] | None) -> dict[str, Any]:
        """What stands beside an answer that rests on some tables (None: on all of them)."""
        return {
            "audience": self._audience,
            "as_known_at": f"{tracker.known_at.isoformat()}Z",
            "notice": tracker.notice,
            **marking_over(tracker, tables).columns,
        }


def marking_over(tracker: Tracker, tables: Collection[str] | None) -> Marking:
    """The high-water mark of the rows of some tables; of all where one of them is not a table of the publication."""
    present = set(tracker.tables)
    chosen = present if tables is None or not set(tables) <= present else set(tables)
    marks = []
    for name in sorted(chosen):
        if {"classification", "releasable_to"} <= {spec.name for spec in columns_of(TABLES[name])}:
            rows = tracker.connection.execute(f'SELECT DISTINCT classification, releasable_to FROM "{name}"').fetchall()
            marks += [marking_of(*row) for row in rows]
    return united(marks) or HIGHEST


def _nodes(limit: int) -> int:
    if not 1 <= limit <= MOST_NODES:
        raise UsageError(f"limit: write a number from 1 to {MOST_NODES}.")
    return limit


def _cell(value: object) -> object:
    """A value as JSON can hold it: numbers as they are where JSON has them, everything else as text."""
    if isinstance(value, list | tuple):
        return [_cell(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _cell(one) for name, one in value.items()}
    shown = plain(value, instants=True) if not isinstance(value, bytes | pd.Timedelta) else str(value)
    if isinstance(shown, float) and shown in (float("inf"), float("-inf")):
        return str(shown)
    return shown if shown is None or isinstance(shown, str | int | float | bool) else str(shown)
