"""How a value came to be on the basis of today: which declared breaks translated it, which places it was taken over from."""

from __future__ import annotations

from datetime import date

import pandas as pd

from idtracker.explain.tables import KnownTables, Row, rows_of
from idtracker.model.periods import current_period, period_bounds


def crosswalk_words(known: KnownTables, row: Row, unit: str) -> list[str]:
    """What each declaration did to the value of a cell or report, one text each; none where it is as it was reported."""
    return [_words(known, name, unit) for name in str(row.get("crosswalk_ids") or "").split(";") if name]


def shares_into(known: KnownTables, place_id: str) -> list[Row]:
    """The declared shares of the places that a place was made from."""
    if not known.has("place_share"):
        return []
    return rows_of(known.select("place_share", to_place_id=place_id).sort_values("from_place_id"))


def stopped_words(known: KnownTables, indicator_id: str, place_id: str, last: str, period: str) -> list[str]:
    """Why the value of a quarter is not carried into a later one: a break without a crosswalk, or the end of its place."""
    words = []
    if known.has("series_break"):
        rows = rows_of(known.select("series_break", indicator_id=indicator_id).sort_values("valid_from"))
        words += [
            f"nothing is carried across {row['break_id']} of {row['valid_from']:%Y-%m-%d}: {row['reason']}"
            for row in rows
            if row["crosswalk"] == "none" and last < quarter_of(row["valid_from"]) <= period
        ]
    if known.has("place_share"):
        days = {row["valid_from"] for row in rows_of(known.select("place_share", from_place_id=place_id))}
        words += [f"the place ended before {day:%Y-%m-%d}" for day in days if quarter_of(day) <= period]
    return words


def uncounted_words(known: KnownTables, indicator_id: str, place_id: str, period: str) -> str | None:
    """That values about a quarter were reported and do not count, because of declared breaks; None where there is none."""
    if not known.has("series_break") or not known.has("observation"):
        return None
    breaks = rows_of(known.select("series_break", indicator_id=indicator_id).sort_values("valid_from"))
    rows = known.select("observation", indicator_id=indicator_id, place_id=place_id)
    start, end = map(pd.Timestamp, period_bounds(period))
    about = rows["value"].notna() & (rows["period_start"] <= end) & (rows["period_end"] >= start)
    if not breaks or not about.any():
        return None
    count, names = int(about.sum()), ", ".join(str(row["break_id"]) for row in breaks)
    reports = (
        "1 report is about it and does not count" if count == 1 else f"{count} reports are about it and do not count"
    )
    return f"{reports}: the declared break {names} does not translate what lies on both sides of it or has no code"


def waiting_words(known: KnownTables, indicator: Row, place_id: str, after: str | None, period: str) -> list[str]:
    """That some of the places which a place was made from have a value of up to `period`, newer than `after` (None: than none at all), and others have not.

    A part alone is no value of the whole, so it waits and is not taken over; nor are ranks of several places.
    """
    shares = shares_into(known, place_id)
    if len(shares) < 2:
        return []
    begins = min(quarter_of(row["valid_from"]) for row in shares)
    newer: dict[str, set[str]] = {}
    for row in shares:
        about = {"indicator_id": indicator["indicator_id"], "place_id": row["from_place_id"], "is_carried": False}
        quarters = known.select("merged_cell", **about)["period"]
        newer[row["from_place_id"]] = {q for q in quarters if (after or "") < q <= period and q < begins}
    last = max((quarter for own in newer.values() for quarter in own), default=None)
    if last is None:
        return []
    there = ", ".join(known.place(name) for name, own in newer.items() if last in own)
    absent = ", ".join(known.place(name) for name, own in newer.items() if last not in own)
    if indicator["scale"] == "ordinal":
        return [f"the value of {there} of {last} is not taken over: ranks of several places are not averaged"]
    return [
        f"the newer value of {there} of {last} waits for one of {absent}: a part alone is no value of the whole"
    ] * bool(absent)


def quarter_of(day: date) -> str:
    """Code of the quarter in which a day lies."""
    return current_period(day, "quarter")


def _words(known: KnownTables, name: str, unit: str) -> str:
    old, is_share, new = name.partition(">")
    if is_share:
        rows = [row for row in shares_into(known, new) if row["from_place_id"] == old]
        day = f" before {rows[0]['valid_from']:%Y-%m-%d}" if rows else ""
        part = f", {rows[0]['share']:.0%} of which it became" if rows else ""
        return f"taken over from {known.place(old)}{day}{part}"
    row = known.one("series_break", break_id=name) if known.has("series_break") else None
    if row is None:
        return f"translated by the declared break {name}"
    error = f"{row['crosswalk_error']:g} {unit}"
    return (
        f"translated from before {row['valid_from']:%Y-%m-%d} by {name} ({_rule(row)}, error {error}): {row['reason']}"
    )


def _rule(row: Row) -> str:
    if row["crosswalk"] == "codes":
        return "value by value"
    addend = row["addend"] or 0.0
    return f"times {row['factor']:g}" + (f" {'plus' if addend > 0 else 'minus'} {abs(addend):g}" if addend else "")
