"""Findings: groups of the same mistake with every location, kept column-wise so that a million of them stay cheap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.model.findings.rules import Rule, Severity, rule
from idtracker.model.messages import Lang, details_of, phrase, texts_of

FINDING_COLUMNS = [
    "rule",
    "severity",
    "dimension",
    "sheet",
    "row",
    "column",
    "cell",
    "value",
    "message",
    "message_ar",
    "remedy",
    "remedy_ar",
    "suggestion",
]
_ORDER: dict[Severity, int] = {"critical": 0, "error": 1, "warning": 2, "advisory": 3}


def cell_address(position: int | None, row: int) -> str:
    """Spreadsheet address of a zero-based column position and a one-based row: (2, 12) -> 'C12'."""
    if position is None or position < 0 or row < 1:
        return ""
    letters = ""
    number = position + 1
    while number:
        number, remainder = divmod(number - 1, 26)
        letters = chr(65 + remainder) + letters
    return f"{letters}{row}"


_TEXTS = "model/findings/findings"
_ORIGINS = ("@sheet", "@file", "@row")


def column_label(heading: str, lang: Lang = "en") -> str:
    """A heading as people know it: their own; in words where the value comes from the name of file or sheet."""
    if heading in _ORIGINS:
        return phrase(_TEXTS, f"heading_{heading.removeprefix('@')}", lang)
    if not heading.startswith("@name."):
        return heading
    group = heading.removeprefix("@name.")
    own = f"heading_name_{group}"
    return phrase(_TEXTS, own if texts_of(_TEXTS, own) else "heading_name", lang, group=group)


@dataclass(frozen=True, slots=True)
class Group:
    """The same mistake in one column of one sheet, with every row it occurs in.

    `rows` are one-based row numbers of the file (empty for a mistake of the whole file or sheet); `values`,
    `suggestions` and `index` run parallel to `rows`. `index` holds positions in the typed frame, where one file row
    has become several (periods side by side): only those are held. `details` fill the rule's text; a detail that is
    said differently in Arabic stands there a second time as `<name>_ar`.
    """

    rule: Rule
    sheet: str = ""
    column: str = ""
    position: int | None = None
    rows: Sequence[int] = ()
    values: Sequence[str | None] = ()
    suggestions: Sequence[str | None] = ()
    index: Sequence[int] = ()
    details: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return max(len(self.rows), 1)

    def message(self, lang: Lang = "en") -> str:
        return self.rule.text[lang].format_map(self._words(lang))

    def remedy(self, lang: Lang = "en") -> str:
        return self.rule.remedy[lang].format_map(self._words(lang))

    def team(self, lang: Lang = "en") -> str:
        """What the data team does about it; empty where nothing."""
        return self.rule.team.get(lang, "").format_map(self._words(lang))

    def heading(self, lang: Lang = "en") -> str:
        """The column as people know it; empty where the mistake is of no column."""
        return column_label(self.column, lang)

    def _words(self, lang: Lang) -> _Details:
        words = {"column": self.heading(lang), "sheet": self.sheet, **self.details}
        if lang == "ar":
            words |= {k.removesuffix("_ar"): v for k, v in self.details.items() if k.endswith("_ar")}
        return _Details(words)

    def records(self) -> Iterator[tuple[object, ...]]:
        """One tuple per location, in the order of FINDING_COLUMNS."""
        texts = (self.message("en"), self.message("ar"), self.remedy("en"), self.remedy("ar"))
        base = (self.rule.id, self.rule.severity, self.rule.dimension, self.sheet)
        if not len(self.rows):
            yield (*base, None, self.heading(), "", self.details.get("value"), *texts, None)
            return
        values = self.values if len(self.values) else [None] * len(self.rows)
        suggestions = self.suggestions if len(self.suggestions) else [None] * len(self.rows)
        for row, value, suggestion in zip(self.rows, values, suggestions, strict=True):
            yield (
                *base,
                int(row),
                self.heading(),
                cell_address(self.position, int(row)),
                None if value is None or value != value else str(value),
                *texts,
                suggestion,
            )


class _Details(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class Findings:
    """A growing list of groups. Steps return values plus Findings; one judge decides what they mean."""

    def __init__(self, groups: Sequence[Group] = ()) -> None:
        self.groups: list[Group] = list(groups)

    def add(
        self,
        rule_id: str,
        *,
        sheet: str = "",
        column: str = "",
        position: int | None = None,
        rows: Sequence[int] = (),
        values: Sequence[str | None] = (),
        suggestions: Sequence[str | None] = (),
        index: Sequence[int] = (),
        **details: object,
    ) -> None:
        """Report a rule. Where `rows` is given, `values`, `suggestions` and `index` run parallel to it or are empty."""
        self.groups.append(
            Group(
                rule=rule(rule_id),
                sheet=sheet,
                column=column,
                position=position,
                rows=[int(r) for r in rows],
                values=list(values),
                suggestions=list(suggestions),
                index=[int(i) for i in index],
                details=details_of(details),
            )
        )

    def extend(self, other: Findings) -> None:
        self.groups.extend(other.groups)

    def on_sheet(self, sheet: str) -> Findings:
        """The same findings with the sheet filled in where it was left open."""
        return Findings([g if g.sheet else replace(g, sheet=sheet) for g in self.groups])

    def __iter__(self) -> Iterator[Group]:
        return iter(sorted(self.groups, key=lambda g: _ORDER[g.rule.severity]))

    def __len__(self) -> int:
        return sum(len(g) for g in self.groups)

    def __bool__(self) -> bool:
        return bool(self.groups)

    @property
    def is_critical(self) -> bool:
        return any(g.rule.severity == "critical" for g in self.groups)

    def counts(self) -> dict[Severity, int]:
        """Locations per severity, most severe first; severities without findings are present with 0."""
        totals: dict[Severity, int] = dict.fromkeys(_ORDER, 0)
        for group in self.groups:
            totals[group.rule.severity] += len(group)
        return totals

    def holds(self, sheet: str, row_numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which rows of a frame are held: those an error-level finding of that sheet names by position or row number."""
        held = np.zeros(len(row_numbers), dtype=bool)
        for group in self.groups:
            if group.rule.severity != "error" or group.sheet != sheet:
                continue
            if len(group.index):
                held[np.asarray(group.index, dtype=np.int64)] = True
            elif len(group.rows):
                held |= np.isin(row_numbers, np.asarray(group.rows, dtype=np.int64))
        return held

    def to_frame(self) -> pd.DataFrame:
        """One row per location with FINDING_COLUMNS, most severe first, then by sheet, row and column."""
        records = sorted((r for g in self.groups for r in g.records()), key=_place_of)
        frame = pd.DataFrame(records, columns=FINDING_COLUMNS)
        frame["row"] = frame["row"].astype("Int64")
        return frame


def _place_of(record: Sequence[Any]) -> tuple[Any, ...]:
    """By what a record of FINDING_COLUMNS is sorted: severity, sheet, row, column, rule; what is of no row comes first."""
    rule_id, severity, _, sheet, row, column = record[:6]
    return (_ORDER[severity], sheet, -1 if row is None else row, column, rule_id)
