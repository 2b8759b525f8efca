"""Findings as lines of a list, each with the cell of the copy that it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from idtracker.feedback.annotate.notes import Note
from idtracker.feedback.annotate.sheet_scan import Address
from idtracker.feedback.check.mistakes import spans
from idtracker.ingest.read.heading import fold
from idtracker.model.findings import Findings, Group, Severity, cell_address
from idtracker.model.messages import Lang, phrase

SEARCHED_ROWS = 50
SEVERITIES: tuple[Severity, ...] = ("critical", "error", "warning", "advisory")
_ORDER = {severity: place for place, severity in enumerate(SEVERITIES)}
Head = Sequence[Sequence[str]]


@dataclass(slots=True)
class Line:
    """One location of one finding. `place` is where it stands in the copy; `cell` is the cell marked for it there.

    In a list it stands for every location of the same mistake where the same is typed: `rows` has them all.
    """

    group: Group
    message: str
    remedy: str
    row: int | None
    value: str
    suggestion: str
    place: tuple[str, int, int | None] | None
    cell: tuple[str, Address] | None = None
    rows: list[int] = field(default_factory=list)

    @property
    def severity(self) -> Severity:
        return self.group.rule.severity

    @property
    def sheet(self) -> str:
        """The sheet of the file; where the file has only one without a name, the sheet of the copy."""
        return self.group.sheet or (self.place[0] if self.place else "")

    def at(self, lang: Lang) -> str:
        """The cells by their addresses in the file, else the rows; for a column as a whole, its heading."""
        if self.row is None:
            return cell_address(self.cell[1][1], self.cell[1][0]) if self.cell else ""
        rows = self.rows or [self.row]
        if cell_address(self.group.position, self.row):
            return spans(rows, partial(cell_address, self.group.position), ":")
        key = "rows" if len(set(rows)) > 1 else "row"
        return phrase("feedback/annotate", key, lang, row=spans(rows))

    def entry(self, lang: Lang) -> tuple[str, str]:
        """What a note on the cell says."""
        hint = [phrase("feedback/annotate", "hint", lang, suggestion=self.suggestion)] if self.suggestion else []
        head = f"{phrase('feedback/answer', f'severity_{self.severity}', lang)} · {self.group.rule.id}"
        return head, "\n".join([self.message, *hint, self.remedy])


@dataclass(frozen=True)
class Places:
    """Where the sheets of the file stand in the copy.

    `names` leads from a sheet of the file to the sheet of the copy, `heads` from there to its first rows. For lists of
    records `columns` holds the position of each heading, and records stand one row further down.
    """

    names: Mapping[str, str]
    heads: Callable[[str], Head]
    columns: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def sheet(self, sheet: str) -> str | None:
        """The sheet of the copy; a finding without a sheet is about the only one."""
        if sheet in self.names:
            return self.names[sheet]
        return next(iter(self.names.values())) if not sheet and len(self.names) == 1 else None

    def of(self, group: Group, row: int | None) -> tuple[str, int, int | None] | None:
        """Sheet, one-based row and zero-based column (None: the row as a whole) of a location of a finding."""
        name = self.sheet(group.sheet)
        if name is None:
            return None
        columns = self.columns.get(name)
        if columns is not None:
            position = columns.get(group.column)
            return (name, row + 1, position) if row is not None else (name, 1, position) if position else None
        if row is not None:
            return (name, row, group.position) if row > 0 else None
        heading = self._heading_row(name, group)
        return (name, heading, group.position) if heading else None

    def _heading_row(self, name: str, group: Group) -> int | None:
        """The first row that holds the heading of a column in its place."""
        position = group.position
        if position is None or not group.column:
            return None
        wanted = {fold(group.column), fold(group.column.rpartition(" / ")[2])} - {""}
        rows = enumerate(self.heads(name)[:SEARCHED_ROWS], 1)
        return next((n for n, row in rows if position < len(row) and fold(row[position]) in wanted), None)


def lines_of(findings: Findings, places: Places, lang: Lang) -> list[Line]:
    """One line for each location, most severe first, then by sheet, row and column."""
    lines = [line for group in findings for line in _lines(group, places, lang)]
    return sorted(lines, key=_order)


def gathered(lines: Sequence[Line]) -> list[Line]:
    """Each mistake in one place of the list: a line for every text typed, with all of its rows; order of first appearance."""
    mistakes: dict[tuple[object, ...], dict[tuple[object, ...], Line]] = {}
    for line in lines:
        group = line.group
        where = (group.rule.id, group.sheet, group.column, group.position)
        said = (line.message, line.remedy, line.value, line.suggestion, line.row is None)
        first = mistakes.setdefault(where, {}).setdefault(said, line)
        if line.row is not None:
            first.rows.append(line.row)
    return [line for said in mistakes.values() for line in said.values()]


def notes_of(lines: Sequence[Line], lang: Lang) -> dict[tuple[str, Address], Note]:
    """The note of each marked cell: its findings in the order of the list, each said once."""
    entries: dict[tuple[str, Address], dict[tuple[str, str], None]] = {}
    for line in lines:
        if line.cell is not None:
            entries.setdefault(line.cell, {}).setdefault(line.entry(lang))
    return {cell: Note(tuple(messages)) for cell, messages in entries.items()}


def _lines(group: Group, places: Places, lang: Lang) -> list[Line]:
    message, remedy = group.message(lang), group.remedy(lang)
    if not len(group.rows):
        value = str(group.details.get("value") or "")
        return [Line(group, message, remedy, None, value, "", places.of(group, None))]
    values = group.values if len(group.values) else [None] * len(group.rows)
    suggestions = group.suggestions if len(group.suggestions) else [None] * len(group.rows)
    return [
        Line(group, message, remedy, int(row), _text(value), _text(suggestion), places.of(group, int(row)))
        for row, value, suggestion in zip(group.rows, values, suggestions, strict=True)
    ]


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value)


def _order(line: Line) -> tuple[int, str, int, int, str]:
    group = line.group
    position = -1 if group.position is None else group.position
    return _ORDER[group.rule.severity], group.sheet, line.row or 0, position, group.rule.id
