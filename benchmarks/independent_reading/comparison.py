"""Facts of the store held against what the file states, row by row: what is equal, said, held, and what is a fault."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from benchmarks.independent_reading.stated import UNSTATED, Expected, Unreadable

_DIGITS = 15  # significant: what a double holds in every case
_EXACT = 10**15  # whole numbers from here on are compared with all their digits


@dataclass(frozen=True, slots=True)
class Stored:
    """One fact of the store with its place in the file; `submission` is the file that first said it."""

    table: str
    submission: str
    sheet: str
    row: int
    values: Mapping[str, object]


Row = TypeVar("Row", Stored, Expected)


@dataclass(frozen=True, slots=True)
class Held:
    """One row that waits, and the rules that hold it."""

    sheet: str
    row: int
    rules: str


@dataclass(frozen=True, slots=True)
class Said:
    """One location of a finding; without a row it is about a column or the whole file."""

    rule: str
    severity: str
    sheet: str = ""
    row: int | None = None
    column: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A value, or a row, that is not what the file states, and nobody is told."""

    kind: str
    table: str
    sheet: str
    row: int
    column: str
    expected: object
    got: object

    def __str__(self) -> str:
        at = f"{self.sheet or 'row'} {self.row}"
        return f"{self.kind}: {self.table} {at} {self.column}: expected {self.expected!r}, got {self.got!r}"


@dataclass(slots=True)
class Outcome:
    """The account of one file. Rows expected = compared + repeated + held + vanished."""

    expected: int = 0
    compared: int = 0
    equal: int = 0
    said: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    held: Counter[str] = field(default_factory=Counter)
    vanished: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def silent(self) -> int:
        """Values that differ without a finding."""
        return sum(f.kind == "value" for f in self.faults)


def compare(
    expected: Iterable[Expected],
    stored: Sequence[Stored],
    held: Sequence[Held],
    said: Sequence[Said],
    headings: Mapping[str, str],
    earlier: Sequence[Stored] = (),
) -> Outcome:
    """Hold one file's facts against its rows. `headings` name the column of the file behind a column of the store."""
    outcome = Outcome()
    findings = _Findings(said, held, headings)
    wanted_at = _by_place(expected)
    rows, waiting = _by_place(stored, {sheet for _, sheet, _ in wanted_at}), Counter((h.sheet, h.row) for h in held)
    rules = {(h.sheet, h.row): h.rules for h in held}
    missing: list[Expected] = []
    for place, wanted in wanted_at.items():
        outcome.expected += len(wanted)
        left = _pair(wanted, rows.pop(place, []), outcome, findings, missing)
        outcome.faults += [_extra(s) for s in left]
    outcome.faults += [_extra(s) for left in rows.values() for s in left]
    waits = [_is_held(one, outcome, waiting, rules, findings) for one in missing]
    known = _Known([*stored, *(one for one, does in zip(missing, waits, strict=True) if does)])
    before = _Known(earlier)
    for one in (one for one, does in zip(missing, waits, strict=True) if not does):
        if before.holds(one) or (findings.repeats(one) and known.holds(one)):
            outcome.repeated += 1
        else:
            outcome.vanished += 1
            outcome.faults.append(Fault("vanished", one.table, one.sheet, one.row, "", dict(one.values), None))
    return outcome


def _pair(
    wanted: list[Expected], found: list[Stored], outcome: Outcome, findings: _Findings, missing: list[Expected]
) -> list[Stored]:
    """Pair the facts of one row, the most alike first; what is left over of the stored ones."""
    distances = sorted(
        (len(_differences(one, got)), n, m) for n, one in enumerate(wanted) for m, got in enumerate(found)
    )
    partner: dict[int, int] = {}
    for _, n, m in distances:
        if n not in partner and m not in partner.values():
            partner[n] = m
    for n, one in enumerate(wanted):
        if n in partner:
            _judge(one, found[partner[n]], outcome, findings)
        else:
            missing.append(one)
    return [got for m, got in enumerate(found) if m not in partner.values()]


def _judge(one: Expected, got: Stored, outcome: Outcome, findings: _Findings) -> None:
    differing = _differences(one, got)
    outcome.compared += 1
    outcome.equal += _stated(one) - len(differing)
    for column in differing:
        rule = findings.about(got.sheet, got.row, column)
        if rule is None:
            fault = Fault("value", one.table, got.sheet, got.row, column, one.values[column], got.values.get(column))
            outcome.faults.append(fault)
        else:
            outcome.said[rule] += 1


def _is_held(
    one: Expected,
    outcome: Outcome,
    waiting: Counter[tuple[str, int]],
    rules: Mapping[tuple[str, int], str],
    findings: _Findings,
) -> bool:
    """Whether a row that is not in the store waits, which is counted with its reason."""
    place = next((p for p in findings.held_at(one.row) if _is_sheet(one.sheet, p[0]) and waiting[p]), None)
    if place is not None:
        waiting[place] -= 1
        outcome.held[rules[place]] += 1
    elif findings.refusal is not None:
        outcome.held[findings.refusal] += 1
    return place is not None or findings.refusal is not None


def _extra(got: Stored) -> Fault:
    return Fault("extra", got.table, got.sheet, got.row, "", None, dict(got.values))


class _Known:
    """Rows that are accounted for, asked by what another row states; the case of a name is no other content."""

    def __init__(self, rows: Sequence[Stored | Expected]) -> None:
        self._rows = rows
        self._forms: dict[tuple[str, ...], set[tuple[object, ...]]] = {}

    def holds(self, one: Expected) -> bool:
        columns = tuple(sorted(c for c, value in one.values.items() if value is not UNSTATED))
        if columns not in self._forms:
            self._forms[columns] = {self._asked(row, columns) for row in self._rows}
        return self._asked(one, columns) in self._forms[columns]

    def _asked(self, row: Stored | Expected, columns: Sequence[str]) -> tuple[object, ...]:
        forms = (_form(row.values.get(c)) for c in columns)
        return row.table, *(f[1].casefold() if c.endswith("_name") else f for c, f in zip(columns, forms, strict=True))


class _Findings:
    """What the tool said of one file, by place."""

    def __init__(self, said: Sequence[Said], held: Sequence[Held], headings: Mapping[str, str]) -> None:
        self._headings = headings
        self._held: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for row in held:
            self._held[row.row].append((row.sheet, row.row))
        self._by_row: dict[int | None, list[Said]] = defaultdict(list)
        for one in said:
            self._by_row[one.row].append(one)
        self.refusal = next((s.rule for s in said if s.severity == "critical"), None)

    def held_at(self, row: int) -> list[tuple[str, int]]:
        """The places of held rows with that number, on whatever sheet."""
        return self._held[row]

    def repeats(self, one: Expected) -> bool:
        """Whether the row is said to repeat another."""
        return any(s.rule == "row.duplicate" and _is_sheet(one.sheet, s.sheet) for s in self._by_row[one.row])

    def about(self, sheet: str, row: int, column: str) -> str | None:
        """The rule of a finding at the cell, its row or its whole column; None where nothing was said."""
        heading = self._headings.get(column, column)
        for one in (*self._by_row[row], *self._by_row[None]):
            of_column = _plain(one.column) in (_plain(heading), _plain(column))
            if (not one.sheet or _is_sheet(sheet, one.sheet)) and of_column:
                return one.rule
        return None


def _by_place(facts: Iterable[Row], sheets: Collection[str] | None = None) -> dict[tuple[str, str, int], list[Row]]:
    """Facts by table, sheet and row; a sheet that is not among `sheets` has no name."""
    places: dict[tuple[str, str, int], list[Row]] = defaultdict(list)
    for one in facts:
        sheet = one.sheet if sheets is None or one.sheet in sheets else ""
        places[one.table, sheet, one.row].append(one)
    return places


def _is_sheet(stated: str, stored: str) -> bool:
    return not stated or not stored or stated == stored


def _stated(one: Expected) -> int:
    return sum(value is not UNSTATED for value in one.values.values())


def _differences(one: Expected, got: Stored) -> list[str]:
    return [c for c, value in one.values.items() if value is not UNSTATED and not are_equal(value, got.values.get(c))]


def are_equal(stated: object, stored: object) -> bool:
    """Numbers to 15 significant digits, days by the day, texts but for the width of blanks."""
    return not isinstance(stated, Unreadable) and _form(stated) == _form(stored)


def _form(value: object) -> tuple[str, str]:
    """What two equal values have in common."""
    match value:
        case None:
            return "nothing", ""
        case bool():
            return "flag", str(value)
        case int() | float():
            return "number", f"{value:.{_DIGITS}g}" if abs(value) < _EXACT else str(int(value))
        case datetime():
            return "day", value.date().isoformat()
        case date():
            return "day", value.isoformat()
    return "text", _plain(str(value))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
