"""Dates with a month by name, or of the Hijri calendar: what is written around them, in English and Arabic."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from idtracker.ingest.shape.calendar.hijri import hijri_day
from idtracker.ingest.shape.calendar.months import number_months
from idtracker.model.text import fold

_LONGEST = 80  # no such date is longer
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_NAMED = (
    (
        re.compile(rf"{_DAY}(?: of| من)?(?: شهر)?[ ./-]*m(\d\d),?(?: من)?(?: (?:عام|سنه))?[ ./-]*(\d{{4}})", re.ASCII),
        (2, 1, 0),
    ),
    (re.compile(rf"m(\d\d)[ ./-]*{_DAY},? ?(\d{{4}})", re.ASCII), (2, 0, 1)),
    (re.compile(rf"(\d{{4}})[ ./-]*m(\d\d)[ ./-]*{_DAY}", re.ASCII), (0, 1, 2)),
)
_DAYS_OF_WEEK = (
    "monday mon الاثنين الإثنين",
    "tuesday tue tues الثلاثاء",
    "wednesday wed الأربعاء",
    "thursday thu thur thurs الخميس",
    "friday fri الجمعة",
    "saturday sat السبت",
    "sunday sun الأحد",
)
_WEEKDAYS = {fold(name): number for number, names in enumerate(_DAYS_OF_WEEK) for name in names.split()}
_WEEKDAY = re.compile(rf"(?:يوم )?({'|'.join(sorted(_WEEKDAYS, key=len, reverse=True))})\.?,? (?:(?:ال)?موافق:? )?")
_CLOCK = re.compile(r",? \d{1,2}:\d{2}(?::\d{2})? ?(?:[صم]|am|pm)?$", re.ASCII)
_ERA = re.compile(r"(?<=\d) ?(?:م|ميلادي|ميلاديه|للميلاد)$")
_BESIDE = re.compile(r"[,(]? ?(?:(?:ال)?موافق(?: ل| في)?|corresponding to):? ?")


@dataclass(frozen=True, slots=True)
class Written:
    """A day, and whether it was written in the Hijri calendar."""

    day: date
    is_hijri: bool


@lru_cache(maxsize=16384)
def written_day(text: str) -> Written | None:
    """The day of a text such as '3 March 2026', 'الخميس ١٥ كانون الثاني ٢٠٢٦' or '15 رمضان 1447 هـ'; None for any other.

    A day of the week that the date does not have makes it none: one of the two is a mistake.
    """
    if len(text) > _LONGEST:
        return None
    folded = fold(text)
    weekday = _WEEKDAY.match(folded)
    plain = _CLOCK.sub("", folded[weekday.end() :] if weekday else folded)
    if hijri := hijri_day(plain):
        return Written(hijri, is_hijri=True)
    named = _named_day(_ERA.sub("", plain))
    if named is None or (weekday and named.weekday() != _WEEKDAYS[weekday[1]]):
        return None
    return Written(named, is_hijri=False)


def sides_of(text: str) -> list[str]:
    """The two dates of a text that gives one day in both calendars ('… الموافق …'); none where it does not."""
    sides = _BESIDE.split(fold(text)) if len(text) <= 2 * _LONGEST else []
    return [side.strip(" ,()") for side in sides] if len(sides) == 2 else []


def _named_day(folded: str) -> date | None:
    numbered = number_months(folded)
    if "m" not in numbered:
        return None
    for pattern, order in _NAMED:
        match = pattern.fullmatch(numbered)
        if match:
            numbers = [int(part) for part in match.groups()]
            try:
                return date(*(numbers[place] for place in order))
            except ValueError:
                return None
    return None
