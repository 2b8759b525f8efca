"""`method uncertainty`: what other errors, weights and aggregations would have made of a round."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from idtracker.cli.output import command, console, print_json, show_table
from idtracker.model.home import Home

if TYPE_CHECKING:
    from idtracker.operate.documents.methods.uncertainty import MethodUncertainty

_CHANGES_SHOWN = 8


@click.command(name="uncertainty")
@click.argument("named", metavar="[METHOD]", required=False)
@click.option("--period", help="Quarter of the tracker, such as 2026-Q3; the latest with scores where none is named.")
@click.option("--data", type=click.Path(), help="CSV with one row for each unit, for an index that is a file.")
@click.option(
    "--draws", type=click.IntRange(100, 100_000), default=1000, show_default=True, help="How many draws are made."
)
@command
def uncertainty(home: Home, named: str | None, period: str | None, data: str | None, draws: int, as_json: bool) -> int:
    """What another reasonable choice would have told: interval, ranks and what they hang on.

    Draws errors of values, weights around the stated ones, the other mean and the alternatives that the method names: of the
    method that makes the scores, in a quarter, or of METHOD on the units of a file. What could not be varied is listed with the
    reason.

    Exit codes: 0 worked out · 1 there are no scores, draws were not defined, or findings · 2 wrong use · 4 unusable file.
    """
    from idtracker.cli.check_output import read_file
    from idtracker.operate.services.methods.known import find_method
    from idtracker.operate.services.methods.uncertain import uncertain_file, uncertain_round

    if data:
        document = uncertain_file(find_method(home, named), read_file(data), data, period, draws)
    else:
        document = uncertain_round(home, find_method(home, named) if named else None, period, draws)
    if as_json:
        print_json(document)
    else:
        _show(document)
    is_whole = document.places and not any(place.undefined_draws for place in document.places)
    return 0 if is_whole and not document.findings else 1


def _show(document: MethodUncertainty) -> None:
    out = console()
    if not document.places:
        out.print("There are no scores.")
        return
    when = f", {document.period}" if document.period else ""
    out.print(
        f"{document.method_version}{when}: {document.draws:,} draws of {', '.join(document.varied) or 'nothing'}."
    )
    if not document.varied:
        out.print("Nothing varied: a width of 0 is no certainty.")
    show_table(
        ["place", "score", f"{document.interval_level:.0%} of draws", "rank", "ranks", "moved", "same direction"],
        [
            (
                p.place, _plain(p.score), f"{_plain(p.low)} to {_plain(p.high)}", _plain(p.rank, 0),
                f"{_plain(p.rank_low, 0)} to {_plain(p.rank_high, 0)}", _plain(p.change),
                "" if p.change_probability is None else f"{p.change_probability:.0%}",
            )
            for p in document.places
        ],
    )  # fmt: skip
    show_table(
        ["varied", "output", "alone", "with interactions"],
        [(i.input, i.output.lower(), _plain(i.first_order, 2), _plain(i.total_order, 2)) for i in document.inputs],
    )
    show_table(
        ["one change", "of", "score at most", "rank at most"],
        [(c.analysis, c.subject, _plain(c.score), _plain(c.rank, 0)) for c in document.changes[:_CHANGES_SHOWN]],
    )
    for name, why in document.not_varied.items():
        out.print(f"Not varied: {name} ({why}).", markup=False, soft_wrap=True)
    for found in document.findings[:_CHANGES_SHOWN]:
        out.print(f"{found.severity} {found.rule}: {found.message} {found.remedy}", markup=False, soft_wrap=True)
    if len(document.findings) > _CHANGES_SHOWN:
        out.print(f"… and {len(document.findings) - _CHANGES_SHOWN} more; --json has all of them.")
    lost = sum(place.undefined_draws > 0 for place in document.places)
    if lost:
        out.print(f"{lost} places have draws in which an aggregation is not defined; these are left out.")


def _plain(value: float | None, decimals: int | None = None) -> str:
    """A number to so many decimals, else to four significant digits."""
    if value is None:
        return "–"
    return f"{value:.4g}" if decimals is None else f"{value:.{decimals}f}"
