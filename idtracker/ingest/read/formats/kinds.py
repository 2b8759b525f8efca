"""What a source and a name lead to expect of a file, held against what it is."""

from __future__ import annotations

from pathlib import PurePosixPath

from idtracker.ingest.read.formats.table import BROKEN_ZIP, EMPTY, FORMATS, KINDS, PROTECTED, XLSX, promised
from idtracker.ingest.read.refusal import RefusalError, unreadable
from idtracker.model.config.source import Kind
from idtracker.model.findings import Findings


def refuse_unreadable(detected: str, declared: Kind) -> None:
    """Refuse what holds no table that a source of the declared kind could be read from."""
    if detected == EMPTY:
        raise RefusalError("file.empty")
    if detected == PROTECTED:
        raise unreadable("workbook_protected")
    if detected == BROKEN_ZIP:
        raise unreadable("workbook_incomplete" if declared in FORMATS[XLSX].kinds else "archive_incomplete")
    if not FORMATS[detected].can_hold(declared):
        raise unknown(detected, declared)


def unknown(detected: str, declared: Kind) -> RefusalError:
    return RefusalError("file.unknown_type", expected=KINDS[declared].name, found=FORMATS[detected].name)


def has_data_name(file_name: str) -> bool:
    """A file whose name says that it holds data."""
    return any(f.kinds or f.unpacker for f in promised(_suffix(file_name)))


def kind_findings(detected: str, declared: Kind, file_name: str) -> Findings:
    """Whether the content is of another kind than the source declares or the name of the file says."""
    findings = Findings()
    known, by_name = FORMATS[detected], promised(_suffix(file_name))
    if not known.unpacker and declared not in known.kinds:
        findings.add("file.other_kind", expected=KINDS[declared].name, found=known.name)
    elif by_name and known not in by_name:
        findings.add("file.other_kind", expected=by_name[0].label, found=known.name)
    return findings


def _suffix(file_name: str) -> str:
    return PurePosixPath(file_name).suffix
