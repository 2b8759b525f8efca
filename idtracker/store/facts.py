"""Facts as vintages. What is known at any instant follows from the accepted submissions alone, in whatever order they came.

For every scope (a key, a period, or the whole source, as the part declares) and every instant at which a submission
arrived or was withdrawn, the strongest submission present says what is true. Neighbouring stretches of equal content
are one vintage, unless a submission that said so was withdrawn in between: what is open never cites a withdrawn file. Nothing is updated in place: the facts of a changed source are computed anew in one transaction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

import duckdb
import pandas as pd

from idtracker.catalog.source import Part, Source
from idtracker.contract.definition import scope_of, specs_of
from idtracker.contract.tables import FACTS, columns_of
from idtracker.intake import Ledger, Receipt
from idtracker.settings import Settings
from idtracker.store.accepted import Outcome, facts_file, read_outcome


def naive_utc(instant: object) -> pd.Timestamp:
    """An instant as the store keeps it: UTC without a zone."""
    stamp = pd.Timestamp(instant)  # type: ignore[arg-type]
    return stamp.tz_convert("UTC").tz_localize(None) if stamp.tzinfo else stamp


def judged_receipts(settings: Settings, source: Source, until: datetime | None = None) -> list[tuple[Receipt, Outcome]]:
    """Receipts of a source that have an outcome, weakest claim first."""
    found = []
    for receipt in Ledger(settings, until).receipts(source.id):
        outcome = None if receipt.is_refused else read_outcome(settings, source.id, receipt.submission_id)
        if outcome is not None:
            found.append((receipt, outcome))
    return found


def signature(source: Source, judged: Sequence[tuple[Receipt, Outcome]]) -> str:
    """Changes whenever the source's facts may change."""
    content = [
        source.fingerprint,
        [[r.submission_id, str(r.received_at), str(r.withdrawn_at), o.judged_by] for r, o in judged],
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def refresh_facts(
    connection: duckdb.DuckDBPyConnection, settings: Settings, source: Source, until: datetime | None = None
) -> bool:
    """Bring the facts of one source to what had arrived by `until`; False where nothing has changed since the last time."""
    judged = judged_receipts(settings, source, until)
    sign = signature(source, judged)
    known = connection.execute("SELECT value FROM _state WHERE name = ?", [f"facts:{source.id}"]).fetchone()
    if known is not None and known[0] == sign:
        return False
    connection.execute("BEGIN TRANSACTION")
    try:
        _forget(connection, source.id)
        for part in source.parts:
            _load_part(connection, settings, source, part, judged)
        connection.execute("INSERT OR REPLACE INTO _state VALUES (?, ?)", [f"facts:{source.id}", sign])
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return True


def forget_sources(connection: duckdb.DuckDBPyConnection, known: Sequence[str]) -> None:
    """Remove the facts of sources that are no longer in the catalogue."""
    stale = [
        name.removeprefix("facts:")
        for (name,) in connection.execute("SELECT name FROM _state WHERE starts_with(name, 'facts:')").fetchall()
    ]
    for source_id in sorted(set(stale) - set(known)):
        _forget(connection, source_id)
        connection.execute("DELETE FROM _state WHERE name = ?", [f"facts:{source_id}"])


def _forget(connection: duckdb.DuckDBPyConnection, source_id: str) -> None:
    for table in FACTS:
        connection.execute(f'DELETE FROM "{table}" WHERE source_id = ?', [source_id])
    connection.execute("DELETE FROM _fate WHERE source_id = ?", [source_id])


def _load_part(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    source: Source,
    part: Part,
    judged: Sequence[tuple[Receipt, Outcome]],
) -> None:
    present = [
        (rank, receipt, path)
        for rank, (receipt, _) in enumerate(judged)
        if (path := facts_file(settings, source.id, receipt.submission_id, part.id)).exists()
    ]
    if not present:
        return
    strength = pd.DataFrame(
        {
            "submission_id": [r.submission_id for _, r, _ in present],
            "arrived": pd.Series([naive_utc(r.received_at) for _, r, _ in present], dtype="datetime64[us]"),
            "withdrawn": pd.Series(
                [naive_utc(r.withdrawn_at) if r.withdrawn_at else pd.NaT for _, r, _ in present], dtype="datetime64[us]"
            ),
            "rank": [rank for rank, _, _ in present],
            "is_edition": [bool(r.edition) and part.revision != "replace_all" for _, r, _ in present],
        }
    )
    connection.register("_strength", strength)
    try:
        files = ", ".join("'" + str(path).replace("'", "''") + "'" for _, _, path in present)
        connection.execute(_reported_sql(part, files))
        connection.execute(_STRONGEST_SQL)
        connection.execute(_vintages_sql(part))
        connection.execute(_fates_sql(part))
    finally:
        connection.unregister("_strength")


def _scope_sql(part: Part) -> str:
    if part.revision == "replace_all":
        return "''"
    if part.revision == "replace_period":
        specs = specs_of(part)
        return " || chr(31) || ".join(f"coalesce(CAST(\"{specs[f].name}\" AS VARCHAR), '')" for f in scope_of(part))
    return "fact_id"


def _reported_sql(part: Part, files: str) -> str:
    return f"""
    CREATE OR REPLACE TEMP TABLE _reported AS
    SELECT f.*, {_scope_sql(part)} AS scope_key, s.arrived, s.withdrawn, s.rank, s.is_edition
    FROM read_parquet([{files}], union_by_name = true) f JOIN _strength s USING (submission_id)
    """


_STRONGEST_SQL = """
    CREATE OR REPLACE TEMP TABLE _strongest AS
    WITH coverage AS (
      SELECT DISTINCT scope_key, submission_id, arrived, withdrawn, rank FROM _reported
    ), instants AS (
      SELECT scope_key, arrived AS t FROM coverage UNION SELECT scope_key, withdrawn FROM coverage WHERE withdrawn IS NOT NULL
    )
    SELECT i.scope_key, i.t, arg_max(c.submission_id, c.rank) AS submission_id
    FROM instants i LEFT JOIN coverage c
      ON c.scope_key = i.scope_key AND c.arrived <= i.t AND (c.withdrawn IS NULL OR c.withdrawn > i.t)
    GROUP BY i.scope_key, i.t
    """


def _vintages_sql(part: Part) -> str:
    names = [c.name for c in columns_of(FACTS[part.feeds])]
    values = {
        "recorded_from": "min(t_from)",
        "recorded_to": "CASE WHEN bool_or(t_to IS NULL) THEN NULL ELSE max(t_to) END",
        "revision_type": "CASE WHEN island = 1 THEN 'INITIAL' WHEN arg_min(is_edition, t_from) THEN 'C' ELSE 'R1' END",
    }
    columns = ", ".join(f'"{n}"' for n in names)
    picked = ", ".join(
        f'{values[n]} AS "{n}"' if n in values else f'first("{n}" ORDER BY t_from) AS "{n}"' for n in names
    )
    return f"""
    INSERT INTO "{part.feeds}" ({columns})
    WITH stretch AS (
      SELECT scope_key, submission_id, t AS t_from, lead(t) OVER (PARTITION BY scope_key ORDER BY t) AS t_to FROM _strongest
    ), visible AS (
      SELECT r.*, x.t_from, x.t_to FROM stretch x JOIN _reported r USING (scope_key, submission_id)
    ), gone AS (
      SELECT DISTINCT fact_id, content_hash, withdrawn AS t_from FROM _reported WHERE withdrawn IS NOT NULL
    ), marked AS (
      SELECT v.*, CASE WHEN lag(v.t_to) OVER life = v.t_from AND lag(v.content_hash) OVER life = v.content_hash
        AND g.fact_id IS NULL THEN 0 ELSE 1 END AS is_new
      FROM visible v LEFT JOIN gone g USING (fact_id, content_hash, t_from)
      WINDOW life AS (PARTITION BY v.fact_id ORDER BY v.t_from)
    ), grouped AS (
      SELECT *, sum(is_new) OVER (PARTITION BY fact_id ORDER BY t_from ROWS UNBOUNDED PRECEDING) AS island FROM marked
    )
    SELECT {picked} FROM grouped GROUP BY fact_id, island
    """


def _fates_sql(part: Part) -> str:
    """Per submission: rows that opened a vintage on arrival, rows outdone by a stronger submission, the rest unchanged."""
    return f"""
    INSERT INTO _fate
    SELECT any_value(r.source_id), r.submission_id,
      count(*) FILTER (w.submission_id = r.submission_id AND v.fact_id IS NOT NULL),
      count(*) FILTER (w.submission_id = r.submission_id AND v.fact_id IS NULL),
      count(*) FILTER (w.submission_id <> r.submission_id)
    FROM _reported r
    JOIN _strongest w ON w.scope_key = r.scope_key AND w.t = r.arrived
    LEFT JOIN "{part.feeds}" v ON v.source_id = r.source_id AND v.fact_id = r.fact_id AND v.recorded_from = r.arrived
    GROUP BY r.submission_id
    """
