"""The moments at which what is known changes, each with a signature of everything that was known by then.

Two stores whose signatures agree up to a moment knew the same at every instant up to it. So what was derived for those
moments stands, and only later ones are worked out again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd

from idtracker.model.tables import OVER_TIME, TABLES, columns_of
from idtracker.model.tables.version import model_version
from idtracker.model.tables.vintages import KEYS, KNOWN, RECORDED, versions_of_rows
from idtracker.store.connection import registered
from idtracker.store.history.recorded_changes import recorded_changes


@dataclass(frozen=True, slots=True)
class ChangePoints:
    """Instants (UTC, rising) at which something changed, and the signature of all that was known at each."""

    at: tuple[pd.Timestamp, ...]
    signatures: tuple[str, ...]


def change_points_of(
    connection: duckdb.DuckDBPyConnection, base: str, as_of: pd.Timestamp, days: Iterable[pd.Timestamp]
) -> ChangePoints:
    """Every moment up to `as_of` at which a fact, a submission or a decision changed, and the `days` among them.

    `base` stands for what beside the record decides about derived tables: method, register, definitions, code.
    """
    digests = {at: digest for at, digest in recorded_changes(connection).items() if at <= as_of}
    instants = sorted({*digests, *(d for d in days if d <= as_of)})
    signatures, known = [], f"{base}\0{model_version()}\0{duckdb.__version__}"
    for at in instants:
        known = hashlib.sha256(f"{known}\0{at.isoformat()}\0{digests.get(at, '')}".encode()).hexdigest()[:16]
        signatures.append(known)
    return ChangePoints(tuple(instants), tuple(signatures))


def stored_change_points(connection: duckdb.DuckDBPyConnection, step: str) -> ChangePoints:
    """The moments that a step has worked out."""
    rows = connection.execute("SELECT moment, signature FROM _moment WHERE step = ? ORDER BY moment", [step]).fetchall()
    return ChangePoints(tuple(pd.Timestamp(at) for at, _ in rows), tuple(signature for _, signature in rows))


def valid_prefix(connection: duckdb.DuckDBPyConnection, step: str, change_points: ChangePoints) -> tuple[int, bool]:
    """How many of the moments a step has worked out already, and whether it knows others after these."""
    stored = stored_change_points(connection, step)
    done = list(zip(stored.at, stored.signatures, strict=True))
    now = list(zip(change_points.at, change_points.signatures, strict=True))
    for n, (one, other) in enumerate(zip(done, now, strict=False)):
        if one != other:
            return n, True
    return min(len(done), len(now)), len(done) > len(now)


def keep_change_points(connection: duckdb.DuckDBPyConnection, step: str, change_points: ChangePoints) -> None:
    """Remember that a step has worked out these moments."""
    connection.execute("DELETE FROM _moment WHERE step = ?", [step])
    frame = pd.DataFrame({"step": step, "moment": list(change_points.at), "signature": list(change_points.signatures)})
    with registered(connection, {"_kept": frame.astype({"moment": "datetime64[us]"})}):
        connection.execute("INSERT INTO _moment SELECT step, moment, signature FROM _kept")


def forget_steps(connection: duckdb.DuckDBPyConnection, prefix: str, kept: Sequence[str]) -> None:
    """Forget what steps whose names begin with `prefix` have worked out, all but those that are `kept`."""
    connection.execute(
        "DELETE FROM _moment WHERE starts_with(step, ?) AND NOT list_contains(CAST(? AS VARCHAR[]), step)",
        [prefix, list(kept)],
    )


def last_change_point(connection: duckdb.DuckDBPyConnection, steps: str) -> pd.Timestamp | None:
    """The last moment that the steps whose names are like `steps` have worked out; None where there is none."""
    row = connection.execute("SELECT max(moment) FROM _moment WHERE step LIKE ?", [steps]).fetchone()
    return pd.Timestamp(row[0]) if row and row[0] is not None else None


def changes_of(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    by: Sequence[str],
    after: pd.Timestamp | None,
    where: str = "TRUE",
) -> pd.DataFrame:
    """When what a table of vintages says about each group changed, after an instant: columns `by` and known_at, in order."""
    names = ", ".join(f'"{c}"' for c in by)
    begins, ends = KNOWN if table in OVER_TIME else RECORDED
    since = "-infinity" if after is None else after.isoformat(sep=" ")
    changes: pd.DataFrame = connection.execute(
        f"""SELECT DISTINCT {names}, known_at
        FROM (SELECT {names}, unnest([{begins}, {ends}]) AS known_at FROM "{table}" WHERE {where})
        WHERE known_at > TIMESTAMP '{since}' ORDER BY ALL"""
    ).df()
    return changes


def first_days(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], after: pd.Timestamp | None
) -> dict[pd.Timestamp, pd.Timestamp | None]:
    """For each instant after `after` at which `columns` of a table changed the first day that the changed rows speak of.

    None where a changed row has no day. `table` is a fact table, or a derived one that is kept over time. A row that ends
    where one that says the same in these columns begins is no change.
    """
    source_table, (begins, ends) = versions_of_rows(table)
    day = first_day_sql(table)
    since = "-infinity" if after is None else after.isoformat(sep=" ")
    values = ", ".join(f'"{c}"' for c in columns)
    rows = connection.execute(
        f"""WITH moved AS (
          SELECT unnest([{begins}, {ends}]) AS moment, unnest([1, -1]) AS side, {day} AS day, row({values}) AS said FROM "{source_table}"
        ), changed AS (
          SELECT moment, day FROM moved WHERE moment > TIMESTAMP '{since}' GROUP BY moment, day, said HAVING sum(side) <> 0
        )
        SELECT moment, CASE WHEN count(day) < count(*) THEN NULL ELSE min(day) END FROM changed GROUP BY moment"""
    ).fetchall()
    return {pd.Timestamp(at): None if first is None else pd.Timestamp(first) for at, first in rows}


def has_changes(connection: duckdb.DuckDBPyConnection, table: str, after: pd.Timestamp | None) -> bool:
    """Whether any row of a fact table, or of a derived one that is kept over time, begins or ends after an instant: see first_days."""
    source_table, (begins, ends) = versions_of_rows(table)
    since = "-infinity" if after is None else after.isoformat(sep=" ")
    later = f"{begins} > TIMESTAMP '{since}' OR {ends} > TIMESTAMP '{since}'"
    return bool(connection.execute(f'SELECT 1 FROM "{source_table}" WHERE {later} LIMIT 1').fetchall())


def first_day_sql(table: str) -> str:
    """The first day that a row of a table speaks of, in SQL; of a derived table without days that of its quarter, else NULL."""
    specs = columns_of(TABLES[table])
    days = [f'CAST("{c.name}" AS TIMESTAMP)' for c in specs
            if c.kind in ("date", "instant") and c.name not in RECORDED]  # fmt: skip
    if not days and "period" in KEYS.get(table, ()):
        return "CAST(make_date(CAST(period[:4] AS INT), 3 * CAST(period[-1:] AS INT) - 2, 1) AS TIMESTAMP)"
    return f"least({', '.join(days)})" if days else "CAST(NULL AS TIMESTAMP)"


def changes_of_values(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], after: pd.Timestamp | None
) -> set[pd.Timestamp]:
    """The instants after `after` from which a combination of values is known in a table, or known in no row any more."""
    source_table, (begins, ends) = versions_of_rows(table)
    values, since = ", ".join(f'"{c}"' for c in columns), "-infinity" if after is None else after.isoformat(sep=" ")
    rows = connection.execute(
        f"""WITH moved AS (
          SELECT unnest([{begins}, {ends}]) AS moment, unnest([1, -1]) AS side, row({values}) AS said FROM "{source_table}"
        ), counted AS (
          SELECT moment, said, sum(side) AS change FROM moved WHERE moment IS NOT NULL GROUP BY moment, said
        ), known AS (
          SELECT moment, change, sum(change) OVER (PARTITION BY said ORDER BY moment) AS rows_known FROM counted
        )
        SELECT DISTINCT moment FROM known
        WHERE moment > TIMESTAMP '{since}' AND (rows_known > 0) <> (rows_known - change > 0)"""
    ).fetchall()
    return {pd.Timestamp(at) for (at,) in rows}
