"""Who is present where in which sector, gathered in DuckDB from the table `activity_cell`: a row for each organisation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import duckdb
import pandas as pd

from idtracker.analyse.metrics.quarter import Quarter


class Stated(NamedTuple):
    """An organisation in a sector of an area (as in register.places_above), as typed, with its spend there, if any is stated."""

    org_id: str
    place_id: str
    sector: str
    spent: float | None


class Presence:
    """Presence as known at an instant, for which Delivered has been made on the same connection: it rests on its temporary tables."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, at: pd.Timestamp) -> None:
        self._connection, self._stated = connection, dict[str, list[Stated]]()
        connection.execute(_PRESENCE_SQL, {"at": at.to_pydatetime()})

    def gather(self, periods: Iterable[str]) -> None:
        """Gather what the metrics of some quarters need and is not at hand yet."""
        for quarter in (Quarter.of(code) for code in sorted(set(periods) - set(self._stated))):
            bounds = {"first": quarter.start.date(), "last": quarter.end.date()}
            rows = self._connection.execute(_STATED_SQL, bounds).fetchall()
            self._stated[quarter.code] = [Stated(*row) for row in rows]

    def stated(self, quarter: Quarter) -> list[Stated]:
        """A row for each organisation, area and sector as typed."""
        return self._stated[quarter.code]


_PRESENCE_SQL = """
CREATE OR REPLACE TEMP TABLE _presence AS
SELECT coalesce(o.entity_id, r.org_id) AS org_id, coalesce(p.area_id, r.place_id) AS place_id, sector,
  CASE WHEN s.activity_id IS NULL THEN spend END AS spend, coalesce(spend_currency, '') AS currency,
  CAST(coalesce(period_start, start_on, period_end, end_on) AS DATE) AS first_day,
  CAST(coalesce(period_end, end_on, period_start, start_on) AS DATE) AS last_day
FROM activity_cell r
  LEFT JOIN _alias o ON o.kind = 'organisation' AND o.member_id = r.org_id
  LEFT JOIN _area p ON p.place_id = r.place_id
  LEFT JOIN _spare s ON s.activity_id = r.activity_id
WHERE r.recorded_from <= $at AND (r.recorded_to IS NULL OR r.recorded_to > $at)
  AND status IS DISTINCT FROM '5' AND r.org_id IS NOT NULL AND r.place_id IS NOT NULL AND sector IS NOT NULL
"""
_STATED_SQL = """
WITH met AS (
  SELECT *, spend * ((least(last_day, $last) - greatest(first_day, $first) + 1) / (last_day - first_day + 1)) AS spent
  FROM _presence WHERE first_day <= $last AND last_day >= $first
), main AS (
  SELECT currency FROM met WHERE spent IS NOT NULL GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1
)
SELECT org_id, place_id, sector,
  fsum(spent ORDER BY spent) FILTER (currency = (SELECT currency FROM main)) AS spent
FROM met GROUP BY org_id, place_id, sector ORDER BY ALL
"""
