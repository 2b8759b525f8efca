"""Which sheets or sections of a file a part names."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from idtracker.ingest.read.refusal import worded
from idtracker.model.findings import Findings


def named_sheets(
    declared: str | Sequence[str], is_optional: bool, sheets: Sequence[str], findings: Findings
) -> list[str]:
    """The sheets or sections that `layout.sheet` names; each entry must be there, unless the part is optional."""
    patterns = [declared] if isinstance(declared, str) else declared
    absent = [p for p in patterns if not any(_is_named(s, p) for s in sheets)]
    if absent and not is_optional:
        findings.add("file.sheet_missing", expected=", ".join(absent), found=", ".join(sheets) or worded("nothing"))
        return []
    return [s for s in sheets if any(_is_named(s, p) for p in patterns)]


def _is_named(sheet: str, pattern: str) -> bool:
    name, wanted = sheet.strip().casefold(), pattern.strip().casefold()
    return name == wanted or fnmatchcase(name, wanted)
