"""Periods as people and programs write them, read as canonical codes; the calendar itself stands in `idtracker.model.periods`.

What is written in a way that has two readings is settled by the whole column, or held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa

from idtracker.ingest.shape.calendar.dates import DatesRead, no_dates, read_column
from idtracker.ingest.shape.calendar.declared import code_form, has_day, read_declared
from idtracker.ingest.shape.calendar.dhis2 import half_from_april, is_unsupported
from idtracker.ingest.shape.calendar.financial import (
    UNITED_KINGDOM,
    is_financial,
    start_in_headings,
    stated_start,
    with_both_years,
)
from idtracker.ingest.shape.calendar.months import number_months
from idtracker.ingest.shape.calendar.period_forms import forms
from idtracker.ingest.shape.calendar.two_readings import is_several_years, settle, two_readings
from idtracker.ingest.shape.cells import CellProblem
from idtracker.model.config.source import Column, Format
from idtracker.model.periods import bounds_frame, is_period, period
from idtracker.model.text import different_texts, fold

_LONGEST = 80  # no form of a period is longer
_REMEMBERED = 4096  # texts; reports name the same few periods again and again
_AROUND = re.compile(r"^شهر |[()]|(?<=\d) ?(?:م|ميلادي|ميلاديه)$")  # says no more than what it stands beside
_DIGITS = re.compile(r"\d+", re.ASCII)
_PARTS = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class Conventions:
    """What is known of how a column writes its periods.

    `dates` are declared forms; `year_starts` the declared first month of a financial year, `stated` that in the column's
    heading; `is_generated`: a program wrote the file.
    """

    dates: Sequence[str] = ()
    year_starts: int | None = None
    stated: int | None = None
    is_generated: bool = False

    @classmethod
    def of(cls, column: Column, fmt: Format) -> Conventions:
        stated = start_in_headings(column.headings) if column.constant is None else None
        return cls(column.dates or fmt.dates, fmt.calendar.year_starts, stated, fmt.kind == "json")

    @property
    def begins(self) -> int:
        return self.year_starts or UNITED_KINGDOM


@dataclass(frozen=True, slots=True)
class PeriodsRead:
    """Columns `code`, `start` and `end` on the index of the texts, what was read as a day, and what is wrong."""

    frame: pd.DataFrame
    dates: DatesRead
    problems: list[CellProblem]


@dataclass(slots=True)
class _Reader:
    """The different texts of a column as codes; a text with a rule against it is in `broken`, with what fills its words."""

    conventions: Conventions
    codes: dict[str, str] = field(default_factory=dict)
    by_end: set[str] = field(default_factory=set)
    broken: dict[str, tuple[str, tuple[tuple[str, object], ...]]] = field(default_factory=dict)

    def read(self, texts: Sequence[str]) -> None:
        self.codes |= _in_declared_forms(texts, [form for form in self.conventions.dates if not has_day(form)])
        rest = [text for text in texts if text not in self.codes]
        ambiguous = {text: both for text in rest if (both := two_readings(text, self.conventions.begins))}
        settled = settle(rest, ambiguous, is_generated=self.conventions.is_generated)
        for text in _not_by_form(rest, self.conventions.dates):
            if text in settled:
                self.codes[text] = settled[text]
            elif text in ambiguous:
                self._break(text, "period.ambiguous", first=ambiguous[text].month, second=ambiguous[text].other)
            else:
                self._read(text)

    def explain(self, texts: Iterable[str]) -> None:
        """What texts are that were read neither as a period nor as a day."""
        for text in texts:
            if len(text) <= _LONGEST and is_several_years(_numbered(text)):
                self._break(text, "period.several_years")
            elif parse_period(text) is not None:
                self._break(text, "period.unsupported")
            else:
                self._break(text, "value.period")

    def _break(self, text: str, rule: str, **details: object) -> None:
        self.broken[text] = rule, tuple(details.items())

    def _read(self, text: str) -> None:
        if is_unsupported(text):
            self._break(text, "period.unsupported")
            return
        code = parse_period(text, self.conventions.year_starts)
        stated = self.conventions.stated
        if code is None and len(text) <= _LONGEST:
            code, stated = self._read_otherwise(text)
        elif code is not None and (not is_financial(_numbered(text)) or period(code).length in _PARTS):
            stated = None
        if code is None:
            return
        if stated not in (None, self.conventions.begins):
            self._break(text, "calendar.year_start", stated=stated, expected=self.conventions.begins)
        else:
            self.codes[text] = code

    def _read_otherwise(self, text: str) -> tuple[str | None, int | None]:
        """A financial year named by its end, or with its first month beside it; and the first month that the file states."""
        bare, stated = stated_start(_numbered(text))
        if not is_financial(bare):
            return None, None
        code, starts = _match(bare, self.conventions.year_starts), self.conventions.year_starts
        if code is None and starts is not None:
            code = _match(with_both_years(bare, starts), starts)
            if code is not None and starts != 1:
                self.by_end.add(text)
        return code, self.conventions.stated if stated is None else stated


def parse_period(text: str, year_starts: int | None = None) -> str | None:
    """The canonical code of a period as typed in either language; None where the text is no period.

    None as well where it has two readings that only a whole column tells apart.
    """
    if len(text) > _LONGEST:
        return None
    both = two_readings(text, UNITED_KINGDOM)
    if both is not None and "/" not in text:
        return None
    return half_from_april(text) or _match(_numbered(text), year_starts)


def parse_periods(texts: pd.Series, formats: Sequence[str] = ()) -> pd.DataFrame:
    """Read each text as a period: columns `code` (text), `start`, `end` (datetime64[ns]) on the same index.

    A text in a declared form without a day (`%b-%y`, `%Y`) is that month or year. One that is no period, but a date (by
    `formats` as well), is the period of that day; all else is missing.
    """
    return read_periods(texts, Conventions(formats)).frame


def read_periods(texts: pd.Series, conventions: Conventions) -> PeriodsRead:
    """The periods of `parse_periods` by the conventions of a column, and what is wrong with the texts that have none."""
    different = different_texts(texts)
    reader = _Reader(conventions)
    reader.read(different)
    canonical = texts.astype("object").map(reader.codes).astype("str")
    if all(text in reader.codes or text in reader.broken for text in different):
        dates = no_dates(texts.index)
    else:
        rest = texts.where(~texts.isin([*reader.codes, *reader.broken]))
        dates = read_column(rest.astype("str"), conventions.dates)
        days = dates.days.dt.strftime("%Y-%m-%d")
        canonical = canonical.where(days.isna(), days).astype("str")
    frame = bounds_frame(canonical)
    frame.insert(0, "code", canonical)
    unread = frame["code"].isna().to_numpy() & texts.notna().to_numpy() & ~dates.mixed
    reader.explain(text for text in dict.fromkeys(texts[unread]) if text not in reader.broken)
    return PeriodsRead(frame, dates, _problems(texts, reader, canonical))


def _problems(texts: pd.Series, reader: _Reader, codes: pd.Series) -> list[CellProblem]:
    """One problem for each rule and what fills its words."""
    problems = [
        CellProblem(
            rule,
            texts.isin([t for t, why in reader.broken.items() if why == (rule, details)]).to_numpy(),
            dict(details),
        )
        for rule, details in dict.fromkeys(reader.broken.values())
    ]
    if by_end := reader.by_end & reader.codes.keys():
        problems.append(CellProblem("calendar.year_by_end", texts.isin(by_end).to_numpy(), suggestions=codes))
    return problems


@lru_cache(_REMEMBERED)
def _numbered(text: str) -> str:
    return number_months(_AROUND.sub("", fold(text)))


@lru_cache(_REMEMBERED)
def _match(numbered: str, year_starts: int | None) -> str | None:
    for form, build in forms(year_starts):
        match = form.fullmatch(numbered)
        if match:
            code = build(*match.groups())
            if is_period(code):
                return code
    return None


def _not_by_form(texts: Sequence[str], formats: Sequence[str]) -> list[str]:
    """The texts without those of digits alone that a declared form reads as days: `260703` by `%y%m%d`."""
    digits = [text for text in texts if _DIGITS.fullmatch(text)]
    for form in filter(has_day, formats):
        is_day = ~np.isnat(read_declared(pa.array(digits, pa.large_string()), form))
        digits = [text for text, is_read in zip(digits, is_day, strict=True) if not is_read]
    left = set(digits)
    return [text for text in texts if text in left or not _DIGITS.fullmatch(text)]


def _in_declared_forms(texts: Sequence[str], forms: Sequence[str]) -> dict[str, str]:
    """Texts in a form without a day -> the month or year."""
    codes: dict[str, str] = {}
    for form in forms:
        days = pd.Series(read_declared(pa.array(texts, pa.large_string()), form))
        written = days.dt.strftime(code_form(form))
        codes = {text: code for text, code in zip(texts, written, strict=True) if isinstance(code, str)} | codes
    return codes
