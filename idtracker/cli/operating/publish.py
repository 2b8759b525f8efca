"""`publish`: the store again, for an audience."""

from __future__ import annotations

import click

from idtracker.cli.output import command, console, orchestrator, print_json
from idtracker.model.home import DEFAULT_AUDIENCE, Home


@click.command()
@click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication to make.")
@command
def publish(home: Home, audience: str, as_json: bool) -> None:
    """Publish the store as it is; nothing is written where the content is the same."""
    report = orchestrator(home).publish(audience)
    if as_json:
        print_json(report)
        return
    word = "Published" if report.changed else "Unchanged"
    for name, path in report.published.items():
        console().print(f"{word} for {name}: {path}", soft_wrap=True)
