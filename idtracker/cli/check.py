"""`check`, `submit` and `withdraw`: the reporting officer's side."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from idtracker.cli.face import command, console, print_json, show_notice
from idtracker.errors import UsageError
from idtracker.settings import Settings

if TYPE_CHECKING:
    from idtracker.report.verdict import Answer

_STYLE = {"critical": "bold red", "error": "red", "warning": "yellow", "advisory": "cyan"}
_SHOWN = 12


@click.command()
@click.argument("file", type=click.Path())
@click.option("--source", "source_id", required=True, help="The source that the file reports to.")
@click.option(
    "--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of the findings."
)
@command
def check(settings: Settings, file: str, source_id: str, lang: str, as_json: bool) -> int:
    """The verdict that the pipeline would give on FILE. Nothing is stored.

    Exit codes: 0 clean or warnings only · 1 rows would be held · 2 wrong use or unknown source · 4 unusable file.
    """
    found, notice = _answer(settings, file, source_id)
    if as_json:
        print_json(found.document())
    else:
        show_notice(notice, stderr=True)
        show_answer(found, lang)
    return found.exit_code


@click.command()
@click.argument("file", type=click.Path())
@click.option("--source", "source_id", required=True, help="The source that the file reports to.")
@click.option(
    "--as", "submitted_by", help="Identifier of the organisation that sends it; default: the source's publisher."
)
@click.option(
    "--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of the findings."
)
@command
def submit(settings: Settings, file: str, source_id: str, submitted_by: str | None, lang: str, as_json: bool) -> int:
    """Check FILE, then place it in the inbox; the next run takes it from there. An unusable file is not placed.

    Exit codes as for `check`.
    """
    from idtracker.contract.catalogue import load_catalogue
    from idtracker.intake import place_in_inbox

    catalogue = load_catalogue(settings.sources)
    if submitted_by and submitted_by not in set(catalogue.register.organisations["org_id"]):
        raise UsageError(f"`{submitted_by}` is not in the register of organisations.")
    found, notice = _answer(settings, file, source_id)
    placed = None
    if found.exit_code != 4:
        path = Path(file)
        placed = place_in_inbox(settings, found.source, path.read_bytes(), path.name, submitted_by)
    if as_json:
        print_json(found.document() | {"placed": str(placed) if placed else None})
    else:
        show_notice(notice, stderr=True)
        show_answer(found, lang)
        if placed:
            console().print(f"\nSubmission [bold]{found.submission_id}[/bold] waits in {placed}", soft_wrap=True)
        else:
            console().print("\nThe file was not placed in the inbox.")
    return found.exit_code


@click.command()
@click.argument("submission_id")
@click.option("--by", required=True, help="Organisation or role that withdraws; no person's name.")
@click.option("--why", required=True, help="Reason, kept with the record.")
@command
def withdraw(settings: Settings, submission_id: str, by: str, why: str, as_json: bool) -> None:
    """Close every vintage that came from SUBMISSION_ID at the next run. Nothing is deleted."""
    from idtracker.intake import Ledger

    ledger = Ledger(settings)
    owner = [s for s in ledger.sources() if ledger.has(s, submission_id)]
    if not owner:
        raise UsageError(
            f'There is no submission `{submission_id}`; `idtracker query "SELECT * FROM submission"` lists them.'
        )
    ledger.withdraw(owner[0], submission_id, at=datetime.now(UTC), by=by, why=why)
    if as_json:
        print_json({"submission_id": submission_id, "source": owner[0], "state": "withdrawn"})
    else:
        console().print(f"Withdrawn: {submission_id} of {owner[0]}. The next `idtracker run` closes what came from it.")


def _answer(settings: Settings, file: str, source_id: str) -> tuple[Answer, str]:
    import pandas as pd

    from idtracker.contract.catalogue import load_catalogue
    from idtracker.report.verdict import answer

    path = Path(file)
    if not path.is_file():
        raise UsageError(f"{file}: there is no such file.")
    catalogue = load_catalogue(settings.sources)
    source = catalogue.source(source_id)
    received_at = pd.Timestamp(datetime.now(UTC).replace(tzinfo=None, microsecond=0))
    return answer(settings, catalogue, source, path.read_bytes(), path.name, received_at), catalogue.programme.notice


def show_answer(found: Answer, lang: str) -> None:
    """The verdict in one line, then the findings: one group per mistake with its locations."""
    from rich.markup import escape

    out = console()
    code = found.exit_code
    out.print(f"[{'green' if code == 0 else 'red'}]{escape(found.sentence())}[/]", soft_wrap=True)
    for group in found.assessment.findings:
        rule = group.rule
        count = f" × {len(group.rows)}" if len(group.rows) > 1 else ""
        out.print(
            f"\n[{_STYLE[rule.severity]}]{rule.severity}[/] {rule.id}{count}: {escape(group.message(lang))}",
            soft_wrap=True,
        )
        records = list(group.records())
        for record in records[:_SHOWN]:
            sheet, row, column, cell, value, suggestion = (
                record[3],
                record[4],
                record[5],
                record[6],
                record[7],
                record[12],
            )
            if row is None:
                continue
            place = f"{sheet}!{cell}" if cell else f"{sheet} row {row}"
            typed = "" if value is None else f" “{value}”"
            hint = f" → {suggestion}?" if suggestion else ""
            out.print(escape(f"   {place} ({column}){typed}{hint}"), soft_wrap=True)
        if len(records) > _SHOWN:
            out.print(f"   … and {len(records) - _SHOWN:,} more; `--json` lists every one")
        out.print(f"   [dim]{rule.consequence}. {escape(group.remedy(lang))}[/dim]", soft_wrap=True)
