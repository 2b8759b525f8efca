"""From what each submission says at each instant to the vintages of one part, in SQL over the accepted Parquet files.

Rows of one scope compete by the rank of their claim, the first file. A row about a closed period competes in a scope of
its own, in which only claims that came before the lock take part, each for all that it says or leaves out; what a
waiver lets in later lies over it, row by row. So nothing that comes after a lock can wipe or change what was known.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from idtracker.ingest.judge.definition import scope_columns
from idtracker.ingest.judge.rules.locks import Lock, day_columns
from idtracker.ingest.judged.archive import SubmissionOutcome, facts_file
from idtracker.ingest.judged.submission_timeline import SubmissionTimeline
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.config.source import Part, Source
from idtracker.model.home import Home
from idtracker.model.tables import FACTS, columns_of
from idtracker.store.connection import registered
from idtracker.store.tables import quoted_list

_OPEN = "TIMESTAMP '9999-12-31'"
_PLACE = "submission_id, sheet, row_number, row_piece"


def load_part(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    source: Source,
    part: Part,
    judged: Sequence[tuple[Receipt, SubmissionOutcome]],
    timeline: SubmissionTimeline,
    locks: Sequence[Lock],
) -> None:
    """Write the vintages of one part of a source, what became of each submission's rows, and when each had the word."""
    windows = timeline.windows[timeline.windows["part"] == part.id]
    named = set(windows["submission_id"])
    base = _files(home, source, part, [r.submission_id for r, o in judged if not o.is_correction], "facts")
    patches = [p for kind in ("facts", "waivable") for p in _files(home, source, part, sorted(named), kind)]
    if not base and not patches:
        return
    ranks = timeline.ranks.assign(is_edition=timeline.ranks["is_edition"] & (part.revision != "replace_all"))
    frames = {
        "_ranks": ranks,
        "_windows": windows,
        "_touched": timeline.overridden_rows[timeline.overridden_rows["part"] == part.id],
    }
    with registered(connection, frames):
        connection.execute(_reported_sql(part, base, patches, locks))
        connection.execute(_STRONGEST_SQL)
        connection.execute(_visible_sql(is_guarded=bool(patches or locks)))
        connection.execute(_vintages_sql(part))
        connection.execute(_fates_sql(source.id, part))
        connection.execute(_standing_sql(source.id))


def drop_workings(connection: duckdb.DuckDBPyConnection) -> None:
    """Let go of the tables in between, which hold every row of a source; within a transaction they stay to its end."""
    for name in ("_visible", "_strongest", "_reported"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{name}")


def _files(home: Home, source: Source, part: Part, submissions: Sequence[str], kind: str) -> list[Path]:
    paths = (facts_file(home, source.id, submission, part.id, kind) for submission in submissions)
    return [path for path in paths if path.exists()]


def scope_sql(part: Part) -> str:
    """What a row's word is about, as one text in SQL over the columns of its table."""
    texts = [f"coalesce(CAST(\"{name}\" AS VARCHAR), '')" for name in scope_columns(part)]
    return " || chr(31) || ".join(texts) or "''"


def _locked_at_sql(part: Part, locks: Sequence[Lock]) -> str:
    """From when the day of a row is closed; far away where it is not."""
    days = day_columns(part)
    if not days or not locks:
        return _OPEN
    day = ", ".join(f'CAST("{name}" AS DATE)' for name in days)
    cases = " ".join(
        f"WHEN coalesce({day}) <= DATE '{lock.last:%Y-%m-%d}' THEN TIMESTAMP '{lock.begins.isoformat(sep=' ')}'"
        for lock in locks
    )
    return f"CASE {cases} ELSE {_OPEN} END"


def _reported_sql(part: Part, base: Sequence[Path], patches: Sequence[Path], locks: Sequence[Lock]) -> str:
    """Every row with the time for which its claim says it (arrived, withdrawn), and with the rank of the claim."""
    branches = []
    if base:
        branches.append(f"""
          SELECT f.*, s.claim, s.arrived, s.withdrawn, CAST(NULL AS VARCHAR) AS waiver
          FROM {accepted_sql(base)} f JOIN _ranks s ON s.claim = f.submission_id ANTI JOIN _touched USING ({_PLACE})""")
    if patches:
        branches.append(f"""
          SELECT f.*, w.claim, w.arrived, w.ended AS withdrawn, w.waiver
          FROM {accepted_sql(patches)} f JOIN _windows w USING ({_PLACE})""")
    return f"""
    CREATE OR REPLACE TEMP TABLE _reported AS
    WITH said AS ({" UNION ALL BY NAME ".join(branches)}), placed AS (
      SELECT said.*, {scope_sql(part)} AS scope_key, {_locked_at_sql(part, locks)} AS locked_at, s.rank,
        s.is_edition OR said.submission_id <> said.claim AS is_edition, s.came AS claimed_at
      FROM said JOIN (SELECT DISTINCT claim, came, rank, is_edition FROM _ranks) s USING (claim)
    )
    SELECT *, claimed_at >= locked_at AS is_overlay, row_number() OVER () AS rid FROM placed
    """


def accepted_sql(files: Sequence[Path | str]) -> str:
    """Rows of several files; those of a part whose records cannot be deleted do not say whether they delete."""
    no_flag = "SELECT CAST(NULL AS BOOLEAN) AS is_deleted WHERE FALSE"
    return f"(FROM read_parquet([{quoted_list(files)}], union_by_name = true) UNION ALL BY NAME {no_flag})"


_STRONGEST_SQL = """
    CREATE OR REPLACE TEMP TABLE _strongest AS
    WITH coverage AS (
      SELECT DISTINCT scope_key, claim, arrived, withdrawn, rank, claimed_at FROM _reported WHERE NOT is_overlay
    ), spans AS (
      SELECT DISTINCT scope_key, arrived, withdrawn FROM _reported
    ), instants AS (
      SELECT scope_key, arrived AS t FROM spans UNION SELECT scope_key, withdrawn FROM spans WHERE withdrawn IS NOT NULL
    ), segments AS (
      SELECT DISTINCT scope_key, locked_at FROM _reported
    ), winners AS (
      SELECT i.scope_key, g.locked_at, i.t, arg_max(c.claim, c.rank) AS claim
      FROM instants i JOIN segments g USING (scope_key) LEFT JOIN coverage c
        ON c.scope_key = i.scope_key AND c.arrived <= i.t AND (c.withdrawn IS NULL OR c.withdrawn > i.t)
        AND c.claimed_at < g.locked_at
      GROUP BY i.scope_key, g.locked_at, i.t
    )
    SELECT *, lead(t) OVER (PARTITION BY scope_key, locked_at ORDER BY t) AS t_to FROM winners
    """


def _visible_sql(is_guarded: bool) -> str:
    """Rows in use over each interval. Guarded: of several rows of one key, that of the closed period, then the later one."""
    guard = """
      QUALIFY row_number() OVER (PARTITION BY x.scope_key, x.t, r.fact_id ORDER BY r.locked_at, r.is_overlay DESC,
        r.rank DESC, r.arrived DESC, r.submission_id, r.sheet, r.row_number, r.row_piece) = 1"""
    return f"""
    CREATE OR REPLACE TEMP TABLE _visible AS
    SELECT r.rid, r.fact_id, r.content_hash, r.waiver, r.is_edition, coalesce(r.is_deleted, FALSE) AS is_deleted, r.claim, r.submission_id, x.t AS t_from, x.t_to
    FROM _strongest x JOIN _reported r ON r.scope_key = x.scope_key AND r.locked_at = x.locked_at
      AND (r.claim = x.claim OR r.is_overlay) AND r.arrived <= x.t AND (r.withdrawn IS NULL OR r.withdrawn > x.t)
    {guard if is_guarded else ""}
    """


def _vintages_sql(part: Part) -> str:
    names = [c.name for c in columns_of(FACTS[part.feeds])]
    own = ("recorded_from", "recorded_to", "revision_type")
    columns = ", ".join(f'"{n}"' for n in names)
    picked = ", ".join(f'v."{n}"' if n in own else f'r."{n}"' for n in names)
    return f"""
    INSERT INTO "{part.feeds}" ({columns})
    WITH gone AS (
      SELECT DISTINCT fact_id, content_hash, withdrawn AS t_from FROM _reported WHERE withdrawn IS NOT NULL
    ), marked AS (
      SELECT v.*, CASE WHEN lag(v.t_to) OVER life = v.t_from AND lag(v.content_hash) OVER life = v.content_hash
        AND lag(coalesce(v.waiver, '')) OVER life = coalesce(v.waiver, '') AND g.fact_id IS NULL THEN 0 ELSE 1 END AS is_new
      FROM _visible v LEFT JOIN gone g USING (fact_id, content_hash, t_from)
      WHERE NOT v.is_deleted
      WINDOW life AS (PARTITION BY v.fact_id ORDER BY v.t_from)
    ), grouped AS (
      SELECT *, sum(is_new) OVER (PARTITION BY fact_id ORDER BY t_from ROWS UNBOUNDED PRECEDING) AS island FROM marked
    ), vintages AS (
      SELECT arg_min(rid, t_from) AS rid, min(t_from) AS recorded_from,
        CASE WHEN bool_or(t_to IS NULL) THEN NULL ELSE max(t_to) END AS recorded_to,
        CASE WHEN island = 1 THEN 'INITIAL' WHEN arg_min(is_edition, t_from) THEN 'C' ELSE 'R1' END AS revision_type
      FROM grouped GROUP BY fact_id, island
    )
    SELECT {picked} FROM vintages v JOIN _reported r USING (rid)
    """


def _fates_sql(source_id: str, part: Part) -> str:
    """Per submission and time of validity: rows that opened or, by a deletion, ended a vintage, rows unchanged, outdone."""
    return f"""
    INSERT INTO _fate
    SELECT '{source_id}', r.submission_id, r.arrived, r.withdrawn,
      count(*) FILTER (w.rid IS NOT NULL AND coalesce(v.fact_id, e.fact_id) IS NOT NULL),
      count(*) FILTER (w.rid IS NOT NULL AND coalesce(v.fact_id, e.fact_id) IS NULL),
      count(*) FILTER (w.rid IS NULL)
    FROM _reported r
    LEFT JOIN _visible w ON w.rid = r.rid AND w.t_from = r.arrived
    LEFT JOIN "{part.feeds}" v ON v.source_id = r.source_id AND v.fact_id = r.fact_id AND v.recorded_from = r.arrived
    LEFT JOIN "{part.feeds}" e ON r.is_deleted AND e.source_id = r.source_id AND e.fact_id = r.fact_id
      AND e.recorded_to = r.arrived
    GROUP BY r.submission_id, r.arrived, r.withdrawn
    """


def _standing_sql(source_id: str) -> str:
    """When rows of each submission, or rows that stand in its place, were in use."""
    return f"""
    INSERT INTO _standing
    SELECT DISTINCT '{source_id}', claim, t_from, t_to FROM _visible
    UNION SELECT DISTINCT '{source_id}', submission_id, t_from, t_to FROM _visible
    """
