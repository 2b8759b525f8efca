"""IATI activity files by lxml: activities, participation and transactions of versions 1.0 to 2.03, by the published standard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from lxml import etree

from benchmarks.independent_reading.stated import Expected, Unreadable

# IATI upgrade notes 1.05 to 2.01: code words of 1.0x and the codes that replaced them.
_TYPES = dict(zip(["IF", "C", "D", "E", "IR", "LR", "R", "QP", "QS", "CG"], map(str, range(1, 11)), strict=True))
_ROLES = {"Funding": "1", "Accountable": "2", "Extending": "3", "Implementing": "4"}
_DATES = {"1": "start-planned", "2": "start-actual", "3": "end-planned", "4": "end-actual"}


def activity_file(path: Path, _: Path) -> Iterator[Expected]:
    """What the file states of activities, of who takes part in them and of money."""
    document = etree.parse(path, etree.XMLParser(huge_tree=True))
    ordinals = dict.fromkeys(("activity", "participation", "transaction"), 0)
    for activity in document.iter("iati-activity"):
        for section, values in _sections(activity):
            ordinals[section] += 1
            yield Expected(section, section, ordinals[section], values)


def _sections(activity: Any) -> Iterator[tuple[str, Mapping[str, object]]]:
    identifier = _said(activity.find("iati-identifier"))
    yield "activity", {"activity_id": identifier, **_dates(activity), "status": _code(activity.find("activity-status"))}
    for part in activity.findall("participating-org"):
        role = (part.get("role") or "").strip()
        yield "participation", {"activity_id": identifier, "role": _ROLES.get(role.title(), role or None)}
    for number, transaction in enumerate(activity.findall("transaction"), 1):
        value = transaction.find("value")
        kind = _code(transaction.find("transaction-type"))
        yield (
            "transaction",
            {
                "activity_id": identifier,
                "reference": str(number),
                "transaction_type": _TYPES.get((kind or "").upper(), kind),
                "transaction_on": _day(transaction.find("transaction-date")),
                "amount": _amount(value),
                "amount_currency": _currency(value, activity),
            },
        )


def _dates(activity: Any) -> dict[str, object]:
    days = {}
    for one in activity.findall("activity-date"):
        kind = (one.get("type") or "").lower()
        days[_DATES.get(kind, kind)] = _day(one)
    return {
        "start_on": days.get("start-actual") or days.get("start-planned"),
        "end_on": days.get("end-actual") or days.get("end-planned"),
    }


def _currency(value: Any, activity: Any) -> object:
    if value is None or not _said(value):
        return None
    return (value.get("currency") or "").strip() or (activity.get("default-currency") or "").strip() or None


def _amount(value: Any) -> object:
    said = _said(value)
    if said is None:
        return None
    try:
        return float(said.replace(",", ""))
    except ValueError:
        return Unreadable(said)


def _day(element: Any) -> object:
    """The attribute counts before the text, as the standard has it."""
    said = ((element.get("iso-date") or "").strip() or _said(element)) if element is not None else None
    if not said:
        return None
    try:
        return date.fromisoformat(said[:10])
    except ValueError:
        return Unreadable(said)


def _code(element: Any) -> str | None:
    if element is None:
        return None
    return (element.get("code") or "").strip() or _said(element)


def _said(element: Any) -> str | None:
    if element is None:
        return None
    return " ".join("".join(element.itertext()).split()) or None
