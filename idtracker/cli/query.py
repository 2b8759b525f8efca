"""`query`: read-only SQL on the published store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from idtracker.cli.face import command, console, show_notice, show_table
from idtracker.errors import UsageError
from idtracker.settings import DEFAULT_AUDIENCE, Settings


@click.command()
@click.argument("sql")
@click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication to read.")
@click.option("--as-known-at", help="Read the store as it was known at this day or instant (UTC).")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "parquet"]), default="table", show_default=True
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write here instead of stdout.")
@command
def query(
    settings: Settings, sql: str, audience: str, as_known_at: str | None, form: str, output: str | None, as_json: bool
) -> None:
    """Run SQL over the published tables.

    Fact tables hold every vintage: add WHERE recorded_to IS NULL, or read the views of the schema `now`. With
    --as-known-at everything, scores and metrics too, is what it was on that day.
    """
    import duckdb

    from idtracker.publish.reading import instant, open_snapshot
    from idtracker.publish.snapshot import read_manifest

    at = instant(as_known_at) if as_known_at else None
    with open_snapshot(settings, audience, at) as connection:
        connection.execute("SET enable_external_access = false")
        try:
            result = connection.sql(sql)
            frame = None if result is None else result.df()
        except duckdb.Error as problem:
            raise UsageError(str(problem)) from problem
    if frame is None:
        raise UsageError("The statement returns no rows; write a SELECT.")
    manifest = read_manifest(settings, audience) or {}
    show_notice(str(manifest.get("notice", "")), stderr=True)
    _write(frame, "json" if as_json else form, output)


def _write(frame: Any, form: str, output: str | None) -> None:
    if form == "parquet":
        if output is None:
            raise UsageError("Parquet goes into a file; name one with -o.")
        frame.to_parquet(output, index=False)
        return
    if form == "table" and output is None:
        numeric = {c for c in frame.columns if frame[c].dtype.kind in "iuf"}
        show_table(
            [(str(c), "right" if c in numeric else "") for c in frame.columns], frame.itertuples(index=False, name=None)
        )
        console().print(f"[dim]{len(frame):,} rows[/dim]")
        return
    text = (
        frame.to_json(orient="records", date_format="iso", force_ascii=False, indent=1)
        if form == "json"
        else frame.to_csv(index=False)
    )
    if output:
        Path(output).write_text(text, "utf-8")
    else:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
