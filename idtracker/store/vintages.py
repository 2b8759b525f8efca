"""From what each submission says at each instant to the vintages of one part, in SQL over the accepted Parquet files.

Rows of one scope compete by the rank of their claim, the first file. A row about a closed period competes in a scope of
its own, in which only claims that were received before the lock take part, each for all that it says or leaves out; what a
waiver lets in later lies over it, row by row. So nothing that comes after a lock can wipe or change what was known.

Who wins is worked out over keys alone; the rows that make a vintage are copied from the files once that is known. Scopes
do not touch each other, so that a change may be worked out for the scopes that changed files speak of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from idtracker.ingest.judge.definition import scope_of, specs_of
from idtracker.ingest.judge.rules.locks import Lock, day_columns
from idtracker.ingest.judged.archive import Outcome, facts_file
from idtracker.ingest.judged.statements import Claims
from idtracker.ingest.landing.ledger import Receipt
from idtracker.model.config.source import Part, Source
from idtracker.model.home import Settings
from idtracker.model.tables import FACTS, columns_of

_OPEN = "TIMESTAMP '9999-12-31'"
_PLACE = "submission_id, sheet, row_number, row_piece"


@dataclass(frozen=True, slots=True)
class Step:
    """Files that arrived or were withdrawn since the facts of a source were worked out, and the ranks before and now."""

    submissions: frozenset[str]
    before: pd.DataFrame
    now: pd.DataFrame


@dataclass(frozen=True, slots=True)
class PartFiles:
    """Accepted Parquet files of one part: `base` of first files, `patches` with rows that count for certain times only."""

    part: Part
    base: list[Path]
    patches: list[Path]
    locks: Sequence[Lock]


def load_part(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    source: Source,
    part: Part,
    judged: Sequence[tuple[Receipt, Outcome]],
    claims: Claims,
    locks: Sequence[Lock],
    step: Step | None = None,
) -> None:
    """Write the vintages of one part of a source, what became of each submission's rows, and when each had the word.

    With a `step` only the scopes that its files speak of are worked out: as they were, to take that back, and as they are.
    """
    windows = claims.windows[claims.windows["part"] == part.id]
    named = set(windows["submission_id"])
    base = _files(settings, source, part, [r.submission_id for r, o in judged if not o.is_correction], "facts")
    patches = [p for kind in ("facts", "waivable") for p in _files(settings, source, part, sorted(named), kind)]
    moved = _files(settings, source, part, sorted(step.submissions), "facts") if step else []
    if not (moved if step else base or patches):
        return
    files = PartFiles(part, base, patches, locks)
    touched = claims.touched[claims.touched["part"] == part.id]
    with _registered(connection, _windows=windows, _touched=touched):
        if step is None:
            _work_out(connection, source.id, files, claims.ranks, 1)
        else:
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE _scope AS "
                f"SELECT DISTINCT {_scope_sql(part)} AS scope_key FROM {parquet_files(moved)}"
            )
            _work_out(connection, source.id, files, step.before, -1, is_scoped=True)
            connection.execute("CREATE OR REPLACE TEMP TABLE _gone AS SELECT DISTINCT fact_id FROM _vintage")
            connection.execute(
                f'DELETE FROM "{part.feeds}" WHERE source_id = ? AND fact_id IN (FROM _gone)', [source.id]
            )
            _work_out(connection, source.id, files, step.now, 1, is_scoped=True)
        connection.execute(_insert_sql(files))


@contextmanager
def _registered(connection: duckdb.DuckDBPyConnection, **frames: pd.DataFrame) -> Iterator[None]:
    for name, frame in frames.items():
        connection.register(name, frame)
    try:
        yield
    finally:
        for name in frames:
            connection.unregister(name)


def _work_out(
    connection: duckdb.DuckDBPyConnection,
    source_id: str,
    files: PartFiles,
    ranks: pd.DataFrame,
    sign: int,
    is_scoped: bool = False,
) -> None:
    """Work out the vintages of a part under certain ranks, and count the fates of rows `sign` times."""
    ranks = ranks.assign(is_edition=ranks["is_edition"] & (files.part.revision != "replace_all"))
    with _registered(connection, _ranks=ranks):
        connection.execute(_reported_sql(files, is_scoped))
    connection.execute(_STRONGEST_SQL)
    connection.execute(_visible_sql(is_guarded=bool(files.patches or files.locks)))
    connection.execute(_VINTAGE_SQL)
    connection.execute(_FATES_SQL, {"source": source_id, "sign": sign})
    connection.execute(_STANDING_SQL, {"source": source_id, "sign": sign})


def _files(settings: Settings, source: Source, part: Part, submissions: Sequence[str], kind: str) -> list[Path]:
    paths = (facts_file(settings, source.id, submission, part.id, kind) for submission in submissions)
    return [path for path in paths if path.exists()]


def _scope_sql(part: Part) -> str:
    if part.revision == "replace_all":
        return "''"
    if part.revision == "replace_period":
        specs = specs_of(part)
        return " || chr(31) || ".join(f"coalesce(CAST(\"{specs[f].name}\" AS VARCHAR), '')" for f in scope_of(part))
    return "fact_id"


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


def _reported_sql(files: PartFiles, is_scoped: bool) -> str:
    """Key and place of every row with the time for which its claim says it (arrived, withdrawn), and the rank of the claim."""
    keys = f"""fact_id, content_hash, {_PLACE}, filename AS file, file_row_number AS line,
      {_scope_sql(files.part)} AS scope_key, {_locked_at_sql(files.part, files.locks)} AS locked_at"""
    near = "WHERE scope_key IN (FROM _scope)" if is_scoped else ""
    branches = []
    if files.base:
        branches.append(f"""
          SELECT f.*, s.claim, s.arrived, s.withdrawn, CAST(NULL AS VARCHAR) AS waiver
          FROM (SELECT {keys} FROM {parquet_files(files.base)} {near}) f JOIN _ranks s ON s.claim = f.submission_id
            ANTI JOIN _touched USING ({_PLACE})""")
    if files.patches:
        branches.append(f"""
          SELECT f.*, w.claim, w.arrived, w.ended AS withdrawn, w.waiver
          FROM (SELECT {keys} FROM {parquet_files(files.patches)} {near}) f JOIN _windows w USING ({_PLACE})""")
    return f"""
    CREATE OR REPLACE TEMP TABLE _reported AS
    WITH said AS ({" UNION ALL BY NAME ".join(branches)})
    SELECT said.* EXCLUDE (sheet, row_number, row_piece), sheet, row_number, row_piece, s.rank,
      s.is_edition OR said.submission_id <> said.claim AS is_edition, s.arrived AS claimed_at,
      s.arrived >= locked_at AS is_overlay, row_number() OVER () AS rid
    FROM said JOIN _ranks s USING (claim)
    """


def parquet_files(files: Sequence[Path]) -> str:
    """The rows of Parquet files as a table expression."""
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
    return f"read_parquet([{listed}], union_by_name = true)"


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
    """Rows in use over each stretch. Guarded: of several rows of one key, that of the closed period, then the later one."""
    guard = """
      QUALIFY row_number() OVER (PARTITION BY x.scope_key, x.t, r.fact_id ORDER BY r.locked_at, r.is_overlay DESC,
        r.rank DESC, r.arrived DESC, r.submission_id, r.sheet, r.row_number, r.row_piece) = 1"""
    return f"""
    CREATE OR REPLACE TEMP TABLE _visible AS
    SELECT r.rid, r.fact_id, r.content_hash, r.waiver, r.is_edition, r.submission_id, r.claim, x.t AS t_from, x.t_to
    FROM _strongest x JOIN _reported r ON r.scope_key = x.scope_key AND r.locked_at = x.locked_at
      AND (r.claim = x.claim OR r.is_overlay) AND r.arrived <= x.t AND (r.withdrawn IS NULL OR r.withdrawn > x.t)
    {guard if is_guarded else ""}
    """


_VINTAGE_SQL = """
    CREATE OR REPLACE TEMP TABLE _vintage AS
    WITH gone AS (
      SELECT DISTINCT fact_id, content_hash, withdrawn AS t_from FROM _reported WHERE withdrawn IS NOT NULL
    ), marked AS (
      SELECT v.*, CASE WHEN lag(v.t_to) OVER life = v.t_from AND lag(v.content_hash) OVER life = v.content_hash
        AND lag(coalesce(v.waiver, '')) OVER life = coalesce(v.waiver, '') AND g.fact_id IS NULL THEN 0 ELSE 1 END AS is_new
      FROM _visible v LEFT JOIN gone g USING (fact_id, content_hash, t_from)
      WINDOW life AS (PARTITION BY v.fact_id ORDER BY v.t_from)
    ), grouped AS (
      SELECT *, sum(is_new) OVER (PARTITION BY fact_id ORDER BY t_from ROWS UNBOUNDED PRECEDING) AS island FROM marked
    )
    SELECT fact_id, arg_min(rid, t_from) AS rid, min(t_from) AS recorded_from,
      CASE WHEN bool_or(t_to IS NULL) THEN NULL ELSE max(t_to) END AS recorded_to,
      CASE WHEN island = 1 THEN 'INITIAL' WHEN arg_min(is_edition, t_from) THEN 'C' ELSE 'R1' END AS revision_type
    FROM grouped GROUP BY fact_id, island
    """


def _insert_sql(files: PartFiles) -> str:
    """Copy the rows of the vintages from the files."""
    names = [c.name for c in columns_of(FACTS[files.part.feeds])]
    of_store = ("recorded_from", "recorded_to", "revision_type", "waiver")
    picked = ", ".join(f'v."{name}"' if name in of_store else f'f."{name}"' for name in names)
    return f"""
    INSERT INTO "{files.part.feeds}" ({", ".join(f'"{name}"' for name in names)})
    WITH v AS (
      SELECT v.recorded_from, v.recorded_to, v.revision_type, r.waiver, r.file, r.line
      FROM _vintage v JOIN _reported r USING (rid)
    )
    SELECT {picked} FROM {parquet_files([*files.base, *files.patches])} f
      JOIN v ON v.file = f.filename AND v.line = f.file_row_number
    """


_FATES_SQL = """
    INSERT INTO _fate
    SELECT $source, r.submission_id, r.arrived, r.withdrawn,
      $sign * count(*) FILTER (w.rid IS NOT NULL AND v.fact_id IS NOT NULL),
      $sign * count(*) FILTER (w.rid IS NOT NULL AND v.fact_id IS NULL),
      $sign * count(*) FILTER (w.rid IS NULL)
    FROM _reported r
    LEFT JOIN _visible w ON w.rid = r.rid AND w.t_from = r.arrived
    LEFT JOIN _vintage v ON v.fact_id = r.fact_id AND v.recorded_from = r.arrived
    GROUP BY r.submission_id, r.arrived, r.withdrawn
    """
"""Per submission and time of validity: rows that opened a vintage on arrival, rows unchanged, rows outdone."""

_STANDING_SQL = """
    INSERT INTO _standing
    SELECT $source, said, t_from, t_to, $sign * count(*)
    FROM (SELECT claim AS said, t_from, t_to FROM _visible UNION ALL SELECT submission_id, t_from, t_to FROM _visible)
    GROUP BY said, t_from, t_to
    """
"""When rows of each submission, or rows that stand in its place, were in use, and how many."""
