"""Kinds of file: what each is called, what a source and a name lead to expect, and which of them have tables to read."""

from __future__ import annotations

from pathlib import PurePosixPath

from idtracker.ingest.read.refusal import RefusalError, unreadable
from idtracker.ingest.read.sniff import (
    BINARY,
    BROKEN_ZIP,
    EMPTY,
    GZ,
    HTML,
    JSON,
    ODS,
    OLE,
    PROTECTED,
    SHEET_XML,
    TEXT,
    XLS,
    XLSX,
    XML,
    ZIP,
)
from idtracker.model.findings import Findings

WORKBOOKS = frozenset({XLSX, XLS, ODS})
PACKED = frozenset({ZIP, GZ})
TABLES = WORKBOOKS | {TEXT, JSON, HTML, SHEET_XML}
"""Kinds whose tables are read for every source but one of IATI files."""

EXPECTED: dict[str, str] = {
    "csv": "CSV",
    "xlsx": "Excel workbook",
    "json": "JSON",
    "hxl": "HXL (CSV or Excel)",
    "iati": "IATI activity XML",
}
NAMES: dict[str, str] = {
    TEXT: "plain or delimited text",
    JSON: "JSON",
    XML: "XML",
    HTML: "a web page (HTML)",
    SHEET_XML: "an Excel 2003 XML workbook",
    XLSX: "an Excel workbook",
    XLS: "an Excel 97-2003 workbook",
    ODS: "an OpenDocument spreadsheet",
    PROTECTED: "a workbook protected by a password",
    BROKEN_ZIP: "a damaged ZIP archive",
    ZIP: "a ZIP archive",
    OLE: "a Microsoft Office 97-2003 document",
    BINARY: "binary data",
}
_OF_SOURCE: dict[str, frozenset[str]] = {
    "csv": frozenset({TEXT}),
    "xlsx": WORKBOOKS,
    "json": frozenset({JSON}),
    "hxl": WORKBOOKS | {TEXT},
    "iati": frozenset({XML}),
}
_OF_NAME: dict[str, tuple[str, frozenset[str]]] = {
    **dict.fromkeys((".csv", ".tsv", ".tab"), ("CSV", frozenset({TEXT}))),
    **dict.fromkeys((".xlsx", ".xlsm", ".xlsb"), ("Excel workbook (XLSX)", frozenset({XLSX}))),
    ".xls": ("Excel workbook (XLS)", frozenset({XLS})),
    ".ods": ("OpenDocument spreadsheet", frozenset({ODS})),
    **dict.fromkeys((".json", ".ndjson", ".jsonl", ".geojson"), ("JSON", frozenset({JSON}))),
    ".xml": ("XML", frozenset({XML, SHEET_XML})),
    **dict.fromkeys((".html", ".htm"), ("web page (HTML)", frozenset({HTML}))),
    ".zip": ("ZIP archive", frozenset({ZIP})),
    ".gz": ("gzip archive", frozenset({GZ})),
}


def refuse_unreadable(found: str, declared: str) -> None:
    """Refuse what holds no table that a source of the declared kind could be read from."""
    if found == EMPTY:
        raise RefusalError("file.empty")
    if found == PROTECTED:
        raise unreadable("the workbook is protected by a password")
    if found == BROKEN_ZIP:
        packed = "workbook" if declared in ("xlsx", "hxl") else "archive or workbook"
        raise unreadable(f"the {packed} is damaged or was not received completely")
    readable = _OF_SOURCE["iati"] if declared == "iati" else TABLES
    if found not in readable | PACKED:
        raise unknown(found, declared)


def unknown(found: str, declared: str) -> RefusalError:
    return RefusalError("file.unknown_type", expected=EXPECTED[declared], found=name_of(found))


def name_of(found: str) -> str:
    return NAMES.get(found, found)


def has_data_name(file_name: str) -> bool:
    """A file whose name says that it holds data."""
    return _suffix(file_name) in _OF_NAME and _suffix(file_name) not in (".html", ".htm")


def kind_findings(found: str, declared: str, file_name: str) -> Findings:
    """Whether the content is of another kind than the source declares or the name of the file says."""
    findings = Findings()
    by_name, fitting = _OF_NAME.get(_suffix(file_name), ("", frozenset({found})))
    if found not in _OF_SOURCE[declared] | PACKED:
        findings.add("file.other_kind", expected=EXPECTED[declared], found=name_of(found))
    elif found not in fitting:
        findings.add("file.other_kind", expected=by_name, found=name_of(found))
    return findings


def _suffix(file_name: str) -> str:
    return PurePosixPath(file_name).suffix.lower()
