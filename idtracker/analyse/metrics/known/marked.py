"""OFFICIAL rows of every fact table, counted in DuckDB: those of one source that say the same of marking and days are one row."""

from __future__ import annotations

import duckdb
import pandas as pd

from idtracker.model.tables import FACTS, days_of


class Marked:
    """The markings of a store, with from when to when each was known."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        parts = " UNION ALL BY NAME ".join(_part_sql(table) for table in sorted(FACTS))
        rows = connection.execute(f"SELECT *, count(*) AS times FROM ({parts}) GROUP BY ALL ORDER BY ALL").df()
        self._rows: pd.DataFrame = rows[[*_COLUMNS, "times"]].astype({"source_id": "str"})
        self._begins, self._ends = rows["recorded_from"].to_numpy(), rows["recorded_to"].to_numpy()

    def at(self, at: pd.Timestamp) -> pd.DataFrame:
        """What was known at an instant: `source_id`, `start`, `end`, `counts` (releasable to the originator only), `times`."""
        moment = at.to_datetime64()
        known: pd.DataFrame = self._rows[(self._begins <= moment) & ~(self._ends <= moment)]
        return known


_NEVER = "WHEN FALSE THEN NULL"
_COLUMNS = ("source_id", "start", "end", "counts")


def _part_sql(table: str) -> str:
    """As markings.official_rows() reads them: a row speaks of the first of its pairs of days that is filled."""
    pairs = days_of(FACTS[table])
    starts, ends = (" ".join(f"WHEN {pair[0]} IS NOT NULL THEN {pair[side]}" for pair in pairs) for side in (0, 1))
    return f"""
    SELECT source_id, CAST(CASE {starts or _NEVER} END AS TIMESTAMP) AS "start",
      CAST(CASE {ends or _NEVER} END AS TIMESTAMP) AS "end",
      coalesce(releasable_to IN ('ORIGINATOR', originator_org_id, coalesce(entity_id, originator_org_id)), FALSE) AS counts,
      recorded_from, recorded_to
    FROM "{table}" LEFT JOIN (SELECT member_id, any_value(entity_id) AS entity_id FROM entity WHERE kind = 'organisation' GROUP BY member_id)
      ON member_id = originator_org_id
    WHERE classification = 'OFFICIAL' AND NOT coalesce(contains(handling, 'SENSITIVE'), FALSE)
    """
