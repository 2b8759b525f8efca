"""A file that says, or shows, that it is only a part of itself waits whole until a person lets it through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from idtracker.ingest.judge.judged_table import Judged
from idtracker.ingest.judge.rules import magnitude, removal
from idtracker.model.findings import Findings

RULE = "file.incomplete"
OF_WHOLE_FILES = (removal.RULE, magnitude.RULE, RULE)
"""Rules that hold a whole file until a person confirms it."""


def hold_incomplete(judged: Sequence[Judged], findings: Findings) -> None:
    """Hold every row of the tables that the reader's findings call incomplete, in the place of those findings.

    A table whose rows wait all together already, for what they would take away, has this as a reason to read alone.
    """
    for group in [g for g in findings.groups if g.rule.id == RULE and not len(g.rows)]:
        details: dict[str, Any] = dict(group.details)
        tables = [j for j in judged if _is_about(group.sheet, j.rows.shaped.sheet) and not j.held.all()]
        for j in tables:
            j.hold_all(findings, RULE, **details)
        if tables:
            findings.groups.remove(group)


def _is_about(named: str, sheet: str) -> bool:
    """Whether a finding of a file, or of the member of an archive that it names, is about a sheet."""
    return not named or sheet == named or sheet.startswith(f"{named}!")
