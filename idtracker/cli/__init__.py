"""The command line. One file per command group; nothing heavy is imported before a command runs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

import click

COMMANDS: dict[str, tuple[str, str]] = {
    "run": (
        "idtracker.cli.operating.run:run",
        "Materialise whatever is new or due, through the pipeline's own assets.",
    ),
    "dev": ("idtracker.cli.operating.run:dev", "Dagster's UI and daemon for this home, on loopback."),
    "check": (
        "idtracker.cli.reporting.check:check",
        "The verdict the pipeline would give on a file, before sending it.",
    ),
    "submit": ("idtracker.cli.reporting.submit:submit", "Check a file, then place it in the inbox."),
    "template": ("idtracker.cli.reporting.template:template", "The workbook that the reporters of a source fill."),
    "withdraw": (
        "idtracker.cli.reporting.submit:withdraw",
        "Close everything that came from a submission; nothing is deleted.",
    ),
    "acts": (
        "idtracker.cli.review.acts:acts",
        "What people decided, by identifier: list, revoke.",
    ),
    "held": ("idtracker.cli.reporting.held:held", "Rows that wait: list, show, export to correct, replay, waive."),
    "feedback": (
        "idtracker.cli.reporting.feedback:feedback",
        "What goes back to a body that reports: what became of its files, how they are used, what would help next.",
    ),
    "status": ("idtracker.cli.reading.status:status", "How fresh each source is, and whose turn it is."),
    "warnings": ("idtracker.cli.reading.warnings:warnings", "Warnings that stand, and their rules: list, check."),
    "query": (
        "idtracker.cli.reading.query:query",
        "Read-only SQL on the published store, now or as known at a past day.",
    ),
    "framework": (
        "idtracker.cli.reading.framework:framework",
        "The integrated-delivery framework by stage and question: evidence, answers, what is missing; plans of comparisons.",
    ),
    "mcp": (
        "idtracker.cli.reading.mcp:mcp",
        "One audience's publication for an assistant, over the Model Context Protocol.",
    ),
    "export": (
        "idtracker.cli.reading.export:export",
        "What is published for an audience as CSV, XLSX, Parquet and SDMX-CSV, in one folder.",
    ),
    "briefing": (
        "idtracker.cli.reading.briefing:briefing",
        "What is published for an audience as pages in both languages, without a network.",
    ),
    "cite": (
        "idtracker.cli.reading.cite:cite",
        "How a published figure is cited: value, interval, marking, and the address at which it stays.",
    ),
    "explain": (
        "idtracker.cli.reading.explain:explain",
        "What a score or metric is made of, down to the rows; what a file changed.",
    ),
    "watch": (
        "idtracker.cli.reading.watch:watch",
        "Figures and sources that are followed, and what changed in them: add, list, show, remove.",
    ),
    "adjudicate": (
        "idtracker.cli.review.adjudicate:adjudicate",
        "Cells whose reports disagree: list, show, decide, revoke.",
    ),
    "judgement": (
        "idtracker.cli.review.judgement:judgement",
        "Questions that were judged: list, resolve, and the record of those who judged.",
    ),
    "round": (
        "idtracker.cli.review.round:tracker_round",
        "Rounds: open, freeze at a cut-off, publish, show beside what is known since.",
    ),
    "names": ("idtracker.cli.review.names:names", "Names that nobody knows yet: suggest, accept, check."),
    "reference": (
        "idtracker.cli.review.reference:reference",
        "Reviewed reference data: check, list, show, exchange rates.",
    ),
    "matches": (
        "idtracker.cli.review.matches:matches",
        "Organisations and activities that look the same: suggest, decide, undo.",
    ),
    "method": ("idtracker.cli.review.method:method", "Methods of indices as data: list, check, compute."),
    "sources": ("idtracker.cli.review.sources:sources", "The catalogue: list, show, check, new."),
    "publish": ("idtracker.cli.operating.publish:publish", "Publish the store again for an audience."),
    "rebuild": (
        "idtracker.cli.operating.maintenance:rebuild",
        "Judgements and store again from what was received, compared.",
    ),
    "verify": (
        "idtracker.cli.operating.maintenance:verify",
        "Whether the home is whole, from received bytes to publication.",
    ),
    "reproduce": (
        "idtracker.cli.operating.reproduce:reproduce",
        "A past publication made again from what was on record then, and compared.",
    ),
    "backup": ("idtracker.cli.operating.maintenance:backup", "One archive of what cannot be made again."),
    "restore": ("idtracker.cli.operating.maintenance:restore", "The home of an archive, checked and compared."),
    "access": (
        "idtracker.cli.operating.access:access",
        "The log of who read, exported and published what: prune.",
    ),
    "docs": ("idtracker.cli.operating.docs:docs", "Reference pages and schemas from the definitions."),
}


@contextmanager
def _printable_errors() -> Iterator[None]:
    """Wrong use is told without the control characters of what was typed."""
    try:
        yield
    except click.ClickException as problem:
        from idtracker.model.printable import printable

        vars(problem)["message"] = printable(problem.message)
        raise


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called; help comes from the table above."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """As click has it, but that with --json wrong use is told in JSON as well."""
        words = list(sys.argv[1:] if args is None else args)
        if not standalone_mode or "--json" not in words:
            return super().main(words, prog_name, complete_var, standalone_mode, **extra)
        try:
            sys.exit(super().main(words, prog_name, complete_var, standalone_mode=False, **extra) or 0)
        except click.ClickException as problem:
            from idtracker.cli.output import end_with

            end_with(problem.format_message(), problem.exit_code, as_json=True)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        with _printable_errors():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _printable_errors():
            return super().invoke(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        near = get_close_matches(name, COMMANDS, n=1)
        if name not in COMMANDS and not name.startswith("-") and near:
            ctx.fail(f"There is no command `{name}`. Did you mean `{near[0]}`?")
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="idtracker")
@click.option("--home", type=click.Path(), help="Home of the country programme (IDTRACKER_HOME, else ./var).")
@click.option("--sources", type=click.Path(), help="Folder of source definitions (IDTRACKER_SOURCES, else ./sources).")
@click.pass_context
def cli(context: click.Context, home: str | None, sources: str | None) -> None:
    """Departmental and partner reporting in; a shared stability tracker and integration metrics out.

    Exit codes: 0 done · 1 findings or a failed step · 2 wrong use · 3 another run is writing · 4 unusable file.
    """
    context.obj = {"home": home, "sources": sources}


def main() -> None:
    """The command `idtracker`. What it writes is for its user alone, whatever the umask was."""
    from idtracker.model.files import be_private
    from idtracker.model.steps.memory import search_seldom

    be_private()
    search_seldom()
    cli(prog_name="idtracker")
