"""Words by which a row says that it sums up others: “Grand total”, “UNHCR Total”, “Subtotal: UNICEF”, “All partners”, إجمالي اليونيسف."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from idtracker.model.text import fold

LONGEST = 60
_MARKS = "[\u0640\u064b-\u0652\u0670]*"
LIKE_TOTAL = f"(?i)(tot|sum|som|overall|م{_MARKS}ج{_MARKS}[ما]|ج{_MARKS}م{_MARKS}ا)"
"""What every text of a total holds somewhere, to look through a long column quickly."""
LIKE_ALL = f"(?i)^\\W*(all|tous|toutes|(?:ال)?ك{_MARKS}ل|(?:ال)?ج{_MARKS}م{_MARKS}ي|ك{_MARKS}ا)"
"""How every text about all of a kind begins."""

_WHOLE = frozenset(
    """total|totals|grand total|sub total|subtotal|subtotals|overall total|overall|sum|sum total
    |total general|sous total|somme|total global|totaux|total geral|suma total""".replace("\n    ", "").split("|")
)
_ENDS = frozenset({"total", "totals", "subtotal", "subtotals"})
_BEGINS = ("subtotal ", "subtotals ", "sub total ", "grand total", "overall total", "sous total ", "total general ")
_OF = ("total for ", "total of ", "total in ", "totals for ", "sum for ", "total all ", "total de ", "total des ")
_ALL = re.compile(r"(?:all|tous|toutes)(?: of)?(?: the| les| our)? (?:(\w+) )?(\w+)")
_BESIDE = frozenset(
    [
        "implementing",
        "un",
        "ngo",
        "local",
        "international",
        "national",
        "operational",
        "humanitarian",
        "reporting",
        "project",
        "programme",
        "program",
        "funding",
        "donor",
        "government",
        "consortium",
        "member",
        "the",
    ]
)
_COLLECTIVE = frozenset(
    [
        "partners",
        "organisations",
        "organizations",
        "agencies",
        "ngos",
        "ingos",
        "donors",
        "implementers",
        "actors",
        "entities",
        "institutions",
        "ministries",
        "governorates",
        "districts",
        "subdistricts",
        "regions",
        "provinces",
        "municipalities",
        "locations",
        "areas",
        "places",
        "camps",
        "sites",
        "countries",
        "sectors",
        "subsectors",
        "clusters",
        "partenaires",
    ]
)
_COUNTED = frozenset(
    {"people", "persons", "individuals", "beneficiaries", "households", "families", "refugees", "cases", "amount"}
    | {"number", "of", "and", "reached", "targeted", "served", "population"}
)
"""What a total is of where it says no more: “Total people reached”."""
_AR_TOTAL = frozenset({"اجمالي", "مجموع", "مجاميع"})
_AR_ALL = frozenset({"كل", "جميع", "كافه"})
_AR_COLLECTIVE = frozenset(
    [
        "شركاء",
        "منظمات",
        "وكالات",
        "جهات",
        "جمعيات",
        "مانحين",
        "محافظات",
        "الويه",
        "اقضيه",
        "مناطق",
        "اقاليم",
        "بلديات",
        "مواقع",
        "اماكن",
        "مخيمات",
        "دول",
        "قطاعات",
        "وزارات",
        "مؤسسات",
        "هيئات",
    ]
)
_SIGNS = re.compile(r"[\W_]+")
_SET_APART = re.compile(
    r"^(?:(?:grand|sub)[ -]?)?totals?(?:\s*[:=(|]|\s+[-–—]\s)|^sum\s*[:=]|(?:\s[-|/–—]|:)\s?totals?\b"
)
_WHEN = re.compile(r"(?: (?:q[1-4]|h[12]|\d{1,4}|to date|so far|combined))+$")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")


@dataclass(frozen=True, slots=True)
class TotalWords:
    """What the words of a cell say: a total alone, surely one of something, all of a kind, or perhaps (`about` what)."""

    form: Literal["alone", "sure", "all", "perhaps"]
    about: str = ""


@lru_cache(maxsize=8192)
def total_words(text: str) -> TotalWords | None:
    """How a text says that its row is a total, if it does. “Total Energies” perhaps does, “Totally Free” does not."""
    if len(text) > LONGEST * 2:
        return None
    folded = fold(text)
    plain = _SIGNS.sub(" ", folded).strip()
    if not plain or len(plain) > LONGEST:
        return None
    return _in_arabic(plain.split()) or _in_latin(plain, folded)


def _in_latin(plain: str, folded: str) -> TotalWords | None:
    if plain in _WHOLE:
        return TotalWords("alone")
    plain = _WHEN.sub("", plain)
    unbracketed = _SIGNS.sub(" ", _IN_BRACKETS.sub("", folded)).strip()
    ends = (text.split()[-1:] for text in (plain, unbracketed) if not plain.endswith((" of total", " of the total")))
    is_last = any(end and end[0] in _ENDS for end in ends)
    if is_last or plain.startswith((*_BEGINS, *_OF)) or _SET_APART.search(folded):
        return TotalWords("sure")
    if _is_all(plain):
        return TotalWords("all")
    first, _, rest = plain.partition(" ")
    if first in ("total", "totals", "sum") and (
        _COUNTED.issuperset(rest.split()) or rest in _COLLECTIVE or _is_all(rest)
    ):
        return TotalWords("sure")
    return TotalWords("perhaps", rest) if first in ("total", "totals") else None


def _is_all(plain: str) -> bool:
    match = _ALL.fullmatch(plain)
    return plain in ("all", "tous") or (
        match is not None and match[2] in _COLLECTIVE and (match[1] is None or match[1] in _BESIDE)
    )


def _in_arabic(words: list[str]) -> TotalWords | None:
    bare = [word.removeprefix("ال") for word in words]
    if bare[0] in _AR_TOTAL or bare[-1] in _AR_TOTAL:
        is_alone = all(b in _AR_TOTAL | {"كلي", "عام", "فرعي", "جزيي", "جزئي", "نهايي", "نهائي"} for b in bare)
        return TotalWords("alone" if is_alone else "sure")
    if words in (["الكل"], ["الجميع"]):
        return TotalWords("all")
    if len(words) in (2, 3) and words[0] in _AR_ALL and bare[1] in _AR_COLLECTIVE:
        return TotalWords("all") if len(words) == 2 or words[2].startswith("ال") else None
    return None
