"""`method compare`: two published methods side by side."""

from __future__ import annotations

import click

from idtracker.cli.output import command, console, print_json, show_table
from idtracker.model.home import DEFAULT_AUDIENCE, Home

_SHOWN = 30


@click.command(name="compare")
@click.argument("first", metavar="METHOD")
@click.argument("second", metavar="[OTHER]", required=False)
@click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication to read.")
@command
def compare_methods(home: Home, first: str, second: str | None, audience: str, as_json: bool) -> int:
    """METHOD beside OTHER, or beside the headline: the scores that both publish, their difference and both ranks.

    Methods are published beside the headline where programme.yml names them under `method: also:` or `earlier:`.

    Exit codes: 0 compared · 2 wrong use · 5 nothing is published yet.
    """
    from idtracker.operate.services.methods.compare import compared
    from idtracker.publish.current import open_current

    with open_current(home, audience) as published:
        document = compared(published, first if second else None, second or first)
    if as_json:
        print_json(document)
        return 0
    rows = [
        (
            s.place,
            s.period,
            s.node,
            _shown(s.score),
            _shown(s.other_score),
            _shown(s.difference, "+"),
            s.rank,
            s.other_rank,
        )
        for s in document.scores[:_SHOWN]
    ]
    show_table(
        ["place", "quarter", "node", document.method, document.other, "difference", "rank", "rank of other"],
        [tuple("" if cell is None else str(cell) for cell in row) for row in rows],
    )
    if len(document.scores) > _SHOWN:
        console().print(f"… and {len(document.scores) - _SHOWN} more; --json has all of them.")
    console().print("Trends are made of the headline's scores alone.")
    if document.is_break:
        console().print("The method changed between these two: neither series goes on in the other.")
    return 0


def _shown(number: float | None, sign: str = "") -> str:
    return "" if number is None else f"{number:{sign}.1f}"
