"""The stable address of a published figure: table, key of the row, column and, where it matters, publication.

`score/JO/2026-Q3/STABILITY#score@2026-11-15-490634e3cde0`: the parts after the table are the columns of its `key`, in their order. Each part is
percent-encoded, an empty value is `-`. A fact is named by its `fact_id`. The same rule holds for every table and every format, so a spreadsheet, a page and a script name a
figure alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote

import pandas as pd

from idtracker.model.errors import UsageError
from idtracker.model.tables import FACTS, TABLES, columns_of

EMPTY = "-"
MAIN_COLUMN = {
    "score": "score",
    "merged_cell": "value",
    "metric_value": "value",
    "observation": "value",
    "index_score": "score",
}
"""The column that is meant where an address names none."""


@dataclass(frozen=True, slots=True)
class FigureAddress:
    """One cell of one row of a table; of the current publication unless it names one."""

    table: str
    key: tuple[str, ...]
    column: str
    publication: str | None = None

    def __str__(self) -> str:
        """The address as it is printed, cited and looked up."""
        parts = "/".join([self.table, *(_encoded(part) for part in self.key)])
        column = "" if MAIN_COLUMN.get(self.table) == self.column else f"#{self.column}"
        return parts + column + (f"@{self.publication}" if self.publication else "")

    def of(self, publication: str) -> FigureAddress:
        """The same figure in a named publication."""
        return replace(self, publication=publication)


def address_of(table: str, row: Mapping[str, Any], column: str | None = None) -> FigureAddress:
    """The address of a column (the table's main one unless named) of a row that has the columns of its key."""
    kinds = {spec.name: spec.kind for spec in columns_of(TABLES[table])}
    key = tuple(_written(row[name], kinds[name]) for name in key_columns(table))
    return FigureAddress(table, key, column or MAIN_COLUMN[table])


def parse_address(text: str) -> FigureAddress:
    """The address that somebody typed. UsageError where it has no such table, the wrong number of parts or an unknown column."""
    body, _, publication = text.strip().partition("@")
    path, _, column = body.partition("#")
    table, *parts = path.split("/")
    names = key_columns(table) if table in TABLES else ()
    if not names:
        raise UsageError(
            f"`{text}`: there is no table `{table}` with a key. Write table/key#column, such as score/JO/2026-Q3/STABILITY."
        )
    if len(parts) != len(names):
        raise UsageError(f"`{text}`: a row of {table} is named by {len(names)} parts: {'/'.join(names)}.")
    column = column or MAIN_COLUMN.get(table, "")
    columns = [spec.name for spec in columns_of(TABLES[table])]
    if column not in columns:
        raise UsageError(f"`{text}`: write #column, one of {', '.join(columns)}.")
    key = tuple("" if part == EMPTY else unquote(part) for part in parts)
    return FigureAddress(table, key, column, publication or None)


def key_columns(table: str) -> tuple[str, ...]:
    """The columns that name a row of a table; none where rows have no name of their own."""
    return ("fact_id",) if table in FACTS else TABLES[table].key


def path_sql(table: str) -> str:
    """The address of a table's rows without column and publication, as DuckDB writes it in SQL over the table, its Parquet file or its CSV."""
    texts = [f"coalesce(CAST(\"{name}\" AS VARCHAR), '')" for name in key_columns(table)]
    parts = [
        f"CASE {text} WHEN '' THEN '{EMPTY}' WHEN '{EMPTY}' THEN '%2D' ELSE url_encode({text}) END" for text in texts
    ]
    return f"concat_ws('/', '{table}', {', '.join(parts)})"


def _written(value: Any, kind: str) -> str:
    """A value of a key as text: dates as 2026-09-30, instants in ISO 8601, empty where it is missing."""
    if value is None or value is pd.NA or value != value:
        return ""
    if kind == "date":
        return f"{pd.Timestamp(value):%Y-%m-%d}"
    return pd.Timestamp(value).isoformat() if kind == "instant" else str(value)


def _encoded(part: str) -> str:
    """A part of a key; one that is nothing but the sign for an empty value is told apart from it."""
    return "%2D" if part == EMPTY else quote(part, safe="") or EMPTY
