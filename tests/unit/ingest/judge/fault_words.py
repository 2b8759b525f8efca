"""How a table with planted mistakes is written down, and the names that its rows use in both languages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Lang = Literal["en", "ar"]
Cell = Any


@dataclass(frozen=True, slots=True)
class Said:
    """A cell that is written differently in each language."""

    en: Cell
    ar: Cell


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule, broken by one added row: the clean example with these cells. `at` is the field where it is found.

    `rows` adds further rows (with the same or other cells); `found` says which of the added rows are named.
    """

    rule: str
    at: str
    cells: dict[str, Cell]
    rows: tuple[dict[str, Cell], ...] = ()
    found: tuple[int, ...] = (0,)
    formats: tuple[str, ...] = ("csv", "xlsx", "json")


@dataclass(frozen=True, slots=True)
class Table:
    """A table that feeds one canonical table. `example` is the clean row; `#` in a cell becomes the number of the row."""

    name: str
    feeds: str
    key: tuple[str, ...]
    headings: dict[str, tuple[str, str]]
    example: dict[str, Cell]
    faults: tuple[Fault, ...]
    columns: dict[str, dict[str, Any]] = field(default_factory=dict)
    clean: int = 6

    def heading(self, name: str, lang: Lang) -> str:
        return self.headings[name][0 if lang == "en" else 1]


UNHCR = Said("UNHCR", "المفوضية السامية للأمم المتحدة لشؤون اللاجئين")
FCDO = Said("FCDO", "وزارة الخارجية والكومنولث والتنمية البريطانية")
MOD = Said("MOD", "وزارة الدفاع البريطانية")
DFID = Said("DFID", "وزارة التنمية الدولية البريطانية")
MAFRAQ = Said("Mafraq", "المفرق")
YES, NO = Said("yes", "نعم"), Said("no", "لا")
UNKNOWN_ORG = Said("Unheard-of Society", "جمعية الفلاحين المجهولة")
OLD_TOWN = Said("Old Town", "البلدة القديمة")
ATLANTIS = Said("Atlantis", "أطلانطس")
