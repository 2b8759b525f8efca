"""`reproduce`: a past publication made again and compared."""

from __future__ import annotations

import click

from idtracker.cli.output import command, console, print_json, show_notice, show_table, styled, waiting
from idtracker.model.home import DEFAULT_AUDIENCE, Home


@click.command()
@click.argument("publication")
@click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication it is.")
@command
def reproduce(home: Home, publication: str, audience: str, as_json: bool) -> int:
    """Make PUBLICATION again from what was on record then, in a folder that is removed, and compare.

    PUBLICATION is a name such as 2026-11-15-490634e3cde0, or `current`. Of one that is kept every Parquet file is compared byte for
    byte and the database table by table; of one that is no longer kept the hash in its name tells. Exit codes: 0 the same · 1 it is
    not, with the tables that differ and why · 2 there is no such publication · 3 another run is writing.
    """
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.operate.custody.reproduce import reproduce as make_again

    catalogue = catalogue_of(home)
    with waiting("making it again", as_json):
        done = make_again(home, catalogue, audience, publication)
    if as_json:
        from idtracker.operate.documents.citing.cited import reproduction_document

        print_json(reproduction_document(done))
        return 0 if done.is_same else 1
    show_notice(catalogue.programme.notice, stderr=True)
    if done.differing and done.is_kept:
        rows = [
            (t.table, t.rows, t.rows_again, "rows" if not t.has_same_content else "bytes alone") for t in done.differing
        ]
        show_table(["table", ("rows", "right"), ("rows again", "right"), "differs in"], rows)
    for line in (*done.notes, *done.reasons):
        console().print(styled(line, "yellow"), soft_wrap=True)
    count = f"{len(done.tables)} tables, known at {done.as_of}" if done.tables else "nothing was made"
    verdict = "the same" if done.is_same else f"not the same, but {done.made}" if done.made else "not the same"
    console().print(f"{done.publication}: {verdict} ({count})", markup=False, soft_wrap=True)
    return 0 if done.is_same else 1
