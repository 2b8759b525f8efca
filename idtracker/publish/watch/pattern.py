"""Which figures a watch is about: an address, an address with `*` or `latest` in it, or a source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import duckdb

from idtracker.model.errors import UsageError
from idtracker.model.published.figure_address import address_of, key_columns, parse_address
from idtracker.model.tables import TABLES
from idtracker.model.tables.vintages import SINCE
from idtracker.publish.watch.reading import Row, latest_rows, published_rows

SOURCE = "source"
ANY, LATEST = "*", "latest"
_OPEN = (ANY, LATEST)
Identity = tuple[str, ...]
"""The parts of a key that name a figure, whatever else changes."""


@dataclass(frozen=True, slots=True)
class FigurePattern:
    """A table, the parts of its key (`*` for any, `latest` for the latest quarter that has a row) and the column that is followed."""

    text: str
    table: str
    key: tuple[str, ...]
    column: str

    @property
    def is_source(self) -> bool:
        return self.table == SOURCE

    @property
    def is_latest(self) -> bool:
        return LATEST in self.key

    def rows(self, connection: duckdb.DuckDBPyConnection, at: object = None) -> dict[Identity, Row]:
        """The rows that it is about: published, or with `at` as known at an instant; empty where none is.

        What names one is its key without the day since when it says what it says: with another day it is the same figure.
        """
        parts = {name: part for name, part in zip(key_columns(self.table), self.key, strict=True) if part not in _OPEN}
        rows = published_rows(connection, self.table, parts, at)
        if self.is_latest:
            rows = latest_rows(rows)
        named = [(address_of(self.table, row, self.column).key, row) for row in rows]
        open_parts = [name in SINCE.get(self.table, ()) for name in key_columns(self.table)]
        return {tuple(p for p, is_open in zip(key, open_parts, strict=True) if not is_open): row for key, row in named}

    def address(self, row: Row) -> str:
        """The address of a row that it is about."""
        return str(address_of(self.table, row, self.column))


def parse_pattern(text: str) -> FigurePattern:
    """What somebody typed. UsageError where it is no address, names a publication, or has `latest` where there is no quarter."""
    typed = text.strip()
    if typed.startswith(f"{SOURCE}/"):
        return FigurePattern(typed, SOURCE, (typed.removeprefix(f"{SOURCE}/"),), "")
    address = parse_address(_whole(typed))
    if address.publication:
        raise UsageError(f"`{typed}`: a watch follows what comes; leave @{address.publication} out.")
    names = key_columns(address.table)
    if any(part == LATEST and name != "period" for name, part in zip(names, address.key, strict=True)):
        raise UsageError(f"`{typed}`: `latest` stands for a quarter; the parts are {'/'.join(names)}.")
    since = SINCE.get(address.table, ())
    key = tuple(ANY if name in since else part for name, part in zip(names, address.key, strict=True))
    spelled = zip(names, typed.partition("#")[0].split("/")[1:], strict=False)
    plain = "/".join([address.table, *(part for name, part in spelled if name not in since)])
    column = f"#{address.column}" if "#" in typed else ""
    return FigurePattern(plain + column, address.table, key, address.column)


def _whole(typed: str) -> str:
    """An address with the parts that a watch leaves out: the day since when a figure says what it says, the last of its key."""
    path, mark, column = typed.partition("#")
    table, *parts = path.split("/")
    left_out = len(SINCE.get(table, ()))
    if left_out and len(parts) == len(key_columns(table)) - left_out:
        path = "/".join([path, *[ANY] * left_out])
    return path + mark + column


def check_exists(pattern: FigurePattern, connection: duckdb.DuckDBPyConnection) -> None:
    """UsageError, with the nearest name, where nothing that is published has the address."""
    if pattern.is_source:
        known = [str(name) for (name,) in connection.execute("SELECT source_id FROM freshness ORDER BY 1").fetchall()]
        if pattern.key[0] not in known:
            raise UsageError(
                f"There is no source `{pattern.key[0]}` in this publication.{_hint(pattern.key[0], known)}"
            )
        return
    if not pattern.rows(connection):
        raise UsageError(f"Nothing published has the address `{pattern.text}`.{_nearest(pattern, connection)}")


def _nearest(pattern: FigurePattern, connection: duckdb.DuckDBPyConnection) -> str:
    """The nearest address: each part, in turn, the nearest of those that stand beside the parts before it."""
    names, chosen = key_columns(pattern.table), dict[str, str]()
    spelled: list[str] = []
    for name, part in zip(names, pattern.key, strict=True):
        if part in _OPEN:
            spelled.append(part)
            continue
        rows = published_rows(connection, pattern.table, chosen)
        values = sorted({str(row[name]) for row in rows if row[name] is not None})
        near = [part] if part in values else get_close_matches(part, values, n=1, cutoff=0.4) or values[-1:]
        if not near:
            return f" {pattern.table} has no rows here."
        chosen[name] = near[0]
        spelled.append(near[0])
    spelled = spelled[: len(spelled) - len(SINCE.get(pattern.table, ()))]
    return f" Did you mean `{'/'.join([pattern.table, *spelled])}`?"


def _hint(typed: str, known: Sequence[str]) -> str:
    near = get_close_matches(typed, known, n=1, cutoff=0.4)
    return f" Did you mean `{SOURCE}/{near[0]}`?" if near else f" Sources: {', '.join(known)}."


def tables_of(patterns: Iterable[FigurePattern]) -> set[str]:
    """The published tables that patterns read."""
    return {p.table for p in patterns if p.table in TABLES}
