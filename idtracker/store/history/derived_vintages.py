"""Derived tables as vintages: what each row said, from when to when. Rows are worked out group by group, moment by moment.

A group (an indicator's cells, one quarter of a metric) is worked out again at the moments at which something behind it
changed; in between it says what it said. Neighbouring intervals of equal rows are one vintage. Nothing is updated in
place: what was known before a moment stays, and what was worked out for later ones is made anew.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pandas as pd

from idtracker.model.tables import TABLES, columns_of, conform_types, frame_of
from idtracker.model.tables.vintages import KEYS, KNOWN, SINCE, vintages_of
from idtracker.store.connection import registered, rows_of


def extend_vintages(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    rows: pd.DataFrame,
    states: pd.DataFrame,
    since: pd.Timestamp | None,
    where: str = "TRUE",
) -> None:
    """Continue the vintages of a derived table after `since` (None: from the beginning), and the table as it is now.

    `states` says when each group was worked out: the columns that name the group, and known_at, all after `since`.
    `rows` are the rows of the groups at these moments: the table's columns and known_at. `where` limits all of it to a
    part of the table. In one transaction with the caller's.
    """
    truncate_after(connection, table, since, where)
    add_vintages(connection, table, rows, states, where)


def add_vintages(
    connection: duckdb.DuckDBPyConnection, table: str, rows: pd.DataFrame, states: pd.DataFrame, where: str = "TRUE"
) -> None:
    """The same for a table that nothing is known of after the first of the states; only their groups are touched."""
    if states.empty:
        return
    group = [c for c in states.columns if c != "known_at"]
    frame = conform_types(rows, TABLES[table]).assign(known_at=rows["known_at"].to_numpy())
    _rows = frame.astype({"known_at": "datetime64[us]"})  # not registered: see fill_table
    with registered(connection, {"_states": states.drop_duplicates().astype({"known_at": "datetime64[us]"})}):
        connection.execute(_placed_sql(table, group, where))
        connection.execute(_delete_sql(table, group, where))
        connection.execute(_join_sql(table))
        _show_now(connection, table, f"{where} AND {_among(group)}")


def truncate_after(
    connection: duckdb.DuckDBPyConnection, table: str, since: pd.Timestamp | None, where: str = "TRUE"
) -> None:
    """Take a derived table and its vintages back to what was known at `since`; None: nothing was."""
    vintages = vintages_of(table)
    if since is None:
        connection.execute(f'DELETE FROM "{vintages}" WHERE {where}')
        connection.execute(f'DELETE FROM "{table}" WHERE {where}')
        return
    later = f"(known_from > TIMESTAMP '{since}' OR known_to > TIMESTAMP '{since}') AND {where}"
    if connection.execute(f'SELECT count(*) FROM "{vintages}" WHERE {later}').fetchall() == [(0,)]:
        return
    connection.execute(f'DELETE FROM "{vintages}" WHERE known_from > ? AND {where}', [since])
    connection.execute(f'UPDATE "{vintages}" SET known_to = NULL WHERE known_to > ? AND {where}', [since])
    _show_now(connection, table, where)


def move_reading(
    connection: duckdb.DuckDBPyConnection, table: str, since: pd.Timestamp | None, to: pd.Timestamp, where: str = "TRUE"
) -> None:
    """What was worked out for one instant after `since`, the last of all, was worked out for a later one instead."""
    later = "" if since is None else f" > TIMESTAMP '{since}'"
    day = "".join(f", \"{column}\" = CAST(TIMESTAMP '{to}' AS DATE)" for column in SINCE[table])
    begun, ended = (f"{column}{later or ' IS NOT NULL'} AND {where}" for column in KNOWN)
    connection.execute(f"UPDATE \"{vintages_of(table)}\" SET known_from = TIMESTAMP '{to}'{day} WHERE {begun}")
    connection.execute(f"UPDATE \"{vintages_of(table)}\" SET known_to = TIMESTAMP '{to}' WHERE {ended}")
    _show_now(connection, table, where)


def _show_now(connection: duckdb.DuckDBPyConnection, table: str, where: str) -> None:
    """The table itself holds what is known now."""
    columns = _listed(_content(table))
    connection.execute(f'DELETE FROM "{table}" WHERE {where}')
    connection.execute(
        f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM "{vintages_of(table)}" '
        f"WHERE known_to IS NULL AND {where}"
    )


def _among(group: Sequence[str]) -> str:
    """Rows of the groups that are worked out."""
    return f"({_listed(group)}) IN (SELECT ({_listed(group)}) FROM _states)"


def _content(table: str) -> list[str]:
    return [c.name for c in columns_of(TABLES[table])]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{n}"' for n in names)


def _matched(left: str, right: str, names: Sequence[str]) -> str:
    return " AND ".join(f'{left}."{n}" IS NOT DISTINCT FROM {right}."{n}"' for n in names)


def _placed_sql(table: str, group: Sequence[str], where: str) -> str:
    """Every row with the interval for which it was worked out; what stood before begins the first interval of its group."""
    columns, by = _listed(_content(table)), _listed(group)
    return f"""
    CREATE OR REPLACE TEMP TABLE _placed AS
    WITH spans AS (
      SELECT *, lead(known_at) OVER (PARTITION BY {by} ORDER BY known_at) AS until FROM _states
    ), first AS (
      SELECT {by}, min(known_at) AS begins FROM _states GROUP BY {by}
    )
    SELECT {_listed_from("r", table)}, r.known_at AS f, s.until AS t
    FROM _rows r JOIN spans s ON {_matched("r", "s", group)} AND r.known_at = s.known_at
    UNION ALL BY NAME
    SELECT {_listed_from("v", table)}, v.known_from AS f, g.begins AS t
    FROM (SELECT {columns}, known_from FROM "{vintages_of(table)}" WHERE known_to IS NULL AND {where}) v
      JOIN first g ON {_matched("v", "g", group)}
    """


def _listed_from(alias: str, table: str) -> str:
    return ", ".join(f'{alias}."{n}"' for n in _content(table))


def _delete_sql(table: str, group: Sequence[str], where: str) -> str:
    return f"""
    DELETE FROM "{vintages_of(table)}"
    WHERE known_to IS NULL AND {where} AND {_among(group)}
    """


def _join_sql(table: str) -> str:
    """Neighbouring intervals of one key that say the same become one vintage."""
    content, key = _content(table), _listed(KEYS[table])
    values = f"row({_listed([n for n in content if n not in SINCE.get(table, ())])})"
    return f"""
    INSERT INTO "{vintages_of(table)}" ({_listed([*content, *KNOWN])})
    WITH marked AS (
      SELECT *, CASE WHEN lag(t) OVER life = f AND lag({values}) OVER life IS NOT DISTINCT FROM {values} THEN 0 ELSE 1 END
        AS is_new
      FROM _placed WINDOW life AS (PARTITION BY {key} ORDER BY f)
    ), grouped AS (
      SELECT *, sum(is_new) OVER (PARTITION BY {key} ORDER BY f ROWS UNBOUNDED PRECEDING) AS island FROM marked
    ), joined AS (
      SELECT first(row({_listed(content)}) ORDER BY f) AS said, min(f) AS f,
        CASE WHEN bool_or(t IS NULL) THEN NULL ELSE max(t) END AS t
      FROM grouped GROUP BY {key}, island
    )
    SELECT {", ".join(f"said[{n}]" for n in range(1, len(content) + 1))}, f, t FROM joined
    """


def read_vintages(connection: duckdb.DuckDBPyConnection, table: str, where: str = "TRUE") -> pd.DataFrame:
    """Every vintage of a derived table with its types, known_from and known_to, in a fixed order."""
    name = vintages_of(table)
    order = _listed([*KEYS[table], "known_from"])
    return frame_of(rows_of(connection, f'SELECT * FROM "{name}" WHERE {where} ORDER BY {order}'), TABLES[name])


def vintages_at(
    connection: duckdb.DuckDBPyConnection, table: str, states: pd.DataFrame, by: Sequence[str], where: str = "TRUE"
) -> pd.DataFrame:
    """The rows of a derived table that were known at each state of their group, with its known_at, in no order."""
    with registered(connection, {"_asked": states[[*by, "known_at"]].drop_duplicates()}):
        rows = rows_of(
            connection,
            f"""SELECT {_listed_from("v", table)}, a.known_at FROM "{vintages_of(table)}" v
            JOIN _asked a ON {_matched("v", "a", by)} AND v.known_from <= a.known_at
              AND (v.known_to IS NULL OR v.known_to > a.known_at) WHERE {where}""",
        )
    return frame_of(rows, TABLES[table])


def sizes_at(connection: duckdb.DuckDBPyConnection, table: str, states: pd.DataFrame, by: Sequence[str]) -> pd.Series:
    """About how many rows there are to choose from for each state: the vintages of its group."""
    with registered(connection, {"_asked": states[list(by)].drop_duplicates()}):
        counts = connection.execute(
            f'SELECT {_listed(by)}, count(*) AS size FROM "{vintages_of(table)}" WHERE ({_listed(by)}) IN '
            f"(SELECT ({_listed(by)}) FROM _asked) GROUP BY ALL"
        ).df()
    sizes = states[list(by)].merge(counts, on=list(by), how="left")["size"].fillna(0)
    return sizes.set_axis(states.index)
