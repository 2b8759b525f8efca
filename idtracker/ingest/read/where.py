"""The rows that a source asks for by `where`, one country of a world file; and which tables are logs of deletions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from idtracker.ingest.read.bounds import arrow_of
from idtracker.ingest.read.heading import fold as fold_heading
from idtracker.ingest.read.raw import RawTable, Reading
from idtracker.ingest.read.refusal import worded
from idtracker.model.config.source import Part, Source
from idtracker.model.findings import Findings
from idtracker.model.text import fold

_MOST_SHOWN = 5


def select_rows(reading: Reading, source: Source) -> Reading:
    """The reading with those rows alone that each part asks for; how many are left out is reported, or that none remains."""
    if not any(part.where for part in source.parts):
        return reading
    parts = {part.id: part for part in source.parts}
    findings = Findings(reading.findings.groups)
    tables = {id_: [_select(table, parts[id_], findings) for table in ts] for id_, ts in reading.tables.items()}
    return replace(reading, tables=tables, findings=findings)


def _select(table: RawTable, part: Part, findings: Findings) -> RawTable:
    keep: npt.NDArray[np.bool_] = np.ones(len(table), dtype=bool)
    for heading, values in part.asked.items():
        name = next((h for h in table.headings if fold_heading(h) == fold_heading(heading)), None)
        if name is None:
            findings.add("heading.missing", sheet=table.sheet, column=heading, found=", ".join(table.headings))
            return table
        coded = arrow_of(table, name).combine_chunks().dictionary_encode()
        texts = [None, *coded.dictionary.to_pylist()]
        at = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64) + 1
        wanted = {fold(value) for value in values}
        fits = np.array([fold(text or "") in wanted for text in texts], dtype=bool)[at]
        if keep.any() and not fits[keep].any():
            held = [str(texts[place]) for place in dict.fromkeys(at[keep].tolist()) if place]
            _report_none(findings, table, name, values, held, int(keep.sum()))
        keep &= fits
    left_out = len(keep) - int(keep.sum())
    if left_out and keep.any():
        findings.add("file.rows_left_out", sheet=table.sheet, count=f"{left_out:,}", total=f"{len(keep):,}")
    return table.taking(keep) if left_out else table


def _report_none(
    findings: Findings, table: RawTable, heading: str, values: Sequence[str], held: Sequence[str], count: int
) -> None:
    findings.add(
        "file.none_left",
        sheet=table.sheet,
        column=heading,
        position=table.positions.get(heading),
        count=f"{count:,}",
        expected=", ".join(values),
        found=", ".join(held[:_MOST_SHOWN]) + (" …" if len(held) > _MOST_SHOWN else "") or worded("nothing"),
    )


def separate_logs(reading: Reading, source: Source) -> Reading:
    """The reading in which a table of records is none of deletions, and a log of deletions none of records.

    A table of records has a heading that its part reads and the log does not.
    """
    tables = dict(reading.tables)
    for log in (part for part in source.parts if part.deletes is not None):
        records = next(part for part in source.parts if part.id == log.deletes)
        named = {table.sheet for table in tables.get(records.id, [])}
        both = [table for table in tables.get(log.id, []) if table.sheet in named]
        are_records = {table.sheet for table in both if _holds_records(table, records, log)}
        for part, others in ((log, are_records), (records, {table.sheet for table in both} - are_records)):
            left = [t for t in tables.get(part.id, []) if t.sheet not in others]
            tables = {id_: ts for id_, ts in tables.items() if id_ != part.id} | ({part.id: left} if left else {})
    return replace(reading, tables=tables)


def _holds_records(table: RawTable, records: Part, log: Part) -> bool:
    read, of_log = ({fold_heading(h) for c in part.columns for h in c.headings} for part in (records, log))
    across = re.compile(records.unpivot.columns) if records.unpivot is not None else None
    return any(fold_heading(h) in read - of_log or (across and across.search(h)) for h in table.headings)
