"""What a source and a name lead to expect of a file, held against what it is."""

from __future__ import annotations

from pathlib import PurePosixPath

from idtracker.ingest.read.formats.table import BROKEN_ZIP, EMPTY, FORMATS, KINDS, PROTECTED, XLSX, promised
from idtracker.ingest.read.refusal import RefusalError, unreadable
from idtracker.model.config.source import Kind
from idtracker.model.findings import Findings


def refuse_unreadable(found: str, declared: Kind) -> None:
    """Refuse what holds no table that a source of the declared kind could be read from."""
    if found == EMPTY:
        raise RefusalError("file.empty")
    if found == PROTECTED:
        raise unreadable("the workbook is protected by a password")
    if found == BROKEN_ZIP:
        packed = "workbook" if declared in FORMATS[XLSX].kinds else "archive or workbook"
        raise unreadable(f"the {packed} is damaged or was not received completely")
    if not FORMATS[found].can_hold(declared):
        raise unknown(found, declared)


def unknown(found: str, declared: Kind) -> RefusalError:
    return RefusalError("file.unknown_type", expected=KINDS[declared].name, found=FORMATS[found].name)


def has_data_name(file_name: str) -> bool:
    """A file whose name says that it holds data."""
    return any(f.kinds or f.unpacker for f in promised(_suffix(file_name)))


def kind_findings(found: str, declared: Kind, file_name: str) -> Findings:
    """Whether the content is of another kind than the source declares or the name of the file says."""
    findings = Findings()
    known, by_name = FORMATS[found], promised(_suffix(file_name))
    if not known.unpacker and declared not in known.kinds:
        findings.add("file.other_kind", expected=KINDS[declared].name, found=known.name)
    elif by_name and known not in by_name:
        findings.add("file.other_kind", expected=by_name[0].label, found=known.name)
    return findings


def _suffix(file_name: str) -> str:
    return PurePosixPath(file_name).suffix
