"""Statements that stood among the facts that ended, or name what stood there, and pools of judgements; metrics that read such tables."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pandas as pd

from idtracker.analyse.judgement.assessments import assessments_of
from idtracker.analyse.metrics.registry import metrics
from idtracker.model.tables import FACTS, columns_of
from idtracker.store.tables import quoted, read_table

STATEMENTS = {
    "analysis_product": "product_id",
    "decision": "decision_id",
    "kpq_response": None,
    "judgement": "judgement_id",
    "effect_claim": "claim_id",
}
"""Tables of statements, each with the identifier under which others name a row."""
LISTED = {
    ("decision", "product_ids"): "analysis_product.product_id",
    ("decision", "objective_ids"): "objective.objective_id",
}
"""Columns that hold several identifiers."""
OBSERVED = frozenset({"observation", "event", "survey_response"})
"""Fact tables that cells are made of."""
DELIVERY = frozenset({"activity", "activity_cell", "participation"})
"""Tables whose rows stand together in the evidence of one of them."""
_OF_CELLS = frozenset({"merged_cell", "cell_report", "score"})


def find_statements(connection: duckdb.DuckDBPyConnection) -> str:
    """SQL over the temporary table `_stated` that it fills: statements by fact, in the columns of find_figures."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE _stated (submission_id VARCHAR, acted_at TIMESTAMP, subject_table VARCHAR, fact_id VARCHAR, "
        "basis VARCHAR, classification VARCHAR, releasable_to VARCHAR)"
    )
    for table in STATEMENTS:
        connection.execute(
            f"""INSERT INTO _stated SELECT DISTINCT e.submission_id, e.acted_at, '{table}', e.fact_id, 'STATED', f.classification, f.releasable_to
            FROM _ended e JOIN "{table}" f ON e.fact_table = '{table}' AND f.fact_id = e.fact_id AND f.submission_id = e.submission_id
              AND f.recorded_to = e.acted_at"""
        )
    _name_targets(connection)
    while sum(_add_citing(connection, *named) for named in _citing()):
        _name_found(connection)
    return """SELECT submission_id, acted_at, subject_table, fact_id AS part_1, NULL AS part_2, NULL AS part_3, basis, NULL AS place_id,
      NULL AS period, NULL AS value_before, NULL AS value_after, classification, releasable_to, NULL, NULL FROM _stated"""


def _citing() -> Iterator[tuple[str, str, str]]:
    """Table and column of statements that name identifiers, and which."""
    for table in STATEMENTS:
        for spec in columns_of(FACTS[table]):
            target = spec.references or spec.may_reference or LISTED.get((table, spec.name))
            if target:
                yield table, spec.name, target


def _name_targets(connection: duckdb.DuckDBPyConnection) -> None:
    """The identifiers that rows which ended stated."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE _name (submission_id VARCHAR, acted_at TIMESTAMP, target VARCHAR, name VARCHAR)"
    )
    for target in sorted({target for _, _, target in _citing()}):
        table, column = target.split(".")
        connection.execute(
            f"""INSERT INTO _name SELECT DISTINCT e.submission_id, e.acted_at, '{target}', f."{column}" FROM _ended e JOIN "{table}" f
            ON e.fact_table = '{table}' AND f.fact_id = e.fact_id AND f.submission_id = e.submission_id AND f.recorded_to = e.acted_at
            WHERE f."{column}" IS NOT NULL"""
        )


def _add_citing(connection: duckdb.DuckDBPyConnection, table: str, column: str, target: str) -> int:
    """Add the statements that name one of the identifiers and were known the moment before; how many are new."""
    row = connection.execute(
        f"""INSERT INTO _stated SELECT DISTINCT n.submission_id, n.acted_at, '{table}', f.fact_id, 'NAMES', f.classification, f.releasable_to
        FROM _name n JOIN (SELECT *, unnest(string_split("{column}", ';')) AS cited FROM "{table}") f
          ON n.target = '{target}' AND f.cited = n.name AND f.recorded_from < n.acted_at AND (f.recorded_to IS NULL OR f.recorded_to >= n.acted_at)
        WHERE NOT EXISTS (SELECT 1 FROM _stated s WHERE s.submission_id = n.submission_id AND s.acted_at = n.acted_at
          AND s.subject_table = '{table}' AND s.fact_id = f.fact_id)"""
    ).fetchone()
    return int(row[0]) if row else 0


def _name_found(connection: duckdb.DuckDBPyConnection) -> None:
    """The identifiers of statements that were found."""
    for table, column in STATEMENTS.items():
        if column is not None:
            connection.execute(
                f"""INSERT INTO _name SELECT DISTINCT s.submission_id, s.acted_at, '{table}.{column}', f."{column}" FROM _stated s
                JOIN "{table}" f ON s.subject_table = '{table}' AND f.fact_id = s.fact_id AND f."{column}" IS NOT NULL
                  AND f.recorded_from < s.acted_at AND (f.recorded_to IS NULL OR f.recorded_to >= s.acted_at)
                WHERE (s.submission_id, s.acted_at, '{table}.{column}', f."{column}") NOT IN
                  (SELECT (submission_id, acted_at, target, name) FROM _name)"""
            )


def find_pools(connection: duckdb.DuckDBPyConnection) -> str:
    """SQL for the pooled judgements of the question, quarter and scheme of a judgement that ended, in the columns of find_figures."""
    ended = read_table(
        connection,
        "judgement",
        "(fact_id, recorded_to) IN (SELECT (fact_id, acted_at) FROM _ended WHERE fact_table = 'judgement')",
    )
    pools = sorted(
        {(one.fact_id, one.known_to, one.question_id, one.period, one.scheme) for one in assessments_of(ended)}
    )
    _pools = pd.DataFrame(pools, columns=["fact_id", "acted_at", "question_id", "period", "scheme"], dtype="object")
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE _pooled AS SELECT DISTINCT e.submission_id, e.acted_at, CAST(p.question_id AS VARCHAR) AS question_id,
          CAST(p.period AS VARCHAR) AS period, CAST(p.scheme AS VARCHAR) AS scheme
        FROM _ended e JOIN _pools p ON e.fact_table = 'judgement' AND CAST(p.fact_id AS VARCHAR) = e.fact_id
          AND CAST(p.acted_at AS TIMESTAMP) = e.acted_at"""
    )
    return """SELECT p.submission_id, p.acted_at, 'scenario', p.question_id, p.period, p.scheme, 'POOLED', v.place_id, p.period, NULL, NULL,
      v.classification, v.releasable_to, NULL, NULL
    FROM _pooled p JOIN scenario_vintage v ON v.question_id = p.question_id AND v.period = p.period AND v.scheme = p.scheme
      AND v.known_from < p.acted_at AND (v.known_to IS NULL OR v.known_to >= p.acted_at)"""


def find_metrics(connection: duckdb.DuckDBPyConnection) -> str:
    """SQL for the metrics that read a table with rows that ended, or one that is made of such rows, in the columns of find_figures."""
    reading = [(m.id, table) for m in metrics().values() for table in sorted(_read_through({*m.inputs, *m.versions}))]
    listed = ", ".join(f"({quoted(metric)}, {quoted(table)})" for metric, table in reading)
    return f"""SELECT DISTINCT e.submission_id, e.acted_at, 'metric_value', r.metric_id, NULL, NULL, 'INPUT', NULL, NULL, NULL, NULL, a.classification,
      a.releasable_to, NULL, NULL
    FROM _ended e JOIN _act a USING (submission_id, acted_at) JOIN (VALUES {listed}) r(metric_id, fact_table) ON r.fact_table = e.fact_table"""


def _read_through(inputs: set[str]) -> set[str]:
    """The fact tables that a metric reads, itself or through cells and scores."""
    through = {*inputs}
    if inputs & _OF_CELLS:
        through |= OBSERVED
    if inputs & DELIVERY:
        through |= DELIVERY
    return through & {*FACTS}
