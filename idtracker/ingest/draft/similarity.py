"""How much a heading resembles a canonical field, and what kind of values stand under it. Guesses for drafts, nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

SYNONYMS: dict[str, tuple[str, ...]] = {
    "reference": (
        "ref", "id", "identifier", "code", "project id", "activity id", "event id", "record id", "iati identifier",
        "reference number", "respondent", "الرقم المرجعي", "رقم المشروع", "المعرف", "الرمز", "رقم النشاط",
    ),
    "period": ("quarter", "month", "year", "reporting period", "financial year", "date", "الفترة", "فترة التقرير", "الربع", "الشهر", "السنة"),
    "place": (
        "governorate", "province", "district", "region", "municipality", "country", "admin1", "adm1 name", "admin 1",
        "area",
        "pcode", "adm1 code", "adm1", "المحافظة", "محافظة", "اسم المحافظة", "المنطقة", "البلدية", "اللواء", "المكان", "رمز المحافظة",
    ),
    "location": ("loc name", "location name", "site", "village", "town", "settlement", "الموقع", "اسم الموقع"),
    "indicator": ("indicator code", "indicator name", "measure", "series", "variable", "المؤشر", "اسم المؤشر", "رمز المؤشر"),
    "value": ("figure", "score", "result", "obs value", "estimate", "mean", "index", "القيمة", "النتيجة", "النسبة", "العدد"),
    "lower": ("lower bound", "ci low", "low", "lower ci", "lower limit"),
    "upper": ("upper bound", "ci high", "high", "upper ci", "upper limit"),
    "standard_error": ("se", "std error", "std err", "stderr"),
    "sample_size": ("n", "sample", "respondents", "number of responses", "حجم العينة"),
    "organisation": (
        "org", "organization", "agency", "department", "ministry", "reporting org", "reported by", "lead agency",
        "الجهة", "المؤسسة", "الوزارة", "المنظمة", "اسم المنظمة", "الجهة المنفذة",
    ),
    "partner": ("counterpart", "implementing partner", "partner organisation", "implementer", "org impl name", "الشريك", "الشريك المنفذ", "اسم الشريك", "partner name"),
    "title": ("name", "project", "project title", "activity", "activity name", "العنوان", "المشروع", "النشاط", "اسم المشروع", "اسم النشاط"),
    "description": ("details", "summary", "text", "الوصف"),
    "sector": ("cluster", "theme", "purpose", "القطاع"),
    "status": ("state", "progress", "stage", "الحالة"),
    "start_on": ("start", "started", "start date", "date start", "from", "begin", "تاريخ البدء", "تاريخ البداية"),
    "end_on": ("end", "ended", "end date", "date end", "to", "finish", "تاريخ الانتهاء"),
    "ancr": ("confidence", "analytical confidence"),
    "budget": ("total budget", "planned cost", "الميزانية", "الموازنة"),
    "amount": ("value", "sum", "net amount", "transaction value", "المبلغ"),
    "spend": ("expenditure", "spent", "cost", "actual spend", "الإنفاق"),
    "people_reached": ("participants", "beneficiaries", "beneficiaries reached", "people trained", "reached", "المستفيدون", "عدد المستفيدين", "المستفيدين"),
    "people_targeted": ("target beneficiaries", "targeted", "planned participants", "people in need", "المستهدفون", "عدد المستهدفين"),
    "event_on": ("date", "event date", "date start", "day"),
    "event_type": ("type", "type of violence", "category"),
    "fatalities": ("deaths", "best", "killed", "fatality count"),
    "fatalities_low": ("low",),
    "fatalities_high": ("high",),
    "actor": ("side a", "actor1", "actor 1", "stakeholder"),
    "other_actor": ("side b", "actor2", "actor 2"),
    "latitude": ("lat",),
    "longitude": ("lon", "lng", "long"),
    "transaction_on": ("date", "payment date"),
    "receiver": ("supplier", "receiver org", "payee", "vendor"),
    "entity": ("spending entity", "department family"),
    "question": ("item", "question id", "السؤال"),
    "answer": ("response", "reply", "الإجابة"),
    "weight": ("design weight", "survey weight"),
    "unit": ("unit of measure", "units", "الوحدة"),
    "note": ("comment", "comments", "remarks", "notes", "ملاحظات"),
    "disaggregation": ("breakdown", "group", "sex", "age group"),
    "actual": ("achieved", "result", "actual value", "milestone achieved"),
    "target": ("planned", "milestone", "المستهدف"),
    "from_organisation": ("from", "sender", "shared by", "respondent organisation"),
    "to_organisation": ("to", "recipient", "shared with", "about organisation"),
}  # fmt: skip
_FORMS = {
    "flag": r"yes|no|y|n|true|false|نعم|لا",
    "period": (
        r"\d{4}[ -]?Q[1-4]|Q[1-4][ /-]?\d{4}|\d{4}-\d{2}|\d{4}-W\d{2}|\d{4}-H[12]|H[12][ /-]?\d{4}|\d{4}/\d{2}|(?:19|20)\d{2}"
        r"|[A-Z][a-z]{2,8}[ -]\d{4}"
    ),
    "date": r"\d{4}-\d{1,2}-\d{1,2}(?:[T ].*)?|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}",
    "integer": r"[-+]?\d{1,3}(?:[, ]\d{3})+|[-+]?\d+",
    "number": r"[-+]?\d[\d, ]*(?:[.,٫]\d+)?%?|\.\d+",
    "money": r"(?:[A-Z]{3}|[£$€])\s?[-+]?\d[\d,.]*|[-+]?\d[\d,.]*\s?(?:[A-Z]{3}|[£$€])",
}
MISSING = ("#N/A", "#n/a", "N/A", "n/a", "NA", "na", "NULL", "null", "nil", "..", "-", "--", "none", "None")
_WORTH_A_LOOK = 70.0  # less likeness of names than this is not held against the values
_MOST_WORDS = 6  # of a heading for which one word may speak
_SHORTEST_DAY = 5  # digits of a day that is written as one number: 45292, 20240101
_DIGITS = {ord(digit): str(value) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for value, digit in enumerate(digits)}
_LETTERS = str.maketrans("ةىٱ", "هيا", "ـ")  # Arabic letters that stand for one another, and the stretch
_FITS: dict[str, frozenset[str]] = {
    "integer": frozenset({"integer", "number", "period"}),
    "number": frozenset({"integer", "number", "period"}),
    "money": frozenset({"integer", "number", "money", "period"}),
    "date": frozenset({"date", "period", "integer"}),
    "period": frozenset({"period", "date"}),
    "flag": frozenset({"flag", "integer"}),
    "organisation": frozenset({"text"}),
    "place": frozenset({"text", "integer"}),
    "indicator": frozenset({"text", "integer"}),
}


def filled(values: Sequence[str]) -> list[str]:
    """Values that say something."""
    trimmed = (v.strip() for v in values)
    return [v for v in trimmed if v and v not in MISSING]


def kind_of(values: Sequence[str]) -> str:
    """flag, period, date, integer, number, money or text: the first that nine values in ten have the form of."""
    return _kind_of(tuple(values)) or "text"


@lru_cache(maxsize=4096)
def _kind_of(values: tuple[str, ...]) -> str:
    """The same; '' where no value says anything."""
    texts = [v.translate(_DIGITS) for v in filled(values)]
    for kind, form in _FORMS.items():
        flags = re.IGNORECASE if kind == "flag" else 0
        if texts and sum(bool(re.fullmatch(form, v, flags)) for v in texts) >= 0.9 * len(texts):
            return kind
    return "text" if texts else ""


def similarity(heading: str, field: str, kind: str, values: Sequence[str]) -> float:
    """0 to 100: how well a heading and its sample values suit a field of that kind."""
    best = _resemblance(heading, field)
    if best < _WORTH_A_LOOK:
        return best
    kind_of_values = _kind_of(tuple(values))
    if kind not in _FITS or not kind_of_values:
        return best
    if not fits(kind, values):
        return best - 40
    return best if kind_of_values == "integer" and kind in ("place", "indicator") else best + 4


def fits(kind: str, values: Sequence[str]) -> bool:
    """Whether values can be of the kind of a field."""
    kind_of_values = _kind_of(tuple(values))
    if kind not in _FITS or not kind_of_values:
        return True
    is_ordinal = kind == "date" and kind_of_values == "integer" and any(len(v) < _SHORTEST_DAY for v in filled(values))
    return kind_of_values in _FITS[kind] and not is_ordinal


class Ground(NamedTuple):
    """Why a heading may be a field: the name of the field that it resembles most, and the words that both have."""

    score: float
    name: str
    shared: frozenset[str]
    is_whole: bool
    """The heading is that name and nothing more."""

    @property
    def is_thin(self) -> bool:
        """One word of several speaks for it, or none but a likeness of letters."""
        return not self.is_whole and len(self.shared) < 2


@lru_cache(maxsize=1 << 18)
def ground_of(heading: str, field: str) -> Ground:
    """What speaks for a heading as a field, by its names alone."""
    score, reading, name = max(
        (_closeness(fold(reading), fold(name)) - (2 if by_name else 0), fold(reading), name)
        for reading in _readings(heading)
        for by_name, name in enumerate(_names(field))
    )
    shared = frozenset(reading.split()) & frozenset(fold(name).split())
    return Ground(score, name.replace("_", " "), shared, reading == fold(name))


def _resemblance(heading: str, field: str) -> float:
    """How much a heading looks like any name of the field; a sentence with one word of it does not."""
    ground = ground_of(heading, field)
    return ground.score - 40 if ground.is_thin and len(fold(heading).split()) > _MOST_WORDS else ground.score


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Lower case, words apart, no marks: 'peopleReached (total)' -> 'people reached total'."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    plain = "".join(c for c in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(c)).translate(
        _LETTERS
    )
    return " ".join(re.findall(r"\w+", plain.casefold().replace("_", " ")))


@lru_cache(maxsize=65536)
def _readings(heading: str) -> list[str]:
    """The heading, without what stands in brackets, and the last of several joined headings or keys."""
    bare = re.sub(r"\(.*?\)|\[.*?\]", " ", heading).strip() or heading
    return list(dict.fromkeys([heading, bare, re.split(r" / |[/.]", bare)[-1].strip() or heading]))


def _names(field: str) -> tuple[str, ...]:
    return (field, field.removesuffix("_on"), *SYNONYMS.get(field, ()))


@lru_cache(maxsize=1 << 18)
def _closeness(one: str, other: str) -> float:
    from rapidfuzz import fuzz

    if len(one) < 3 or len(other) < 3:
        return 100.0 if one == other else 0.0
    return max(fuzz.ratio(one, other), 0.85 * fuzz.token_set_ratio(one, other))
