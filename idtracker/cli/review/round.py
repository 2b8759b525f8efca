"""`round`: a round of the tracker is opened, frozen at its cut-off, published, followed up, and shown beside what is known since."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from idtracker.cli.output import command, console, print_json, show_table, waiting
from idtracker.cli.review.round_lines import lines_of, minute
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.messages import Lang

if TYPE_CHECKING:
    from idtracker.operate.documents.rounds import KeptRoundAct, KeptRoundAction

_BY = click.option("--by", required=True, help="Role or organisation that answers for it; no person.")
_RECORD = click.option(
    "--record",
    type=click.Path(path_type=Path),
    help="YAML or Markdown file with who attended, the narrative and the actions.",
)


@click.group(name="round")
def tracker_round() -> None:
    """Rounds of the tracker: open, freeze, publish, action, show, list."""


@tracker_round.command(name="list")
@command
def list_rounds(home: Home, as_json: bool) -> None:
    """The rounds that there are, by their cut-offs."""
    from idtracker.operate.services.rounds.acting import list_rounds as listed

    document = listed(home)
    if as_json:
        print_json(document)
        return
    if not document.rounds:
        console().print("There is no round yet.")
        return
    rows = [(r.round_id, r.period, r.state.lower(), minute(r.cutoff_at), r.held_on) for r in document.rounds]
    show_table(["round", "quarter", "state", "cut-off", "held on"], rows)


@tracker_round.command(name="open")
@click.argument("period")
@click.option("--id", "round_id", help="Name of the round; left out: its quarter.")
@click.option("--cutoff", help="Instant of knowledge (UTC) that it is frozen at; a bare date means its end.")
@click.option("--held-on", type=click.DateTime(["%Y-%m-%d"]), help="Day on which it is held.")
@_BY
@command
def open_round(
    home: Home, period: str, round_id: str | None, cutoff: str | None, held_on: datetime | None, by: str, as_json: bool
) -> None:
    """Open a round for the quarter PERIOD. Dates that are left out follow from `rounds:` in programme.yml."""
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.model.instants import aware_utc
    from idtracker.operate.services.rounds.acting import Asked
    from idtracker.operate.services.rounds.acting import open_round as opened
    from idtracker.publish.tracker import instant

    at = aware_utc(instant(cutoff).to_pydatetime()) if cutoff else None
    asked = Asked(period, round_id, at, held_on.date() if held_on else None)
    _show_act(opened(home, catalogue_of(home), asked, by=by, now=_now()), as_json)


@tracker_round.command()
@click.argument("round_id", metavar="ROUND")
@_BY
@_RECORD
@command
def freeze(home: Home, round_id: str, by: str, record: Path | None, as_json: bool) -> None:
    """Fix the inputs of ROUND as they were known at its cut-off."""
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.operate.services.rounds.acting import freeze_round

    with waiting("reading what was known at the cut-off", as_json):
        document = freeze_round(home, catalogue_of(home), round_id, by=by, record=record, now=_now())
    _show_act(document, as_json)


@tracker_round.command()
@click.argument("round_id", metavar="ROUND")
@_BY
@_RECORD
@command
def publish(home: Home, round_id: str, by: str, record: Path | None, as_json: bool) -> None:
    """Publish ROUND with its record, as it was frozen."""
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.operate.services.rounds.acting import publish_round

    with waiting("writing the round", as_json):
        document = publish_round(home, catalogue_of(home), round_id, by=by, record=record, now=_now())
    _show_act(document, as_json)


@tracker_round.command()
@click.argument("round_id", metavar="ROUND")
@click.argument("number", metavar="ACTION", type=click.IntRange(min=1))
@click.option("--done", is_flag=True, help="It was done.")
@click.option("--dropped", is_flag=True, help="It will not be done.")
@click.option("--reopen", is_flag=True, help="It is to be done after all.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day since which it is so; left out: today.")
@click.option("--note", help="What is to be known about that.")
@_BY
@command
def action(
    home: Home,
    round_id: str,
    number: int,
    done: bool,
    dropped: bool,
    reopen: bool,
    on: datetime | None,
    note: str | None,
    by: str,
    as_json: bool,
) -> None:
    """Keep what became of ACTION, by its number in the record of ROUND: --done, --dropped or --reopen."""
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.model.errors import UsageError
    from idtracker.operate.services.rounds.actions import CHANGES, Changed, record_action

    named = [change for change, is_named in zip(CHANGES, (done, dropped, reopen), strict=True) if is_named]
    if len(named) != 1:
        raise UsageError("Say one thing of the action: --done, --dropped or --reopen.")
    change = named[0]
    asked = Changed(number, change, on.date() if on else None, note)
    _show_action(record_action(home, catalogue_of(home), round_id, asked, by=by, now=_now()), as_json)


@tracker_round.command()
@click.argument("round_id", metavar="ROUND")
@click.option("--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of sentences.")
@click.option("--rebuild", is_flag=True, help="Make what was frozen again from the store, and compare.")
@click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication to read.")
@command
def show(home: Home, round_id: str, lang: Lang, rebuild: bool, audience: str, as_json: bool) -> int:
    """What ROUND froze, who took part, what was agreed, and what is known since.

    Exit codes: 0 done · 1 with --rebuild, where what is made again differs from what was frozen · 2 wrong use.
    """
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.operate.services.rounds.showing import show_round

    with waiting("reading the round", as_json):
        document = show_round(home, catalogue_of(home), audience, round_id, lang, _now(), rebuild=rebuild)
    if as_json:
        print_json(document)
    else:
        out = console(isolates=True)
        for line in lines_of(document, lang):
            out.print(line, markup=False, soft_wrap=True)
    return int(document.rebuilt is not None and not document.rebuilt.is_same)


def _show_act(document: KeptRoundAct, as_json: bool) -> None:
    if as_json:
        print_json(document)
        return
    out = console()
    done = f"Round {document.round_id} ({document.period}) is {document.state.lower()}"
    out.print(
        f"{done}: cut-off {minute(document.cutoff_at)} UTC, held on {document.held_on}.", markup=False, soft_wrap=True
    )
    for folder in document.folders.values():
        out.print(folder, markup=False, soft_wrap=True)
    out.print(f"Kept {document.act_id}. {document.note}", markup=False, soft_wrap=True)


def _show_action(document: KeptRoundAction, as_json: bool) -> None:
    if as_json:
        print_json(document)
        return
    out = console()
    about = f"Action {document.number} of {document.round_id} is {document.state.lower()} since {document.state_on}"
    out.print(f"{about}: {document.text}", markup=False, soft_wrap=True)
    out.print(f"Kept {document.act_id}. {document.note}", markup=False, soft_wrap=True)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
