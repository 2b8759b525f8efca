"""The entry point of this package: one file in, its tables as text and its findings out."""

from __future__ import annotations

from dataclasses import replace

from idtracker.ingest.read.archive.zip_members import Allowance, Packed
from idtracker.ingest.read.bounds import check_bytes, check_table
from idtracker.ingest.read.formats.kinds import kind_findings, refuse_unreadable
from idtracker.ingest.read.formats.sniff import sniff
from idtracker.ingest.read.formats.table import FORMATS, KINDS, Format
from idtracker.ingest.read.raw import Reading
from idtracker.ingest.read.refusal import RefusalError, group_of, unreadable
from idtracker.ingest.read.screen import screen
from idtracker.ingest.read.text.tails import broken_tail
from idtracker.ingest.read.where import select_rows, separate_logs
from idtracker.model.config.limits import Limits
from idtracker.model.config.source import Source
from idtracker.model.findings import Findings


def read(content: bytes, file_name: str, source: Source, limits: Limits | None = None) -> Reading:
    """The tables of each part of the source as text cells, and what is wrong with the file as a whole.

    The content decides what the file is: one of another kind than the source declares or `file_name` says is read as
    what it is, with a finding, where it can hold the declared headings. Archives are read member by member. No content
    makes this raise: what cannot be read, or is beyond the limits, is a critical finding. A DefinitionError says that
    the source itself is wrong.
    """
    bounds = limits or Limits()
    try:
        check_bytes(content, bounds)
        try:
            reading = _read_any(content, file_name, source, bounds, None)
        except RecursionError:
            raise unreadable("content_too_deep") from None
        for tables in reading.tables.values():
            for table in tables:
                check_table(table, bounds)
    except RefusalError as refusal:
        return Reading({}, Findings([group_of(refusal)]))
    reading = select_rows(separate_logs(reading, source), source)
    if KINDS[source.format.kind].is_tabular:
        return screen(reading, source)
    return reading


def _read_any(content: bytes, name: str, source: Source, limits: Limits, allowance: Allowance | None) -> Reading:
    """A file as received or as packed in another; `allowance` says what may still be unpacked."""
    detected, kind = sniff(content), source.format.kind
    refuse_unreadable(detected, kind)
    known, findings = FORMATS[detected], kind_findings(detected, kind, name)
    if (reason := broken_tail(content, detected)) is not None:
        findings.add("file.incomplete", reason=reason)
    if known.unpacker:
        reading = _read_packed(known, content, name, source, limits, allowance or Allowance.of(limits))
    else:
        reading = known.reader_for(kind)(content, detected, source, limits)
    findings.extend(reading.findings)
    return replace(reading, findings=findings)


def _read_packed(
    known: Format, content: bytes, name: str, source: Source, limits: Limits, allowance: Allowance
) -> Reading:
    if allowance.depth == 0:
        raise unreadable("archives_too_deep")
    allowance.depth -= 1
    try:
        packed = Packed(
            content, name, source, limits, allowance, lambda c, n: _read_any(c, n, source, limits, allowance)
        )
        return known.unpack(packed)
    finally:
        allowance.depth += 1
