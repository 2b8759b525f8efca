"""`query`: read-only SQL on the published store."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from idtracker.cli.output import command, console, show_notice, show_table, styled, waiting
from idtracker.cli.reading.result_file import FORMATS, format_of, write_frame, write_workbook
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.messages import Lang
from idtracker.publish.access import note

if TYPE_CHECKING:
    from idtracker.publish.reading.sandbox import Result

_NUMBERS = frozenset(
    ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "DOUBLE")
)
_PLAIN = _NUMBERS | {"VARCHAR", "BOOLEAN", "TIMESTAMP", "DATE"}


@click.command()
@click.argument("sql")
@click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication to read.")
@click.option("--as-known-at", help="Read the store as it was known at this day or instant (UTC).")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Default: table; with -o what the file's ending says, csv where it has none.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write here instead of stdout.")
@click.option(
    "--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="xlsx: direction of the sheet."
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    default=120.0,
    show_default=True,
    help="Seconds after which the query is stopped.",
)
@command
def query(
    home: Home,
    sql: str,
    audience: str,
    as_known_at: str | None,
    form: str | None,
    output: str | None,
    lang: Lang,
    timeout: float,
    as_json: bool,
) -> None:
    """Run SQL over the published tables. Nothing can be written and no other file can be read.

    A query that takes longer than --timeout, or a result that does not fit into memory, is stopped.

    Fact tables hold every vintage: add WHERE recorded_to IS NULL, or read the views of the schema `now`, such as
    now.observation. With --as-known-at everything, scores and metrics too, is what it was on that day. A workbook (xlsx)
    holds 1,048,576 rows, its headings among them.
    `idtracker query "SHOW TABLES"` lists the tables.
    """
    from idtracker.publish.reading.known_at import instant, open_for_reader
    from idtracker.publish.reading.publication import Publication
    from idtracker.publish.reading.sandbox import running

    chosen = format_of(form, output, as_json)
    publication = Publication.of_home(home, audience)
    note(query=sql, tables=_named_in(sql, publication.manifest.get("tables")))
    at = instant(as_known_at) if as_known_at else None
    with (
        waiting("reading the published store", as_json),
        closing(open_for_reader(publication, at)) as connection,
        running(connection, sql, timeout) as result,
    ):
        shown = _read(result, chosen, output, lang, publication.notice)
        if shown is not None:
            note(rows=len(shown[1] if chosen == "table" else shown))
    _tell(chosen, output, shown, publication.notice, result.advice)


def _read(result: Result, chosen: str, output: str | None, lang: Lang, notice: str) -> Any:
    """The rows of a result as they are printed; nothing where they go into a workbook, which is written."""
    if chosen == "xlsx" and output:
        return write_workbook(result, output, lang, notice)
    return _table_of(result) if chosen == "table" else result.frame()


def _tell(chosen: str, output: str | None, shown: Any, notice: str, advice: Sequence[str]) -> None:
    """Print a result, or write it where it goes into a file; what every reader must know goes to stderr."""
    show_notice(notice, stderr=True)
    for line in advice:
        click.echo(line, err=True)
    if chosen == "table":
        _show(*shown)
    elif chosen != "xlsx":
        write_frame(shown, chosen, output)


def _named_in(sql: str, tables: object) -> set[str]:
    """Published tables whose names stand in a query: at least those that it reads."""
    return set(re.findall(r"\w+", sql.lower())) & set(tables if isinstance(tables, dict) else ())


def _table_of(result: Result) -> tuple[list[tuple[str, str]], list[tuple[object, ...]]]:
    """Columns (name, and whether they stand to the right) and rows of a result.

    Values whose Python form prints as it does in a frame are read without pandas, which takes longer than most queries.
    """
    names, types = result.columns, result.types
    if set(types) <= _PLAIN and len(set(names)) == len(names):
        return [(n, "right" if t in _NUMBERS else "") for n, t in zip(names, types, strict=True)], result.rows()
    frame = result.frame()
    columns = [(str(c), "right" if frame[c].dtype.kind in "iuf" else "") for c in frame.columns]
    return columns, list(frame.itertuples(index=False, name=None))


def _show(columns: list[tuple[str, str]], rows: list[tuple[object, ...]]) -> None:
    show_table(columns, rows)
    console().print(styled(f"{len(rows):,} row{'' if len(rows) == 1 else 's'}", "dim"))
