"""`template`: the workbook that reporters fill."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from idtracker.cli.output import command, console, print_json, waiting
from idtracker.model.errors import UsageError
from idtracker.model.home import DEFAULT_AUDIENCE, Home


@click.command()
@click.argument("source_id", metavar="SOURCE")
@click.option("-o", "--output", type=click.Path(), help="File to write; default: template-SOURCE.xlsx here.")
@click.option(
    "--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of the workbook."
)
@command
def template(home: Home, source_id: str, output: str | None, lang: str, as_json: bool) -> None:
    """Write a workbook for the reporters of SOURCE: drop-downs, notes and an example, from the source's own contract.

    A filled template is a report of the source like any other, whatever the source's own format is.
    """
    from idtracker.feedback.workbooks.template import template_workbook
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.ingest.judge.form import form_version
    from idtracker.model.files import write_bytes
    from idtracker.model.messages import LANGS
    from idtracker.operate.documents.sources import Template

    catalogue = catalogue_of(home)
    source = catalogue.source(source_id)
    target = Path(output or f"template-{source.id}.xlsx")
    if target.is_dir():
        raise UsageError(f"{target} is a folder; name a file to write.")
    today = catalogue.programme.clock or datetime.now(UTC).date()
    chosen = next(known for known in LANGS if known == lang)
    with waiting(f"writing {target.name}", as_json):
        content = template_workbook(source, catalogue, today, chosen, _reported(home, source.id))
        write_bytes(target, content)
    if as_json:
        print_json(Template(source=source.id, form=form_version(source), lang=chosen, file=str(target)))
    else:
        console().print(
            f"Template of {source.title} (form {form_version(source)}): {target}", markup=False, soft_wrap=True
        )


def _reported(home: Home, source_id: str) -> set[str]:
    """Indicators that the source has reported, as far as anything is published."""
    from idtracker.model.errors import NotPublishedError
    from idtracker.publish.current import open_current

    try:
        with open_current(home, DEFAULT_AUDIENCE) as published:
            query = "SELECT DISTINCT indicator_id FROM now.observation WHERE source_id = ?"
            return {str(row[0]) for row in published.execute(query, [source_id]).fetchall()}
    except NotPublishedError:
        return set()
