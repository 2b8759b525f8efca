"""What gathers delivery in DuckDB: statements over the instants of `_instant` and the quarters of `_slot`."""

from __future__ import annotations

TABLES = ("activity", "activity_cell", "participation")
_RECORDED = ("recorded_from", "recorded_to")
KNOWN = "recorded_from <= i.instant AND (recorded_to IS NULL OR recorded_to > i.instant)"
"""What is known of a table at each instant of gather()."""

ALIAS_SQL = """
CREATE OR REPLACE TEMP TABLE _alias AS SELECT kind, member_id, entity_id FROM entity WHERE entity_id <> member_id
"""
SPARE_SQL = f"""
CREATE OR REPLACE TEMP TABLE _spare AS
WITH named AS (
  SELECT entity_id, member_id FROM entity WHERE kind = 'activity' AND entity_id IN (SELECT entity_id FROM _alias)
), stating AS (
  SELECT DISTINCT i.moment, n.entity_id, c.activity_id
  FROM named n JOIN activity_cell c ON c.activity_id = n.member_id JOIN _instant i ON {KNOWN}
  WHERE c.spend IS NOT NULL
)
SELECT moment, activity_id FROM stating
QUALIFY row_number() OVER (PARTITION BY moment, entity_id ORDER BY activity_id <> entity_id, activity_id) > 1
"""
"""Activities whose amounts another identifier of the same activity states as well (as in register.entities)."""


def _table_sql(table: str, columns: str, where: str) -> str:
    """What is known of a table, each reviewed entity under one identifier."""
    return f"""
    CREATE OR REPLACE TEMP TABLE _{table} AS
    SELECT r.* REPLACE (coalesce(a.entity_id, r.activity_id) AS activity_id, coalesce(o.entity_id, r.org_id) AS org_id)
    FROM (SELECT i.moment, {columns} FROM {table} JOIN _instant i ON {KNOWN} WHERE {where}) r
      LEFT JOIN _alias a ON a.kind = 'activity' AND a.member_id = r.activity_id
      LEFT JOIN _alias o ON o.kind = 'organisation' AND o.member_id = r.org_id
    """


_PARTNER = (
    "coalesce((SELECT any_value(entity_id) FROM _alias WHERE kind = 'organisation' AND member_id = partner_org_id), "
    "partner_org_id) AS partner_org_id"
)
TABLES_SQL = {
    "activity": _table_sql(
        "activity",
        f"source_id, activity_id, org_id, {_PARTNER}, place_id, status, start_on, end_on, period_start, period_end, objective_id, fund",
        "status IS DISTINCT FROM '5'",
    ),
    "activity_cell": _table_sql(
        "activity_cell",
        f"""source_id, activity_id, org_id, {_PARTNER}, place_id, start_on, end_on, period_start, period_end,
        CASE WHEN (i.moment, activity_id) NOT IN (SELECT (moment, activity_id) FROM _spare) THEN spend END AS spend,
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


WORKING_SQL = f"""
CREATE OR REPLACE TEMP TABLE _working AS
SELECT q.slot, q.moment, r.activity_id, r.org_id, r.partner_org_id, r.place_id, NULL::DOUBLE AS spent, NULL AS currency
FROM _activity r JOIN _slot q ON r.moment = q.moment AND (
    ({_meets("r.start_on", "r.end_on")} AND NOT (r.status IS NOT DISTINCT FROM '4' AND r.end_on IS NULL))
    OR {_meets("r.period_start", "r.period_end")}
  )
UNION ALL
SELECT q.slot, q.moment, r.activity_id, r.org_id, r.partner_org_id, r.place_id,
  r.spend * ((least(r.last_day, q.last) - greatest(r.first_day, q.first) + 1) / (r.last_day - r.first_day + 1)),
  r.currency
FROM _activity_cell r JOIN _slot q ON r.moment = q.moment AND r.first_day <= q.last AND r.last_day >= q.first
"""
PART_SQL = f"""
CREATE OR REPLACE TEMP TABLE _part AS
WITH stated AS (
  SELECT q.slot, r.activity_id, r.org_id, r.place_id FROM _participation r JOIN _slot q ON r.moment = q.moment AND (
      {_meets("r.start_on", "r.end_on")} OR {_meets("r.period_start", "r.period_end")}
      OR coalesce(r.start_on, r.end_on, r.period_start, r.period_end) IS NULL
    )
  WHERE (q.slot, r.activity_id) IN (SELECT (slot, activity_id) FROM _working)
), silent AS (
  SELECT * FROM _working WHERE (moment, activity_id) NOT IN (SELECT (moment, activity_id) FROM _participation)
)
SELECT slot, activity_id, org_id, place_id FROM (
  FROM stated UNION SELECT slot, activity_id, org_id, place_id FROM silent
  UNION SELECT slot, activity_id, partner_org_id, place_id FROM silent
) WHERE org_id IS NOT NULL
"""
LABEL_SQL = """
CREATE OR REPLACE TEMP TABLE _label AS
SELECT DISTINCT q.slot, r.activity_id, r.objective_id, r.fund FROM _activity r JOIN _slot q
  ON r.moment = q.moment AND coalesce(least(r.start_on, r.end_on, r.period_start, r.period_end) <= q.last, TRUE)
WHERE r.objective_id IS NOT NULL OR r.fund IS NOT NULL
"""
SAME_SQL = """
CREATE OR REPLACE TEMP TABLE _same AS
WITH places AS (
  SELECT slot, activity_id, array_to_string(list_sort(list_distinct(list(place_id))), chr(31)) AS places
  FROM _working GROUP BY slot, activity_id
), members AS (
  SELECT slot, activity_id, array_to_string(list_sort(list(org_id || chr(30) || coalesce(place_id, ''))), chr(31)) AS who
  FROM _part GROUP BY slot, activity_id
), labels AS (
  SELECT slot, activity_id, list_sort(list((objective_id, fund))) AS serves FROM _label GROUP BY slot, activity_id
)
SELECT slot, activity_id, min(activity_id) OVER alike AS unit, count(*) OVER alike AS times
FROM places LEFT JOIN members USING (slot, activity_id) LEFT JOIN labels USING (slot, activity_id)
WINDOW alike AS (PARTITION BY slot, places, who, serves)
"""
"""Each activity with the first of those that look the same, and how many these are."""
WORKING_ROWS_SQL = """
SELECT DISTINCT slot, s.unit, s.times, w.place_id FROM _working w JOIN _same s USING (slot, activity_id)
WHERE s.unit = activity_id ORDER BY ALL
"""
PART_ROWS_SQL = """
SELECT slot, s.unit, s.times, p.org_id, p.place_id FROM _part p JOIN _same s USING (slot, activity_id)
WHERE s.unit = activity_id ORDER BY ALL
"""
LABEL_ROWS_SQL = """
SELECT slot, s.unit, l.objective_id, l.fund FROM _label l JOIN _same s USING (slot, activity_id)
WHERE s.unit = activity_id ORDER BY ALL
"""
_CURRENCIES_SQL = """
  SELECT slot, currency, count(*) AS n FROM _working WHERE spent IS NOT NULL GROUP BY slot, currency
  QUALIFY row_number() OVER (PARTITION BY slot ORDER BY n DESC, currency) = 1
"""
CURRENCY_SQL = f"SELECT slot, currency FROM ({_CURRENCIES_SQL})"
SPEND_ROWS_SQL = f"""
WITH currencies AS ({_CURRENCIES_SQL}), priced AS (
  SELECT w.* REPLACE (coalesce(a.area_id, w.place_id) AS place_id)
  FROM _working w JOIN currencies USING (slot, currency) LEFT JOIN _area a ON a.place_id = w.place_id
  WHERE spent IS NOT NULL
), sums AS (
  SELECT slot, activity_id, NULL AS place_id, fsum(spent ORDER BY spent) AS spent FROM priced GROUP BY ALL
  UNION ALL
  SELECT slot, activity_id, place_id, fsum(spent ORDER BY spent) FROM priced WHERE place_id IS NOT NULL GROUP BY ALL
)
SELECT slot, s.unit, place_id, fsum(spent ORDER BY spent) AS weight, count(*) AS paid
FROM sums JOIN _same s USING (slot, activity_id)
WHERE spent > 0 GROUP BY ALL ORDER BY ALL
"""
PLACES_SQL = " UNION ".join(
    f"SELECT moment, place_id FROM {table} JOIN _instant i ON {KNOWN} WHERE place_id IS NOT NULL" for table in TABLES
)
_DAY = "CAST(least(start_on, end_on, period_start, period_end) AS DATE)"
NAMED_SQL = """
SELECT moment, source_id, org, CASE WHEN count(day) = count(*) THEN date_diff('day', DATE '1970-01-01', min(day)) END FROM ({})
WHERE org IS NOT NULL GROUP BY moment, source_id, org ORDER BY ALL
""".format(
    " UNION ALL ".join(
        f"SELECT moment, source_id, {org} AS org, {_DAY} AS day FROM _{table}"
        for table in TABLES
        for org in ("org_id", *(["partner_org_id"] if table != "participation" else []))
    )
)
"""Each source with the organisations that its rows name, and the first day of those; none where one has no day."""
NEXT_CHANGE_SQL = "SELECT least({})".format(
    ", ".join(f"(SELECT min({column}) FROM {table} WHERE {column} > $at)" for table in TABLES for column in _RECORDED)
)
