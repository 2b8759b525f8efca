"""An answer as it is shown, in one language: every text safe to put on a screen, every list cut where it says so.

The terminal and the page are two outputs of this view; the JSON document alone holds every location.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice, repeat

from idtracker.feedback.check.mistakes import Mistake, mistakes_of, spans
from idtracker.feedback.check.result import CheckResult
from idtracker.feedback.check.wording import MESSAGES, shortened, visible, worded
from idtracker.model.findings import Findings, Group, Severity, cell_address, column_label
from idtracker.model.findings.rules import SEVERITIES, severity_consequence
from idtracker.model.messages import Lang, counted, phrase

FULL_TEXT = 4_000
_CONCERNED = 6
_GROUPS_PER_RULE = 12
_COLUMNS_NAMED = 60
_LONGEST_NAME = 120
_IN_SIGHT, _FREQUENT = 12, 8


@dataclass(frozen=True, slots=True)
class ViewLimits:
    """How much an output shows: places per group and in all, groups, characters of a value."""

    places: int
    places_in_all: int
    groups: int
    characters: int


@dataclass(frozen=True, slots=True)
class FindingPlace:
    """The locations where the same is typed: their rows, their addresses in a spreadsheet, and what was perhaps meant.

    Where what is typed is cut, `full` holds more of it and `characters` says how many there are in all. `note` is said of
    these rows alone.
    """

    rows: str
    cells: str
    count: int
    typed: str
    full: str
    suggestion: str
    characters: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One mistake with its locations. `count` tells all of them, `rows` names their rows in short; `columns` names others where the same was found.

    `frequent` lists the values that stand in more than one place, where not every place is in sight.
    """

    rule: str
    severity: Severity
    sheet: str
    column: str
    message: str
    remedy: str
    consequence: str
    count: int
    rows: str = ""
    places: list[FindingPlace] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    columns_in_all: int = 0
    frequent: list[tuple[str, int]] = field(default_factory=list)

    @property
    def more(self) -> int:
        """Locations that are not among `places`; none where the mistake has no rows."""
        return self.count - sum(p.count for p in self.places) if self.places else 0


@dataclass(frozen=True, slots=True)
class Tally:
    """One severity in the submitter's terms."""

    severity: Severity
    label: str
    consequence: str
    extent: str


@dataclass(frozen=True, slots=True)
class View:
    """What both outputs show of the findings."""

    tallies: list[Tally]
    concerned: list[tuple[str, int]]
    cards: list[Card]
    groups_left_out: int


def view_of(result: CheckResult, lang: Lang, limits: ViewLimits, *, isolate: bool) -> View:
    """The findings of a check result as an output with these limits shows them."""
    findings = result.assessment.findings
    mistakes = mistakes_of(findings)
    cards = list(islice(_cards(result, mistakes, lang, limits, isolate=isolate), limits.groups + 1))
    shown = cards[: limits.groups]
    columns_shown = sum(max(c.columns_in_all, 0) + 1 for c in shown)
    return View(_tallies(result, lang), _concerned(findings, lang), shown, len(mistakes) - columns_shown)


def _cards(
    result: CheckResult, mistakes: Sequence[Mistake], lang: Lang, limits: ViewLimits, *, isolate: bool
) -> Iterator[Card]:
    """A card per mistake; from a number on, and where no row is concerned, further columns of a rule share its last card."""
    by_rule = Counter(_same_kind(m.group) for m in mistakes)
    per_group = min(limits.places, max(limits.places_in_all // max(len(mistakes), 1), 20))
    seen: Counter[tuple[str, str, str]] = Counter()
    for mistake in mistakes:
        group = mistake.group
        key = _same_kind(group)
        seen[key] += 1
        most = _GROUPS_PER_RULE if len(group.rows) else 1
        if seen[key] > most:
            continue
        others: list[Group] = []
        if seen[key] == most and by_rule[key] > most:
            same = [m.group for m in mistakes if _same_kind(m.group) == key]
            others = same[most:]
        yield _card(result, mistake, others, lang, limits.characters, per_group, isolate=isolate)


def _same_kind(group: Group) -> tuple[str, str, str]:
    """What columns have in common of which the same is said: the rule, the sheet, and what is wrong where the rule leaves that open."""
    return group.rule.id, group.sheet, group.details.get("problem", "")


def _card(
    result: CheckResult,
    mistake: Mistake,
    others: Sequence[Group],
    lang: Lang,
    characters: int,
    places: int,
    *,
    isolate: bool,
) -> Card:
    group = mistake.group
    text = worded(group, result.source, lang, for_screen=True, isolate=isolate)
    notes: list[str] = []
    if mistake.differs:
        said = [worded(m, result.source, lang, for_screen=True, isolate=isolate).message for m in mistake.members]
        notes = [note for note, m in zip(said, mistake.members, strict=True) for _ in m.rows]
    return Card(
        rule=group.rule.id,
        severity=group.rule.severity,
        sheet=shortened(visible(group.sheet), _LONGEST_NAME),
        column=shortened(text.column, _LONGEST_NAME),
        message=text.message,
        remedy=text.remedy,
        consequence=consequence_of(group, lang),
        count=len(group),
        rows=spans(group.rows),
        places=_places(group, notes, characters, places),
        frequent=_frequent(group, characters) if len(group.rows) > _IN_SIGHT else [],
        columns=[_named(g, lang) for g in others[:_COLUMNS_NAMED]],
        columns_in_all=len(others),
    )


def consequence_of(group: Group, lang: Lang) -> str:
    """What follows; what concerns no row leaves the file accepted, not a row."""
    if not len(group.rows) and group.rule.severity in ("warning", "advisory"):
        return phrase(MESSAGES, f"consequence_whole_{group.rule.severity}", lang)
    return group.rule.consequence_in(lang)


def _named(group: Group, lang: Lang) -> str:
    name = shortened(visible(group.heading(lang)), _LONGEST_NAME)
    return f"{name} × {len(group):,}" if len(group) > 1 else name


def _frequent(group: Group, characters: int) -> list[tuple[str, int]]:
    """Values as typed that occur more than once, the most frequent first."""
    counts = Counter(v for v in group.values if isinstance(v, str) and v)
    most = sorted(((v, n) for v, n in counts.items() if n > 1), key=lambda item: (-item[1], item[0]))[:_FREQUENT]
    return [(shortened(visible(v[: FULL_TEXT + 1]), characters), n) for v, n in most]


def _places(group: Group, notes: Sequence[str], characters: int, most: int) -> list[FindingPlace]:
    """The first locations, those of which the same is said and where the same is typed as one."""
    values = group.values if len(group.values) else [None] * len(group.rows)
    suggestions = group.suggestions if len(group.suggestions) else [None] * len(group.rows)
    together: dict[tuple[str, str, str], list[int]] = {}
    for row, value, suggestion, note in zip(
        group.rows, values, suggestions, notes or repeat("", len(group.rows)), strict=True
    ):
        key = (_text(value), _text(suggestion), note)
        if key in together or len(together) < most:
            together.setdefault(key, []).append(row)
    return [_place(group, rows, *key, characters) for key, rows in together.items()]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _place(group: Group, rows: Sequence[int], raw: str, suggestion: str, note: str, characters: int) -> FindingPlace:
    typed = visible(raw[: FULL_TEXT + 1])
    is_cell = bool(cell_address(group.position, rows[0]))
    return FindingPlace(
        rows=spans(rows),
        cells=spans(rows, partial(cell_address, group.position), ":") if is_cell else "",
        count=len(rows),
        typed=shortened(typed, characters),
        full="" if len(raw) <= characters else shortened(typed, FULL_TEXT),
        suggestion=shortened(visible(suggestion), characters),
        characters=len(raw) if len(raw) > characters else 0,
        note=note,
    )


def _tallies(result: CheckResult, lang: Lang) -> list[Tally]:
    """Severities that occur, each with how much of the file it concerns."""
    findings, tallies = result.assessment.findings, []
    for severity in SEVERITIES:
        groups = [g for g in findings if g.rule.severity == severity]
        if groups:
            label = phrase(MESSAGES, f"severity_{severity}", lang)
            tallies.append(
                Tally(severity, label, severity_consequence(severity, lang), _extent(result, severity, groups, lang))
            )
    return tallies


def _extent(result: CheckResult, severity: Severity, groups: Sequence[Group], lang: Lang) -> str:
    rows = len({(g.sheet, row) for g in groups for row in g.rows})
    cells = len({(g.sheet, g.column, row) for g in groups if g.column for row in g.rows})
    whole = sum(1 for g in groups if not len(g.rows))
    kinds = len({g.rule.id for g in groups})
    if severity == "error" and not result.assessment.findings.is_critical:
        parts = [counted(MESSAGES, "rows_held", lang, result.rows["held"])]
    else:
        parts = [counted(MESSAGES, "rows", lang, rows)] if rows else []
    parts += [counted(MESSAGES, "cells", lang, cells)] if cells else []
    parts += [counted(MESSAGES, "whole_file", lang, whole)] if whole else []
    return " · ".join([*parts, counted(MESSAGES, "kinds", lang, kinds)])


def _concerned(findings: Findings, lang: Lang) -> list[tuple[str, int]]:
    """Columns with the most cells that must be corrected or checked; a cell with two mistakes counts once."""
    found = {
        (group.column, group.sheet, row)
        for group in findings.groups
        if group.column and group.rule.severity in ("error", "warning")
        for row in group.rows
    }
    counts = Counter(column for column, _, _ in found)
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_CONCERNED]
    return [(shortened(visible(column_label(name, lang)), _LONGEST_NAME), n) for name, n in most]
