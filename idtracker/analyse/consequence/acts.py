"""Acts: the instants at which facts of a submission ended, and what came or ended with them."""

from __future__ import annotations

import duckdb
import pandas as pd

from idtracker.model.tables import FACTS

_ACTS = """
CREATE OR REPLACE TEMP TABLE _act AS
WITH ended AS (SELECT DISTINCT submission_id, source_id, acted_at FROM _ended),
moved AS (SELECT DISTINCT submission_id, source_id, moment FROM _moved),
beside AS (
  SELECT e.submission_id, e.acted_at,
    string_agg(DISTINCT m.submission_id, ';' ORDER BY m.submission_id) FILTER (m.came AND m.source_id = e.source_id) AS corrected_by,
    string_agg(DISTINCT m.submission_id, ';' ORDER BY m.submission_id) FILTER (NOT (m.came AND m.source_id = e.source_id)) AS others
  FROM ended e JOIN (SELECT submission_id, source_id, moment, bool_or(came) AS came FROM _moved GROUP BY ALL) m
    ON m.moment = e.acted_at AND m.submission_id <> e.submission_id
  GROUP BY ALL
)
SELECT e.submission_id, e.source_id, e.acted_at, b.corrected_by, b.others AS other_submission_ids,
  s.classification, s.releasable_to,
  CASE WHEN s.withdrawn_at = e.acted_at OR EXISTS (
      SELECT 1 FROM submission_state w WHERE w.submission_id = e.submission_id AND w.state = 'withdrawn' AND w.since = e.acted_at
    ) THEN 'WITHDRAWN'
    WHEN b.corrected_by IS NOT NULL OR EXISTS (
      SELECT 1 FROM submission n WHERE n.source_id = e.source_id AND n.received_at = e.acted_at AND n.submission_id <> e.submission_id
    ) THEN 'CORRECTED' ELSE 'ENDED' END AS act
FROM ended e JOIN submission s USING (submission_id) LEFT JOIN beside b USING (submission_id, acted_at)
"""


def find_acts(connection: duckdb.DuckDBPyConnection, since: pd.Timestamp | None, until: pd.Timestamp) -> int:
    """Fill the temporary tables `_act` and `_ended` (the facts that ended) for the instants after `since` up to `until`; how many acts.

    A fact that goes on with other provenance at the same instant did not end.
    """
    after = "-infinity" if since is None else since.isoformat(sep=" ")
    ended = " UNION ALL ".join(
        f"""SELECT '{table}' AS fact_table, submission_id, source_id, fact_id, recorded_to AS acted_at FROM "{table}" AS was
        WHERE recorded_to > $1 AND recorded_to <= $2 AND NOT EXISTS (SELECT 1 FROM "{table}" AS goes WHERE goes.fact_id = was.fact_id
          AND goes.submission_id = was.submission_id AND goes.content_hash = was.content_hash AND goes.recorded_from = was.recorded_to)"""
        for table in FACTS
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE _ended AS {ended}", [after, until])
    row = connection.execute("SELECT count(DISTINCT (submission_id, acted_at)) FROM _ended").fetchone()
    if not row or not row[0]:
        return 0
    moved = " UNION ALL ".join(
        f"""SELECT DISTINCT submission_id, source_id, {column} AS moment, {came} AS came FROM "{table}"
        WHERE {column} IN (SELECT acted_at FROM _ended)"""
        for table in FACTS
        for column, came in (("recorded_from", "TRUE"), ("recorded_to", "FALSE"))
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE _moved AS {moved}")
    connection.execute(_ACTS)
    return int(row[0])
