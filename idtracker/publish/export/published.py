"""The publication that is exported: one audience's current one, read from its own files and from nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from idtracker.model.errors import IdtrackerError, NotPublishedError, OtherTablesError
from idtracker.model.home import Home
from idtracker.model.marking import CLASSIFICATIONS, Marking, marking_of, united
from idtracker.model.published.audience import Audience
from idtracker.model.tables import TABLES, columns_of
from idtracker.model.tables.version import model_version
from idtracker.publish.current import snapshot_database
from idtracker.store.connection import in_memory
from idtracker.store.copies import content_hashes
from idtracker.store.tables import quoted

ROWS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class TableMarking:
    """Rows of a table and their high-water mark; no mark where there is no row."""

    rows: int
    marking: Marking | None
    handling: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """A publication that stays what it is while it is read, also when a newer one appears."""

    audience: Audience
    folder: Path
    manifest: Mapping[str, Any]
    connection: duckdb.DuckDBPyConnection

    @property
    def tables(self) -> list[str]:
        """Its tables, in the order of the model."""
        return [name for name in TABLES if name in self.manifest["tables"]]

    @property
    def as_known_at(self) -> str:
        """The instant of knowledge, ISO 8601 and UTC."""
        return f"{self.manifest['as_of']}Z"

    @property
    def notice(self) -> str:
        """What every reader must know, such as that figures are invented."""
        return str(self.manifest.get("notice", ""))

    def file_of(self, table: str) -> Path:
        """The published Parquet file of a table."""
        return self.folder / "parquet" / f"{table}.parquet"

    def place(self, table: str) -> str:
        """Where the rows of a table are, in SQL."""
        return f"read_parquet({quoted(self.file_of(table))})"

    def rows(self, sql: str) -> Iterator[Sequence[Any]]:
        """Rows of a query in its order, a piece at a time."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            while rows := cursor.fetchmany(ROWS_AT_ONCE):
                yield from rows

    def rows_of(self, table: str) -> Iterator[Sequence[Any]]:
        """Every row of a table, its columns in the order of the model, in the order in which it was published."""
        columns = ", ".join(f'"{spec.name}"' for spec in columns_of(TABLES[table]))
        return self.rows(f"SELECT {columns} FROM {self.place(table)}")


@contextmanager
def open_publication(home: Home, audience_id: str) -> Iterator[Published]:
    """One audience's current publication.

    NotPublishedError where there is none, OtherTablesError where another version of this library made it.
    """
    folder = snapshot_database(home, audience_id).parent
    manifest = _manifest(folder)
    if manifest["versions"].get("model") != model_version():
        raise OtherTablesError()
    with in_memory() as connection:
        yield Published(Audience(audience_id, str(manifest.get("title", audience_id))), folder, manifest, connection)


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest beside the files that are read: that of `current` may be a newer one by now."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        if {"tables", "versions", "as_of", "content"} <= set(manifest):
            return dict(manifest)
    except (FileNotFoundError, ValueError, TypeError):
        pass
    raise NotPublishedError(f"{folder}: the manifest of the publication cannot be read; run `idtracker publish`.")


def check_content(published: Published, tables: Sequence[str]) -> None:
    """IdtrackerError unless the files of these tables hold what the manifest says: rows, and content where it has a hash."""
    missing = [table for table in tables if not published.file_of(table).is_file()]
    if missing:
        raise _damaged(published, missing)
    stated = published.manifest["tables"]
    try:
        hashes = content_hashes(published.connection, tables, published.place)
        rows = {
            t: published.connection.execute(f"SELECT count(*) FROM {published.place(t)}").fetchone() for t in tables
        }
    except duckdb.Error as problem:
        raise _damaged(published, [str(problem).splitlines()[0]]) from problem
    differs = [t for t in tables if rows[t] != (stated[t]["rows"],) or hashes.get(t) != stated[t]["hash"]]
    if differs:
        raise _damaged(published, differs)


def _damaged(published: Published, what: Sequence[str]) -> IdtrackerError:
    return IdtrackerError(
        f"{published.folder}: the publication is not what its manifest says ({', '.join(what)}); nothing was exported. "
        "`idtracker verify` tells more, `idtracker publish` makes it again."
    )


def markings_of(published: Published, tables: Sequence[str]) -> dict[str, TableMarking]:
    """Rows and high-water mark of each table. IdtrackerError where a row has no marking that is known: nothing goes out unmarked."""
    marked = {table: _marking(published, table) for table in tables}
    without = {table: count for table, (_, count) in marked.items() if count}
    if without:
        listed = ", ".join(f"{count:,} of `{table}`" for table, count in without.items())
        raise IdtrackerError(
            f"Rows have no classification that is known: {listed}. Nothing was exported; run `idtracker rebuild`, then publish."
        )
    return {table: marking for table, (marking, _) in marked.items()}


def _marking(published: Published, table: str) -> tuple[TableMarking, int]:
    """The marking of a table, and how many of its rows have none that is known."""
    names = {spec.name for spec in columns_of(TABLES[table])}
    handling = "handling" if "handling" in names else "NULL"
    groups = published.connection.execute(
        f"SELECT classification, releasable_to, {handling}, count(*) FROM {published.place(table)} GROUP BY ALL"
    ).fetchall()
    mark = united(marking_of(classification, to) for classification, to, _, _ in groups)
    handled = {entry.strip() for _, _, text, _ in groups for entry in (text or "").split(";") if entry.strip()}
    unknown = sum(count for classification, _, _, count in groups if classification not in CLASSIFICATIONS)
    return TableMarking(sum(group[3] for group in groups), mark, tuple(sorted(handled))), unknown
