"""`adjudicate`: cells whose reports disagree; a person decides, and the decision is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from idtracker.cli.output import command, console, print_json, show_notice, show_table, styled, waiting
from idtracker.model.home import DEFAULT_AUDIENCE, Home

if TYPE_CHECKING:
    from idtracker.operate.documents.review.adjudications import Cell, CellReport, Decision

_AUDIENCE = click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication to read.")
_BY = click.option("--by", required=True, help="Role or organisation that answers for it; no person.")
_WHY = click.option("--why", required=True, help="Reason, shown wherever the value is explained.")


@click.group()
def adjudicate() -> None:
    """Cells whose reports disagree: list, show, decide, revoke."""


@adjudicate.command(name="list")
@click.option("--all", "with_decided", is_flag=True, help="Also the cells that are decided.")
@_AUDIENCE
@command
def list_open(home: Home, with_decided: bool, audience: str, as_json: bool) -> int:
    """Cells that wait for a decision, widest spread first, with what each organisation says. Exit code 1 if there are any."""
    from idtracker.operate.services.adjudications import open_disagreements

    with waiting("reading the published store", as_json):
        queue = open_disagreements(home, audience, with_decided=with_decided)
    waiting_count = sum(bool(cell.is_disagreement) for cell in queue)
    if as_json:
        from idtracker.operate.documents.review.adjudications import Queue

        print_json(Queue(waiting=waiting_count, cells=queue))
        return int(waiting_count > 0)
    _show_notice(home, audience)
    if queue:
        show_table(
            ["indicator", "place", "quarter", ("spread", "right"), ("value now", "right"), "status", "reports"],
            [[_beside(cell.indicator_id, cell.indicator_name), _beside(cell.place_id, cell.place_name), cell.period, _number(cell.spread), _number(cell.value),
              "decided" if not cell.is_disagreement else "waits", _in_short(cell.reports)] for cell in queue],
        )  # fmt: skip
    summary = "1 cell waits" if waiting_count == 1 else f"{waiting_count} cells wait"
    console().print(f"{summary} for a decision.", markup=False)
    return int(waiting_count > 0)


@adjudicate.command()
@click.argument("indicator")
@click.argument("place")
@click.argument("period")
@_AUDIENCE
@command
def show(home: Home, indicator: str, place: str, period: str, audience: str, as_json: bool) -> None:
    """Every report about one cell, down to file, sheet and row, and the decisions about it."""
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.operate.services.adjudications import describe_cell, find_cell

    cell = find_cell(catalogue_of(home), indicator, place, period)
    with waiting("reading the published store", as_json):
        history = describe_cell(home, audience, cell)
    if as_json:
        print_json(history)
        return
    _show_notice(home, audience)
    out = console()
    out.print(styled(_cell(history), "bold"), _number(history.value), history.method or "no cell", sep="  ")
    show_table(
        ["organisation", "quotes", ("value", "right"), ("weight", "right"), "use", "grade", "file", "sheet", ("row", "right")],
        [[_beside(r.org_id, r.org_name), r.origin, _number(r.value), _number(r.weight), r.use, r.grade, r.file_name, r.sheet, r.row_number] for r in history.reports],
    )  # fmt: skip
    for decision in history.decisions:
        summary = "undecided again" if decision.value is None else f"decided: {_number(decision.value)}"
        out.print(
            f"{decision.decided_at}  {summary}  {decision.decided_by}: {decision.why}", markup=False, soft_wrap=True
        )


@adjudicate.command()
@click.argument("indicator")
@click.argument("place")
@click.argument("period")
@click.option("--value", required=True, type=float, help="Value of the cell, in the indicator's unit.")
@click.option("--standard-error", type=float, help="Its standard error, where one can be stated.")
@_BY
@_WHY
@_AUDIENCE
@command
def decide(
    home: Home, indicator: str, place: str, period: str, value: float, standard_error: float | None, by: str,
    why: str, audience: str, as_json: bool,
) -> None:  # fmt: skip
    """Say what the value of one cell is. The reports stay visible; the next run uses the value.

    A report that comes later and differs makes the cell wait again.
    """
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.operate.services import adjudications as adjudicating

    catalogue = catalogue_of(home)
    cell = adjudicating.find_cell(catalogue, indicator, place, period)
    decision, warning = adjudicating.decide(home, audience, cell, value, standard_error, by=by, why=why, at=_now())
    document = adjudicating.decision_document(decision, catalogue.register, warning)
    if as_json:
        print_json(document)
        return
    console().print(f"Kept: {_cell(document)} is {_number(value)}. The next `idtracker run` uses it.", markup=False)
    if warning:
        objections = {
            "outside": "No report says as much or as little: the value lies outside what was reported.",
            "no_reports": "No report speaks of this cell, so that the decision has no effect until one comes.",
        }
        console().print(styled(objections[warning], "yellow"))


@adjudicate.command()
@click.argument("indicator")
@click.argument("place")
@click.argument("period")
@_BY
@_WHY
@command
def revoke(home: Home, indicator: str, place: str, period: str, by: str, why: str, as_json: bool) -> None:
    """Leave a decided cell undecided again; the decision stays on the record."""
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.operate.services import adjudications as adjudicating

    catalogue = catalogue_of(home)
    cell = adjudicating.find_cell(catalogue, indicator, place, period)
    decision = adjudicating.revoke(home, cell, by=by, why=why, at=_now())
    document = adjudicating.decision_document(decision, catalogue.register)
    if as_json:
        print_json(document)
        return
    console().print(
        f"Kept: {_cell(document)} is undecided again. The next `idtracker run` merges its reports.", markup=False
    )


def _show_notice(home: Home, audience: str) -> None:
    from idtracker.publish.manifest import read_manifest

    show_notice(str((read_manifest(home, audience) or {}).get("notice", "")), stderr=True)


def _beside(identifier: str, name: str) -> str:
    return f"{identifier} {name}" if name and name != identifier else identifier


def _cell(document: Cell | Decision) -> str:
    """Indicator and place with their names, and the quarter."""
    indicator = _beside(document.indicator_id, document.indicator_name)
    return f"{indicator}, {_beside(document.place_id, document.place_name)}, {document.period}"


def _number(value: object) -> str:
    return "" if value is None else f"{float(str(value)):,.4f}".rstrip("0").rstrip(".")


def _in_short(reports: list[CellReport]) -> str:
    reported = dict.fromkeys(f"{_beside(r.org_id, r.org_name)} {_number(r.value)}" for r in reports)
    return " · ".join(reported)


def _now() -> datetime:
    return datetime.now(UTC)
