"""Figures that rested on facts that ended: cells, the scores that weigh them, trends, warnings, and rounds.

Every table is read from its vintages as they were the moment before the act. `_resting` gathers what is found.
"""

from __future__ import annotations

import duckdb

from idtracker.model.method import TrendRule

_BEFORE = "{0}.known_from < {1}.acted_at AND ({0}.known_to IS NULL OR {0}.known_to >= {1}.acted_at)"
"""A vintage that was known the moment before an act."""
_AT = "{0}.known_from <= {1}.acted_at AND ({0}.known_to IS NULL OR {0}.known_to > {1}.acted_at)"
"""One that is known at its instant."""
_QUARTER = "(CAST({0}[:4] AS INT) * 4 + CAST({0}[-1:] AS INT))"
_QUARTER_OF = "(year({0}) * 4 + quarter({0}))"
_OF = "f.fact_id = e.fact_id AND f.submission_id = e.submission_id AND f.recorded_to = e.acted_at"

_OBSERVED = f"""
CREATE OR REPLACE TEMP TABLE _observed AS
SELECT submission_id, acted_at, indicator_id, place_id, {_QUARTER_OF.format("first")} AS first, {_QUARTER_OF.format("last")} AS last,
  min(recorded_from) AS recorded_from
FROM (
  SELECT e.submission_id, e.acted_at, f.recorded_from, f.indicator_id, f.place_id, f.period_start AS first, f.period_end AS last
  FROM _ended e JOIN observation f ON e.fact_table = 'observation' AND {_OF}
  UNION ALL
  SELECT e.submission_id, e.acted_at, f.recorded_from, i.indicator_id, f.place_id, f.event_on, coalesce(f.event_end_on, f.event_on)
  FROM _ended e JOIN event f ON e.fact_table = 'event' AND {_OF} JOIN indicator i ON starts_with(i.derived_from, 'event:')
  UNION ALL
  SELECT e.submission_id, e.acted_at, f.recorded_from, i.indicator_id, f.place_id, f.period_start, f.period_end
  FROM _ended e JOIN survey_response f ON e.fact_table = 'survey_response' AND {_OF}
    JOIN indicator i ON starts_with(i.derived_from, 'survey_response:' || f.question)
) GROUP BY ALL
"""
"""What the facts that ended speak of: indicator, place and quarters, from the first of which it was known."""
_WITHIN = """
CREATE OR REPLACE TEMP TABLE _within AS
WITH RECURSIVE up AS (
  SELECT place_id, place_id AS above FROM place
  UNION SELECT up.place_id, p.parent_id FROM up JOIN place p ON p.place_id = up.above WHERE p.parent_id IS NOT NULL
)
SELECT * FROM up
"""
_MERGED = """
CREATE OR REPLACE TEMP TABLE _merged AS
SELECT * FROM (SELECT *, unnest(string_split(submission_ids, ';')) AS behind FROM merged_cell_vintage)
WHERE behind IN (SELECT submission_id FROM _observed)
"""
"""Cells over time, once for each submission behind them that is looked for."""
_OF_FACT = f"""v.behind = o.submission_id AND v.indicator_id = o.indicator_id
AND {_QUARTER.format("v.origin_period")} BETWEEN o.first AND o.last
AND (v.crosswalk_ids IS NOT NULL OR o.place_id IS NULL OR (o.place_id, v.place_id) IN (SELECT (place_id, above) FROM _within))
"""
"""A fact of a quarter and place that a cell is made of; where places were carried over to others, of any."""
_CELLS = f"""
CREATE OR REPLACE TEMP TABLE _cell AS
SELECT DISTINCT o.submission_id, o.acted_at, v.indicator_id AS code, v.place_id, v.period, v.known_from, v.value, v.classification, v.releasable_to
FROM _observed o JOIN _merged v ON {_BEFORE.format("v", "o")} AND {_OF_FACT}
"""
_SCORES = f"""
CREATE OR REPLACE TEMP TABLE _weighing AS
SELECT a.acted_at, v.place_id, v.period, v.node_code, unnest(json_keys(v.effective_weights)) AS child
FROM (SELECT DISTINCT acted_at, place_id, period FROM _cell) a
JOIN score_vintage v ON v.place_id = a.place_id AND v.period = a.period AND {_BEFORE.format("v", "a")} AND v.effective_weights IS NOT NULL
"""
_NODES = """
CREATE OR REPLACE TEMP TABLE _node AS
WITH RECURSIVE above AS (
  SELECT submission_id, acted_at, code, place_id, period FROM _cell
  UNION
  SELECT r.submission_id, r.acted_at, w.node_code, r.place_id, r.period FROM above r
  JOIN _weighing w ON w.acted_at = r.acted_at AND w.place_id = r.place_id AND w.period = r.period AND w.child = r.code
)
SELECT DISTINCT a.* FROM above a JOIN (SELECT DISTINCT acted_at, place_id, period, node_code FROM _weighing) w
  ON w.acted_at = a.acted_at AND w.place_id = a.place_id AND w.period = a.period AND w.node_code = a.code
"""
_TRENDS = f"""
SELECT DISTINCT n.submission_id, n.acted_at, t.place_id, t.period, t.node_code, t.classification, t.releasable_to
FROM _node n
JOIN score_vintage s ON s.place_id = n.place_id AND s.node_code = n.code AND s.period = n.period AND {_BEFORE.format("s", "n")}
JOIN trend_vintage t ON t.place_id = n.place_id AND t.node_code = n.code AND t.period >= n.period AND {_BEFORE.format("t", "n")}
WHERE {_QUARTER.format("t.period")} - {_QUARTER.format("n.period")} < $window AND n.period >= coalesce(t.series_break, n.period)
  AND coalesce(s.carried_share, 0) + coalesce(s.imputed_share, 0) <= $carried
"""
_READ_AT = "date_trunc('month', f.acted_at - INTERVAL 1 MICROSECOND)"
_WARNINGS = f"""
WITH first AS (
  SELECT submission_id, acted_at, code, place_id, min(period) AS period
  FROM (SELECT submission_id, acted_at, code, place_id, period FROM _cell UNION ALL SELECT * FROM _node) GROUP BY ALL
)
SELECT DISTINCT f.submission_id, f.acted_at, v.rule_id, v.place_id, v.period, v.classification, v.releasable_to
FROM first f JOIN warning_vintage v ON v.place_id = f.place_id AND coalesce(v.node_code, v.indicator_id) = f.code AND v.period >= f.period
  AND v.known_from <= {_READ_AT} AND (v.known_to IS NULL OR v.known_to > {_READ_AT})
"""
_ROUNDS = f"""
SELECT DISTINCT o.submission_id, o.acted_at, r.round_id, r.period, r.classification, r.releasable_to
FROM round_vintage r JOIN _observed o ON {_BEFORE.format("r", "o")} AND r.frozen_at IS NOT NULL AND o.recorded_from <= r.cutoff_at AND o.acted_at > r.cutoff_at
JOIN _merged v ON v.period = r.period AND v.known_from <= r.cutoff_at AND (v.known_to IS NULL OR v.known_to > r.cutoff_at) AND {_OF_FACT}
"""


def find_figures(connection: duckdb.DuckDBPyConnection, rule: TrendRule) -> list[str]:
    """SQL over temporary tables, one query for each table of figures; `rule` says which scores are points of a trend.

    Each has submission_id, acted_at, subject_table, part_1 to part_3 (the key), basis, place_id, period, value_before, value_after, the marking
    of what was there before, and that of the figure after.
    """
    for statement in (_OBSERVED, _WITHIN, _MERGED, _CELLS, _SCORES, _NODES):
        connection.execute(statement)
    trends = _TRENDS.replace("$window", str(rule.window)).replace("$carried", str(rule.maximum_carried_share))
    return [
        f"""SELECT c.submission_id, c.acted_at, 'merged_cell' AS subject_table, c.code AS part_1, c.place_id AS part_2, c.period AS part_3,
          'REPORTS' AS basis, c.place_id, c.period, c.value AS value_before, v.value AS value_after, c.classification, c.releasable_to,
          v.classification AS after_classification, v.releasable_to AS after_releasable_to
        FROM _cell c LEFT JOIN merged_cell_vintage v ON v.indicator_id = c.code AND v.place_id = c.place_id AND v.period = c.period
          AND {_AT.format("v", "c")}""",
        f"""SELECT n.submission_id, n.acted_at, 'score', n.place_id, n.period, n.code, 'WEIGHS', n.place_id, n.period, b.score, v.score,
          b.classification, b.releasable_to, v.classification, v.releasable_to
        FROM _node n JOIN score_vintage b ON b.node_code = n.code AND b.place_id = n.place_id AND b.period = n.period AND {_BEFORE.format("b", "n")}
        LEFT JOIN score_vintage v ON v.node_code = n.code AND v.place_id = n.place_id AND v.period = n.period AND {_AT.format("v", "n")}""",
        f"""SELECT submission_id, acted_at, 'trend', place_id, period, node_code, 'POINTS', place_id, period, NULL, NULL, classification,
          releasable_to, NULL, NULL FROM ({trends})""",
        f"""SELECT submission_id, acted_at, 'warning', rule_id, place_id, period, 'SERIES', place_id, period, NULL, NULL, classification,
          releasable_to, NULL, NULL FROM ({_WARNINGS})""",
        f"""SELECT submission_id, acted_at, 'round', round_id, NULL, NULL, 'FROZEN', NULL, period, NULL, NULL, classification,
          releasable_to, NULL, NULL FROM ({_ROUNDS})""",
    ]
