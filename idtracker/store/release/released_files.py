"""The files of released submissions: rows of many submissions in one query for each kind of file, since a query costs more than a small file's rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from idtracker.ingest.judge.definition import scope_columns
from idtracker.ingest.judged.archive import accepted_folder, facts_file, is_readable
from idtracker.model.config.source import Part, Source
from idtracker.model.home import Home
from idtracker.model.published.audience import Audience
from idtracker.model.tables import FACTS, columns_of
from idtracker.store.connection import rows_of
from idtracker.store.release.candidates import LISTS
from idtracker.store.release.numbering import Names, held_id_sql, short_hash_sql
from idtracker.store.tables import quoted, quoted_list

KINDS = ("facts", "waivable")
"""Kinds of files of accepted rows: those that count, and those that a waiver would let through."""
PEOPLE = "people"
"""Unit of the columns that count people."""
LINES = "lines.parquet"
"""The file of what became of each line of a correction."""
ROWS_AT_ONCE = 200_000
"""Chosen rows of about so many are read together, so that memory is bounded."""
Files = dict[str, pa.Table]
"""Name of a file -> its rows."""
_OF = "_of"
"""The submission that a row is of, as the owner calls it; in no file."""


@dataclass(frozen=True, slots=True)
class Writing:
    """From where to where the submissions of one source are written, and what each is called there."""

    connection: duckdb.DuckDBPyConnection
    home: Home
    target: Home
    source: Source
    audience: Audience
    names: Names

    def of(self, submissions: Iterable[str]) -> str:
        """The rows of some submissions in `_chosen`, `_numbers` or `_lines`, in SQL."""
        return f"source_id = {quoted(self.source.id)} AND submission_id IN ({quoted_list(submissions)})"

    def folder(self, submission_id: str) -> Path:
        """The accepted folder of a submission at the owner's."""
        return accepted_folder(self.home, self.source.id, submission_id)


def released_files(writing: Writing, submissions: Sequence[str]) -> dict[str, Files]:
    """Submission -> its files as the audience has them; a file without rows is not there. Rows stand in the order of their numbers."""
    files: dict[str, Files] = defaultdict(dict)
    for name, query in _queries(writing, submissions):
        for submission, rows in _by_submission(rows_of(writing.connection, query)):
            files[submission][name] = rows
    return files


def _queries(writing: Writing, submissions: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each file name, and a query for its rows in some of the submissions."""
    for part in writing.source.parts:
        for kind in KINDS:
            paths = [facts_file(writing.home, writing.source.id, one, part.id, kind) for one in submissions]
            for columns, alike in _of_one_schema(path for path in paths if is_readable(path)):
                yield alike[0].name, _facts_sql(writing, part, kind, columns, alike, submissions)
    yield from _held_queries(writing, submissions)
    lines = f"SELECT 1 FROM _lines WHERE {writing.of(submissions)} LIMIT 1"
    if writing.connection.execute(lines).fetchall():
        yield LINES, _lines_sql(writing, submissions)


def _of_one_schema(paths: Iterable[Path]) -> Iterator[tuple[list[str], list[Path]]]:
    """Files that have the same columns of the same types, together with these columns: an older one may lack some."""
    alike: dict[tuple[tuple[str, str], ...], list[Path]] = defaultdict(list)
    for path in paths:
        alike[tuple((field.name, str(field.type)) for field in pq.read_schema(path))].append(path)
    for schema, together in alike.items():
        yield [name for name, _ in schema], together


def _by_submission(rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Rows in order of submission, cut where the next one begins."""
    if not rows.num_rows:
        return
    names = rows.column(_OF).to_numpy()
    rows = rows.drop_columns([_OF])
    starts = [0, *(np.flatnonzero(names[1:] != names[:-1]) + 1).tolist(), len(names)]
    for start, end in pairwise(starts):
        yield str(names[start]), rows.slice(start, end - start)


def _facts_sql(
    writing: Writing, part: Part, kind: str, columns: Sequence[str], paths: Sequence[Path], submissions: Sequence[str]
) -> str:
    anew = _replaced(writing.audience, part)
    picked = ", ".join(f'{anew[name]} AS "{name}"' if name in anew else f'f."{name}"' for name in columns)
    here = writing.of(submissions)
    return f"""SELECT c.submission_id AS {_OF}, {picked} FROM read_parquet([{quoted_list(paths)}]) f
        JOIN (FROM _chosen WHERE {here} AND part = {quoted(part.id)} AND kind = '{kind}') c ON c.submission_id = f.submission_id
          AND c.sheet = coalesce(f.sheet, '') AND c.row_number = f.row_number AND c.row_piece = f.row_piece
        JOIN _shown s ON s.classification IS NOT DISTINCT FROM f.classification AND s.releasable_to IS NOT DISTINCT FROM f.releasable_to
        JOIN (FROM _numbers WHERE {here}) n
          ON n.submission_id = c.submission_id AND n.sheet = c.sheet AND n.row_number = c.row_number AND n.row_piece = c.row_piece
        CROSS JOIN ({_LISTED}) k ORDER BY c.submission_id, n.sheet, n.number, n.piece"""


_LISTED = (
    "SELECT "
    + ", ".join(
        f"coalesce(list(value) FILTER (target = '{target}'), []) AS {target}" for target in sorted({*LISTS.values()})
    )
    + " FROM _known"
)
"""The identifiers that are there of the tables that lists refer to, in one row."""


def _replaced(audience: Audience, part: Part) -> dict[str, str]:
    """Column of a fact table -> what the audience reads in it, where that is not what was accepted."""
    anew = {
        "fact_id": short_hash_sql(audience, "f.fact_id"),
        "content_hash": short_hash_sql(audience, "f.content_hash"),
        "submission_id": "n.name",
        "row_number": "n.number",
        "row_piece": "n.piece",
        "releasable_to": "s.shown",
    }
    for spec in columns_of(FACTS[part.feeds]):
        column = f'f."{spec.name}"'
        if spec.references and not spec.is_required:
            anew[spec.name] = (
                f"CASE WHEN ('{spec.references.partition('.')[0]}', {column}) IN (FROM _known) THEN {column} END"
            )
        elif (part.feeds, spec.name) in LISTS:
            kept = f"list_filter(string_split({column}, ';'), lambda one: list_contains(k.{LISTS[part.feeds, spec.name]}, trim(one)))"
            anew[spec.name] = f"nullif(array_to_string({kept}, ';'), '')"
        elif spec.unit == PEOPLE and audience.smallest_count > 1:
            anew[spec.name] = f"CASE WHEN {column} <= 0 OR {column} >= {audience.smallest_count} THEN {column} END"
    return anew


def _held_queries(writing: Writing, submissions: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The held rows without what they say, which decide what a correction or a waiver put right; and their keys."""
    folders = [writing.folder(one) for one in submissions]
    held = [folder / "held.parquet" for folder in folders if is_readable(folder / "held.parquet")]
    if not held:
        return
    writing.connection.execute(_held_sql(writing, held, submissions))
    yield "held.parquet", f"SELECT * EXCLUDE (old_id) FROM _held ORDER BY {_OF}, part, sheet, row_number, row_piece"
    keys = [folder / "held_keys.parquet" for folder in folders if is_readable(folder / "held_keys.parquet")]
    if keys:
        anew = short_hash_sql(writing.audience, "k.fact_id")
        by_key = [part.id for part in writing.source.parts if scope_columns(part) == ("fact_id",)]
        scope = f"CASE WHEN list_contains({by_key!r}, k.part) THEN {short_hash_sql(writing.audience, 'k.scope')} ELSE k.scope END"
        yield (
            "held_keys.parquet",
            f"""SELECT h.{_OF}, h.held_id, k.part, {scope} AS scope, {anew} AS fact_id, k.key
            FROM read_parquet([{quoted_list(keys)}], union_by_name = true) k JOIN _held h ON h.old_id = k.held_id ORDER BY ALL""",
        )


def _held_sql(writing: Writing, paths: Sequence[Path], submissions: Sequence[str]) -> str:
    here = writing.of(submissions)
    return f"""CREATE OR REPLACE TEMP TABLE _held AS SELECT c.submission_id AS {_OF}, h.held_id AS old_id,
          {held_id_sql(writing.audience)} AS held_id,
          n.name AS submission_id, h.source_id, h.part, h.sheet, n.number AS row_number, n.piece AS row_piece,
          root.name AS of_submission_id, CASE WHEN root.name IS NOT NULL THEN h.of_sheet END AS of_sheet, root.number AS of_row_number,
          root.piece AS of_row_piece, h.rules, h.is_waivable, '{{}}' AS cells, NULL::TIMESTAMP AS held_from, NULL::TIMESTAMP AS held_to,
          h.classification, s.shown AS releasable_to
        FROM read_parquet([{quoted_list(paths)}], union_by_name = true) h
        JOIN (FROM _chosen WHERE {here} AND kind = 'held') c ON c.submission_id = h.submission_id AND c.part = h.part
          AND c.sheet = coalesce(h.sheet, '') AND c.row_number = h.row_number AND c.row_piece = h.row_piece
        JOIN _shown s ON s.classification IS NOT DISTINCT FROM h.classification AND s.releasable_to IS NOT DISTINCT FROM h.releasable_to
        JOIN (FROM _numbers WHERE {here}) n ON n.submission_id = c.submission_id AND n.sheet = c.sheet
          AND n.row_number = c.row_number AND n.row_piece = c.row_piece
        LEFT JOIN _numbers root ON root.source_id = h.source_id AND root.submission_id = h.of_submission_id
          AND root.sheet = coalesce(h.of_sheet, '') AND root.row_number = h.of_row_number AND root.row_piece = h.of_row_piece"""


def _lines_sql(writing: Writing, submissions: Sequence[str]) -> str:
    return f"""SELECT l.submission_id AS {_OF}, l.part, n.name AS submission_id, l.sheet, n.number AS row_number, n.piece AS row_piece,
          root.name AS of_submission_id, l.of_sheet, root.number AS of_row_number, root.piece AS of_row_piece, l.fate
        FROM (FROM _lines WHERE {writing.of(submissions)}) l JOIN _numbers n USING (source_id, submission_id, sheet, row_number, row_piece)
        JOIN _numbers root ON root.source_id = l.source_id AND root.submission_id = l.of_submission_id AND root.sheet = l.of_sheet
          AND root.row_number = l.of_row_number AND root.row_piece = l.of_row_piece
        ORDER BY ALL"""
