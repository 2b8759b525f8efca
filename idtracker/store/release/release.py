"""The home of an audience: a ledger and accepted files with the rows that it may see, under identifiers of its own."""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from idtracker.ingest.judged.archive import SubmissionOutcome, accepted_folder, facts_file, is_readable
from idtracker.ingest.judged.seals import seal_of
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.config.source import Source
from idtracker.model.files import private_folder, write_json
from idtracker.model.home import Home
from idtracker.model.published.audience import Audience
from idtracker.store.connection import in_memory
from idtracker.store.refresh_facts import judged_receipts
from idtracker.store.release.candidates import Accepted, Reference, Reports, choose_rows
from idtracker.store.release.lines import lines_marks, lines_of
from idtracker.store.release.numbering import Names, number_rows
from idtracker.store.release.released_files import Writing
from idtracker.store.release.write_ledger import write_ledger
from idtracker.store.release.write_submission import Counts, write_submissions

RECORD = "released.json"
"""What each submission of an audience's home was made from; inside that home, never published."""
FORM = 2
"""Raised whenever the same rows would be written otherwise."""
Judged = Mapping[str, Sequence[tuple[Receipt, SubmissionOutcome]]]


def release_rows(
    home: Home, target: Home, sources: Mapping[str, Source], audience: Audience, now: datetime, reference: Reference
) -> frozenset[str]:
    """Bring the audience's home up to what it may see of what is accepted; the sources of which it may see anything.

    A submission is there if a row of it may be seen, or if it has no rows (a report of nothing) and its source is released to the audience.
    Files of a submission of which the same may be seen as before stay as they are.
    """
    private_folder(target.root)
    judged = {source_id: judged_receipts(home, source) for source_id, source in sources.items()}
    with in_memory() as connection:
        accepted = list(_accepted(home, sources, judged))
        held = {s: _held(home, s, pairs) for s, pairs in judged.items()}
        held = {source_id: paths for source_id, paths in held.items() if paths}
        choose_rows(connection, Reports(accepted, held, lines_of(home, judged)), sources, audience, now, reference)
        empty = _without_rows(sources, judged, audience)
        released = number_rows(connection, judged, audience, empty)
        before, made_from = _record(target), _made_from(connection, home, judged, audience, now, released)
        counts, record = _counts(connection), {}
        for source_id, pairs in judged.items():
            own = [(receipt, outcome) for receipt, outcome in pairs if (source_id, receipt.submission_id) in released]
            changed = []
            for receipt, outcome in own:
                key, name = f"{source_id}/{receipt.submission_id}", released[source_id, receipt.submission_id]
                record[key] = [name, made_from[source_id, receipt.submission_id]]
                if before.get(key) != record[key] or seal_of(accepted_folder(target, source_id, name)) is None:
                    changed.append((receipt, outcome))
            writing = Writing(connection, home, target, sources[source_id], audience, released)
            write_submissions(writing, changed, counts.get(source_id, {}))
            write_ledger(connection, home, target, source_id, audience, own, released)
    _remove_others(target, {(key.split("/")[0], name) for key, (name, _) in record.items()})
    write_json(target.root / RECORD, record)
    return frozenset(key.split("/")[0] for key in record)


def _accepted(home: Home, sources: Mapping[str, Source], judged: Judged) -> Iterator[Accepted]:
    for source_id, source in sources.items():
        for part in source.parts:
            for kind in ("facts", "waivable"):
                paths = (facts_file(home, source_id, r.submission_id, part.id, kind) for r, _ in judged[source_id])
                yield Accepted(source_id, part, kind, [path for path in paths if is_readable(path)])


def _held(home: Home, source_id: str, pairs: Sequence[tuple[Receipt, SubmissionOutcome]]) -> list[Path]:
    paths = (accepted_folder(home, source_id, receipt.submission_id) / "held.parquet" for receipt, _ in pairs)
    return [path for path in paths if is_readable(path)]


def _without_rows(sources: Mapping[str, Source], judged: Judged, audience: Audience) -> set[tuple[str, str]]:
    """Submissions without any row, of sources that are released to the audience: reports of nothing."""
    open_sources = [s for s, source in sources.items() if audience.sees(source.handling.marking)]
    return {
        (source_id, receipt.submission_id)
        for source_id in open_sources
        for receipt, outcome in judged[source_id]
        if outcome.verdict == "accepted" and not outcome.rows_read and outcome.periods and not outcome.is_correction
    }


def _made_from(
    connection: duckdb.DuckDBPyConnection, home: Home, judged: Judged, audience: Audience, now: datetime, names: Names
) -> dict[tuple[str, str], str]:
    """Source and submission -> what changes whenever the released files do: what is accepted, what may be seen of that, what it refers to.

    A correction refers to files before it and to their rows, by the names and numbers that these have for the audience.
    """
    chosen = connection.execute(
        """SELECT c.source_id, c.submission_id, sum(hash(c.part, c.kind, c.sheet, c.row_number, c.row_piece)),
          sum(hash(c.part, c.kind, c.sheet, c.row_number, c.row_piece, r.target, r.value)) FILTER (r.value IS NOT NULL AND k.value IS NULL)
        FROM (SELECT *, unnest(CASE WHEN len(refs) = 0 THEN [NULL] ELSE refs END) AS r FROM _chosen) c
        LEFT JOIN _known k ON k.target = c.r.target AND k.value = c.r.value GROUP BY ALL"""
    ).fetchall()
    marks = {(source, submission): (rows, dangling) for source, submission, rows, dangling in chosen}
    lines = lines_marks(connection)
    known = audience.fingerprint(now)
    made_from = {}
    for source_id, pairs in judged.items():
        for receipt, outcome in pairs:
            key = (source_id, receipt.submission_id)
            parts = [FORM, seal_of(accepted_folder(home, *key)), known, *marks.get(key, (None, None))]
            if outcome.is_correction:
                parts += [lines.get(key), *(names.get((source_id, one)) for one in outcome.corrects.split(";"))]
            made_from[key] = json.dumps(parts)
    return made_from


def _counts(connection: duckdb.DuckDBPyConnection) -> dict[str, Counts]:
    """Source -> submission -> how many rows of each kind were chosen."""
    counts: dict[str, Counts] = defaultdict(lambda: defaultdict(Counter))
    query = "SELECT source_id, submission_id, kind, count(*) FROM _chosen GROUP BY ALL"
    for source_id, submission_id, kind, rows in connection.execute(query).fetchall():
        counts[source_id][submission_id][kind] = rows
    return counts


def _record(target: Home) -> dict[str, list[str]]:
    try:
        record: dict[str, list[str]] = json.loads((target.root / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record


def _remove_others(target: Home, kept: set[tuple[str, str]]) -> None:
    """Take away what the audience may no longer see."""
    for folder in [path for path in target.accepted.glob("*/*") if (path.parent.name, path.name) not in kept]:
        shutil.rmtree(folder)
    for source in {path for path in (target.landing / "ledger").glob("*") if path.name not in {s for s, _ in kept}}:
        shutil.rmtree(source)
