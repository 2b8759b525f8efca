"""Files whose headings have a known meaning: what publishers and form servers write, and the tags of HXL.

Nothing is guessed from resemblance here: each heading is one that the publisher's own documentation names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from idtracker.ingest.draft.similarity import fold

Columns = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a sample is known to be: its table, field -> heading, and what more is known of a field's column.

    `more` is YAML to stand behind a column's heading, such as `currency: GBP`; `across` an expression over headings
    that become rows; `key` the fields that identify a row; `left_out` headings with why they are not read.
    """

    name: str
    feeds: str
    pairs: dict[str, str]
    more: dict[str, str] = field(default_factory=dict)
    across: str | None = None
    key: tuple[str, ...] = ()
    left_out: dict[str, str] = field(default_factory=dict)


def meaning_of(columns: Columns) -> Meaning | None:
    """The first of the known forms that the headings are; None where they are none of them."""
    named = {fold(heading): heading for heading in reversed(list(columns))}
    return next((found for form in (_world_bank, _spend_over_25k, _kobo) if (found := form(named, columns))), None)


def _first(named: Mapping[str, str], *wanted: str) -> str | None:
    return next((named[name] for name in wanted if name in named), None)


def _given(**headings: str | None) -> dict[str, str]:
    return {name: heading for name, heading in headings.items() if heading is not None}


_YEAR_OF_DATABANK = r"^(?P<period>(?:19|20)\d{2}) \[YR(?:19|20)\d{2}\]$"
_YEARS = r"^(?P<period>(?:19|20)\d{2})$"


def _world_bank(named: Mapping[str, str], columns: Columns) -> Meaning | None:
    """Indicators of the World Bank: years across (also as DataBank writes them), years down, or records of its API."""
    more = {"place": "scheme: iso3166-1-a3"}
    if {"indicator id", "country id", "date", "value"} <= set(named):
        place = _first(named, "countryiso3code")
        pairs = _given(
            indicator=named["indicator id"], place=place or _first(named, "country value"), period=named["date"],
            value=named["value"],
        )  # fmt: skip
        return Meaning("records of the World Bank's API", "observation", pairs, more if place else {}, key=_OF_SERIES)
    if not {"country name", "country code"} <= set(named):
        return None
    place = named["country code"]
    indicator = _first(named, "indicator code", "series code")
    for across in (_YEARS, _YEAR_OF_DATABANK):
        if sum(bool(re.fullmatch(across, heading)) for heading in columns) >= 2:
            pairs = _given(indicator=indicator, place=place, period="period", value="value")
            return Meaning("a World Bank table with years across", "observation", pairs, more, across, _OF_SERIES)
    if {"year", "value"} <= set(named):
        pairs = _given(indicator=indicator, place=place, period=named["year"], value=named["value"])
        return Meaning("a World Bank table", "observation", pairs, more, key=_OF_SERIES)
    return None


_OF_SERIES = ("indicator", "place", "period")


def _spend_over_25k(named: Mapping[str, str], columns: Columns) -> Meaning | None:
    """HM Treasury's template for spending over £25,000, as departments vary its headings."""
    department = _first(named, "department family", "departmental family", "department")
    receiver = _first(named, "supplier", "supplier name")
    on = _first(named, "date", "payment date", "date of payment", "date paid", "transaction date")
    amount = _first(
        named, "amount", "gbp amount", "invoice amount", "amount in sterling", "amount gbp", "net amount", "total amount"
    )  # fmt: skip
    if not (receiver and on and amount and department and "entity" in named):
        return None
    number = _first(named, "transaction number", "voucher number", "transaction no", "document number")
    numbers = list(columns[number]) if number else []
    is_own = bool(numbers) and all(t.strip() for t in numbers) and len(set(numbers)) == len(numbers)
    pairs = _given(
        reference=number if is_own else None, organisation=department, entity=named["entity"], transaction_on=on,
        amount=amount, receiver=receiver,
        description=_first(
            named, "description", "narrative", "line description", "transaction description", "account description",
            "expense type",
        ),
    )  # fmt: skip
    left_out = {number: "stands on several rows, so it identifies none"} if number and not is_own else {}
    name = "the Treasury's template for spending over £25,000"
    return Meaning(name, "transaction", pairs, {"amount": "currency: GBP"}, key=("reference",), left_out=left_out)


_OF_SERVER = r"_.*|formhub/.*|meta/.*|start|end|today|deviceid|username|phonenumber|subscriberid|simserial"
_SERVER_FIELDS = frozenset({"_uuid", "_submission_time", "_xform_id_string", "formhub/uuid", "meta/instanceID"})


def _kobo(named: Mapping[str, str], columns: Columns) -> Meaning | None:
    """Submissions of a Kobo or ODK form: `_id` stays when an answer is edited, `_uuid` does not; questions are columns."""
    if "_id" not in columns or not _SERVER_FIELDS & set(columns):
        return None
    asked = [h for h in columns if not re.fullmatch(_OF_SERVER, h)]
    last = {h: fold(re.split(r"[/.]", h)[-1]) for h in asked}
    place = next((h for h in asked if last[h] in _PLACES), None)
    period = next((h for h in asked if last[h] in _PERIODS), None)
    kept = "".join(f"|{re.escape(h)}" for h in (place, period) if h)
    questions = [h for h in asked if h not in (place, period)]
    short = {h.rsplit("/", 1)[-1] for h in questions}
    question = "(?:.+/)?(?P<question>[^/]+)" if len(short) == len(questions) else "(?P<question>.+)"
    across = f"^(?!(?:{_OF_SERVER}{kept})$){question}$" if questions else None
    answers = {"question": "question", "answer": "value"} if questions else {}
    pairs = _given(reference="_id", period=period, place=place) | answers
    return Meaning(
        "submissions of a Kobo form", "survey_response", pairs, across=across, key=("reference", "question"),
        left_out=dict.fromkeys(("_uuid", "meta/instanceID"), "changes when an answer is edited, _id does not"),
    )  # fmt: skip


_PLACES = frozenset({"governorate", "province", "region", "admin1", "adm1", "district", "place", "المحافظة", "محافظة"})
_PERIODS = frozenset({"round", "quarter", "period", "month", "reporting period", "الفترة", "الربع", "الجولة"})

_Tag = tuple[str, frozenset[str]]
_COUNTED = frozenset({"ind", "num", "total", "all", "hh", "people"})
_HXL: Mapping[str, Sequence[tuple[str, str]]] = {
    "reference": [("activity", "code"), ("activity", "id"), ("event", "id"), ("event", "code"), ("meta", "id")],
    "title": [("activity", "name"), ("activity", "")],
    "description": [("description", "")],
    "sector": [("sector", "name"), ("sector", "cluster"), ("sector", "code"), ("sector", "")],
    "status": [("status", "code"), ("status", "")],
    "organisation": [
        ("org", "lead"), ("org", "prog"), ("org", "reporting"), ("org", "code"), ("org", "id"), ("org", "name"), ("org", ""),
    ],
    "partner": [("org", "impl")],
    "place": [
        ("adm1", "code"), ("adm1", "name"), ("adm1", ""), ("country", "code"), ("country", "name"), ("country", ""),
        ("adm2", "code"), ("adm2", "name"), ("adm2", ""),
    ],
    "location": [("loc", "name"), ("loc", ""), ("adm3", "name"), ("adm3", "")],
    "period": [("date", "year"), ("date", "period"), ("date", "reported"), ("date", "")],
    "start_on": [("date", "start")],
    "end_on": [("date", "end")],
    "event_on": [("date", "occurred"), ("date", "event"), ("date", "start"), ("date", "")],
    "event_end_on": [("date", "end")],
    "event_type": [("event", "type"), ("cause", "type"), ("event", "name"), ("event", "")],
    "fatalities": [("affected", "killed")],
    "latitude": [("geo", "lat")],
    "longitude": [("geo", "lon")],
    "indicator": [("indicator", "code"), ("indicator", "name"), ("indicator", "")],
    "value": [("indicator", "value"), ("indicator", "num"), ("value", "")],
    "people_targeted": [("targeted", "")],
    "people_reached": [("reached", "")],
    "budget": [("value", "budget")],
    "spend": [("value", "spend"), ("value", "expend")],
}  # fmt: skip
_WITHOUT_OTHERS = frozenset({"people_targeted", "people_reached"})
_OF_NO_LEAD = frozenset({"impl", "funder", "donor", "type", "acronym"})
_SET_APART: Mapping[str, frozenset[str]] = {
    "organisation": _OF_NO_LEAD,
    "period": frozenset({"start", "end", "occurred"}),
}


def pairs_of_tags(columns: Columns, fits: Callable[[str, Sequence[str]], bool]) -> dict[str, str]:
    """Field -> tag (with its attributes) as the HXL standard has it, the more exact tag first.

    A count of one group (`#reached+f`) is not the count of all, and is left to a person. `fits` (field, values) says
    whether the values are of the kind of the field.
    """
    tags: dict[str, _Tag] = {h: (h[1:].split("+")[0], frozenset(h.split("+")[1:])) for h in columns if h[:1] == "#"}
    pairs: dict[str, str] = {}
    for name, wanted in _HXL.items():
        for base, attribute in wanted:
            heading = next((h for h, tag in tags.items() if _is(tag, base, attribute, name)), None)
            if heading and fits(name, columns[heading]):
                pairs[name] = heading
                break
    return pairs


def _is(tag: _Tag, base: str, attribute: str, name: str) -> bool:
    own, attributes = tag
    if own != base or (attribute and attribute not in attributes):
        return False
    if name in _WITHOUT_OTHERS and attributes - _COUNTED:
        return False
    return not attributes & _SET_APART.get(name, frozenset()) - {attribute}
