"""Which pairs of organisations a missing report could tie: between what was reported and what is not known.

A report that is owed for a period that meets the quarter and has not come, for whatever reason, leaves open every pair of
the organisation that owes it, and every pair that its source has named before: a publisher also ties others in its activities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.metrics.delivery.activities import Tie
from idtracker.analyse.metrics.delivery.rows import CANCELLED
from idtracker.analyse.metrics.inputs import Inputs, plain_rows
from idtracker.analyse.metrics.quarter import Quarter, day_number

Pairs = npt.NDArray[np.bool_]
"""Which pairs of organisations on a roster, by their numbers: symmetric, nobody beside oneself."""
NAMING = {
    "participation": ("org_id",),
    "activity": ("org_id", "partner_org_id"),
    "activity_cell": ("org_id", "partner_org_id"),
}
"""The tables whose rows tie organisations, with the columns that name them."""
_DAYS = ("start_on", "end_on", "period_start", "period_end")


class MissingReport(NamedTuple):
    """A report that is owed and has not come: its source, who owes it (as reported), and its period."""

    source_id: str
    org_id: str
    period: str


def missing_reports(inputs: Inputs, quarter: Quarter) -> list[MissingReport]:
    """The reports owed for a period that meets the quarter that have not come; a derogation makes nothing known."""

    first, last = day_number(quarter.start), day_number(quarter.end)
    return [report for report, start, end in _missing(inputs) if start <= last and end >= first]


def _missing(inputs: Inputs) -> list[tuple[MissingReport, int, int]]:
    """Every report owed that has not come, with the days of its period, in order."""
    owed = inputs.table("obligation")

    def make() -> list[tuple[MissingReport, int, int]]:
        rows = plain_rows(
            owed[owed["received_at"].isna()], ("source_id", "org_id", "period", "period_start", "period_end")
        )
        return sorted((MissingReport(*row[:3]), *row[3:]) for row in rows)

    return inputs.remember_while(("missing_reports",), [owed], make)


def open_pairs(inputs: Inputs, quarter: Quarter, roster: Sequence[str]) -> Pairs:
    """The pairs of a roster that a missing report could tie, tied by another report or not: (n, n)."""
    number = {org: n for n, org in enumerate(roster)}
    pairs = np.zeros((len(roster), len(roster)), dtype=np.bool_)
    missing = missing_reports(inputs, quarter)
    if not missing:
        return pairs
    stands_for, named = inputs.successors(quarter), named_by_source(inputs, quarter)

    def numbers(orgs: Sequence[str]) -> list[int]:
        present = {stands_for.get(org, org) for org in orgs}
        return sorted(number[org] for org in present if org in number)

    for source_id in {report.source_id for report in missing}:
        orgs = numbers(named.get(source_id, ()))
        pairs[np.ix_(orgs, orgs)] = True
    silent = numbers([report.org_id for report in missing])
    pairs[silent, :] = pairs[:, silent] = True
    np.fill_diagonal(pairs, False)
    return pairs


def named_by_source(inputs: Inputs, quarter: Quarter) -> dict[str, list[str]]:
    """The organisations that each source has named in activities of the quarter or before it, as reported."""
    last = day_number(quarter.end)
    first_days = inputs.remember_for_both(("first_named",), lambda: _first_named(inputs))
    named: dict[str, list[str]] = {}
    for (source_id, org), day in first_days.items():
        if day is None or day <= last:
            named.setdefault(source_id, []).append(org)
    return named


def _first_named(inputs: Inputs) -> Mapping[tuple[str, str], int | None]:
    """Source and organisation -> the first day of its rows that name it, in days since 1970; None where one has no day."""
    if inputs.delivered is not None:
        return inputs.delivered.first_named
    parts = []
    for table, columns in NAMING.items():
        rows = inputs.table(table)
        if table == "activity_cell":
            rows = rows[rows["activity_id"].notna()]
        if table != "participation":
            rows = rows[~rows["status"].eq(CANCELLED)]
        day = rows[[*_DAYS]].min(axis=1) if len(rows) else pd.Series(dtype="datetime64[ns]")
        parts += [pd.DataFrame({"source_id": rows["source_id"], "org": rows[column], "day": day}) for column in columns]
    every = pd.concat(parts, ignore_index=True).dropna(subset=["source_id", "org"])
    days: dict[tuple[str, str], int | None] = {}
    for source_id, org, day in plain_rows(every, ("source_id", "org", "day")):
        known = days.get((source_id, org), day)
        days[source_id, org] = None if known is None or day is None else min(known, day)
    return days


def tied_pairs(roster: Sequence[str], ties: Sequence[Tie]) -> Pairs:
    """The pairs of a roster that are tied: (n, n)."""
    number = {org: n for n, org in enumerate(roster)}
    pairs = np.zeros((len(roster), len(roster)), dtype=np.bool_)
    for tie in ties:
        a, b = number[tie.a], number[tie.b]
        pairs[a, b] = pairs[b, a] = True
    return pairs


def missing_by_organisation(inputs: Inputs, quarter: Quarter) -> dict[str, int]:
    """How many reports each organisation (as it is in the quarter) has not sent."""
    stands_for = inputs.successors(quarter)
    counts: dict[str, int] = {}
    for report in missing_reports(inputs, quarter):
        org = stands_for.get(report.org_id, report.org_id)
        counts[org] = counts.get(org, 0) + 1
    return counts
