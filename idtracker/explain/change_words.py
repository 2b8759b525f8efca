"""Why a score moved, in one sentence of English or Arabic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from idtracker.analyse.change.decompose import ChangeRow

Language = Literal["en", "ar"]
MOST_NAMED = 3
_LEAST = 0.05

_CAUSES: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "NEW_DATA": "new reports on {what}",
        "REVISION": "revised reports on {what}",
        "CARRIED": "{what} being carried forward or too old to be",
        "COVERAGE": "{what} coming in or dropping out",
        "METHOD": "another method",
        "JUDGEMENT": "a decision on {what}",
        "REFERENCE": "reference data of {what}",
        "BREAK": "an upstream break of {what}, across which values are not comparable",
        "PANEL": "other places or quarters against which {what} is held",
        "ALL_PLACES": "the weights and scales that other places make",
        "UNDIVIDED": "values here and elsewhere, not divided among them",
    },
    "ar": {
        "NEW_DATA": "تقارير جديدة عن {what}",
        "REVISION": "تقارير منقحة عن {what}",
        "CARRIED": "ترحيل قيمة {what} أو انتهاء صلاحيتها",
        "COVERAGE": "دخول {what} أو خروجه",
        "METHOD": "تغيير المنهجية",
        "JUDGEMENT": "قرار بشأن {what}",
        "REFERENCE": "البيانات المرجعية الخاصة بـ{what}",
        "BREAK": "انقطاع في سلسلة {what} عند المصدر لا تُقارن القيم عبره",
        "PANEL": "أماكن أخرى أو أرباع سنة أخرى تُقارن بها قيمة {what}",
        "ALL_PLACES": "الأوزان والمقاييس التي تنتج من أماكن أخرى",
        "UNDIVIDED": "قيم هنا وفي أماكن أخرى لم تُقسَّم بينها",
    },
}
_TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "fell": "{place}'s score fell from {before} to {after} {when}",
        "rose": "{place}'s score rose from {before} to {after} {when}",
        "stayed": "{place}'s score stayed at {after} {when}",
        "nothing": "{place} has no score on either side {when}",
        "appeared": "{place} has a score of {after} and had none {when}: too little was reported before",
        "withheld": "{place}'s score of {before} is withheld {when}: too little is reported",
        "defined": "{place} has a score of {after} and had none {when}: the same indicators had values, and the method made no score of them",
        "undefined": "{place}'s score of {before} is withheld {when}: the same indicators have values, and the method makes no score of them",
        "periods": "between {since} and {period}",
        "known": "for {period} since {since}",
        "from": "{points} from {why}",
        "rest": "{points} from {count} smaller parts",
        "rest_one": "{points} from one smaller part",
        "comma": ", ",
        "end": ".",
    },
    "ar": {
        "fell": "انخفضت درجة {place} من {before} إلى {after} {when}",
        "rose": "ارتفعت درجة {place} من {before} إلى {after} {when}",
        "stayed": "بقيت درجة {place} عند {after} {when}",
        "nothing": "لا درجة لـ{place} في أي من الطرفين {when}",
        "appeared": "صارت لـ{place} درجة {after} ولم تكن لها درجة {when}: كانت التقارير غير كافية من قبل",
        "withheld": "حُجبت درجة {place} وكانت {before} {when}: التقارير غير كافية",
        "defined": "صارت لـ{place} درجة {after} ولم تكن لها درجة {when}: كانت للمؤشرات نفسها قيم ولم تنتج المنهجية منها درجة",
        "undefined": "حُجبت درجة {place} وكانت {before} {when}: للمؤشرات نفسها قيم ولا تنتج المنهجية منها درجة",
        "periods": "بين {since} و{period}",
        "known": "لفترة {period} منذ {since}",
        "from": "{points} من {why}",
        "rest": "{points} من أجزاء أصغر عددها {count}",
        "rest_one": "{points} من جزء واحد أصغر",
        "comma": "، ",
        "end": ".",
    },
}


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one score, in the names of a language: `since` is a quarter, or where `is_known` an instant or publication."""

    place: str
    period: str
    since: str
    is_known: bool
    before: float | None
    after: float | None


Name = Callable[[str], str]


def sentence(
    change: Change, rows: Sequence[ChangeRow], indicator: Name, organisation: Name, language: Language = "en"
) -> str:
    """The change and its largest parts, each with its indicator and the organisations behind it."""
    texts = _TEXTS[language]
    when = texts["known" if change.is_known else "periods"].format(since=change.since, period=change.period)
    figures = {
        name: "" if v is None else f"{v:.1f}" for name, v in (("before", change.before), ("after", change.after))
    }
    said = texts[_kind(change, rows)].format(place=change.place, when=when, **figures)
    parts = _parts(rows, indicator, organisation, language) if None not in (change.before, change.after) else []
    return said + (": " + texts["comma"].join(parts) if parts else "") + texts["end"]


def _kind(change: Change, rows: Sequence[ChangeRow]) -> str:
    has_other_indicators = any(row.indicator_id for row in rows)
    if change.before is None:
        return "nothing" if change.after is None else "appeared" if has_other_indicators else "defined"
    if change.after is None:
        return "withheld" if has_other_indicators else "undefined"
    before, after = round(change.before, 1), round(change.after, 1)
    return "stayed" if before == after else "rose" if after > before else "fell"


def _parts(rows: Sequence[ChangeRow], indicator: Name, organisation: Name, language: Language) -> list[str]:
    texts = _TEXTS[language]
    groups: dict[tuple[str, str], list[ChangeRow]] = {}
    for row in rows:
        groups.setdefault((row.cause, row.indicator_id), []).append(row)
    sums = {key: sum(row.points or 0.0 for row in members) for key, members in groups.items()}
    order = sorted(sums, key=lambda key: (-abs(sums[key]), key))
    named = [key for key in order[:MOST_NAMED] if abs(sums[key]) >= _LEAST]
    parts = []
    for cause, code in named:
        orgs = sorted({organisation(row.org_id) for row in groups[cause, code] if row.org_id})
        what = indicator(code) + (f" ({texts['comma'].join(orgs)})" if orgs else "") if code else ""
        name = "ALL_PLACES" if cause == "PANEL" and not code else cause
        why = _CAUSES[language][name].format(what=what)
        parts.append(texts["from"].format(points=signed(sums[cause, code]), why=why))
    rest = sum(sums[key] for key in order if key not in named)
    count = len(order) - len(named)
    if count and (abs(rest) >= _LEAST or not named):
        parts.append(texts["rest" if count > 1 else "rest_one"].format(points=signed(rest), count=count))
    return parts


def signed(points: float) -> str:
    """Points with their sign, to one decimal."""
    text = f"{points:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text
