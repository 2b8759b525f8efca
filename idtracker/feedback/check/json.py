"""The answer as a JSON document: every location of every finding, and every text in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from idtracker.feedback.check.changes import Kind, PeriodChange
from idtracker.feedback.check.document import (
    ChangedValue,
    Changes,
    Checked,
    CheckedFile,
    Example,
    Examples,
    Finding,
    GroupOfFindings,
    PeriodChanges,
    Submitted,
)
from idtracker.feedback.check.mistakes import Mistake, mistakes_of, spans
from idtracker.feedback.check.row_examples import RowExample
from idtracker.feedback.check.wording import label_of, worded
from idtracker.model.document import RowCounts, SeverityCounts
from idtracker.model.findings import Group, cell_address, rule_set_version
from idtracker.model.findings.rules import SEVERITIES
from idtracker.model.messages import LANGS

if TYPE_CHECKING:
    from idtracker.feedback.check.result import CheckResult

# What JSON may hold as it is and a terminal would obey or hide.
_OBEYED = re.compile("[\x7f-\x9f\u200b\u200e\u200f\u061c\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def document(result: CheckResult) -> dict[str, Any]:
    """The whole document; `findings` lists every location, gravest first, then by sheet, row and column."""
    mistakes = mistakes_of(result.assessment.findings)
    printed = _checked(result, mistakes).printed()
    return printed | {"findings": [finding.printed() for finding in _findings(mistakes, result)]}


def json_lines(result: CheckResult, **further: Any) -> Iterator[str]:
    """The document as lines of text, one finding a line; `further` keys come last: `written`, and `placed` of `submit`."""
    mistakes = mistakes_of(result.assessment.findings)
    yield "{"
    pieces = _checked(result, mistakes, **further).printed()
    for place, (key, value) in enumerate(pieces.items(), 1):
        end = "," if place < len(pieces) else ""
        if key != "findings":
            yield f" {_text(key)}: {_text(value)}{end}"
            continue
        yield f" {_text(key)}: ["
        last = None
        for finding in _findings(mistakes, result):
            if last is not None:
                yield f"  {last},"
            last = _text(finding.printed())
        if last is not None:
            yield f"  {last}"
        yield f" ]{end}"
    yield "}"


def _text(value: object) -> str:
    written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _OBEYED.sub(lambda m: f"\\u{ord(m[0]):04x}", written)


def _checked(result: CheckResult, mistakes: list[Mistake], **further: Any) -> Checked:
    """The document without its findings, of which there may be a million."""
    model = Submitted if "placed" in further else Checked
    return model(
        submission_id=result.submission_id,
        source=result.source.id,
        verdict=result.assessment.verdict,
        sentence=result.sentence("en"),
        sentence_ar=result.sentence("ar"),
        rows=RowCounts(**result.rows),
        changes=Changes(**(result.changes or {"added": result.rows["accepted"], "changed": 0, "removed": 0})),
        by_period=[_period(change) for change in result.comparison.periods],
        examples=_examples(result),
        moved_scores=result.comparison.moved,
        groups=[_group(n, m.group, result) for n, m in enumerate(mistakes)],
        findings=[],
        counts=SeverityCounts(**result.assessment.findings.counts()),
        file=_file(result),
        title=result.source.title,
        publisher=result.source.publisher,
        publisher_name=result.publisher.get("en", result.source.publisher),
        publisher_name_ar=result.publisher.get("ar", result.source.publisher),
        notice=result.notice,
        rule_set_version=rule_set_version(),
        **further,
    )


def _file(result: CheckResult) -> CheckedFile:
    received = result.comparison.received
    return CheckedFile(
        name=result.file_name,
        sha256=result.sha256 or None,
        checked_at=None if result.received_at is None else result.received_at.isoformat(),
        received_before_at=None if received is None else received.received_at.isoformat(),
        outdone_by=result.comparison.superseded_by,
    )


def _period(change: PeriodChange) -> PeriodChanges:
    return PeriodChanges(**asdict(change) | {"period": change.period or None})


def _examples(result: CheckResult) -> Examples:
    listed = result.comparison.examples
    kinds: tuple[Kind, ...] = ("added", "changed", "removed")
    return Examples(**{kind: [_example(e, result) for e in listed.get(kind, [])] for kind in kinds})


def _example(example: RowExample, result: CheckResult) -> Example:
    def label(field: str) -> str:
        return label_of(result.source, field, "en")

    return Example(
        part=example.part,
        period=example.period or None,
        sheet=example.sheet,
        row=example.row,
        key={label(f): v for f, v in example.key.items()},
        is_held=example.is_held,
        differences=[ChangedValue(column=label(d.field), before=d.before, after=d.after) for d in example.differences],
    )


def _group(number: int, group: Group, result: CheckResult) -> GroupOfFindings:
    english, arabic = (worded(group, result.source, lang) for lang in LANGS)
    return GroupOfFindings(
        group=number,
        rule=group.rule.id,
        severity=group.rule.severity,
        dimension=group.rule.dimension,
        sheet=group.sheet,
        column=english.column,
        column_ar=arabic.column,
        locations=len(group),
        rows=len(set(group.rows)),
        row_numbers=spans(group.rows),
        message=english.message,
        message_ar=arabic.message,
        remedy=english.remedy,
        remedy_ar=arabic.remedy,
        data_team=group.team("en") or None,
        data_team_ar=group.team("ar") or None,
        consequence=group.rule.consequence_in("en"),
        consequence_ar=group.rule.consequence_in("ar"),
        allowed=group.details.get("allowed"),
    )


def _findings(mistakes: list[Mistake], result: CheckResult) -> Iterator[Finding]:
    """One record per location, in order, made as it is asked for; each says what was found there."""
    numbers = [n for n, mistake in enumerate(mistakes) for _ in _found(mistake)]
    groups = [group for mistake in mistakes for group in _found(mistake)]
    texts = [[worded(g, result.source, lang) for lang in LANGS] for g in groups]
    for number, place in _in_order(groups):
        group, (english, arabic) = groups[number], texts[number]
        row, cell, value, suggestion = _place(group, place)
        yield Finding(
            rule=group.rule.id,
            severity=group.rule.severity,
            sheet=group.sheet,
            row=row,
            column=english.column,
            cell=cell,
            value=value,
            message=english.message,
            message_ar=arabic.message,
            remedy=english.remedy,
            remedy_ar=arabic.remedy,
            suggestion=suggestion,
            group=numbers[number],
        )


def _found(mistake: Mistake) -> Sequence[Group]:
    """The groups of which each location says its own; one for them all where they say the same."""
    return mistake.members if mistake.differs else [mistake.group]


def _place(group: Group, place: int) -> tuple[int | None, str, str | None, str | None]:
    """Row, address, value and suggestion of one location."""
    if not len(group.rows):
        return None, "", group.details.get("value"), None
    row = int(group.rows[place])
    value = group.values[place] if len(group.values) else None
    suggestion = group.suggestions[place] if len(group.suggestions) else None
    return row, cell_address(group.position, row), _text_or_none(value), _text_or_none(suggestion)


def _text_or_none(value: object) -> str | None:
    return None if value is None or value != value else str(value)


def _in_order(groups: list[Group]) -> Iterator[tuple[int, int]]:
    """(group, location within it) of every location: gravest first, then by sheet, row, column and rule."""
    sizes = np.array([len(g) for g in groups], dtype=np.int64)
    if not len(sizes):
        return
    number = np.repeat(np.arange(len(groups)), sizes)
    within = np.concatenate([np.arange(n) for n in sizes])
    row = np.concatenate([np.asarray(g.rows if len(g.rows) else [-1], dtype=np.int64) for g in groups])
    keys = [(SEVERITIES.index(g.rule.severity), g.sheet, g.column, g.rule.id) for g in groups]

    def ranks(place: int) -> np.ndarray[Any, np.dtype[np.int64]]:
        distinct = {k: n for n, k in enumerate(sorted({key[place] for key in keys}))}
        return np.array([distinct[key[place]] for key in keys])[number]

    order = np.lexsort((within, ranks(3), ranks(2), row, ranks(1), ranks(0)))
    yield from zip(number[order].tolist(), within[order].tolist(), strict=True)
