"""The door of this room: one file in, its tables as text and its findings out."""

from __future__ import annotations

from dataclasses import replace

from idtracker.ingest.read.archive.zip_members import Allowance, read_zip, unpack_gzip
from idtracker.ingest.read.bounds import check_bytes, check_json, check_markup, check_table
from idtracker.ingest.read.heading import Wanted
from idtracker.ingest.read.kinds import EXPECTED, PACKED, WORKBOOKS, kind_findings, refuse_unreadable
from idtracker.ingest.read.raw import Reading
from idtracker.ingest.read.refusal import RefusalError, group_of, in_both_languages, unreadable
from idtracker.ingest.read.screen import screen
from idtracker.ingest.read.sniff import GZ, JSON, TEXT, XML, sniff
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
            raise unreadable("its content is nested too deeply") from None
        for tables in reading.tables.values():
            for table in tables:
                check_table(table, bounds)
    except RefusalError as refusal:
        return Reading({}, Findings([group_of(refusal)]))
    if source.format.kind != "iati":
        reading = screen(reading, source)
    groups = [replace(g, details=in_both_languages(g.details)) for g in reading.findings.groups]
    return replace(reading, findings=Findings(groups))


def _read_any(content: bytes, name: str, source: Source, limits: Limits, allowance: Allowance | None) -> Reading:
    """A file as received or as packed in another; `allowance` says what may still be unpacked."""
    found = sniff(content)
    refuse_unreadable(found, source.format.kind)
    findings = kind_findings(found, source.format.kind, name)
    if found in PACKED:
        reading = _read_packed(content, found, name, source, limits, allowance)
    elif source.format.kind == "hxl" and found in WORKBOOKS | {TEXT}:
        reading = _read_tagged(content, found, source, limits)
    else:
        reading = _read_kind(content, found, source, limits)
    findings.extend(reading.findings)
    return replace(reading, findings=findings)


def _read_packed(
    content: bytes, found: str, name: str, source: Source, limits: Limits, allowance: Allowance | None
) -> Reading:
    left = allowance or Allowance.of(limits)
    if left.depth == 0:
        raise unreadable("archives are packed inside one another too deeply")
    left.depth -= 1
    try:
        if found == GZ:
            inner = name[:-3] if name.lower().endswith(".gz") else name
            return _read_any(unpack_gzip(content, limits, left), inner, source, limits, left)
        return read_zip(
            content, source, limits, left, lambda inner, label: _read_any(inner, label, source, limits, left)
        )
    finally:
        left.depth += 1


def _read_tagged(content: bytes, found: str, source: Source, limits: Limits) -> Reading:
    """A table with HXL tags; where there are none, a plain one that has declared headings."""
    from idtracker.ingest.read.formats.hxl import read_hxl

    try:
        return read_hxl(content, found, source, limits)
    except RefusalError as refusal:
        if refusal.rule_id != "file.unreadable" or "HXL" not in refusal.details["reason"]:
            raise
        reading = _read_kind(content, found, source, limits)
        if not _has_headings(reading, source):
            raise
    findings = Findings()
    findings.add("file.other_kind", expected=EXPECTED["hxl"], found="a table without HXL tags")
    findings.extend(reading.findings)
    return replace(reading, findings=findings)


def _has_headings(reading: Reading, source: Source) -> bool:
    wanted = {part.id: Wanted(part) for part in source.parts}
    return any(wanted[part_id].matches(t.headings) for part_id, tables in reading.tables.items() for t in tables)


def _read_kind(content: bytes, found: str, source: Source, limits: Limits) -> Reading:
    if found == TEXT:
        from idtracker.ingest.read.text.delimited import read_delimited

        return read_delimited(content, source, limits)
    if found in WORKBOOKS:
        from idtracker.ingest.read.workbook.workbook import read_workbook

        return read_workbook(content, found, source, limits)
    if found == JSON:
        from idtracker.ingest.read.formats.json_records import read_records

        check_json(content, limits)
        return read_records(content, source, limits)
    if found == XML:
        from idtracker.ingest.read.iati.reader import read_iati

        check_markup(content, limits)
        return read_iati(content, source)
    from idtracker.ingest.read.formats.markup import read_markup

    check_markup(content, limits)
    return read_markup(content, found, source, limits)
