"""Who is present where in which sector, gathered in DuckDB from the table `activity_cell`: a row for each organisation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import duckdb
import pandas as pd

from idtracker.analyse.metrics.known.delivered import put_slots
from idtracker.analyse.metrics.known.delivered_sql import KNOWN
from idtracker.analyse.metrics.quarter import Quarter


class Stated(NamedTuple):
    """An organisation in a sector of an area (as in register.places_above), as typed, with its spend there, if any is stated."""

    org_id: str
    place_id: str
    sector: str
    spent: float | None


class Presence:
    """Presence as known at an instant, for which gather() of delivery was called last: it rests on its temporary tables."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, at: pd.Timestamp) -> None:
        self._connection, self.at, self._stated = connection, at, dict[str, list[Stated]]()

    def gather(self, periods: Iterable[str]) -> None:
        """Gather what the metrics of some quarters need and is not at hand yet."""
        gather_presence(self._connection, [(self, periods)])

    def stated(self, quarter: Quarter) -> list[Stated]:
        """A row for each organisation, area and sector as typed."""
        return self._stated[quarter.code]


def gather_presence(connection: duckdb.DuckDBPyConnection, wanted: Sequence[tuple[Presence, Iterable[str]]]) -> None:
    """Gather some quarters at several instants, those for which gather() of delivery was called last, in the same order."""
    slots = [(n, code) for n, (presence, codes) in enumerate(wanted) for code in sorted({*codes} - {*presence._stated})]
    if not slots:
        return
    put_slots(connection, slots)
    connection.execute(_PRESENCE_SQL)
    lists: list[list[Stated]] = [wanted[moment][0]._stated.setdefault(code, []) for moment, code in slots]
    for slot, *row in connection.execute(_STATED_SQL).fetchall():
        lists[slot].append(Stated(*row))


_PRESENCE_SQL = f"""
CREATE OR REPLACE TEMP TABLE _presence AS
SELECT i.moment, coalesce(o.entity_id, r.org_id) AS org_id, coalesce(p.area_id, r.place_id) AS place_id, sector,
  CASE WHEN s.activity_id IS NULL THEN spend END AS spend, coalesce(spend_currency, '') AS currency,
  CAST(coalesce(period_start, start_on, period_end, end_on) AS DATE) AS first_day,
  CAST(coalesce(period_end, end_on, period_start, start_on) AS DATE) AS last_day
FROM activity_cell r JOIN _instant i ON {KNOWN}
  LEFT JOIN _alias o ON o.kind = 'organisation' AND o.member_id = r.org_id
  LEFT JOIN _area p ON p.place_id = r.place_id
  LEFT JOIN _spare s ON s.moment = i.moment AND s.activity_id = r.activity_id
WHERE status IS DISTINCT FROM '5' AND r.org_id IS NOT NULL AND r.place_id IS NOT NULL AND sector IS NOT NULL
"""
_STATED_SQL = """
WITH met AS (
  SELECT q.slot, p.* EXCLUDE (moment),
    spend * ((least(last_day, q.last) - greatest(first_day, q.first) + 1) / (last_day - first_day + 1)) AS spent
  FROM _presence p JOIN _slot q ON p.moment = q.moment AND first_day <= q.last AND last_day >= q.first
), main AS (
  SELECT slot, currency AS mostly FROM met WHERE spent IS NOT NULL GROUP BY slot, currency
  QUALIFY row_number() OVER (PARTITION BY slot ORDER BY count(*) DESC, currency) = 1
)
SELECT slot, org_id, place_id, sector, fsum(spent ORDER BY spent) FILTER (currency = mostly) AS spent
FROM met LEFT JOIN main USING (slot) GROUP BY slot, org_id, place_id, sector ORDER BY ALL
"""
