"""A publication in memory for the pages about integration, judgements, quality and methods, and what such a page says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import duckdb
import pandas as pd

from idtracker.model.messages import Lang
from idtracker.model.published.figure_address import key_columns
from idtracker.model.tables import TABLES, conform_types
from idtracker.model.tables.version import create_table_sql
from idtracker.publish.briefing.parts import Count, Edition, Figure, Link, Page, Section, Table
from idtracker.publish.briefing.source import PublishedRows
from idtracker.store.tables import fill_table
from tests.unit.publish.export.published_rows import Rows, row_of

HOSTILE = "<script>alert('x')</script> & {0} \u202eevil"
PERIOD, START, END = "2026-Q2", pd.Timestamp("2026-04-01"), pd.Timestamp("2026-06-30")
QUARTER = {"period": PERIOD, "period_start": START, "period_end": END}


def published(rows: Rows) -> PublishedRows:
    """A publication that has these tables and no others."""
    connection = duckdb.connect()
    for name, entries in rows.items():
        connection.execute(create_table_sql(name, TABLES[name]))
        fill_table(connection, name, conform_types(pd.DataFrame(entries), TABLES[name]))
    return PublishedRows(connection)


def fact(table: str, number: int, **values: Any) -> dict[str, Any]:
    """A row of a fact table that holds now, of the quarter."""
    return row_of(table, fact_id=f"f{number}", recorded_to=None, **{**QUARTER, **values})


def edition(lang: Lang = "en") -> Edition:
    """An edition known at the middle of the next quarter."""
    return Edition("Readers", "Programme", "", "2026-08-15-abc", "2026-08-15T00:00:00Z", "OFFICIAL", lang, PERIOD)


def pieces(part: object) -> Iterator[object]:
    """Every figure, count, link and text of a page or a part of one, in order; specifications of charts are left out."""
    if isinstance(part, str | Figure | Count | Link):
        yield part
    elif is_dataclass(part):
        for field in fields(part):
            if field.name not in ("spec", "csv", "rows_sql", "path", "id"):
                yield from pieces(getattr(part, field.name))
    elif isinstance(part, Sequence):
        for one in part:
            yield from pieces(one)


def said(part: object) -> str:
    """What a part of a page says, with figures and counts as numbers."""
    texts = []
    for piece in pieces(part):
        value = piece.text if isinstance(piece, Link) else piece
        texts.append(
            f"{value.value:g}" if isinstance(value, Figure | Count) and value.value is not None else str(value)
        )
    return "".join(texts)


def section(pages: Sequence[Page], name: str) -> Section:
    """The section of that name."""
    return next(one for page in pages for one in page.sections if one.id == name)


def tables(part: object) -> Iterator[Table]:
    """Every table, those of charts included."""
    if isinstance(part, Table):
        yield part
    elif is_dataclass(part):
        for field in fields(part):
            yield from tables(getattr(part, field.name))
    elif isinstance(part, Sequence) and not isinstance(part, str):
        for one in part:
            yield from tables(one)


def row_with(part: object, text: str) -> list[str]:
    """The first row of a table that begins with a text, as it reads."""
    for table in tables(part):
        for row in table.rows:
            if said(row[0]).startswith(text):
                return ["" if cell is None else said(cell) for cell in row]
    raise AssertionError(f"no row begins with {text}")


def check_numbers(source: PublishedRows, pages: object) -> tuple[int, int]:
    """How many figures and counts pages have, each held against the rows of its table, which are read here by plain queries."""
    found = [*pieces(pages)]
    figures = [piece for piece in found if isinstance(piece, Figure)]
    counts = [piece for piece in found if isinstance(piece, Count)]
    for table in sorted({figure.address.table for figure in figures}):
        named = key_columns(table)
        rows: dict[tuple[str, ...], dict[str, Any]] = {}
        for row in _plain_rows(source, table):
            key = tuple(_written(row[name]) for name in named)
            assert key not in rows, (table, key)
            rows[key] = row
        for figure in figures:
            if figure.address.table == table:
                assert rows[figure.address.key][figure.address.column] == figure.value, str(figure.address)
    kept: dict[str, list[dict[str, Any]]] = {}
    for count in counts:
        if count.table not in kept:
            kept[count.table] = _plain_rows(source, count.table) if count.table in source.tables else []
        alike = [row for row in kept[count.table] if all(_is(row[name], value) for name, value in count.where.items())]
        assert len(alike) == count.value, count
    return len(figures), len(counts)


def _plain_rows(source: PublishedRows, table: str) -> list[dict[str, Any]]:
    result = source.connection.execute(f'SELECT * FROM "{table}"')
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _written(value: Any) -> str:
    """A part of a key as an address has it: days and instants in ISO 8601, nothing where it is empty."""
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _is(value: Any, wanted: str | None) -> bool:
    if value is None or wanted is None:
        return value is wanted
    return (str(value).lower() if isinstance(value, bool) else str(value)) == wanted
