"""The versions of a codelist in time: which one is in force on a day, and from when to when each of its codes is valid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from idtracker.model.register.checks.shared import BEGINNING, END

if TYPE_CHECKING:
    from idtracker.model.register.register import Register

Interval = tuple[pd.Timestamp, pd.Timestamp]


@dataclass(frozen=True, slots=True)
class Edition:
    """What is in force of one codelist from `begin` to `end`, both inclusive.

    `name` lists the versions that begin on the same day: a programme's own version without `valid_from` adds to the one
    that is there. `rows` are the places of its codes in the register's codelists.
    """

    name: str
    begin: pd.Timestamp
    end: pd.Timestamp
    rows: tuple[int, ...]


@lru_cache(maxsize=8)
def editions_of(register: Register) -> dict[str, tuple[Edition, ...]]:
    """Codelist -> its editions, earliest first.

    A version begins with the earliest `valid_from` of its codes (the beginning of time where one has none) and lasts until
    the day before the next version begins.
    """
    frame = register.codelists
    begins = frame["valid_from"].fillna(BEGINNING)
    starts: dict[tuple[str, str], pd.Timestamp] = {}
    for scheme, version, begin in zip(frame["scheme"], frame["version"], begins, strict=True):
        starts[scheme, version] = min(begin, starts.get((scheme, version), END))
    rows: dict[str, dict[pd.Timestamp, dict[str, list[int]]]] = {}
    for place, scheme, version in zip(range(len(frame)), frame["scheme"], frame["version"], strict=True):
        of_day = rows.setdefault(scheme, {}).setdefault(starts[scheme, version], {})
        of_day.setdefault(version, []).append(place)
    editions = {}
    for scheme, by_day in rows.items():
        days = sorted(by_day)
        ends = [*(day - timedelta(days=1) for day in days[1:]), END]
        editions[scheme] = tuple(
            Edition(" and ".join(by_day[day]), day, end, tuple(p for places in by_day[day].values() for p in places))
            for day, end in zip(days, ends, strict=True)
        )
    return editions


def interval_in(edition: Edition, valid_from: pd.Timestamp, valid_to: pd.Timestamp) -> Interval:
    """From when to when a code counts: its own validity inside the time of its edition."""
    begin = edition.begin if pd.isna(valid_from) else max(edition.begin, valid_from)
    return begin, edition.end if pd.isna(valid_to) else min(edition.end, valid_to)


def rows_on(register: Register, scheme: str, day: pd.Timestamp) -> pd.DataFrame:
    """The codes of a list that count on a day, as rows of the register's codelists; none where there is no such list."""
    for edition in editions_of(register).get(scheme, ()):
        if edition.begin <= day <= edition.end:
            rows = register.codelists.iloc[list(edition.rows)]
            return rows[~(rows["valid_from"] > day) & ~(rows["valid_to"] < day)]
    return register.codelists.iloc[:0]
