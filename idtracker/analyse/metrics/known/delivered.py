"""Activities at work and who takes part in them, gathered in DuckDB: activities that look the same in a quarter are one row.

Activities look the same where the same organisations take part in them at the same places, for the same objectives and funds. Metrics count organisations,
places and activities, so one of them with how many there are (`times`) says as much as all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar

import duckdb
import pandas as pd
import pyarrow as pa

from idtracker.analyse.metrics.quarter import Quarter
from idtracker.model.register.places_above import areas_of

Rows = TypeVar("Rows")
TABLES = ("activity", "activity_cell", "participation")
_ROWS = 2_000_000
"""Rows times quarters that are gathered at once."""
_RECORDED = ("recorded_from", "recorded_to")
_KNOWN = "recorded_from <= $at AND (recorded_to IS NULL OR recorded_to > $at)"


class Working(NamedTuple):
    """The first of activities that look the same, and how many they are, at one of their places."""

    unit: str
    times: int
    place_id: str | None


class TakingPart(NamedTuple):
    """An organisation that takes part in them at a place."""

    unit: str
    times: int
    org_id: str | None
    place_id: str | None


class Spend(NamedTuple):
    """Spend of those that have any, and how many these are."""

    weight: float
    paid: int


class Serving(NamedTuple):
    """An objective that they serve, or a fund that pays for them, as a row that begins by the end of the quarter says."""

    unit: str
    objective_id: str | None
    fund: str | None


class Delivered:
    """Delivery as known from an instant on until the tables of activities change; quarters are gathered as they are needed.

    Spend is that of an area (as in register.places_above): `place` is the register that says where places lie. Its temporary tables are those of the connection: a new one ends the gathering of the one before.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, at: pd.Timestamp, place: pd.DataFrame) -> None:
        self._connection, self._at, rows = connection, at, 0
        _put_areas(connection, place)
        known = {"at": at.to_pydatetime()}
        connection.execute(_ALIAS_SQL)
        connection.execute(_SPARE_SQL, known)
        for name, statement in _TABLES_SQL.items():
            connection.execute(statement, known)
            rows += (connection.execute(f"SELECT count(*) FROM _{name}").fetchone() or (0,))[0]
        self._step = max(1, _ROWS // rows) if rows else 0
        self._gathered: set[str] = set()
        self._working: dict[str, list[Working]] = {}
        self._taking_part: dict[str, list[TakingPart]] = {}
        self._paid: dict[str, dict[tuple[str, str | None], Spend]] = {}
        self._currency: dict[str, str] = {}
        self._serving: dict[str, list[Serving]] = {}
        self.places = frozenset(place for (place,) in connection.execute(_PLACES_SQL, known).fetchall())
        named = connection.execute(_NAMED_SQL).fetchall()
        self.first_named: dict[tuple[str, str], int | None] = {(source, org): day for source, org, day in named}
        changes: list[tuple[datetime | None]] = connection.execute(_NEXT_CHANGE_SQL, known).fetchall()
        self._until = changes[0][0]

    def holds(self, at: pd.Timestamp) -> bool:
        """Whether the same is known at an instant."""
        return self._at <= at and (self._until is None or at < self._until)

    def gather(self, periods: Iterable[str]) -> None:
        """Gather what the metrics of some quarters need and is not at hand yet."""
        missing = sorted({code for period in periods for code in _needed(period)} - self._gathered)
        for n in range(0, len(missing), self._step) if self._step else ():  # of no rows nothing is gathered
            self._gather(missing[n : n + self._step])
        self._gathered.update(missing)

    def at_work(self, quarter: Quarter) -> list[Working]:
        """A row for each place."""
        return self._rows(self._working, quarter, [])

    def taking_part(self, quarter: Quarter) -> list[TakingPart]:
        """A row for each organisation and place."""
        return self._rows(self._taking_part, quarter, [])

    def paid(self, quarter: Quarter) -> dict[tuple[str, str | None], Spend]:
        """Positive spend by unit and area (none: everywhere)."""
        return self._rows(self._paid, quarter, {})

    def serving(self, quarter: Quarter) -> list[Serving]:
        """What they serve, and what pays for them."""
        return self._rows(self._serving, quarter, [])

    def currency(self, quarter: Quarter) -> str | None:
        """The currency of paid(), the one that most cells with spend state; None where none states any."""
        return self._rows(self._currency, quarter, "") or None

    def _rows(self, of: Mapping[str, Rows], quarter: Quarter, none: Rows) -> Rows:
        if quarter.code not in self._gathered:
            raise KeyError(f"{quarter.code} has not been gathered")
        return of.get(quarter.code, none)

    def _gather(self, quarters: list[str]) -> None:
        named, execute = [Quarter.of(code) for code in quarters], self._connection.execute
        spans = ", ".join(f"('{q.code}', DATE '{q.start:%Y-%m-%d}', DATE '{q.end:%Y-%m-%d}')" for q in named)
        execute(f"CREATE OR REPLACE TEMP TABLE _quarter AS SELECT * FROM (VALUES {spans}) q(period, first, last)")
        for statement in (_WORKING_SQL, _PART_SQL, _LABEL_SQL, _SAME_SQL):
            execute(statement)
        for period, *working in execute(_WORKING_ROWS_SQL).fetchall():
            self._working.setdefault(period, []).append(Working(*working))
        for period, *part in execute(_PART_ROWS_SQL).fetchall():
            self._taking_part.setdefault(period, []).append(TakingPart(*part))
        for period, unit, place, weight, paid in execute(_SPEND_ROWS_SQL).fetchall():
            self._paid.setdefault(period, {})[unit, place] = Spend(weight, paid)
        self._currency.update(execute(_CURRENCY_SQL).fetchall())
        for period, *label in execute(_LABEL_ROWS_SQL).fetchall():
            self._serving.setdefault(period, []).append(Serving(*label))


def _put_areas(connection: duckdb.DuckDBPyConnection, place: pd.DataFrame) -> None:
    """The area that each place counts in, as the table `_area`."""
    areas = areas_of(place)
    columns = {"place_id": list(areas), "area_id": list(areas.values())}
    connection.register("_areas", pa.table({name: pa.array(ids, pa.string()) for name, ids in columns.items()}))
    connection.execute("CREATE OR REPLACE TEMP TABLE _area AS FROM _areas")
    connection.unregister("_areas")


def _needed(period: str) -> list[str]:
    """A quarter and those before it that its metrics look at: its own window, and that of the quarter before."""
    window = Quarter.of(period).window()
    return [window[0].previous().code, *(q.code for q in window)]


_ALIAS_SQL = """
CREATE OR REPLACE TEMP TABLE _alias AS SELECT kind, member_id, entity_id FROM entity WHERE entity_id <> member_id
"""
_SPARE_SQL = f"""
CREATE OR REPLACE TEMP TABLE _spare AS
WITH named AS (
  SELECT entity_id, member_id FROM entity WHERE kind = 'activity' AND entity_id IN (SELECT entity_id FROM _alias)
), stating AS (
  SELECT DISTINCT n.entity_id, c.activity_id FROM named n JOIN activity_cell c ON c.activity_id = n.member_id
  WHERE c.spend IS NOT NULL AND {_KNOWN}
)
SELECT activity_id FROM stating
QUALIFY row_number() OVER (PARTITION BY entity_id ORDER BY activity_id <> entity_id, activity_id) > 1
"""
"""Activities whose amounts another identifier of the same activity states as well (as in register.entities)."""


def _table_sql(table: str, columns: str, where: str) -> str:
    """What is known of a table, each reviewed entity under one identifier."""
    return f"""
    CREATE OR REPLACE TEMP TABLE _{table} AS
    SELECT r.* REPLACE (coalesce(a.entity_id, r.activity_id) AS activity_id, coalesce(o.entity_id, r.org_id) AS org_id)
    FROM (SELECT {columns} FROM {table} WHERE {_KNOWN} AND {where}) r
      LEFT JOIN _alias a ON a.kind = 'activity' AND a.member_id = r.activity_id
      LEFT JOIN _alias o ON o.kind = 'organisation' AND o.member_id = r.org_id
    """


_PARTNER = (
    "coalesce((SELECT any_value(entity_id) FROM _alias WHERE kind = 'organisation' AND member_id = partner_org_id), "
    "partner_org_id) AS partner_org_id"
)
_TABLES_SQL = {
    "activity": _table_sql(
        "activity",
        f"source_id, activity_id, org_id, {_PARTNER}, place_id, status, start_on, end_on, period_start, period_end, objective_id, fund",
        "status IS DISTINCT FROM '5'",
    ),
    "activity_cell": _table_sql(
        "activity_cell",
        f"""source_id, activity_id, org_id, {_PARTNER}, place_id, start_on, end_on, period_start, period_end,
        CASE WHEN activity_id NOT IN (SELECT activity_id FROM _spare) THEN spend END AS spend,
        coalesce(spend_currency, '') AS currency,
        CAST(coalesce(period_start, start_on, period_end, end_on) AS DATE) AS first_day,
        CAST(coalesce(period_end, end_on, period_start, start_on) AS DATE) AS last_day""",
        "activity_id IS NOT NULL AND status IS DISTINCT FROM '5'",
    ),
    "participation": _table_sql(
        "participation", "source_id, activity_id, org_id, place_id, start_on, end_on, period_start, period_end", "TRUE"
    ),
}


def _meets(start: str, end: str) -> str:
    """Whether an interval of days meets the quarter q; a missing end or start is open, both missing is no interval."""
    return (
        f"(coalesce({start} <= q.last, TRUE) AND coalesce({end} >= q.first, TRUE) "
        f"AND coalesce({start}, {end}) IS NOT NULL)"
    )


_WORKING_SQL = f"""
CREATE OR REPLACE TEMP TABLE _working AS
SELECT q.period, r.activity_id, r.org_id, r.partner_org_id, r.place_id, NULL::DOUBLE AS spent, NULL AS currency
FROM _activity r JOIN _quarter q
  ON ({_meets("r.start_on", "r.end_on")} AND NOT (r.status IS NOT DISTINCT FROM '4' AND r.end_on IS NULL))
  OR {_meets("r.period_start", "r.period_end")}
UNION ALL
SELECT q.period, r.activity_id, r.org_id, r.partner_org_id, r.place_id,
  r.spend * ((least(r.last_day, q.last) - greatest(r.first_day, q.first) + 1) / (r.last_day - r.first_day + 1)),
  r.currency
FROM _activity_cell r JOIN _quarter q ON r.first_day <= q.last AND r.last_day >= q.first
"""
_PART_SQL = f"""
CREATE OR REPLACE TEMP TABLE _part AS
WITH stated AS (
  SELECT q.period, r.activity_id, r.org_id, r.place_id FROM _participation r JOIN _quarter q
    ON {_meets("r.start_on", "r.end_on")} OR {_meets("r.period_start", "r.period_end")}
    OR coalesce(r.start_on, r.end_on, r.period_start, r.period_end) IS NULL
  WHERE (q.period, r.activity_id) IN (SELECT (period, activity_id) FROM _working)
), silent AS (
  SELECT * FROM _working WHERE activity_id NOT IN (SELECT activity_id FROM _participation)
)
SELECT period, activity_id, org_id, place_id FROM (
  FROM stated UNION SELECT period, activity_id, org_id, place_id FROM silent
  UNION SELECT period, activity_id, partner_org_id, place_id FROM silent
) WHERE org_id IS NOT NULL
"""
_LABEL_SQL = """
CREATE OR REPLACE TEMP TABLE _label AS
SELECT DISTINCT q.period, r.activity_id, r.objective_id, r.fund FROM _activity r JOIN _quarter q
  ON coalesce(least(r.start_on, r.end_on, r.period_start, r.period_end) <= q.last, TRUE)
WHERE r.objective_id IS NOT NULL OR r.fund IS NOT NULL
"""
_SAME_SQL = """
CREATE OR REPLACE TEMP TABLE _same AS
WITH places AS (
  SELECT period, activity_id, array_to_string(list_sort(list_distinct(list(place_id))), chr(31)) AS places
  FROM _working GROUP BY period, activity_id
), members AS (
  SELECT period, activity_id, array_to_string(list_sort(list(org_id || chr(30) || coalesce(place_id, ''))), chr(31)) AS who
  FROM _part GROUP BY period, activity_id
), labels AS (
  SELECT period, activity_id, list_sort(list((objective_id, fund))) AS serves FROM _label GROUP BY period, activity_id
)
SELECT period, activity_id, min(activity_id) OVER alike AS unit, count(*) OVER alike AS times
FROM places LEFT JOIN members USING (period, activity_id) LEFT JOIN labels USING (period, activity_id)
WINDOW alike AS (PARTITION BY period, places, who, serves)
"""
"""Each activity with the first of those that look the same, and how many these are."""
_WORKING_ROWS_SQL = """
SELECT DISTINCT period, s.unit, s.times, w.place_id FROM _working w JOIN _same s USING (period, activity_id)
WHERE s.unit = activity_id ORDER BY ALL
"""
_PART_ROWS_SQL = """
SELECT period, s.unit, s.times, p.org_id, p.place_id FROM _part p JOIN _same s USING (period, activity_id)
WHERE s.unit = activity_id ORDER BY ALL
"""
_LABEL_ROWS_SQL = """
SELECT period, s.unit, l.objective_id, l.fund FROM _label l JOIN _same s USING (period, activity_id)
WHERE s.unit = activity_id ORDER BY ALL
"""
_CURRENCIES_SQL = """
  SELECT period, currency, count(*) AS n FROM _working WHERE spent IS NOT NULL GROUP BY period, currency
  QUALIFY row_number() OVER (PARTITION BY period ORDER BY n DESC, currency) = 1
"""
_CURRENCY_SQL = f"SELECT period, currency FROM ({_CURRENCIES_SQL})"
_SPEND_ROWS_SQL = f"""
WITH currencies AS ({_CURRENCIES_SQL}), priced AS (
  SELECT w.* REPLACE (coalesce(a.area_id, w.place_id) AS place_id)
  FROM _working w JOIN currencies USING (period, currency) LEFT JOIN _area a ON a.place_id = w.place_id
  WHERE spent IS NOT NULL
), sums AS (
  SELECT period, activity_id, NULL AS place_id, fsum(spent ORDER BY spent) AS spent FROM priced GROUP BY ALL
  UNION ALL
  SELECT period, activity_id, place_id, fsum(spent ORDER BY spent) FROM priced WHERE place_id IS NOT NULL GROUP BY ALL
)
SELECT period, s.unit, place_id, fsum(spent ORDER BY spent) AS weight, count(*) AS paid
FROM sums JOIN _same s USING (period, activity_id)
WHERE spent > 0 GROUP BY ALL ORDER BY ALL
"""
_PLACES_SQL = " UNION ".join(
    f"SELECT place_id FROM {table} WHERE {_KNOWN} AND place_id IS NOT NULL" for table in TABLES
)
_DAY = "CAST(least(start_on, end_on, period_start, period_end) AS DATE)"
_NAMED_SQL = """
SELECT source_id, org, CASE WHEN count(day) = count(*) THEN date_diff('day', DATE '1970-01-01', min(day)) END FROM ({})
WHERE org IS NOT NULL GROUP BY source_id, org ORDER BY ALL
""".format(
    " UNION ALL ".join(
        f"SELECT source_id, {org} AS org, {_DAY} AS day FROM _{table}"
        for table in TABLES
        for org in ("org_id", *(["partner_org_id"] if table != "participation" else []))
    )
)
"""Each source with the organisations that its rows name, and the first day of those; none where one has no day."""
_NEXT_CHANGE_SQL = "SELECT least({})".format(
    ", ".join(f"(SELECT min({column}) FROM {table} WHERE {column} > $at)" for table in TABLES for column in _RECORDED)
)
