"""Frames read row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd


def records(frame: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    """The named cells of each row; a missing text is None."""
    lists = [[None if v is pd.NA or (isinstance(v, float) and v != v) else v for v in frame[c]] for c in columns]
    yield from zip(*lists, strict=True)
