"""What a round freezes: scores, trends and cells of its quarter as known at the cut-off, and what these rest on.

Read from the vintages of a store or publication, so that a later reading at the same instant gives the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import duckdb
import pandas as pd

from idtracker.model.marking import Marking, marking_of, united
from idtracker.model.methods.published import MERGING
from idtracker.model.periods import quarter_code, quarter_number
from idtracker.model.tables import TABLES, columns_of
from idtracker.model.tables.vintages import KEYS, KNOWN, vintages_of
from idtracker.store.tables import quoted, quoted_list

FROZEN = ("score", "trend", "merged_cell")
_MARKED = ("merged_cell", "cell_report")
_MARKS = ("classification", "handling", "releasable_to")
"""What a row is marked follows from who handles its source; it is no part of what was frozen."""
_METHOD = "method_id, method_version, role, definition"
_RESTS_ON = """
FROM (SELECT DISTINCT indicator_id, place_id, origin_period FROM merged_cell_vintage WHERE period = {period} AND {known}) c
JOIN cell_report_vintage r ON r.indicator_id = c.indicator_id AND r.place_id = c.place_id AND r.period = c.origin_period
WHERE r.use = 'USED' AND r.weight > 0 AND {known_r}
"""


def frozen_inputs(
    connection: duckdb.DuckDBPyConnection,
    period: str,
    cutoff: pd.Timestamp,
    country: str,
    columns: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """What identifies the inputs of a quarter as known at an instant (UTC), as JSON values.

    `tables`: rows and SHA-256 of each; `headline`: the whole index of the country, else of the first place; `organisations`
    and `submissions` behind the cells; `methods`: the definitions that merged and scored. `columns` are those that the
    digests go over (None: all but the marking). None of it is there where nothing was known: `tables` have no rows.
    """
    stated = columns or {name: [c.name for c in columns_of(TABLES[name]) if c.name not in _MARKS] for name in FROZEN}
    inputs: dict[str, Any] = {
        "tables": {name: _digest(connection, name, stated[name], period, cutoff) for name in FROZEN},
        "headline": _headline(connection, period, cutoff, country),
        "organisations": _organisations(connection, period, cutoff),
        "submissions": _submissions(connection, period, cutoff),
        "methods": methods_in(connection),
    }
    return inputs


def digest_of(inputs: Mapping[str, Any]) -> str:
    """One SHA-256 over all that was frozen, methods included."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def methods_in(connection: duckdb.DuckDBPyConnection) -> list[dict[str, str]]:
    """The methods that merged and scored, each with its whole definition: a method that is edited later is not lost."""
    rows = connection.execute(
        f"SELECT {_METHOD} FROM method WHERE role IN ('headline', '{MERGING}') ORDER BY ALL"
    ).fetchall()
    return [dict(zip(_METHOD.split(", "), map(str, row), strict=True)) for row in rows]


def frozen_marking(connection: duckdb.DuckDBPyConnection, period: str, cutoff: pd.Timestamp) -> Marking | None:
    """High-water mark of every cell and report that the frozen rows rest on; None of nothing.

    Trends rest on the cells of their window as well. A score or trend of nothing is marked for nobody and adds nothing.
    """
    last = quarter_number(period)
    window = [quarter_code(last - n) for n in range(_window(connection))]
    parts = " UNION ".join(
        f"SELECT classification, releasable_to FROM {vintages_of(name)} "
        f"WHERE period IN ({quoted_list(window)}) AND {known_sql(cutoff)}"
        for name in _MARKED
    )
    return united(marking_of(*pair) for pair in connection.execute(f"{parts} ORDER BY ALL").fetchall())


def _window(connection: duckdb.DuckDBPyConnection) -> int:
    """Quarters that a trend looks at, the frozen one included."""
    rules = (json.loads(method["definition"]).get("trend") for method in methods_in(connection))
    return max((int(rule["window"]) for rule in rules if rule), default=1)


def known_sql(at: pd.Timestamp, alias: str = "") -> str:
    """Whether a vintage was known at an instant, in SQL."""
    begins, ends = (f"{alias}{name}" for name in KNOWN)
    moment = f"TIMESTAMP '{at.isoformat(sep=' ')}'"
    return f"{begins} <= {moment} AND ({ends} IS NULL OR {ends} > {moment})"


def frozen_rows_sql(table: str, columns: Sequence[str], period: str, at: pd.Timestamp) -> str:
    """The rows of a frozen table as known at an instant, in order of its key, in SQL."""
    listed, key = (", ".join(f'"{name}"' for name in names) for names in (columns, KEYS[table]))
    return (
        f"SELECT {listed} FROM {vintages_of(table)} WHERE period = {quoted(period)} AND {known_sql(at)} ORDER BY {key}"
    )


def rows_digest(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """SHA-256 over rows as JSON lines under their columns: numbers to their last bit, days and instants in ISO 8601."""
    lines = [json.dumps(list(columns))]
    lines += [json.dumps([_plain(value) for value in row], ensure_ascii=False) for row in rows]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _digest(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], period: str, at: pd.Timestamp
) -> dict[str, Any]:
    rows = connection.execute(frozen_rows_sql(table, columns, period, at)).fetchall()
    return {"rows": len(rows), "columns": list(columns), "sha256": rows_digest(columns, rows)}


def _headline(
    connection: duckdb.DuckDBPyConnection, period: str, at: pd.Timestamp, country: str
) -> dict[str, Any] | None:
    """The whole index of the country (else of the first place); None where nothing was scored."""
    names = ("place_id", "node_code", "score", "low", "high", "band", "method_version")
    row = connection.execute(
        f"""SELECT {", ".join(f"s.{name}" for name in names)} FROM score_vintage s
        JOIN method m ON m.role = 'headline' AND m.root_code = s.node_code
        WHERE s.period = ? AND (s.place_id = ? OR ? = '') AND {known_sql(at, "s.")} ORDER BY s.place_id LIMIT 1""",
        [period, country, country],
    ).fetchone()
    return None if row is None else dict(zip(names, row, strict=True))


def _rests_on(period: str, at: pd.Timestamp) -> str:
    return _RESTS_ON.format(period=quoted(period), known=known_sql(at), known_r=known_sql(at, "r."))


def _organisations(connection: duckdb.DuckDBPyConnection, period: str, at: pd.Timestamp) -> dict[str, int]:
    """Organisation -> its accepted observations that the cells of the quarter rest on, carried ones among them."""
    rows = connection.execute(
        f"""SELECT org_id, count(DISTINCT fact) FROM (
          SELECT r.org_id, unnest(string_split(r.fact_ids, ';')) AS fact {_rests_on(period, at)}
        ) WHERE org_id IS NOT NULL GROUP BY org_id ORDER BY org_id"""
    ).fetchall()
    return {str(org): int(count) for org, count in rows}


def _submissions(connection: duckdb.DuckDBPyConnection, period: str, at: pd.Timestamp) -> list[str]:
    rows = connection.execute(
        f"""SELECT DISTINCT submission FROM (
          SELECT unnest(string_split(r.submission_ids, ';')) AS submission {_rests_on(period, at)}
        ) ORDER BY submission"""
    ).fetchall()
    return [str(submission) for (submission,) in rows]
