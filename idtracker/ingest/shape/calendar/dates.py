"""Dates as people type them: ISO 8601, declared formats, months by name, Hijri dates, serial days; never a guess between two readings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from idtracker.ingest.shape.calendar.written_dates import sides_of, written_day
from idtracker.ingest.shape.cells import Mask, to_mask
from idtracker.model.errors import DefinitionError
from idtracker.model.periods import FIRST_YEAR, LAST_YEAR
from idtracker.model.text import DIGITS, arrow, clean

_TIME = r"(?:[T ] ?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)? ?(?:[AaPp][Mm]|[صم])? ?(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2})?)?"
_ISO = rf"^(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{1,2}})-(?P<day>[0-9]{{1,2}}){_TIME}$"
_YEAR_FIRST = (
    rf"^(?P<year>[0-9]{{4}})/(?P<month>[0-9]{{1,2}})/(?P<day>[0-9]{{1,2}}){_TIME}$",
    r"^(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?:T[0-9]{4,6}Z?)?$",
)
_NUMERALS_ONLY = r"^[0-9TZ:,+./ -]*$"
_BOTH = r"(?i)موافق|corresponding to"
_APART = np.timedelta64(2, "D")  # the tabular Hijri calendar may be that far from the one in use
_SERIALS = {"epoch_days": pd.Timestamp(1970, 1, 1), "excel": pd.Timestamp(1899, 12, 30)}
_SHOWN = {
    "%d": "DD",
    "%m": "MM",
    "%Y": "YYYY",
    "%y": "YY",
    "%b": "Mon",
    "%B": "Month",
    "%H": "hh",
    "%M": "mm",
    "%S": "ss",
}
_SHOWN_SERIALS = {"epoch_days": "days since 1970-01-01", "excel": "serial day of a spreadsheet"}

Days = npt.NDArray[np.datetime64]


def read_dates(texts: pd.Series, formats: Sequence[str] = ()) -> pd.Series:
    """Read each text as a date (datetime64[ns] at midnight, on the same index); what is no date is missing.

    ISO 8601 (date, or date and time, of which the date as written is taken) always works and is tried first; then
    `formats` in their order: strptime formats, `epoch_days`, `excel`; then year-first dates, months by name and
    days of the Hijri calendar. DefinitionError for an unknown format.
    """
    plain = pa.array(_plain(arrow(texts)), type=pa.large_string())
    days = _read_parts(plain, _ISO)
    for form in formats:
        days = _fill(days, plain, partial(_read_declared, form=form))
    for pattern in _YEAR_FIRST:
        days = _fill(days, plain, partial(_read_parts, pattern=pattern))
    days = _fill(days, plain, _read_written)
    if to_mask(pc.match_substring_regex(plain, _BOTH)).any():
        days = _fill(days, plain, partial(_read_both, formats=formats))
    return pd.Series(days.astype("datetime64[ns]"), index=texts.index)


def hijri_among(texts: pd.Series) -> Mask:
    """Which of the texts are days of the Hijri calendar; read_dates converts them by the tabular calendar."""
    plain = arrow(texts)
    to_read = to_mask(pc.is_valid(plain)) & ~to_mask(pc.match_substring_regex(plain, _NUMERALS_ONLY))
    is_hijri = np.zeros(len(texts), dtype=bool)
    for place in np.flatnonzero(to_read).tolist():
        written = written_day(clean(plain[place].as_py()))
        is_hijri[place] = written is not None and written.is_hijri
    return is_hijri


def expected_dates(formats: Sequence[str] = ()) -> str:
    """The forms in which a date may be typed, in words for the submitter."""
    shown = ["YYYY-MM-DD"]
    for form in formats:
        text = _SHOWN_SERIALS.get(form, form)
        for directive, letters in _SHOWN.items():
            text = text.replace(directive, letters)
        shown.append(text)
    return ", ".join(dict.fromkeys(shown))


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


def _fill(known_days: Days, texts: pa.Array, read: Callable[[pa.Array], Days]) -> Days:
    missing = np.isnat(known_days) & to_mask(pc.is_valid(texts))
    if missing.any():
        known_days = known_days.copy()
        days = read(texts.filter(pa.array(missing)))
        years = days.astype("datetime64[Y]").astype(np.int64) + 1970
        known_days[missing] = np.where((years >= FIRST_YEAR) & (years <= LAST_YEAR), days, np.datetime64("NaT"))
    return known_days


def _read_declared(texts: pa.Array, form: str) -> Days:
    if form in _SERIALS:
        return _read_serials(texts, _SERIALS[form])
    try:
        read = pd.to_datetime(pd.Series(texts.to_pylist(), dtype="str"), format=form, errors="coerce", utc="%z" in form)
    except ValueError as problem:
        raise DefinitionError(
            [f"dates: {form!r} is not a date format ({problem}); write it in strptime notation, such as %d/%m/%Y."]
        ) from problem
    return read.dt.tz_localize(None).to_numpy().astype("datetime64[D]")


def _read_serials(texts: pa.Array, origin: pd.Timestamp) -> Days:
    matches = pc.extract_regex(texts, pattern=r"^(?P<days>-?[0-9]{1,6})(?:\.[0-9]+)?$")
    days = pc.cast(pc.struct_field(matches, "days"), pa.int64())
    known = to_mask(pc.is_valid(days))
    shifted = np.datetime64(origin, "D") + days.fill_null(0).to_numpy(zero_copy_only=False)
    return np.where(known, shifted, np.datetime64("NaT")).astype("datetime64[D]")


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
