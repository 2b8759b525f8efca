"""An answer as it is shown, in one language: every text safe to put on a screen, every list cut where it says so.

The terminal and the page are two outputs of this view; the JSON document alone holds every location.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from idtracker.feedback.check.result import CheckResult
from idtracker.feedback.check.wording import MESSAGES, shortened, visible, worded
from idtracker.model.findings import FINDING_COLUMNS, Findings, Group, Severity, column_label
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
    """One location: its row, its address in a spreadsheet, what is typed there and what was perhaps meant.

    Where what is typed is cut, `full` holds more of it and `characters` says how many there are in all.
    """

    row: int | None
    cell: str
    typed: str
    full: str
    suggestion: str
    characters: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """One mistake with its locations. `count` tells all of them; `columns` names others where the same was found.

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
    places: list[FindingPlace] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    columns_in_all: int = 0
    frequent: list[tuple[str, int]] = field(default_factory=list)

    @property
    def more(self) -> int:
        """Locations that are not among `places`; none where the mistake has no rows."""
        return self.count - len(self.places) if self.places else 0


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
    groups = merged(findings)
    cards = list(islice(_cards(result, groups, lang, limits, isolate=isolate), limits.groups + 1))
    shown = cards[: limits.groups]
    columns_shown = sum(max(c.columns_in_all, 0) + 1 for c in shown)
    return View(_tallies(result, lang), _concerned(findings, lang), shown, len(groups) - columns_shown)


def merged(findings: Findings) -> list[Group]:
    """Groups of the same mistake in the same column made one; gravest first, then the most frequent."""
    together: dict[tuple[object, ...], list[Group]] = {}
    for group in findings:
        key = (group.rule.id, group.sheet, group.column, group.position, tuple(sorted(group.details.items())))
        together.setdefault(key, []).append(group)
    groups = [same[0] if len(same) == 1 else _joined(same) for same in together.values()]
    order = list(SEVERITIES)
    return sorted(groups, key=lambda g: (order.index(g.rule.severity), -len(g)))


def _joined(same: Sequence[Group]) -> Group:
    """One group of several that differ in their rows only."""
    first = same[0]
    rows = [r for g in same for r in g.rows]

    def beside(name: str) -> list[str | None]:
        return [v for g in same for v in (getattr(g, name) if len(getattr(g, name)) else [None] * len(g.rows))]

    return Group(first.rule, first.sheet, first.column, first.position, rows, beside("values"), beside("suggestions"), (), first.details)  # fmt: skip


def _cards(
    result: CheckResult, groups: Sequence[Group], lang: Lang, limits: ViewLimits, *, isolate: bool
) -> Iterator[Card]:
    """A card per group; from a number on, and where no row is concerned, further columns of a rule share its last card."""
    by_rule = Counter((g.rule.id, g.sheet) for g in groups)
    per_group = min(limits.places, max(limits.places_in_all // max(len(groups), 1), 20))
    seen: Counter[tuple[str, str]] = Counter()
    for group in groups:
        key = (group.rule.id, group.sheet)
        seen[key] += 1
        most = _GROUPS_PER_RULE if len(group.rows) else 1
        if seen[key] > most:
            continue
        others: list[Group] = []
        if seen[key] == most and by_rule[key] > most:
            same = [g for g in groups if (g.rule.id, g.sheet) == key]
            others = same[most:]
        yield _card(result, group, others, lang, limits.characters, per_group, isolate=isolate)


def _card(
    result: CheckResult,
    group: Group,
    others: Sequence[Group],
    lang: Lang,
    characters: int,
    places: int,
    *,
    isolate: bool,
) -> Card:
    text = worded(group, result.source, lang, for_screen=True, isolate=isolate)
    return Card(
        rule=group.rule.id,
        severity=group.rule.severity,
        sheet=shortened(visible(group.sheet), _LONGEST_NAME),
        column=shortened(text.column, _LONGEST_NAME),
        message=text.message,
        remedy=text.remedy,
        consequence=consequence_of(group, lang),
        count=len(group),
        places=[_place(r, characters) for r in islice(group.records(), places)] if len(group.rows) else [],
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


def _place(record: Sequence[object], characters: int) -> FindingPlace:
    fields = dict(zip(FINDING_COLUMNS, record, strict=True))
    raw = "" if fields["value"] is None else str(fields["value"])
    typed = visible(raw[: FULL_TEXT + 1])
    suggestion = fields["suggestion"]
    return FindingPlace(
        row=fields["row"] if isinstance(fields["row"], int) else None,
        cell=str(fields["cell"] or ""),
        typed=shortened(typed, characters),
        full="" if len(raw) <= characters else shortened(typed, FULL_TEXT),
        suggestion=shortened(visible(suggestion), characters) if isinstance(suggestion, str) else "",
        characters=len(raw) if len(raw) > characters else 0,
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
    cells = sum(len(g.rows) for g in groups if g.column)
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
    """Columns with the most locations of what must be corrected or checked."""
    counts: Counter[str] = Counter()
    for group in findings.groups:
        if group.column and len(group.rows) and group.rule.severity in ("error", "warning"):
            counts[group.column] += len(group.rows)
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_CONCERNED]
    return [(shortened(visible(column_label(name, lang)), _LONGEST_NAME), n) for name, n in most]
