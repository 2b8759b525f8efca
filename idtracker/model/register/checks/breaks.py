"""What must hold of declared breaks of series and of their crosswalks: known, complete, one at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from idtracker.model.frames import records
from idtracker.model.register.checks.shared import is_known
from idtracker.model.register.codelist_versions import editions_of
from idtracker.model.register.problems import RegisterProblem

if TYPE_CHECKING:
    from idtracker.model.register.register import Register

Row = dict[str, Any]
worded = RegisterProblem.worded
_OF_LINEAR = ("factor", "addend")
_OF_ANY = ("crosswalk_error", "restated_on")
_GOALPOSTS = ("indicator_id", "goalpost_low", "goalpost_high")


def check_breaks(register: Register) -> Iterator[RegisterProblem]:
    """Every problem of breaks and crosswalks of values that the register alone tells."""
    breaks = rows_of(register, "series_breaks")
    translated = {name for (name,) in records(register.code_crosswalks, "break_id")}
    indicators = set(register.indicators["indicator_id"])
    summed = set(register.indicators.loc[register.indicators["roll_up"] == "sum", "indicator_id"])
    for row in breaks:
        if row["addend"] and row["indicator_id"] in summed:
            yield worded(
                row["at"], "crosswalk", "added_to_parts", value=row["indicator_id"], addend=f"{row['addend']:g}"
            )
        if not is_known(register, "indicators", indicators, row["indicator_id"]):
            yield worded(row["at"], "reference", "unknown_indicator", value=row["indicator_id"])
        yield from check_first_day(row)
        yield from _crosswalk(register, row, translated)
    yield from _overlaps(breaks)
    by_name = {row["break_id"]: row for row in breaks}
    yield from _values(register, by_name)
    yield from _beyond_goalposts(register, by_name)


def check_sources(register: Register, known: Collection[str]) -> Iterator[RegisterProblem]:
    """Breaks of sources that the programme does not have."""
    for row in rows_of(register, "series_breaks"):
        if row["source_id"] is not None and row["source_id"] not in known:
            yield worded(row["at"], "reference", "unknown_source", value=row["source_id"])


def check_first_day(row: Row) -> Iterator[RegisterProblem]:
    """A declaration that does not begin with a quarter."""
    day: pd.Timestamp = row["valid_from"]
    first = day.to_period("Q").start_time
    if day != first:
        yield worded(row["at"], "break", "not_a_quarter", day=day.date(), first=first.date())


def rows_of(register: Register, table: str) -> list[Row]:
    """The rows of a table of declarations, each with its place as `at`; a cell that is not filled is None."""
    frame: pd.DataFrame = getattr(register, table)
    return [
        {"at": at, **{str(name): None if pd.isna(value) else value for name, value in row.items()}}
        for at, row in zip(register.origins[table], frame.to_dict("records"), strict=True)
    ]


def _crosswalk(register: Register, row: Row, translated: Collection[str]) -> Iterator[RegisterProblem]:
    at, way = row["at"], row["crosswalk"]
    if way == "linear" and not row["factor"]:
        yield worded(at, "crosswalk", "no_factor", value="-" if row["factor"] is None else row["factor"])
    if way != "none" and row["crosswalk_error"] is None:
        yield worded(at, "crosswalk", "no_error")
    if (row["crosswalk_error"] or 0) < 0:
        yield worded(at, "bounds", "negative", column="crosswalk_error", value=row["crosswalk_error"])
    if row["restated_on"] is not None and row["restated_on"] < row["valid_from"]:
        days = {"value": row["restated_on"].date(), "day": row["valid_from"].date()}
        yield worded(at, "break", "restated_early", **days)
    if way == "codes":
        yield from _codes(register, row, translated)
    useless = [name for name in _OF_LINEAR if way != "linear"] + [name for name in _OF_ANY if way == "none"]
    for name in [*useless, *(["scheme"] if way != "codes" else [])]:
        if row[name] is not None:
            yield worded(at, "crosswalk", "says_too_much", column=name, crosswalk=way)


def _codes(register: Register, row: Row, translated: Collection[str]) -> Iterator[RegisterProblem]:
    schemes = set(register.codelists["scheme"])
    if row["scheme"] not in schemes:
        yield worded(row["at"], "reference", "unknown_scheme", value=row["scheme"] or "-")
    if row["break_id"] not in translated and not _lost_values(register, row["break_id"]):
        yield worded(row["at"], "crosswalk", "no_codes", value=row["break_id"])


def _lost_values(register: Register, break_id: str) -> bool:
    """Whether rows of its crosswalk, or the whole file, could not be read: that is told already."""
    broken = register.broken["code_crosswalks"]
    return broken is None or break_id in broken


def _overlaps(breaks: list[Row]) -> Iterator[RegisterProblem]:
    """Two breaks of one indicator on one day, unless each is of a source of its own."""
    by_day: dict[tuple[str, pd.Timestamp], list[Row]] = defaultdict(list)
    for row in breaks:
        for other in by_day[row["indicator_id"], row["valid_from"]]:
            if None in (row["source_id"], other["source_id"]) or row["source_id"] == other["source_id"]:
                details = {"indicator": row["indicator_id"], "day": row["valid_from"].date()}
                yield worded(row["at"], "overlap", "same_day", others=(other["at"],), **details)
        by_day[row["indicator_id"], row["valid_from"]].append(row)


def _values(register: Register, breaks: dict[str, Row]) -> Iterator[RegisterProblem]:
    """Rows of crosswalks without a break of codes, or to a value that the scheme does not have."""
    for row in rows_of(register, "code_crosswalks"):
        broken = breaks.get(row["break_id"])
        if broken is None:
            if not is_known(register, "series_breaks", set(), row["break_id"]):
                yield worded(row["at"], "reference", "unknown_break", value=row["break_id"])
        elif broken["crosswalk"] != "codes":
            details = {"value": row["break_id"], "crosswalk": broken["crosswalk"]}
            yield worded(row["at"], "crosswalk", "not_of_codes", **details)
        else:
            known = _values_of(register, broken["scheme"], broken["valid_from"])
            if known and row["new_value"] not in known:
                listed = ", ".join(f"{value:g}" for value in sorted(known))
                details = {"value": f"{row['new_value']:g}", "scheme": broken["scheme"], "known": listed}
                yield worded(row["at"], "crosswalk", "unknown_code", day=broken["valid_from"].date(), **details)


def _beyond_goalposts(register: Register, breaks: dict[str, Row]) -> Iterator[RegisterProblem]:
    """Rows of crosswalks to a value that lies beyond the goalposts of the indicator: it scores as the goalpost does."""
    ends: dict[str, list[float]] = {
        name: sorted(two) for name, *two in records(register.indicators, *_GOALPOSTS) if None not in two
    }
    for row in rows_of(register, "code_crosswalks"):
        indicator = breaks.get(row["break_id"], {}).get("indicator_id")
        if indicator in ends and not ends[indicator][0] <= row["new_value"] <= ends[indicator][1]:
            low, high = (f"{end:g}" for end in ends[indicator])
            details = {"value": f"{row['new_value']:g}", "indicator": indicator, "low": low, "high": high}
            yield worded(row["at"], "crosswalk", "beyond_goalposts", stops=False, **details)


def _values_of(register: Register, scheme: str | None, day: pd.Timestamp) -> set[float]:
    """The ranks of the codes in force on a day, the codes themselves where they are numbers; none of an unknown scheme."""
    values: set[float] = set()
    for edition in editions_of(register).get(scheme or "", ()):
        if edition.begin <= day <= edition.end:
            rows = register.codelists.iloc[list(edition.rows)]
            values |= {float(rank) for rank in rows["rank"].dropna()}
            if rows["rank"].isna().all():
                values |= set(pd.to_numeric(rows["code"], errors="coerce").dropna().astype("float64"))
    return values
