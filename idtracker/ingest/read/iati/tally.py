"""Violations of the IATI standard counted by rule and place: a file has few findings, however often it breaks a rule."""

from __future__ import annotations

from dataclasses import dataclass, field

from idtracker.ingest.read.iati.violations import Problem, Violation
from idtracker.model.findings import Findings
from idtracker.model.messages import Message, listed, message
from idtracker.model.printable import printable

_TEXTS = "ingest/read/iati"
_MOST_FINDINGS, _MOST_PLACES, _LONGEST = 40, 5, 80
_EMPTY = "“”"
_LAST_LINE = 65_534
"""The last line that the parser knows exactly."""
_RULES: dict[Problem, str] = {
    "not_in_list": "iati.codelist",
    "not_in_published_list": "iati.published_codelist",
    "version_missing": "iati.version",
    "version_first": "iati.version",
    "version_unknown": "iati.version",
}
_TYPES = {
    "date": "date",
    "dateTime": "datetime",
    "decimal": "decimal",
    "boolean": "boolean",
    "anyURI": "address",
    **dict.fromkeys(("int", "integer", "positiveInteger", "nonNegativeInteger"), "whole_number"),
}


@dataclass(slots=True)
class _Count:
    """How often one rule is broken in one place, and where first: activities by ordinal, each once, and lines."""

    first: Violation
    version: str
    count: int = 0
    rows: list[int] = field(default_factory=list)
    values: list[str | None] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """Counts by rule, place and version, in the order of the file; beyond so many of them only how many more there are."""

    _counts: dict[tuple[str, str, str, str], _Count] = field(default_factory=dict)
    _more: int = 0

    def add(self, violation: Violation, version: str, row: int, activity: str | None) -> None:
        """One more; `row` is the ordinal of the activity, 0 where the violation is of the file itself."""
        key = (violation.problem, violation.rule, violation.place, version)
        if key not in self._counts and len(self._counts) >= _MOST_FINDINGS:
            self._more += 1
            return
        counted = self._counts.setdefault(key, _Count(violation, version))
        counted.count += 1
        line = min(violation.line, _LAST_LINE + 1)
        if len(counted.lines) < _MOST_PLACES and line not in counted.lines:
            counted.lines.append(line)
        if row and len(counted.rows) < _MOST_PLACES and row not in counted.rows:
            counted.rows.append(row)
            value = None if violation.value is None else _short(violation.value) or _EMPTY
            counted.values.append(": ".join(t for t in (_short(activity or ""), value) if t) or None)

    def report(self, findings: Findings) -> None:
        """A finding for each count, in the order of the file."""
        for counted in self._counts.values():
            first = counted.first
            findings.add(
                _RULES.get(first.problem, "iati.schema"),
                sheet="activity" if counted.rows else "",
                column=_short(first.place),
                rows=counted.rows,
                values=counted.values,
                problem=_problem(first),
                codelist=first.wanted,
                name=_short(first.rule),
                count=f"{counted.count:,}",
                lines=_lines(counted),
                version=_short(counted.version),
                standard=first.origin,
            )
        if self._more:
            findings.add("iati.more", count=f"{self._more:,}")


def _lines(counted: _Count) -> Message:
    known = [str(line) for line in counted.lines if line <= _LAST_LINE]
    told = [Message(line, line) for line in known]
    if len(known) < len(counted.lines):
        told.append(message(_TEXTS, "lines_beyond", line=_LAST_LINE))
    elif counted.count > len(known):
        told.append(message(_TEXTS, "lines_and_more"))
    return listed(told)


def _problem(violation: Violation) -> Message:
    """What is wrong, in plain words."""
    name: str = violation.problem
    wanted = violation.wanted
    if name == "value_type":
        kind = wanted.rpartition(":")[2]
        return message(
            _TEXTS,
            "value_type",
            wanted=message(_TEXTS, _TYPES.get(kind, "other_type" if kind else "some_type"), type=kind),
        )
    if name == "misplaced" and wanted:
        name = "misplaced_for"
    return message(_TEXTS, name, wanted=_short(wanted), value=_short(violation.value or ""))


def _short(text: str) -> str:
    shown = printable(text.strip())
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
