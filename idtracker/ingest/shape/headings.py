"""Which column of the file feeds which field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

import pandas as pd

from idtracker.ingest.read.raw import RawTable
from idtracker.ingest.read.stored import Codes
from idtracker.ingest.shape.edited_records import report_changing_keys
from idtracker.ingest.shape.unpivot import Long, consumed_headings
from idtracker.model.config.source import Column, Part, Received
from idtracker.model.findings import Findings, cell_address
from idtracker.model.text import TEXT, as_text, fold

_NAME = "@name."
_MOST_SHOWN = 40


@dataclass(slots=True)
class Match:
    """Field -> heading as it stands in the file, virtual heading, or (for what is missing) the heading looked for.

    `virtual` holds the text of each virtual heading that is the same in all rows; `missing` the fields without a column.
    """

    headings: dict[str, str] = field(default_factory=dict)
    virtual: dict[str, str | None] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    findings: Findings = field(default_factory=Findings)


def match_headings(
    wide: RawTable, long: Long, part: Part, received: Received, file_name: str, others: Sequence[Part] = ()
) -> Match:
    """Find the column of every field of a part; report what is missing, stands twice, or is known to nobody.

    A heading matches as typed, else regardless of case, blanks and Arabic letter forms. `others` are parts that read the
    same table: what they read or ignore is not reported as unknown.
    """
    match = Match(virtual=virtual_headings(wide, received, file_name))
    table = long.table
    for column in part.columns:
        if column.constant is not None:
            match.headings[column.field] = column.field
            continue
        heading = _find(column, table.headings, match.virtual)
        if len(heading) == 1:
            match.headings[column.field] = heading[0]
        else:
            match.headings[column.field] = column.headings[0]
            match.missing.add(column.field)
            _report_unmatched(match.findings, column, heading, part, table)
    _report_duplicates(match, long, wide)
    _report_unmapped(match, long, wide, part, others)
    report_changing_keys(match.findings, wide, part)
    return match


def typed_cells(match: Match, column: Column, table: RawTable) -> pd.Series:
    """The text of a field, one per row: from its column, its virtual heading or its constant."""
    heading = match.headings[column.field]
    if column.constant is None and heading in table.cells:
        return as_text(table.cells[heading]).reset_index(drop=True)
    if heading == "@row":
        return pd.Series(table.row_numbers, dtype="int64").astype(TEXT)
    text = column.constant if column.constant is not None else match.virtual.get(heading)
    return pd.Series(text, index=pd.RangeIndex(len(table)), dtype=TEXT)


def stored_codes(match: Match, column: Column, table: RawTable) -> Codes | None:
    """How the file stored the cells of a field, one code per row; None where all are text."""
    return None if column.constant is not None else table.stored.codes.get(match.headings[column.field])


def virtual_headings(table: RawTable, received: Received, file_name: str) -> dict[str, str | None]:
    """Headings that no column has, each with its text: the same in every row, or None where it differs by row."""
    headings: dict[str, str | None] = {"@sheet": table.own_sheet, "@file": file_name, "@row": None}
    named = _named(received.from_name, [*reversed(table.member.split("!")), file_name]) if received.from_name else None
    groups = named.groupdict() if named else {}
    return headings | {f"{_NAME}{name}": text for name, text in groups.items() if text is not None}


def _named(pattern: str, names: Sequence[str]) -> re.Match[str] | None:
    """The first match among the names of a packed file, of the archives around it and of the file received."""
    return next((match for name in names if name and (match := re.search(pattern, name))), None)


def _find(column: Column, headings: list[str], virtual: Iterable[str]) -> list[str]:
    """Headings that fit the first alternative that any heading fits; more than one where spelling leaves it open."""
    for wanted in column.headings:
        if wanted in virtual or wanted in headings:
            return [wanted]
        exact = [h for h in headings if h.strip() == wanted.strip()]
        loose = exact or [h for h in headings if fold(h) == fold(wanted)]
        if loose:
            return loose
    return []


def _report_unmatched(findings: Findings, column: Column, unmatched: list[str], part: Part, table: RawTable) -> None:
    if unmatched:
        places = ", ".join(_letters(table.positions.get(h)) or h for h in unmatched)
        findings.add("heading.duplicate", sheet=table.sheet, column=column.headings[0], places=places)
        return
    is_needed = column.required or column.field in part.key
    findings.add(
        "heading.missing" if is_needed else "heading.missing_optional",
        sheet=table.sheet,
        column=column.headings[0],
        found=", ".join(table.headings[:_MOST_SHOWN]) + (" …" if len(table.headings) > _MOST_SHOWN else ""),
    )


def _report_duplicates(match: Match, long: Long, wide: RawTable) -> None:
    mapped = {h for name, h in match.headings.items() if name not in match.missing} | set(long.consumed)
    for heading, positions in wide.duplicates.items():
        if heading in mapped and heading not in long.shadowed:
            first = wide.positions.get(heading)
            every = sorted({*positions, *([first] if first is not None else [])})
            match.findings.add(
                "heading.duplicate",
                sheet=wide.sheet,
                column=heading,
                position=first,
                places=", ".join(_letters(p) for p in every),
            )


def _report_unmapped(match: Match, long: Long, wide: RawTable, part: Part, others: Sequence[Part]) -> None:
    known = {h for name, h in match.headings.items() if name not in match.missing} - set(long.shadowed)
    known |= set(long.consumed)
    asked = {fold(h) for p in (part, *others) for h in (*p.where, *([p.deleted.heading] if p.deleted else []))}
    known |= {h for h in wide.headings if fold(h) in asked}
    for other in others:
        known |= consumed_headings(wide.headings, other.unpivot)
        known |= {h for column in other.columns for h in _find(column, wide.headings, ())}
    patterns = [pattern for p in (part, *others) for pattern in p.ignore]
    for heading in wide.headings:
        if heading not in known and not _is_ignored(heading, patterns):
            match.findings.add(
                "heading.unmapped", sheet=wide.sheet, column=heading, position=wide.positions.get(heading)
            )


def _is_ignored(heading: str, patterns: list[str]) -> bool:
    loose = fold(heading)
    return any(heading == p or fnmatchcase(heading, p) or fnmatchcase(loose, fold(p)) for p in patterns)


def _letters(position: int | None) -> str:
    return cell_address(position, 1).rstrip("1")
