"""`mcp`: one audience's publication for an assistant, over the Model Context Protocol."""

from __future__ import annotations

import click

from idtracker.cli.output import command
from idtracker.model.home import DEFAULT_AUDIENCE, Home


@click.command()
@click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication to serve.")
@command
def mcp(home: Home, audience: str, as_json: bool) -> None:
    """Serve the current publication of one audience to an assistant, over standard input and output.

    It has the tools query, explain_score, explain_metric and cite, and a data dictionary of the tables. Nothing can be written, and
    nothing else can be read. Every answer carries marking, notice and instant of knowledge. A client of the protocol starts this
    command; it ends when the client goes away.
    """
    from idtracker.publish.assistant.server import serve

    serve(home, audience)
