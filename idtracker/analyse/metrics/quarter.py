"""The quarter a metric is measured in. The calendar itself lives in idtracker.model.periods."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.model.errors import UsageError
from idtracker.model.periods import period, previous_period

_EPOCH = pd.Timestamp(0).toordinal()
WINDOW = 4  # quarters that a trailing window covers, the named one included


@dataclass(frozen=True, slots=True)
class Quarter:
    """One calendar quarter: code, first and last day (both inclusive)."""

    code: str
    start: pd.Timestamp
    end: pd.Timestamp

    @classmethod
    def of(cls, code: str) -> Quarter:
        """The quarter of a code such as `2026-Q2`; UsageError for any other period."""
        return _quarter(code)

    def previous(self) -> Quarter:
        return Quarter.of(previous_period(self.code))

    def window(self) -> list[Quarter]:
        """The four quarters that end with this one, oldest first."""
        quarters = [self]
        while len(quarters) < WINDOW:
            quarters.insert(0, quarters[0].previous())
        return quarters


def overlaps(start: pd.Series, end: pd.Series, first: pd.Timestamp, last: pd.Timestamp) -> pd.Series:
    """Whether each interval of days meets first..last. A missing end or start is open; both missing is no interval."""
    starts, ends = start.to_numpy(), end.to_numpy()
    begun = ~(starts > last.to_datetime64())
    unfinished = ~(ends < first.to_datetime64())
    return pd.Series(begun & unfinished & ~(np.isnat(starts) & np.isnat(ends)), index=start.index)


def day_number(moment: pd.Timestamp) -> int:
    """The day of a moment, counted from 1970."""
    return moment.toordinal() - _EPOCH


def by_quarter(days: pd.Series) -> dict[str, npt.NDArray[np.intp]]:
    """The places at which days of each quarter stand, by its code; missing days belong to none."""
    moments = days.to_numpy()
    places = np.flatnonzero(~np.isnat(moments))
    number = moments[places].astype("datetime64[M]").astype(np.int64) // 3
    order = np.argsort(number, kind="stable")
    different, starts = np.unique(number[order], return_index=True)
    parts = np.split(places[order], starts[1:])
    return {f"{1970 + n // 4}-Q{n % 4 + 1}": part for n, part in zip(different.tolist(), parts, strict=False)}


@lru_cache(maxsize=1024)
def _quarter(code: str) -> Quarter:
    span = period(code)
    if span.length != "quarter":
        raise UsageError(f"{code!r} is a {span.length}: metrics are measured per quarter, such as 2026-Q2.")
    return Quarter(code, pd.Timestamp(span.start), pd.Timestamp(span.end))
