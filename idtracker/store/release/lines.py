"""Lines of corrections: which of them an audience may see, as the table `_lines` of a connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pandas as pd

from idtracker.ingest.judged.archive import SubmissionOutcome, read_lines
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.home import Home
from idtracker.store.connection import registered

_ROW = ["part", "submission_id", "sheet", "row_number", "row_piece"]
_ROOT = ["of_submission_id", "of_sheet", "of_row_number", "of_row_piece"]
_LINE = ["source_id", *_ROW, *_ROOT, "fate"]
_PLACE = "source_id, part, submission_id, sheet, row_number, row_piece"


def lines_of(home: Home, judged: Mapping[str, Sequence[tuple[Receipt, SubmissionOutcome]]]) -> pd.DataFrame:
    """Every line of every correction: source, its place, the row of a first file that it is about, and its fate."""
    rows = [
        (source_id, *place, *root[1:], fate)
        for source_id, pairs in judged.items()
        for receipt, outcome in pairs
        if outcome.is_correction
        for place, root, fate in read_lines(home, source_id, receipt.submission_id)
    ]
    return pd.DataFrame(rows, columns=_LINE).astype({name: "int64" if "row" in name else "str" for name in _LINE})


def keep_seen_lines(connection: duckdb.DuckDBPyConnection, lines: pd.DataFrame) -> None:
    """Keep the lines of which the row that they are about is chosen and, if they have one, their own row; other rows of corrections go."""
    with registered(connection, {"_lines_frame": lines}):
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE _lines AS
            SELECT l.* FROM _lines_frame l SEMI JOIN _chosen root ON root.source_id = l.source_id AND root.part = l.part
              AND root.submission_id = l.of_submission_id AND root.sheet = l.of_sheet AND root.row_number = l.of_row_number
              AND root.row_piece = l.of_row_piece
            WHERE l.fate NOT IN ('accepted', 'held') OR ({_PLACE}) IN (SELECT {_PLACE} FROM _chosen)"""
        )
        connection.execute(
            f"""DELETE FROM _chosen WHERE (source_id, submission_id) IN (SELECT source_id, submission_id FROM _lines_frame)
            AND ({_PLACE}) NOT IN (SELECT {_PLACE} FROM _lines)"""
        )


def lines_marks(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    """Source and submission -> a sum over its lines and the rows that they are about, each by its number in `_numbers`."""
    rows = connection.execute(
        """SELECT l.source_id, l.submission_id,
          sum(hash(l.part, n.name, l.sheet, n.number, n.piece, root.name, l.of_sheet, root.number, root.piece, l.fate))
        FROM _lines l JOIN _numbers n USING (source_id, submission_id, sheet, row_number, row_piece)
        JOIN _numbers root ON root.source_id = l.source_id AND root.submission_id = l.of_submission_id AND root.sheet = l.of_sheet
          AND root.row_number = l.of_row_number AND root.row_piece = l.of_row_piece GROUP BY ALL"""
    ).fetchall()
    return {(str(source), str(submission)): int(mark) for source, submission, mark in rows}
