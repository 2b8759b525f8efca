"""`query`: read-only SQL on the published store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from idtracker.cli.output import command, console, show_notice, show_table, styled, waiting
from idtracker.model.errors import UsageError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.printable import printable, printable_json

_READING = ("SELECT", "EXPLAIN", "MULTI")  # PIVOT counts as several statements
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
    type=click.Choice(["table", "csv", "json", "parquet"]),
    help="Default: table; with -o what the file's ending says, else csv.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write here instead of stdout.")
@command
def query(
    home: Home,
    sql: str,
    audience: str,
    as_known_at: str | None,
    form: str | None,
    output: str | None,
    as_json: bool,
) -> None:
    """Run SQL over the published tables. Nothing can be written and no other file can be read.

    Fact tables hold every vintage: add WHERE recorded_to IS NULL, or read the views of the schema `now`, such as
    now.observation. With --as-known-at everything, scores and metrics too, is what it was on that day.
    `idtracker query "SHOW TABLES"` lists the tables.
    """
    from idtracker.publish.current import open_published
    from idtracker.publish.manifest import read_manifest

    chosen = "json" if as_json else form or _form_of(output)
    is_shown = chosen == "table" and output is None
    if chosen == "parquet" and output is None:
        raise UsageError("Parquet goes into a file; name one with -o.")
    _refuse_all_but_reading(sql)
    with waiting("reading the published store", as_json), open_published(home, audience, as_known_at) as connection:
        result = _result(connection, sql, _table_of if is_shown else _frame_of)
    manifest = read_manifest(home, audience) or {}
    show_notice(str(manifest.get("notice", "")), stderr=True)
    if is_shown:
        _show(*result)
    else:
        _write(result, chosen, output)


def _form_of(output: str | None) -> str:
    if output is None:
        return "table"
    ending = Path(output).suffix.removeprefix(".").lower()
    return ending if ending in ("json", "parquet") else "csv"


def _refuse_all_but_reading(sql: str) -> None:
    import duckdb

    try:
        kinds = [statement.type.name for statement in duckdb.extract_statements(sql)]
    except duckdb.Error as problem:
        raise UsageError(str(problem)) from problem
    if len(kinds) != 1:
        raise UsageError(f"Write one SELECT; here are {len(kinds)} statements.")
    if kinds[0] not in _READING:
        raise UsageError(f"The published store can only be read: write a SELECT, not {kinds[0]}.")


def _result(connection: Any, sql: str, read: Callable[[Any], Any]) -> Any:
    """What `read` makes of the rows of a SELECT; UsageError for mistakes in it and for a look at any other file."""
    import duckdb

    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    try:
        return read(connection.sql(sql))
    except duckdb.Error as problem:
        raise UsageError(str(problem)) from problem


def _frame_of(relation: Any) -> Any:
    return relation.df()


def _table_of(relation: Any) -> tuple[list[tuple[str, str]], list[tuple[object, ...]]]:
    """Columns (name, and whether they stand to the right) and rows of a result.

    Values whose Python form prints as it does in a frame are read without pandas, which takes longer than most queries.
    """
    names, types = relation.columns, [str(kind) for kind in relation.types]
    if set(types) <= _PLAIN and len(set(names)) == len(names):
        return [(n, "right" if t in _NUMBERS else "") for n, t in zip(names, types, strict=True)], relation.fetchall()
    frame = relation.df()
    columns = [(str(c), "right" if frame[c].dtype.kind in "iuf" else "") for c in frame.columns]
    return columns, list(frame.itertuples(index=False, name=None))


def _show(columns: list[tuple[str, str]], rows: list[tuple[object, ...]]) -> None:
    show_table(columns, rows)
    console().print(styled(f"{len(rows):,} row{'' if len(rows) == 1 else 's'}", "dim"))


def _write(frame: Any, form: str, output: str | None) -> None:
    if output and not Path(output).absolute().parent.is_dir():
        raise UsageError(f"{output}: there is no folder {Path(output).absolute().parent}.")
    if form == "parquet":
        frame.to_parquet(output, index=False)
        return
    text = (
        frame.to_json(orient="records", date_format="iso", force_ascii=False, indent=1)
        if form == "json"
        else frame.to_csv(index=False)
    )
    if output:
        Path(output).write_text(text, "utf-8")
    else:
        shown = printable_json(text) if form == "json" else printable(text)
        click.echo(shown, nl=not text.endswith("\n"))
