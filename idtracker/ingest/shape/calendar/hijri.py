"""Dates of the Hijri calendar as people type them, by the tabular Islamic calendar (civil epoch, 16 July 622 Julian).

The tabular calendar gives years of 12 months of 30 and 29 days in turn, and 11 leap years in 30. The Umm al-Qura calendar and
the sighting of the moon may differ from it by a day (now and then by two), so that each date read this way is reported.
"""

from __future__ import annotations

import re
from datetime import date

from idtracker.model.text import fold

FIRST_YEAR, LAST_YEAR = 1300, 1650
_NAMES = {
    1: "محرم المحرم muharram moharram",
    2: "صفر safar",
    3: "ربيع_الأول ربيع_أول rabi_al-awwal rabi_i rabi_1 rabi'_al-awwal rabi_al_awwal",
    4: "ربيع_الآخر ربيع_الثاني ربيع_ثاني ربيع_آخر rabi_al-thani rabi_ii rabi_2 rabi'_al-thani rabi_al-akhir rabi_al_thani",
    5: "جمادى_الأولى جمادى_الأول جماد_الأول جماد_أول jumada_al-awwal jumada_al-ula jumada_i jumada_1 jumada_al_awwal",
    6: "جمادى_الآخرة جمادى_الآخر جمادى_الثانية جماد_الثاني جماد_الآخر جماد_ثاني jumada_al-thani jumada_al-akhirah jumada_ii jumada_2",
    7: "رجب rajab",
    8: "شعبان sha'ban shaban shaaban",
    9: "رمضان ramadan ramadhan ramazan",
    10: "شوال shawwal shawal",
    11: "ذو_القعدة ذي_القعدة ذوالقعدة dhu_al-qi'dah dhu_al-qadah dhul_qadah dhu'l-qa'dah zulqadah",
    12: "ذو_الحجة ذي_الحجة ذوالحجة dhu_al-hijjah dhul_hijjah dhu'l-hijja dhul-hijjah zulhijjah",
}  # fmt: skip
_NUMBERS = {fold(name.replace("_", " ")): month for month, names in _NAMES.items() for name in names.split()}
_NAME = "|".join(sorted(map(re.escape, _NUMBERS), key=len, reverse=True))
_ERA = r"(?: ?(?:ه|هجري|هجريه|للهجره|a\.?h\.?))"
_YEAR = r"(?P<year>1[3-6]\d\d)"
_DAY = r"(?P<day>\d{1,2})"
_OF = r"(?: of| من)?(?: شهر)? ?"
_MARKS = r"[ ,./-]{1,3}(?:من )?(?:عام |سنه )?"
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"{_DAY}{_OF}[./-]?(?P<name>{_NAME}){_MARKS}{_YEAR}{_ERA}?",
        rf"(?P<name>{_NAME}) {_DAY}{_MARKS}{_YEAR}{_ERA}?",
        rf"{_YEAR}[ /.-](?P<name>{_NAME})[ /.-]{_DAY}{_ERA}?",
        rf"{_YEAR}([/.-])(?P<month>\d\d?)\2{_DAY}{_ERA}",
        rf"{_DAY}([/.-])(?P<month>\d\d?)\2{_YEAR}{_ERA}",
    )
)
_EPOCH = date(622, 7, 19).toordinal()  # 16 July 622 of the Julian calendar
_CYCLE_YEARS, _LONGEST_MONTH = 30, 30


def hijri_day(folded: str) -> date | None:
    """The day of a folded text that names a Hijri month, or numbers with the mark of the era; None for any other text."""
    for form in _FORMS:
        match = form.fullmatch(folded)
        if match:
            groups = match.groupdict()
            month = int(groups["month"]) if groups.get("month") else _NUMBERS[groups["name"]]
            return gregorian(int(groups["year"]), month, int(groups["day"]))
    return None


def gregorian(year: int, month: int, day: int) -> date | None:
    """The Gregorian day of a Hijri day, None where there is none; a 30th that the table does not have follows its 29th."""
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= _LONGEST_MONTH):
        return None
    years = (year - 1) * 354 + (3 + 11 * year) // _CYCLE_YEARS
    months = (59 * (month - 1) + 1) // 2
    return date.fromordinal(_EPOCH + years + months + day - 1)
