"""The tables a metric reads, as known at one instant, with organisations as they were or as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.metrics.known.delivered import Delivered
from idtracker.analyse.metrics.known.marked import Marked
from idtracker.analyse.metrics.known.presence import Presence
from idtracker.analyse.metrics.organisations import Organisations, Traits
from idtracker.analyse.metrics.quarter import Quarter, by_quarter
from idtracker.analyse.metrics.versions import versions_in
from idtracker.model.errors import UsageError
from idtracker.model.explanation import PLACE_OF_ROW
from idtracker.model.instants import naive_utc
from idtracker.model.tables import FACTS, TABLES, columns_of, conform_types, empty_frame

Mode = Literal["as_was", "as_is"]
Made = TypeVar("Made")
ROW = list(PLACE_OF_ROW)
_NOWHERE = np.empty(0, dtype=np.intp)


@dataclass(slots=True)
class Shared:
    """What the inputs of many moments have in common: the register, and what follows from rows that stay the same."""

    organisations: Organisations
    results: dict[tuple[object, ...], tuple[tuple[object, ...], Any]] = field(default_factory=dict)


class Inputs:
    """Facts, derived tables and reference data known at `as_of`, with what several metrics share worked out once.

    Mode `as_was` counts an organisation as it was in the quarter: one that ended before the quarter began is its
    successor, one that ended later is itself, and its successor does not count beside it where they work together. Mode `as_is` applies every merger up to `as_of` to the whole past.
    `shared` holds what many inputs of one store have in common. `delivered` says who delivers what, `presence` who is where, and
    `marked` what is marked how, where tables are too long to be read row by row; `versions` are tables with every version, where
    they are not in `facts`. `baseline` is the quarter of the baseline where the programme names one.
    """

    def __init__(
        self,
        facts: Mapping[str, pd.DataFrame],
        reference: Mapping[str, pd.DataFrame],
        as_of: pd.Timestamp,
        organisations: Mode = "as_was",
        shared: Shared | None = None,
        delivered: Delivered | None = None,
        marked: Marked | None = None,
        presence: Presence | None = None,
        versions: Mapping[str, pd.DataFrame] | None = None,
        baseline: str | None = None,
    ) -> None:
        if organisations not in ("as_was", "as_is"):
            raise UsageError(f"organisations={organisations!r} is not a mode: use 'as_was' or 'as_is'.")
        self.as_of, self.baseline = _utc(as_of), baseline
        self.mode: Mode = organisations
        self._known_frames = {**reference, **facts}
        self._tables: dict[str, pd.DataFrame] = {}
        self._results: dict[tuple[object, ...], Any] = {}
        self._made_for_both: dict[tuple[object, ...], Any] = {}
        self.delivered, self.marked, self.presence, self._versions = delivered, marked, presence, versions or {}
        self._is_stored = shared is not None
        self._shared = shared or Shared(Organisations(self.table("organisation")))
        self.organisations = self._shared.organisations

    def as_is(self) -> Inputs:
        """The same tables with every merger applied to the past."""

        return self.read_on(self.as_of)

    def read_on(self, day: pd.Timestamp) -> Inputs:
        """The same tables with organisations read on one day, whatever the quarter."""

        def make() -> Inputs:
            known = self._known_frames | self._tables
            gathered = self.delivered, self.marked, self.presence, self._versions
            same = Inputs(known, {}, day, "as_is", self._shared, *gathered, self.baseline)
            same._made_for_both, same._is_stored = self._made_for_both, self._is_stored
            return same

        return self.remember(("read_on", day), make)

    def table(self, name: str) -> pd.DataFrame:
        """A canonical table on a fresh index; empty where nothing is known.

        It has every column, or those that the metrics declare where the rows come from a store.
        """
        if name not in self._tables:
            rows = self._known_frames.get(name)
            model = TABLES[name]
            if rows is None:
                frame = empty_frame(model)
            elif self._is_stored or all(spec.name in rows.columns for spec in columns_of(model)):
                frame = rows if _is_fresh(rows) else rows.reset_index(drop=True)
            else:
                frame = conform_types(rows.reset_index(drop=True), model)
            self._tables[name] = frame
        return self._tables[name]

    def versions(self, name: str) -> pd.DataFrame:
        """Every version of a table, with `begins` and `ends`; later than `as_of` too: whoever reads them leaves these out."""
        if name in self._versions:
            return self._versions[name]
        return self.remember_for_both(("versions", name), lambda: versions_in(self._known_frames, name))

    def fact_tables(self) -> list[str]:
        """Names of the fact tables that hold rows, in order."""
        return sorted(name for name in FACTS if name in self._known_frames and len(self._known_frames[name]))

    def values(self, name: str, *columns: str) -> list[tuple[Any, ...]]:
        """A table as plain values of some columns, row by row: dates as days since 1970, missing ones None."""
        rows = self.table(name)
        return self.remember_while(("values", name, columns), [rows], lambda: plain_rows(rows, columns))

    def places_in(self, name: str, column: str, quarter: Quarter) -> npt.NDArray[np.intp]:
        """The places of the rows of a table whose day in one column lies in the quarter, in order."""
        rows = self.table(name)
        places = self.remember_while(("places", name, column), [rows], lambda: by_quarter(rows[column]))
        return places.get(quarter.code, _NOWHERE)

    def remember(self, key: tuple[object, ...], make: Callable[[], Made]) -> Made:
        """What `make` gives, worked out once per key."""
        return _once(self._results, key, make)

    def remember_for_both(self, key: tuple[object, ...], make: Callable[[], Made]) -> Made:
        """remember() of what does not depend on who an organisation is, and so is the same in both modes."""
        return _once(self._made_for_both, key, make)

    def remember_while(self, key: tuple[object, ...], depends_on: Sequence[object], make: Callable[[], Made]) -> Made:
        """What `make` gives, worked out again at a later moment only where one of `depends_on`, all that it rests on, is another.

        Frames are the same where they are one object.
        """
        cached = self._shared.results.get(key)
        if cached is None or not _are_same(cached[0], depends_on):
            cached = self._shared.results[key] = tuple(depends_on), make()
        result: Made = cached[1]
        return result

    def reading(self, quarter: Quarter) -> tuple[object, ...]:
        """All that decides who an organisation is in a quarter, for remember_while()."""
        return self.mode, *(self.organisations.reading(day) for day in (self.day_of(quarter), quarter.end))

    def day_of(self, quarter: Quarter) -> pd.Timestamp:
        """The day on which organisations are read for a quarter."""
        return quarter.start if self.mode == "as_was" else self.as_of.normalize()

    def last_day(self, quarter: Quarter) -> pd.Timestamp:
        """The end of the quarter, or the day of knowledge where that is earlier."""
        return min(quarter.end, self.as_of.normalize())

    def successors(self, quarter: Quarter) -> Mapping[str, str]:
        """The organisations that another one stands for in the quarter, each with that one."""
        return self.organisations.successors(self.day_of(quarter))

    def members(self, units: Sequence[str], orgs: Sequence[str | None], quarter: Quarter) -> list[str | None]:
        """Who each organisation is that works in a unit, None for those that do not count: nobody works with their own successor.

        Where a merger falls into the quarter, the new organisation does not count beside those that it was made of.
        """
        stands_for, ended = self.successors(quarter), self.organisations.successors(quarter.end)
        present = [None if org is None else stands_for.get(org, org) for org in orgs]
        heirs = {(unit, ended[org]) for unit, org in zip(units, present, strict=True) if org in ended}
        return [None if (unit, org) in heirs else org for unit, org in zip(units, present, strict=True)]

    def traits(self, quarter: Quarter) -> Mapping[str, Traits]:
        """What organisations are in the quarter."""
        return self.organisations.traits(self.day_of(quarter))

    def with_members(self, rows: pd.DataFrame, column: str, quarter: Quarter) -> pd.DataFrame:
        """The rows whose organisation counts among members(), with `org` (who it is in the quarter) and its ATTRIBUTES."""
        units, orgs = zip(*plain_rows(rows, ("unit", column)), strict=True) if len(rows) else ((), ())
        org = pd.Series(self.members(units, orgs, quarter), index=rows.index, dtype="str")
        counts = org.notna()
        traits = self.organisations.describe(org[counts], self.day_of(quarter))
        return pd.concat([rows[counts].assign(org=org[counts]), traits], axis=1)


def plain_rows(
    rows: pd.DataFrame, columns: Sequence[str], places: Sequence[int] | npt.NDArray[np.intp] | None = None
) -> list[tuple[Any, ...]]:
    """Rows (those at some places, or all) as plain values of some columns: dates as days since 1970, missing ones None."""
    cells = (rows[column] if places is None else rows[column].take(places) for column in columns)
    return list(zip(*map(_plain, cells), strict=True))


def _plain(cells: pd.Series) -> list[Any]:
    missing = cells.isna().to_numpy()
    values = cells.to_numpy()
    values = values.astype("datetime64[D]").astype(np.int64) if values.dtype.kind == "M" else values
    return [None if is_missing else value for value, is_missing in zip(values.tolist(), missing.tolist(), strict=True)]


def _are_same(before: Sequence[object], depends_on: Sequence[object]) -> bool:
    """Whether two sequences hold the same things: one and the same frame, or equal ones of anything else."""
    return len(before) == len(depends_on) and all(
        a is b or (not isinstance(b, pd.DataFrame) and a == b) for a, b in zip(before, depends_on, strict=True)
    )


def _is_fresh(frame: pd.DataFrame) -> bool:
    """Whether the rows are numbered from 0 on already."""
    return isinstance(frame.index, pd.RangeIndex) and frame.index.equals(pd.RangeIndex(len(frame)))


def _once(results: dict[tuple[object, ...], Any], key: tuple[object, ...], make: Callable[[], Made]) -> Made:
    if key not in results:
        results[key] = make()
    result: Made = results[key]
    return result


def _utc(moment: pd.Timestamp) -> pd.Timestamp:
    stamp = pd.Timestamp(moment)
    if pd.isna(stamp):
        raise UsageError("as_of is missing: metrics are measured as known at a stated instant.")
    return naive_utc(stamp)
