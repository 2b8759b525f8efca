"""Names of months in English and Arabic (Levantine, Egyptian and Gulf, Maghrebi) as numbers."""

from __future__ import annotations

import re

from idtracker.model.text import fold

_NAMES = {
    1: "january jan يناير جانفي كانون_الثاني كانون_ثاني كانون_ثان كانون2 ك2",
    2: "february feb فبراير فيفري شباط",
    3: "march mar مارس آذار",
    4: "april apr أبريل إبريل أفريل نيسان",
    5: "may مايو ماي أيار نوار",
    6: "june jun يونيو يونيه جوان حزيران",
    7: "july jul يوليو يوليه جويلية تموز",
    8: "august aug أغسطس أوت غشت آب",
    9: "september sept sep سبتمبر شتنبر أيلول",
    10: "october oct أكتوبر تشرين_الأول تشرين_أول تشرين1 ت1",
    11: "november nov نوفمبر نونبر تشرين_الثاني تشرين_ثاني تشرين_ثان تشرين2 ت2",
    12: "december dec ديسمبر دجنبر كانون_الأول كانون_أول كانون1 ك1",
}
_NUMBERS = {fold(name.replace("_", " ")): number for number, names in _NAMES.items() for name in names.split()}
_LETTER = r"[a-z\u0621-\u064a]"
_PATTERN = re.compile(
    rf"(?<!{_LETTER})({'|'.join(sorted(map(re.escape, _NUMBERS), key=len, reverse=True))})(?!{_LETTER}|(?<=\d)\d)\.?"
)
_TWICE = re.compile(r"m(\d\d) ?[/(-]? ?m\1 ?\)?")


def number_months(folded: str) -> str:
    """Folded text with each name of a month as m01 to m12; one month under two names ('تشرين الأول/أكتوبر') becomes one."""
    numbered = _PATTERN.sub(lambda match: f"m{_NUMBERS[match[1]]:02d}", folded)
    return _TWICE.sub(r"m\1", numbered)
