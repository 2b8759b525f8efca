"""The accepted files of one submission as an audience has them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from idtracker.ingest.judge.definition import scope_columns
from idtracker.ingest.judge.deletions import IS_DELETED, still_said
from idtracker.ingest.judge.reported.coverage import coverage_of
from idtracker.ingest.judged.archive import SubmissionOutcome, accepted_folder, facts_file, is_readable
from idtracker.ingest.judged.parquet import read_frame
from idtracker.ingest.judged.seals import write_sealed
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.config.source import Part, Source
from idtracker.model.files import private_folder
from idtracker.model.home import Home
from idtracker.model.published.audience import Audience
from idtracker.model.tables import FACTS, columns_of
from idtracker.store.release.candidates import LISTS
from idtracker.store.release.numbering import Names, held_id_sql, short_hash_sql
from idtracker.store.tables import quoted

KINDS = ("facts", "waivable")
"""Kinds of files of accepted rows: those that count, and those that a waiver would let through."""
PEOPLE = "people"
"""Unit of the columns that count people."""


@dataclass(frozen=True, slots=True)
class Writing:
    """From where to where the submissions of one source are written, and what each is called there."""

    connection: duckdb.DuckDBPyConnection
    home: Home
    target: Home
    source: Source
    audience: Audience
    names: Names

    def here(self, submission_id: str) -> str:
        """The rows of a submission in `_chosen`, `_numbers` or `_lines`, in SQL."""
        return f"source_id = {quoted(self.source.id)} AND submission_id = {quoted(submission_id)}"


def write_submission(writing: Writing, receipt: Receipt, outcome: SubmissionOutcome) -> None:
    """Write the folder of a submission whole, in the place of one that is there."""
    name = writing.names[writing.source.id, receipt.submission_id]
    target = accepted_folder(writing.target, writing.source.id, name)
    private_folder(target.parent)
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=".part-"))
    for part in writing.source.parts:
        for kind in KINDS:
            _write_rows(writing, receipt.submission_id, part, kind, draft)
    _write_held(writing, receipt.submission_id, draft)
    if outcome.is_correction:
        _write_lines(writing, receipt.submission_id, draft)
    write_sealed(draft, asdict(_outcome(writing, receipt, outcome, name, draft)))
    if target.exists():
        shutil.rmtree(target)
    draft.rename(target)


def _write_rows(writing: Writing, submission_id: str, part: Part, kind: str, draft: Path) -> None:
    path = facts_file(writing.home, writing.source.id, submission_id, part.id, kind)
    if not is_readable(path):
        return
    own = f"{writing.here(submission_id)} AND part = {quoted(part.id)} AND kind = '{kind}'"
    if not writing.connection.execute(f"SELECT 1 FROM _chosen WHERE {own} LIMIT 1").fetchall():
        return
    read = f"read_parquet({quoted(path)})"
    columns = [str(name) for name, *_ in writing.connection.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()]
    anew = _replaced(writing.audience, part)
    picked = ", ".join(f'{anew[name]} AS "{name}"' if name in anew else f'f."{name}"' for name in columns)
    writing.connection.execute(
        f"""COPY (SELECT {picked} FROM {read} f
        JOIN (FROM _chosen WHERE {own}) c ON c.sheet = coalesce(f.sheet, '') AND c.row_number = f.row_number AND c.row_piece = f.row_piece
        JOIN _shown s ON s.classification IS NOT DISTINCT FROM f.classification AND s.releasable_to IS NOT DISTINCT FROM f.releasable_to
        JOIN (FROM _numbers WHERE {writing.here(submission_id)}) n
          ON n.sheet = c.sheet AND n.row_number = c.row_number AND n.row_piece = c.row_piece
        CROSS JOIN ({_LISTED}) k ORDER BY n.sheet, n.number, n.piece) TO {quoted(draft / path.name)} (FORMAT parquet)"""
    )


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


def _write_held(writing: Writing, submission_id: str, draft: Path) -> None:
    """The held rows without what they say, which decide what a correction or a waiver put right; and their keys."""
    folder = accepted_folder(writing.home, writing.source.id, submission_id)
    if not is_readable(folder / "held.parquet"):
        return
    here = writing.here(submission_id)
    writing.connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE _held AS SELECT h.held_id AS old_id, {held_id_sql(writing.audience)} AS held_id,
          n.name AS submission_id, h.source_id, h.part, h.sheet, n.number AS row_number, n.piece AS row_piece,
          root.name AS of_submission_id, CASE WHEN root.name IS NOT NULL THEN h.of_sheet END AS of_sheet, root.number AS of_row_number,
          root.piece AS of_row_piece, h.rules, h.is_waivable, '{{}}' AS cells, NULL::TIMESTAMP AS held_from, NULL::TIMESTAMP AS held_to,
          h.classification, s.shown AS releasable_to
        FROM read_parquet({quoted(folder / "held.parquet")}) h
        JOIN (FROM _chosen WHERE {here} AND kind = 'held') c ON c.part = h.part AND c.sheet = coalesce(h.sheet, '')
          AND c.row_number = h.row_number AND c.row_piece = h.row_piece
        JOIN _shown s ON s.classification IS NOT DISTINCT FROM h.classification AND s.releasable_to IS NOT DISTINCT FROM h.releasable_to
        JOIN (FROM _numbers WHERE {here}) n ON n.sheet = c.sheet AND n.row_number = c.row_number AND n.row_piece = c.row_piece
        LEFT JOIN _numbers root ON root.source_id = h.source_id AND root.submission_id = h.of_submission_id
          AND root.sheet = coalesce(h.of_sheet, '') AND root.row_number = h.of_row_number AND root.row_piece = h.of_row_piece"""
    )
    _copy(
        writing,
        "SELECT * EXCLUDE (old_id) FROM _held ORDER BY part, sheet, row_number, row_piece",
        draft / "held.parquet",
    )
    if is_readable(folder / "held_keys.parquet"):
        anew = short_hash_sql(writing.audience, "k.fact_id")
        by_key = [part.id for part in writing.source.parts if scope_columns(part) == ("fact_id",)]
        scope = f"CASE WHEN list_contains({by_key!r}, k.part) THEN {short_hash_sql(writing.audience, 'k.scope')} ELSE k.scope END"
        _copy(
            writing,
            f"""SELECT h.held_id, k.part, {scope} AS scope, {anew} AS fact_id, k.key
            FROM read_parquet({quoted(folder / "held_keys.parquet")}) k JOIN _held h ON h.old_id = k.held_id ORDER BY ALL""",
            draft / "held_keys.parquet",
        )


def _write_lines(writing: Writing, submission_id: str, draft: Path) -> None:
    _copy(
        writing,
        f"""SELECT l.part, n.name AS submission_id, l.sheet, n.number AS row_number, n.piece AS row_piece, root.name AS of_submission_id,
          l.of_sheet, root.number AS of_row_number, root.piece AS of_row_piece, l.fate
        FROM (FROM _lines WHERE {writing.here(submission_id)}) l JOIN _numbers n USING (source_id, submission_id, sheet, row_number, row_piece)
        JOIN _numbers root ON root.source_id = l.source_id AND root.submission_id = l.of_submission_id AND root.sheet = l.of_sheet
          AND root.row_number = l.of_row_number AND root.row_piece = l.of_row_piece
        ORDER BY ALL""",
        draft / "lines.parquet",
    )


def _copy(writing: Writing, query: str, path: Path) -> None:
    """The rows of a query as a file; none where there are no rows."""
    if writing.connection.execute(f"SELECT 1 FROM ({query}) LIMIT 1").fetchall():
        writing.connection.execute(f"COPY ({query}) TO {quoted(path)} (FORMAT parquet)")


def _outcome(
    writing: Writing, receipt: Receipt, outcome: SubmissionOutcome, name: str, draft: Path
) -> SubmissionOutcome:
    """The outcome as if no other row had been sent. Warnings and what the file was compared with are the owner's."""
    facts, held = _counts(writing, receipt.submission_id)
    corrected = (writing.names.get((writing.source.id, one)) for one in outcome.corrects.split(";"))
    if _is_whole(writing, receipt.submission_id) and writing.audience.sees(writing.source.handling.marking):
        periods, last_day = outcome.periods, outcome.last_day
    else:
        periods, last_day = _coverage(writing, receipt, outcome, draft)
    verdict = "accepted" if not held else "partly_accepted" if facts else "held"
    return replace(
        outcome,
        submission_id=name,
        verdict=verdict,
        rows_read=facts + held,
        rows_accepted=facts,
        rows_held=held,
        rows_repeated=0,
        periods=periods,
        last_day=last_day,
        judged_by="",
        history="",
        corrects=";".join(one for one in corrected if one),
        record="",
    )


def _is_whole(writing: Writing, submission_id: str) -> bool:
    """Whether every row of a submission was chosen, also what a waiver would let through."""
    folder = accepted_folder(writing.home, writing.source.id, submission_id)
    paths = [
        facts_file(writing.home, writing.source.id, submission_id, p.id, kind)
        for p in writing.source.parts
        for kind in KINDS
    ]
    rows: int = sum(pq.read_metadata(path).num_rows for path in [*paths, folder / "held.parquet"] if path.is_file())
    count = f"SELECT count(*) FROM _chosen WHERE {writing.here(submission_id)}"
    return int(writing.connection.execute(count).fetchall()[0][0]) == rows


def _counts(writing: Writing, submission_id: str) -> tuple[int, int]:
    row = writing.connection.execute(
        f"""SELECT count(*) FILTER (kind = 'facts'), count(*) FILTER (kind = 'held') FROM _chosen
        WHERE {writing.here(submission_id)}"""
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _coverage(writing: Writing, receipt: Receipt, outcome: SubmissionOutcome, draft: Path) -> tuple[str, str]:
    """Periods that the released rows report, and their last day; with what the file says that there is nothing to report of."""
    folder = accepted_folder(writing.home, writing.source.id, receipt.submission_id)
    received = pd.Timestamp(receipt.received_at)
    whole = coverage_of(writing.source, _frames(writing, folder), received)
    released = coverage_of(writing.source, _frames(writing, draft), received)
    nothing = set(outcome.periods.split(";")) - set(whole.periods) - {""}
    if not writing.audience.sees(writing.source.handling.marking):
        nothing = set()
    return ";".join(sorted({*released.periods, *nothing})), released.last_day.isoformat() if released.last_day else ""


def _frames(writing: Writing, folder: Path) -> Mapping[str, pd.DataFrame]:
    """The facts of a folder by part; of one that waits whole, what it will say."""
    for kind in ("facts", "waivable"):
        paths = {part.id: folder / f"{kind}-{part.id}.parquet" for part in writing.source.parts}
        frames = {part: _days_of(path) for part, path in paths.items() if path.is_file()}
        if any(len(frame) for frame in frames.values()):
            return {part: still_said(frame) for part, frame in frames.items()}
    return {}


def _days_of(path: Path) -> pd.DataFrame:
    """The columns of accepted rows that say what days or periods they speak of, and whether they delete."""
    return read_frame(path, [name for name in pq.read_schema(path).names if name in _COVERING])


_COVERING = {"period", IS_DELETED} | {
    name for model in FACTS.values() for spec in columns_of(model) if spec.about_day or spec.about_until
    for name in (spec.name, spec.about_until) if name
}  # fmt: skip
