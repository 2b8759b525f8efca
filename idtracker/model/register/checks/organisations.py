"""What must hold between the rows about organisations: intervals, successors, names and identifiers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from idtracker.model.register.checks.shared import Entry, cells, check_chain, check_order, clashes, overlap, spans_of
from idtracker.model.register.problems import RegisterProblem
from idtracker.model.text import fold

if TYPE_CHECKING:
    from idtracker.model.register.register import Register


def check_organisations(register: Register) -> Iterator[RegisterProblem]:
    """Every problem of organisations and their aliases, references apart."""
    yield from check_order(register, "organisations")
    yield from _intervals(register)
    yield from _successors(register)
    yield from check_chain(register, "organisations", "org_id", "parent_org_id")
    yield from check_chain(register, "organisations", "org_id", "successor_org_id")
    yield from _names(register)
    yield from _identifiers(register)


def _intervals(register: Register) -> Iterator[RegisterProblem]:
    for org, times in spans_of(register, "organisations", "org_id").items():
        for (_, end, _), (begin, _, origin) in pairwise(times):
            if begin <= end:
                text = f"{org} is valid twice on {begin.date()}; expected stretches that do not overlap"
                yield RegisterProblem(origin, "overlap", text)
            elif begin - end > timedelta(days=1):
                text = f"{org} has a gap before {begin.date()}; expected the day after {end.date()}"
                yield RegisterProblem(origin, "gap", text)


def _successors(register: Register) -> Iterator[RegisterProblem]:
    spans = spans_of(register, "organisations", "org_id")
    ends = register.organisations["valid_to"]
    rows = cells(register, "organisations", "org_id", "successor_org_id")
    for (origin, org, successor), end in zip(rows, ends, strict=True):
        if not successor or successor not in spans:
            continue
        if pd.isna(end):
            text = f"{org} has a successor but no `valid_to`; expected its last day"
            yield RegisterProblem(origin, "successor", text)
            continue
        after = end + timedelta(days=1)
        if not any(begin <= after <= last for begin, last, _ in spans[successor]):
            text = f"nobody follows {org} after {end.date()}; expected {successor} to be valid on the next day"
            yield RegisterProblem(origin, "successor", text)
        elif any(last > end for _, last, _ in spans[org]):
            text = f"{org} has a successor and goes on after {end.date()}; expected the successor in its last row"
            yield RegisterProblem(origin, "successor", text)


def _names(register: Register) -> Iterator[RegisterProblem]:
    """One name or code may belong to several organisations only one after the other."""
    entries: list[Entry] = []
    for origin, org, *names in cells(register, "organisations", "org_id", "name", "name_ar", "short_name"):
        entries += [(("name", fold(n)), org, origin) for n in names if n]
    for origin, scheme, value, org in cells(register, "organisation_aliases", "scheme", "value", "org_id"):
        entries.append(((scheme, fold(value)), org, origin))
    for text, (org, other), (first, origin) in clashes(entries, spans_of(register, "organisations", "org_id")):
        message = f"`{text}` names both {org} and {other}; expected one of them at any time"
        yield RegisterProblem(origin, "clash", message, others=(first,))


def _identifiers(register: Register) -> Iterator[RegisterProblem]:
    """A code that is the identifier of another organisation would never be read as what the alias says."""
    spans = spans_of(register, "organisations", "org_id")
    ids = {fold(org): org for org in spans}
    for origin, scheme, value, org in cells(register, "organisation_aliases", "scheme", "value", "org_id"):
        other = ids.get(fold(value), org)
        if scheme != "name" and other != org and overlap(spans.get(org, []), spans[other]):
            text = (
                f"the {scheme} code `{value}` of {org} is the identifier of {other}; expected one of them at any time"
            )
            yield RegisterProblem(origin, "clash", text)
