"""Values of workbook cells as text."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable


def text_of(cell: object) -> str:
    """Short numbers, ISO 8601 dates and times, TRUE and FALSE; text as it is."""
    return cell if isinstance(cell, str) else _WRITERS.get(type(cell), str)(cell)


def _write_float(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    if value.is_integer():
        return str(int(value))
    text = repr(value)
    if "e" not in text:
        return text
    import numpy as np

    return np.format_float_positional(value, trim="-")


def _write_datetime(value: dt.datetime) -> str:
    return value.date().isoformat() if value.time() == dt.time() else value.isoformat()


def _write_duration(value: dt.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


_WRITERS: dict[type, Callable[..., str]] = {
    float: _write_float,
    bool: lambda value: "TRUE" if value else "FALSE",
    dt.datetime: _write_datetime,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    dt.timedelta: _write_duration,
}
