"""`briefing`: a publication as pages for people who read, not query."""

from __future__ import annotations

from pathlib import Path

import click

from idtracker.cli.output import command, console, print_json, show_notice, waiting
from idtracker.model.home import DEFAULT_AUDIENCE, Home


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication to write.")
@command
def briefing(home: Home, folder: Path | None, audience: str, as_json: bool) -> None:
    """Write what is published for one audience as pages in English and Arabic, and print which to open.

    The folder DIR (default: `briefing/<audience>` in the home) opens from a memory stick without a network. It is new, empty or
    a briefing, which is replaced. Either all of it is written or nothing. The same publication gives the same bytes.
    """
    from idtracker.publish.briefing.current import write_current

    with waiting("writing the briefing", as_json):
        written = write_current(home, folder, audience)
    if as_json:
        from idtracker.operate.documents.exports import briefing_document

        print_json(briefing_document(written))
        return
    show_notice(written.notice, stderr=True)
    console().print(str(written.index), markup=False, soft_wrap=True)
