"""What a draft makes of the file that it was drafted from, said at the line of the draft that must change for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from idtracker.ingest.judge.assessment import Assessment
from idtracker.model.config.source import Part, Source
from idtracker.model.findings import Group

_LEAST_SHARE = 0.1
_ADVICE = {
    "name.indicator": "name the indicator's code, add it to indicators.csv, or map another heading",
    "name.place": "map another heading, name the `scheme` of the codes, or read some of the rows by `where`",
    "name.": "map another heading, or add the spellings to names.csv",
    "value.code": "say what the file's words mean with `map`, or map another heading",
    "value.date": "declare how days are written under format: dates, or map another heading",
    "value.period": "map another heading, or take the period from the file's name by received: from_name",
    "value.required": "its cells are empty: map another heading, or read some of the rows by `where`",
    "value.": "map another heading",
    "row.duplicate_key": "add what tells the rows apart",
    "heading.": "map a heading of the file",
}
_GENERAL = "map other headings, or have the file corrected"


class Note(NamedTuple):
    """How many rows one rule holds at one line of a draft, and what a person may do about it."""

    line: int
    rule: str
    held: int
    read: int
    advice: str

    @property
    def text(self) -> str:
        return f"{self.rule} holds {self.held:,} of the {self.read:,} rows of this file: {self.advice}"


def notes_of(text: str, source: Source, assessment: Assessment) -> list[Note]:
    """Lines of a draft (one-based) at which a tenth of the rows of its file or more are held, in their order."""
    held: dict[tuple[int, str], set[tuple[str, int]]] = {}
    for group in assessment.findings:
        if group.rule.severity in ("error", "critical"):
            place = (_line_of(text, source, group), group.rule.id)
            held.setdefault(place, set()).update((group.sheet, row) for row in group.rows)
    read = _rows_of_file(assessment)
    notes = [Note(line, rule, len(rows), read, _advice(rule)) for (line, rule), rows in held.items()]
    return sorted(note for note in notes if note.held >= _LEAST_SHARE * max(read, 1) or not note.read)


def _rows_of_file(assessment: Assessment) -> int:
    """Rows of the file that the draft makes rows of, however many it makes of each."""
    frames = [*assessment.facts.values(), assessment.held]
    rows = {place for frame in frames if len(frame) for place in zip(frame["sheet"], frame["row_number"], strict=True)}
    return len(rows)


def with_notes(text: str, notes: list[Note]) -> str:
    """The draft with each note as a line to review above the line that it is about."""
    lines = text.splitlines()
    for note in sorted(notes, reverse=True):
        indent = " " * (len(lines[note.line - 1]) - len(lines[note.line - 1].lstrip()))
        lines.insert(note.line - 1, f"{indent}# REVIEW: {note.text}")
    return "\n".join([*lines, ""])


def _advice(rule: str) -> str:
    return next((advice for start, advice in _ADVICE.items() if rule.startswith(start)), _GENERAL)


def _line_of(text: str, source: Source, group: Group) -> int:
    """The line of the column that a finding is about; of `key` where it is about whole rows, else of `columns`."""
    places = list(_places(text))
    parts = [n for n, part in enumerate(source.parts) if _reads(part, group.sheet)] or range(len(source.parts))
    for number in parts:
        part = source.parts[number]
        own = {key: line for part_number, key, line in places if part_number == number}
        named = _field_of(part, group.column)
        if named in own:
            return own[named]
    wanted = "key" if group.rule.id.startswith("row.") else "columns"
    return next((line for part_number, key, line in places if key == wanted and part_number in parts), 1)


def _reads(part: Part, sheet: str) -> bool:
    """Whether a part names a sheet, section or list of records as its own."""
    named = part.layout.records or part.layout.sheet or []
    return sheet in ([named] if isinstance(named, str) else named)


def _places(text: str) -> Iterator[tuple[int, str, int]]:
    """(part, what the line declares, its number) of the lines of a draft that declare a key, columns or one column."""
    part = -1
    for number, line in enumerate(text.splitlines(), 1):
        found = re.match(r"\s*(?:- )?(?:\{field: (?P<field>\w+)|(?P<key>feeds|key|unpivot|columns):)", line)
        if found:
            part += found["key"] == "feeds"
            yield max(part, 0), found["field"] or found["key"], number


def _field_of(part: Part, heading: str) -> str:
    for column in part.columns:
        if heading in (column.headings if column.constant is None else [column.field]):
            return column.field
    if part.unpivot and heading and re.fullmatch(part.unpivot.columns, heading):
        return "unpivot"
    return "columns" if heading else ""
