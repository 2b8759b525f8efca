"""Dates as people type them: declared formats, ISO 8601, months by name, Hijri dates, serial days; never a guess between two readings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from idtracker.ingest.shape.calendar.declared import TIME, Days, has_day, read_declared, sane
from idtracker.ingest.shape.calendar.declared import order_of as order_of_form
from idtracker.ingest.shape.calendar.orders import Reading, Settled, settle
from idtracker.ingest.shape.calendar.written_dates import sides_of, written_day
from idtracker.ingest.shape.cells import Mask, to_mask
from idtracker.model.periods import FIRST_YEAR, LAST_YEAR
from idtracker.model.text import DIGITS, arrow, clean

_ISO = rf"^(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{1,2}})-(?P<day>[0-9]{{1,2}}){TIME}$"
_YEAR_FIRST = (
    rf"^(?P<year>[0-9]{{4}})/(?P<month>[0-9]{{1,2}})/(?P<day>[0-9]{{1,2}}){TIME}$",
    r"^(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?:T[0-9]{4,6}Z?)?$",
)
_NUMERALS_ONLY = r"^[0-9TZ:,+./ -]*$"
_BOTH = r"(?i)موافق|corresponding to"
_APART = np.timedelta64(2, "D")  # the tabular Hijri calendar may be that far from the one in use


@dataclass(frozen=True, slots=True)
class DatesRead:
    """The days of a column (datetime64[ns] at midnight, on the index of the texts); what is no date is missing.

    `mixed` and `undeclared` are those of `Settled`.
    """

    days: pd.Series
    mixed: Mask
    undeclared: Mask


def no_dates(index: pd.Index) -> DatesRead:
    """What is read of a column in which nothing is a date."""
    nowhere = np.zeros(len(index), dtype=bool)
    return DatesRead(pd.Series(np.datetime64("NaT"), index=index, dtype="datetime64[ns]"), nowhere, nowhere)


def read_dates(texts: pd.Series, formats: Sequence[str] = ()) -> pd.Series:
    """The days of `read_column` alone."""
    return read_column(texts, formats).days


def read_column(texts: pd.Series, formats: Sequence[str] = ()) -> DatesRead:
    """Read the texts of a column as dates.

    `formats` come first, in their order: strptime formats with a day, `epoch_days`, `excel`; then ISO 8601 (date, or date
    and time, of which the date as written is taken), other year-first dates, months by name and days of the Hijri
    calendar. Texts that look alike are read by one form (see `orders`). DefinitionError for an unknown format.
    """
    plain = pa.array(_plain(arrow(texts)), type=pa.large_string())
    by_form = [Reading(read_declared(plain, f), order_of_form(f), True) for f in formats if has_day(f)]
    if by_form:
        by_form += [Reading(sane(_read_parts(plain, p)), ("y", "m", "d"), False) for p in (_ISO, *_YEAR_FIRST)]
        settled = settle(plain.to_pylist(), by_form)
        for form in formats:
            against = _contradicted(plain, form, formats)
            settled.mixed[against], settled.days[against] = True, np.datetime64("NaT")
    else:
        settled = _without_forms(plain)
    days = _fill(settled.days, plain, _read_written, ~settled.mixed)
    if to_mask(pc.match_substring_regex(plain, _BOTH)).any():
        days = _fill(days, plain, partial(_read_both, formats=formats), ~settled.mixed)
    return DatesRead(pd.Series(days.astype("datetime64[ns]"), index=texts.index), settled.mixed, settled.undeclared)


def _contradicted(plain: pa.Array, form: str, formats: Sequence[str]) -> Mask:
    """The texts of a column of which several can only be read with day and month exchanged, and none only as declared.

    One such text is a mistake; several say that the declaration is wrong, and that the rest cannot be read by it.
    """
    other = form.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")
    if other == form or other in formats or not has_day(form):
        return np.zeros(len(plain), dtype=bool)
    ours, theirs = (~np.isnat(read_declared(plain, f)) for f in (form, other))
    is_wrong = (theirs & ~ours).sum() > 1 and not (ours & ~theirs).any()
    return ours | theirs if is_wrong else np.zeros(len(plain), dtype=bool)


def _without_forms(plain: pa.Array) -> Settled:
    """Year first and month before day, which cannot be confused."""
    nowhere, everywhere = np.zeros(len(plain), dtype=bool), np.ones(len(plain), dtype=bool)
    days = sane(_read_parts(plain, _ISO))
    for pattern in _YEAR_FIRST:
        days = _fill(days, plain, partial(_read_parts, pattern=pattern), everywhere)
    return Settled(days, nowhere, nowhere)


def hijri_among(texts: pd.Series) -> Mask:
    """Which of the texts are days of the Hijri calendar; read_dates converts them by the tabular calendar."""
    plain = arrow(texts)
    to_read = to_mask(pc.is_valid(plain)) & ~to_mask(pc.match_substring_regex(plain, _NUMERALS_ONLY))
    is_hijri = np.zeros(len(texts), dtype=bool)
    for place in np.flatnonzero(to_read).tolist():
        written = written_day(clean(plain[place].as_py()))
        is_hijri[place] = written is not None and written.is_hijri
    return is_hijri


def _plain(texts: pa.Array) -> list[str | None]:
    """ASCII digits, no invisible marks, single blanks."""
    ascii_only = to_mask(pc.string_is_ascii(texts)).tolist()
    return [
        text if ok or text is None else clean(text.translate(DIGITS))
        for text, ok in zip(texts.to_pylist(), ascii_only, strict=True)
    ]


def _read_parts(texts: pa.Array, pattern: str) -> Days:
    parts = pc.extract_regex(texts, pattern=pattern)
    year, month, day = (
        pc.cast(pc.struct_field(parts, name), pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
        for name in ("year", "month", "day")
    )
    return _days(year, month, day)


def _days(year: npt.NDArray[np.int64], month: npt.NDArray[np.int64], day: npt.NDArray[np.int64]) -> Days:
    """Days of the calendar; those that do not exist are missing."""
    possible = (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    first = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = first.astype("datetime64[D]") + (day - 1)
    possible &= days.astype("datetime64[M]") == first
    return np.where(possible, days, np.datetime64("NaT")).astype("datetime64[D]")


def _fill(known_days: Days, texts: pa.Array, read: Callable[[pa.Array], Days], among: Mask) -> Days:
    missing = np.isnat(known_days) & to_mask(pc.is_valid(texts)) & among
    if missing.any():
        known_days = known_days.copy()
        known_days[missing] = sane(read(texts.filter(pa.array(missing))))
    return known_days


def _read_written(texts: pa.Array) -> Days:
    """Months by name, and the Hijri calendar."""
    days = [day.day if (day := written_day(text)) else None for text in texts.to_pylist()]
    return np.array(days, dtype="datetime64[D]")


def _read_both(texts: pa.Array, formats: Sequence[str]) -> Days:
    """Days given in both calendars: the Gregorian one counts, unless the other contradicts it."""
    sides = [sides_of(text) for text in texts.to_pylist()]
    result = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[D]")
    for place, pair in enumerate(sides):
        if pair:
            typed = pd.Series(pair, dtype="str")
            days = read_dates(typed, formats).to_numpy().astype("datetime64[D]")
            hijri = hijri_among(typed)
            if hijri.sum() == 1 and not np.isnat(days).any() and abs(days[0] - days[1]) <= _APART:
                result[place] = days[~hijri][0]
    return result
