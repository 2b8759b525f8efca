"""What the explanation of a score reads: the tables as known at one instant, with the names and codes that people know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import pandas as pd

from idtracker.model.composite.definition import Index
from idtracker.model.json_values import is_missing
from idtracker.model.method import Method
from idtracker.store.tables import quoted, quoted_list

Row = dict[str, Any]
IN_PARTS = {
    "score": ("place_id",),
    "merged_cell": ("place_id", "period"),
    "cell_report": ("place_id", "period"),
    "observation": ("place_id",),
}
"""Tables that grow with what is reported, and the columns by whose values they are read: an explanation needs few of their rows."""


class Reader(Protocol):
    """Reads some rows of a table, or the values of a column, as known at the instant of the explanation."""

    def part(self, table: str, where: str) -> pd.DataFrame:
        """The rows that a condition in SQL is true of, in the table's order."""
        ...

    def values_of(self, table: str, column: str) -> list[str]:
        """The different values of a column of texts, in order."""
        ...


@dataclass(frozen=True, slots=True)
class KnownTables:
    """Facts known at the instant, derived and reference tables by name, and the method that made the scores."""

    tables: Mapping[str, pd.DataFrame]
    method: Method
    """How cells were merged, and scores made where no tree made them."""
    index: Index | None = None
    """The tree that made the scores; None where the method did."""
    reader: Reader | None = None
    """What reads long tables in parts; None: `tables` are in memory."""
    is_of_all_places: bool = False
    """Whether the figure follows from cells of every place: then a quarter is read, not one place after the other."""
    _cache: dict[object, Any] = field(default_factory=dict)

    def once(self, key: object, make: Callable[[], Any]) -> Any:
        """What `make` gives, worked out once per key."""
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]

    def has(self, table: str) -> bool:
        return table in self.tables

    def select(self, table: str, **keys: object) -> pd.DataFrame:
        """Rows of a table that have these values, in the table's order."""
        columns = list(keys) if len(keys) > 1 else next(iter(keys))
        wanted = tuple(keys.values()) if len(keys) > 1 else next(iter(keys.values()))
        columns_of_parts = IN_PARTS.get(table, ())
        preferred = reversed(columns_of_parts) if self.is_of_all_places else columns_of_parts
        by = next((column for column in preferred if column in keys), None)
        where = f'"{by}" = {quoted(keys[by])}' if by else ""
        rows = self._rows(table, where)
        places = self.once((table, where, *keys), lambda: rows.groupby(columns, sort=False).indices)
        return rows.take(places.get(wanted, []))

    def select_any(self, table: str, column: str, wanted: Iterable[str]) -> pd.DataFrame:
        """Rows of a table that have any of these values in a column, in the table's order."""
        rows = self._rows(table, f'"{column}" IN ({quoted_list(sorted(wanted))})')
        return rows[rows[column].isin(set(wanted))]

    def stated(self, report: Row) -> pd.DataFrame:
        """The observations that a report about a cell was rolled up from; those of one place and quarter are read together."""
        about = f"period = {quoted(report['period'])}"
        about += "" if self.is_of_all_places else f" AND place_id = {quoted(report['place_id'])}"
        behind = f"SELECT unnest(string_split(fact_ids, ';')) FROM main.cell_report WHERE {about}"
        where = f"fact_id IN ({behind})"
        rows = self._rows("observation", where)
        places = self.once(("observation", where), lambda: rows.groupby("fact_id", sort=False).indices)
        wanted = set(str(report["fact_ids"] or "").split(";"))
        return rows.take(sorted(number for one in wanted for number in places.get(one, [])))

    def values(self, table: str, column: str) -> list[str]:
        """The different values of a column of texts, in order."""
        if self.reader is None:
            return sorted(self.tables[table][column].dropna().unique())
        return self.reader.values_of(table, column)

    def _rows(self, table: str, where: str) -> pd.DataFrame:
        """The rows of a table that is read in parts, else all rows."""
        reader = self.reader
        if reader is None or not where or table not in IN_PARTS:
            return self.tables[table]
        rows: pd.DataFrame = self.once((table, where, "rows"), lambda: reader.part(table, where))
        return rows

    def one(self, table: str, **keys: object) -> Row | None:
        """The row that has these values, or None; missing values are None."""

        def make() -> Row | None:
            rows = self.select(table, **keys)
            return rows_of(rows)[0] if len(rows) else None

        row: Row | None = self.once(("one", table, *keys.items()), make)
        return row

    def place(self, place_id: str) -> str:
        """Name of a place with its identifier."""
        return self._named("place", "place_id", place_id, "name")

    def organisation(self, org_id: str) -> str:
        """Short name of an organisation as it is called last, else its name, with its identifier."""

        def make() -> str:
            rows = self.select("organisation", org_id=org_id).sort_values("valid_from", na_position="first")
            if rows.empty:
                return org_id
            last = rows_of(rows)[-1]
            return f"{last['short_name'] or last['name']} ({org_id})"

        name: str = self.once(("organisation called", org_id), make)
        return name

    def indicator(self, indicator_id: str) -> Row:
        """The indicator's definition."""
        row = self.one("indicator", indicator_id=indicator_id)
        if row is None:
            raise KeyError(f"there is no indicator {indicator_id}")
        return row

    def label(self, scheme: str, code: str) -> str:
        """What a code of a codelist means; the code itself where the list does not say."""
        row = self.one("codelist", scheme=scheme, code=code)
        return str(row["label_en"]) if row else code

    def _named(self, table: str, key: str, identifier: str, column: str) -> str:
        row = self.one(table, **{key: identifier})
        return f"{row[column]} ({identifier})" if row and row[column] else identifier


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """The rows as mappings in which nothing is missing but None."""
    names = [str(name) for name in frame.columns]
    cells = [[None if is_missing(value) else value for value in column.tolist()] for _, column in frame.items()]
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]
