"""Identifiers of an audience: submissions by their arrival, rows counted anew, so that nothing shows where something is left out.

`_numbers`: source_id, submission_id, sheet, row_number, row_piece, and in their place name (of the submission), number, piece.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

import duckdb
import pandas as pd

from idtracker.ingest.judged.archive import SubmissionOutcome
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.published.audience import Audience
from idtracker.store.connection import registered

Names = dict[tuple[str, str], str]
"""Source and submission -> the submission's name for the audience."""


def short_hash(audience: Audience, *parts: object) -> str:
    """Sixteen hex digits that stand for something in the publications of one audience, and in no other's."""
    return hashlib.sha256("\x1f".join(map(str, (audience.id, *parts))).encode()).hexdigest()[:16]


def short_hash_sql(audience: Audience, column: str) -> str:
    """The same of one text column, in SQL; missing where it is."""
    prefix = audience.id.replace("'", "''")
    return f"CASE WHEN {column} IS NOT NULL THEN substr(sha256('{prefix}' || chr(31) || {column}), 1, 16) END"


def held_id_sql(audience: Audience) -> str:
    """The audience's name of a held row, in SQL over `_chosen` c and `_numbers` n."""
    place = " || chr(31) || ".join(
        ["n.name", "c.part", "c.sheet", "CAST(n.number AS VARCHAR)", "CAST(n.piece AS VARCHAR)"]
    )
    return short_hash_sql(audience, place)


def held_names(connection: duckdb.DuckDBPyConnection, audience: Audience, source_id: str) -> dict[str, str]:
    """Held row of a source -> the audience's name of it."""
    rows = connection.execute(
        f"""SELECT c.own, {held_id_sql(audience)} FROM _chosen c JOIN _numbers n USING (source_id, submission_id, sheet, row_number, row_piece)
        WHERE c.kind = 'held' AND c.source_id = ?""",
        [source_id],
    ).fetchall()
    return {str(old): str(new) for old, new in rows}


def number_rows(
    connection: duckdb.DuckDBPyConnection,
    judged: Mapping[str, Sequence[tuple[Receipt, SubmissionOutcome]]],
    audience: Audience,
    empty: set[tuple[str, str]],
) -> Names:
    """Number the chosen rows of each submission, and name it by source, arrival and place among those of the same instant."""
    with_rows = connection.execute(
        "SELECT DISTINCT source_id, submission_id FROM _chosen UNION SELECT source_id, submission_id FROM _lines"
    ).fetchall()
    there = {(str(source), str(submission)) for source, submission in with_rows} | empty
    names: Names = {}
    for source_id, pairs in judged.items():
        same_instant = Counter[object]()
        for receipt, _ in pairs:
            if (source_id, receipt.submission_id) in there:
                same_instant[receipt.received_at] += 1
                parts = (source_id, receipt.received_at.isoformat(), same_instant[receipt.received_at])
                names[source_id, receipt.submission_id] = short_hash(audience, *parts)
    frame = pd.DataFrame(
        [(*key, name) for key, name in names.items()], columns=["source_id", "submission_id", "name"], dtype="str"
    )
    with registered(connection, {"_names_frame": frame}):
        connection.execute(
            """CREATE OR REPLACE TEMP TABLE _numbers AS
            WITH places AS (
              SELECT DISTINCT source_id, submission_id, sheet, row_number, row_piece FROM _chosen
              UNION SELECT source_id, submission_id, sheet, row_number, row_piece FROM _lines
            )
            SELECT p.*, n.name, dense_rank() OVER (PARTITION BY source_id, submission_id, sheet ORDER BY row_number) AS number,
              dense_rank() OVER (PARTITION BY source_id, submission_id, sheet, row_number ORDER BY row_piece) - 1 AS piece
            FROM places p JOIN _names_frame n USING (source_id, submission_id)"""
        )
    return names
