"""What is missing for the questions and elements of a framework, and who could supply it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from idtracker.analyse.framework.answers import Poll
from idtracker.analyse.framework.series import Point
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.registry import metric_of
from idtracker.model.marking import Marking, marking_of, united
from idtracker.model.tables import FACTS
from idtracker.model.tables.column_inputs import MADE_OF

SUPPLIED = (None, "no_units", "not_yet_reported", "missing_cells")
"""Reasons for a missing figure that another report may end; None: it was not measured."""
OWED = ("due", "overdue")
_NOT_REPORTED = ("obligation", "round", "round_organisation", "round_action")
"""Tables about reports themselves, or about acts: a report that is owed adds nothing to them."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source, and the tables that it feeds."""

    source_id: str
    feeds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing in one quarter: its columns in the table and its marking."""

    gap: str
    columns: Mapping[str, object]
    marking: Marking | None


@cache
def fact_tables_of(metric_id: str) -> frozenset[str]:
    """The fact tables that a metric's figures come from, by way of derived tables too."""
    waiting, seen = [name for name in metric_of(metric_id).inputs if name not in _NOT_REPORTED], set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            made_of = {part.partition(".")[0] for inputs in MADE_OF.get(name, {}).values() for part in inputs}
            waiting += [part for part in made_of if part not in _NOT_REPORTED]
    return frozenset(seen & set(FACTS))


class Supply:
    """What sources owe: what could fill a gap of a metric."""

    def __init__(self, sources: Sequence[Source], obligations: pd.DataFrame) -> None:
        self._feeds = {source.source_id: source.feeds for source in sources}
        owed = obligations[obligations["state"].isin(OWED)].sort_values(["source_id", "period_start", "period"])
        owed = owed.astype("object")
        self._owed: list[dict[str, Any]] = owed.where(owed.notna(), None).to_dict("records")  # type: ignore[assignment]

    def owed(self, metric_ids: frozenset[str], period: str) -> Iterator[dict[str, Any]]:
        """The reports about days of a quarter that are owed and have not come, of sources that feed some metrics."""
        quarter = Quarter.of(period)
        tables = {table for metric_id in metric_ids for table in fact_tables_of(metric_id)}
        for row in self._owed:
            is_about = row["period_start"] <= quarter.end and row["period_end"] >= quarter.start
            if is_about and tables & self._feeds.get(row["source_id"], frozenset()):
                yield row

    def overdue(self, metric_ids: frozenset[str], period: str) -> Iterator[Gap]:
        """Those of the reports that are owed that are overdue."""
        for row in self.owed(metric_ids, period):
            if row["state"] == "overdue":
                yield Gap("OVERDUE_REPORT", _supplier(row), marking_of(row["classification"], row["releasable_to"]))


def missing_figures(points: Sequence[Point], ever: Mapping[tuple[str, str], bool], supply: Supply) -> Iterator[Gap]:
    """The series without a value in a quarter, beside each report that is owed and feeds them; `ever` says which were ever measured.

    Where no such report is owed, nothing that is expected would give the figure.
    """
    for point in points:
        if point.has_value:
            continue
        reason = point.columns["suppressed_reason"]
        columns = {"evidence_code": point.evidence_code, "scope": point.scope, "suppressed_reason": reason}
        gap = "NO_VALUE" if ever[point.evidence_code, point.scope] else "NEVER_MEASURED"
        marking = point.markings[0] if point.markings else None
        owed = list(supply.owed(frozenset({point.metric_id}), point.period)) if reason in SUPPLIED else []
        for row in owed:
            marks = [marking_of(row["classification"], row["releasable_to"]), *point.markings]
            yield Gap(gap, columns | _supplier(row), united(marks))
        if not owed:
            yield Gap(gap, columns, marking)


def _supplier(row: Mapping[str, Any]) -> dict[str, object]:
    """The source and organisation that owe a report, and its period."""
    return {"source_id": row["source_id"], "org_id": row["org_id"], "report_period": row["period"]}


def silent_teams(poll: Poll) -> Iterator[Gap]:
    """The teams that were asked a question and did not answer it; or that nobody was."""
    marking = united(sorted(poll.roster_markings, key=str))
    for org, scope in poll.roster:
        if (org, scope) not in poll.replies:
            yield Gap("SILENT_TEAM", {"org_id": org, "scope_id": scope}, marking)
    if not poll.roster:
        yield Gap("EMPTY_ROSTER", {}, None)
