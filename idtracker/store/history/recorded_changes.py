"""What changed in the record at each instant: facts, states of submissions and decisions, as one number per instant.

Numbers of a source are kept beside the marks of its facts and submissions and taken from the rows again where a mark changed,
so that asking costs what changed and not what is there.
"""

from __future__ import annotations

import duckdb
import pandas as pd

from idtracker.model.tables import FACTS, TABLES, columns_of
from idtracker.store.schema import remember
from idtracker.store.tables import quoted_list

_MARKING = ("classification", "releasable_to")
"""Of a decision these follow from the cell that it is about."""


def recorded_changes(connection: duckdb.DuckDBPyConnection) -> dict[pd.Timestamp, str]:
    """Instants (UTC) at which the record changed, each with a number that stands for everything that changed then."""
    stale = _stale(connection)
    if stale:
        listed = quoted_list(stale)
        connection.execute(f"DELETE FROM _change WHERE source_id IN ({listed})")
        connection.execute(f"INSERT INTO _change {_changes_sql(f'WHERE source_id IN ({listed})')}")
        remember(
            connection, **{f"changes:{source_id}": mark for source_id, mark in stale.items()}
        )  # last: they stand now
    decided, resolved = (
        ", ".join(f'"{c.name}"' for c in columns_of(TABLES[name]) if c.name not in _MARKING)
        for name in ("adjudication", "resolution")
    )
    rows = connection.execute(
        f"""SELECT moment, bit_xor(change) FROM (
          SELECT moment, change FROM _change
          UNION ALL SELECT decided_at, hash('decision', {decided}) FROM adjudication
          UNION ALL SELECT decided_at, hash('resolution', {resolved}) FROM resolution
          UNION ALL SELECT moment, hash('round', act_id) FROM _round_act
        ) GROUP BY moment"""
    ).fetchall()
    return {pd.Timestamp(at): str(change) for at, change in rows}


def forget_changes(connection: duckdb.DuckDBPyConnection) -> None:
    """Take every number from the rows again next time, also where no mark says that they changed."""
    connection.execute("DELETE FROM _state WHERE starts_with(name, 'changes:')")


def _stale(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Sources whose numbers are not those of their rows any more, each with the marks of its rows."""
    rows = connection.execute(
        """WITH marks AS (
          SELECT split_part(name, ':', 2) AS source_id, string_agg(name || '=' || value, ' ' ORDER BY name)
            FILTER (NOT starts_with(name, 'changes:')) AS mark, max(value) FILTER (starts_with(name, 'changes:')) AS kept
          FROM _state WHERE regexp_matches(name, '^(facts|operations|changes):') GROUP BY ALL
        ) SELECT source_id, mark FROM marks WHERE mark IS DISTINCT FROM kept"""
    ).fetchall()
    return {str(source_id): str(mark) for source_id, mark in rows}


def _changes_sql(where: str) -> str:
    """Every change of the record but decisions: facts known and known no more, submissions that came, their states."""
    parts = []
    for name, model in FACTS.items():
        columns = ", ".join(f'"{c.name}"' for c in columns_of(model) if c.name not in ("recorded_from", "recorded_to"))
        for column in ("recorded_from", "recorded_to"):
            parts.append(
                f"SELECT source_id, {column} AS moment, hash('{name}', '{column}', {columns}) AS h FROM \"{name}\" {where}"
            )
    state = "hash('state', submission_id, source_id, state)"
    parts.append(f"SELECT source_id, since, {state} FROM submission_state {where}")
    periods = "hash('periods', submission_id, source_id, periods, last_day)"
    parts.append(f"SELECT source_id, received_at, {periods} FROM submission {where}")
    return (
        f"SELECT source_id, moment, bit_xor(h) FROM ({' UNION ALL '.join(parts)}) WHERE moment IS NOT NULL GROUP BY ALL"
    )
