"""Rows about a round's quarter that were recorded after its cut-off."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pandas as pd

from idtracker.model.marking import Marking, marking_of
from idtracker.model.periods import period_bounds

_OBSERVED = "period_start <= $until AND period_end >= $since"
_QUARTER = {
    "observation": ("org_id", _OBSERVED),
    "event": ("originator_org_id", "event_on <= $until AND coalesce(event_end_on, event_on) >= $since"),
    "survey_response": ("originator_org_id", _OBSERVED),
}
"""Fact tables that cells are made of: whose a row is, and whether it speaks of the quarter."""

_WAS_KNOWN = """WHERE was.fact_id = came.fact_id AND was.submission_id = came.submission_id
AND was.recorded_from <= $cutoff AND (was.recorded_to IS NULL OR was.recorded_to > $cutoff)"""


@dataclass(frozen=True, slots=True)
class LateRows:
    """Rows of one table, submission and organisation that came and went together after a cut-off."""

    table: str
    source_id: str
    org_id: str | None
    submission_id: str
    begins: pd.Timestamp
    ends: pd.Timestamp | None
    marking: Marking
    rows: int

    def is_known(self, at: pd.Timestamp | None) -> bool:
        """Whether they were known at an instant (None: now)."""
        return self.ends is None if at is None else self.begins <= at and (self.ends is None or self.ends > at)


def late_rows(connection: duckdb.DuckDBPyConnection, period: str, cutoff: pd.Timestamp) -> list[LateRows]:
    """Every row about a quarter that came after a cut-off (UTC), whether it is still known or not, in a fixed order.

    A row that was known at the cut-off and counts again, because what took its place was withdrawn, did not come late.
    """
    since, until = period_bounds(period)
    parts = " UNION ALL ".join(
        f"SELECT '{table}', source_id, {org}, submission_id, recorded_from, recorded_to, classification, releasable_to, "
        f"count(*) FROM {table} AS came WHERE recorded_from > $cutoff AND {about} "
        f"AND NOT EXISTS (SELECT 1 FROM {table} AS was {_WAS_KNOWN}) GROUP BY ALL"
        for table, (org, about) in _QUARTER.items()
    )
    rows = connection.execute(
        f"SELECT * FROM ({parts}) ORDER BY ALL", {"since": since, "until": until, "cutoff": cutoff}
    ).fetchall()
    return [
        LateRows(
            *(table, source, org, submission, pd.Timestamp(begins), None if ends is None else pd.Timestamp(ends)),
            *(marking_of(classification, releasable_to), int(count)),
        )
        for table, source, org, submission, begins, ends, classification, releasable_to, count in rows
    ]
