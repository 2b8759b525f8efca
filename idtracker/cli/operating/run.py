"""`run` and `dev`: the pipeline once, or its UI."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from idtracker.cli.output import command, console, orchestrator, print_json, show_notice, show_table, styled
from idtracker.cli.progress import progress
from idtracker.model.home import Home

_MOST_SCORES = 12

if TYPE_CHECKING:
    from idtracker.model.document import MovedScore
    from idtracker.operate.documents.run import Headline, MethodChange, MovedMetric, Run


@click.command()
@click.option("--source", "source_ids", multiple=True, help="Only this source; may be repeated.")
@click.option("--full", is_flag=True, help="Materialise everything, also what is unchanged.")
@click.option("--as-of", help="Know only what had arrived by this instant, and speak of that day.")
@command
def run(home: Home, source_ids: tuple[str, ...], full: bool, as_of: str | None, as_json: bool) -> int:
    """Materialise whatever is new or due, through the same assets as in production."""
    from datetime import UTC

    from idtracker.operate.kept_run import nothing_new_again

    repeated = None if source_ids or full or as_of else nothing_new_again(home)
    if repeated is not None:
        print_json(repeated) if as_json else show_report(repeated)
        return 0
    instant = None
    if as_of:
        from idtracker.publish.tracker import instant as parse

        instant = parse(as_of).to_pydatetime().replace(tzinfo=UTC)
    with progress("reading definitions") as listen:
        report = orchestrator(home).run(sources=source_ids, full=full, as_of=instant, listen=listen)
    print_json(report) if as_json else show_report(report)
    return 1 if report.failed_steps else 0


def show_report(report: Run) -> None:
    """The summary of a run, for a person."""
    out = console()
    show_notice(report.notice)
    if report.outcome == "nothing_new":
        out.print(f"Nothing new: no file arrived and no definition changed. ({report.seconds} s)")
    else:
        _show_submissions(report)
    _show_headline(report.headline)
    _show_warnings(report.warning_count, report.warnings)
    _show_method_change(report.method_change)
    _show_moved_scores(report.moved_scores)
    _show_moved(report.moved)
    if report.overdue:
        show_table(
            ["source", "state", "whose turn", "why"],
            [(o.source, o.state, o.whose_turn, o.why) for o in report.overdue],
            title="\nOverdue",
        )
    out.print()
    for step in report.failed_steps:
        why = report.failures.get(step)
        out.print(styled("Step failed:", "red"), f"{step}. The Dagster UI (`idtracker dev`) shows its log.")
        if why:
            out.print(f"  {why}", markup=False, soft_wrap=True)
    for name in report.unknown_inboxes:
        out.print(styled(f"inbox/{name}: there is no source of that name; its files wait.", "yellow"))
    for problem in report.not_taken:
        out.print(styled(f"inbox/{problem}", "yellow"), soft_wrap=True)
    _show_publications(report)


def _show_publications(report: Run) -> None:
    out = console()
    for audience, path in report.published.items():
        out.print(f"Published for {audience}: {path}/idtracker.duckdb", markup=False, soft_wrap=True)
        if Path(path, "data_docs", "index.html").is_file():
            out.print(f"Data Docs: {path}/data_docs/index.html", markup=False, soft_wrap=True)
    for audience, page in report.briefings.items():
        out.print(f"Briefing for {audience}: {page}", markup=False, soft_wrap=True)
    for audience, formats in report.formats.items():
        folder = report.published.get(audience, "")
        out.print(f"Also for {audience}: {', '.join(formats)} in {folder}", markup=False, soft_wrap=True)


def _show_submissions(report: Run) -> None:
    rows, count = report.rows, len(report.submissions)
    console().print(
        styled(f"{count} submission{'' if count == 1 else 's'}", "bold"),
        f"· rows read {rows.read:,} = accepted {rows.accepted:,} + held {rows.held:,}"
        f" + unchanged {rows.unchanged:,} + superseded {rows.superseded:,} · {report.seconds} s",
    )
    attention = [s for s in report.submissions if s.state not in ("accepted", "superseded")]
    if attention:
        show_table(
            ["file", "source", "state", ("read", "right"), ("held", "right"), "first finding"],
            [
                (s.file_name, s.source, s.state.replace("_", " "), s.rows_read, s.rows_held, s.first_finding)
                for s in attention
            ],
            title="\nFiles that ask for attention",
        )
    behind = [s for s in report.submissions if s.superseded_by]
    if behind:
        show_table(
            ["file", "source", ("superseded", "right"), "by", "remedy"],
            [(s.file_name, s.source, s.rows_superseded, ", ".join(s.superseded_by), s.remedy) for s in behind],
            title="\nSet aside: files received before count for more",
        )


def _show_headline(headline: Headline | None) -> None:
    if not headline:
        return
    score = "no score: too little is reported"
    if headline.score is not None:
        interval = "no stated error"
        if headline.low is not None:
            interval = f"{headline.low:.1f} to {headline.high:.1f}, 90 %"
        score = f"{headline.score:.1f} ({interval}), {headline.band}"
    console().print()
    console().print(
        styled(f"Stability, {headline.place_id} {headline.place}, {headline.period}:", "bold"),
        f"{score} · trend {headline.trend} · completeness {headline.completeness:.0%}",
    )
    if headline.moved:
        console().print(headline.moved, markup=False, soft_wrap=True)


def _show_warnings(count: int, first: list[str]) -> None:
    if count:
        more = f" (`idtracker warnings` lists the other {count - len(first):,})" if count > len(first) else ""
        console().print(styled(f"{count:,} warning{'' if count == 1 else 's'}", "bold"), more)
        for sentence in first:
            console().print(f"  {sentence}", markup=False, soft_wrap=True)


def _show_method_change(change: MethodChange | None) -> None:
    if change is None:
        return
    old, new = f"{change.before} ({change.version_before})", f"{change.now} ({change.version_now})"
    if change.before == change.now and change.version_before == change.version_now:
        text = f"The method of the scores, {new}, was edited without another version"
    else:
        text = f"The scores are made by {new} now; they were by {old}"
    console().print(f"\n{text}: {change.scores:,} published scores are others.", markup=False, soft_wrap=True)
    if change.is_kept:
        told = f"The earlier ones stay published: `idtracker method compare {change.before}` shows both side by side."
    else:
        told = "The earlier ones are not published any more: name their method under `method: earlier:` in programme.yml to keep them."
    console().print(told, markup=False, soft_wrap=True)


def _show_moved_scores(moved: list[MovedScore]) -> None:
    if moved:
        more = f" (the latest {_MOST_SCORES} of {len(moved):,})" if len(moved) > _MOST_SCORES else ""
        show_table(
            ["place", "quarter", ("before", "right"), ("now", "right")],
            [(m.place, m.period, _score(m.before), _score(m.after)) for m in moved[:_MOST_SCORES]],
            title=f"\nPublished scores that moved{more}",
        )


def _score(value: float | None) -> str:
    return "no score" if value is None else f"{value:.1f}"


def _show_moved(moved: list[MovedMetric]) -> None:
    if moved:
        show_table(
            ["metric", "", ("before", "right"), ("now", "right"), "unit"],
            [(m.metric, m.name, _figure(m.before), _figure(m.now), m.unit) for m in moved],
            title=f"\nIntegration metrics that moved, {moved[0].period}",
        )


def _figure(value: float | None) -> str:
    return "—" if value is None else f"{value:,.2f}".rstrip("0").rstrip(".")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=3000, show_default=True, help="Port of the UI.")
@command
def dev(home: Home, host: str, port: int, as_json: bool) -> None:
    """Dagster's UI and daemon for this home. It has no login: keep it on loopback."""
    orchestrator(home).dev(host=host, port=port)
