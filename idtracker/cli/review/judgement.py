"""`judgement`: questions that were judged; what became of them, and how well those who judged did."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from idtracker.cli.output import command, console, print_json, show_table, waiting
from idtracker.model.home import DEFAULT_AUDIENCE, Home

if TYPE_CHECKING:
    from idtracker.model.messages import Lang
    from idtracker.operate.documents.judgements import JudgedQuestions

_TEXTS = "operate/judgements"
_AUDIENCE = click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication to read.")
_STATES = ("open", "due", "resolved", "disputed")


@click.group()
def judgement() -> None:
    """Questions that were judged: list, resolve, record."""


@judgement.command(name="list")
@click.option("--state", "states", type=click.Choice(_STATES), multiple=True, help="Only questions in this state.")
@click.option("--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of the words.")
@_AUDIENCE
@command
def list_questions(home: Home, states: tuple[str, ...], lang: Lang, audience: str, as_json: bool) -> int:
    """Open, due, disputed and resolved questions. Exit code 1 if a date has passed without an outcome that holds."""
    from idtracker.operate.services.judgements.questions import list_questions as listed

    with waiting("reading the published store", as_json):
        document = listed(home, audience, states, lang)
    if as_json:
        print_json(document)
        return int(document.due > 0)
    _show_questions(document, lang)
    return int(document.due > 0)


def _show_questions(document: JudgedQuestions, lang: Lang) -> None:
    from idtracker.feedback.check.wording import visible
    from idtracker.model.messages import counted, phrase

    def said(name: str) -> str:
        return phrase(_TEXTS, name, lang)

    headings: list[str | tuple[str, str]] = [
        *map(said, ("question", "scenario", "place", "until", "judged")),
        *((said(name), "right") for name in ("estimate", "by")),
        *map(said, ("state", "outcome")),
    ]
    rows = [
        (
            *(q.question_id, visible(q.scenario), q.place_id, q.horizon_on, q.period),
            *(_number(q.estimate, q.unit), q.assessors, said(q.state), _outcome(q.outcome, q.unit, lang)),
        )
        for q in document.questions
    ]
    if rows:
        show_table(headings, rows)
    for question in document.questions:
        for sign in question.signs:
            about = f"{visible(question.scenario)}: {visible(sign.code)}"
            for line in sign.warnings or [said("no_warning" if sign.is_known else "no_such_sign")]:
                console().print(f"{about}: {line}", markup=False, soft_wrap=True)
    console().print(counted(_TEXTS, "waiting", lang, document.due, day=document.as_of), markup=False)


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


def _outcome(value: float | None, unit: str, lang: Lang) -> str:
    from idtracker.model.messages import phrase

    if value is None:
        return ""
    return phrase(_TEXTS, "came" if value else "came_not", lang) if unit == "%" else f"{value:,.6g}"
