"""How a spreadsheet shows a number or a day, as its number format says: per cent, a month, a year, beside words such as `£`.

A format is a code such as `#,##0.00;[Red]-#,##0.00` or `[$-409]mmm-yy;@`, written the same way in every language.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Shown = Literal["plain", "percent", "month", "year"]

BUILT_IN = {9: "0%", 10: "0.00%", 17: "mmm-yy"}
"""Codes of the numbers that a workbook need not spell out, of those that change what a cell says."""

_PIECE = re.compile(r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[(?P<inside>[^\]]*)\]|(?P<plain>.)', re.DOTALL)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+(?:[eE][+-]?[0-9]+)?)")
_CLOCK = re.compile(r"h+|m+|s+", re.IGNORECASE)
_TESTS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip
_SIGNS = "$£€¥₪₺"
_WORD_SIGNS = f"{_SIGNS}%٪"
_DOLLARS = {"409": "USD", "1009": "CAD", "C0C": "CAD", "C09": "AUD", "1409": "NZD", "4809": "SGD", "C04": "HKD"}
_HIJRI = re.compile(r"\$[^-]*-(?:[0-9a-f]{0,2}(?:06|17)|6)[0-9a-f]{4}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a format: how it shows what it is for, and the words that stand beside the number."""

    shown: Shown
    words: str
    condition: tuple[str, float] | None = None


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A format by its sections."""

    sections: tuple[Section, ...]

    @property
    def says_more(self) -> bool:
        """Whether it shows anything otherwise than the value is stored."""
        return any(s.shown != "plain" or s.words for s in self.sections)

    def section(self, value: float) -> Section:
        """The section that shows a number: the first whose condition holds, else by the sign; the rest of one has none."""
        numeric = self.sections[:3]
        if any(s.condition for s in numeric):
            held = (s for s in numeric if s.condition is None or _TESTS[s.condition[0]](value, s.condition[1]))
            return next(held, numeric[-1])
        place = 1 if value < 0 else 2 if value == 0 else 0
        return numeric[place] if place < len(numeric) else numeric[0]


@lru_cache(maxsize=1024)
def number_format(code: str) -> NumberFormat:
    """A format from its code."""
    return NumberFormat(tuple(_section(pieces) for pieces in _sections(code)))


def _sections(code: str) -> list[list[re.Match[str]]]:
    sections: list[list[re.Match[str]]] = [[]]
    for piece in _PIECE.finditer(code):
        if piece["plain"] == ";":
            sections.append([])
        else:
            sections[-1].append(piece)
    return sections


def _section(pieces: list[re.Match[str]]) -> Section:
    inside = [piece["inside"] for piece in pieces if piece["inside"] is not None]
    plain = "".join(piece["plain"] or "" for piece in pieces)
    conditions = [match for text in inside if (match := _CONDITION.fullmatch(text.strip()))]
    condition = (conditions[0][1], float(conditions[0][2])) if conditions else None
    shown = "percent" if "%" in plain else _date_shown(plain, inside)
    return Section(shown, "" if shown != "plain" else _words(pieces), condition)


def _date_shown(plain: str, inside: list[str]) -> Shown:
    """Months and years without a day; a format with a clock, or of the Hijri calendar, shows no such thing."""
    letters = plain.lower().replace("general", "")
    has_clock = "h" in letters or "s" in letters or any(_CLOCK.fullmatch(text) for text in inside)
    is_hijri = "b2" in letters or any(map(_HIJRI.match, inside))
    if has_clock or is_hijri or "d" in letters:
        return "plain"
    if "m" in letters:
        return "month"
    return "year" if "y" in letters else "plain"


def _words(pieces: list[re.Match[str]]) -> str:
    """What is shown beside a number, in order; marks such as dashes and brackets are no words."""
    words = "".join(_word(piece) for piece in pieces).strip()
    return words if any(letter.isalpha() or letter in _WORD_SIGNS for letter in words) else ""


def _word(piece: re.Match[str]) -> str:
    inside, plain = piece["inside"] or "", piece["plain"] or ""
    if inside.startswith("$"):
        sign, _, place = inside[1:].partition("-")
        return _DOLLARS.get(place.lstrip("0").upper(), sign) if sign == "$" else sign
    return plain if plain and plain in _SIGNS else piece["quoted"] or piece["escaped"] or ""
