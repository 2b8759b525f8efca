"""`framework`: the integrated-delivery framework by stage and question, as it stands in a quarter; and the planner below it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from idtracker.cli.output import command, console, print_json, show_notice, show_table, styled, waiting
from idtracker.cli.reading.framework_composite import show_composite
from idtracker.cli.reading.framework_plan import plan
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.messages import Lang

if TYPE_CHECKING:
    from collections.abc import Callable

    from idtracker.publish.framework.document import ElementPage, EvidenceFigure, FrameworkPage, QuestionPage

_COLUMNS = ("improved", "worsened", "indistinct", "no_interval", "missing", "point_better", "point_worse")


def _without_subcommand(function: Callable[..., None]) -> Callable[..., None]:
    """Call it where no subcommand is named. Options before a subcommand would be lost: they are refused."""

    @functools.wraps(function)
    def run(*args: Any, **options: Any) -> None:
        context = click.get_current_context()
        if context.invoked_subcommand is None:
            function(*args, **options)
        elif any(context.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in context.params):
            raise click.UsageError(f"Options belong behind `{context.invoked_subcommand}`.", context)

    return run


@click.group(name="framework", invoke_without_command=True)
@_without_subcommand
@click.option("--stage", help="One stage of the cycle, such as DESIGN.")
@click.option("--question", help="One key performance question, such as K4: each figure of its evidence as well.")
@click.option("--period", help="Quarter, such as 2026-Q2; default: the last published one.")
@click.option(
    "--composite",
    is_flag=True,
    help="A number per stage as well, by goalposts that the framework's file says were agreed.",
)
@click.option("--as-known-at", help="What was known at this day or instant (UTC), by today's framework.")
@click.option("--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of the page.")
@click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication to read.")
@command
def framework(
    home: Home,
    stage: str | None,
    question: str | None,
    period: str | None,
    composite: bool,
    as_known_at: str | None,
    lang: Lang,
    audience: str,
    as_json: bool,
) -> int:
    """By stage and question: evidence and its direction since the baseline, who answered what, who disagrees, what is missing.

    Nothing is averaged into one number unless --composite asks for it. A change is better or worse only where its interval allows it.

    Exit codes: 0 done · 1 something is wrong with the framework's definition · 2 wrong use.
    """
    from idtracker.analyse.framework.derive import framework_of
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.publish.current import open_published
    from idtracker.publish.framework.page import Wanted, framework_page
    from idtracker.publish.manifest import read_manifest

    with waiting("reading the published store", as_json), open_published(home, audience, as_known_at) as published:
        loaded = framework_of(home, catalogue_of(home))
        page = framework_page(published, loaded, Wanted(stage, question, period, composite), lang)
        notice = str((read_manifest(home, audience) or {}).get("notice", ""))
    if as_json:
        print_json(page)
    else:
        show_notice(notice, stderr=True)
        _show(page, lang, is_detailed=question is not None)
    return int(bool(page.problems))


framework.add_command(plan)


def _show(page: FrameworkPage, lang: Lang, is_detailed: bool) -> None:
    text, out = _words(lang), console(isolates=True)
    if page.framework is None or page.period is None:
        out.print(text("none" if page.framework is None else "empty"), markup=False, soft_wrap=True)
    else:
        marked = " · ".join(part for part in (page.classification, page.releasable_to) if part)
        out.print(styled(f"{page.title} ({page.framework}), {page.period}", "bold"), styled(f"[{marked}]", "dim"))
    for stage in page.stages if page.period is not None else ():
        out.print()
        out.print(styled(f"{stage.text} ({stage.stage})", "bold underline"))
        for question in stage.questions:
            out.print(styled(f"{question.question}  {question.text}", "bold"), soft_wrap=True)
            for sentence in question.sentences:
                out.print(f"  {sentence}", markup=False, soft_wrap=True)
            if is_detailed:
                _show_details(question, text)
    if page.elements:
        _show_elements(page.elements, text)
    if page.composite is not None:
        show_composite(page.composite, lang)
    for problem in page.problems:
        out.print(styled(problem, "red"), soft_wrap=True)


def _words(lang: Lang) -> Callable[[str], str]:
    from idtracker.model.messages import phrase

    return lambda name: phrase("publish/framework", name, lang)


def _show_details(question: QuestionPage, text: Callable[[str], str]) -> None:
    names = ("figure", "measure", "scope", "value", "baseline", "change", "interval", "direction")
    to_right = ("value", "baseline", "change")
    shown = [(text(f"column_{n}"), "right" if n in to_right else "left") for n in names]
    show_table(shown, [_figure(figure) for figure in question.figures], title=f"\n  {text('figures')}")
    teams = [
        (team.organisation, team.scope_id, team.answer, team.confidence, team.baseline_answer, team.last_answered)
        for team in question.answers.teams
    ]
    headings = [text(f"column_{n}") for n in ("team", "for", "answer", "confidence", "then", "last")]
    show_table(headings, [[cell or "—" for cell in team] for team in teams], title=f"\n  {text('teams')}")


def _figure(figure: EvidenceFigure) -> tuple[str, ...]:
    interval = "—"
    if figure.change_lower is not None and figure.change_upper is not None:
        interval = f"{figure.change_lower:+,.2f} … {figure.change_upper:+,.2f}"
    then = "—" if figure.baseline_value is None else f"{figure.baseline_value:,.2f} ({figure.baseline})"
    change = "—" if figure.change is None else f"{figure.change:+,.2f}"
    value = "—" if figure.value is None else f"{figure.value:,.2f} {figure.unit}"
    name = f"{figure.metric_id} {figure.metric}"
    return (name, figure.measure, figure.scope, value, then, change, interval, figure.direction_text)


def _show_elements(elements: list[ElementPage], text: Callable[[str], str]) -> None:
    headings = [("", "left"), (text("column_element"), "left"), (text("column_figures"), "right")]
    headings += [(text(f"column_{name}"), "right") for name in _COLUMNS]
    rows = [(e.element, e.text, e.counts.evidence, *(getattr(e.counts, n) for n in _COLUMNS)) for e in elements]
    show_table(headings, rows, title=f"\n{text('elements')}")
