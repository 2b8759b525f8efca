"""`round`: a round of the tracker is opened, frozen at its cut-off, published, and shown beside what is known since."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from idtracker.cli.output import command, console, print_json, show_table, waiting
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.messages import Lang

if TYPE_CHECKING:
    from idtracker.operate.documents.rounds import AgreedAction, HeadlineNow, HeadlineThen, KeptRoundAct, RoundShown

_TEXTS = "operate/rounds"
_BY = click.option("--by", required=True, help="Role or organisation that answers for it; no person.")
_RECORD = click.option(
    "--record",
    type=click.Path(path_type=Path),
    help="YAML or Markdown file with who attended, the narrative and the actions.",
)


@click.group(name="round")
def tracker_round() -> None:
    """Rounds of the tracker: open, freeze, publish, show, list."""


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
    rows = [(r.round_id, r.period, r.state.lower(), _minute(r.cutoff_at), r.held_on) for r in document.rounds]
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
        for line in _lines(document, lang):
            out.print(line, markup=False, soft_wrap=True)
    return int(document.rebuilt is not None and not document.rebuilt.is_same)


def _show_act(document: KeptRoundAct, as_json: bool) -> None:
    if as_json:
        print_json(document)
        return
    out = console()
    done = f"Round {document.round_id} ({document.period}) is {document.state.lower()}"
    out.print(
        f"{done}: cut-off {_minute(document.cutoff_at)} UTC, held on {document.held_on}.", markup=False, soft_wrap=True
    )
    for folder in document.folders.values():
        out.print(folder, markup=False, soft_wrap=True)
    out.print(f"Kept {document.act_id}. {document.note}", markup=False, soft_wrap=True)


def _lines(shown: RoundShown, lang: Lang) -> list[str]:
    from idtracker.model.messages import LIST_MARK, phrase

    def said(name: str, **details: object) -> str:
        return phrase(_TEXTS, name, lang, **details)

    lines = [
        said("title", round_id=shown.round_id, period=shown.period, state=said(f"state_{shown.state.lower()}")),
        said("dates", cutoff=_minute(shown.cutoff_at), held_on=shown.held_on, as_of=shown.as_of),
        *_headline(shown, lang),
    ]
    mark = LIST_MARK.text(lang)
    attended = mark.join(f"{p.name} ({p.org_id})" for p in shown.participants if p.has_attended)
    contributed = mark.join(f"{p.name} {p.observations}" for p in shown.participants if p.has_contributed)
    lines += [said("attended", names=attended or said("nobody"))]
    if shown.digest:
        lines += [said("contributed", names=contributed or said("nobody"))]
    lines += [shown.narrative] if shown.narrative else []
    if shown.actions:
        lines += [said("actions"), *(f"  {_action(action, lang)}" for action in shown.actions)]
    lines += [said("backdated", file=file) for file in shown.backdated]
    return lines + _late(shown, lang) + _rebuilt(shown, lang)


def _headline(shown: RoundShown, lang: Lang) -> list[str]:
    from idtracker.model.messages import counted, phrase

    then, now = shown.headline, shown.now
    if then is None or now is None:
        return []
    lines = [
        phrase(_TEXTS, "frozen", lang, place=then.place, score=_interval(then, lang), method=then.method_version),
        phrase(_TEXTS, "now", lang, score=_interval(now, lang), method=now.method_version or ""),
    ]
    if now.method_version not in (None, then.method_version):
        lines.append(phrase(_TEXTS, "other_method", lang, now=now.method_version, then=then.method_version))
    lines += [f"  {now.moved}"] if now.moved else []
    if not now.is_as_frozen:
        lines.append(f"  {phrase(_TEXTS, 'not_as_frozen', lang)}")
    cells = next(t.rows for t in shown.tables if t.table == "merged_cell")
    digest = (shown.digest or "")[:12]
    return [*lines, counted(_TEXTS, "rests_on", lang, shown.submissions, cells=cells, digest=digest)]


def _interval(of: HeadlineThen | HeadlineNow, lang: Lang) -> str:
    from idtracker.model.messages import phrase

    if of.score is None:
        return phrase(_TEXTS, "no_score", lang)
    if of.low is None or of.high is None:
        return f"{of.score:.1f}"
    return phrase(_TEXTS, "interval", lang, score=f"{of.score:.1f}", low=f"{of.low:.1f}", high=f"{of.high:.1f}")


def _action(action: AgreedAction, lang: Lang) -> str:
    from idtracker.model.messages import phrase

    text = phrase(
        _TEXTS, "action", lang, number=action.number, text=action.text, owner=action.owner, due_on=action.due_on
    )
    if action.done_on:
        return phrase(_TEXTS, "done", lang, action=text, done_on=action.done_on)
    return phrase(_TEXTS, "overdue", lang, action=text) if action.is_overdue else text


def _late(shown: RoundShown, lang: Lang) -> list[str]:
    from idtracker.model.messages import counted, phrase

    if not shown.digest:
        return []
    if not shown.late:
        return [phrase(_TEXTS, "none_late", lang)]
    following = shown.late_goes_to or phrase(_TEXTS, "not_open", lang)
    rows = [
        counted(
            _TEXTS,
            "late_row",
            lang,
            late.rows,
            source=late.source,
            organisation=late.organisation or "",
            first_at=late.first_at[:10],
        )
        for late in shown.late
    ]
    return [counted(_TEXTS, "late", lang, shown.late_rows, next=following), *(f"  {row}" for row in rows)]


def _rebuilt(shown: RoundShown, lang: Lang) -> list[str]:
    from idtracker.model.messages import phrase

    again = shown.rebuilt
    if again is None:
        return []
    if again.is_same:
        return [phrase(_TEXTS, "same_kept" if again.with_kept_method else "same", lang)]
    lines = [phrase(_TEXTS, "differs", lang, what=what) for what in again.differing]
    return lines + [f"  {reason}" for reason in again.reasons]


def _minute(instant: str) -> str:
    return instant[:16].replace("T", " ")


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
