"""`watch`: figures and sources that somebody follows, and what changed in them with each publication."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from idtracker.cli.output import command, console, print_json, show_notice, show_table, waiting
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.messages import Lang

_audience = click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publications.")
_by = click.option("--by", help="Role or team that follows it, no person's address; default: the audience.")


@click.group()
def watch() -> None:
    """Figures and sources that are followed: add, list, show, remove."""


@watch.command()
@click.argument("figure")
@_audience
@_by
@click.option("--why", default="to follow it", show_default=True, help="Reason, kept on the record.")
@click.option(
    "--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of what it gets."
)
@command
def add(home: Home, figure: str, audience: str, by: str | None, why: str, lang: Lang, as_json: bool) -> None:
    """Follow FIGURE: the address of a published figure, with `*` for any part of its key and `latest` for the latest quarter.

    score/JO/latest/STABILITY · merged_cell/BSF4-WATER/*/latest · metric_value/IM-01/four_quarters/programme/latest/1 ·
    source/hmrc_capacity_records. With each publication in which it changed a file is written below <home>/watch.
    """
    from idtracker.operate.services.watches import add_watch

    document = add_watch(home, figure, audience, by or audience, lang, why, _now())
    if as_json:
        print_json(document)
        return
    followed = document.watches[0]
    console().print(f"{followed.subscriber} follows {followed.figure}.", markup=False, soft_wrap=True)


@watch.command(name="list")
@click.option("--audience", help="Only of this audience.")
@command
def list_watches(home: Home, audience: str | None, as_json: bool) -> None:
    """What is followed, and by whom."""
    from idtracker.operate.services.watches import watch_list

    document = watch_list(home, audience)
    if as_json:
        print_json(document)
        return
    if not document.watches:
        console().print("Nothing is followed.")
        return
    rows = [(w.figure, w.audience, w.subscriber, w.lang, w.since[:16]) for w in document.watches]
    show_table(["figure", "audience", "by", "language", "since"], rows)


@watch.command()
@click.argument("figure")
@_audience
@_by
@click.option("--why", default="no longer followed", show_default=True, help="Reason, kept on the record.")
@command
def remove(home: Home, figure: str, audience: str, by: str | None, why: str, as_json: bool) -> None:
    """Follow FIGURE no longer. What was written before stays."""
    from idtracker.operate.services.watches import remove_watch

    document = remove_watch(home, figure, audience, by or audience, why, _now())
    if as_json:
        print_json(document)
        return
    followed = document.watches[0]
    console().print(f"{followed.subscriber} no longer follows {followed.figure}.", markup=False, soft_wrap=True)


@watch.command()
@_audience
@click.option("--by", help="Only what this role or team follows.")
@click.option("--since", help="A kept publication, or a day or instant (UTC); default: the publication before.")
@command
def show(home: Home, audience: str, by: str | None, since: str | None, as_json: bool) -> None:
    """What changed in what is followed, between an earlier publication and the current one, and why as far as that is known.

    Exit codes: 0 whether anything changed or not · 2 wrong use, or nothing to compare with.
    """
    from idtracker.operate.services.watches import show_watches

    with waiting("comparing publications", as_json):
        document = show_watches(home, audience, by, since)
    if as_json:
        print_json(document)
        return
    if not document.reports:
        console().print("Nothing is followed.")
    for report in document.reports:
        show_notice(report.notice, stderr=True)
        console().print(f"{report.subscriber}: {report.since} → {report.publication}", markup=False, soft_wrap=True)
        for watched in report.watches:
            gone = "; nothing published has this address any more" if watched.is_gone else ""
            line = f"{watched.figure}: {len(watched.changes)} of {watched.followed} changed{gone}"
            console().print(f"  {line}", markup=False, soft_wrap=True)
            for change in watched.changes:
                console().print(f"    {change.sentence}", markup=False, soft_wrap=True)
                for text in [reason.text for reason in change.reasons] + change.unknown:
                    console().print(f"      {text}", markup=False, soft_wrap=True)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
