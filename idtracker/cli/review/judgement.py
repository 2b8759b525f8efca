"""`judgement`: questions that were judged; what became of them, and how well those who judged did."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from idtracker.cli.output import command, console, print_json, show_table, waiting
from idtracker.model.home import DEFAULT_AUDIENCE, Home

_AUDIENCE = click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication to read.")
_STATES = ("open", "due", "resolved", "disputed")


@click.group()
def judgement() -> None:
    """Questions that were judged: list, resolve, record."""


@judgement.command(name="list")
@click.option("--state", "states", type=click.Choice(_STATES), multiple=True, help="Only questions in this state.")
@_AUDIENCE
@command
def list_questions(home: Home, states: tuple[str, ...], audience: str, as_json: bool) -> int:
    """Open, due, disputed and resolved questions. Exit code 1 if a date has passed without an outcome that holds."""
    from idtracker.operate.services.judgements.questions import list_questions as listed

    with waiting("reading the published store", as_json):
        document = listed(home, audience, states)
    if as_json:
        print_json(document)
        return int(document.due > 0)
    from idtracker.feedback.check.wording import visible

    if document.questions:
        show_table(
            ["question", "scenario", "place", "until", "judged", ("estimate", "right"), ("by", "right"), "state", "outcome"],
            [
                (
                    *(q.question_id, visible(q.scenario), q.place_id, q.horizon_on, q.period),
                    *(_number(q.estimate, q.unit), q.assessors, q.state, _outcome(q.outcome, q.unit)),
                )
                for q in document.questions
            ],
        )  # fmt: skip
    for question in document.questions:
        for sign in question.signs:
            about = f"{visible(question.scenario)}: {visible(sign.code)}"
            what = sign.warnings or ["no warning stands" if sign.is_known else "no indicator and no node of this name"]
            for line in what:
                console().print(f"{about}: {line}", markup=False, soft_wrap=True)
    verb = "question waits" if document.due == 1 else "questions wait"
    console().print(f"{document.due} {verb} for an outcome on {document.as_of}.", markup=False)
    return int(document.due > 0)


@judgement.command()
@click.argument("question")
@click.option("--outcome", required=True, help="yes or no; for a quantity its value.")
@click.option("--on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Day on which the outcome was known.")
@click.option("--by", required=True, help="Role or organisation that answers for it; no person.")
@click.option("--why", required=True, help="Reason, kept on the record.")
@_AUDIENCE
@command
def resolve(
    home: Home, question: str, outcome: str, on: datetime, by: str, why: str, audience: str, as_json: bool
) -> None:
    """Say what became of QUESTION (its identifier, the beginning of it, or the reference of a judgement).

    It counts for more than reports; `idtracker acts revoke` takes it back.
    """
    from idtracker.operate.services.judgements.questions import resolve as resolved

    now = datetime.now(UTC).replace(microsecond=0)
    document = resolved(home, audience, question, outcome, on=on.date(), by=by, why=why, at=now)
    if as_json:
        print_json(document)
        return
    from idtracker.feedback.check.wording import visible

    console().print(
        f"Kept {document.resolution_id}: {visible(document.subject)}: {outcome}. The next `idtracker run` uses it.",
        markup=False,
        soft_wrap=True,
    )


@judgement.command()
@_AUDIENCE
@command
def record(home: Home, audience: str, as_json: bool) -> None:
    """Brier scores, hit rates and the dividend of asking several, by organisation and horizon."""
    from idtracker.operate.services.judgements.questions import record as recorded

    with waiting("reading the published store", as_json):
        document = recorded(home, audience)
    if as_json:
        print_json(document)
        return
    if not document.rows:
        console().print("No question is resolved yet.")
        return
    show_table(
        ["who", "scheme", "horizon", ("questions", "right"), ("Brier", "right"), "90 %", ("hits", "right"), ("dividend", "right")],
        [
            (
                *(r.assessor, r.scheme, r.horizon.lower().replace("_", " "), r.questions, _share(r.brier)),
                "" if r.brier is None else f"{_share(r.brier_low)} to {_share(r.brier_high)}",
                *(_share(r.hit_rate), _share(r.diversity)),
            )
            for r in document.rows
        ],
    )  # fmt: skip


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _number(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:,.4g} {unit}"


def _outcome(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return ("yes" if value else "no") if unit == "%" else f"{value:,.6g}"
