"""Which activities two or more departments can ever have worked on: all others are left out where joint ones alone count."""

from __future__ import annotations

import duckdb

from idtracker.analyse.metrics.known.delivered import TABLES

ONLY_JOINT = dict.fromkeys(TABLES, "activity_id IN (FROM _joint)")
"""What is read of the tables of activities once find_joint() has been called."""


def find_joint(connection: duckdb.DuckDBPyConnection) -> None:
    """Name, in the temporary table `_joint`, every activity that two departments were ever said to take part in.

    Whoever is or was a department counts, and whoever has a successor; reviewed identifiers of one thing are one.
    """
    connection.execute(_JOINT_SQL)


_JOINT_SQL = """
CREATE OR REPLACE TEMP TABLE _joint AS
WITH same_activity AS (SELECT member_id, any_value(entity_id) AS entity_id FROM entity WHERE kind = 'activity' GROUP BY ALL),
same_org AS (SELECT member_id, any_value(entity_id) AS entity_id FROM entity WHERE kind = 'organisation' GROUP BY ALL),
department AS (
  SELECT DISTINCT coalesce(entity_id, org_id) AS org_id FROM organisation LEFT JOIN same_org ON member_id = org_id
  WHERE group_code = 'HMG_DEPT' OR successor_org_id IS NOT NULL
), named AS (
  SELECT activity_id, org_id FROM participation UNION SELECT activity_id, org_id FROM activity
  UNION SELECT activity_id, partner_org_id FROM activity UNION SELECT activity_id, org_id FROM activity_cell
  UNION SELECT activity_id, partner_org_id FROM activity_cell
), joined AS (
  SELECT n.activity_id, coalesce(a.entity_id, n.activity_id) AS activity, coalesce(o.entity_id, n.org_id) AS org_id
  FROM named n LEFT JOIN same_activity a ON a.member_id = n.activity_id LEFT JOIN same_org o ON o.member_id = n.org_id
)
SELECT DISTINCT activity_id FROM joined WHERE activity IN (
  SELECT activity FROM joined JOIN department USING (org_id) GROUP BY activity HAVING count(DISTINCT org_id) >= 2
)
"""
