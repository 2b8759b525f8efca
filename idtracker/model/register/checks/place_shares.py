"""What must hold of places that were split or merged: known places that follow one another, shares that add up to 1."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from idtracker.model.register.checks.breaks import Row, check_first_day, rows_of
from idtracker.model.register.checks.shared import is_known
from idtracker.model.register.problems import RegisterProblem

if TYPE_CHECKING:
    from idtracker.model.register.register import Register

worded = RegisterProblem.worded
_SAME = 1e-9


def check_place_shares(register: Register) -> Iterator[RegisterProblem]:
    """Every problem of shares of places."""
    places = {row["place_id"]: row for row in rows_of(register, "places")}
    shares = rows_of(register, "place_shares")
    sound = []
    for row in shares:
        problems = [*check_first_day(row), *_row(register, row, places)]
        yield from problems
        if not problems:
            sound.append(row)
    by_old, by_new = _grouped(shares, "from_place_id"), _grouped(shares, "to_place_id")
    for place, rows in by_old.items():
        yield from _one_day(rows, "share_days", place)
        total = sum(row["share"] for row in rows)
        if abs(total - 1) > _SAME:
            others = tuple(row["at"] for row in rows[1:])
            yield worded(rows[0]["at"], "place_share", "share_sum", others, place=place, total=f"{total:g}")
    for place, rows in by_new.items():
        yield from _one_day(rows, "share_begins", place)
    for row in sound:
        yield from _days(row, places)
        yield from _population(row, places, len(by_new[row["to_place_id"]]))


def _grouped(shares: list[Row], by: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in shares:
        groups[row[by]].append(row)
    return groups


def _row(register: Register, row: Row, places: Mapping[str, Row]) -> Iterator[RegisterProblem]:
    old, new, at = row["from_place_id"], row["to_place_id"], row["at"]
    for column in ("from_place_id", "to_place_id"):
        if not is_known(register, "places", set(places), row[column]):
            yield worded(at, "reference", "unknown_place", column=column, value=row[column])
    if old == new:
        yield worded(at, "place_share", "share_self", place=old)
    if not 0 < row["share"] <= 1:
        yield worded(at, "bounds", "share_bounds", value=f"{row['share']:g}")
    if row["share_error"] < 0:
        yield worded(at, "bounds", "negative", column="share_error", value=row["share_error"])
    if old in places and new in places and places[old]["level"] != places[new]["level"]:
        levels = {"level": places[old]["level"], "other_level": places[new]["level"]}
        yield worded(at, "place_share", "share_level", place=old, other=new, **levels)
    elif old in places and new in places and places[old]["parent_id"] != places[new]["parent_id"]:
        parents = [places[name]["parent_id"] or "-" for name in (old, new)]
        yield worded(
            at, "place_share", "share_parent", place=old, other=new, parent=parents[0], other_parent=parents[1]
        )


def _one_day(rows: list[Row], name: str, place: str) -> Iterator[RegisterProblem]:
    if len({row["valid_from"] for row in rows}) > 1:
        yield worded(rows[0]["at"], "place_share", name, tuple(row["at"] for row in rows[1:]), place=place)


def _days(row: Row, places: Mapping[str, Row]) -> Iterator[RegisterProblem]:
    """The table of places has to say the same: the old place ends on the day before, the new one begins on the day."""
    day: pd.Timestamp = row["valid_from"]
    old, new = places.get(row["from_place_id"]), places.get(row["to_place_id"])
    if old is not None and old["valid_to"] != day - timedelta(days=1):
        stated, expected = _day(old["valid_to"]), (day - timedelta(days=1)).date()
        details = {"place": old["place_id"], "day": day.date(), "value": stated, "expected": expected}
        yield worded(row["at"], "place_share", "share_ends", **details)
    if new is not None and new["valid_from"] != day:
        details = {"place": new["place_id"], "day": day.date(), "value": _day(new["valid_from"])}
        yield worded(row["at"], "place_share", "share_starts", **details)


def _population(row: Row, places: Mapping[str, Row], parts: int) -> Iterator[RegisterProblem]:
    old = places.get(row["from_place_id"])
    if parts > 1 and old is not None and not (old["population"] or 0) > 0:
        names = {"place": row["from_place_id"], "other": row["to_place_id"]}
        yield worded(row["at"], "place_share", "share_population", **names)


def _day(day: pd.Timestamp | None) -> object:
    return "-" if day is None else day.date()
