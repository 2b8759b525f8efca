"""`query`: read-only SQL on the published store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from idtracker.cli.output import command, console, show_notice, show_table, styled, waiting
from idtracker.model.errors import UsageError
from idtracker.model.home import DEFAULT_AUDIENCE, Settings

_READING = ("SELECT", "EXPLAIN", "MULTI")  # PIVOT counts as several statements


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
    settings: Settings,
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
    from idtracker.publish.manifest import read_manifest
    from idtracker.publish.tracker import instant, open_snapshot

    at = instant(as_known_at) if as_known_at else None
    chosen = "json" if as_json else form or _form_of(output)
    if chosen == "parquet" and output is None:
        raise UsageError("Parquet goes into a file; name one with -o.")
    _refuse_all_but_reading(sql)
    with waiting("reading the published store", as_json), open_snapshot(settings, audience, at) as connection:
        frame = _result(connection, sql)
    manifest = read_manifest(settings, audience) or {}
    show_notice(str(manifest.get("notice", "")), stderr=True)
    _write(frame, chosen, output)


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


def _result(connection: Any, sql: str) -> Any:
    """The rows of a SELECT; UsageError for mistakes in it and for a look at any other file."""
    import duckdb

    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    try:
        return connection.sql(sql).df()
    except duckdb.Error as problem:
        raise UsageError(str(problem)) from problem


def _write(frame: Any, form: str, output: str | None) -> None:
    if form == "table" and output is None:
        numeric = {c for c in frame.columns if frame[c].dtype.kind in "iuf"}
        show_table(
            [(str(c), "right" if c in numeric else "") for c in frame.columns], frame.itertuples(index=False, name=None)
        )
        count = len(frame)
        console().print(styled(f"{count:,} row{'' if count == 1 else 's'}", "dim"))
        return
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
        click.echo(text, nl=not text.endswith("\n"))
