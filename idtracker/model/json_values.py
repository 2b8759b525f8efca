"""Values of tables as JSON can hold them. Neither pandas nor numpy is imported for it: commands that only read use it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any


def plain(value: object, *, instants: bool = False) -> object:
    """The value as JSON can hold it: missing is None, midnight a day unless `instants` are meant, all else ISO 8601."""
    if isinstance(value, list):
        return [plain(one, instants=instants) for one in value]
    if is_missing(value):
        return None
    if not instants and isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def plain_record(record: Mapping[Any, Any]) -> dict[str, Any]:
    """A record of a table as JSON can hold it, its instants whole."""
    return {str(name): plain(value, instants=True) for name, value in record.items()}


def is_missing(value: object) -> bool:
    """Whether a cell of a table holds nothing: None, NaN, NaT or pandas.NA."""
    try:
        return value is None or bool(value != value)  # NaN and NaT are not equal to themselves
    except TypeError:
        return True  # pandas.NA is neither
