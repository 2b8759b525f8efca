"""The published metrics of one quarter, by metric, measure and what they are about."""

from __future__ import annotations

from dataclasses import dataclass, field

from idtracker.model.messages import Lang, texts_of
from idtracker.publish.briefing.pages.wording import Row, Words, figure, records
from idtracker.publish.briefing.parts import Figure, Sentence
from idtracker.publish.briefing.source import PublishedRows

PROGRAMME = "programme"
_DIGITS = {"%": 1, "0-1": 2, "-1 to 1": 2, "0-5": 2, "days": 0, "count": 0}
_SCALES = ("0-1", "-1 to 1", "0-5", "1-4", "0-10")
"""Units that are no more than the ends of a scale: they do not stand behind a number."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The rows of metric_value in one quarter, and what the framework says of their change since the baseline."""

    period: str
    rows: dict[tuple[str, str, str], Row]
    changes: dict[tuple[str, str, str], Row] = field(default_factory=dict)

    def row(self, metric_id: str, measure: str, scope: str = PROGRAMME) -> Row | None:
        """One published figure; None where there is none of that name."""
        return self.rows.get((metric_id, measure, scope))

    def sentences(self, metric_id: str, words: Words, level: int = 2, measure: str = "value") -> list[Sentence]:
        """What a measure of a metric is, with its interval, or why there is none; nothing where it is not published."""
        row = self.row(metric_id, measure)
        if row is None:
            return []
        names = Words("integration", words.lang)
        said = names.text(f"says_{metric_id}_{measure}")
        if row["value"] is None:
            return [names.sentence("says_withheld", level, said=said, reason=_reason(row, words.lang))]
        value, lower, upper = (self.cell(row, column, words.lang) for column in ("value", "lower", "upper"))
        if lower is None and upper is None:
            return [names.sentence("says", level, said=said, value=value)]
        return [names.sentence("says_between", level, said=said, value=value, lower=lower, upper=upper)]

    def cell(self, row: Row, column: str, lang: Lang) -> Figure | None:
        """A number of a row, with as many digits as its unit bears, and its unit."""
        return figure("metric_value", row, column, digits_of(row["unit"]), unit_behind(row["unit"], lang))


def _reason(row: Row, lang: Lang) -> str:
    """Why a row has no value. Without a codelist at hand it is the code."""
    return str(row.get("reason") or row["suppressed_reason"] or Words("wording", lang).text("not_known"))


def measured_in(source: PublishedRows, period: str, lang: Lang) -> Measured:
    """The metrics of a quarter, with their reasons in words."""
    rows = {}
    for row in records(source, "metric_value", "period = ?", period):
        reason = row["suppressed_reason"]
        said = source.code_label("suppression_reason", reason, lang).lower() if reason else None
        rows[row["metric_id"], row["measure"], row["scope"]] = row | {"reason": said}
    changes: dict[tuple[str, str, str], Row] = {}
    for row in records(source, "framework_evidence", "period = ?", period):
        changes.setdefault((row["metric_id"], row["measure"], row["scope"]), row)
    return Measured(period, rows, changes)


def unit_name(unit: str, lang: Lang) -> str:
    """A unit as people read it; itself where it has no other name."""
    named = texts_of("publish/briefing/metrics", f"unit {unit}")
    return str(named[lang]) if named is not None else unit


def unit_behind(unit: str | None, lang: Lang) -> str:
    """What stands behind a number: the unit, unless it is the ends of a scale alone."""
    return "" if unit is None or unit in _SCALES else unit_name(unit, lang)


def digits_of(unit: str | None) -> int:
    """How many digits after the point a value of a unit is printed with."""
    return _DIGITS.get(unit or "", 2)
