"""Quarters as running numbers (year·4 + quarter - 1), so that spans, neighbours and ages are arithmetic; for frames.

Expressions have theirs in calendar.py.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from idtracker.model.errors import UsageError
from idtracker.model.periods import period

SHORTEST_QUARTER_DAYS = 90


def first_days(numbers: pd.Series) -> pd.Series:
    """First day of each quarter."""
    months = (numbers.to_numpy(dtype="int64") - 1970 * 4) * 3
    return pd.Series(months.astype("datetime64[M]").astype("datetime64[ns]"), index=numbers.index)


def last_days(numbers: pd.Series) -> pd.Series:
    """Last day of each quarter."""
    return first_days(numbers + 1) - pd.Timedelta(days=1)


def grid(periods: list[str]) -> pd.DataFrame:
    """The quarters asked for, oldest first: columns quarter, period, period_start, period_end.

    UsageError where a period is not a quarter.
    """
    for code in periods:
        if period(code).length != "quarter":
            raise UsageError(f"{code!r} is not a quarter: cells and scores are made per quarter, such as 2026-Q2.")
    codes = sorted(set(periods))
    frame = pd.DataFrame({"period": pd.Series(codes, dtype="str")})
    frame.insert(0, "quarter", np.array([int(c[:4]) * 4 + int(c[-1]) - 1 for c in codes], dtype="int64"))
    return frame.assign(period_start=first_days(frame["quarter"]), period_end=last_days(frame["quarter"]))
