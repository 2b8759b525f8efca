"""The door of this room: one file in, its tables as text and its findings out."""

from __future__ import annotations

from idtracker.catalog.limits import Limits
from idtracker.catalog.source import Source
from idtracker.findings import Findings, Group, rule
from idtracker.read.raw import Reading
from idtracker.read.refusal import RefusalError, unreadable
from idtracker.read.sniff import refuse_other_kinds


def read(content: bytes, file_name: str, source: Source, limits: Limits | None = None) -> Reading:
    """The tables of each part of the source as text cells, and what is wrong with the file as a whole.

    The content decides what the file is; `file_name` is not believed and only names the file. No content makes this
    raise: what cannot be read is a critical finding. A DefinitionError says that the source itself is wrong.
    """
    try:
        found = refuse_other_kinds(content, source.format.kind)
        try:
            return _read_kind(content, found, source)
        except RecursionError:
            raise unreadable("its content is nested too deeply") from None
    except RefusalError as refusal:
        return Reading({}, Findings([Group(rule(refusal.rule_id), details=refusal.details)]))


def _read_kind(content: bytes, found: str, source: Source) -> Reading:
    match source.format.kind:
        case "csv":
            from idtracker.read.delimited import read_delimited

            return read_delimited(content, source)
        case "xlsx":
            from idtracker.read.workbook import read_workbook

            return read_workbook(content, found, source)
        case "json":
            from idtracker.read.records import read_records

            return read_records(content, source)
        case "hxl":
            from idtracker.read.hxl import read_hxl

            return read_hxl(content, found, source)
        case "iati":
            from idtracker.read.iati import read_iati

            return read_iati(content, source)
