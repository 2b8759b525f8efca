"""`cite`: how a published figure is cited."""

from __future__ import annotations

import click

from idtracker.cli.output import command, console, print_json, show_notice, waiting
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.messages import Lang


@click.command()
@click.argument("figure", nargs=-1, required=True)
@click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication is cited.")
@click.option("--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of the line.")
@command
def cite(home: Home, figure: tuple[str, ...], audience: str, lang: Lang, as_json: bool) -> None:
    """A line that cites FIGURE: what it is, value and interval, marking, and the address at which it stays.

    FIGURE is an address (score/JO/2026-Q3/STABILITY, with #low another column, with @NAME another publication that is kept), or a
    few words: `JO 2026-Q3`, `Amman BSF1 2026-Q3`, `IM-02 JO 2026-Q3`. Unknown names are answered with the nearest ones.
    """
    from idtracker.publish.citing.citation import cite as cited_in

    with waiting("reading the publication", as_json):
        cited = cited_in(home, audience, " ".join(figure), lang)
    if as_json:
        from idtracker.operate.documents.citing.cited import citation_document

        print_json(citation_document(cited))
        return
    show_notice(cited.notice, stderr=True)
    console().print(cited.line, markup=False, soft_wrap=True)
