"""Organisations as typed -> identifiers, with their validity in time. Unknown ones are kept under provisional identifiers."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from idtracker.ingest.resolve.lookup import ALWAYS, DistinctTexts, Task, interval, outside, span_text
from idtracker.ingest.resolve.names import KnownNames, holders_of, identifiers_of, settle_unknown
from idtracker.ingest.resolve.suggest import Suggester
from idtracker.model.frames import records
from idtracker.model.register.codelist_versions import Interval
from idtracker.model.register.register import Register
from idtracker.model.register.reviewed_names import Names
from idtracker.model.text import different_texts, fold

PROVISIONAL = "XX-LOCAL-"
_LONGEST = 60
_ORG_ID = re.compile(r"^[A-Z]{2}-[A-Z0-9]{2,6}-.+")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_IDENTIFIERS = "org-id"


@dataclass(frozen=True, slots=True)
class OrganisationIndex:
    """The register's organisations by identifier, code and folded name, their validity and their relations."""

    ids: dict[str, str]
    known: KnownNames
    display: dict[str, str]
    intervals: dict[str, tuple[Interval, ...]]
    linked: dict[str, tuple[str, ...]]


@lru_cache(maxsize=4)
def index_organisations(register: Register) -> OrganisationIndex:
    """The lookups of a register, made once."""
    intervals: dict[str, list[Interval]] = defaultdict(list)
    linked: dict[str, dict[str, None]] = defaultdict(dict)
    named = []
    frame = register.organisations
    for org, successor, begin, end, *texts in records(
        frame, "org_id", "successor_org_id", "valid_from", "valid_to", "name", "name_ar", "short_name"
    ):
        intervals[org].append(interval(begin, end))
        named.append((org, texts))
        if successor:
            linked[org][successor] = None
            linked[successor][org] = None
    return OrganisationIndex(
        ids={fold(i): i for i in intervals},
        known=KnownNames.of(named, records(register.organisation_aliases, "scheme", "value", "org_id")),
        display=dict(zip(frame["org_id"], frame["name"], strict=True)),
        intervals={k: tuple(sorted(v)) for k, v in intervals.items()},
        linked={k: tuple(v) for k, v in linked.items()},
    )


@lru_cache(maxsize=4)
def organisation_names(register: Register) -> Suggester:
    """The names of a register's organisations, to suggest from."""
    return index_organisations(register).known.suggester()


def resolve_organisations(task: Task) -> pd.Series:
    """The identifier of each row's organisation; missing where the cell is empty or the row is held."""
    index, different = index_organisations(task.register), DistinctTexts.of(task.texts)
    holders = _holders(different, task.column.scheme, index, task.names)
    ids = identifiers_of(
        different, holders, task.dates, lambda candidates, day: _choose(candidates, day, index, task.publisher)
    )
    _report_inactive(task, ids, index)
    if task.column.unknown == "hold":
        return settle_unknown(task, different, holders, ids, organisation_names, "name.organisation_held", None)
    return settle_unknown(task, different, holders, ids, organisation_names, "name.organisation", provisional_id)


def organisations_named(texts: pd.Series, register: Register, names: Names) -> pd.Series:
    """The identifier of the organisation that each text names; missing where the register knows none, without a finding.

    Of several that followed one another under one name the latest counts.
    """
    index, different = index_organisations(register), DistinctTexts.of(texts)
    return different.spread([_choose(holders, None, index, "") for holders in _holders(different, None, index, names)])


def _holders(
    different: DistinctTexts, scheme: str | None, index: OrganisationIndex, names: Names
) -> list[tuple[str, ...]]:
    return holders_of(different, names.of("organisation"), lambda text: find_organisations(text, scheme, index))


def find_organisations(text: str, scheme: str | None, index: OrganisationIndex) -> tuple[str, ...]:
    """Identifiers that a text may mean; several only where organisations follow one another under one name."""
    folded = fold(text)
    if folded in index.ids:
        return (index.ids[folded],)
    for name in (scheme, _IDENTIFIERS):
        if name and (holders := index.known.codes.get((name, folded))):
            return holders
    return index.known.names.get(folded, ())


def _choose(holders: tuple[str, ...], day: pd.Timestamp | None, index: OrganisationIndex, publisher: str) -> str | None:
    """The holder that was valid on the day; without a day the publisher itself, else the latest holder."""
    if len(holders) < 2:
        return holders[0] if holders else None
    by_time = sorted(holders, key=lambda org: index.intervals.get(org, (ALWAYS,)))
    if day is None or pd.isna(day):
        return publisher if publisher in holders else by_time[-1]
    valid = [org for org in by_time if any(a <= day <= b for a, b in index.intervals.get(org, (ALWAYS,)))]
    begun = [org for org in by_time if index.intervals.get(org, (ALWAYS,))[0][0] <= day]
    return (valid or begun[-1:] or by_time)[0]


def _report_inactive(task: Task, ids: pd.Series, index: OrganisationIndex) -> None:
    for org in sorted(different_texts(ids)):
        intervals = index.intervals.get(org, (ALWAYS,))
        if intervals == (ALWAYS,):
            continue
        mask = (ids == org).to_numpy() & outside(task.dates, intervals)
        if mask.any():
            suggestions = pd.Series([None] * len(ids), dtype="object")
            for day in task.dates[mask].unique():
                suggestions[mask & (task.dates == day).to_numpy()] = _in_office(org, day, index)
            task.report("name.organisation_inactive", mask, suggestions, validity=", ".join(map(span_text, intervals)))


def _in_office(org: str, day: pd.Timestamp, index: OrganisationIndex) -> str | None:
    """Name of a predecessor or successor, near or far, that was valid on the day."""
    seen, queue = {org}, [org]
    while queue:
        for other in index.linked.get(queue.pop(0), ()):
            if other not in seen:
                if any(a <= day <= b for a, b in index.intervals.get(other, (ALWAYS,))):
                    return index.display[other]
                seen.add(other)
                queue.append(other)
    return None


def provisional_id(text: str) -> str:
    """A text that has the form of an org-id stays as it is; any other becomes `XX-LOCAL-…`, at most 60 characters.

    The same folded name always gives the same identifier; where the letters A-Z and digits alone cannot carry it
    (Arabic, punctuation, great length), the first eight hex digits of its SHA-256 tell it from others.
    """
    if _ORG_ID.match(text):
        return text
    folded = fold(text)
    slug = _NOT_SLUG.sub("-", folded).strip("-")
    space = _LONGEST - len(PROVISIONAL)
    if slug and slug.replace("-", " ") == folded and len(slug) <= space:
        return PROVISIONAL + slug.upper()
    mark = hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    stem = slug[: space - 9].strip("-")
    return PROVISIONAL + "-".join(filter(None, (stem.upper(), mark.upper())))
