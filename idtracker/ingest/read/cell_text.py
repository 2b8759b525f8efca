"""Values of workbook cells as text."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable


def text_of(cell: object) -> str:
    """Numbers as `number_text` has them, ISO 8601 dates and times, TRUE and FALSE; text as it is."""
    return cell if isinstance(cell, str) else _WRITERS.get(type(cell), str)(cell)


def number_text(value: float) -> str:
    """A number as short as it can be, to the 15 significant digits that a double holds in every case.

    What lies beyond is noise of binary fractions: 51.300000000000004 is 51.3, as a spreadsheet shows it.
    """
    if not math.isfinite(value):
        return str(value)
    if value.is_integer():
        return str(int(value))
    text = f"{value:.15g}"
    if "e" not in text:
        return text
    import numpy as np

    return np.format_float_positional(float(text), trim="-")


def _write_datetime(value: dt.datetime) -> str:
    return value.date().isoformat() if value.time() == dt.time() else value.isoformat()


def _write_duration(value: dt.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


_WRITERS: dict[type, Callable[..., str]] = {
    float: number_text,
    bool: lambda value: "TRUE" if value else "FALSE",
    dt.datetime: _write_datetime,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    dt.timedelta: _write_duration,
}
