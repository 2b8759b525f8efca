"""One activity as an element of IATI 2.03: every part in the order of the schema, nothing that the publication does not hold.

Whether a date is a planned or an actual one is not held. It follows from the status: a start is planned while the activity is in the pipeline or
cancelled, else actual; an end is actual once it is finalised or closed, else planned.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from idtracker.model.marking import marking_of, united
from idtracker.publish.export.iati.rows import Lookups, Reported, Row, dimensions_of
from idtracker.publish.export.sheet_text import sound_text

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MARKING = "urn:idtracker:marking"
"""Namespace of the element that holds the marking of an activity; the standard lets elements of others stand at its end."""
_NOT_BEGUN, _ENDED = {"1", "5"}, {"3", "4"}
_DAC_5, _DAC_3, _OWN = "1", "2", "99"
"""Vocabularies of sectors: purpose codes, three-digit codes, those of whoever reports."""
_ISO = "A4"
"""Geographic vocabulary of ISO codes."""


def activity_element(own: Reported, lookups: Lookups) -> Element:
    """The element of an activity."""
    from lxml import etree

    activity = etree.Element("iati-activity", nsmap={"idtracker": MARKING})
    if str(own.row["hierarchy"] or "").isdigit():
        activity.set("hierarchy", str(own.row["hierarchy"]))
    _child(activity, "iati-identifier").text = _text(own.row["activity_id"])
    reporter = str(own.row["org_id"])
    _organisation(activity, "reporting-org", reporter, own.row["org_name"], lookups)
    _narrative(_child(activity, "title"), own.row["title"])
    _narrative(_child(activity, "description"), own.row["description"])
    for row in own.participants:
        element = _organisation(activity, "participating-org", row["org_id"], row["org_name"], lookups)
        element.set("role", str(row["role"]))
    _child(activity, "activity-status", code=own.row["status"])
    _dates(activity, own.row)
    _places(activity, own, lookups)
    _sectors(activity, str(own.row["sector"] or ""))
    for row in own.transactions:
        _transaction(activity, row, lookups)
    for result, rows in groupby(own.results, key=lambda r: (r["result_type"], r["result_title"])):
        _result(activity, result[0], result[1], list(rows))
    _marking(activity, own)
    return activity


def _child(parent: Element, tag: str, /, **attributes: object) -> Element:
    """A new last child with those of the attributes that have a value; `iso_date` is the attribute iso-date."""
    from lxml import etree

    kept = {key.replace("_", "-"): _text(value) for key, value in attributes.items() if value not in (None, "")}
    return etree.SubElement(parent, tag, kept)


def _text(value: object) -> str:
    """A value as XML holds it: days in ISO 8601, numbers without an exponent, characters that XML does not know as U+FFFD."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, float | int | Decimal) and not isinstance(value, bool):
        whole = Decimal(repr(value) if isinstance(value, float) else value)
        if not whole.is_finite():
            return str(value)  # what wants a number refuses it
        return str(int(whole)) if whole == whole.to_integral_value() else format(whole.normalize(), "f")
    return sound_text(str(value))


def _narrative(parent: Element, text: object) -> None:
    if text:
        _child(parent, "narrative").text = _text(text)


def _organisation(parent: Element, name: str, org_id: str | None, typed: str | None, lookups: Lookups) -> Element:
    element = _child(parent, name, ref=org_id, type=lookups.org_types.get(str(org_id)))
    _narrative(element, lookups.org_names.get(str(org_id)) or typed)
    return element


def _dates(activity: Element, row: Row) -> None:
    status = str(row["status"])
    if row["start_on"] is not None:
        _child(activity, "activity-date", type="1" if status in _NOT_BEGUN else "2", iso_date=row["start_on"])
    if row["end_on"] is not None:
        _child(activity, "activity-date", type="4" if status in _ENDED else "3", iso_date=row["end_on"])


def _places(activity: Element, own: Reported, lookups: Lookups) -> None:
    """The country of the activity; and each place below one that the activity or a result of it is about."""
    if country := lookups.country_of(own.row["place_id"]):
        _child(activity, "recipient-country", code=country)
    named = {str(p) for p in (own.row["place_id"], *(r["place_id"] for r in own.results)) if p}
    for place in sorted(p for p in named if p in lookups.places and p != lookups.country_of(p)):
        name, level, _ = lookups.places[place]
        location = _child(activity, "location", ref=place)
        _narrative(_child(location, "name"), name)
        if level == "adm1":
            _child(location, "administrative", vocabulary=_ISO, level="1", code=place)


def _sectors(activity: Element, text: str) -> None:
    """Codes between `;`. Where not all are of one vocabulary of the DAC they are given as those of whoever reports."""
    codes = [code for part in text.split(";") if (code := part.strip())]
    vocabulary = next(
        (v for v, form in ((_DAC_5, r"\d{5}"), (_DAC_3, r"\d{3}")) if all(re.fullmatch(form, c) for c in codes)), _OWN
    )
    for code in codes:
        _child(activity, "sector", vocabulary=vocabulary, code=code)


def _transaction(activity: Element, row: Row, lookups: Lookups) -> None:
    element = _child(activity, "transaction", ref=row["reference"])
    _child(element, "transaction-type", code=row["transaction_type"])
    _child(element, "transaction-date", iso_date=row["transaction_on"])
    value = _child(element, "value", currency=row["amount_currency"], value_date=row["transaction_on"])
    value.text = _text(row["amount"])
    if row["description"]:
        _narrative(_child(element, "description"), row["description"])
    if row["org_id"] or row["org_name"]:
        _organisation(element, "provider-org", row["org_id"], row["org_name"], lookups)
    if row["receiver_org_id"] or row["receiver_name"]:
        _organisation(element, "receiver-org", row["receiver_org_id"], row["receiver_name"], lookups)


def _result(activity: Element, kind: object, title: object, rows: Sequence[Row]) -> None:
    result = _child(activity, "result", type=kind)
    _narrative(_child(result, "title"), title)

    def described(row: Row) -> tuple[object, ...]:
        return row["result_indicator"], row["measure"], row["is_ascending"], row["is_aggregable"]

    order = {key: n for n, key in enumerate(dict.fromkeys(map(described, rows)))}
    for (name, measure, ascending, aggregable), own in groupby(
        sorted(rows, key=lambda r: order[described(r)]), key=described
    ):
        flags = {
            n: str(v).lower()
            for n, v in (("ascending", ascending), ("aggregation_status", aggregable))
            if v is not None
        }
        indicator = _child(result, "indicator", measure=measure, **flags)
        _narrative(_child(indicator, "title"), name)
        for period in _periods(own):
            _period(indicator, period)


def _periods(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows that share a period element: of the same days, each of another disaggregation, none without a value."""
    periods: list[list[Row]] = []
    open_at: dict[tuple[object, object], int] = {}
    for row in rows:
        days = (row["start_on"], row["end_on"])
        at = open_at.get(days)
        has_value = row["target"] is not None or row["actual"] is not None
        if at is None or not has_value or any(r["disaggregation"] == row["disaggregation"] for r in periods[at]):
            periods.append([row])
            if has_value:
                open_at[days] = len(periods) - 1
        else:
            periods[at].append(row)
    return periods


def _period(indicator: Element, rows: Sequence[Row]) -> None:
    period = _child(indicator, "period")
    _child(period, "period-start", iso_date=rows[0]["start_on"])
    _child(period, "period-end", iso_date=rows[0]["end_on"])
    for name in ("target", "actual"):
        for row in rows:
            if row[name] is None:
                continue
            element = _child(period, name, value=row[name])
            if row["place_id"]:
                _child(element, "location", ref=row["place_id"])
            for dimension, level in dimensions_of(row) or ():
                _child(element, "dimension", name=dimension, value=level)


def _marking(activity: Element, own: Reported) -> None:
    """The high-water mark of all rows of an activity."""
    rows = [row for _, row in own.rows]
    mark = united(marking_of(row["classification"], row["releasable_to"]) for row in rows)
    if mark is not None:
        names = {
            "classification": mark.classification,
            "releasable_to": mark.releasable_to,
            "handling": handling_of(rows),
        }
        _child(activity, f"{{{MARKING}}}marking", **names)


def handling_of(rows: Iterable[Row]) -> str:
    """Handling instructions of any of the rows, `;` between, sorted."""
    return ";".join(sorted({e.strip() for row in rows for e in str(row["handling"] or "").split(";") if e.strip()}))
