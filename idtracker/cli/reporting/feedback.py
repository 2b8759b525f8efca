"""`feedback`: what goes back to each body that reports."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from idtracker.cli.output import command, console, print_json, show_notice, waiting
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.model.messages import LANGS, Lang

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("organisation", metavar="ORG", required=False)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False))
@click.option("--all", "everybody", is_flag=True, help="Of every body that reports.")
@click.option("--from", "first", type=_DAY, help="First day of the span; default: a year before its last.")
@click.option("--to", "last", type=_DAY, help="Last day of the span; default: the day of knowledge.")
@click.option("--lang", type=click.Choice(["en", "ar"]), help="Only in this language; default: in both.")
@command
def feedback(
    home: Home,
    organisation: str | None,
    folder: str | None,
    everybody: bool,
    first: datetime | None,
    last: datetime | None,
    lang: Lang | None,
    as_json: bool,
) -> None:
    """Write the feedback pack of ORG (identifier or name) into a folder below DIR (default: feedback).

    What it sent and what became of it, whether it came in time, which figures rest on it, what would help most next, and a
    workbook of the rows that wait for a correction. A body outside HMG is told nothing of what others report: figures that
    others' reports are behind as well are named, without their values.
    """
    from idtracker.operate.services.packs.write import write_packs

    if everybody and organisation is not None and folder is None:
        organisation, folder = None, organisation
    if everybody == (organisation is not None):
        raise UsageError("Name an organisation, or every one with --all.")
    chosen = None if organisation is None else [organisation]
    with waiting("making packs", as_json):
        begin, end = (None if day is None else day.date() for day in (first, last))
        langs = LANGS if lang is None else (lang,)
        document = write_packs(home, chosen, Path(folder or "feedback"), begin, end, langs)
    if as_json:
        print_json(document)
        return
    show_notice(document.packs[0].notice if document.packs else "", stderr=True)
    for pack in document.packs:
        late = pack.punctuality
        line = f"{len(pack.files)} files, {late.on_time} of {late.owed} reports in time, {late.missing} missing"
        console().print(f"{pack.organisation} ({pack.org_id}, {pack.lang}): {line}", markup=False, soft_wrap=True)
    console().print(f"{len(document.files)} files in {document.folder}", markup=False, soft_wrap=True)
