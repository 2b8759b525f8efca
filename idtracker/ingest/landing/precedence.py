"""Which of two files counts for more: order of arrival, and editions that arrive late."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta
from operator import itemgetter

from idtracker.ingest.landing.receipt import Receipt, by_arrival
from idtracker.model.periods import is_period, period

_Edition = tuple[str, int, str]
_AHEAD = timedelta(days=1)
"""By how much the day of an edition may lie after its arrival: midnight comes at another time elsewhere."""
_DAY = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<mark>-?)(?P<month>\d{2})(?P=mark)(?P<day>\d{2})(?P<rest>\D.*)?")
_LETTER = re.compile(r"[A-Za-z]")


def by_precedence(receipts: Iterable[Receipt]) -> list[Receipt]:
    """Receipts from the weakest to the strongest claim: in order of arrival, but for editions that arrive late.

    A file that arrives after a higher edition of the same base name has its place just before the first of those. The
    order of two receipts never changes when a third one arrives later. An edition that orders nothing leaves a file as
    strong as its arrival makes it: a word such as `latest`, or a day that had not come when the file arrived.
    """
    known: dict[str, list[tuple[_Edition, int]]] = {}
    places = []
    for number, receipt in enumerate(sorted(receipts, key=by_arrival)):
        edition, editions = _edition_of(receipt), known.setdefault(receipt.base_name, [])
        higher = [at for other, at in editions if edition and _is_higher(other, edition)]
        if edition and not receipt.is_refused:
            editions.append((edition, number))
        late = (0, edition or ("", 0, "")) if higher else (1, ("", 0, ""))
        places.append((min(higher, default=number), *late, number, receipt))
    return [receipt for *_, receipt in sorted(places, key=itemgetter(slice(0, 4)))]


def _is_higher(other: _Edition, edition: _Edition) -> bool:
    """Whether an edition is higher than another of its kind; none at all is the first of numbers and of letters."""
    if edition[0] == "":
        return other[0] in ("number", "letter")
    return other[0] == edition[0] and other > edition


def _edition_of(receipt: Receipt) -> _Edition | None:
    """What orders the editions of one base name: a day, a number or a letter; None where it orders nothing."""
    text = receipt.edition
    if not text:
        return "", 0, ""
    day, rest = _day_of(text)
    if day is not None:
        return ("day", day.toordinal(), rest) if day <= receipt.received_at.date() + _AHEAD else None
    if text.isdecimal():
        return "number", int(text), ""
    return ("letter", ord(text.lower()), "") if _LETTER.fullmatch(text) else None


def _day_of(text: str) -> tuple[date | None, str]:
    """The day that an edition names, or the first day of its period, and what follows the day."""
    match = _DAY.fullmatch(text)
    if match:
        with suppress(ValueError):
            return date(int(match["year"]), int(match["month"]), int(match["day"])), match["rest"] or ""
    return (period(text).start, text) if is_period(text) else (None, "")
