"""The sections of one IATI activity (1.01 to 2.03) as rows of text. Contact details are never looked at.

Values stand as in the file. Code words of versions 1.0x become the codes of 2.0x where the standard says which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

Row = dict[str, str | None]

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_ROLES = {"funding": "1", "accountable": "2", "extending": "3", "implementing": "4"}
_DATES = {"start-planned": "1", "start-actual": "2", "end-planned": "3", "end-actual": "4"}
_DAC_SECTORS = {None, "", "1", "DAC"}
_TRANSACTIONS = {
    "IF": "1",
    "C": "2",
    "D": "3",
    "E": "4",
    "IR": "5",
    "LR": "6",
    "R": "7",
    "QP": "8",
    "QS": "9",
    "CG": "10",
}


def children(element: Element, *names: str) -> Iterator[Element]:
    """Child elements of that name; a path of names leads further in. Namespaces are ignored."""
    for child in element:
        if isinstance(child.tag, str) and child.tag.rpartition("}")[2] == names[0]:
            if len(names) == 1:
                yield child
            else:
                yield from children(child, *names[1:])


def child(element: Element, *names: str) -> Element | None:
    return next(children(element, *names), None)


def attribute(element: Element | None, *names: str) -> str | None:
    """The first of these attributes that is filled."""
    if element is None:
        return None
    return next((v for n in names if (v := element.get(n)) and v.strip()), None)


def code(element: Element, name: str) -> str | None:
    """The code of the first child of that name, else its text."""
    element_found = child(element, name)
    return attribute(element_found, "code") or (text(element_found) if element_found is not None else None)


def text(element: Element | None) -> str | None:
    """What an element says: its narrative in English, else in the activity's own language, else the first one."""
    if element is None:
        return None
    return _in_best_language(list(children(element, "narrative")) or [element])


def texts(elements: Iterable[Element]) -> str | None:
    """The same over repeated elements, as 1.0x writes one title for each language."""
    return _in_best_language([n for e in elements for n in (list(children(e, "narrative")) or [e])])


def _in_best_language(elements: list[Element]) -> str | None:
    texts = [(e.get(_LANGUAGE), "".join(str(t) for t in e.itertext()).strip()) for e in elements]
    texts = [(language, words) for language, words in texts if words]
    for wanted in ("en", None):
        for language, words in texts:
            if (language or "").lower().partition("-")[0] == (wanted or ""):
                return words
    return texts[0][1] if texts else None


def _joined(values: Iterable[str | None]) -> str | None:
    return ";".join(sorted({v.strip() for v in values if v and v.strip()})) or None


def day(element: Element | None) -> str | None:
    return attribute(element, "iso-date") or text(element)


def identifier(activity: Element) -> str | None:
    return text(child(activity, "iati-identifier"))


def activity_rows(activity: Element) -> Iterator[Row]:
    reporter = child(activity, "reporting-org")
    descriptions = list(children(activity, "description"))
    sectors = list(children(activity, "sector"))
    dac = [s for s in sectors if s.get("vocabulary") in _DAC_SECTORS]
    dates = {_DATES.get(str(d.get("type")).lower(), d.get("type")): day(d) for d in children(activity, "activity-date")}
    yield {
        "iati-identifier": identifier(activity),
        "reporting-org.ref": attribute(reporter, "ref"),
        "reporting-org.name": text(reporter),
        "reporting-org.type": attribute(reporter, "type"),
        "title": texts(children(activity, "title")),
        "description": texts(d for d in descriptions if d.get("type") == descriptions[0].get("type")),
        "activity-status": code(activity, "activity-status"),
        "start-date": dates.get("2") or dates.get("1"),
        "end-date": dates.get("4") or dates.get("3"),
        "start-planned": dates.get("1"),
        "start-actual": dates.get("2"),
        "end-planned": dates.get("3"),
        "end-actual": dates.get("4"),
        "hierarchy": attribute(activity, "hierarchy"),
        "parent": _joined(r.get("ref") for r in children(activity, "related-activity") if r.get("type") == "1"),
        "related": _joined(r.get("ref") for r in children(activity, "related-activity")),
        "default-currency": attribute(activity, "default-currency"),
        "recipient-country": _joined(attribute(c, "code") for c in children(activity, "recipient-country")),
        "recipient-region": _joined(attribute(r, "code") for r in children(activity, "recipient-region")),
        "sector": _joined(attribute(s, "code") for s in dac or sectors),
        "collaboration-type": code(activity, "collaboration-type"),
        "default-aid-type": code(activity, "default-aid-type"),
        "last-updated-datetime": attribute(activity, "last-updated-datetime"),
    }


def participation_rows(activity: Element) -> Iterator[Row]:
    for ordinal, organisation in enumerate(children(activity, "participating-org"), 1):
        role = attribute(organisation, "role")
        yield {
            "iati-identifier": identifier(activity),
            "ordinal": str(ordinal),
            "ref": attribute(organisation, "ref"),
            "name": text(organisation),
            "role": _ROLES.get(role.strip().lower(), role) if role else None,
            "type": attribute(organisation, "type"),
            "activity-id": attribute(organisation, "activity-id"),
        }


def location_rows(activity: Element) -> Iterator[Row]:
    for ordinal, location in enumerate(children(activity, "location"), 1):
        units = list(children(location, "administrative"))
        unit = max(units, key=_level, default=None)
        place, coordinates = child(location, "location-id"), child(location, "coordinates")
        point = (text(child(location, "point", "pos")) or "").split()
        yield {
            "iati-identifier": identifier(activity),
            "ordinal": str(ordinal),
            "ref": attribute(location, "ref"),
            "name": texts(children(location, "name")),
            "location-id.code": attribute(place, "code"),
            "location-id.vocabulary": attribute(place, "vocabulary"),
            "country": next((c for u in units if (c := attribute(u, "country"))), None),
            "administrative.code": attribute(unit, "code", "adm2", "adm1"),
            "administrative.level": str(_level(unit)) if unit is not None and _level(unit) >= 0 else None,
            "administrative.vocabulary": attribute(unit, "vocabulary"),
            "lat": point[0] if len(point) == 2 else attribute(coordinates, "latitude"),
            "lon": point[1] if len(point) == 2 else attribute(coordinates, "longitude"),
            "percentage": attribute(location, "percentage"),
        }


def _level(unit: Element) -> int:
    """Depth of an administrative unit, -1 where it is not said."""
    level = (unit.get("level") or "").strip()
    if level.isascii() and level.isdigit():
        return int(level)
    return 2 if attribute(unit, "adm2") else 1 if attribute(unit, "adm1") else -1


def share_rows(name: str) -> Callable[[Element], Iterator[Row]]:
    def rows(activity: Element) -> Iterator[Row]:
        for element in children(activity, name):
            yield {
                "iati-identifier": identifier(activity),
                "code": attribute(element, "code"),
                "name": text(element),
                "vocabulary": attribute(element, "vocabulary"),
                "percentage": attribute(element, "percentage"),
            }

    return rows


def _money(element: Element, activity: Element) -> Row:
    value = child(element, "value")
    return {
        "value": text(value),
        "currency": attribute(value, "currency") or attribute(activity, "default-currency"),
        "value-date": attribute(value, "value-date"),
    }


def transaction_rows(activity: Element) -> Iterator[Row]:
    for ordinal, transaction in enumerate(children(activity, "transaction"), 1):
        kind = code(transaction, "transaction-type")
        provider, receiver = child(transaction, "provider-org"), child(transaction, "receiver-org")
        yield {
            "iati-identifier": identifier(activity),
            "ordinal": str(ordinal),
            "ref": attribute(transaction, "ref"),
            "type": _TRANSACTIONS.get(kind.strip().upper(), kind) if kind else None,
            "date": day(child(transaction, "transaction-date")),
            **_money(transaction, activity),
            "description": texts(children(transaction, "description")),
            "provider-org.ref": attribute(provider, "ref"),
            "provider-org.name": text(provider),
            "provider-org.activity-id": attribute(provider, "provider-activity-id"),
            "receiver-org.ref": attribute(receiver, "ref"),
            "receiver-org.name": text(receiver),
            "receiver-org.activity-id": attribute(receiver, "receiver-activity-id"),
        }


def budget_rows(activity: Element) -> Iterator[Row]:
    for ordinal, budget in enumerate(children(activity, "budget"), 1):
        yield {
            "iati-identifier": identifier(activity),
            "ordinal": str(ordinal),
            "type": attribute(budget, "type"),
            "status": attribute(budget, "status"),
            "period-start": day(child(budget, "period-start")),
            "period-end": day(child(budget, "period-end")),
            **_money(budget, activity),
        }
