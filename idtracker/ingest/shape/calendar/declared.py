"""Declared forms of dates: strptime notation with or without a day, and days counted by number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from idtracker.ingest.shape.cells import to_mask
from idtracker.model.errors import DefinitionError
from idtracker.model.periods import FIRST_YEAR, LAST_YEAR

Days = npt.NDArray[np.datetime64]

TIME = r"(?:[T ] ?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)? ?(?:[AaPp][Mm]|[صم])? ?(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2})?)?"
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
_DIRECTIVE = re.compile(r"%[-#]?([A-Za-z%])")
_TIME_OF_DAY = re.compile(r"[T ,]*%[-#]?[HIMSTXRrpfzZ].*$", re.DOTALL)
_YEARS, _MONTHS, _WHOLE = set("YyG"), set("mbBh"), set("xcDF")
_PLACES = {**dict.fromkeys(_YEARS, "y"), **dict.fromkeys(_MONTHS, "m"), "d": "d"}


def has_day(form: str) -> bool:
    """Whether a form names a day: `%b-%y` gives a month, `%Y` a year."""
    if form in _SERIALS:
        return True
    named = _directives(form)
    is_in_week = bool(named & set("UWV")) and bool(named & set("uwaA"))
    return bool(named & (set("dj") | _WHOLE)) or is_in_week


def code_form(form: str) -> str:
    """The form of the period that a form without a day gives."""
    return "%Y-%m" if _directives(form) & _MONTHS else "%Y"


def order_of(form: str) -> tuple[str, ...]:
    """In which order a form has day, month and year, such as d, m, y."""
    return tuple(_PLACES[letter] for letter in _DIRECTIVE.findall(form) if letter in _PLACES)


def expected_dates(formats: Sequence[str] = ()) -> str:
    """The forms in which a date may be typed, in words for the submitter."""
    shown = ["YYYY-MM-DD"]
    for form in filter(has_day, formats):
        text = _SHOWN_SERIALS.get(form, form)
        for directive, letters in _SHOWN.items():
            text = text.replace(directive, letters)
        shown.append(text)
    return ", ".join(dict.fromkeys(shown))


def read_declared(texts: pa.Array, form: str) -> Days:
    """The days of texts in one form (the first day of a month or year where it names none); others are missing.

    A time of day that the form does not have, or has otherwise, changes nothing: the date is read as it is written.
    """
    if form in _SERIALS:
        return sane(_read_serials(texts, _SERIALS[form]))
    date_form = _TIME_OF_DAY.sub("", form)
    if not date_form or not order_of(date_form):
        return sane(_strptime(texts, form))
    days = _strptime(pc.replace_substring_regex(texts, rf"{TIME}$", ""), date_form)
    return sane(days)


def sane(days: Days) -> Days:
    """Without the days of years that nobody reports of."""
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    return np.where((years >= FIRST_YEAR) & (years <= LAST_YEAR), days, np.datetime64("NaT")).astype("datetime64[D]")


@lru_cache(maxsize=256)
def _directives(form: str) -> frozenset[str]:
    """The letters of a form; DefinitionError for one without a year, which no day or period can be read by."""
    named = frozenset(_DIRECTIVE.findall(form))
    if not named & (_YEARS | _WHOLE):
        raise DefinitionError(
            [f"dates: {form!r} is not a date format (it has no year); write it in strptime notation, such as %d/%m/%Y."]
        )
    return named


def _strptime(texts: pa.Array, form: str) -> Days:
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
